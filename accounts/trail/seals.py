"""Seals: the head of the chain, signed, and kept where the database's owner cannot write.

A chain can be made anew by whoever owns the database; a signature cannot. Each seal is one line of JSON in a file of
its day below AUDIT_SEAL_DIRECTORY (and one line of the log): number, time, entry and digest of the head, SHA-256 of the
seal before, id of the key, Ed25519 signature over the rest of the line. So seals chain to each other, and each leaves
an event "audit.sealed" with its own digest in the trail: a lost seal is missed by the next one and by the trail.
"""

import fcntl
import json
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction

from . import keys as seal_keys
from .recording import SystemActor, record
from .verification import head

log = structlog.get_logger(__name__)
FIRST = "0" * 64
FILE_NAME = re.compile(r"^seals-\d{4}-\d{2}-\d{2}\.jsonl$")
SEALED = "audit.sealed"


class NoPlaceForSeals(ValueError):
    """AUDIT_SEAL_DIRECTORY is not set, or cannot be written to."""


@dataclass(frozen=True)
class Seal:
    """One line of a seal file. `digest` and `previous` are hexadecimal, `sealed_at` is UTC."""

    number: int
    sealed_at: str
    sequence: int
    digest: str
    previous: str
    key: str = ""
    signature: str = ""

    def content(self) -> bytes:
        """What is signed: the fields without the signature, as JSON without blanks, keys in order."""
        return canonical({name: value for name, value in vars(self).items() if name != "signature"})

    def line(self) -> str:
        return canonical(vars(self)).decode()

    @property
    def own_digest(self) -> str:
        return sha256(self.line().encode()).hexdigest()


def canonical(values: dict) -> bytes:
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def directory() -> Path:
    if not settings.AUDIT_SEAL_DIRECTORY:
        raise NoPlaceForSeals("AUDIT_SEAL_DIRECTORY names no folder for seals.")
    return Path(settings.AUDIT_SEAL_DIRECTORY)


def is_configured() -> bool:
    return bool(settings.AUDIT_SEAL_DIRECTORY and settings.AUDIT_SEAL_KEY)


def seal_now(*, by=None) -> Seal:
    """Write a seal over the trail's head and record it. NoPlaceForSeals, KeyProblem or OSError where it cannot be kept.

    First the file and the log, then the event: a seal that the trail does not name is whole, one that is only named
    would be an alarm.
    """
    folder = directory()
    with _alone_in(folder):
        before = last_seal(folder)
        sequence, digest = head()
        unsigned = Seal(
            number=before.number + 1 if before else 1,
            sealed_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            sequence=sequence,
            digest=digest,
            previous=before.own_digest if before else FIRST,
        )
        seal = _signed(unsigned)
        _append(folder / f"seals-{seal.sealed_at[:10]}.jsonl", seal.line())
    log.info("audit_sealed", **{f"seal_{name}": value for name, value in vars(seal).items()})
    with transaction.atomic():
        details = {"number": seal.number, "entry": seal.sequence, "seal": seal.own_digest}
        record(action=SEALED, by=by or SystemActor("huey:seal_audit"), details=details)
    return seal


def _signed(seal: Seal) -> Seal:
    key = seal_keys.key_id(seal_keys.private_key().public_key())
    with_key = Seal(**{**vars(seal), "key": key})
    return Seal(**{**vars(with_key), "signature": seal_keys.sign(with_key.content())[1]})


@contextmanager
def _alone_in(folder: Path):
    """One sealer at a time on this machine; several hosts need folders of their own."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = open(folder / ".lock", "a")  # noqa: SIM115
    except OSError as error:
        raise NoPlaceForSeals(f"Seals cannot be written to {folder}: {error}") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _append(path: Path, line: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(handle, line.encode() + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)


def seal_lines(folder: Path) -> list[tuple[str, int, str]]:
    """File name, line number and text of every line, in the order of the days."""
    if not folder.is_dir():
        raise NoPlaceForSeals(f"There is no folder {folder} with seals.")
    lines = []
    for path in sorted(path for path in folder.iterdir() if FILE_NAME.match(path.name)):
        content = path.read_text(errors="replace").splitlines()
        lines += [(path.name, number, line) for number, line in enumerate(content, start=1)]
    return lines


def parse(line: str) -> Seal:
    """ValueError for a line that is no seal."""
    values = json.loads(line)
    if not isinstance(values, dict) or set(values) != set(Seal.__dataclass_fields__):
        raise ValueError("The line has other fields than a seal.")
    seal = Seal(**values)
    if type(seal.number) is not int or type(seal.sequence) is not int:
        raise ValueError("Number and entry of a seal are whole numbers.")
    return seal


def last_seal(folder: Path) -> Seal | None:
    """The newest seal, unverified. ValueError when the last line of the last file is none."""
    files = sorted(path for path in folder.iterdir() if FILE_NAME.match(path.name)) if folder.is_dir() else []
    for path in reversed(files):
        lines = path.read_text().splitlines()
        if lines:
            return parse(lines[-1])
    return None
