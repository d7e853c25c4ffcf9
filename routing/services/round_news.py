"""News of rounds, for those who are to do them."""

from django.urls import reverse

from accounts.models import User
from accounts.notices import notify_all
from routing.models import RoutePlan, StaffMember


def tell_of_rounds(plan: RoutePlan, people, text: str) -> int:
    """Notify those of `people` (a QuerySet of StaffMember) who have an account; returns how many. The news leads to the
    reader's own round.
    """
    users = User.objects.filter(is_active=True, staffmember__in=people).distinct()
    url = reverse("my-round")
    return notify_all(users=users, kind="round.news", text=text, url=url, organisation=plan.organisation)


def named(plan: RoutePlan, references):
    """People of the plan's team by reference."""
    return StaffMember.objects.filter(team=plan.team_id, reference__in=references)


def on_rounds(plan: RoutePlan):
    """People who have a round in the plan."""
    return StaffMember.objects.filter(assignments__plan=plan)
