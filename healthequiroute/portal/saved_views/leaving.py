"""What becomes of saved views when their maker leaves: shared ones stay without them, their own are deleted."""

from django.db import transaction
from django.db.models.signals import post_delete

from accounts import audit
from accounts.audit import SystemActor
from accounts.models import Membership
from accounts.privacy.subjects import ACCOUNT, ErasureDuty, Person, register_duty

from ..models import DefaultView, SavedView, SeenMarker

BY = SystemActor("portal:leaving")


@transaction.atomic
def forget_owner(views) -> dict[str, int]:
    """`views`: a queryset of one person's. Returns how many stayed and how many went."""
    shared = views.filter(is_shared=True).update(owner=None)
    gone, _ = views.filter(is_shared=False).delete()
    return {"stayed": shared, "deleted": gone}


def _left(sender, instance, **kwargs) -> None:
    """A membership ended (by a service, which has said so in the trail) or its account went."""
    views = SavedView.objects.filter(organisation=instance.organisation_id, owner=instance.user_id)
    DefaultView.objects.filter(organisation=instance.organisation_id, user=instance.user_id).delete()
    SeenMarker.objects.filter(organisation=instance.organisation_id, user=instance.user_id).delete()
    told = forget_owner(views)
    if any(told.values()):
        audit.record(action="view.owner_forgotten", by=BY, organisation=instance.organisation, details=told)


def _erase(person: Person, *, pseudonyms, by) -> dict[str, int]:
    accounts = person.ids(ACCOUNT)
    DefaultView.objects.filter(user__in=accounts).delete()
    SeenMarker.objects.filter(user__in=accounts).delete()
    told = forget_owner(SavedView.objects.filter(owner__in=accounts))
    return {"portal.SavedView": sum(told.values())}


def register() -> None:
    register_duty("saved_views", ErasureDuty(obstacles=lambda person: [], erase=_erase))
    post_delete.connect(_left, sender=Membership, dispatch_uid="portal.saved_views.leaving")
