"""Registers one predicate per permission with `rules` (autodiscovered)."""

import rules

from .permissions import COMMON_PERMISSIONS, PLATFORM_PERMISSIONS, Permission


def _organisation_of(target):
    """The organisation that a target belongs to: itself, or through `organisation`."""
    from .models import Organisation

    return target if isinstance(target, Organisation) else getattr(target, "organisation", None)


def _platform_predicate(permission):
    @rules.predicate(name=f"platform:{permission}")
    def allowed(user):
        return bool(user.is_authenticated and user.may_act and user.is_platform_administrator)

    return allowed


def _organisation_predicate(permission):
    @rules.predicate(name=f"organisation:{permission}")
    def allowed(user, target=None):
        if not (user.is_authenticated and user.may_act):
            return False
        if permission in COMMON_PERMISSIONS and user.is_platform_administrator and user.limit is None:
            return True
        organisation = _organisation_of(target)
        # Without an organisation there is nothing to be allowed in: default-deny.
        return organisation is not None and permission in user.permissions_in(organisation)

    return allowed


for _permission in Permission:
    _make = _platform_predicate if _permission in PLATFORM_PERMISSIONS else _organisation_predicate
    rules.add_perm(_permission.value, _make(_permission))
