"""How one signs in: identities at providers, which people connect and remove themselves; and our keys for providers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET, require_POST

from ..sessions.step_up import confirmed_recently
from ..signing_in import connections, passwords, providers
from ..signing_in.openid_connect import begin
from ..signing_in.purposes import Purpose
from ..signing_in.refusals import Page, Words


@never_cache
@require_GET
def overview(request):
    """With which identities the person signs in, and which they may add."""
    context = {
        "connections": connections.of(request.user),
        "problem": problem_of(request),
        "has_password": passwords.may_use(request.user) and request.user.has_usable_password(),
    }
    return render(request, "accounts/connections.html", context)


@never_cache
@require_POST
@confirmed_recently
def connect(request, provider):
    """Off to the provider, to connect who one is there. 404 for one whose people do not connect themselves."""
    known = providers.configured().get(provider)
    if known is None or not known.may_be_connected or request.user.is_demo:
        raise Http404
    return begin(request, provider, Purpose.CONNECT)


@never_cache
@require_POST
@confirmed_recently
def disconnect(request, provider):
    """Not the last way in."""
    try:
        connections.disconnect(provider=provider, by=request.user)
    except ValidationError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "It is removed: you cannot sign in with it any more.")
    return redirect("connections")


@login_not_required
@cache_control(public=True, max_age=300)
@require_GET
def client_keys(request, provider):
    """The public halves of the keys with which the portal proves who it is at a provider (RFC 7517); 404 for none."""
    known = providers.configured().get(provider)
    if known is None or not known.keys:
        raise Http404
    return JsonResponse({"keys": [key.public for key in known.keys]})


def problem_of(request) -> Words | None:
    """Why somebody is back from a provider without what they went for: the address says it. None for anything else."""
    known = providers.configured().get(request.GET.get("provider", ""))
    page = next((each for each in Page if each.value == request.GET.get("not")), None)
    if known is None or page is None:
        return None
    words = page.words_inside
    return Words(words.heading.format(provider=known.name), words.text.format(provider=known.name))
