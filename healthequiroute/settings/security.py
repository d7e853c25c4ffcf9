"""Secrets, sign-in, cookies, headers."""

from csp.constants import NONCE, NONE, SELF
from environs import validate

from .environment import DEBUG, DEMO_MODE, env
from .maps import BASE_MAP_ORIGINS
from .signing_in import SIGN_IN_ORIGINS

DEMO_SECRET_KEY = "demo-only-secret-key-not-for-real-use-0123456789"  # noqa: S105
# RFC 7518, 3.2: the key of HS256, which signs the access tokens, has at least 256 bits.
_SECRET_KEY_RULES = [
    validate.Length(min=32, error="Shorter than 32 characters."),
    validate.NoneOf([DEMO_SECRET_KEY], error="This is the key of the demo mode, which everybody knows."),
]
SECRET_KEY = env.str("SECRET_KEY", DEMO_SECRET_KEY) if DEMO_MODE else env.str("SECRET_KEY", validate=_SECRET_KEY_RULES)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [])
CSRF_FAILURE_VIEW = "healthequiroute.errors.csrf_failure"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    # Alone compares passwords, and nobody is asked after it.
    "accounts.signing_in.passwords.PasswordBackend",
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.signing_in.password_forms.LongestLengthValidator"},
]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.signing_in.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/m/key,10/15m/key"}
ACCOUNT_PREVENT_ENUMERATION = True
# No "remember me", a session ends with the browser, or as settings/sessions.py says.
ACCOUNT_SESSION_REMEMBER = False
SOCIALACCOUNT_ADAPTER = "accounts.signing_in.adapters.SocialAccountAdapter"
SOCIALACCOUNT_ONLY = False

HTTPS = env.bool("HTTPS", not (DEBUG or DEMO_MODE))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": [],
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *BASE_MAP_ORIGINS],
        "font-src": [SELF],
        "connect-src": [SELF],
        # The round keeps itself for places without a connection.
        "worker-src": [SELF],
        # Browsers apply this to the redirect that answers the form "Sign in with Google", too.
        "form-action": [SELF, *SIGN_IN_ORIGINS],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
        "object-src": [NONE],
    },
}
# GeoDjango binds Debian's GDAL 3.6, which Django 5.2 accepts but no longer tests; see docs/adr.
SILENCED_SYSTEM_CHECKS = ["gis.W001"]
