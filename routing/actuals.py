"""A plan held against what happened: visit by visit, person by person, in total. Times come from what was recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from accounts.small_numbers import groups_to_hide
from routing.alerts import latest_start
from routing.planning.equity import quintile_of_decile
from routing.standing_day import RecordedRound, patience

MINUTE = timedelta(minutes=1)
# Upper bounds, minutes; the last is open.
OVERRUNS = (("More than 10 min shorter", -10), ("Up to 10 min shorter", 0), ("0 to 10 min longer", 10))
LONGER = ("10 to 20 min longer", 20)
LONGEST = "More than 20 min longer"


@dataclass(frozen=True)
class VisitActual:
    """One person's part in one visit. Minutes are None where nothing was recorded to work them out from."""

    standing: RecordedRound
    stop: object
    number: int
    arrived_at: datetime | None
    finished_at: datetime | None
    outcome: str
    was_in_time: bool | None
    drive_minutes: float | None

    @property
    def visit(self):
        return self.stop.visit

    @property
    def planned_minutes(self) -> float:
        return (self.stop.leaves_at - self.stop.starts_at) / MINUTE

    @property
    def minutes(self) -> float | None:
        """At the visit; of those that were done only: nobody stays where nobody opens."""
        if self.outcome != "done" or self.arrived_at is None:
            return None
        return (self.finished_at - self.arrived_at) / MINUTE

    @property
    def overrun(self) -> float | None:
        return None if self.minutes is None else self.minutes - self.planned_minutes

    @property
    def later_by(self) -> float | None:
        """Minutes from the planned to the actual start; negative: earlier."""
        return None if self.arrived_at is None else (self.arrived_at - self.stop.starts_at) / MINUTE


def visit_actuals(standing: RecordedRound) -> list[VisitActual]:
    """The visits of one round, in planned order."""
    drives = _drives(standing)
    rows, waits = [], patience()
    planned = [stop for stop in standing.state.stops if stop.visit is not None]
    for number, (stop, plain) in enumerate(zip(standing.visit_stops, planned, strict=True), start=1):
        record = standing.records.get(stop.visit_id)
        arrived = record.arrived_at if record else None
        rows.append(
            VisitActual(
                standing=standing,
                stop=stop,
                number=number,
                arrived_at=arrived,
                finished_at=record.finished_at if record else None,
                outcome=record.outcome if record else "",
                was_in_time=None if arrived is None else arrived <= latest_start(plain, waits),
                drive_minutes=drives.get(stop.visit_id),
            )
        )
    return rows


def _drives(standing) -> dict:
    """Minutes from leaving the place before to arriving, by visit. The break that is planned between two visits, which
    nobody records, is taken off.
    """
    arrivals = sorted(
        (record.arrived_at, visit) for visit, record in standing.records.items() if record.arrived_at is not None
    )
    pauses, pause = {}, timedelta()
    for stop in standing.state.stops:
        if stop.visit is None:
            pause += stop.service
        else:
            pauses[stop.visit], pause = pause, timedelta()
    left = [record.finished_at for record in standing.records.values() if record.finished_at is not None]
    left += [standing.state.set_off_at] if standing.state.set_off_at else []
    drives = {}
    for arrived, visit in arrivals:
        before = max((moment for moment in left if moment <= arrived), default=None)
        if before is not None:
            drives[visit] = max(0.0, (arrived - before - pauses.get(visit, timedelta())) / MINUTE)
    return drives


def one_per_visit(rows: Sequence[VisitActual]) -> list[VisitActual]:
    """Of a visit that two people share, the part that was done, else the one that says most."""
    best: dict = {}
    for row in rows:
        known = best.get(row.visit.pk)
        if known is None or _weight(row) > _weight(known):
            best[row.visit.pk] = row
    return list(best.values())


def _weight(row):
    return (row.outcome == "done", bool(row.outcome), row.arrived_at is not None)


@dataclass(frozen=True)
class Totals:
    """Of a group of visits. `hidden`: few, or they would give a group of few away (accounts.small_numbers)."""

    visits: int = 0
    done: int = 0
    no_access: int = 0
    started: int = 0
    in_time: int = 0
    hidden: bool = False

    @property
    def settled(self) -> int:
        return self.done + self.no_access


def totals(rows: Sequence[VisitActual]) -> Totals:
    return Totals(
        visits=len(rows),
        done=sum(row.outcome == "done" for row in rows),
        no_access=sum(row.outcome == "no_access" for row in rows),
        started=sum(row.was_in_time is not None for row in rows),
        in_time=sum(row.was_in_time is True for row in rows),
    )


def grouped_totals(rows: Sequence[VisitActual]) -> tuple[dict[int, Totals], dict[int, Totals]]:
    """By tier 1 to 4, and by IMD fifth 1 (most deprived) to 5, with 0 for those not known."""
    keys = [("tier", tier) for tier in range(1, 5)] + [("fifth", fifth) for fifth in range(6)]
    members = {key: np.array([_is_in(row, key) for row in rows], dtype=bool) for key in keys}
    hidden = groups_to_hide(members) if rows else set()
    made = {
        key: Totals(hidden=True)
        if key in hidden
        else totals([row for row, inside in zip(rows, members[key], strict=True) if inside])
        for key in keys
    }
    return (
        {number: made[kind, number] for kind, number in keys if kind == "tier"},
        {number: made[kind, number] for kind, number in keys if kind == "fifth"},
    )


def _is_in(row, key) -> bool:
    kind, number = key
    if kind == "tier":
        return row.visit.tier == number
    return (quintile_of_decile(row.visit.imd_decile) or 0) == number


def overruns(rows: Sequence[VisitActual]) -> list[tuple[str, int]]:
    """How many visits took how much longer than planned: (words, number), the shortest first."""
    bounds = [*OVERRUNS, LONGER]
    counts = dict.fromkeys([words for words, _ in bounds] + [LONGEST], 0)
    for row in rows:
        if row.overrun is not None:
            counts[next((words for words, bound in bounds if row.overrun <= bound), LONGEST)] += 1
    return list(counts.items())
