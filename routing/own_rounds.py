"""Which rounds are a signed-in person's own. Nothing of anybody else is reachable from here."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from routing.civil_time import LONDON
from routing.models import PlanState, PlanVersion, RouteAssignment, RoutePlan, StaffMember

# Until this hour of the night a late round still belongs to the day before.
NIGHT_ENDS = 6


def first_day(now: datetime) -> date:
    """The day whose rounds may still be under way: today, or at night yesterday."""
    local = now.astimezone(LONDON)
    return local.date() - timedelta(days=local.hour < NIGHT_ENDS)


@dataclass(frozen=True)
class OwnRound:
    """A published plan and who the person is in it. `is_empty`: everything on it has moved to others since."""

    plan: RoutePlan
    staff: StaffMember

    @property
    def is_empty(self) -> bool:
        return not self.plan.has_own_stops


def own_staff(user, organisation):
    """The person as a member of the organisation's teams; usually one row."""
    return StaffMember.objects.for_organisation(organisation).filter(user=user, only_in__isnull=True)


def own_rounds(user, organisation, *, since: date) -> list[OwnRound]:
    """Published rounds from a day on, the earliest first; on one day those that are not closed come first."""
    people = list(own_staff(user, organisation).select_related("team"))
    found = []
    for person in people:
        plans = RoutePlan.objects.for_organisation(organisation).published().filter(day__gte=since)
        found += [OwnRound(plan, person) for plan in _with(person, plans)]
    return sorted(found, key=lambda own: (own.plan.day, own.plan.state == PlanState.CLOSED, own.plan.created_at))


def own_round(user, organisation, plan_id) -> OwnRound | None:
    """The person's own round in this plan; None where the plan is not published or not theirs."""
    for person in own_staff(user, organisation).select_related("team"):
        plans = RoutePlan.objects.for_organisation(organisation).published().filter(pk=plan_id)
        for plan in _with(person, plans):
            return OwnRound(plan, person)
    return None


def _with(person, plans):
    """Plans that hold a round of the person, or held one in an earlier version."""
    mine = RouteAssignment.objects.filter(plan=OuterRef("pk"), staff=person)
    once = PlanVersion.objects.filter(plan=OuterRef("pk"), routes__contains=[{"staff": person.reference}])
    plans = plans.filter(team=person.team_id).listed().annotate(has_own_stops=Exists(mine))
    return plans.filter(Q(has_own_stops=True) | Exists(once))
