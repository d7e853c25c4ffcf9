"""The authorization code flow with PKCE, carried by allauth, with the checks that it leaves out.

allauth makes `state` and the PKCE verifier, keeps them in the session and gives each out once. Ours are the nonce that
lies beside them, the exchange of the code, the ID token's checks and the question who may come in.
"""

import base64
import secrets
from urllib.parse import quote_plus

from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialAccount, SocialLogin, SocialToken
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter, OAuth2CallbackView, OAuth2LoginView
from django.http import Http404
from django.views.decorators.http import require_GET

from ..sessions import step_up
from . import admission, client_keys, identity_tokens, providers, published, purposes
from .purposes import Purpose
from .questions import ask
from .refusals import Refusal, Refused

# From one address: more are no people, and each begun sign-in is a session, each refused one a row of the audit trail.
LIMITS = {"begin": "30/m/ip", "callback": "30/m/ip"}


class CodeFlow(OAuth2Adapter):
    """One sign-in at one provider. `kept` is what the session kept for it."""

    kept: dict = {}

    def __init__(self, request, provider_id):
        self.provider_id = provider_id
        self.identity_provider = providers.configured().get(provider_id)
        if self.identity_provider is None:
            raise Http404(f"{provider_id} is not configured.")
        super().__init__(request)

    @property
    def authorize_url(self):
        return published.document(self.identity_provider)["authorization_endpoint"]

    @property
    def access_token_url(self):
        return published.document(self.identity_provider)["token_endpoint"]

    def get_access_token_data(self, request, app, client, pkce_code_verifier=None):
        """The provider's answer to the code. Refused when it takes it for used, unknown or somebody else's."""
        form = {
            "grant_type": "authorization_code",
            "code": request.GET["code"],
            "redirect_uri": self.get_callback_url(request, app),
            "code_verifier": pkce_code_verifier,
        }
        if not pkce_code_verifier:
            raise Refused(Refusal.STATE)
        document = published.document(self.identity_provider)
        # RFC 9207: a provider that names itself must be the one that was asked.
        if request.GET.get("iss", self.identity_provider.issuer) != self.identity_provider.issuer:
            raise Refused(Refusal.ISSUER)
        headers = self._authenticated(document, form)
        status, answer = ask(self.identity_provider, document["token_endpoint"], form=form, headers=headers)
        if status in (400, 401):
            raise Refused(Refusal.CODE)
        if status != 200 or not isinstance(answer.get("access_token"), str):
            raise Refused(Refusal.ANSWER)
        return answer

    def _authenticated(self, document, form) -> dict:
        """Headers of the request. A key of ours signs where there is one; else the secret goes, into the form where the
        provider takes it there."""
        if self.identity_provider.keys:
            form |= self._assertion(document)
            return {}
        client, methods = self.identity_provider, document.get("token_endpoint_auth_methods_supported")
        if isinstance(methods, list) and "client_secret_post" in methods:
            form |= {"client_id": client.client_id, "client_secret": client.secret}
            return {}
        # RFC 6749, 2.3.1: both are form-encoded first.
        pair = f"{quote_plus(client.client_id)}:{quote_plus(client.secret)}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}

    def _assertion(self, document) -> dict:
        """RFC 7523, 2.2: the token endpoint is who it is for."""
        client = self.identity_provider
        made = client_keys.assertion(client.keys[0], client_id=client.client_id, audience=document["token_endpoint"])
        return {
            "client_id": client.client_id,
            "client_assertion_type": client_keys.ASSERTION_TYPE,
            "client_assertion": made,
        }

    def parse_token(self, data):
        """Nothing is asked of the provider later: its token is used in this request and not kept."""
        return SocialToken(token=data["access_token"])

    def complete_login(self, request, app, token, *, response):
        """The account's connection, for allauth to find. Refused when anything about the token or person is wrong.

        Whoever did not come to sign in goes on from here.
        """
        purpose = purposes.purpose_of(self.kept)
        claims = identity_tokens.verified(
            self.identity_provider,
            response.get("id_token"),
            nonce=self.kept.get("nonce", ""),
            access_token=token.token,
            signed_in_since=None if purpose is Purpose.SIGN_IN else self.kept["asked_at"],
        )
        if purpose is not Purpose.SIGN_IN:
            identity = admission.identity_of(self.identity_provider, claims)
            raise ImmediateHttpResponse(purposes.finish(request, identity, self.kept))
        if "email" not in claims:
            claims = self._with_profile(claims, token.token)
        admission.admit(admission.identity_of(self.identity_provider, claims))
        step_up.note_provider_time(request, identity_tokens.auth_time(claims))
        found = SocialAccount(
            provider=self.provider_id, uid=claims["sub"], extra_data={"issuer": self.identity_provider.issuer}
        )
        return SocialLogin(account=found, token=None, provider=self.get_provider())

    def _with_profile(self, claims, access_token) -> dict:
        """Address and name from the provider's userinfo, which must be of the same subject (Core 1.0, 5.3.2)."""
        address = published.document(self.identity_provider).get("userinfo_endpoint")
        if address is None:
            return claims
        status, answer = ask(self.identity_provider, address, headers={"Authorization": f"Bearer {access_token}"})
        if status != 200:
            raise Refused(Refusal.ANSWER)
        if answer.get("sub") != claims["sub"]:
            raise Refused(Refusal.SUBJECT)
        profile = {name: answer[name] for name in ("email", "email_verified", "name") if name in answer}
        return claims | profile


class OpenIDConnect(OAuth2Provider):
    """allauth's idea of a provider, for each of `providers.configured()`."""

    id = "openid_connect"
    pkce_enabled_default = True
    oauth2_adapter_class = CodeFlow

    def __init__(self, request, app=None):
        super().__init__(request, app)
        self.name = app.name

    @property
    def sub_id(self):
        return self.app.provider_id

    def get_oauth2_adapter(self, request):
        return CodeFlow(request, self.app.provider_id)

    def get_redirect_from_request_kwargs(self, request):
        """Where to go afterwards, and nothing else: scopes and parameters are not the browser's to choose."""
        return {"process": AuthProcess.LOGIN, "next_url": get_next_redirect_url(request)}

    def redirect(self, request, process, next_url=None, data=None, purpose=Purpose.SIGN_IN, **kwargs):
        """Off to the provider; what must be remembered is kept with `state`, which is given out once."""
        known = providers.configured()[self.app.provider_id]
        kept = {"nonce": secrets.token_urlsafe(32)}
        question = dict(known.question) | {"nonce": kept["nonce"]}
        if purpose is not Purpose.SIGN_IN:
            kept |= purposes.remembered(request, purpose)
            question |= purposes.ANEW
        try:
            return super().redirect(
                request, process, next_url, data, scope=list(known.scopes), auth_params=question, **kept
            )
        except Refused as refused:
            state = kept | {"next": next_url}
            return render_authentication_error(request, self, exception=refused, extra_context={"state": state})


def begin(request, provider_id: str, purpose: Purpose, *, after: str = ""):
    """Somebody who is signed in goes to a provider for `purpose`, and then on to `after`. 404 for an unknown one."""
    limited = _limited(request, "begin")
    if limited:
        return limited
    provider = CodeFlow(request, provider_id).get_provider()
    return provider.redirect(request, AuthProcess.LOGIN, next_url=after, purpose=purpose)


class LoginView(OAuth2LoginView):
    """Shows the question on GET, and goes to the provider on POST."""

    def dispatch(self, request, *args, **kwargs):
        return _limited(request, "begin") or super().dispatch(request, *args, **kwargs)


class CallbackView(OAuth2CallbackView):
    """Where the provider sends people back to."""

    def dispatch(self, request, *args, **kwargs):
        return _limited(request, "callback") or super().dispatch(request, *args, **kwargs)

    def _get_state(self, request, provider):
        state, response = super()._get_state(request, provider)
        self.adapter.kept = state or {}
        return state, response


def views_of(provider_id: str) -> tuple:
    """(login, callback) for the addresses of one provider; 404 while it is not configured."""

    def adapter(request):
        return CodeFlow(request, provider_id)

    return LoginView.adapter_view(adapter), require_GET(CallbackView.adapter_view(adapter))


def _limited(request, action: str):
    """The page that says to wait, when this address has had its share; else None."""
    usage = ratelimit.consume(request, app="allauth.account", action=action, config=LIMITS, limit_get=True)
    return None if usage else ratelimit.respond_429(request)
