"""One person's day: table rows, timeline segments, figures."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.db.models import Prefetch

from routing.civil_time import LONDON, clock
from routing.models import RouteAssignment, RouteStop, Visit

from .wording import duration, kilometres

COLOURS = 10
# Together with colour and name these tell lines apart, also in print and for colour-blind readers.
DASHES = ("", "10 5", "2 4", "14 4 2 4", "6 3")
SHORTEST_WAIT_SHOWN = 60


@dataclass
class Round:
    """One person's day. `rows` are stops for the table, `segments` stretches for the timeline."""

    assignment: RouteAssignment
    index: int
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
        """How many drives have an estimated time, of how many."""
        stops = [stop for stop in self.assignment.stops.all() if stop.visit_id is not None]
        estimated = sum(stop.is_travel_estimated for stop in stops) + self.assignment.is_return_estimated
        return estimated, len(stops) + 1

    @property
    def working_share(self) -> float:
        """Visits and driving as a share of the paid shift (the break taken off)."""
        shift = self.assignment.shift
        paid = (shift.ends_at - shift.starts_at).total_seconds() - shift.break_minutes * 60
        return (self.assignment.service_seconds + self.assignment.travel_seconds) / paid

    @property
    def timeline_row(self) -> dict:
        """As `{% chart_timeline %}` takes it: seconds on the clock after midnight of the plan's day."""
        shift = self.assignment.shift
        midnight = _midnight(shift.day)
        return {
            "name": self.name,
            "colour_index": self.colour_index,
            "shift": (_on_clock(shift.starts_at, midnight), _on_clock(shift.ends_at, midnight)),
            "segments": [
                segment | {"start": _on_clock(segment["start"], midnight), "end": _on_clock(segment["end"], midnight)}
                for segment in self.segments
            ],
        }


def rounds_of(plan) -> list[Round]:
    """Every person's day of a plan, in order of names: two queries besides those of stops' visits."""
    assignments = (
        RouteAssignment.objects.for_organisation(plan.organisation)
        .filter(plan=plan)
        .select_related("staff__base", "shift")
        .prefetch_related(Prefetch("stops__visit", queryset=Visit.objects.for_display()))
    )
    return [_round(assignment, index) for index, assignment in enumerate(assignments)]


def _round(assignment, index) -> Round:
    made = Round(assignment, index)
    number, free, pauses = 0, assignment.departs_at, []
    for stop in assignment.stops.all():
        if stop.visit_id is None:
            pauses.append(stop)
            made.rows.append(_break_row(stop))
            continue
        number += 1
        made.rows.append(_visit_row(stop, number))
        made.segments += _leg(free, pauses, stop.travel_seconds, stop.arrives_at, "Drive")
        made.segments += _visit(stop, number)
        free, pauses = stop.leaves_at, []
    way_home = assignment.travel_seconds - sum(stop.travel_seconds for stop in assignment.stops.all())
    made.segments += _leg(free, pauses, way_home, assignment.returns_at, "Drive back to base")
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


def _visit(stop: RouteStop, number: int) -> list[dict]:
    segments = []
    if (stop.starts_at - stop.arrives_at).total_seconds() >= SHORTEST_WAIT_SHOWN:
        segments.append(_segment("wait", stop.arrives_at, stop.starts_at, "Wait"))
    visit = _segment("visit", stop.starts_at, stop.leaves_at, f"Visit {number}: {stop.visit.reference}")
    return [*segments, visit | {"tier": stop.visit.tier, "text": str(number)}]


def _segment(kind, start, end, label) -> dict:
    return {"kind": kind, "start": start, "end": end, "label": f"{label}, {clock(start)} to {clock(end)}"}


def _visit_row(stop: RouteStop, number: int) -> dict:
    visit = stop.visit
    return {
        "number": number,
        "arrive": clock(stop.arrives_at),
        "start": clock(stop.starts_at),
        "leave": clock(stop.leaves_at),
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
        "visit": visit,
    }


def window_text(visit) -> str:
    if visit.window_start is None:
        return "any time"
    return f"{clock(visit.window_start)} to {clock(visit.window_end)}"


def _break_row(stop: RouteStop) -> dict:
    return {"number": None, "start": clock(stop.starts_at), "leave": clock(stop.leaves_at), "reference": "Break"}


def _midnight(day) -> datetime:
    return datetime.combine(day, time.min)


def _on_clock(moment: datetime, midnight: datetime) -> int:
    """Seconds that the clock on the wall has moved since midnight: what the axis of hours shows."""
    return int((moment.astimezone(LONDON).replace(tzinfo=None) - midnight).total_seconds())
