"""Telling people and other systems: email and webhooks. docs/notifications.md and docs/webhooks.md explain them."""

from environs import validate

from .environment import DEMO_MODE, env
from .security import ALLOWED_HOSTS, HTTPS

_HTTP = validate.Regexp(r"^(https?://[^\s/]+)?/?$", error="Not an address such as https://portal.example.nhs.uk.")
_DEMO_ONLY = validate.OneOf([False] if not DEMO_MODE else [True, False], error="Only in demo mode.")
_NAMED = next((host for host in ALLOWED_HOSTS if host not in ("*", "localhost", "127.0.0.1", "[::1]")), "")
_GUESS = f"{'https' if HTTPS else 'http'}://{_NAMED.lstrip('.') or 'localhost:8000'}"

# How people and other systems reach the portal: links in emails and webhooks begin with it.
PORTAL_URL = (env.str("PORTAL_URL", "", validate=_HTTP) or _GUESS).rstrip("/") + "/"

EMAIL_HOST = env.str("EMAIL_HOST", "")
EMAIL_SECURITY = env.str("EMAIL_SECURITY", "starttls", validate=validate.OneOf(["starttls", "tls", "none"]))
EMAIL_PORT = env.int("EMAIL_PORT", 465 if EMAIL_SECURITY == "tls" else 587, validate=validate.Range(min=1, max=65_535))
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", 15, validate=validate.Range(min=1, max=120))
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL_SECURITY == "starttls", EMAIL_SECURITY == "tls"
# The sender must be given where there is a server: a guessed one would be refused, or land with spam.
DEFAULT_FROM_EMAIL = (
    env.str("EMAIL_FROM", validate=validate.Email(error="Not an email address."))
    if EMAIL_HOST
    else env.str("EMAIL_FROM", "healthequiroute@localhost") or "healthequiroute@localhost"
)
# Whether people can have emails at all. The demonstration writes them to the worker's log.
EMAIL_NOTICES = bool(EMAIL_HOST) or DEMO_MODE
_WITHOUT_SERVER = "console" if DEMO_MODE else "dummy"
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else _WITHOUT_SERVER}.EmailBackend"

# Endpoints on this machine, and http to them: for trying webhooks out.
WEBHOOK_LOOPBACK = env.bool("WEBHOOK_LOOPBACK", False, validate=_DEMO_ONLY)
WEBHOOK_SECONDS = env.int("WEBHOOK_SECONDS", 10, validate=validate.Range(min=1, max=30))
