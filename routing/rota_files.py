"""Reads a CSV of shifts or of absences: a file with other columns is refused whole, bad rows never stop the good ones.

Shifts: `staff` (reference on plans), `day`, `start`, `end`; may have `break_minutes` and `break_window` (earliest and
latest start, e.g. 11:30-13:30). Absences: `staff`, `first_day`, `last_day`, `kind`. Times are local; an end before the
start is on the next day. See docs/teams.md.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from .civil_time import NoSuchTime, instant, today
from .csv_cells import DAY_FORMS, clock_cell, day_cell, instant_cell, whole_number
from .csv_files import BadRow, Columns, FileRefused, listed, read_sheet
from .models import Absence, RotaFile

SHIFTS = Columns(
    required=frozenset({"staff", "day", "start", "end"}), optional=frozenset({"break_minutes", "break_window"})
)
ABSENCES = Columns(required=frozenset({"staff", "first_day", "last_day", "kind"}))
# Other words for a column that rota systems use.
ALIASES = {"staff_reference": "staff", "reference": "staff", "date": "day", "starts": "start", "ends": "end"}

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 100_000
USUAL_BREAK, USUAL_WINDOW = 30, (time(11, 30), time(13, 30))
MOST_BREAK_MINUTES = 180
# Nobody is on duty for longer; a longer one is a slip of the pen (end and start changed over).
LONGEST_SHIFT = timedelta(hours=16)
MOST_DAYS_AHEAD = 366
LONGEST_ABSENCE_DAYS = 366
WINDOW = re.compile(r"\s*([0-9:]+)\s*(?:-|–|to)\s*([0-9:]+)\s*")


@dataclass(frozen=True)
class ParsedShift:
    """One good row. Instants are UTC; `staff` is the primary key of the person."""

    line: int
    staff: object
    day: date
    starts_at: datetime
    ends_at: datetime
    break_minutes: int = 0
    break_earliest: datetime | None = None
    break_latest: datetime | None = None


@dataclass(frozen=True)
class ParsedAbsence:
    """One good row. `staff` is the primary key of the person."""

    line: int
    staff: object
    first_day: date
    last_day: date
    kind: str


@dataclass
class RotaSheet:
    """A file that was read: its kind, good rows, and bad ones as {"line", "reason"}."""

    kind: str
    rows: list = field(default_factory=list)
    rejected: list[dict] = field(default_factory=list)
    sha256: str = ""

    @property
    def size(self) -> int:
        return len(self.rows) + len(self.rejected)


def read_rota_file(content: bytes, *, team, on: date | None = None) -> RotaSheet:
    """Parse and look up the people of a team, as seen on the civil day `on` (today). FileRefused for another file."""
    sheet = read_sheet(content, check=_check, most_bytes=MAX_BYTES, most_rows=MAX_ROWS, aliases=ALIASES)
    is_absences = set(sheet.names) == ABSENCES.required
    people = {person.reference.lower(): person for person in team.staff.filter(only_in__isnull=True)}
    on = on or today()
    read = RotaSheet(RotaFile.Kind.ABSENCES if is_absences else RotaFile.Kind.SHIFTS, rejected=sheet.bad)
    parse, ends_of = (_absence, _last_days) if is_absences else (_shift, _hours)
    for line, row in sheet.rows:
        try:
            read.rows.append(parse(line, row, _person(row["staff"], people), on))
        except BadRow as error:
            read.rejected.append({"line": line, "reason": str(error)})
    read.rows = _without_overlaps(read.rows, ends_of, read.rejected)
    read.sha256 = sheet.sha256
    return read


def _check(names):
    columns = ABSENCES if {"first_day", "last_day", "kind"} & set(names) else SHIFTS
    try:
        columns.check(names)
    except FileRefused as error:
        kinds = f"A rota has {listed(SHIFTS.known)}; a file of absences has {listed(ABSENCES.known)}."
        raise FileRefused(f"{error} {kinds}") from None


def _person(text, people):
    person = people.get(text.lower())
    if person is None:
        # The text itself stays out of the report: in a shifted row it may be a name.
        raise BadRow("nobody of the team has this reference" if text else "the reference of the person is blank")
    if not person.is_active:
        raise BadRow(f"{person.reference} is not active")
    return person


def _shift(line, row, person, on) -> ParsedShift:
    day = day_cell(row["day"], "day")
    if day < on:
        raise BadRow("the day is in the past")
    if (day - on).days > MOST_DAYS_AHEAD:
        raise BadRow("the day is more than a year away")
    starts_at, ends = instant_cell(row["start"], day), clock_cell(row["end"])
    starts = clock_cell(row["start"])
    if ends == starts:
        raise BadRow("the shift starts and ends at the same time")
    ends_at = instant_cell(row["end"], day if ends > starts else day + timedelta(days=1))
    if ends_at <= starts_at:
        raise BadRow("the clocks go back or forward during this shift: no time is left in it")
    if ends_at - starts_at > LONGEST_SHIFT:
        hours = (ends_at - starts_at) / timedelta(hours=1)
        raise BadRow(f"the shift would last {hours:g} hours, at most {LONGEST_SHIFT / timedelta(hours=1):g} are taken")
    pause = _break(row.get("break_minutes", ""), row.get("break_window", ""), day, starts, starts_at, ends_at)
    return ParsedShift(line, person.pk, day, starts_at, ends_at, *pause)


def _break(minutes_text, window_text, day, starts, starts_at, ends_at) -> tuple:
    """(minutes, earliest, latest). A blank number means the usual break, where the shift reaches over it."""
    minutes = whole_number(minutes_text, "break_minutes", 0, MOST_BREAK_MINUTES) if minutes_text else USUAL_BREAK
    if not minutes:
        if window_text:
            raise BadRow("break_window is given for a shift without a break")
        return ()
    opens, closes = _window(window_text) if window_text else USUAL_WINDOW
    earliest, latest = (_after(starts, at, day) for at in (opens, closes))
    fits = starts_at <= earliest <= latest and latest + timedelta(minutes=minutes) <= ends_at
    if fits:
        return minutes, earliest, latest
    if window_text:
        raise BadRow("the break does not lie inside the shift, or its window ends before it starts")
    if minutes_text:
        raise BadRow("the usual time of the break, 11:30 to 13:30, is not in the shift: give break_window")
    return ()


def _window(text) -> tuple[time, time]:
    found = WINDOW.fullmatch(text)
    if not found:
        raise BadRow("break_window must be written as 11:30-13:30")
    return clock_cell(found[1]), clock_cell(found[2])


def _after(starts, at, day) -> datetime:
    """The instant of a time of day within a shift that began at `starts`: before that, it is on the next day."""
    try:
        return instant(day if at >= starts else day + timedelta(days=1), at)
    except NoSuchTime as error:
        raise BadRow(str(error)) from None


def _absence(line, row, person, on) -> ParsedAbsence:
    first = day_cell(row["first_day"], "first_day")
    last = day_cell(row["last_day"], "last_day") if row["last_day"] else first
    if last < first:
        raise BadRow("the last day is before the first")
    if last < on:
        raise BadRow("the absence is in the past")
    if (last - first).days >= LONGEST_ABSENCE_DAYS or (first - on).days > MOST_DAYS_AHEAD:
        raise BadRow(f"an absence lasts a year at most and begins within one; days are written {DAY_FORMS}")
    kind = row["kind"].lower()
    if kind not in Absence.Kind.values:
        raise BadRow(f"kind must be one of {', '.join(Absence.Kind.values)}")
    return ParsedAbsence(line, person.pk, first, last, kind)


def _hours(row):
    return row.starts_at, row.ends_at


def _last_days(row):
    return row.first_day, row.last_day + timedelta(days=1)


def _without_overlaps(rows: list, ends_of, rejected: list[dict]) -> list:
    """The rows that do not overlap with one of the same person in a line before."""
    taken: dict = {}
    kept = []
    for row in rows:
        begins, ends = ends_of(row)
        # Buckets of days keep this quick for a year's rota of one person.
        first, length = begins.toordinal(), (ends - begins).days + 2
        days = [(row.staff, first + number) for number in range(length)]
        near = {other for day in days for other in taken.get(day, ())}
        clash = min((o.line for o in near if ends_of(o)[0] < ends and begins < ends_of(o)[1]), default=None)
        if clash is None:
            kept.append(row)
            for day in days:
                taken.setdefault(day, []).append(row)
        else:
            rejected.append({"line": row.line, "reason": f"it overlaps with line {clash}"})
    return kept
