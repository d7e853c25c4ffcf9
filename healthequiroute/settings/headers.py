"""What answers tell browsers beside the content policy (security.py), the names of cookies, and sizes.

docs/hardening.md lists everything; healthequiroute/tests/test_headers.py holds the exact values.
"""

from environs import validate

from .environment import env
from .security import HTTPS

# A cookie of this name is taken by browsers only over TLS, from this very host, for all of it: no other service below
# the same domain can set one.
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/"
SESSION_COOKIE_DOMAIN = CSRF_COOKIE_DOMAIN = None

# What pages use of the browser: passkeys. Everything else is refused to them, and to whatever gets into them.
_REFUSED = (
    *("accelerometer", "ambient-light-sensor", "autoplay", "bluetooth", "browsing-topics", "camera"),
    *("clipboard-read", "compute-pressure", "cross-origin-isolated", "display-capture", "encrypted-media"),
    *("gamepad", "geolocation", "gyroscope", "hid", "identity-credentials-get", "idle-detection", "keyboard-map"),
    *("local-fonts", "local-network-access", "magnetometer", "microphone", "midi", "otp-credentials", "payment"),
    *("picture-in-picture", "screen-wake-lock", "serial", "storage-access", "usb", "window-management"),
    "xr-spatial-tracking",
)
PERMISSIONS_POLICY = {
    **{feature: [] for feature in _REFUSED},
    **dict.fromkeys(("publickey-credentials-create", "publickey-credentials-get"), "self"),
}

# A form or a JSON body, in bytes; files: healthequiroute.serving.sizes.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# The plan with most visits, each with its own field, and room for the rest of its form.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 25

# Origins whose scripts may ask the API with a token (never with cookies), such as https://dashboards.example.nhs.uk.
API_CORS_ORIGINS = env.list(
    "API_CORS_ORIGINS",
    [],
    validate=lambda origins: [
        validate.Regexp(r"^https?://[a-z0-9.-]+(:[0-9]{1,5})?$", error="Not an origin such as https://example.nhs.uk.")(
            origin
        )
        for origin in origins
    ],
)
