"""Sensitive changes are made by somebody who has just proved to be who they are (step-up).

Signing in is such a proof, and so is giving the password, a code or a passkey once more, or signing in anew at the
provider of identity, on the page to which `confirmed_recently` leads. It holds for STEP_UP_SECONDS.
"""

import time
from functools import wraps
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from . import held_forms
from .marks import CONFIRMED, seconds_since, set_mark
from .second_factor import is_exempt


def mark_confirmed(request, user) -> None:
    """The person has proved just now, in this session, to be who they are."""
    set_mark(request, CONFIRMED, user)


def note_provider_time(request, moment: float | None) -> None:
    """When the person proved to the provider who they are, as it says while they sign in (seconds since 1970)."""
    request.provider_time = moment


def mark_signed_in(request, user) -> None:
    """Signing in counts as a confirmation, unless the provider says that it only remembered the person: whoever finds a
    computer unlocked could sign out and in again with one click."""
    moment = getattr(request, "provider_time", None)
    if moment is None or time.time() - moment < settings.STEP_UP_SECONDS:
        mark_confirmed(request, user)


def recently_confirmed(request) -> bool:
    """Whether a sensitive change may be made now. False for tokens and API keys, behind which nobody sits."""
    if not request.user.is_authenticated:
        return False
    if is_exempt(request.user):
        return True
    seconds = seconds_since(request, CONFIRMED)
    return seconds is not None and 0 <= seconds < settings.STEP_UP_SECONDS


def confirmed_recently(view):
    """View decorator, below `@requires`: asks for a confirmation first, and comes back.

    A page is shown once it is confirmed. A form that arrives without is held meanwhile and sent with one more button
    (`accounts.sessions.held_forms`). Programs get 403, parts of a page lead the whole page to the confirmation.
    """

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if recently_confirmed(request):
            if request.method == "POST":
                held_forms.drop(request)
            return view(request, *args, **kwargs)
        if request.path.startswith("/api/"):
            raise PermissionDenied("This needs somebody who has confirmed within ten minutes that it is them.")
        return lead_to(confirmation_address(request, after=_after(request)), request)

    guarded.needs_confirmation = True
    return guarded


def confirmation_address(request, *, after: str) -> str:
    """The page where the person confirms that it is them, by their first method; `after` is a path of this portal."""
    methods = get_adapter(request).get_reauthentication_methods(request.user)
    address = methods[0]["url"] if methods else reverse("confirm-by-signing-in")
    return f"{address}?{urlencode({'next': after})}"


def lead_to(address: str, request) -> HttpResponse:
    """Sends the browser there, also where a script has asked, which cannot show a page."""
    if request.htmx:
        answer = HttpResponse("This must be confirmed first.", status=403, content_type="text/plain; charset=utf-8")
        answer["HX-Redirect"] = address
        return answer
    if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        raise PermissionDenied("This must be confirmed first.")
    return redirect(address)


def _after(request) -> str:
    if request.method == "GET":
        return request.get_full_path()
    return held_forms.hold(request)
