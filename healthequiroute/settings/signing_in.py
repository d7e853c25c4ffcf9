"""Who confirms who somebody is: Google, NHS CIS2, and passwords of our own. docs/signing-in.md explains the rules."""

from urllib.parse import urlsplit

from environs import validate

from accounts.signing_in import client_keys

from .environment import DEMO_MODE, env

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def _issuer(value):
    """https, or http to this machine alone (a provider for tests)."""
    parts = urlsplit(value)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not safe or not parts.hostname or parts.username or parts.query or parts.fragment or value.endswith("/"):
        raise validate.ValidationError("Not an issuer such as https://accounts.google.com.")


def _hosts(values):
    if any(not value or urlsplit(f"//{value}").netloc != value or "@" in value for value in values):
        raise validate.ValidationError("Not hosts such as oauth2.googleapis.com or host:8443.")


def _private_keys(value):
    try:
        client_keys.read(value)
    except ValueError as error:
        raise validate.ValidationError(f"{str(error).capitalize()}.") from error


def _where_offered(client_id: str, **rules) -> dict:
    """A variable is needed where the provider is offered, which its client id says."""
    return rules if client_id else {"default": ""}


_SECRET = validate.Length(min=8, error="Shorter than 8 characters.")

# Google is offered when it has a client id. Its secret may come from a file: GOOGLE_CLIENT_SECRET_FILE.
GOOGLE_CLIENT_ID = env.str("GOOGLE_CLIENT_ID", "")
GOOGLE_CLIENT_SECRET = env.str("GOOGLE_CLIENT_SECRET", **_where_offered(GOOGLE_CLIENT_ID, validate=_SECRET))
GOOGLE_ALLOWED_DOMAINS = env.list("GOOGLE_ALLOWED_DOMAINS", [])
GOOGLE_ISSUER = env.str("GOOGLE_ISSUER", "https://accounts.google.com", validate=_issuer)
# Hosts besides the issuer's that the provider's own document may name; nothing else is ever asked.
GOOGLE_HOSTS = env.list(
    "GOOGLE_HOSTS",
    ["oauth2.googleapis.com", "www.googleapis.com", "openidconnect.googleapis.com"],
    validate=_hosts,
)

# NHS CIS2 is offered when it has a client id.
CIS2_CLIENT_ID = env.str("CIS2_CLIENT_ID", "")
# How the portal proves who it is there: private keys in PEM (from a file: CIS2_CLIENT_KEYS_FILE), or a secret.
CIS2_CLIENT_KEYS = env.str("CIS2_CLIENT_KEYS", "", validate=_private_keys)
_by_secret = CIS2_CLIENT_ID if not CIS2_CLIENT_KEYS else ""
CIS2_CLIENT_SECRET = env.str("CIS2_CLIENT_SECRET", **_where_offered(_by_secret, validate=_SECRET))
CIS2_ISSUER = env.str("CIS2_ISSUER", **_where_offered(CIS2_CLIENT_ID, validate=_issuer))
CIS2_HOSTS = env.list("CIS2_HOSTS", [], validate=_hosts)
# The lowest authenticator assurance level that gets in: 2 (apps, security keys) or 3 (smartcards and their like).
CIS2_ASSURANCE = env.int("CIS2_ASSURANCE", 2, validate=validate.OneOf([2, 3]))
# The lowest level to which CIS2 must have verified who somebody is (1 to 3).
CIS2_IDENTITY_ASSURANCE = env.int("CIS2_IDENTITY_ASSURANCE", 3, validate=validate.OneOf([1, 2, 3]))

# Seconds that one question to a provider may take in all.
SIGN_IN_SECONDS = env.float("SIGN_IN_SECONDS", 5, validate=validate.Range(min=0.1, max=30))
# Forms in which somebody gives or chooses a password.
ACCOUNT_FORMS = {
    "reauthenticate": "accounts.signing_in.password_forms.ConfirmForm",
    "change_password": "accounts.signing_in.password_forms.ChangePasswordForm",
    "set_password": "accounts.signing_in.password_forms.SetPasswordForm",
    "reset_password_from_key": "accounts.signing_in.password_forms.FirstPasswordForm",
}
# Passwords are for demonstrations; elsewhere only accounts named for emergencies have one that works.
LOCAL_PASSWORDS = env.bool("LOCAL_PASSWORDS", DEMO_MODE)


def _origin(issuer: str) -> str:
    parts = urlsplit(issuer)
    return f"{parts.scheme}://{parts.netloc}"


# Where the sign-in forms may lead: browsers hold the redirect that answers a form against `form-action` too.
SIGN_IN_ORIGINS = [
    *([_origin(GOOGLE_ISSUER)] if GOOGLE_CLIENT_ID else []),
    *([_origin(CIS2_ISSUER)] if CIS2_CLIENT_ID else []),
]
