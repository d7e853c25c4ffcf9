"""Gatekeepers for pages and API; both ask the same predicates."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from rest_framework.permissions import BasePermission

from .middleware import organisation_for
from .permissions import PLATFORM_PERMISSIONS, Permission


class RightMissing(PermissionDenied):
    """A page or form was refused for want of `permission`; the error page says which roles have it and who gives it."""

    def __init__(self, permission: Permission):
        super().__init__(f"This needs the right to {permission.description}.")
        self.permission = permission


def allowed(user, permission: Permission, organisation=None) -> bool:
    """Whether the user holds the permission, in the organisation unless it is a platform permission."""
    target = None if permission in PLATFORM_PERMISSIONS else organisation
    return user.has_perm(permission.value, target)


def organisation_suspended(request):
    """The page that says so, and why; nothing of the organisation is on it but its name."""
    return render(request, "accounts/organisation_suspended.html", status=403)


def requires(*permissions: Permission):
    """View decorator: all permissions are needed in `request.organisation`; 403 otherwise.

    Somebody who belongs to no organisation gets a page that says so and what to do.
    """

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            for permission in permissions:
                if allowed(request.user, permission, request.organisation):
                    continue
                if request.organisation is None and permission not in PLATFORM_PERMISSIONS:
                    return render(request, "accounts/no_membership.html", status=403)
                if permission not in PLATFORM_PERMISSIONS and request.organisation.is_suspended:
                    return organisation_suspended(request)
                raise RightMissing(permission)
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
    """`permission_classes = [HasPermission.of(Permission.VIEW_AREAS)]`.

    Per action with a dict: `HasPermission.of({"approve": Permission.APPROVE_PLANS, None: Permission.VIEW_PLANS})`
    (None: every other action; an action that is neither named nor covered by None is refused).
    Sets `request.organisation`, for sessions and tokens alike.
    """

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
        organisation = request_organisation(request)
        if organisation is not None and organisation.is_suspended:
            self.message = f"{organisation} is suspended: {organisation.suspended_reason}"
        return needed is not None and allowed(request.user, needed, organisation)

    def has_object_permission(self, request, view, target):
        # A second line of defence: querysets are scoped already.
        organisation = getattr(target, "organisation", None)
        return organisation is None or organisation == request_organisation(request)


class PeopleAlone(BasePermission):
    """What is somebody's own: a key acts for a system, which chooses nothing. Subclasses say it in words."""

    def has_permission(self, request, view):
        return bool(request.user.is_authenticated and request.user.limit is None)


def request_organisation(request):
    """The organisation that an API request acts in, or None.

    Tokens authenticate after the middleware ran, so it is found here and put on the underlying request once;
    `request.organisation` of a DRF request then answers the same.
    """
    django_request = getattr(request, "_request", request)
    found_for = getattr(django_request, "_organisation_found_for", None)
    if found_for != request.user.pk:
        django_request.organisation = organisation_for(django_request, request.user)
        django_request._organisation_found_for = request.user.pk
    return django_request.organisation


def may_follow_job(user, job) -> bool:
    """See a job's progress: whoever started it, and whoever may read the organisation's plans.

    Jobs without organisation (data loads, scoring) belong to the platform.
    """
    if job.organisation is None:
        return allowed(user, Permission.USE_ADMIN)
    return _started(user, job) or allowed(user, Permission.VIEW_PLANS, job.organisation)


def may_steer_job(user, job) -> bool:
    """Cancel a job or try it again: whoever started it, and whoever may change the organisation's plans."""
    if job.organisation is None:
        return allowed(user, Permission.USE_ADMIN)
    return _started(user, job) or allowed(user, Permission.EDIT_PLANS, job.organisation)


def _started(user, job) -> bool:
    # Somebody who has left the organisation has left its jobs too.
    # A key may steer what its scopes allow, not whatever its maker began.
    return user.limit is None and job.created_by_id == user.pk and bool(user.permissions_in(job.organisation))
