"""Signing in, and choosing the organisation to work in."""

from functools import wraps

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from .. import demo, services
from ..forms import SignInForm
from ..landing import landing_url
from ..middleware import SESSION_KEY
from ..models import User
from ..safe_redirects import safe_next
from ..signing_in import passwords, providers
from ..signing_in.refusals import Page

BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignInView(LoginView):
    """allauth's sign-in with what this installation offers beside it."""

    def get_form_class(self):
        return SignInForm

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["providers"] = [
            {"name": known.name, "url": reverse(f"{key}_login")} for key, known in providers.configured().items()
        ]
        context["passwords"] = settings.LOCAL_PASSWORDS
        context["emergency_passwords"] = not settings.LOCAL_PASSWORDS and passwords.are_offered()
        context["demo_accounts"] = _demo_accounts() if settings.DEMO_MODE else []
        context["next"] = self.request.GET.get("next", "")
        return context


def password_page(view):
    """A page about one's password, for those whose password works; for all others there is none."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.user.is_authenticated and not passwords.may_use(request.user):
            raise Http404("This account does not sign in by password.")
        return view(request, *args, **kwargs)

    return guarded


@login_not_required
@require_GET
def refused(request, provider, page):
    """Why somebody was not signed in. The address says it, nothing is remembered: the page may be opened again."""
    known = providers.configured().get(provider)
    found = next((each for each in Page if each.value == page), None)
    if known is None or found is None:
        raise Http404
    words = found.words
    shown = {"heading": words.heading.format(provider=known.name), "text": words.text.format(provider=known.name)}
    return render(request, "account/refused.html", shown)


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
    return redirect(safe_next(request, otherwise=landing_url(request, user)))


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
