"""What allauth may and may not do here: accounts are made by administrators, never by whoever comes along."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthError
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse

from .. import audit
from ..client_address import client_address
from ..landing import landing_url
from ..sessions.reauthentication import ReauthenticationRules
from . import connections, passwords, providers, purposes
from .openid_connect import OpenIDConnect
from .purposes import Purpose
from .refusals import Refusal, Refused

# The page that follows shows who is signed in, or the new codes; a banner that repeats it is in the way.
SAID_BY_THE_PAGE = (
    "account/messages/logged_in.txt",
    "account/messages/logged_out.txt",
    "mfa/messages/recovery_codes_generated.txt",
)


class AccountAdapter(ReauthenticationRules, DefaultAccountAdapter):
    """Local sign-in by email and password."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The email address or the password is not right. Check both, and try again.",
        "enter_current_password": "Enter the password that you have now",
        "incorrect_password": "The password is wrong",
    }

    def is_open_for_signup(self, request):
        return False

    def get_client_ip(self, request):
        """As everything here sees it; somebody whose address is not known cannot be limited by it, and is refused."""
        address = client_address(request)
        if not address:
            raise PermissionDenied("It is not known from where this request comes.")
        return address

    def pre_login(self, request, user, **kwargs):
        """Suspended people, and demo accounts outside the demo mode, are sent to the page that says so."""
        if not user.may_act:
            details = {"provider": "password", "reason": Refusal.CLOSED.code, "account": audit.pseudonym_of(user)}
            audit.record(action="sign_in.refused", by=audit.SystemActor("sign-in"), details=details)
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def get_login_redirect_url(self, request):
        """Where nothing else was asked for: the page that the person chose."""
        return landing_url(request, request.user)

    def get_reauthentication_methods(self, user):
        """Without the password where it is none that works, and with the providers at which the person is known."""
        methods = super().get_reauthentication_methods(user)
        methods = [method for method in methods if method["id"] != "reauthenticate" or passwords.may_use(user)]
        names = [provider.name for provider in connections.confirming(user)]
        if names:
            words = f"Sign in with {' or '.join(names)} once more"
            methods.append({"id": "provider", "description": words, "url": reverse("confirm-by-signing-in")})
        return methods

    def reauthenticate(self, user, password):
        """By the account's own address: allauth's table of addresses knows only who signed in through it."""
        confirmed = self.authenticate(context.request, email=user.email, password=password)
        is_them = confirmed is not None and confirmed.pk == user.pk
        if not is_them:
            self.record_failure(user)
        return is_them

    def add_message(self, request, level, message_template=None, message_context=None, extra_tags="", message=None):
        if message_template in SAID_BY_THE_PAGE:
            return
        super().add_message(request, level, message_template, message_context, extra_tags, message)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Sign-in at a provider of identity: `openid_connect` checks what it says, `admission` who may come in."""

    def get_app(self, request, provider, client_id=None):
        """The configured provider; its addresses do not exist (404) where it is not configured."""
        known = providers.configured().get(provider)
        if known is None:
            raise Http404(f"{provider} is not configured.")
        app = SocialApp(provider="openid_connect", provider_id=known.key, name=known.name, client_id=known.client_id)
        app.settings = {}
        return app

    def get_provider(self, request, provider, client_id=None):
        return OpenIDConnect(request, app=self.get_app(request, provider, client_id))

    def list_apps(self, request, provider=None, client_id=None):
        """From the settings alone: a row of the database cannot become a provider."""
        return [self.get_app(request, key) for key in providers.configured() if provider in (None, key)]

    def is_open_for_signup(self, request, sociallogin):
        """allauth makes no accounts: `admission` has made it by then."""
        return False

    def send_notification_mail(self, *args, **kwargs):
        """There is no mail; the trail knows."""

    def pre_social_login(self, request, sociallogin):
        if not sociallogin.is_existing:
            raise ImmediateHttpResponse(refuse(request, sociallogin.provider.sub_id, Refused(Refusal.NOT_INVITED)))

    def on_authentication_error(self, request, provider, error=None, exception=None, extra_context=None):
        """Every sign-in that does not end well: an event without anything personal, and a page that says why."""
        context = extra_context or {}
        reason, state = _refused(error, exception, context), context.get("state")
        if purposes.purpose_of(state) is not Purpose.SIGN_IN and request.user.is_authenticated:
            raise ImmediateHttpResponse(purposes.refused(request, provider.sub_id, reason, state))
        raise ImmediateHttpResponse(refuse(request, provider.sub_id, reason))


def refuse(request, provider: str, refused: Refused):
    """Record the refusal and go to its page, so that code and state leave the address bar."""
    details = {"provider": provider, "reason": refused.reason.code}
    if refused.user is not None:
        details["account"] = audit.pseudonym_of(refused.user)
    action = "sign_in.cancelled" if refused.reason is Refusal.CANCELLED else "sign_in.refused"
    audit.record(action=action, by=audit.SystemActor("sign-in"), details=details)
    return redirect("sign-in-refused", provider=provider, page=refused.reason.page.value)


def _refused(error, exception, context) -> Refused:
    if isinstance(exception, Refused):
        return exception
    if error == AuthError.CANCELLED:
        return Refused(Refusal.CANCELLED)
    # allauth found the state of this sign-in, so it was the provider that said no.
    return Refused(Refusal.PROVIDER_ERROR if context.get("state") else Refusal.STATE)
