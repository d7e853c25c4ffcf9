"""What erasing a person means for their account: nothing in it leads to them, nobody can sign in with it."""

from django.utils import timezone

from ..models import ActorPseudonym, Job, Membership, User
from ..people import preferences
from ..permissions import Role
from . import copy_files, subject_copies
from .subjects import ACCOUNT, ERASED_NAME, ErasureDuty, Person, register_duty, register_records

ADDRESS = "erased-{}@erased.invalid"


def obstacles(person: Person) -> list[str]:
    """Duties that somebody else must have taken over."""
    user = person.account
    if user is None:
        return []
    found = [
        f"This is the last administrator of {membership.organisation}. Name another one first."
        for membership in user.memberships.select_related("organisation")
        if _is_last_administrator(membership)
    ]
    others = User.objects.filter(is_platform_administrator=True, is_active=True).exclude(pk=user.pk)
    if user.is_platform_administrator and not others.exists():
        found.append("This is the last platform administrator. Name another one first.")
    return found


def erase(person: Person, *, pseudonyms: dict, by) -> dict[str, int]:
    user = person.account
    if user is None:
        return {}
    # Sessions and tokens have gone with their rows, as the inventory says.
    counts = {}
    counts["accounts.ActorPseudonym"] = ActorPseudonym.objects.filter(user=user).delete()[0]
    counts["accounts.Membership"] = user.memberships.all().delete()[0]
    counts["accounts.ApiKey"] = _end_keys(user)
    user.email, user.full_name = ADDRESS.format(user.pk.hex), ERASED_NAME
    user.is_active = user.is_platform_administrator = False
    user.erased_at = timezone.now()
    user.last_login = None
    user.set_unusable_password()
    user.save()
    user._pseudonym = None
    return counts | {"accounts.User": 1}


def _end_keys(user) -> int:
    """API keys that the person made stop at once; their rows stay, for what was done with them."""
    return user.api_keys.filter(revoked_at__isnull=True).update(revoked_at=timezone.now(), name=ERASED_NAME)


def _is_last_administrator(membership) -> bool:
    if Role.ADMINISTRATOR not in membership.roles or membership.suspended_at is not None:
        return False
    others = Membership.objects.for_organisation(membership.organisation).active().exclude(pk=membership.pk)
    return not others.filter(roles__contains=[Role.ADMINISTRATOR]).exists()


def clean_up(person: Person) -> None:
    """Copies that the person had asked for. Caches hold digests and identifiers alone, queues identifiers of jobs."""
    if person.account is not None:
        copy_files.delete_all(person.account.pk)
        preferences.forget(person.account.pk)
    for label, pk in person.subjects():
        asked = Job.objects.filter(kind=subject_copies.KIND, payload__subject=[label, pk])
        for job in asked.filter(created_by__isnull=False):
            copy_files.delete(job.created_by_id, job.pk)


register_records("memberships", lambda person: Membership.objects.filter(user__in=person.ids(ACCOUNT)))
register_duty("accounts", ErasureDuty(obstacles=obstacles, erase=erase, clean_up=clean_up))
