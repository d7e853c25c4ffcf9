"""What somebody did and what was done to them, from the audit trail."""

from django.db.models import Q

from .. import audit
from ..models import AuditEvent, Organisation, User

# What happened to a membership: who gave which roles when.
ROLE_ACTIONS = [
    "member.roles_granted",
    "member.suspended",
    "member.restored",
    "member.suspension_ended",
    "member.removed",
    "member.first_link_made",
]
# What concerns an account rather than the work that is done with it.
ACCOUNT_ACTIONS = (
    "member.",
    "user.",
    "person.",
    "sign_",
    "password.",
    "second_factor.",
    "session",
    "token.",
    "platform.",
)


def of_member(person: User, organisation: Organisation):
    """Events in this organisation alone, newest first."""
    return AuditEvent.objects.for_organisation(organisation).filter(_concerns(person)).order_by("-sequence")


def of_account(person: User):
    """For the platform's administrators: what concerns the account, in any organisation or none, newest first.

    What somebody plans and records for an organisation is that organisation's, and is not here.
    """
    account = Q()
    for beginning in ACCOUNT_ACTIONS:
        account |= Q(action__startswith=beginning)
    return AuditEvent.objects.filter(_concerns(person), account).order_by("-sequence")


def roles_of(person: User, organisation: Organisation):
    """Who gave or took which roles when."""
    account = audit.pseudonym_of(person)
    events = AuditEvent.objects.for_organisation(organisation).filter(action__in=ROLE_ACTIONS)
    return events.filter(details__account=account).order_by("-sequence")


def _concerns(person) -> Q:
    """By their pseudonym, as the one who acts and as the one whom it happens to."""
    account = audit.pseudonym_of(person)
    on_them = Q(details__account=account) | Q(target_type="accounts.user", target_id=str(person.pk))
    return Q(actor_id=account) | on_them
