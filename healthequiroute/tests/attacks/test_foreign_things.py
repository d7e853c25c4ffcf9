"""Ids of another organisation, in every address and by every method: for whoever is not a member they do not exist."""

import json

import pytest
from django.urls import reverse

from accounts.models import AuditEvent, NotificationRule, WebhookEndpoint
from accounts.permissions import Role
from healthequiroute.portal.models import Report, SavedView
from lsoa.models import Area, Patch
from lsoa.tests.factories import PatchFactory
from routing.models import Depot, RoutePlan, Team

from ..test_access_matrix import named_patterns
from .doors import address, knock, names, owned_names, refused_names

PAGE_METHODS = ("GET", "POST")
API_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
MARK = "Quillwort"
# What everybody who has the role may see or steer, whichever organisation they belong to: open data, the published
# model, what the platform loads, and pages about oneself.
COMMON = {
    *("api-export-areas", "area", "area-detail", "area-minutes", "area-minutes-end", "area-priority"),
    *("area-priority-sheet", "area-tile", "dataset", "dataset-figures-csv", "dataset-rejects", "dataset-rejects-csv"),
    *("dataset-put-in-force", "dataset-unpin", "figure", "indicator", "alert-acknowledge", "feed-edit", "feed-switch"),
    *("feed-collect", "load-data-upload", "load-data-start", "load-data-discard", "priority-detail"),
    *("priority-explain", "priority-history", "priority-minutes", "score-run-detail"),
    *("account_reset_password_from_key", "connection-remove", "area-similar", "help-topic", "map-places"),
    # Forecasts of published activity, and the models behind them.
    *("outlook", "insights-model", "api-forecast-model-performance"),
    # Of the layer of areas, which has open data alone. The layers of an organisation are tested below.
    *("ogc-collection", "ogc-item", "ogc-items", "ogc-queryables", "ogc-schema"),
}


@pytest.fixture
def outsider(world, client_as):
    """Holds every role there is, in the other organisation."""
    mark_things(world)
    return client_as(user=world.people["outsider"])


def mark_things(world) -> None:
    """Names of what is attacked stand nowhere else."""
    attackers = world.people["outsider"].memberships.get().organisation
    for model in (Team, Depot, RoutePlan, Patch, Report, SavedView, WebhookEndpoint, NotificationRule):
        for thing in model.objects.exclude(organisation=attackers):
            thing.name = f"{MARK} {thing.pk}"[:40]
            thing.save()


def takes_arguments(pattern) -> bool:
    return bool(pattern.pattern.regex.groupindex) or bool(getattr(pattern.pattern, "converters", {}))


def test_every_address_with_an_id_is_either_common_or_hidden(world):
    with_things = {name for name in names() if world.arguments(name)}
    # The trail of an object: an empty page where the object is not of this organisation (tested below).
    assert with_things - owned_names() - refused_names() - COMMON == {"audit-object"}


def test_no_method_finds_a_thing_of_somebody_else(world, outsider):
    found = {}
    for name in sorted(owned_names() - COMMON):
        path = address(world, name)
        for method in API_METHODS if path.startswith("/api/") else PAGE_METHODS:
            answer = knock(outsider, method, path, world.question(name))
            if answer.status_code not in (404, 405) or leaks(answer.text_sent, world):
                found[f"{method} {name}"] = (answer.status_code, answer.text_sent[:200])
    assert found == {}


def leaks(text, world) -> list[str]:
    """Names of the attacked organisation and its people that stand in an answer."""
    return [word for word in (MARK, "Northgate") if word in text]


def test_pages_and_lists_of_an_outsider_hold_nothing_of_this_organisation(world, outsider):
    theirs = {
        name
        for name in names()
        if name not in owned_names() and not world.arguments(name) and not name.startswith(("account_", "social"))
    }
    for name in sorted(theirs):
        answer = knock(outsider, "GET", address(world, name))
        assert answer.status_code < 500, name
        assert not leaks(answer.text_sent, world), name


def test_layers_of_an_organisation_have_nothing_of_it_for_an_outsider(world, outsider, client_as, organisation):
    patch = PatchFactory(organisation=organisation, slug="theirs", name=MARK, areas=[Area.objects.first()])
    base = Depot.objects.filter(organisation=organisation).first()
    member = client_as(*Role)
    for layer, feature in (("patches", patch.slug), ("bases", str(base.pk))):
        rows = reverse("ogc-items", kwargs={"collection": layer})
        one = reverse("ogc-item", kwargs={"collection": layer, "feature": feature})
        for path in (rows, one):
            # Otherwise there was nothing to hide.
            assert leaks(knock(member, "GET", path).text_sent, world), path
            assert not leaks(knock(outsider, "GET", path).text_sent, world), path
        assert knock(outsider, "GET", one).status_code == 404, layer
        found = json.loads(knock(outsider, "GET", rows).text_sent)["features"]
        assert feature not in {each["id"] for each in found}, layer


def test_ids_in_bodies_questions_and_headers_are_no_way_in(world, outsider, organisation):
    team = world.things["team"]["team_id"]
    plan = world.things["plan"]["plan_id"]
    tries = [
        ("POST", reverse("switch-organisation"), {"organisation": organisation.pk}, {}),
        ("POST", reverse("plan-create"), {"team": team, "day": "2026-12-01", "source": "priorities", "count": 2}, {}),
        ("POST", reverse("route-plan-list"), {"team": team, "day": "2026-12-01"}, {}),
        ("GET", reverse("plans") + f"?team={team}", None, {}),
        ("GET", reverse("route-plan-list") + f"?team={team}", None, {}),
        ("GET", reverse("audit-object", args=["routing.routeplan", plan]), None, {}),
        ("GET", reverse("route-plan-list"), None, {"X-Organisation": str(organisation.pk)}),
        ("GET", reverse("equity") + f"?team={team}", None, {}),
        ("GET", reverse("mileage") + f"?team={team}", None, {}),
    ]
    before = AuditEvent.objects.filter(organisation_id=organisation.pk).count()
    for method, path, body, headers in tries:
        answer = knock(outsider, method, path, body, headers=headers)
        assert answer.status_code in (200, 400, 403, 404, 422), (path, answer.status_code)
        assert not leaks(answer.text_sent, world), path
        assert "in this organisation" not in answer.text_sent
    assert AuditEvent.objects.filter(organisation_id=organisation.pk).count() == before


def test_whoever_is_member_of_nothing_finds_nothing_either(world, client_as):
    nobody = client_as(user=world.people["nobody"])
    for name in sorted(owned_names())[::7]:
        answer = knock(nobody, "GET", address(world, name))
        assert answer.status_code in (302, 403, 404, 405), name
        assert not leaks(answer.text_sent, world), name


def test_patterns_are_all_reached():
    """An address that takes an id and is in no list above would be left out silently."""
    assert len([name for name, pattern in named_patterns() if takes_arguments(pattern)]) > 100
