"""No more emails of a kind by an address that needs no sign-in: signed, so that nobody can make one for somebody else.

It can be used for nothing but that, names nobody, and lasts a year.
"""

from dataclasses import dataclass

from django.core import signing
from django.urls import reverse

from ..models import User
from .events import absolute
from .kinds import label_of

SALT = "accounts.notices.stop"
DAYS = 366
EVERYTHING = "*"


class StopRefused(ValueError):
    """The address is not one of ours, or too old."""


@dataclass(frozen=True)
class Stop:
    """`kind`: a code, or EVERYTHING."""

    user: User
    kind: str

    @property
    def label(self) -> str:
        return "All notifications" if self.kind == EVERYTHING else label_of(self.kind)


def stop_url(user: User, kind: str | None) -> str:
    """The address that ends emails of the kind (None: of every kind)."""
    token = signing.dumps([str(user.pk), kind or EVERYTHING], salt=SALT, compress=True)
    return absolute(reverse("notification-stop", args=[token]))


def read_stop(token: str) -> Stop:
    """StopRefused for anything but what `stop_url` made within a year, for somebody who is still there."""
    try:
        user_id, kind = signing.loads(token, salt=SALT, max_age=DAYS * 24 * 3600)
    except signing.BadSignature as error:
        raise StopRefused("This address is not valid, or too old.") from error
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise StopRefused("This account is closed: there are no emails to it.")
    return Stop(user, kind)
