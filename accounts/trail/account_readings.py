"""Whom addresses of `accounts` show that name somebody, beside those whose views record it."""

from ..models import Membership
from .readings import address_shows
from .recording import USER_LABEL


def of_membership(request, pk=None, membership_id=None, **arguments):
    found = Membership.objects.filter(pk=membership_id or pk)
    return [(USER_LABEL, each) for each in found.values_list("user", flat=True)]


def of_label(request, label="", pk=None, **arguments):
    return [(label, pk)]


def declare() -> None:
    address_shows(["data-subject-copy", "data-subject-erase"], "privacy.person", of_label)
    address_shows(["member-first-link", "organisation-first-link"], "members.person", of_membership)
