"""What people recorded of a plan's day, in seconds of that day."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from routing.civil_time import seconds_into

from .reading import RecordedRound


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


def parts_of(rounds: list[RecordedRound], day: date) -> dict[tuple[str, str], Part]:
    """What was recorded about the stops of these rounds. Whoever comes in two is there as long as both are."""
    recorded = defaultdict(list)
    for each in rounds:
        for stop in each.visit_stops:
            record = each.records.get(stop.visit_id)
            if record is not None and (record.arrived_at is not None or record.finished_at is not None):
                recorded[stop.visit_id].append(record)
    return {
        (each.staff.reference, stop.visit.reference): _together(day, recorded[stop.visit_id])
        for each in rounds
        for stop in each.visit_stops
        if stop.visit_id in recorded
    }


def _together(day, records) -> Part:
    arrivals = [seconds_into(day, each.arrived_at) for each in records if each.arrived_at is not None]
    ends = [seconds_into(day, each.finished_at) for each in records if each.finished_at is not None]
    return Part(max(arrivals, default=None), max(ends) if len(ends) == len(records) else None)
