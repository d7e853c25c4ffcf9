"""Others on this machine: a provider of identity, for tests of signing in, and a system that takes webhooks."""

import pytest

from accounts.signing_in import published
from healthequiroute.testing.openid_provider import OpenIDProvider

from .openid import DOMAIN, PEOPLE
from .receivers import Receiver


@pytest.fixture(scope="module")
def running_provider():
    with OpenIDProvider(people=PEOPLE) as running:
        yield running


@pytest.fixture
def provider(running_provider, settings):
    """Stands in for Google; nothing is remembered of it from other tests."""
    published.forget()
    running_provider.people, running_provider.document_changes = list(PEOPLE), {}
    running_provider.behave(None)
    running_provider.asked.clear()
    running_provider.signed_in_at.clear()
    running_provider.client.keys = []
    settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET = running_provider.client_id, running_provider.secret
    settings.GOOGLE_ISSUER, settings.GOOGLE_HOSTS = running_provider.issuer, []
    settings.GOOGLE_ALLOWED_DOMAINS = [DOMAIN]
    return running_provider


@pytest.fixture
def smartcards(provider, settings):
    """The same provider as NHS CIS2."""
    settings.CIS2_CLIENT_ID, settings.CIS2_CLIENT_SECRET = provider.client_id, provider.secret
    settings.CIS2_CLIENT_KEYS, settings.CIS2_IDENTITY_ASSURANCE = "", 3
    settings.CIS2_ISSUER, settings.CIS2_HOSTS, settings.CIS2_ASSURANCE = provider.issuer, [], 3
    return provider


@pytest.fixture
def receiver():
    with Receiver() as running:
        yield running
