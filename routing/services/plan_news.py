"""News of a plan on its way from proposal to rounds: for those who decide next, and for other systems.

Scenarios are for trying things out: nobody is told of them.
"""

from django.urls import reverse

from accounts.models import User
from accounts.notices import emit, notify_all, tell
from routing.models import PlanState, RoutePlan


def tell_waiting(plan: RoutePlan, by) -> None:
    """It is a proposal now: approvers hear of it, except whoever made it one."""
    if plan.scenario_of_id is not None:
        return
    stamp = f"plan:{plan.pk}:{plan.version}"
    tell(
        kind="plan.waiting",
        organisation=plan.organisation,
        text=f"{plan.name} waits for approval.",
        url=_page(plan),
        about=stamp,
        without=_who(by),
        together="plans",
        together_text="{count} plans wait for approval.",
        together_url=reverse("plans"),
    )
    _emit("plan.proposed", plan, f"{stamp}:proposed")


def tell_decided(plan: RoutePlan, by) -> None:
    """It was approved or rejected: whoever made it hears of it, unless they decided themselves."""
    if plan.scenario_of_id is not None:
        return
    word = "approved" if plan.state == PlanState.APPROVED else "rejected"
    makers = User.objects.filter(pk=plan.created_by_id, is_active=True).exclude(pk__in=_who(by))
    text = f"{plan.name} was {word}."
    notify_all(users=makers, kind="plan.decided", text=text, url=_page(plan), organisation=plan.organisation)
    _emit(f"plan.{word}", plan)


def tell_published(plan: RoutePlan, by) -> None:
    """Everybody who sees plans may want to know; planners must know of urgent visits that are in no round."""
    where = {"organisation": plan.organisation, "url": _page(plan)}
    tell(kind="plan.published", text=f"{plan.name} is published.", without=_who(by), **where)
    _emit("plan.published", plan)
    if plan.unserved.filter(visit__tier=1).exists():
        tell(kind="visits.unserved", text=f"Visits of tier 1 are in no round of {plan.name}.", **where)
        _emit("visits.unserved", plan)


def _emit(event: str, plan: RoutePlan, about: str = "") -> None:
    data = {"plan": str(plan.pk), "day": str(plan.day), "team": str(plan.team_id)}
    emit(event=event, organisation=plan.organisation, data=data, url=_page(plan), about=about)


def _page(plan) -> str:
    return reverse("plan", args=[plan.pk])


def _who(by) -> list:
    return [by.pk] if isinstance(by, User) else []
