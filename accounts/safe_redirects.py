"""Where a person is sent next: only to this portal, whatever a form, a link or a header asks for."""

from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

log = structlog.get_logger(__name__)
# An address of our own is never longer; headers and forms may hold anything.
MOST_LETTERS = 2_000


def safe_address(request, wanted: str | None, *, otherwise: str | None = None) -> str:
    """`wanted` as path and query of this portal, or `otherwise` (default: the page after signing in).

    Taken are a path ("/plans/?day=...") and an absolute address of this very host; never another host, in whatever
    spelling ("//evil", "/\\evil", "https:evil"), another scheme, or control characters.
    """
    text = (wanted or "").strip()
    if text and _is_ours(request, text):
        return urlsplit(text)._replace(scheme="", netloc="").geturl()
    if text:
        # Where to is not written down: whoever made the link chose it, and it may hold anything.
        log.warning("redirect_refused", letters=len(text))
    return resolve_url(otherwise or settings.LOGIN_REDIRECT_URL)


def _is_ours(request, text: str) -> bool:
    if len(text) > MOST_LETTERS or not text.isprintable():
        return False
    hosts = {request.get_host()}
    if not url_has_allowed_host_and_scheme(text, allowed_hosts=hosts, require_https=request.is_secure()):
        return False
    path = urlsplit(text).path
    # A path beside the one we are on ("evil.example") would be read against it.
    return path.startswith("/") and not path.startswith("//")


def safe_next(request, *, otherwise: str | None = None) -> str:
    """The `next` of a form, or of the address."""
    wanted = request.POST.get("next") or request.GET.get("next")
    return safe_address(request, wanted, otherwise=otherwise)
