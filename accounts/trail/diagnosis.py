"""What was done at the first link that does not hold.

Every digest covers the number of its entry. So a row whose digest is right for another number was moved, and says from
where: entries that slid down mean that some before them were deleted, entries that slid up that some were inserted, and
an entry that is found at a place of another one means that they were re-ordered.
"""

from django.db import connection

from .findings import Kind

# How far around the break a moved entry is looked for.
AROUND = 100

# The number for which the digest of a row is right: itself, or where it was before it was moved.
ORIGINAL_NUMBER = """
SELECT number FROM public.accounts_auditevent AS event, generate_series(%(low)s::bigint, %(high)s::bigint) AS number
WHERE event.sequence = %(sequence)s AND event.digest = public.audit_event_digest(
    jsonb_populate_record(event, jsonb_build_object('sequence', number)), event.previous_digest)
LIMIT 1
"""
# Where the entry lies whose digest is right for a number.
FOUND_AT = """
SELECT event.sequence FROM public.accounts_auditevent AS event
WHERE event.sequence BETWEEN %(low)s AND %(high)s AND event.sequence <> %(sequence)s
  AND event.digest = public.audit_event_digest(
    jsonb_populate_record(event, jsonb_build_object('sequence', %(sequence)s::bigint)), event.previous_digest)
LIMIT 1
"""
# Rows whose contents were exchanged while number and digests stayed: the content belongs to another digest.
CONTENT_BELONGS_TO = """
SELECT other.sequence FROM public.accounts_auditevent AS event, public.accounts_auditevent AS other
WHERE event.sequence = %(sequence)s AND other.sequence BETWEEN %(low)s AND %(high)s
  AND other.sequence <> event.sequence AND other.digest = public.audit_event_digest(
    jsonb_populate_record(event, jsonb_build_object('sequence', other.sequence)), other.previous_digest)
LIMIT 1
"""
NEIGHBOURS = """
SELECT sequence, encode(previous_digest, 'hex'), encode(digest, 'hex') FROM public.accounts_auditevent
WHERE sequence BETWEEN %(sequence)s - 2 AND %(sequence)s + 1
"""
LAST_BEFORE = "SELECT max(sequence) FROM public.accounts_auditevent WHERE sequence < %(sequence)s"
ZEROS = "00" * 32


def diagnose(sequence: int, reason: str) -> tuple[Kind, str]:
    """What was done and a sentence that says where, for the first broken entry and the rule that it breaks."""
    if reason == "number":
        return _missing(sequence)
    original = _one(ORIGINAL_NUMBER, sequence)
    if original is not None and original != sequence:
        return _moved(sequence, original)
    rows = _neighbours(sequence)
    inserted = _inserted_at(sequence, rows)
    if inserted is not None:
        return Kind.INSERTED, f"Entry {inserted} was inserted afterwards: those around it continue from each other."
    if reason == "link":
        return (
            Kind.CHANGED,
            f"Entry {sequence} does not continue from entry {sequence - 1}, which was changed and given a new digest.",
        )
    other = _one(CONTENT_BELONGS_TO, sequence)
    if other is not None:
        return Kind.REORDERED, f"The contents of entries {sequence} and {other} were exchanged."
    return Kind.CHANGED, f"The content of entry {sequence} was changed after it was written."


def _missing(sequence) -> tuple[Kind, str]:
    before = _one(LAST_BEFORE, sequence)
    first = 1 if before is None else before + 1
    gone = sequence - first
    what = f"Entry {first} was deleted" if gone == 1 else f"{gone} entries from {first} to {sequence - 1} were deleted"
    return Kind.DELETED, f"{what}: entry {sequence} follows {'nothing' if before is None else f'entry {before}'}."


def _moved(sequence, original) -> tuple[Kind, str]:
    at = _one(FOUND_AT, sequence)
    if at is not None and original > sequence and _one(FOUND_AT, original) == sequence:
        # The rightful entry is still there, but elsewhere.
        return Kind.REORDERED, f"Entry {sequence} stood at {original}, and the one that belongs here stands at {at}."
    if original > sequence:
        gone = original - sequence
        which = f"entry {sequence} was" if gone == 1 else f"{gone} entries from {sequence} on were"
        return (
            Kind.DELETED,
            f"What stood at {original} stands at {sequence}: {which} deleted and the others renumbered.",
        )
    return (
        Kind.INSERTED,
        f"What stood at {original} stands at {sequence}: an entry before it was inserted and the others renumbered.",
    )


def _inserted_at(sequence, rows) -> int | None:
    """The entry that those on both sides of it know nothing of."""
    before = rows.get(sequence - 1, (None, ZEROS))[1] if sequence > 1 else ZEROS
    if sequence + 1 in rows and rows[sequence + 1][0] == before:
        return sequence
    two_before = rows.get(sequence - 2, (None, ZEROS))[1]
    if sequence > 1 and rows[sequence][0] == two_before:
        return sequence - 1
    return None


def _neighbours(sequence) -> dict[int, tuple[str, str]]:
    """Previous and own digest by number."""
    with connection.cursor() as cursor:
        cursor.execute(NEIGHBOURS, {"sequence": sequence})
        return {number: (previous, digest) for number, previous, digest in cursor.fetchall()}


def _one(statement, sequence):
    values = {"sequence": sequence, "low": max(1, sequence - AROUND), "high": sequence + AROUND}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    return row[0] if row else None
