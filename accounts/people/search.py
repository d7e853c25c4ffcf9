"""Finding members of an organisation, and people of the platform: text, role, state, last seen, order."""

from datetime import timedelta
from enum import StrEnum

from allauth.mfa.models import Authenticator
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from ..models import Membership
from ..permissions import Role
from ..sessions.second_factor import FACTORS


class State(StrEnum):
    """How far somebody has come; each person is in exactly one of these."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    LINK_MADE = "link_made"
    INVITED = "invited"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return STATE_WORDS[self]


STATE_WORDS = {
    State.ACTIVE: "Signed in before",
    State.SUSPENDED: "Suspended",
    State.LINK_MADE: "Link for a password made",
    State.INVITED: "Invited, not signed in yet",
    State.CLOSED: "Account closed",
}
# Last sign-in: "never", or not for so many days.
SEEN = {"never": None, "30": 30, "90": 90, "365": 365}
SEEN_WORDS = {"never": "Never", "30": "Not for 30 days", "90": "Not for 90 days", "365": "Not for a year"}
SORTS = {
    "name": "Name",
    "email": "Address",
    "seen": "Last signed in, oldest first",
    "-seen": "Last signed in, latest first",
    "-joined": "Newest first",
}


def state_of(membership: Membership) -> State:
    """The same as `in_state` finds. Its user must be there."""
    user = membership.user
    if not user.is_active:
        return State.CLOSED
    if membership.is_suspended:
        return State.SUSPENDED
    if user.last_login is not None:
        return State.ACTIVE
    return State.LINK_MADE if membership.first_link_made_at else State.INVITED


def members(memberships: QuerySet, *, q="", role="", state="", seen="", sort="name") -> QuerySet:
    """`memberships` (already of one organisation) narrowed and ordered. Unknown values of `state`, `seen`: ValueError
    or KeyError; the form has refused them before.
    """
    if q.strip():
        memberships = memberships.filter(_text(q, "user__"))
    if role:
        memberships = memberships.filter(roles__contains=[role])
    if state:
        memberships = in_state(memberships, State(state))
    if seen:
        memberships = memberships.filter(_seen(SEEN[seen], "user__"))
    return memberships.select_related("user", "organisation").order_by(*_order(sort, "user__", "created_at"), "pk")


def in_state(memberships, state: State) -> QuerySet:
    if state == State.CLOSED:
        return memberships.filter(user__is_active=False)
    memberships = memberships.filter(user__is_active=True)
    if state == State.SUSPENDED:
        return memberships.suspended()
    memberships = memberships.active()
    if state == State.ACTIVE:
        return memberships.filter(user__last_login__isnull=False)
    return memberships.filter(user__last_login__isnull=True, first_link_made_at__isnull=state == State.INVITED)


ACCOUNT_STATES = {
    "open": "Open",
    "closed": "Closed",
    "platform": "Platform administrators",
    "alone": "In no organisation",
}


# Whether somebody has set up a second factor, and whether nothing opens for them until they do.
FACTOR_WORDS = {"yes": "Set up", "no": "None", "missing": "Needed, not set up"}


def with_second_factor(users: QuerySet) -> QuerySet:
    """Each with `has_factor`."""
    return users.annotate(has_factor=Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS)))


def accounts(users: QuerySet, *, q="", state="", seen="", organisation="", role="", factor="", sort="name") -> QuerySet:
    """People of the whole platform; `organisation` is an id. With a role as well: who holds it there."""
    users = with_second_factor(users)
    if q.strip():
        users = users.filter(_text(q, ""))
    if state == "alone":
        users = users.filter(~Exists(Membership.objects.filter(user=OuterRef("pk"))), is_platform_administrator=False)
    elif state == "platform":
        users = users.filter(is_platform_administrator=True)
    elif state:
        users = users.filter(is_active=state == "open")
    if organisation or role:
        users = users.filter(_holds(organisation, role))
    if factor:
        users = users.filter(has_factor=factor == "yes")
    if factor == "missing":
        users = users.filter(Q(is_platform_administrator=True) | Q(needs_second_factor=True) | _administers())
    if seen:
        users = users.filter(_seen(SEEN[seen], ""))
    return users.prefetch_related("memberships__organisation").order_by(*_order(sort, "", "date_joined"), "pk")


def _holds(organisation, role) -> Exists:
    held = Membership.objects.filter(user=OuterRef("pk"))
    if organisation:
        held = held.filter(organisation=organisation)
    return Exists(held.filter(roles__contains=[role]) if role else held)


def _administers() -> Exists:
    """As `second_factor.is_required_for` asks."""
    return Exists(Membership.objects.active().filter(user=OuterRef("pk"), roles__contains=[Role.ADMINISTRATOR]))


def _text(q, prefix) -> Q:
    """Every word is somewhere in the name or the address."""
    found = Q()
    for word in q.split()[:8]:
        found &= Q(**{f"{prefix}full_name__icontains": word}) | Q(**{f"{prefix}email__icontains": word})
    return found


def _seen(days, prefix) -> Q:
    never = Q(**{f"{prefix}last_login__isnull": True})
    if days is None:
        return never
    return never | Q(**{f"{prefix}last_login__lt": timezone.now() - timedelta(days=days)})


def _order(sort, prefix, joined) -> list:
    name = [f"{prefix}full_name", f"{prefix}email"]
    orders = {
        "email": [f"{prefix}email"],
        "seen": [F(f"{prefix}last_login").asc(nulls_first=True), *name],
        "-seen": [F(f"{prefix}last_login").desc(nulls_last=True), *name],
        "-joined": [f"-{joined}", *name],
    }
    return orders.get(sort, name)
