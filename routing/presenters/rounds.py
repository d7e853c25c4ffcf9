"""One person's day: table rows, stretches of the timeline, figures."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Prefetch, prefetch_related_objects

from routing.civil_time import clock
from routing.models import PlanState, RouteAssignment, RouteStop, Visit, VisitRecord
from routing.models.people import DayEnd

from .bonds import Bonds
from .wording import duration, kilometres

COLOURS = 10
# Together with colour and name these tell lines apart, also in print and for colour-blind readers.
DASHES = ("", "10 5", "2 4", "14 4 2 4", "6 3")
SHORTEST_WAIT_SHOWN = 60


@dataclass
class Round:
    """One person's day. `rows` are stops for the table, `segments` stretches for the timeline. `label`: a short mark of
    the person, unique in the plan, for the map and the timeline.
    """

    assignment: RouteAssignment
    index: int
    label: str = ""
    rows: list[dict] = field(default_factory=list)
    segments: list[dict] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.assignment.staff.display_name

    @property
    def colour_index(self) -> int:
        return self.index % COLOURS

    @property
    def dash(self) -> str:
        return DASHES[(self.index + self.index // COLOURS) % len(DASHES)]

    @property
    def visit_count(self) -> int:
        return sum(row["number"] is not None for row in self.rows)

    @property
    def times(self) -> str:
        return f"{clock(self.assignment.departs_at)} to {clock(self.assignment.returns_at)}"

    @property
    def driving(self) -> str:
        return f"{duration(self.assignment.travel_seconds)}, {kilometres(self.assignment.travel_metres)}"

    @property
    def estimated_drives(self) -> tuple[int, int]:
        """How many drives have an estimated time, of how many. From door to door in one place nobody drives."""
        legs = [stop for stop in self.assignment.stops.all() if stop.visit_id is not None and stop.travel_seconds]
        estimated = sum(stop.is_travel_estimated for stop in legs)
        if not self.way_back_seconds:
            return estimated, len(legs)
        return estimated + self.assignment.is_return_estimated, len(legs) + 1

    @property
    def working_share(self) -> float:
        """Visits and driving as a share of the paid shift (the break taken off)."""
        shift = self.assignment.shift
        paid = (shift.ends_at - shift.starts_at).total_seconds() - shift.break_minutes * 60
        return (self.assignment.service_seconds + self.assignment.travel_seconds) / paid

    @property
    def starts_from(self) -> str:
        """Where the day begins: home, or the name of the base."""
        staff = self.assignment.staff
        return "home" if staff.starts_from == DayEnd.HOME else staff.base.name

    @property
    def ends_at(self) -> str:
        staff = self.assignment.staff
        return "home" if staff.ends_at == DayEnd.HOME else staff.base.name

    @property
    def ends_words(self) -> str:
        """E.g. "Start and end: East clinic", "Start: home. End: East clinic"."""
        if self.starts_from == self.ends_at:
            return f"Start and end: {self.starts_from}"
        return f"Start: {self.starts_from}. End: {self.ends_at}"

    @property
    def overtime_seconds(self) -> int:
        """Work after the shift's end."""
        return max(0, int((self.assignment.returns_at - self.assignment.shift.ends_at).total_seconds()))

    @property
    def way_back_seconds(self) -> int:
        return self.assignment.travel_seconds - sum(stop.travel_seconds for stop in self.assignment.stops.all())

    def seconds_of(self, kind: str) -> int:
        """Time in all stretches of one kind: visit, drive, break or wait."""
        return sum(
            int((segment["end"] - segment["start"]).total_seconds())
            for segment in self.segments
            if segment["kind"] == kind
        )


def rounds_of(plan, visits: Iterable[Visit] = ()) -> list[Round]:
    """Every person's day of a plan, in order of names: as many queries for one stop as for a thousand. `visits`: those
    of the plan, `for_display()`, where they were read already.
    """
    assignments = list(
        RouteAssignment.objects.for_organisation(plan.organisation)
        .filter(plan=plan)
        .select_related("staff__base", "shift")
        .prefetch_related("stops")
    )
    if not assignments:
        return []
    give_visits([stop for assignment in assignments for stop in assignment.stops.all()], visits)
    bonds, records = Bonds(plan, assignments), _records(plan)
    labels = short_labels([assignment.staff.display_name for assignment in assignments])
    return [
        _round(Round(assignment, index, label), bonds, records)
        for index, (assignment, label) in enumerate(zip(assignments, labels, strict=True))
    ]


def give_visits(rows: list, visits: Iterable[Visit]) -> None:
    """Give stops, or visits that were left out, their visit; what is not among `visits` is read in two queries."""
    known = {visit.pk: visit for visit in visits}
    for row in rows:
        if row.visit_id in known:
            row.visit = known[row.visit_id]
    of_rows = Visit.objects.for_display()  # unscoped: those of the plan's own rows
    prefetch_related_objects(rows, Prefetch("visit", queryset=of_rows))


def short_labels(names) -> list[str]:
    """A mark of two or three signs for each name, none twice: initials and numbers ("Nurse 04": N04), counted on where
    several people share them.
    """
    used: set[str] = set()
    return [_label(name, used) for name in names]


def _label(name, used) -> str:
    words = re.findall(r"\d+|[^\W\d_]+", name) or ["?"]
    told = words if len(words) < 4 else [*words[:2], words[-1]]
    stem = label = "".join(word if word.isdigit() else word[0].upper() for word in told)[:4]
    number = 1
    while label in used:
        number += 1
        label = f"{stem}{'-' if stem[-1].isdigit() else ''}{number}"
    used.add(label)
    return label


def _records(plan) -> dict:
    """What field staff recorded, by person and visit; nobody records anything before a plan is published."""
    if plan.state not in PlanState.published():
        return {}
    found = VisitRecord.objects.for_organisation(plan.organisation).filter(plan=plan)
    return {(record.staff_id, record.visit_id): record for record in found}


def _round(made: Round, bonds: Bonds, records: dict) -> Round:
    assignment = made.assignment
    number, free, pauses = 0, assignment.departs_at, []
    for stop in assignment.stops.all():
        if stop.visit_id is None:
            pauses.append(stop)
            made.rows.append(_break_row(stop))
            continue
        number += 1
        colleagues = bonds.colleagues(stop.visit_id, assignment.staff)
        row = _visit_row(stop, number) | {
            "key": f"{made.index}-{number}",
            "colleagues": colleagues,
            "companions": [person.display_name for person in colleagues],
            "links": bonds.words(stop.visit),
            "record": (record := records.get((assignment.staff_id, stop.visit_id))),
            "was": actual_text(record) if record else "",
        }
        made.rows.append(row)
        made.segments += _leg(free, pauses, stop.travel_seconds, stop.arrives_at, "Drive")
        made.segments += _visit(stop, row)
        free, pauses = stop.leaves_at, []
    label = f"Drive back to {'home' if made.ends_at == 'home' else 'base'}"
    made.segments += _leg(free, pauses, made.way_back_seconds, assignment.returns_at, label)
    return made


def _leg(free: datetime, pauses: list[RouteStop], travel: int, arrives: datetime, label: str) -> list[dict]:
    """Drive and breaks between two places. A break may fall inside the drive, begun at once."""
    segments, left = [], travel
    for pause in pauses:
        part = min(left, int((pause.starts_at - free).total_seconds()))
        if part > 0:
            segments.append(_segment("drive", free, free + timedelta(seconds=part), label))
            left -= part
        segments.append(_segment("break", pause.starts_at, pause.leaves_at, "Break"))
        free = max(free, pause.leaves_at)
    if left > 0:
        segments.append(_segment("drive", arrives - timedelta(seconds=left), arrives, label))
    return segments


def _visit(stop: RouteStop, row: dict) -> list[dict]:
    segments = []
    if (stop.starts_at - stop.arrives_at).total_seconds() >= SHORTEST_WAIT_SHOWN:
        segments.append(_segment("wait", stop.arrives_at, stop.starts_at, "Wait"))
    label = f"Visit {row['number']}: {row['reference']}, tier {row['tier']}{', Core20' if row['is_core20'] else ''}"
    return [*segments, _segment("visit", stop.starts_at, stop.leaves_at, label) | {"row": row, "stop": stop}]


def _segment(kind, start, end, label) -> dict:
    return {"kind": kind, "start": start, "end": end, "label": f"{label}, {clock(start)} to {clock(end)}"}


def _visit_row(stop: RouteStop, number: int) -> dict:
    visit = stop.visit
    return {
        "number": number,
        "starts_at": stop.starts_at,
        "arrive": clock(stop.arrives_at),
        "start": clock(stop.starts_at),
        "leave": clock(stop.leaves_at),
        "drive_time": duration(stop.travel_seconds),
        "drive": f"{duration(stop.travel_seconds)}, {kilometres(stop.travel_metres)}",
        "path": stop.path,
        "is_estimated": stop.is_travel_estimated,
        "reference": visit.reference,
        "place": visit.postcode or "no postcode",
        "area": visit.area.name,
        "area_code": visit.area.code,
        "tier": visit.tier,
        "is_core20": visit.is_core20,
        "minutes": visit.minutes,
        "skills": ", ".join(skill.name for skill in visit.skills.all()),
        "window": window_text(visit),
        "late": late_text(stop),
        "visit": visit,
    }


def window_text(visit) -> str:
    if visit.window_start is None:
        return "any time"
    return f"{clock(visit.window_start)} to {clock(visit.window_end)}"


def late_seconds(stop: RouteStop) -> int:
    """By how much a visit starts after its window, where that is allowed at a cost."""
    end = stop.visit.window_end
    return 0 if end is None else max(0, int((stop.starts_at - end).total_seconds()))


def late_text(stop: RouteStop) -> str:
    late = late_seconds(stop)
    return f"{duration(late)} late" if late >= 60 else ""


def _break_row(stop: RouteStop) -> dict:
    return {
        "number": None,
        "starts_at": stop.starts_at,
        "start": clock(stop.starts_at),
        "leave": clock(stop.leaves_at),
        "reference": "Break",
    }


def actual_text(record: VisitRecord) -> str:
    """What was recorded, e.g. "arrived 09:05, done 09:38", "no access 10:15"."""
    parts = [f"arrived {clock(record.arrived_at)}"] if record.arrived_at else []
    if record.finished_at:
        parts.append(f"{record.get_outcome_display().lower()} {clock(record.finished_at)}")
    return ", ".join(parts)
