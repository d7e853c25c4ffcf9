"""What waits for somebody because of today's rounds: their own, and alerts on those of others."""

from django.db.models import Count
from django.urls import reverse

from accounts.access import allowed
from accounts.permissions import Permission
from routing.civil_time import today
from routing.models import PlanState, RoundAlert
from routing.own_rounds import own_rounds


def own_round_today(user, organisation) -> dict | None:
    """`url`, `title`, `detail`, `state`, `css` of the round of today that is not over; None where there is none."""
    if not allowed(user, Permission.VIEW_OWN_ROUND, organisation):
        return None
    rounds = own_rounds(user, organisation, since=today())
    mine = [own for own in rounds if own.plan.day == today() and own.plan.state in PlanState.running()]
    if not mine:
        return None
    plan = mine[0].plan
    begun = plan.state == PlanState.IN_PROGRESS
    return {
        "url": reverse("my-round"),
        "title": "Your round today",
        "detail": plan.team.name,
        "state": "Under way" if begun else "Published",
        "css": "her-tag--info" if begun else "her-tag--good",
    }


def alerts_on_rounds(user, organisation) -> list[dict]:
    """One line for each plan with alerts that nobody looks after yet, for those who plan."""
    if organisation is None or not allowed(user, Permission.EDIT_PLANS, organisation):
        return []
    waiting = RoundAlert.objects.for_organisation(organisation).filter(cleared_at__isnull=True, seen_at__isnull=True)
    counts = waiting.order_by("plan__day").values_list("plan", "plan__name").annotate(number=Count("pk"))
    return [
        {
            "url": reverse("plan-actual", args=[plan]),
            "title": f"{number} alert{'s' if number != 1 else ''} on rounds",
            "detail": f"{name}. Nobody is looking after {'them' if number != 1 else 'it'} yet",
            "state": "Look now",
            "css": "her-tag--bad",
        }
        for plan, name, number in counts
    ]
