"""An authenticator app for tests."""

import base64
import hmac
import re
import struct
import time
from hashlib import sha1

from allauth.mfa.models import Authenticator
from django.urls import reverse


def code_of(secret: str, *, steps: int = 0) -> str:
    """What an app with this key shows now, or `steps` half minutes later (RFC 6238 with its usual parameters)."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.new(base64.b32decode(secret), counter, sha1).digest()
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place : place + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def set_up_app(client) -> tuple[str, list[str]]:
    """Through the pages, as the client's person: the app's key and the recovery codes."""
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'id="totp-key">(\w+)<', page)[1]
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert answer["Location"] == reverse("mfa_view_recovery_codes"), answer.content.decode()[:2000]
    codes = re.findall(r"<li><code>(\d+)</code></li>", client.get(answer["Location"]).content.decode())
    return secret, codes


def give_app(user) -> None:
    """An app that was set up at some time, without going through the pages; no code fits it."""
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
