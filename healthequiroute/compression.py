"""Compresses answers to GET on their way: pages, and what programs read."""

from django.middleware.gzip import GZipMiddleware

from .errors import is_api

PAGES = ("text/html",)
FILES = (
    "application/json", "application/geo+json", "application/schema+json", "application/vnd.oai.openapi",
    "application/problem+json", "text/csv", "image/svg+xml", "application/gpx+xml",
)  # fmt: skip

# Pages that show what has to be kept: passwords and second factors, keys of programs, secrets of webhooks.
SECRETS = ("/accounts/", "/api-keys/", "/webhooks/")


class CompressionMiddleware(GZipMiddleware):
    """Compression and a secret beside a text that somebody else chose can give the secret away (BREACH, Gluck, Harris,
    Prado 2013). What stands against it: the one secret of pages is the form token, which Django masks anew in every
    answer; Django adds up to a hundred random bytes to each compressed answer (Heal the BREACH, Palacios 2022); session
    cookies are SameSite=Lax, so another site cannot ask for pages in somebody's name but by navigating; nonces of
    scripts are new in every answer. Answers to POST, among them tokens of the API, stay as they are, and so do the
    pages of accounts, which show new keys and recovery codes.
    """

    def process_response(self, request, response):
        if request.method != "GET" or response.streaming and not is_api(request):
            return response
        kinds = FILES if is_api(request) else () if request.path_info.startswith(SECRETS) else PAGES
        if not response.get("Content-Type", "").startswith(kinds):
            return response
        return super().process_response(request, response)
