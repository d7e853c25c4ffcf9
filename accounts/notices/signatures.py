"""Secrets and signatures of webhooks, after Standard Webhooks (standardwebhooks.com, specification 1.0.0): HMAC-SHA256
(RFC 2104) over "id.timestamp.body", in base 64, with the version "v1" in front.
"""

import base64
import hashlib
import hmac
import secrets

PREFIX = "whsec_"
# The specification asks for 24 to 64.
SECRET_BYTES = 32


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """ "v1,BASE64". ValueError for a secret that `new_secret` did not make."""
    key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(secret_list: list[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers. With two secrets, while one follows the other, there are two signatures."""
    signatures = [signature(secret, message_id, timestamp, body) for secret in secret_list]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }
