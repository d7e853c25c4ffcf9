"""Gatekeepers for pages and API; both ask the same predicates."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission

from .permissions import PLATFORM_PERMISSIONS, Permission


def allowed(user, permission: Permission, organisation=None) -> bool:
    """Whether the user holds the permission, in the organisation unless it is a platform permission."""
    target = None if permission in PLATFORM_PERMISSIONS else organisation
    return user.has_perm(permission.value, target)


def requires(*permissions: Permission):
    """View decorator: all permissions are needed in `request.organisation`; 403 otherwise."""

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            for permission in permissions:
                if not allowed(request.user, permission, request.organisation):
                    raise PermissionDenied(f"This needs the permission {permission.value}.")
            return view(request, *args, **kwargs)

        guarded.required_permissions = permissions
        return guarded

    return decorate


class DenyUnlessDeclared(BasePermission):
    """The API's default: a view that declares no permission answers nobody."""

    message = "This address declares no permission."

    def has_permission(self, request, view):
        return False


class HasPermission(BasePermission):
    """`permission_classes = [HasPermission.of(Permission.VIEW_AREAS)]`, or per action with a dict
    `HasPermission.of({"approve": Permission.APPROVE_PLANS, None: Permission.VIEW_PLANS})` (None: every other action)."""

    permission: Permission | dict

    @classmethod
    def of(cls, permission):
        return type("HasPermissionOf", (cls,), {"permission": permission})

    def has_permission(self, request, view):
        if not request.user.is_authenticated:
            return False
        needed = self.permission
        if isinstance(needed, dict):
            needed = needed.get(getattr(view, "action", None), needed.get(None))
        return needed is not None and allowed(request.user, needed, request_organisation(request))

    def has_object_permission(self, request, view, target):
        organisation = getattr(target, "organisation", None)
        return organisation is None or organisation == request_organisation(request)


def request_organisation(request):
    """The organisation a request acts in. Tokens authenticate after the middleware ran, so DRF views ask here."""
    from .middleware import organisation_for

    django_request = getattr(request, "_request", request)
    return organisation_for(django_request, request.user)
