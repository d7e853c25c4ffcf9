"""Reads a CSV of visits strictly: a file with wrong or personal columns is refused whole, bad rows are counted.

Columns: `reference`, `minutes` (a number, or the word `area` for what is planned in its area), and `postcode` or
`area_code` (or both). All others may be missing: docs/visit-files.md lists them.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.contrib.gis.geos import Point

from lsoa.models import Area

from .csv_cells import (
    coded,
    instant_cell,
    optional_day,
    reference_cell,
    whole_number,
    window_clocks,
    yes_no,
)
from .csv_files import BadRow, Columns, FileRefused, read_sheet
from .models import PlusGroup, Skill, StaffMember, VisitTier
from .places import Places, decile_of

LINK_COLUMNS = frozenset({"min_gap", "max_gap", "same_staff", "different_staff", "together"})
COLUMNS = Columns(
    required=frozenset({"reference", "minutes"}),
    any_of=frozenset({"postcode", "area_code"}),
    optional=frozenset(
        {
            *("window_start", "window_end", "late_minutes", "skills", "tier", "staff_required", "preferred_staff"),
            *("excluded_staff", "first_due", "clinical_limit", "day", "earliest_day", "latest_day", "plus_groups"),
            *("linked_to", *LINK_COLUMNS),
        }
    ),
    thing="visit",
)
MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 10_000
MINUTES = (5, 480)
MOST_STAFF = 4
# In place of minutes: those that the organisation has set for the area, else those of the model.
AS_IN_AREA = "area"


class VisitFileRefused(FileRefused):
    """The file as a whole cannot be taken; the message says what was expected and what was found."""


@dataclass(frozen=True)
class ParsedLink:
    """What binds a row to another row of the file, which comes first: that of reference `first` on `first_day`.

    Gaps are minutes from start to start.
    """

    first: str
    first_day: date
    min_gap: int | None
    max_gap: int | None
    same_staff: bool
    different_staff: bool
    together: bool


@dataclass
class ParsedVisit:
    """One good row, with its area, place and tier looked up. `window`: opening and latest start on `day`, instants."""

    line: int
    reference: str
    day: date
    area: Area
    postcode: str
    point: Point
    minutes: int
    window: tuple[datetime, datetime] | None
    skills: list[Skill]
    tier: int
    priority: int | None
    imd_decile: int | None
    late_minutes: int = 0
    staff_required: int = 1
    preferred_staff: list[StaffMember] = field(default_factory=list)
    excluded_staff: list[StaffMember] = field(default_factory=list)
    first_due: date | None = None
    clinical_limit: date | None = None
    earliest_day: date | None = None
    latest_day: date | None = None
    plus_groups: list[PlusGroup] = field(default_factory=list)
    link: ParsedLink | None = None

    @property
    def key(self) -> tuple[str, date]:
        """What it is told apart by: over several days a person may be visited more than once."""
        return self.reference, self.day


@dataclass
class VisitFile:
    """A file that was read: good rows, and bad ones as {"line", "reason"}."""

    rows: list[ParsedVisit]
    rejected: list[dict] = field(default_factory=list)
    sha256: str = ""


class Known:
    """What cells may name: skills and PLUS groups of the organisation, active people of the team (none without one)."""

    def __init__(self, organisation, team=None):
        self.skills = {skill.code: skill for skill in Skill.objects.for_organisation(organisation)}
        self.groups = {group.code: group for group in PlusGroup.objects.for_organisation(organisation)}
        people = StaffMember.objects.for_organisation(organisation).active().filter(team=team)
        self.people = {person.reference.lower(): person for person in people}


def read_visit_file(content: bytes, *, organisation, day: date, last_day: date | None = None, team=None) -> VisitFile:
    """Parse and look up. VisitFileRefused for a file that is not a CSV of visits. `last_day`: of a plan over several
    days; `team`: whose people it may name.
    """
    try:
        sheet = read_sheet(
            content, check=COLUMNS.check, most_bytes=MAX_BYTES, most_rows=MAX_ROWS, rows_are="visits are planned"
        )
    except FileRefused as error:
        raise VisitFileRefused(str(error)) from None
    places = Places((row for _, row in sheet.rows), organisation)
    known, span = Known(organisation, team), (day, last_day or day)
    file = VisitFile(rows=[], rejected=list(sheet.bad), sha256=sheet.sha256)
    first_seen: dict[tuple, int] = {}
    for line, row in sheet.rows:
        try:
            visit = _visit(line, row, places, known, span)
            if visit.key in first_seen:
                of_day = " for the same day" if last_day else ""
                raise BadRow(f"the reference is already used in line {first_seen[visit.key]}{of_day}")
        except BadRow as error:
            file.rejected.append({"line": line, "reason": str(error)})
        else:
            first_seen[visit.key] = line
            file.rows.append(visit)
    file.rows = whole_links(_with_days(file.rows, file.rejected), file.rejected)
    return file


def _with_days(rows: list[ParsedVisit], rejected: list[dict]) -> list[ParsedVisit]:
    """The rows with the day of the visit that each is linked to: its own, else the only one that the file has for that
    reference. Where there are several, nobody knows which is meant.
    """
    days_of = defaultdict(list)
    for row in rows:
        days_of[row.reference].append(row.day)
    taken = []
    for row in rows:
        days = days_of[row.link.first] if row.link else []
        if row.link and row.day not in days:
            if len(days) > 1:
                reason = f"linked_to names {row.link.first}, which the file has on several other days"
                rejected.append({"line": row.line, "reason": reason})
                continue
            row.link = replace(row.link, first_day=days[0] if days else row.day)
        taken.append(row)
    return taken


def whole_links(rows: list[ParsedVisit], rejected: list[dict]) -> list[ParsedVisit]:
    """The rows whose links hold: both ends are taken, no two are linked twice. The others are added to `rejected`."""
    linked: set[frozenset] = set()
    taken = []
    for row in rows:
        pair = frozenset({row.key, _first(row)}) if row.link else frozenset()
        if row.link and pair in linked:
            rejected.append({"line": row.line, "reason": "these two visits are linked already in a line before"})
            continue
        linked.add(pair)
        taken.append(row)
    while True:
        there = {row.key for row in taken}
        torn = [row for row in taken if row.link and _first(row) not in there]
        if not torn:
            return taken
        reason = "the visit that it is linked to is not among the rows taken from this file"
        rejected += [{"line": row.line, "reason": reason} for row in torn]
        taken = [row for row in taken if row not in torn]


def _first(row) -> tuple[str, date]:
    return row.link.first, row.link.first_day


def _visit(line, row, places, known, span) -> ParsedVisit:
    reference = reference_cell(row["reference"])
    day, earliest, latest = _days(row, *span)
    area, postcode, point = places.find(row)
    priority, decile = places.priorities.get(area.pk), decile_of(area)
    window = _window(row.get("window_start", ""), row.get("window_end", ""), day)
    preferred = coded(row.get("preferred_staff", ""), known.people, "preferred person", "preferred people")
    excluded = coded(row.get("excluded_staff", ""), known.people, "excluded person", "excluded people")
    if set(preferred) & set(excluded):
        raise BadRow("somebody is preferred and excluded at once")
    first_due, limit = _due(row)
    if first_due and first_due > (latest or day):
        raise BadRow("first_due is after the day of the visit")
    return ParsedVisit(
        line=line,
        reference=reference,
        day=day,
        area=area,
        postcode=postcode,
        point=point,
        minutes=_minutes(row["minutes"], places.minutes.get(area.pk)),
        window=window,
        skills=coded(row.get("skills", ""), known.skills, "skill", "skills"),
        tier=_tier(row.get("tier", ""), priority, decile),
        priority=priority,
        imd_decile=decile,
        late_minutes=_late(row.get("late_minutes", ""), window),
        staff_required=whole_number(row.get("staff_required") or "1", "staff_required", 1, MOST_STAFF),
        preferred_staff=preferred,
        excluded_staff=excluded,
        first_due=first_due,
        clinical_limit=limit,
        earliest_day=earliest,
        latest_day=latest,
        plus_groups=coded(row.get("plus_groups", ""), known.groups, "PLUS group", "PLUS groups"),
        link=_link(row, reference, day),
    )


def _minutes(text, in_area: int | None) -> int:
    if text.lower() != AS_IN_AREA:
        try:
            return whole_number(text, "minutes", *MINUTES)
        except BadRow as error:
            raise BadRow(f"{error}, or {AS_IN_AREA}") from None
    if in_area is None:
        raise BadRow("the area has no priority yet, so the row must name its minutes")
    return in_area


def _window(start, end, day):
    if window_clocks(start, end) is None:
        return None
    opens, closes = instant_cell(start, day), instant_cell(end, day)
    if closes < opens:
        raise BadRow("the time window ends before it starts")
    return opens, closes


def _late(text, window) -> int:
    minutes = whole_number(text, "late_minutes", 0, 480) if text else 0
    if minutes and window is None:
        raise BadRow("late_minutes needs a time window")
    return minutes


def _due(row) -> tuple[date | None, date | None]:
    first = optional_day(row.get("first_due", ""), "first_due")
    limit = optional_day(row.get("clinical_limit", ""), "clinical_limit")
    if limit and not first:
        raise BadRow("clinical_limit needs first_due")
    if limit and limit < first:
        raise BadRow("clinical_limit is before first_due")
    return first, limit


def _days(row, first, last) -> tuple[date, date | None, date | None]:
    """(its day, earliest, latest) in a plan from `first` to `last`. Without a day it stands on the first one that it
    may be made on.
    """
    day = optional_day(row.get("day", ""), "day")
    earliest = optional_day(row.get("earliest_day", ""), "earliest_day")
    latest = optional_day(row.get("latest_day", ""), "latest_day")
    if (earliest is None) != (latest is None):
        raise BadRow("a visit that may move needs both earliest_day and latest_day")
    if earliest and latest < earliest:
        raise BadRow("latest_day is before earliest_day")
    if day is not None and not first <= day <= last:
        raise BadRow(f"day must be {_span_words(first, last)}")
    if day is None:
        day = max(first, earliest) if earliest and first < last else first
        if earliest and not day <= min(last, latest) and first < last:
            raise BadRow(f"no day from earliest_day to latest_day is {_span_words(first, last)}")
    if earliest and not earliest <= day <= latest:
        which = "its day" if first < last else "the plan's day"
        raise BadRow(f"{which}, {day:%-d %B %Y}, does not lie from earliest_day to latest_day")
    return day, earliest, latest


def _span_words(first, last) -> str:
    if first == last:
        return f"the plan's day, {first:%-d %B %Y}"
    return f"one of the plan's days, {first:%-d %B %Y} to {last:%-d %B %Y}"


def _tier(text, priority, decile) -> int:
    if text:
        if text not in {"1", "2", "3", "4"}:
            raise BadRow("tier must be 1, 2, 3 or 4")
        return int(text)
    if priority is None:
        raise BadRow("the area has no priority yet, so the row must name a tier")
    return VisitTier.of(priority, decile)


def _link(row, reference, day) -> ParsedLink | None:
    first = row.get("linked_to", "")
    least, most = (_gap(row.get(name, ""), name) for name in ("min_gap", "max_gap"))
    ways = {name: yes_no(row.get(name, ""), name) for name in ("same_staff", "different_staff", "together")}
    says_something = least is not None or most is not None or any(ways.values())
    if not first and not says_something:
        return None
    if not first:
        raise BadRow(f"{', '.join(sorted(LINK_COLUMNS))} need linked_to")
    if first == reference:
        raise BadRow("it is linked to itself")
    if not says_something:
        raise BadRow(f"linked_to needs at least one of {', '.join(sorted(LINK_COLUMNS))}")
    if least is not None and most is not None and most < least:
        raise BadRow("max_gap is less than min_gap")
    if ways["same_staff"] and ways["different_staff"]:
        raise BadRow("same_staff and different_staff cannot both be yes")
    return ParsedLink(first, day, least, most, **ways)


def _gap(text, name) -> int | None:
    return whole_number(text, name, 0, 1_440) if text else None
