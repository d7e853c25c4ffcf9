"""Compresses pages on their way; what programs read: `api_answers`."""

from django.middleware.gzip import GZipMiddleware

from .errors import is_api

KINDS = ("text/html", "application/json", "application/geo+json")
# Pages that show what has to be kept: passwords and second factors, keys of programs, secrets of webhooks.
SECRETS = ("/accounts/", "/admin/", "/api-keys/", "/webhooks/")
# What browsers say of a page that was asked for from one of ours, or by its address (W3C Fetch Metadata).
OWN_DOING = ("same-origin", "none")


class PageCompressionMiddleware(GZipMiddleware):
    """Pages that the portal itself, or the person, asked for.

    Compression gives a secret away to whoever can put texts beside it and watch how long many answers are (BREACH:
    Gluck, Harris and Prado 2013). So what another site asked for is sent as it is: Sec-Fetch-Site says so, scripts
    cannot change it, and browsers that do not send it get plain pages. Beyond that, the form token is masked anew in
    every answer, Django adds up to a hundred random bytes to each (Heal the BREACH: Palacios and others 2022), and
    pages of SECRETS, answers to forms and streams stay as they are.
    """

    def process_response(self, request, response):
        if request.method != "GET" or response.streaming or is_api(request):
            return response
        if request.headers.get("Sec-Fetch-Site") not in OWN_DOING or request.path_info.startswith(SECRETS):
            return response
        if not response.get("Content-Type", "").startswith(KINDS):
            return response
        return super().process_response(request, response)
