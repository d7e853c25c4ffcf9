"""What every request must be before anything looks at it."""

from uuid import UUID

from django.core.exceptions import BadRequest, RequestDataTooBig
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.cache import patch_vary_headers

from .errors import is_api
from .serving.sizes import most_bytes, too_much


class ReadableAddressMiddleware:
    """Answers 400 to addresses with a NUL character in path or query.

    No name, code or search text holds one, PostgreSQL stores none, and a filter that let it through would end in a
    server error.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("The address holds a NUL character.")
        return self.get_response(request)


class BodySizeMiddleware:
    """Answers 413 to bodies that are too large for their address, also where the server in front did not count them."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        limit = most_bytes(request.path_info)
        if _announced(request) > limit:
            raise RequestDataTooBig(too_much(limit))
        return self.get_response(request)


def _announced(request) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        raise BadRequest("The length of the request is no number.") from None


class PageOrPartMiddleware:
    """Says to browsers that an address may give a script a part of its page: one that a cache kept for the script would
    otherwise stand alone, without head and navigation, when somebody comes back to the address.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["HX-Request"])
        return response


class FormAddressMiddleware:
    """A page for people who come to an address that takes forms only, where browsers would show nothing at all.

    They come from a bookmark, or because the session had ended when the form was sent: signing in leads back there.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != 405 or request.method != "GET" or response.content or is_api(request):
            return response
        page = render(request, "errors/405.html", {"back": page_around(request.path_info)}, status=405)
        page["Allow"] = response["Allow"]
        return page


def page_around(path: str) -> str:
    """The address of the page on which a form lies: the innermost thing of the path that has a page, else the first
    part.
    """
    parts = path.strip("/").split("/")
    for length in range(len(parts) - 1, 1, -1):
        address = f"/{'/'.join(parts[:length])}/"
        if _is_id(parts[length - 1]) and _leads_somewhere(address):
            return address
    return f"/{parts[0]}/" if _leads_somewhere(f"/{parts[0]}/") else "/"


def _is_id(part: str) -> bool:
    try:
        UUID(part)
    except ValueError:
        return False
    return True


def _leads_somewhere(address: str) -> bool:
    try:
        resolve(address)
    except Resolver404:
        return False
    return True
