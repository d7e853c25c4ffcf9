"""What allauth may and may not do here: accounts are made by administrators, never by whoever comes along."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.http import Http404
from django.shortcuts import render

from . import audit
from .models import User


class AccountAdapter(DefaultAccountAdapter):
    """Local sign-in by e-mail and password."""

    def is_open_for_signup(self, request):
        return False

    def pre_login(self, request, user, **kwargs):
        """Suspended people, and demo accounts outside the demo mode, are sent to the page that says so."""
        if not user.may_act:
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def reauthenticate(self, user, password):
        """By the account's own address: allauth's table of addresses knows only who signed in through it."""
        confirmed = self.authenticate(context.request, email=user.email, password=password)
        return confirmed is not None and confirmed.pk == user.pk

    def add_message(self, request, level, message_template=None, message_context=None, extra_tags="", message=None):
        # The page itself shows who is signed in; a banner that repeats it is in the way.
        if message_template in ("account/messages/logged_in.txt", "account/messages/logged_out.txt"):
            return
        super().add_message(request, level, message_template, message_context, extra_tags, message)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Sign-in with Google: for people who have an account, or whose address is in an allowed domain."""

    def get_app(self, request, provider, client_id=None):
        """The configured provider; its addresses do not exist (404) where it is not configured."""
        try:
            return super().get_app(request, provider, client_id=client_id)
        except SocialApp.DoesNotExist as error:
            raise Http404(f"{provider} is not configured.") from error

    def pre_social_login(self, request, sociallogin):
        """Connect Google's verified address to the account of the same address; refuse strangers."""
        if sociallogin.is_existing:
            return
        address = verified_address(sociallogin)
        user = User.objects.filter(email=address, is_demo=False).first() if address else None
        if user is not None:
            sociallogin.connect(request, user)
        elif not self.is_open_for_signup(request, sociallogin):
            audit.record(action="sign_in.refused", by=audit.SystemActor("sign-in"), details={"provider": "google"})
            raise ImmediateHttpResponse(render(request, "socialaccount/not_invited.html", status=403))

    def is_open_for_signup(self, request, sociallogin):
        address = verified_address(sociallogin)
        domains = {domain.strip().lower() for domain in settings.GOOGLE_ALLOWED_DOMAINS}
        return bool(address) and address.rpartition("@")[2] in domains

    def populate_user(self, request, sociallogin, data):
        user = super().populate_user(request, sociallogin, data)
        user.email = user.email.lower()
        user.full_name = (data.get("name") or f"{data.get('first_name', '')} {data.get('last_name', '')}").strip()[:150]
        return user

    def save_user(self, request, sociallogin, form=None):
        """A new account has no role: an administrator gives it one."""
        user = super().save_user(request, sociallogin, form)
        details = {"provider": "google"}
        audit.record(action="user.created", by=audit.SystemActor("sign-in"), target=user, details=details)
        return user


def verified_address(sociallogin) -> str:
    """The address that the provider vouches for, in lower case; "" when it vouches for none."""
    return next((address.email.lower() for address in sociallogin.email_addresses if address.verified), "")
