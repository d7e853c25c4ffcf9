"""Keys for tests, made through the service, and clients that use them."""

from datetime import timedelta

from django.utils import timezone
from rest_framework.test import APIClient

from accounts.credentials import keys


def make_key(by, organisation, **fields):
    """A key and its text: `make_key(person, organisation, scopes=["plans.view"])`."""
    fields = {"name": "Data warehouse", "scopes": ["areas.view"], **fields}
    fields.setdefault("expires_at", timezone.now() + timedelta(days=90))
    return keys.create_key(organisation=organisation, by=by, **fields)


def client_with(text: str, **headers) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Api-Key {text}", **headers)
    return client
