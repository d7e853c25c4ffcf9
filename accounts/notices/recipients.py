"""Who is told: people who hold a permission, found in one query."""

from ..models import Membership, User
from ..permissions import PLATFORM_PERMISSIONS, Permission, roles_with


def holders(permission: Permission, organisation=None):
    """QuerySet of the people with an open account who hold the permission, in the organisation unless it is one of the
    platform.
    """
    people = User.objects.filter(is_active=True)
    if permission in PLATFORM_PERMISSIONS:
        return people.filter(is_platform_administrator=True)
    members = Membership.objects.for_organisation(organisation).in_force()
    members = members.filter(roles__overlap=[role.value for role in roles_with(permission)])
    return people.filter(pk__in=members.values("user"))


def holders_anywhere(permission: Permission):
    """The same in any organisation."""
    members = Membership.objects.in_force()  # unscoped: of what is common to all organisations
    members = members.filter(roles__overlap=[role.value for role in roles_with(permission)])
    return User.objects.filter(is_active=True, pk__in=members.values("user"))
