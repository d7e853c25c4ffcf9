"""Signing in, and choosing the organisation to work in."""

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from .. import demo, services
from ..forms import SignInForm
from ..middleware import SESSION_KEY
from ..models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignInView(LoginView):
    """allauth's sign-in with what this installation offers beside it."""

    def get_form_class(self):
        return SignInForm

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["google_sign_in"] = bool(settings.GOOGLE_CLIENT_ID)
        context["demo_accounts"] = _demo_accounts() if settings.DEMO_MODE else []
        context["next"] = self.request.GET.get("next", "")
        return context


def _demo_accounts():
    """Demo accounts that exist, in the order in which the demo introduces them."""
    existing = set(User.objects.filter(is_demo=True, is_active=True).values_list("email", flat=True))
    return [account for account in demo.ACCOUNTS if account.email in existing]


@login_not_required
@require_POST
def demo_sign_in(request):
    """One click into a demo account; outside the demo mode there is nothing at this address."""
    if not settings.DEMO_MODE:
        raise Http404
    account = next((known for known in _demo_accounts() if known.email == request.POST.get("account")), None)
    user = account and User.objects.filter(email=account.email, is_demo=True, is_active=True).first()
    if user is None:
        raise Http404
    login(request, user, backend=BACKEND)
    return redirect(_safe_next(request))


@require_POST
def switch_organisation(request):
    """Work in another of one's organisations; 404 for those of others."""
    wanted = request.POST.get("organisation", "")
    memberships = request.user.memberships.active().select_related("organisation")
    chosen = next((m.organisation for m in memberships if str(m.organisation_id) == wanted), None)
    if chosen is None:
        raise Http404
    request.session[SESSION_KEY] = str(chosen.pk)
    services.record_switch(user=request.user, organisation=chosen)
    messages.success(request, f"You are working in {chosen} now.")
    # Not back to the page before: it may show something of the other organisation.
    return redirect(reverse("home"))


@require_GET
def my_account(request):
    """Who one is signed in as, where, with which roles."""
    memberships = request.user.memberships.active().select_related("organisation")
    return render(request, "accounts/my_account.html", {"memberships": memberships})


def _safe_next(request) -> str:
    target = request.POST.get("next", "")
    hosts = {request.get_host()}
    if url_has_allowed_host_and_scheme(target, allowed_hosts=hosts, require_https=request.is_secure()):
        return target
    return reverse(settings.LOGIN_REDIRECT_URL)
