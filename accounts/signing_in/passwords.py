"""Passwords of our own: for demonstrations, and for accounts that open the door when no provider answers."""

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.db import transaction

from .. import audit, services
from ..models import User

BACKEND = "accounts.signing_in.passwords.PasswordBackend"


def may_use(user) -> bool:
    """Whether a password signs this person in."""
    return settings.LOCAL_PASSWORDS or user.is_break_glass


def is_emergency(user) -> bool:
    """Whether this sign-in, as it is under way, went through the door for emergencies."""
    by_password = getattr(user, "backend", "") == BACKEND
    return by_password and user.is_break_glass and not settings.LOCAL_PASSWORDS


def are_offered() -> bool:
    """Whether anybody can sign in by password here."""
    return settings.LOCAL_PASSWORDS or User.objects.filter(is_break_glass=True, is_active=True).exists()


class PasswordBackend(ModelBackend):
    """The only place where a password is compared. It stands first, and nobody is asked after it.

    A wrong password, an unknown address, an account without a password and one that may not use it cost the same work
    and get the same answer.
    """

    def authenticate(self, request, username=None, password=None, **credentials):
        address = credentials.get(User.USERNAME_FIELD, username)
        if address is None or password is None:
            return None
        user = User.objects.filter(email=str(address).strip().lower()).first()
        if user is None:
            # As much work as for a known address.
            User().set_password(password)
            raise PermissionDenied
        # An account without a password: Django spends the same work before it says no.
        right = user.check_password(password)
        if not (right and may_use(user) and self.user_can_authenticate(user)):
            raise PermissionDenied
        return user


@transaction.atomic
def name_break_glass(*, user: User, by) -> User:
    """From now on the password of this account works although passwords are off."""
    return _set(user, True, "break_glass.named", by)


@transaction.atomic
def end_break_glass(*, user: User, by) -> User:
    """The password of this account does not work any more where passwords are off."""
    return _set(user, False, "break_glass.ended", by)


def _set(user, value, action, by) -> User:
    if user.is_break_glass != value:
        user.is_break_glass = value
        user.save(update_fields=["is_break_glass"])
        audit.record(action=action, by=by, target=user, details={"account": audit.pseudonym_of(user)})
    return user


def tell_of_break_glass(user: User) -> None:
    """Somebody came in through the emergency door: an event of its own, and every platform administrator hears."""
    audit.record(action="sign_in.break_glass", by=user, target=user)
    services.warn_platform(text="Somebody signed in with an emergency account. The audit trail says who and when.")
