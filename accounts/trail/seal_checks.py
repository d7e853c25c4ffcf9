"""Comparing the trail with its seals: cut ends, trails made anew, lost and altered seals."""

from pathlib import Path

from django.db import connection

from ..models import AuditEvent
from . import keys as seal_keys
from .findings import Kind, Verification
from .seals import FIRST, SEALED, Seal, parse, seal_lines
from .verification import head, verify


class BrokenSeals(Exception):
    """The seals themselves do not hold."""

    def __init__(self, kind: Kind, words: str):
        super().__init__(words)
        self.kind, self.words = kind, words


def read_seals(folder: Path, keys=None) -> list[Seal]:
    """Every seal of the folder, after checking signatures, numbers and links. BrokenSeals names the first fault.

    `keys`: public keys by id that are trusted (`accounts.trail.keys.known_public_keys()` by default).
    """
    keys = seal_keys.known_public_keys() if keys is None else keys
    seals = []
    for name, number, line in seal_lines(folder):
        where = f"line {number} of {name}"
        seal = _read(line, where, keys)
        expected = seals[-1].number + 1 if seals else 1
        if seal.number > expected:
            gone = (
                f"Seal {expected} is" if seal.number == expected + 1 else f"Seals {expected} to {seal.number - 1} are"
            )
            raise BrokenSeals(Kind.SEAL_MISSING, f"{gone} missing before {where}.")
        if seal.number < expected or seal.previous != (seals[-1].own_digest if seals else FIRST):
            raise BrokenSeals(
                Kind.SEAL_ALTERED, f"Seal {seal.number} ({where}) does not continue from the one before it."
            )
        seals.append(seal)
    return seals


def _read(line, where, keys) -> Seal:
    try:
        seal = parse(line)
    except (ValueError, TypeError) as error:
        raise BrokenSeals(Kind.SEAL_ALTERED, f"What stands in {where} is no seal.") from error
    if not seal_keys.is_signed(seal.content(), seal.key, seal.signature, keys):
        known = "its signature is wrong" if seal.key in keys else f"its key {seal.key} is not among those we know"
        raise BrokenSeals(Kind.SEAL_ALTERED, f"Seal {seal.number} ({where}) was not made by us as it stands: {known}.")
    return seal


def compare(seals: list[Seal]) -> tuple[Kind, int, str] | None:
    """The first seal that the trail does not bear out: what was done, the entry, a sentence. None when all do."""
    held = _digests([seal.sequence for seal in seals])
    good = 0
    for seal in seals:
        digest = held.get(seal.sequence) if seal.sequence else ""
        if digest == seal.digest:
            good = seal.sequence
            continue
        when = f"seal {seal.number} of {seal.sealed_at[:19].replace('T', ' ')} UTC"
        if digest is None:
            last = head()[0]
            words = f"The trail was cut off: it ends at entry {last}, but {when} saw entry {seal.sequence}."
            return Kind.TRUNCATED, last + 1, words
        words = (
            f"The trail was written anew somewhere from entry {good + 1} to {seal.sequence}: {when} saw another digest."
        )
        return Kind.REWRITTEN, good + 1, words
    return None


def missing_at_the_end(seals: list[Seal]) -> str:
    """What the trail says of seals that the folder does not hold (any more), or ""."""
    known = {seal.number: seal.own_digest for seal in seals}
    event = AuditEvent.objects.filter(organisation_id=None, action=SEALED)
    # The expression index serves this; without it every entry of the platform would be read.
    event = event.extra(where=["split_part(action, '.', 1) = 'audit'"]).order_by("-sequence").first()
    if event is None:
        return ""
    number = event.details["number"]
    if number not in known:
        return f"Seal {number} is missing: entry {event.sequence} says that it was made."
    if known[number] != event.details["seal"]:
        return f"Seal {number} is another one than entry {event.sequence} says."
    return ""


def _digests(sequences) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sequence, encode(digest, 'hex') FROM public.accounts_auditevent WHERE sequence = ANY(%s)",
            [list(sequences)],
        )
        return dict(cursor.fetchall())


def verify_with_seals(folder: Path, *, keys=None, full: bool = False, workers: int = 1, report=None) -> Verification:
    """The chain and its seals together.

    Recomputes the chain since the last seal that the trail bears out (`full`: all of it, which alone finds a row that
    was changed before that seal without a new digest). A fault in the chain is named before one in the seals.
    """
    try:
        seals, broken = read_seals(folder, keys), None
    except BrokenSeals as fault:
        seals, broken = [], fault
    first = seals[-1].sequence + 1 if seals and not full else 1
    fault = compare(seals)
    if fault is not None and not full:
        first = fault[1]
    found = verify(first=first, workers=workers, report=report)
    if not found.intact:
        return found
    if broken is not None:
        return _not_intact(found, broken.kind, None, broken.words, 0)
    if fault is not None:
        return _not_intact(found, fault[0], fault[1], fault[2], len(seals))
    missing = missing_at_the_end(seals)
    if missing:
        kind = Kind.SEAL_MISSING if "missing" in missing else Kind.SEAL_ALTERED
        return _not_intact(found, kind, None, missing, len(seals))
    return Verification(True, found.events, found.head, first=found.first, seals=len(seals))


def _not_intact(found, kind, sequence, words, seals) -> Verification:
    return Verification(False, found.events, found.head, sequence, "seal", str(kind), words, found.first, seals)
