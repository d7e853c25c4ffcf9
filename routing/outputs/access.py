"""Who may take one person's part of a plan: those who see plans, and the person, once field staff see it."""

from accounts.access import allowed
from accounts.permissions import Permission
from routing.models import PlanState, StaffMember


def may_ask_for_rounds(user, organisation) -> bool:
    """Whether there is any round that the user might see."""
    return allowed(user, Permission.VIEW_PLANS, organisation) or allowed(user, Permission.VIEW_OWN_ROUND, organisation)


def may_see_round(user, plan, staff: StaffMember) -> bool:
    """Whether the user may see this person's round of this plan."""
    if allowed(user, Permission.VIEW_PLANS, plan.organisation):
        return True
    if not (is_self(user, staff) and plan.state in PlanState.published()):
        return False
    return allowed(user, Permission.VIEW_OWN_ROUND, plan.organisation)


def may_see_home(user, organisation, staff: StaffMember | None = None) -> bool:
    """Whether the user may see where people live: those who keep the team, and each their own."""
    if staff is not None and is_self(user, staff):
        return True
    return allowed(user, Permission.MANAGE_TEAMS, organisation)


def is_self(user, staff: StaffMember) -> bool:
    return staff.user_id is not None and staff.user_id == user.pk
