"""Reads a CSV of people on a caseload, as strictly as one of visits.

Columns: `reference`, `minutes`, `interval_days`, and `postcode` or `area_code`; `next_due` or `last_done`. All others
may be missing: docs/visit-files.md lists them.
"""

from dataclasses import dataclass, field

from .caseload import due_date
from .csv_cells import coded, optional_day, reference_cell, whole_number, window_clocks
from .csv_files import BadRow, Columns, read_sheet
from .places import Places
from .visit_files import MINUTES, MOST_STAFF, Known

COLUMNS = Columns(
    required=frozenset({"reference", "minutes", "interval_days"}),
    any_of=frozenset({"postcode", "area_code"}),
    optional=frozenset(
        {
            *("next_due", "last_done", "most_days_late", "window_start", "window_end", "skills", "staff_required"),
            *("preferred_staff", "plus_groups"),
        }
    ),
    thing="person on a caseload",
)
MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 20_000
INTERVAL = (1, 366)


@dataclass
class ParsedEntry:
    """One good row: `values` as `services.save_caseload_entry` takes them, of the columns that the file has."""

    line: int
    values: dict


@dataclass
class CaseloadFile:
    """A file that was read: good rows, and bad ones as {"line", "reason"}."""

    rows: list[ParsedEntry]
    rejected: list[dict] = field(default_factory=list)
    sha256: str = ""


def read_caseload_file(content: bytes, *, team) -> CaseloadFile:
    """Parse and look up. FileRefused for a file that is no caseload."""
    sheet = read_sheet(
        content, check=COLUMNS.check, most_bytes=MAX_BYTES, most_rows=MAX_ROWS, rows_are="people are taken"
    )
    places, known = Places((row for _, row in sheet.rows), team.organisation), Known(team.organisation, team)
    file = CaseloadFile(rows=[], rejected=list(sheet.bad), sha256=sheet.sha256)
    first_seen: dict[str, int] = {}
    for line, row in sheet.rows:
        try:
            values = _values(row, places, known)
            if values["reference"] in first_seen:
                raise BadRow(f"the reference is already used in line {first_seen[values['reference']]}")
        except BadRow as error:
            file.rejected.append({"line": line, "reason": str(error)})
        else:
            first_seen[values["reference"]] = line
            file.rows.append(ParsedEntry(line, values))
    return file


def _values(row, places, known) -> dict:
    reference = reference_cell(row["reference"])
    area, postcode, point = places.find(row)
    interval = whole_number(row["interval_days"], "interval_days", *INTERVAL)
    last_done = optional_day(row.get("last_done", ""), "last_done")
    next_due = optional_day(row.get("next_due", ""), "next_due")
    if next_due is None and last_done is None:
        raise BadRow("it needs next_due or last_done")
    values = {
        "reference": reference,
        "area": area,
        "postcode": postcode,
        "point": point,
        "minutes": whole_number(row["minutes"], "minutes", *MINUTES),
        "interval_days": interval,
        "next_due": next_due or due_date(last_done, interval),
    }
    return values | _optional(row, known, last_done)


def _optional(row, known, last_done) -> dict:
    """Of the columns that the file has: an entry keeps what a file does not speak of."""
    values = {}
    if last_done:
        values["last_done"] = last_done
    if "most_days_late" in row:
        late = row["most_days_late"]
        values["most_days_late"] = whole_number(late, "most_days_late", 0, 366) if late else None
    if "window_start" in row or "window_end" in row:
        window = window_clocks(row.get("window_start", ""), row.get("window_end", ""))
        values["window_opens"], values["window_closes"] = window or (None, None)
    if "staff_required" in row:
        values["staff_required"] = whole_number(row["staff_required"] or "1", "staff_required", 1, MOST_STAFF)
    if "skills" in row:
        values["skills"] = coded(row["skills"], known.skills, "skill", "skills")
    if "preferred_staff" in row:
        values["preferred_staff"] = coded(row["preferred_staff"], known.people, "preferred person", "preferred people")
    if "plus_groups" in row:
        values["plus_groups"] = coded(row["plus_groups"], known.groups, "PLUS group", "PLUS groups")
    return values
