"""A published plan with two rounds and fixed times: the first person has three visits, the second one.

08:00 leave, 08:15 to 08:45 first, 09:00 to 09:30 second, 10:00 to 10:30 third (window closes 10:00), 11:00 back.
"""

from dataclasses import dataclass
from datetime import date, time, timedelta

import time_machine
from django.utils import timezone

from routing import services
from routing.civil_time import day_start, instant
from routing.models import CaseloadEntry, PlanState, RouteAssignment, RoutePlan, RouteStop, Shift, Visit

from . import factories as make

EIGHT = timedelta(hours=8)
# Long past for whoever looks at the clock: what is sent to a page must have happened.
PAST_DAY = date(2026, 11, 16)
MORNING = day_start(make.DAY) + EIGHT
METRES = 4_000
BACK_METRES = 6_000


def at(minutes: float, day=make.DAY):
    """So many minutes after eight."""
    return day_start(day) + EIGHT + timedelta(minutes=minutes)


@dataclass
class RoundWorld:
    """`staff`, `user`: whose round it is; `colleague`: the other person of the plan."""

    plan: RoutePlan
    team: object
    staff: object
    user: object
    colleague: object
    colleague_user: object
    visits: list[Visit]
    others_visit: Visit
    shared_visit: Visit | None = None

    def close(self):
        with time_machine.travel(at(9 * 60), tick=False):
            services.close_plan(plan=self.plan, by=make.SETUP)

    def move_first_visit(self) -> Visit:
        """The first visit goes to the colleague, as a mended plan would have it. The version before knows it here."""
        self.plan.versions.create(
            number=1,
            origin="optimised",
            routes=[{"staff": self.staff.reference, "stops": [{"visit": self.visits[0].reference}]}],
        )
        stop = RouteStop.objects.get(visit=self.visits[0], assignment__staff=self.staff)
        stop.assignment = RouteAssignment.objects.get(plan=self.plan, staff=self.colleague)
        stop.sequence = 9
        stop.save()
        return self.visits[0]

    def caseload_entry(self) -> CaseloadEntry:
        visit = self.visits[0]
        return CaseloadEntry.objects.create(
            team=self.team, reference="C-1", area=visit.area, point=visit.point, minutes=30, interval_days=7,
            next_due=make.DAY,
        )  # fmt: skip


def published_round(organisation, make_user, *, day=make.DAY, shared=False, works_alone=True) -> RoundWorld:
    team = make.team(organisation, people=2, day=day)
    first, second = team.staff.order_by("reference")
    users = [make_user(roles=["field_worker"]) for _ in range(2)]
    for person, user in zip((first, second), users, strict=True):
        person.user, person.works_alone = user, works_alone
        person.save()
    visits = [_visit(team, number, day) for number in range(1, 5)]
    now = timezone.now()
    approver = make_user(roles=["approver"])
    plan = RoutePlan.objects.create(
        organisation=organisation, team=team, day=day, name="Round", state=PlanState.PUBLISHED, approved_by=approver,
        approved_at=now, published_by=approver, published_at=now, optimised_at=now, version=1,
    )  # fmt: skip
    plan.visits.set(visits)
    Visit.objects.filter(pk__in=[visit.pk for visit in visits]).update(state=Visit.State.PLANNED)
    own = [(visits[0], 15), (visits[1], 60), (visits[2], 120)]
    _assignment(plan, first, day, departs=0, returns=180, stops=own)
    shares = [(visits[0], 15)] if shared else []
    _assignment(plan, second, day, departs=0, returns=120, stops=[*shares, (visits[3], 60)])
    return RoundWorld(
        plan, team, first, users[0], second, users[1], visits[:3], visits[3], visits[0] if shared else None
    )


def _visit(team, number, day) -> Visit:
    area = team.patch.areas.order_by("code")[number - 1]
    window = {"window_start": instant(day, time(8, 30)), "window_end": at(120, day)} if number == 3 else {}
    return Visit.objects.create(
        organisation=team.organisation, team=team, reference=f"V-{number:02}", day=day, area=area, point=area.centroid,
        minutes=30, tier=number, imd_decile=number, source=Visit.Source.CSV, **window,
    )  # fmt: skip


def _assignment(plan, staff, day, *, departs, returns, stops) -> RouteAssignment:
    shift = Shift.objects.get(staff=staff, day=day)
    made = RouteAssignment.objects.create(
        plan=plan, staff=staff, shift=shift, departs_at=at(departs, day), returns_at=at(returns, day),
        travel_seconds=900 * len(stops) + 1_800, travel_metres=METRES * len(stops) + BACK_METRES,
        service_seconds=1_800 * len(stops),
    )  # fmt: skip
    for sequence, (visit, minutes) in enumerate(stops, start=1):
        RouteStop.objects.create(
            assignment=made, sequence=sequence, visit=visit, arrives_at=at(minutes, day), starts_at=at(minutes, day),
            leaves_at=at(minutes + 30, day), travel_seconds=900, travel_metres=METRES,
        )  # fmt: skip
    return made
