"""What an organisation needs before it can plan: items of the checklist that its administrators see."""

from accounts.people.setup import Step, register_step
from accounts.permissions import Permission

from .models import Depot, RoutePlan, StaffMember, Team


def _has_team(organisation) -> bool:
    return Team.objects.for_organisation(organisation).exists()


def _has_base(organisation) -> bool:
    return Depot.objects.for_organisation(organisation).exists()


def _has_staff(organisation) -> bool:
    return StaffMember.objects.for_organisation(organisation).filter(is_active=True).exists()


def _has_plan(organisation) -> bool:
    return RoutePlan.objects.for_organisation(organisation).filter(optimised_at__isnull=False).exists()


for _step in (
    Step(
        "team",
        30,
        "Make a team",
        "A team works in a patch; its people, bases and shifts belong to it.",
        "teams",
        Permission.MANAGE_TEAMS,
        _has_team,
    ),
    Step(
        "base",
        33,
        "Set a base",
        "Rounds begin and end there; a postcode places it. A team's page has the form.",
        "teams",
        Permission.MANAGE_TEAMS,
        _has_base,
    ),
    Step(
        "staff",
        35,
        "Say who works in it",
        "People with skills, where they begin, and their shifts; a rota comes as a file.",
        "teams",
        Permission.MANAGE_TEAMS,
        _has_staff,
    ),
    Step(
        "plan",
        60,
        "Have a first plan optimised",
        "A planner does that, for one team and one day.",
        "plans",
        Permission.EDIT_PLANS,
        _has_plan,
    ),
):
    register_step(_step)
