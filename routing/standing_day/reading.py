"""The one reading of a day under way: every round with what its person recorded of it.

Forecast, alerts, the phone and planned against actual take the `RoundState` of it; re-planning and changes by hand the
stored `route` and the records.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Prefetch

from routing.alerts import Patience
from routing.day_forecast import PlannedStop, RoundState, Visited
from routing.models import RoundEvent, RouteAssignment, RoutePlan, Visit, VisitRecord
from routing.planning.solution import Route
from routing.problem_building import route_of
from routing.round_records import told_of_round


@dataclass
class RecordedRound:
    """One person's round on `day`: `assignment` with its stops and visits, what was recorded, and where it stands.

    `records` by visit id; `events` in the order in which they happened.
    """

    day: date
    assignment: RouteAssignment
    state: RoundState
    records: dict = field(default_factory=dict)
    events: list[RoundEvent] = field(default_factory=list)

    @property
    def staff(self):
        return self.assignment.staff

    @property
    def route(self) -> Route:
        """As it is stored, in seconds of the plan's day."""
        return route_of(self.assignment, self.day)

    @property
    def visit_stops(self) -> list:
        return [stop for stop in self.assignment.stops.all() if stop.visit_id is not None]


def patience() -> Patience:
    """As the settings say."""
    return Patience(
        late=timedelta(minutes=settings.ROUND_LATE_MINUTES),
        not_heard=timedelta(minutes=settings.ROUND_NOT_HEARD_MINUTES),
        not_back=timedelta(minutes=settings.ROUND_NOT_BACK_MINUTES),
    )


def recorded_rounds(plan: RoutePlan, *, staff=None) -> list[RecordedRound]:
    """Every round of a plan, or that of one person: five queries, however many rounds there are."""
    assignments = RouteAssignment.objects.for_organisation(plan.organisation).filter(plan=plan)
    events = RoundEvent.objects.for_organisation(plan.organisation).filter(plan=plan)
    records = VisitRecord.objects.for_organisation(plan.organisation).filter(plan=plan)
    if staff is not None:
        assignments, events, records = (rows.filter(staff=staff) for rows in (assignments, events, records))
    assignments = assignments.select_related("staff__base", "staff__user", "shift").prefetch_related(
        Prefetch("stops__visit", queryset=Visit.objects.for_display())
    )
    events_of, records_of = defaultdict(list), defaultdict(dict)
    for event in events:
        events_of[event.staff_id].append(event)
    for record in records:
        records_of[record.staff_id][record.visit_id] = record
    return [
        _recorded(plan.day, assignment, events_of[assignment.staff_id], records_of[assignment.staff_id])
        for assignment in assignments
    ]


def _recorded(day, assignment, events, records) -> RecordedRound:
    told = told_of_round(events)
    stops = assignment.stops.all()
    state = RoundState(
        departs_at=assignment.departs_at,
        returns_at=assignment.returns_at,
        way_back=timedelta(seconds=assignment.travel_seconds - sum(stop.travel_seconds for stop in stops)),
        stops=[_planned(stop) for stop in stops],
        visited={key: Visited(record.arrived_at, record.finished_at) for key, record in records.items()},
        set_off_at=told.set_off_at,
        finished_at=told.finished_at,
        heard_at=told.heard_at,
    )
    return RecordedRound(day, assignment, state, records, events)


def _planned(stop) -> PlannedStop:
    return PlannedStop(
        visit=stop.visit_id,
        arrives_at=stop.arrives_at,
        starts_at=stop.starts_at,
        leaves_at=stop.leaves_at,
        drive=timedelta(seconds=stop.travel_seconds),
        closes_at=stop.visit.window_end + timedelta(minutes=stop.visit.late_minutes)
        if stop.visit_id and stop.visit.window_end
        else None,
    )
