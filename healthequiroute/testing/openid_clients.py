"""How the provider on this machine knows its client: by a secret, or by a key of the client's (RFC 7523)."""

import base64
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

import jwt

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_SECONDS = 300


@dataclass
class Client:
    """`keys` are the client's public JSON Web Keys; while there are any, its secret counts for nothing."""

    client_id: str
    secret: str
    keys: list[dict] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    @property
    def methods(self) -> list[str]:
        return ["private_key_jwt"] if self.keys else ["client_secret_basic"]

    def is_proved(self, form: dict[str, str], authorization: str, audience: str) -> bool:
        """Whether a question to the token endpoint, which is `audience`, comes from the client."""
        if self.keys:
            return not authorization and "client_secret" not in form and self._is_signed(form, audience)
        pair = f"{urlencode({'': self.client_id})[1:]}:{urlencode({'': self.secret})[1:]}"
        return authorization == f"Basic {base64.b64encode(pair.encode()).decode()}"

    def _is_signed(self, form, audience) -> bool:
        token = form.get("client_assertion", "")
        if form.get("client_assertion_type") != ASSERTION_TYPE or form.get("client_id") != self.client_id:
            return False
        try:
            key_id = jwt.get_unverified_header(token)["kid"]
            key = jwt.PyJWK(next(each for each in self.keys if each["kid"] == key_id))
            claims = jwt.decode(token, key, ["RS256", "ES256"], audience=audience, issuer=self.client_id)
        except (jwt.PyJWTError, KeyError, StopIteration):
            return False
        is_new = claims.get("jti") and claims["jti"] not in self.seen
        self.seen.add(claims.get("jti", ""))
        return bool(is_new) and claims.get("sub") == self.client_id and claims["exp"] <= time.time() + LONGEST_SECONDS
