"""Fixtures for every app's tests. How the database is set up: `healthequiroute.testing.database`."""

import gc
import os
from contextlib import nullcontext

import pytest
from django.conf import settings
from hypothesis import HealthCheck
from hypothesis import settings as property_tests

from healthequiroute.testing import clock, database
from healthequiroute.testing.shared import layers, shared_on_demand

# The same examples in every run, so that a change is judged by what it changed; EXAMPLES_FACTOR looks for new ones. A
# busy machine that takes long over an example says nothing about what is tested.
property_tests.register_profile(
    "suite",
    deadline=None,
    derandomize="EXAMPLES_FACTOR" not in os.environ,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
property_tests.load_profile("suite")
# Minutes in one test, or in what several share (a portal, the demo world, the world of the access matrix): they begin.
# Where they came last, each worker made these for itself, and one of them was left alone with the end.
LONGEST = (
    "healthequiroute/tests/test_access_matrix.py",
    "healthequiroute/tests/test_demo.py",
    "healthequiroute/tests/api/",
)


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
    # Room for what a test keeps beside the counters of limits: this one throws out what it likes from 300 on.
    options = {"MAX_ENTRIES": 1_000_000}
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": options}}
    settings.HUEY = {**settings.HUEY, "immediate": True}
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    # Tests of other things go through days with one client; those of sessions set their own.
    settings.SESSION_IDLE_SECONDS = settings.SESSION_LONGEST_SECONDS = 10 * 365 * 24 * 3600
    # Tests of the rule for passwords switch them off themselves.
    settings.LOCAL_PASSWORDS = True
    # Tests of the demo mode switch it on themselves.
    settings.DEMO_MODE = False


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


def pytest_collection_finish(session):
    """What was imported stays to the end: looking through it for what can go would be time of every other test."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item):
    """Around the whole test, since rows that are shared are made before its fixtures."""
    with clock.on_the_day_before() if clock.is_of_a_fixed_day(item.path) else nullcontext():
        return (yield)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        database.remember_pristine_rows()
        database.connect_as(settings.DATABASE_APP_ROLE)
        database.flush_as_owner()
    yield
    with django_db_blocker.unblock():
        layers.leave()
        database.connect_as(settings.DATABASE_OWNER_ROLE)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef, request):
    """Shared rows are made before the test's own transaction begins, which is what pytest-django does here."""
    if fixturedef.argname == "_django_db_helper":
        with request.getfixturevalue("django_db_blocker").unblock():
            layers.prepare(request)
    return (yield)


@pytest.fixture(autouse=True)
def _empty_cache():
    from django.core.cache import cache

    from priorities import preview_inputs
    from routing import plan_editing

    cache.clear()
    # What a process remembers by the keys of rows: rows that are taken back leave their keys to others.
    preview_inputs._kept.inputs = preview_inputs._kept.in_force = None
    plan_editing._looked_at.clear()


@pytest.fixture(autouse=True)
def _answers_are_kept(monkeypatch, request):
    """Whether an answer is kept must not depend on who else writes to another database of the server meanwhile, nor on
    how busy the machine is.
    """
    from accounts import kept_answers

    monkeypatch.setattr(kept_answers, "SLOW_SECONDS", 600)
    marker = request.node.get_closest_marker("django_db")
    if not (marker and marker.kwargs.get("transaction")):
        monkeypatch.setattr(kept_answers, "_view", str)


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
@shared_on_demand
def organisation(db):
    from accounts.tests.factories import OrganisationFactory

    return OrganisationFactory(name="Northgate Community NHS Trust")


@pytest.fixture
@shared_on_demand
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
    client; the person is `client.user`. Several roles: `client_as("planner", "approver")`. None: no membership.
    The person has used a second factor and confirmed just now that it is them; tests of these rules remove the marks.
    """
    from django.test import Client

    from accounts.tests.sessions import sign_in

    def make(*roles, user=None, **fields):
        client = Client()
        client.user = user or make_user(roles=roles, **fields)
        sign_in(client, client.user)
        return client

    return make


@pytest.fixture
def api_client_as(make_user):
    """Like `client_as`, with an access token instead of a session: `api_client_as("analyst").get("/api/v1/...")`."""
    from rest_framework.test import APIClient

    from accounts.credentials import tokens

    def make(*roles, user=None, **fields):
        client = APIClient()
        client.user = user or make_user(roles=roles, **fields)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.begin(user=client.user).access}")
        return client

    return make


@pytest.fixture
@shared_on_demand
def platform_administrator(db):
    from accounts.tests.factories import PlatformAdministratorFactory

    return PlatformAdministratorFactory()


@pytest.fixture
@shared_on_demand
def second_platform_administrator(db):
    from accounts.tests.factories import PlatformAdministratorFactory

    return PlatformAdministratorFactory()


@pytest.fixture
def platform_client(client_as, platform_administrator):
    return client_as(user=platform_administrator)
