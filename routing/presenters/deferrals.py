"""Visits that are deferred to a day, on both plans: the one that leaves them out and the one that they wait for."""

from functools import cached_property

from django.db.models import Prefetch, Q
from django.urls import reverse

from routing.models import RoutePlan, UnservedVisit, Visit

from .visits import LIVE_PLANS, due_text

DEFERRED = UnservedVisit.Decision.DEFERRED


class DeferredOn:
    """What became of the visits that a plan defers. `may_edit`: whether the reader may see a single visit's page."""

    def __init__(self, plan: RoutePlan, *, may_edit=False):
        self.plan, self.may_edit = plan, may_edit

    @cached_property
    def _visits(self) -> dict:
        """By reference and day; who is on a caseload has a visit of that day once it is planned."""
        deferred = self.plan.unserved.filter(decision=DEFERRED).values_list("visit__reference", "deferred_to")
        wanted = Q(pk=None)
        for reference, day in deferred:
            wanted |= Q(reference=reference, day=day)
        live = {"state__in": LIVE_PLANS, "scenario_of": None}
        plans = RoutePlan.objects.filter(**live).order_by("-created_at")  # unscoped: those of the team's visits
        found = Visit.objects.filter(wanted, team=self.plan.team_id)  # unscoped: of the plan's own team
        found = found.exclude(state=Visit.State.CANCELLED)
        found = found.prefetch_related(Prefetch("plans", queryset=plans, to_attr="live_plans"))
        return {(visit.reference, visit.day): visit for visit in found}

    def row(self, left_out: UnservedVisit) -> dict | None:
        """`text` and `url` of where the visit is now: its plan of that day, else the visit; None: nowhere."""
        if left_out.decision != DEFERRED:
            return None
        visit = self._visits.get((left_out.visit.reference, left_out.deferred_to))
        if visit is None:
            return None
        plan = next(iter(visit.live_plans), None)
        if plan is None:
            url = reverse("visit", args=[visit.team_id, visit.pk]) if self.may_edit else ""
            return {"text": "the visits of that day, in no plan yet", "url": url}
        return {"text": plan.name, "url": reverse("plan", args=[plan.pk])}


def deferred_to(plan: RoutePlan) -> list[dict]:
    """Visits of a plan that were deferred to its day: `reference`, how long they wait, and the plan that left them out
    (None where its decision was about another day since).
    """
    visits = list(plan.visits.filter(deferred_from__isnull=False).order_by("tier", "reference"))
    decided = UnservedVisit.objects.for_organisation(plan.organisation).filter(
        visit__in=[visit.deferred_from_id for visit in visits], decision=DEFERRED, deferred_to=plan.day
    )
    plans = {left.visit_id: left.plan for left in decided.select_related("plan").order_by("decided_at")}
    return [
        {"reference": visit.reference, "due": due_text(visit), "plan": plans.get(visit.deferred_from_id)}
        for visit in visits
    ]
