"""Tokens: `POST /api/v1/token/`, `token/refresh/` and `token/revoke/`. docs/api-credentials.md has examples."""

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.urls import path
from django.views.decorators.debug import sensitive_variables
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, AuthenticationFailed, Throttled
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.exceptions import TokenError

from .. import audit
from ..middleware import organisation_for
from ..sessions import second_factor
from . import tokens
from .throttles import AccountThrottle, AddressThrottle, RenewalThrottle

# The longest that failed attempts at one account are remembered (ACCOUNT_RATE_LIMITS): after it a try counts for sure.
LOCKED_SECONDS = 15 * 60
NOT_KNOWN = "No account that may sign in has this address and password."
CODE_NEEDED = "This account needs a second factor: send the code of your authenticator app as otp."
CODE_WRONG = "This code is not right, or was used before."
FACTOR_NEEDED = "Administrators need a second factor: sign in to the portal and set one up with an authenticator app."


class SecondFactorNeeded(APIException):
    status_code = status.HTTP_403_FORBIDDEN
    default_detail = FACTOR_NEEDED


class SignInSerializer(serializers.Serializer):
    """Who it is. `otp`: the six digits of the authenticator app, where the account has one."""

    email = serializers.CharField(write_only=True, max_length=254)
    password = serializers.CharField(write_only=True, max_length=1024, trim_whitespace=False)
    otp = serializers.CharField(write_only=True, required=False, allow_blank=True, max_length=20)


class RefreshSerializer(serializers.Serializer):
    refresh = serializers.CharField(max_length=2048)


class PairSerializer(serializers.Serializer):
    """The access token is worth something for 15 minutes, the refresh token once."""

    access = serializers.CharField()
    refresh = serializers.CharField()


class CredentialView(APIView):
    """Whoever comes here has nothing to show yet: what they send is the proof."""

    authentication_classes = []
    permission_classes = [AllowAny]

    def get_authenticate_header(self, request):
        # Without it refusals would be 403: they are about who asks, not about what they may do.
        return 'Bearer realm="api"'


class TokenView(CredentialView):
    """Email, password and where needed a code, for an access token (15 minutes) and a refresh token (for one use)."""

    throttle_classes = [AddressThrottle, AccountThrottle]

    @extend_schema(request=SignInSerializer, responses=PairSerializer, operation_id="token_create")
    @sensitive_variables("asked", "pair")
    def post(self, request):
        asked = SignInSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        user = _person(request, asked.validated_data)
        pair = tokens.begin(user=user)
        organisation = organisation_for(request._request, user)
        audit.record(action="token.issued", by=user, organisation=organisation, target=user)
        return Response(_shown(pair), headers={"Cache-Control": "no-store"})


class RefreshView(CredentialView):
    """A refresh token for a new pair. Sent a second time, it ends all tokens of its sign-in."""

    throttle_classes = [RenewalThrottle]

    @extend_schema(request=RefreshSerializer, responses=PairSerializer, operation_id="token_refresh_create")
    @sensitive_variables("refresh", "pair")
    def post(self, request):
        refresh = _refresh_token(request)
        try:
            pair = tokens.renew(refresh=refresh)
        except TokenError as error:
            raise AuthenticationFailed(error.args[0]) from error
        return Response(_shown(pair), headers={"Cache-Control": "no-store"})


class RevokeView(CredentialView):
    """Signing out: all tokens of the sign-in that this refresh token descends from end at once."""

    throttle_classes = [RenewalThrottle]

    @extend_schema(
        request=RefreshSerializer,
        responses={204: OpenApiResponse(description="Done. A token that was not valid has nothing to end.")},
        operation_id="token_revoke_create",
    )
    @sensitive_variables("refresh")
    def post(self, request):
        refresh = _refresh_token(request)
        tokens.revoke(refresh=refresh)
        return Response(status=status.HTTP_204_NO_CONTENT)


@sensitive_variables("given")
def _person(request, given):
    """Who has the address, the password and the second factor that the account needs; refusals do not say which of
    the first two was wrong.
    """
    django_request = request._request
    try:
        user = get_adapter(django_request).authenticate(
            django_request, email=given["email"].strip(), password=given["password"]
        )
    except ValidationError as error:
        raise Throttled(LOCKED_SECONDS, "Too many attempts failed.") from error
    if user is None or not user.may_act:
        raise AuthenticationFailed(NOT_KNOWN)
    if second_factor.has_one(user):
        code = given.get("otp", "").strip()
        if not code:
            raise AuthenticationFailed(CODE_NEEDED)
        if not second_factor.code_is_right(django_request, user, code):
            raise AuthenticationFailed(CODE_WRONG)
    elif second_factor.is_required_for(user):
        raise SecondFactorNeeded
    return user


def _refresh_token(request) -> str:
    asked = RefreshSerializer(data=request.data)
    asked.is_valid(raise_exception=True)
    return asked.validated_data["refresh"]


def _shown(pair: tokens.Pair) -> dict:
    return {"access": pair.access, "refresh": pair.refresh}


urlpatterns = [
    path("token/", TokenView.as_view(), name="token"),
    path("token/refresh/", RefreshView.as_view(), name="token-refresh"),
    path("token/revoke/", RevokeView.as_view(), name="token-revoke"),
]
