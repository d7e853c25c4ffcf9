"""The audit trail as lists: entries, readers of somebody's data, changes of rows, the compliance report."""

from collections.abc import Sequence

from ..list_files import Column, Kind, ListFile, Notes
from ..presenters import AuditRow

READERS = "auditors and administrators of the organisation"
PERSONAL = "Names of staff. What was seen is not kept; whose data it was stands in the trail as identifiers."
ENTRY_COLUMNS = (
    Column("entry", "Number of the entry in the trail of the platform", Kind.WHOLE, "sequence"),
    Column("when", "When it happened", Kind.MOMENT, "occurred_at"),
    Column("who", "Name of the person, or part of the system", value="actor"),
    Column("what", "What was done", value="action"),
    Column("to", "The thing or person it was done to", value="target"),
    Column("details", "Identifiers, counts and states", value=lambda row: _details(row)),
    Column("digest", "SHA-256 of the entry, which the next one is chained to", Kind.CODE, "digest"),
)
READER_COLUMNS = (
    Column("When", "When it was shown", Kind.MOMENT, "occurred_at"),
    Column("Who", "Who was shown it", value="actor"),
    Column("Shown on", "The kind of page or file", value=lambda row: dict(row.details).get("shown")),
    Column("People shown", "How many people were on it", Kind.WHOLE, lambda row: dict(row.details).get("people")),
    Column("Entry", "Number of the entry in the trail", Kind.WHOLE, "sequence"),
)
CHANGE_COLUMNS = (
    Column("When", "When the row was changed", Kind.MOMENT),
    Column("Who", "By whom, as the database was told"),
    Column("What", "Added, changed or deleted"),
    Column("Field", "Name of the field"),
    Column("From", "Value before"),
    Column("To", "Value after"),
)
REPORT_COLUMNS = (
    Column("Part", "Part of the report"),
    Column("Figure", "What is counted"),
    Column("Number", "Entries of the trail in the period; of events, never of patients", Kind.WHOLE),
)


def entry_list(place: str, rows: Sequence[AuditRow], filters: Sequence[str], *, most: int) -> ListFile:
    """The newest `most` entries that match."""
    more = [f"At most the newest {most:,} entries. Signed exports of all of them: Export for auditors.", PERSONAL]
    notes = Notes("Audit trail of this portal", filters, READERS, more=more)
    return ListFile("audit", f"Audit trail: {place}", ENTRY_COLUMNS, rows, notes, place=place)


def reader_list(subject, rows: Sequence[AuditRow], filters: Sequence[str]) -> ListFile:
    notes = Notes("Audit trail of this portal", filters, READERS, more=[PERSONAL])
    title = f"Who was shown data about {subject.name}"
    return ListFile("audit-readers", title, READER_COLUMNS, rows, notes, place=str(subject.pk)[:8])


def change_list(heading: str, target_id: str, changes, filters: Sequence[str]) -> ListFile:
    """`changes` as (RowChange, who); a row for each field that changed."""
    rows = [
        {"When": change.at, "Who": who, "What": change.words, "Field": one.name, "From": one.old, "To": one.new}
        for change, who in changes
        for one in change.fields
    ]
    notes = Notes("Row history, kept by the database whoever made the change", filters, READERS, more=[PERSONAL])
    return ListFile("audit-rows", f"What changed: {heading}", CHANGE_COLUMNS, rows, notes, place=target_id[:8])


def report_list(organisation, report) -> ListFile:
    """The compliance report of a period, and what is open."""
    sections = [*report.sections, ("Readings by page", report.readings)]
    rows = [
        {"Part": heading, "Figure": line.words, "Number": line.number} for heading, lines in sections for line in lines
    ]
    rows += [{"Part": "Open", "Figure": gap, "Number": None} for gap in report.gaps]
    period = f"{report.since.isoformat()}-{report.until.isoformat()}"
    notes = Notes("Audit trail of this portal", [f"From {report.since:%-d %B %Y} to {report.until:%-d %B %Y}"], READERS)
    return ListFile(
        "compliance", f"Compliance report of {organisation}", REPORT_COLUMNS, rows, notes,
        place=str(organisation), period=period,
    )  # fmt: skip


def _details(row) -> str:
    return "; ".join(f"{key}: {value}" for key, value in row.details)
