"""How a new person gets their first password without email: their administrator hands them a link.

Only for an account that nobody has ever used and that belongs to this organisation alone: for any other it would let
an administrator step into somebody's shoes. The link works once, for PASSWORD_RESET_TIMEOUT (three days).
"""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from . import audit
from .models import Membership
from .services import RefusedChange
from .signing_in import passwords


def may_have(membership: Membership) -> bool:
    user = membership.user
    if not passwords.may_use(user):
        return False
    unused = user.last_login is None and not user.has_usable_password()
    ordinary = user.may_act and not user.is_platform_administrator and membership.suspended_at is None
    return unused and ordinary and not user.memberships.exclude(pk=membership.pk).exists()


@transaction.atomic
def make(*, membership: Membership, by) -> str:
    """The path of the link. RefusedChange when the account has been used or belongs to others as well."""
    if not may_have(membership):
        raise RefusedChange("A link is only for somebody who has never signed in and belongs to no other organisation.")
    user = membership.user
    membership.first_link_made_at = timezone.now()
    membership.save(update_fields=["first_link_made_at"])
    parts = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    details = {"account": audit.pseudonym_of(user)}
    organisation = membership.organisation
    audit.record(action="member.first_link_made", by=by, organisation=organisation, target=membership, details=details)
    return reverse("account_reset_password_from_key", kwargs=parts)
