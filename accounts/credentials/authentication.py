"""Who calls the API: `Authorization: Bearer <access token>` or `Authorization: Api-Key her_...`."""

import base64
import binascii

import structlog
from django.core.cache import cache
from django.views.decorators.debug import sensitive_variables
from redis.exceptions import RedisError
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import TokenError

from .. import audit
from ..client_address import client_address
from ..middleware import HEADER
from . import key_use, tokens
from .key_limits import KeyLimit

log = structlog.get_logger(__name__)
ACTOR = audit.SystemActor("api-keys")
# A refusal of a key whose secret was right is an event, once an hour for each reason: a program that goes on asking
# must not fill the trail.
REFUSAL_SECONDS = 3600


class TokenAuthentication(JWTAuthentication):
    """Access tokens. The person and the family that the token descends from are read in one query."""

    def get_user(self, validated_token):
        try:
            return tokens.family_of(validated_token).user
        except TokenError as error:
            raise AuthenticationFailed(error.args[0]) from error


class ApiKeyAuthentication(BaseAuthentication):
    """API keys. `request.user` is the maker with `limit` set, `request.auth` the key."""

    keyword = "Api-Key"

    @sensitive_variables("text")
    def authenticate(self, request):
        text = self._key_of(request)
        return None if text is None else self._examined(request, text)

    @sensitive_variables("words")
    def _key_of(self, request) -> str | None:
        """What may be a key; None where the request proves itself in another way, or not at all."""
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != self.keyword.lower().encode():
            return None
        return words[1].decode("ascii", "replace") if len(words) == 2 else ""

    @sensitive_variables("text")
    def _examined(self, request, text):
        found = key_use.examine(text, address=client_address(request))
        if found.refusal:
            if found.key is not None:
                _record_refusal(found)
            raise AuthenticationFailed(key_use.REFUSED)
        key = found.key
        if request.headers.get(HEADER, str(key.organisation_id)) != str(key.organisation_id):
            raise PermissionDenied(f"The header {HEADER} names another organisation than the one of this API key.")
        key_use.note_use(key)
        user = key.made_by
        user.limit = KeyLimit.of_key(key)
        # For counting after the answer (accounts.credentials.usage), also where the view was never reached.
        request._request.api_key = key
        return user, key

    def authenticate_header(self, request):
        return f'{self.keyword} realm="api"'


class ApiKeyAsPassword(ApiKeyAuthentication):
    """HTTP Basic with an API key in the place of the password (RFC 7617), for map programs that know nothing else.

    Only where nothing can be changed (`/ogc/`). The password of a person is refused like any text that is no key, so
    that nobody learns whether it is right; the user name counts for nothing. Refusals do not ask for Basic, which would
    make browsers put up a window of their own.
    """

    @sensitive_variables("words", "given")
    def _key_of(self, request):
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"basic":
            return None
        try:
            given = base64.b64decode(words[1], validate=True).decode("ascii") if len(words) == 2 else ""
        except (binascii.Error, UnicodeDecodeError):
            given = ""
        return given.partition(":")[2]


def _record_refusal(found) -> None:
    try:
        is_new = cache.add(f"api-key-refused:{found.key.pk}:{found.refusal}", True, REFUSAL_SECONDS)
    except (RedisError, OSError) as error:
        log.warning("api_key_refusal_not_counted", error=type(error).__name__)
        return
    if is_new:
        audit.record(
            action="api_key.refused",
            by=ACTOR,
            organisation=found.key.organisation,
            target=found.key,
            details={"reason": found.refusal.value},
        )
