"""Headers of every answer: who may keep it, and which other sites may use it."""

from django.conf import settings
from django.http import HttpResponse
from django.utils.cache import patch_vary_headers

from .errors import is_api

NO_STORE = "private, no-store"
# Asked by a browser before it lets a script of another site send anything unusual.
PREFLIGHT = "HTTP_ACCESS_CONTROL_REQUEST_METHOD"
CORS_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
CORS_HEADERS = "Authorization, Content-Type, X-Organisation, If-Match, If-None-Match"
# What a script needs to read of an answer beside its body.
CORS_EXPOSED = (
    "API-Version, Content-Crs, Content-Disposition, Deprecation, ETag, Link, OGC-NumberMatched, OGC-NumberReturned, "
    "RateLimit, RateLimit-Policy, Retry-After, Sunset"
)
CORS_SECONDS = "600"


class AnswerHeadersMiddleware:
    """Nothing that was made for somebody stays on a shared computer, and no other site builds it into its own pages.

    Answers that say themselves how long they may be kept (tiles, files of colours: open data) are left as they are.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        # After signing out, too: the page before must not come back with the back button.
        if "Cache-Control" not in response and not request.path.startswith(settings.STATIC_URL):
            response["Cache-Control"] = NO_STORE
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class CrossOriginMiddleware:
    """Lets scripts of the origins in API_CORS_ORIGINS ask the API with a token.

    Never with cookies: `Access-Control-Allow-Credentials` is not sent, so a session counts for nothing there. Thirty
    lines instead of a package, of whose settings (credentials, patterns, all origins) none may be used here.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not (settings.API_CORS_ORIGINS and is_api(request)):
            return self.get_response(request)
        is_allowed = request.META.get("HTTP_ORIGIN") in settings.API_CORS_ORIGINS
        if is_allowed and request.method == "OPTIONS" and PREFLIGHT in request.META:
            response = HttpResponse(status=204)
            response["Access-Control-Allow-Methods"] = CORS_METHODS
            response["Access-Control-Allow-Headers"] = CORS_HEADERS
            response["Access-Control-Max-Age"] = CORS_SECONDS
        else:
            response = self.get_response(request)
        if is_allowed:
            response["Access-Control-Allow-Origin"] = request.META["HTTP_ORIGIN"]
            response["Access-Control-Expose-Headers"] = CORS_EXPOSED
            response["Cross-Origin-Resource-Policy"] = "cross-origin"
        patch_vary_headers(response, ["Origin"])
        return response
