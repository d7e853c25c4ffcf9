"""Addresses below /accounts/ about the second factor, confirmations, and signed-in devices.

allauth's own views, of which those that change something ask for a confirmation first by our rule.
"""

from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.contrib.auth.decorators import login_required
from django.urls import path
from django.views.decorators.cache import never_cache

from ..views import second_factor as views
from ..views import sessions
from .mfa_views import ShowFactorView
from .step_up import confirmed_recently


def sensitive(view):
    return never_cache(login_required(confirmed_recently(view)))


sign_in_urls = [
    path("devices/", sessions.devices, name="devices"),
    path("devices/others/end/", sessions.end_others, name="devices-end-others"),
    path("devices/<str:name>/end/", sessions.end, name="device-end"),
    path("session/", sessions.state, name="session-state"),
    path("confirm/", views.held_form, name="held-form"),
    path("confirm/sign-in/", views.confirm_by_signing_in, name="confirm-by-signing-in"),
    path("2fa/", views.overview, name="mfa_index"),
    path("2fa/set-up/", views.set_up, name="second-factor-setup"),
    path("2fa/authenticate/", ShowFactorView.as_view(), name="mfa_authenticate"),
    path("2fa/reauthenticate/", base.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/app/add/", sensitive(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/app/remove/", sensitive(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", sensitive(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/new/", sensitive(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("2fa/passkeys/add/", sensitive(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("2fa/passkeys/sign-in/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("2fa/passkeys/reauthenticate/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("2fa/passkeys/<int:pk>/remove/", sensitive(passkeys.remove_webauthn), name="mfa_remove_webauthn"),
    path("2fa/passkeys/<int:pk>/rename/", sensitive(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
]
