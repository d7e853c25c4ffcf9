"""REST API: authentication, permission default, error format, schema."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.credentials.authentication.TokenAuthentication",
        "accounts.credentials.authentication.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.access.DenyUnlessDeclared"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.credentials.throttles.CallerThrottle"],
    "DEFAULT_PARSER_CLASSES": [
        "healthequiroute.parsers.ObjectParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "healthequiroute.pagination.PagePagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "healthequiroute.problems.exception_handler",
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "HealthEquiRoute API",
    "DESCRIPTION": (
        "Areas, priorities and visit plans of HealthEquiRoute. The page Using the API (`/api/`) begins at the "
        "beginning; layers for map programs have a document of their own, `/ogc/api`. Every call needs a token, an API "
        "key or a signed-in session. What cannot be done is told as problem details (RFC 9457, "
        "`application/problem+json`); `errors` names the values that are wrong. Answers say in `RateLimit` how many "
        "more calls are welcome."
    ),
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "healthequiroute.api_document.describing.explain",
        "healthequiroute.api_document.describing.describe_webhooks",
        "healthequiroute.problems.describe_problems",
    ],
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    # Names where several fields hold the same choices, or the same name holds several.
    "ENUM_NAME_OVERRIDES": {
        "RatingReasonEnum": "insights.models.RatingReason.choices",
        "PriorityClassEnum": "priorities.models.PriorityClass.choices",
        "DisruptionKindEnum": "routing.models.changes.DisruptionKind.choices",
        "PlanStateEnum": "routing.models.PlanState.choices",
    },
    # The documentation page is complete without internet.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}
