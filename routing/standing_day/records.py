"""What people recorded of a plan's day, in seconds of that day."""

from collections import defaultdict
from dataclasses import dataclass, field

from routing.civil_time import seconds_into
from routing.models import RoutePlan, VisitRecord
from routing.planning.solution import Route


@dataclass(frozen=True, slots=True)
class Part:
    """Seconds at which somebody came and went; None: not recorded. At least one of them is."""

    arrived: int | None
    left: int | None


@dataclass(frozen=True)
class Known:
    """`parts`: by (staff, visit). `since`: by staff, from when on nothing unrecorded has begun. `left`: by visit, when
    somebody who was there for nothing went away.
    """

    now: int
    parts: dict[tuple[str, str], Part]
    since: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)


def parts_of(plan: RoutePlan, routes: dict[str, Route]) -> dict[tuple[str, str], Part]:
    """What was recorded about the stops of these routes. Whoever comes in two is there as long as both are."""
    recorded = defaultdict(list)
    records = VisitRecord.objects.for_organisation(plan.organisation).filter(plan=plan)
    for record in records.select_related("staff", "visit"):
        if record.arrived_at is not None or record.finished_at is not None:
            recorded[record.visit.reference].append(record)
    parts = {}
    for name, route in routes.items():
        for visit in route.visits:
            of_visit = [each for each in recorded[visit] if each.staff.reference in routes]
            of_visit = [each for each in of_visit if visit in routes[each.staff.reference].visits]
            if of_visit:
                parts[name, visit] = _together(plan.day, of_visit)
    return parts


def _together(day, records) -> Part:
    arrivals = [seconds_into(day, each.arrived_at) for each in records if each.arrived_at is not None]
    ends = [seconds_into(day, each.finished_at) for each in records if each.finished_at is not None]
    return Part(max(arrivals, default=None), max(ends) if len(ends) == len(records) else None)
