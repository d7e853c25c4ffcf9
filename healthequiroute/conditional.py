"""Conditional requests (RFC 9110, 13): whoever has an answer already is told so before anything is read anew."""

from hashlib import sha256

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers

from accounts import preconditions
from accounts.access import request_organisation
from accounts.middleware import HEADER

# One's own copy may be kept, and asked about each time.
REVALIDATED = "private, no-cache"
# Changes with the form of answers, so that nobody keeps an old one.
FORM = 1


def is_known(request, etag: str) -> bool:
    """Whether If-None-Match has this ETag; compared weakly, as for all reading (RFC 9110, 13.1.2)."""
    if request.method not in ("GET", "HEAD"):
        return False
    return preconditions.names(request.headers.get("If-None-Match", ""), etag)


def not_modified(etag: str) -> HttpResponse:
    response = HttpResponse(status=304)
    response["ETag"], response["Cache-Control"] = etag, REVALIDATED
    # An answer without content has no kind either.
    del response["Content-Type"]
    return response


class NotModified(Exception):
    """Raised before a view reads anything: the caller has the answer."""

    def __init__(self, etag: str):
        super().__init__(etag)
        self.etag = etag


class Versioned:
    """For views of which one text says whether their answers are still the same: `state(request)`.

    If-None-Match is looked at when the permissions are known and before anything is read. `versioned`: the actions.
    """

    versioned: tuple[str, ...] = ()

    def state(self, request) -> str:
        raise NotImplementedError

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if request.method in ("GET", "HEAD") and self.action in self.versioned:
            self._etag = self._etag_of(request)
            if is_known(request, self._etag):
                raise NotModified(self._etag)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        etag = getattr(self, "_etag", None)
        if etag and response.status_code == 200 and "ETag" not in response:
            response["ETag"], response["Cache-Control"] = etag, REVALIDATED
            patch_vary_headers(response, ["Accept", "Authorization", "Cookie", HEADER])
        return response

    def _etag_of(self, request) -> str:
        organisation = request_organisation(request)
        # A weak one: compressed or not, with other spaces or not, the answer says the same.
        asked = (FORM, organisation and organisation.pk, self.state(request), request.build_absolute_uri())
        return f'W/"{sha256(repr(asked).encode()).hexdigest()[:32]}"'
