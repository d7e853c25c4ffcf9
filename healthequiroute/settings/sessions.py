"""How long people stay signed in, and the second factor. docs/sessions.md explains the rules."""

from environs import validate

from .environment import env

SESSION_ENGINE = "accounts.sessions.store"
# Nothing done for so long ends a session; what counts as done: accounts.sessions.activity.
SESSION_IDLE_SECONDS = 60 * env.int("SESSION_IDLE_MINUTES", 15, validate=validate.Range(min=3, max=60))
# Whatever is done, a session ends so long after the sign-in.
SESSION_LONGEST_SECONDS = 3600 * env.int("SESSION_LONGEST_HOURS", 12, validate=validate.Range(min=1, max=24))
SESSION_COOKIE_AGE = SESSION_LONGEST_SECONDS
# How long a confirmation counts for sensitive changes.
STEP_UP_SECONDS = 10 * 60
ACCOUNT_REAUTHENTICATION_TIMEOUT = STEP_UP_SECONDS

MFA_ADAPTER = "accounts.sessions.mfa_adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "HealthEquiRoute"
# RFC 6238, 5.2: one step for clocks that differ and for people who type slowly.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "accounts.sessions.mfa_forms.AuthenticateForm",
    "reauthenticate": "accounts.sessions.mfa_forms.ReauthenticateForm",
    "activate_totp": "accounts.sessions.mfa_forms.SetUpAppForm",
    "login_webauthn": "accounts.sessions.mfa_forms.LoginPasskeyForm",
    "authenticate_webauthn": "accounts.sessions.mfa_forms.AuthenticatePasskeyForm",
    "reauthenticate_webauthn": "accounts.sessions.mfa_forms.ReauthenticatePasskeyForm",
    "add_webauthn": "accounts.sessions.mfa_forms.SetUpPasskeyForm",
    "edit_webauthn": "accounts.sessions.mfa_forms.RenamePasskeyForm",
}
