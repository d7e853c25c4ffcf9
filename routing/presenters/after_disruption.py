"""What a person can do where a disruption has no proposal to use: each way with the page on which it is taken."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from routing.civil_time import clock
from routing.models import Disruption, PlanState, RoutePlan

Kind = Disruption.Kind


@dataclass(frozen=True)
class NextStep:
    text: str
    label: str
    address: str


def next_steps(disruption: Disruption, *, may_edit: bool, may_keep_teams: bool) -> list[NextStep]:
    """For the reader, the likeliest first. A reader who may change nothing is told nothing to change."""
    plan = disruption.plan
    if not may_edit:
        return []
    if plan.state not in PlanState.running():
        return [_to_plan(plan)]
    return [
        *_more_people(disruption, may_keep_teams),
        NextStep(
            "Move a visit to somebody else, or leave out one that can wait. Every change is checked before it is kept.",
            "Change the plan by hand",
            reverse("plan-edit", args=[plan.pk]),
        ),
        *_another_day(disruption),
        NextStep(
            "Ring whoever is affected. This page shows where everybody is and when they were last heard from.",
            "See who is where",
            reverse("plan-actual", args=[plan.pk]),
        ),
        NextStep(
            "If it is not quite what happened, say it in another way: another time, person or visit.",
            "Say what happened again",
            f"{reverse('plan-disruption-new', args=[plan.pk])}?{urlencode(_told(disruption))}",
        ),
    ]


def _to_plan(plan: RoutePlan) -> NextStep:
    return NextStep(
        f"The plan is no longer published: it is now {plan.get_state_display().lower()}. It can be changed, or"
        " optimised again, on its own page.",
        "Go to the plan",
        reverse("plan", args=[plan.pk]),
    )


def _more_people(disruption: Disruption, may_keep_teams: bool) -> list[NextStep]:
    """The search takes the rota as it is when it starts."""
    plan = disruption.plan
    if not may_keep_teams or disruption.kind == Kind.NO_ACCESS:
        return []
    address = f"{reverse('rota', args=[plan.team_id])}?{urlencode({'from': plan.day.isoformat()})}"
    text = "Find somebody else who can work: add or lengthen a shift in the rota, then work it out again."
    return [NextStep(text, "Open the rota", address)]


def _another_day(disruption: Disruption) -> list[NextStep]:
    if disruption.kind != Kind.URGENT:
        return []
    address = reverse("team-slots", args=[disruption.plan.team_id])
    return [NextStep("Offer the visit on another day.", "Find a slot in the team's days", address)]


def _told(disruption: Disruption) -> dict[str, str]:
    """What the form can be filled in with."""
    told = {"kind": disruption.kind, "at": clock(disruption.at)}
    if disruption.staff_id:
        told["staff"] = str(disruption.staff_id)
    if disruption.visit_id:
        told["visit"] = str(disruption.visit_id)
    if disruption.minutes:
        told["minutes"] = str(disruption.minutes)
    return told
