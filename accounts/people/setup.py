"""The checklist of a new organisation: each item looks at what is there, nobody ticks it by hand.

Upper apps add theirs in AppConfig.ready(): a patch, a team, a first plan.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from ..access import allowed
from ..models import Membership, Organisation
from ..permissions import Permission
from ..sessions import second_factor


@dataclass(frozen=True)
class Step:
    """`is_done(organisation)` tells; doing it needs `permission`, at the page named `url_name` ("": no page)."""

    key: str
    order: int
    words: str
    why: str
    url_name: str
    permission: Permission
    is_done: Callable[[Organisation], bool]


@dataclass(frozen=True)
class Item:
    """A step as one reader sees it: `url` is "" where somebody else has to do it."""

    step: Step
    is_done: bool
    url: str


_steps: dict[str, Step] = {}


def register_step(step: Step) -> None:
    """Once per key; call it in AppConfig.ready()."""
    _steps[step.key] = step


def checklist(organisation: Organisation, user) -> list[Item]:
    """Every step in its order: one query each."""
    items = []
    for step in sorted(_steps.values(), key=lambda step: step.order):
        may = step.url_name and allowed(user, step.permission, organisation)
        items.append(Item(step, step.is_done(organisation), reverse(step.url_name) if may else ""))
    return items


def _several_people(organisation) -> bool:
    return Membership.objects.for_organisation(organisation).active().count() > 1


def _second_administrator(organisation) -> bool:
    members = Membership.objects.for_organisation(organisation).active().filter(user__is_active=True)
    return members.filter(roles__contains=["administrator"]).count() > 1


def _administrators_prove_twice(organisation) -> bool:
    """Demo accounts need no second factor."""
    members = Membership.objects.for_organisation(organisation).active().filter(user__is_active=True)
    held = members.filter(roles__contains=["administrator"]).select_related("user")
    return all(second_factor.is_exempt(each.user) or second_factor.has_one(each.user) for each in held)


def _settings_looked_at(organisation) -> bool:
    return bool(organisation.ods_code and organisation.sign_in_domains)


for _step in (
    Step(
        "settings",
        10,
        "Keep the settings: the ODS code and from which domains people come",
        "A domain that is named keeps addresses of elsewhere out.",
        "organisation-settings",
        Permission.MANAGE_ORGANISATION,
        _settings_looked_at,
    ),
    Step(
        "second_factor",
        5,
        "Set up a second factor, every administrator",
        "An authenticator app or a passkey: without one nothing opens for an administrator.",
        "mfa_index",
        Permission.MANAGE_ORGANISATION,
        _administrators_prove_twice,
    ),
    Step(
        "people",
        40,
        "Add people with their roles",
        "One by one or from a file; an approver other than the planner decides on plans.",
        "members",
        Permission.MANAGE_MEMBERS,
        _several_people,
    ),
    Step(
        "administrators",
        50,
        "Name a second administrator",
        "Nobody changes their own roles, and the last administrator cannot go.",
        "members",
        Permission.MANAGE_MEMBERS,
        _second_administrator,
    ),
):
    register_step(_step)
