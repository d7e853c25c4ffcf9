"""Members, accounts, organisations, roles, reviews of access."""

from collections.abc import Iterable, Sequence

from ..list_files import Column, Kind, ListFile, Notes
from ..models import AccessReview, Organisation, User
from ..people import role_matrix
from ..people.presenters import OrganisationLine
from ..people.reviews import Line
from ..people.search import state_of
from ..permissions import Role

PERSONAL = "Personal data: names and addresses of staff. Keep it as your organisation's rules say."
SOURCE = "Accounts of this portal"


def _seen(user):
    return user.last_login


MEMBER_COLUMNS = (
    Column("name", "Name of the person", value=lambda one: one.user.get_full_name()),
    Column("email", "Address that they sign in with", value="user.email"),
    Column("roles", "Roles in the organisation, with semicolons", value=lambda one: _roles(one.roles)),
    Column("state", "How far the account has come", value=lambda one: state_of(one).label),
    Column("suspended_until", "Day on which a suspension ends", Kind.MOMENT, "suspended_until"),
    Column("joined", "When they became a member", Kind.MOMENT, "created_at"),
    Column("last_signed_in", "Last sign-in; empty: never", Kind.MOMENT, lambda one: _seen(one.user)),
)
PEOPLE_COLUMNS = (
    Column("name", "Name of the person", value=lambda one: one.get_full_name()),
    Column("email", "Address that they sign in with", value="email"),
    Column(
        "account", "open, or closed: nobody signs in with it", value=lambda one: "open" if one.is_active else "closed"
    ),
    Column("platform_administrator", "Whether they run the platform", Kind.YES_NO, "is_platform_administrator"),
    Column("organisations", "Memberships as “organisation: roles”, with semicolons", value=lambda one: _held(one)),
    Column("second_factor", "Whether one is set up", Kind.YES_NO, "has_factor"),
    Column("last_signed_in", "Last sign-in; empty: never", Kind.MOMENT, _seen),
)
ORGANISATION_COLUMNS = (
    Column("name", "Name of the organisation", value="organisation.name"),
    Column("ods_code", "Code of the Organisation Data Service", Kind.CODE, "organisation.ods_code"),
    Column("suspended", "Whether nobody can work in it at present", Kind.YES_NO, "organisation.is_suspended"),
    Column("members", "Memberships, suspended ones included", Kind.WHOLE, "members"),
    Column("administrators", "Of them, administrators", Kind.WHOLE, "administrators"),
    Column("review_overdue", "Whether its review of access is late", Kind.YES_NO, "is_review_overdue"),
    Column("since", "When it was made", Kind.MOMENT, "organisation.created_at"),
)
REVIEW_COLUMNS = (
    Column("name", "Name of the person"),
    Column("email", "Address that they sign in with"),
    Column("roles", "Roles under review, with semicolons"),
    Column("confirmed_by", "Who confirmed that they are still needed"),
    Column("confirmed_at", "When", Kind.MOMENT),
    Column("state", "confirmed or not confirmed"),
)


def member_list(organisation: Organisation, memberships: Iterable, filters: Sequence[str]) -> ListFile:
    notes = Notes(SOURCE, filters, "administrators of the organisation", more=[PERSONAL])
    title = f"Members of {organisation}"
    return ListFile("members", title, MEMBER_COLUMNS, memberships, notes, place=str(organisation))


def people_list(people: Iterable[User], filters: Sequence[str]) -> ListFile:
    notes = Notes(SOURCE, filters, "platform administrators", more=[PERSONAL])
    return ListFile("people", "Accounts of the platform", PEOPLE_COLUMNS, people, notes)


def organisation_list(lines: Sequence[OrganisationLine]) -> ListFile:
    notes = Notes("Organisations of this portal", readers="platform administrators")
    return ListFile("organisations", "Organisations of the platform", ORGANISATION_COLUMNS, lines, notes)


def role_list() -> ListFile:
    """Which role allows what, "yes" and "no" in the cells."""
    columns = [Column("subject", "What the right is about"), Column("right", "What somebody may do")]
    columns += [Column(name, f"Whether the role {name} allows it", Kind.YES_NO) for name in role_matrix.columns()]
    rows = [
        {"subject": group.name, "right": right.words, **dict(right.allowed)}
        for group in role_matrix.groups()
        for right in group.rights
    ]
    notes = Notes("Rights as this portal grants them", readers="everybody who is signed in")
    return ListFile("roles-and-rights", "Roles and rights", columns, rows, notes)


def review_list(review: AccessReview, open_lines: Iterable[Line]) -> tuple[ListFile, list[User]]:
    """A finished review as it was, or an open one as it stands (`open_lines`), and who is in it."""
    if review.finished_at is None:
        entries = [(line.membership.user, line.membership.roles, line.confirmed) for line in open_lines]
    else:
        kept = review.confirmations.select_related("person", "confirmed_by")
        entries = [(each.person, each.roles, each) for each in kept]
    rows = [_reviewed(*entry) for entry in entries]
    standing = "as it was finished" if review.finished_at else "as it stands; it is not finished"
    notes = Notes(
        f"Review of access, {standing}", readers="administrators and auditors of the organisation", more=[PERSONAL]
    )
    organisation = review.organisation
    listed = ListFile(
        "access-review", f"Review of access of {organisation}, begun {review.started_at:%-d %B %Y}", REVIEW_COLUMNS,
        rows, notes, place=str(organisation), period=f"{review.started_at:%Y-%m-%d}",
    )  # fmt: skip
    return listed, [person for person, _, _ in entries]


def _reviewed(person, roles, confirmed) -> dict:
    return {
        "name": person.get_full_name(),
        "email": person.email,
        "roles": _roles(roles),
        "confirmed_by": str(confirmed.confirmed_by or "") if confirmed else "",
        "confirmed_at": confirmed.confirmed_at if confirmed else None,
        "state": "confirmed" if confirmed else "not confirmed",
    }


def _roles(roles) -> str:
    return "; ".join(Role(role).label for role in roles)


def _held(person) -> str:
    return "; ".join(f"{each.organisation}: {each.role_names}" for each in person.memberships.all())
