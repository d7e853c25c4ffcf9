"""Signing in at the provider on this machine, without a browser."""

from urllib.parse import urlsplit

from django.urls import reverse

from accounts.models import AuditEvent
from healthequiroute.testing.openid_tokens import Person

DOMAIN = "northgate.example"
AMIRA = Person("1001", f"amira@{DOMAIN}", "Amira Khan", hosted_domain=DOMAIN)
STRANGER = Person("1002", "sam@elsewhere.example", "Sam Stranger")
OTHER_TRUST = Person("1003", "lee@southgate.example", "Lee Other", hosted_domain="southgate.example")
UNVERIFIED = Person("1004", f"una@{DOMAIN}", "Una Unverified", verified=False, hosted_domain=DOMAIN)
# An address of the trust on a private account: nobody at the trust manages it.
PRIVATE = Person("1005", f"pat@{DOMAIN}", "Pat Private")
SMARTCARD = Person("555000001", "ros@nhs.example", "Ros Card", level="3", in_token=False)
PEOPLE = [AMIRA, STRANGER, OTHER_TRUST, UNVERIFIED, PRIVATE, SMARTCARD]


def begin(client, via="google", **fields):
    """The address of the provider to which the browser is sent."""
    return client.post(reverse(f"{via}_login"), fields)["Location"]


def come_back(client, address):
    parts = urlsplit(address)
    return client.get(f"{parts.path}?{parts.query}")


def sign_in(client, provider, person, via="google", **fields):
    """The answer to the callback."""
    return come_back(client, provider.chosen(begin(client, via, **fields), person and person.subject))


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def refusals() -> list[str]:
    """Reasons of the sign-ins that were refused, in order."""
    events = AuditEvent.objects.filter(action__in=["sign_in.refused", "sign_in.cancelled"]).order_by("sequence")
    return [event.details["reason"] for event in events]
