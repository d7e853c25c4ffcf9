"""Access tokens: `POST /api/v1/token/` with e-mail and password, `POST /api/v1/token/refresh/`."""

import hashlib

from allauth.account.adapter import get_adapter
from django.urls import path
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.throttling import SimpleRateThrottle
from rest_framework_simplejwt.serializers import TokenObtainPairSerializer
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView

from . import audit
from .middleware import organisation_for


def client_address(request) -> str:
    """As allauth sees it (ALLAUTH_TRUSTED_PROXY_COUNT): what a client claims in X-Forwarded-For counts for nothing."""
    return get_adapter().get_client_ip(request)


class AddressThrottle(SimpleRateThrottle):
    """Attempts from one client address. A whole trust may be behind one, so this is not the narrow limit."""

    scope = "token-address"
    rate = "60/min"

    def get_cache_key(self, request, view):
        return self.cache_format % {"scope": self.scope, "ident": client_address(request)}


class AccountThrottle(SimpleRateThrottle):
    """Attempts at one account from one client address."""

    scope = "token-account"
    rate = "5/min"

    def get_cache_key(self, request, view):
        email = str(request.data.get("email", "")).strip().lower()
        # Only a digest goes to the cache.
        ident = hashlib.sha256(f"{client_address(request)} {email}".encode()).hexdigest()
        return self.cache_format % {"scope": self.scope, "ident": ident}


class RefreshThrottle(AddressThrottle):
    scope = "token-refresh"


class TokenSerializer(TokenObtainPairSerializer):
    def validate(self, attrs):
        tokens = super().validate(attrs)
        if not self.user.may_act:
            raise AuthenticationFailed(self.error_messages["no_active_account"], "no_active_account")
        organisation = organisation_for(self.context["request"], self.user)
        audit.record(action="token.issued", by=self.user, organisation=organisation, target=self.user)
        return tokens


class TokenView(TokenObtainPairView):
    """E-mail and password for an access token (15 minutes) and a refresh token (12 hours, for one use)."""

    serializer_class = TokenSerializer
    throttle_classes = [AddressThrottle, AccountThrottle]


class RefreshView(TokenRefreshView):
    """A refresh token for a new pair; the old one is worth nothing afterwards."""

    throttle_classes = [RefreshThrottle]


urlpatterns = [
    path("token/", TokenView.as_view(), name="token"),
    path("token/refresh/", RefreshView.as_view(), name="token-refresh"),
]
