"""Files for auditors: entries as CSV or JSON Lines, with a signed manifest that says what belongs to them.

Persons appear by pseudonym only. The file, its manifest and the public keys are enough to check that nothing was left
out of it or changed afterwards: `manage.py verify_audit_export FILE --keys KEYS`.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import SpooledTemporaryFile

from ..models import AuditEvent
from . import keys as seal_keys
from . import seals
from .reading import Filter, count, stream
from .verification import digest_at, head

# A file that a page waits for holds so many of the newest entries that match; more are a job: `large_exports`.
MOST_ENTRIES = 100_000
# Entries between two reports of progress.
PIECE = 5_000
FORMATS = {"csv": "CSV, for spreadsheets", "jsonl": "JSON Lines, for programs"}
COLUMNS = [
    *("sequence", "occurred_at", "actor_kind", "actor_id", "organisation_id", "action", "target_type", "target_id"),
    *("details", "request_id", "previous_digest", "digest"),
]
MANIFEST = "manifest.json"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class BrokenExport(ValueError):
    """An export that is not what its manifest says; the message says in what."""


@dataclass(frozen=True)
class Export:
    """A finished file (at its beginning) and what its manifest says."""

    file: SpooledTemporaryFile
    name: str
    manifest: dict


def check_key() -> None:
    """KeyProblem where no export could be signed: asked first, so that no work is done in vain."""
    seal_keys.private_key()


def make(filters: Filter, form: str) -> Export:
    """The newest MOST_ENTRIES matching entries, oldest first, in a ZIP with the manifest. KeyProblem without a key."""
    check_key()
    file = SpooledTemporaryFile(max_size=5_000_000)  # noqa: SIM115 (whoever streams it closes it)
    manifest = write(file, filters, form, upto=head()[0], most=MOST_ENTRIES)
    file.seek(0)
    return Export(file, f"{Path(manifest['file']).stem}.zip", manifest)


def write(file, filters: Filter, form: str, *, upto: int, most: int, progress=lambda written: None) -> dict:
    """Write the newest `most` matching entries up to number `upto` into an open file; returns the manifest.

    `progress` is called with how many entries are written, now and then; what it raises ends the work. KeyProblem.
    """
    check_key()
    digest = digest_at(upto)
    made_at = datetime.now(UTC)
    entries = f"audit-{made_at:%Y%m%d-%H%M%S}.{form}"
    written = _Written()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        # Larger than 4 GiB is thinkable: sizes are not known beforehand.
        with archive.open(entries, "w", force_zip64=True) as target:
            progress(0)
            for line in _lines(stream(filters, upto=upto, most=most), form, written):
                target.write(line)
                if written.rows % PIECE == 0:
                    progress(written.rows)
        manifest = _signed(_manifest(filters, entries, written, upto, digest, made_at, most))
        archive.writestr(MANIFEST, json.dumps(manifest, indent=2, sort_keys=True))
    return manifest


def expected(filters: Filter, upto: int) -> int:
    """About how many entries match."""
    return count(filters)[0]


class _Written:
    """Counts what goes into the file."""

    def __init__(self):
        self.rows, self.first, self.last, self.hash = 0, None, None, sha256()

    def row(self, event, line: bytes) -> bytes:
        self.rows, self.first, self.last = self.rows + 1, self.first or event.sequence, event.sequence
        return self.raw(line)

    def raw(self, line: bytes) -> bytes:
        self.hash.update(line)
        return line


def _lines(events: Iterator[AuditEvent], form: str, written: _Written) -> Iterator[bytes]:
    if form == "csv":
        yield written.raw(csv_line(COLUMNS))
    for event in events:
        values = _values(event)
        if form == "csv":
            values["details"] = json.dumps(values["details"], sort_keys=True)
            line = csv_line(values[column] for column in COLUMNS)
        else:
            line = json.dumps(values, sort_keys=True).encode() + b"\n"
        yield written.row(event, line)


def csv_line(cells) -> bytes:
    """One line; text that a spreadsheet would run as a formula is kept text (OWASP, CSV injection)."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow([_safe(cell) for cell in cells])
    return buffer.getvalue().encode()


def _safe(cell):
    text = "" if cell is None else cell
    return f"'{text}" if isinstance(text, str) and text.lstrip(" ").startswith(FORMULA) else text


def _values(event) -> dict:
    return {
        "sequence": event.sequence,
        "occurred_at": event.occurred_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "actor_kind": event.actor_kind,
        "actor_id": event.actor_id,
        "organisation_id": str(event.organisation_id) if event.organisation_id else None,
        "action": event.action,
        "target_type": event.target_type,
        "target_id": event.target_id,
        "details": event.details,
        "request_id": event.request_id,
        "previous_digest": bytes(event.previous_digest).hex(),
        "digest": bytes(event.digest).hex(),
    }


def _manifest(filters, entries, written, upto, digest, made_at, most) -> dict:
    asked = {key: str(value) for key, value in asdict(filters).items() if value}
    last_seal = seals.last_seal(Path(seals.directory())) if seals.is_configured() else None
    return {
        "file": entries,
        "sha256": written.hash.hexdigest(),
        "rows": written.rows,
        "first_sequence": written.first,
        "last_sequence": written.last,
        "is_cut": written.rows >= most,
        "head_sequence": upto,
        "head_digest": digest,
        "filters": asked,
        "made_at": made_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "seal": vars(last_seal) if last_seal else None,
    }


def _signed(manifest: dict) -> dict:
    key, signature = seal_keys.sign(seals.canonical(manifest))
    return manifest | {"key": key, "signature": signature}


def verify(path: Path, keys=None) -> dict:
    """The manifest of an export that is whole. BrokenExport names what is not."""
    known = seal_keys.known_public_keys() if keys is None else keys
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read(MANIFEST))
            unsigned = {name: value for name, value in manifest.items() if name not in ("key", "signature")}
            if not seal_keys.is_signed(seals.canonical(unsigned), manifest["key"], manifest["signature"], known):
                raise BrokenExport("The manifest was not signed by a key that is known, or it was changed.")
            digest = sha256()
            with archive.open(manifest["file"]) as entries:
                for piece in iter(lambda: entries.read(1 << 16), b""):
                    digest.update(piece)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        if isinstance(error, BrokenExport):
            raise
        raise BrokenExport(f"{path} should be a ZIP with entries and {MANIFEST}: {error}") from error
    if digest.hexdigest() != manifest["sha256"]:
        raise BrokenExport(f"{manifest['file']} is not the file that the manifest was made for.")
    return manifest


__all__ = [
    *("FORMATS", "MOST_ENTRIES", "BrokenExport", "Export"),
    *("check_key", "csv_line", "expected", "make", "verify", "write"),
]
