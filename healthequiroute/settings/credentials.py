"""What programs prove themselves with: signed tokens, API keys, limits, where the administration may be reached from.

docs/api-credentials.md explains them.
"""

import hashlib
import ipaddress
from datetime import timedelta

from environs import validate

from .environment import DEMO_MODE, env
from .security import SECRET_KEY


def _network(value):
    try:
        ipaddress.ip_network(value.strip())
    except ValueError as error:
        raise validate.ValidationError(f"{value!r} is no network such as 192.0.2.0/24 or 2001:db8::/32.") from error


def _keys(values):
    if not values:
        raise validate.ValidationError("At least one key is needed.")
    if any(len(value) < 32 for value in values):
        raise validate.ValidationError("A key is shorter than 32 characters.")
    if len(set(values)) != len(values):
        raise validate.ValidationError("A key stands twice.")
    if SECRET_KEY in values:
        raise validate.ValidationError("This is SECRET_KEY; tokens need a key of their own.")


# Outside the demo mode sessions and tokens have keys of their own, so that either can be changed without the other.
_DEMO_KEYS = {"default": [hashlib.sha256(b"tokens" + str(SECRET_KEY).encode()).hexdigest()]} if DEMO_MODE else {}
# The first signs, all verify.
JWT_SIGNING_KEYS = env.list("JWT_SIGNING_KEYS", validate=_keys, **_DEMO_KEYS)
JWT_ISSUER = env.str("JWT_ISSUER", "healthequiroute", validate=validate.Length(min=1))
JWT_AUDIENCE = "healthequiroute-api"
SIMPLE_JWT = {
    "AUTH_TOKEN_CLASSES": ("accounts.credentials.tokens.AccessToken",),
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=15),
    # Of all tokens of one sign-in together: as long as a session may last.
    "REFRESH_TOKEN_LIFETIME": timedelta(hours=12),
    "UPDATE_LAST_LOGIN": False,
}

# Where the Django admin may be reached from, as networks; empty: from everywhere.
ADMIN_ALLOWED_NETWORKS = env.list("ADMIN_ALLOWED_NETWORKS", [], validate=lambda values: [_network(v) for v in values])

_A_MINUTE = validate.Range(min=1, max=1_000_000)
# Requests a minute to the API: of one person, of one organisation, and refused ones (401, 403) of one address. A key
# has the limit that its maker gave it.
API_LIMIT_PERSON = env.int("API_LIMIT_PERSON", 1200, validate=_A_MINUTE)
API_LIMIT_ORGANISATION = env.int("API_LIMIT_ORGANISATION", 12_000, validate=_A_MINUTE)
API_LIMIT_ADDRESS = env.int("API_LIMIT_ADDRESS", 600, validate=_A_MINUTE)
