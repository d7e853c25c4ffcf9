"""The page of roles and rights: which role allows what, grouped by subject, and what takes two people."""

from dataclasses import dataclass, field

from ..models import Membership, User
from ..permissions import PLATFORM_PERMISSIONS, ROLE_PERMISSIONS, Permission, Role

P = Permission
# Every permission stands in exactly one group; a test holds it so.
GROUPS: list[tuple[str, list[Permission]]] = [
    ("Areas and priorities", [P.VIEW_AREAS, P.EXPORT_AREAS, P.MANAGE_INDICATORS, P.EDIT_SCENARIOS, P.MANAGE_PATCHES]),
    ("Visit plans", [P.VIEW_PLANS, P.EDIT_PLANS, P.OPTIMISE_PLANS, P.APPROVE_PLANS, P.PUBLISH_PLANS]),
    ("Rounds and teams", [P.VIEW_OWN_ROUND, P.RECORD_OWN_ROUND, P.MANAGE_TEAMS]),
    ("Safety and audit", [P.REVIEW_SAFETY, P.VIEW_AUDIT]),
    (
        "The organisation",
        [P.MANAGE_MEMBERS, P.MANAGE_ORGANISATION, P.MANAGE_API_KEYS, P.MANAGE_WEBHOOKS, P.MANAGE_PRIVACY],
    ),
    (
        "The platform",
        [
            *(P.LOAD_DATA, P.EDIT_MODELS, P.PUBLISH_MODELS, P.RECALCULATE),
            *(P.MANAGE_ORGANISATIONS, P.MANAGE_PEOPLE, P.USE_ADMIN),
        ],
    ),
]
PLATFORM = "Platform administrator"
# What nobody does alone, and where that is decided.
TOGETHER = [
    (
        "Publish a priority model",
        "One platform administrator proposes it, another publishes it; the database refuses one name twice.",
    ),
    (
        "Change somebody's own roles",
        "Nobody changes their own roles, suspends, restores or removes themselves: another administrator does.",
    ),
    (
        "Confirm roles in a review of access",
        "Nobody confirms their own; the database refuses it, and the review ends once another administrator has.",
    ),
    (
        "Leave an organisation without an administrator",
        "The last one can neither go nor be suspended; another one has to be named before.",
    ),
]


@dataclass(frozen=True)
class Right:
    """One row: `allowed` for every role, then for the platform's administrators."""

    words: str
    allowed: list[tuple[str, bool]]


@dataclass(frozen=True)
class Group:
    name: str
    rights: list[Right]


def groups() -> list[Group]:
    """The matrix: rights in rows, grouped by subject."""
    return [Group(name, [_right(permission) for permission in permissions]) for name, permissions in GROUPS]


def columns() -> list[str]:
    return [*(role.label for role in Role), PLATFORM]


def platform_allows(permission: Permission) -> bool:
    """Platform administrators also see what is common to all organisations."""
    from ..permissions import COMMON_PERMISSIONS

    return permission in PLATFORM_PERMISSIONS or permission in COMMON_PERMISSIONS


def _right(permission) -> Right:
    allowed = [(role.label, permission in ROLE_PERMISSIONS[role]) for role in Role]
    words = permission.description[0].upper() + permission.description[1:]
    return Right(words, [*allowed, (PLATFORM, platform_allows(permission))])


@dataclass(frozen=True)
class Holders:
    """Who holds a role: names where the reader may know them, else their number alone."""

    role: Role
    number: int
    names: list[str]
    is_mine: bool
    # Whose names these are.
    users: list[User] = field(default_factory=list)


def holders(organisation, reader, *, all_names: bool) -> list[Holders]:
    """Active members by role. Everybody may know the administrators: they are whom one asks."""
    if organisation is None:
        return [Holders(role, 0, [], False) for role in Role]
    active = Membership.objects.for_organisation(organisation).active().filter(user__is_active=True)
    memberships = list(active.select_related("user").order_by("user__full_name", "user__email"))
    found = []
    for role in Role:
        held = [membership for membership in memberships if role in membership.roles]
        named = all_names or role == Role.ADMINISTRATOR
        users = [membership.user for membership in held] if named else []
        is_mine = any(membership.user_id == reader.pk for membership in held)
        found.append(Holders(role, len(held), [str(user) for user in users], is_mine, users))
    return found
