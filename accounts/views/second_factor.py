"""The second factor of the person who is signed in, and confirming that it is them."""

from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib.auth import logout
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from ..safe_redirects import safe_address
from ..sessions import held_forms, second_factor
from ..sessions.presenters import factors, why_set_up
from ..signing_in import connections
from ..signing_in.openid_connect import begin
from ..signing_in.purposes import Purpose
from .connections import problem_of

# Where somebody was led from to set up a second factor.
AFTER = "after_second_factor"


@never_cache
@require_GET
def overview(request):
    """What one signs in with beside the password, and what can be added."""
    found = Authenticator.objects.filter(user=request.user).order_by("created_at")
    context = {
        "factors": factors(found),
        "has_app": second_factor.has_app(request.user),
        "is_required": second_factor.is_required_for(request.user),
    }
    return render(request, "mfa/index.html", context)


@never_cache
@require_GET
def set_up(request):
    """The first of three steps for people without a second factor; those who need one are led here."""
    if second_factor.was_used(request):
        return redirect(request.session.pop(AFTER, None) or safe_address(request, request.GET.get("next", "")))
    request.session[AFTER] = safe_address(request, request.GET.get("next", ""))
    context = {
        "has_one": second_factor.has_one(request.user),
        "why": why_set_up(request.user),
        "is_required": second_factor.is_required_for(request.user),
    }
    return render(request, "mfa/set_up.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def confirm_by_signing_in(request):
    """At a provider that knows the person they sign in anew and stay who they are; people whom none knows, and who have
    neither a password here nor a second factor, sign out and in.
    """
    after = safe_address(request, request.GET.get("next"))
    known = connections.confirming(request.user)
    if request.method == "POST" and known:
        return begin(request, request.POST.get("provider", ""), Purpose.CONFIRM, after=after)
    if request.method == "POST":
        logout(request)
        return redirect(f"{reverse('account_login')}?{urlencode({'next': after})}")
    ways = get_adapter(request).get_reauthentication_methods(request.user)
    context = {
        "after": after,
        "providers": known,
        "problem": problem_of(request),
        "reauthentication_alternatives": [
            way | {"url": f"{way['url']}?{urlencode({'next': after})}"} for way in ways if way["url"] != request.path
        ],
    }
    return render(request, "account/confirm_by_signing_in.html", context)


@never_cache
@require_GET
def held_form(request):
    """What was sent before the confirmation, with a button that sends it now."""
    held = held_forms.held(request)
    if held is None:
        return render(request, "account/held_form_gone.html", status=410)
    return render(request, "account/held_form.html", {"held": held})
