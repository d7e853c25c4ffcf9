"""Applications, middleware, templates, language, static files."""

from .environment import BASE_DIR, DEBUG, DEMO_MODE, env  # noqa: F401

ROOT_URLCONF = "healthequiroute.urls"
ASGI_APPLICATION = "healthequiroute.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "django.contrib.gis",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "django_htmx",
    "django_filters",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "huey.contrib.djhuey",
    "leaflet",
    "pghistory",
    "pgtrigger",
    "rest_framework",
    "rest_framework_gis",
    "rules.apps.AutodiscoverRulesConfig",
    "accounts",
    "lsoa",
    "priorities",
    "routing",
    "insights",
    "healthequiroute.portal",
]

MIDDLEWARE = [
    # Around everything.
    "healthequiroute.serving.call_stack.room_middleware",
    # Before anything that asks where a request comes from.
    "accounts.client_address.TrustedProxyMiddleware",
    "healthequiroute.answer_headers.AnswerHeadersMiddleware",
    "healthequiroute.answer_headers.CrossOriginMiddleware",
    # Around the rest: what the others refuse (a wrong host, a missing form token) is a page as well.
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "healthequiroute.middleware.ReadableAddressMiddleware",
    "healthequiroute.middleware.BodySizeMiddleware",
    "healthequiroute.compression.PageCompressionMiddleware",
    "healthequiroute.api_answers.ApiGzipMiddleware",
    "healthequiroute.api_answers.ApiAnswersMiddleware",
    # Before anything looks at what a call of the API proves itself with.
    "healthequiroute.api_limits.ApiLimitsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "healthequiroute.page_limits.PageLimitsMiddleware",
    "healthequiroute.refusals.RefusalsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "healthequiroute.middleware.PageOrPartMiddleware",
    "accounts.middleware.SignInRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "healthequiroute.request_log.RequestLogMiddleware",
    "accounts.middleware.OrganisationMiddleware",
    # After whoever says who is asking.
    "accounts.trail.context.HistoryContextMiddleware",
    "accounts.credentials.admin_networks.AdminNetworksMiddleware",
    "accounts.sessions.middleware.ActivityMiddleware",
    "accounts.sessions.middleware.SecondFactorMiddleware",
    "accounts.trail.readings.ReadingsMiddleware",
    # Innermost: its page has the navigation of whoever is signed in.
    "healthequiroute.middleware.FormAddressMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "healthequiroute.portal.context.shell",
            ],
        },
    },
]

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [path for path in (BASE_DIR / "static" / "dist", BASE_DIR / "static" / "images") if path.is_dir()]
STATIC_ROOT = env.path("STATIC_ROOT", BASE_DIR / ".local" / "static")
# Compressing takes most of a minute, which pays off where pages travel over a network.
_STATIC_STORAGE = (
    "whitenoise.storage.CompressedManifestStaticFilesStorage"
    if env.bool("STATIC_COMPRESSION", True)
    else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _STATIC_STORAGE},
}
MEDIA_ROOT = env.path("MEDIA_ROOT", BASE_DIR / ".local" / "media")

LEAFLET_CONFIG = {
    # No base map: a page opened without internet is complete. The areas themselves are the map.
    "TILES": [],
    "RESET_VIEW": False,
    "SCALE": "metric",
    "ATTRIBUTION_PREFIX": "",
}
