"""What holds for every request of somebody who is signed in."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.urls import reverse

from . import second_factor
from .activity import is_by_a_person
from .step_up import lead_to

# Where one gets a second factor, shows one, signs out, or changes the password that one was given.
OPEN_WITHOUT = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "account_change_password",
        "account_set_password",
        # Setting one up asks for a confirmation, which people without one give at their provider.
        "confirm-by-signing-in",
        "second-factor-setup",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_view_recovery_codes",
    }
)


class ActivityMiddleware:
    """What people do keeps their session alive (accounts.sessions.activity says what counts)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.user.is_authenticated and is_by_a_person(request):
            request.session.touch()


class SecondFactorMiddleware:
    """Leads administrators without a second factor to set one up; nothing else opens for them before."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        is_api = request.path.startswith(("/api/v1/", "/ogc/"))
        # The framework of the API marks its views as open and asks for permissions itself.
        is_open = not is_api and not getattr(view, "login_required", True)
        if is_open or request.resolver_match.view_name in OPEN_WITHOUT or not second_factor.is_missing(request):
            return None
        if is_api:
            raise PermissionDenied("Administrators need a second factor: sign in to the portal and set one up.")
        return _to_second_factor(request)


def _to_second_factor(request):
    after = urlencode({"next": request.get_full_path() if request.method == "GET" else "/"})
    return lead_to(f"{reverse(_next_step(request.user))}?{after}", request)


def _next_step(user) -> str:
    """The page on which somebody shows a factor that they have, or sets up the first."""
    if not second_factor.has_one(user):
        return "second-factor-setup"
    return "mfa_reauthenticate" if second_factor.has_app(user) else "mfa_reauthenticate_webauthn"
