"""Fixtures for every app's tests. How the database is set up: `healthequiroute.testing.database`."""

import pytest
from django.conf import settings

from healthequiroute.testing import database


def pytest_configure(config):
    """What differs from production: speed, and no state shared between tests or between parallel runs."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # The manifest exists only after `make assets` and collectstatic.
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    # Static files come from where they are, not from the folder that collectstatic fills.
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True
    # Clearing a Redis cache would empty the database that others share.
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.HUEY = {**settings.HUEY, "immediate": True}
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    # Tests of the demo mode switch it on themselves.
    settings.DEMO_MODE = False


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        database.remember_pristine_rows()
        database.connect_as(settings.DATABASE_APP_ROLE)
        database.flush_as_owner()
    yield
    with django_db_blocker.unblock():
        database.connect_as(settings.DATABASE_OWNER_ROLE)


@pytest.fixture(autouse=True)
def _empty_cache():
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def owner_connection(transactional_db):
    """Cursor of the owner of the tables, outside the test's connection: for triggers, rights and tampering.

    Makes the test transactional, because the owner cannot see what the test has not committed.
    """
    with database.owner_cursor() as cursor:
        yield cursor


@pytest.fixture
def audit_triggers_off(owner_connection):
    """`with audit_triggers_off(): owner_connection.execute(...)`: to prove that tampering is noticed."""
    from contextlib import contextmanager

    @contextmanager
    def off():
        database.switch_audit_triggers(owner_connection, on=False)
        yield
        database.switch_audit_triggers(owner_connection, on=True)

    return off


@pytest.fixture
def organisation(db):
    from accounts.tests.factories import OrganisationFactory

    return OrganisationFactory(name="Northgate Community NHS Trust")


@pytest.fixture
def other_organisation(db):
    from accounts.tests.factories import OrganisationFactory

    return OrganisationFactory(name="Southmoor Health NHS Trust")


@pytest.fixture
def make_user(organisation):
    """`make_user(roles=["planner"], organisation=...)`: a person; no roles means no membership."""
    from accounts.tests.factories import MembershipFactory, UserFactory

    default = organisation

    def make(roles=(), organisation=default, **fields):
        user = UserFactory(**fields)
        if roles:
            MembershipFactory(user=user, organisation=organisation, roles=[str(role) for role in roles])
        return user

    return make


@pytest.fixture
def client_as(make_user):
    """`client_as("planner")`, `client_as("planner", organisation=other)`, `client_as(user=someone)`: a signed-in
    client; the person is `client.user`. Several roles: `client_as("planner", "approver")`. None: no membership."""
    from django.test import Client

    def make(*roles, user=None, **fields):
        client = Client()
        client.user = user or make_user(roles=roles, **fields)
        client.force_login(client.user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make


@pytest.fixture
def api_client_as(make_user):
    """Like `client_as`, with an access token instead of a session: `api_client_as("analyst").get("/api/v1/...")`."""
    from rest_framework.test import APIClient
    from rest_framework_simplejwt.tokens import RefreshToken

    def make(*roles, user=None, **fields):
        client = APIClient()
        client.user = user or make_user(roles=roles, **fields)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {RefreshToken.for_user(client.user).access_token}")
        return client

    return make


@pytest.fixture
def platform_administrator(db):
    from accounts.tests.factories import PlatformAdministratorFactory

    return PlatformAdministratorFactory()


@pytest.fixture
def second_platform_administrator(db):
    from accounts.tests.factories import PlatformAdministratorFactory

    return PlatformAdministratorFactory()


@pytest.fixture
def platform_client(client_as, platform_administrator):
    return client_as(user=platform_administrator)
