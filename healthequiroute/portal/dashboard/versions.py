"""What the figures about visits follow from: a text that changes with every plan, stop, decision and record of a team's
period. Four queries, however many weeks and teams are asked for.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from hashlib import sha256

from django.db.models import Count, Max, Q

from routing.models import RoutePlan, RouteStop, UnservedVisit, Visit, VisitRecord

from .periods import WholeWeeks

DONE = Count("pk", filter=Q(outcome=VisitRecord.Outcome.DONE))


class WorkVersions:
    """Of the teams' binding plans between two days, read once."""

    def __init__(self, organisation, teams: Iterable, first: date, last: date):
        plans = (
            RoutePlan.objects.for_organisation(organisation)
            .binding()
            .filter(team__in=[team.pk for team in teams], day__gte=first, day__lte=last)
        )
        self._plans = list(plans.order_by("pk").values_list("pk", "team", "day", "state", "version", "optimised_at"))
        keys = [row[0] for row in self._plans]
        self._parts = [
            _by_plan(RouteStop.objects.for_organisation(organisation), "assignment__plan", keys, Max("pk")),
            _by_plan(UnservedVisit.objects.for_organisation(organisation), "plan", keys, Max("pk")),
            _by_plan(VisitRecord.objects.for_organisation(organisation), "plan", keys, DONE),
            _cancelled(organisation, keys),
        ]

    def of(self, team, weeks: WholeWeeks) -> str:
        chosen = [row for row in self._plans if row[1] == team.pk and weeks.first_day <= row[2] <= weeks.last_day]
        told = [(row, [part.get(row[0]) for part in self._parts]) for row in chosen]
        return sha256(repr(told).encode()).hexdigest()[:24]


def _by_plan(rows, path, keys, newest) -> dict:
    found = rows.filter(**{f"{path}__in": keys}).order_by().values(path).annotate(n=Count("pk"), newest=newest)
    return {row[path]: (row["n"], row["newest"]) for row in found}


def _cancelled(organisation, keys) -> dict:
    """How many visits of a plan are cancelled, by their stops and by having been left out."""
    found = defaultdict(int)
    gone = Visit.objects.for_organisation(organisation).filter(state=Visit.State.CANCELLED)
    for path in ("stops__assignment__plan", "unserved_in__plan"):
        rows = gone.filter(Q(**{f"{path}__in": keys})).order_by().values_list(path).annotate(n=Count("pk"))
        for plan, number in rows:
            found[plan] += number
    return dict(found)
