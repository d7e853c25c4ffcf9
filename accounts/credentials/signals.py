"""What ends tokens by itself: a new password, a closed account, a suspended or removed membership."""

from allauth.account.signals import password_changed, password_reset, password_set
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from .. import audit
from ..models import Membership, User
from ..models.credentials import FamilyEnd
from . import tokens

ACTOR = audit.SystemActor("tokens")


@receiver([password_changed, password_set, password_reset])
def end_with_the_password(sender, user, **kwargs):
    """Tokens are refused after any change of the password; here they are gone from the lists as well."""
    tokens.end_all(user=user, because=FamilyEnd.PASSWORD, by=user)


@receiver(post_save, sender=User)
def end_with_the_account(sender, instance, created, raw, **kwargs):
    if not (created or raw or instance.is_active):
        tokens.end_all(user=instance, because=FamilyEnd.SUSPENDED, by=ACTOR)


@receiver(post_save, sender=Membership)
def end_with_a_suspension(sender, instance, created, raw, **kwargs):
    if not (created or raw or instance.suspended_at is None):
        tokens.end_all(user=instance.user, because=FamilyEnd.SUSPENDED, by=ACTOR)


@receiver(post_delete, sender=Membership)
def end_with_the_membership(sender, instance, origin=None, **kwargs):
    # A person who is deleted takes the tokens along.
    if isinstance(origin, Membership) or getattr(origin, "model", None) is Membership:
        tokens.end_all(user=instance.user, because=FamilyEnd.SUSPENDED, by=ACTOR)
