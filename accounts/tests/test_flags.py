"""Features that an organisation may be without: hidden, refused, recorded, and never remembered wrongly."""

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.urls import URLResolver, get_resolver

from accounts import audit
from accounts.models import AuditEvent, FlagOverride, Organisation
from accounts.people import flags
from accounts.people.flags import Flag
from accounts.permissions import Role

pytestmark = pytest.mark.django_db
SYSTEM = audit.SystemActor("test")


def off(organisation, flag):
    flags.switch(organisation=organisation, flag=flag, on=False, by=SYSTEM)


def test_everything_is_on_until_somebody_says_otherwise(organisation):
    assert all(organisation.has_flag(flag) for flag in Flag)
    assert not FlagOverride.objects.exists()
    assert all(flag.label and flag.description for flag in Flag)


@pytest.mark.parametrize(
    ("flag", "address", "role"),
    [
        (Flag.WEEK_PLANS, "/weeks/", "planner"),
        (Flag.SCENARIOS, "/scenarios/", "analyst"),
        (Flag.ASK, "/ask/", "viewer"),
    ],
)
def test_what_is_off_is_gone_for_this_organisation_alone(
    client_as, organisation, other_organisation, flag, address, role
):
    client, other = client_as(role), client_as(role, organisation=other_organisation)
    assert client.get(address).status_code == 200
    off(organisation, flag)
    assert client.get(address).status_code == 404
    assert other.get(address).status_code == 200


def test_the_way_there_is_hidden(client_as, organisation):
    planner, analyst = client_as("planner"), client_as("analyst")
    assert 'href="/weeks/"' in planner.get("/plans/").content.decode()
    off(organisation, Flag.WEEK_PLANS)
    off(organisation, Flag.SCENARIOS)
    assert 'href="/weeks/"' not in planner.get("/plans/").content.decode()
    assert 'href="/scenarios/"' not in analyst.get("/").content.decode()


@pytest.mark.parametrize(
    ("flag", "beginning"),
    [
        *((Flag.WEEK_PLANS, "week"), (Flag.SCENARIOS, "scenario"), (Flag.CALENDAR_FILES, "plan-round-calendar")),
        (Flag.ASK, "ask"),
    ],
)
def test_every_page_of_a_feature_asks(flag, beginning):
    """A page that is added later cannot forget it."""
    found = [pattern for pattern in addresses(get_resolver()) if (pattern.name or "").startswith(beginning)]
    assert found
    assert {pattern.name: needed(pattern.callback) for pattern in found} == {pattern.name: flag for pattern in found}


def addresses(resolver):
    for entry in resolver.url_patterns:
        yield from addresses(entry) if isinstance(entry, URLResolver) else [entry]


def needed(view):
    while view is not None and not hasattr(view, "needed_flag"):
        view = getattr(view, "__wrapped__", None)
    return getattr(view, "needed_flag", None)


def test_the_page_of_the_platform_switches_and_the_trail_says_so(platform_client, client_as, organisation):
    address = f"/organisations/{organisation.pk}/"
    platform_client.post(f"{address}feature/", {"flag": "week_plans", "on": "0"})
    assert client_as("planner").get("/weeks/").status_code == 404
    event = AuditEvent.objects.for_organisation(organisation).get(action="organisation.feature_switched")
    assert event.details == {"feature": "week_plans", "from": True, "to": False}
    assert "Off" in client_as("administrator").get("/organisation/settings/").content.decode()
    platform_client.post(f"{address}feature/", {"flag": "nonsense", "on": "1"})
    platform_client.post(f"{address}feature/", {"flag": "week_plans", "on": "0"})
    assert AuditEvent.objects.filter(action="organisation.feature_switched").count() == 1


@pytest.mark.parametrize("role", Role)
def test_no_role_of_an_organisation_switches(client_as, organisation, role):
    assert (
        client_as(role)
        .post(f"/organisations/{organisation.pk}/feature/", {"flag": "week_plans", "on": "0"})
        .status_code
        == 403
    )


def test_what_is_remembered_ends_with_the_change(organisation, django_assert_num_queries):
    before = Organisation.objects.get(pk=organisation.pk)
    assert flags.is_on(Flag.WEEK_PLANS, before)
    with django_assert_num_queries(0):
        flags.is_on(Flag.SCENARIOS, before)
    off(organisation, Flag.WEEK_PLANS)
    assert not flags.is_on(Flag.WEEK_PLANS, Organisation.objects.get(pk=organisation.pk))


def test_a_change_that_is_taken_back_leaves_nothing_in_the_cache(organisation):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        off(organisation, Flag.WEEK_PLANS)
        flags.is_on(Flag.WEEK_PLANS, Organisation.objects.get(pk=organisation.pk))
        raise ZeroDivisionError
    assert flags.is_on(Flag.WEEK_PLANS, Organisation.objects.get(pk=organisation.pk))
    cache.clear()
    assert flags.is_on(Flag.WEEK_PLANS, Organisation.objects.get(pk=organisation.pk))


def test_one_override_for_each_feature(organisation):
    off(organisation, Flag.WEEK_PLANS)
    with pytest.raises(IntegrityError, match="flag_override_once"), transaction.atomic():
        FlagOverride.objects.create(organisation=organisation, flag="week_plans", is_on=True)
    with pytest.raises(ValueError, match="nonsense"):
        flags.is_on("nonsense", organisation)
