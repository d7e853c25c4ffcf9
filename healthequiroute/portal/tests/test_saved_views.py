"""Saved views: keeping, sharing, opening first, deleting with undo; who sees which; what stays of somebody who left."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.services import remove_member
from accounts.tests.factories import MembershipFactory
from healthequiroute.portal.models import DefaultView, SavedView
from healthequiroute.portal.saved_views import services
from healthequiroute.portal.saved_views.addresses import read_address

URGENT = "priority=3&core20=1"


@pytest.fixture
def person(make_user):
    return make_user(["analyst"])


@pytest.fixture
def colleague(make_user):
    return make_user(["planner"])


def saved(organisation, by, name="Urgent", **more):
    return services.save_view(organisation=organisation, page="explore", query=URGENT, name=name, by=by, **more)


def actions():
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def test_a_view_keeps_the_address_as_the_page_writes_it(organisation, person):
    view = services.save_view(
        organisation=organisation, page="explore", query="core20=on&priority=3&page=4&low=&tab=heat", name="  A  b ",
        by=person,
    )  # fmt: skip
    assert (view.name, view.query) == ("A b", "priority=3&core20=1&tab=heat")
    assert actions()[-1] == "view.saved"


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_a_name_that_is_none_is_refused(organisation, person, name):
    with pytest.raises(ValidationError) as refused:
        saved(organisation, person, name)
    assert "name" in refused.value.message_dict


def test_a_name_is_taken_once_for_each_person(organisation, person, colleague):
    saved(organisation, person)
    saved(organisation, colleague)
    with pytest.raises(ValidationError) as refused:
        saved(organisation, person, "URGENT")
    assert refused.value.message_dict["name"] == [services.TAKEN]


@pytest.mark.parametrize("page", ["plans", "", "home"])
def test_only_pages_whose_state_is_in_the_address_can_be_saved(organisation, person, page):
    with pytest.raises(ValidationError):
        services.save_view(organisation=organisation, page=page, query="", name="X", by=person)


@pytest.mark.parametrize("text", ["https://elsewhere.example/explore/", "//elsewhere.example/explore/", "/plans/", "x"])
def test_addresses_of_elsewhere_are_refused(text):
    with pytest.raises(ValidationError):
        read_address(text)


def test_colleagues_see_what_is_shared_and_nobody_else(organisation, other_organisation, person, colleague):
    mine, shared = saved(organisation, person), saved(organisation, person, "Shared", is_shared=True)
    stranger = MembershipFactory(organisation=other_organisation, roles=["analyst"]).user
    assert set(SavedView.objects.visible_to(person, organisation)) == {mine, shared}
    assert set(SavedView.objects.visible_to(colleague, organisation)) == {shared}
    assert not SavedView.objects.visible_to(stranger, other_organisation).exists()
    assert not SavedView.objects.visible_to(person, other_organisation).exists()


def test_a_view_that_is_shared_no_more_opens_first_for_nobody_else(organisation, person, colleague):
    view = saved(organisation, person, is_shared=True)
    services.open_first(view=view, by=person)
    services.open_first(view=view, by=colleague)
    services.change_view(view=view, by=person, is_shared=False)
    assert [each.user for each in DefaultView.objects.all()] == [person]


def test_explore_opens_with_the_chosen_view_and_plainly_without(client_as, organisation, person):
    client = client_as(user=person)
    assert client.get(reverse("explore-start"))["Location"] == "/explore/"
    view = saved(organisation, person)
    client.post(reverse("saved-view-first", args=[view.pk]))
    assert client.get(reverse("explore-start"))["Location"] == f"/explore/?{URGENT}"
    client.post(reverse("saved-view-first", args=[view.pk]), {"first": "0"})
    assert client.get(reverse("explore-start"))["Location"] == "/explore/"


def test_the_form_saves_and_comes_back_to_the_view(client_as, organisation, person):
    client = client_as(user=person)
    entered = {"page": "explore", "query": URGENT, "name": "Mine", "is_shared": "on"}
    assert client.post(reverse("saved-view-save"), entered)["Location"] == f"/explore/?{URGENT}"
    assert SavedView.objects.get().is_shared
    again = client.post(reverse("saved-view-save"), entered)
    assert again.status_code == 422
    assert services.TAKEN in again.content.decode()


def test_nobody_changes_or_deletes_the_view_of_a_colleague(client_as, organisation, person, colleague):
    view = saved(organisation, person, is_shared=True)
    client = client_as(user=colleague)
    for name in ("saved-view-change", "saved-view-delete"):
        assert client.post(reverse(name, args=[view.pk]), {"name": "Theirs"}).status_code == 404
    view.refresh_from_db()
    assert view.name == "Urgent"


def test_a_deleted_view_comes_back_with_undo(client_as, organisation, person):
    view = saved(organisation, person)
    services.open_first(view=view, by=person)
    client = client_as(user=person)
    page = client.post(reverse("saved-view-delete", args=[view.pk]), follow=True)
    assert not SavedView.objects.exists()
    token = page.content.decode().split('name="token" value="')[1].split('"')[0]
    client.post(reverse("undo"), {"token": token})
    assert SavedView.objects.get().query == URGENT
    assert DefaultView.objects.get().view_id == view.pk
    assert actions()[-1] == "view.restored"


def test_renaming_to_a_taken_name_says_so_and_keeps_what_was_entered(client_as, organisation, person):
    saved(organisation, person, "First")
    view = saved(organisation, person, "Second")
    answer = client_as(user=person).post(reverse("saved-view-change", args=[view.pk]), {"name": "first"})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert services.TAKEN in html and 'value="first"' in html


def test_who_leaves_takes_their_own_views_along_and_leaves_shared_ones_without_a_name(
    organisation, person, platform_administrator
):
    saved(organisation, person)
    shared = saved(organisation, person, "Shared", is_shared=True)
    services.open_first(view=shared, by=person)
    services.mark_as_seen(organisation=organisation, by=person)
    remove_member(membership=person.memberships.get(), by=platform_administrator)
    assert [view.name for view in SavedView.objects.all()] == ["Shared"]
    shared.refresh_from_db()
    assert shared.owner is None
    assert not DefaultView.objects.exists() and not person.seen_markers.exists()


def test_the_api_reads_creates_and_deletes(api_client_as, organisation, person, colleague):
    caller, address = api_client_as(user=person), reverse("saved-view-api-list")
    sent = {"name": "By program", "address": f"/explore/?{URGENT}&page=3", "is_shared": True}
    made = caller.post(address, sent, format="json")
    assert made.status_code == 201
    assert made.json()["address"] == f"/explore/?{URGENT}"
    assert [row["is_own"] for row in caller.get(address).json()["results"]] == [True]
    theirs = api_client_as(user=colleague)
    assert [row["is_own"] for row in theirs.get(address).json()["results"]] == [False]
    one = reverse("saved-view-api-detail", args=[made.json()["id"]])
    assert theirs.delete(one).status_code == 403
    assert caller.delete(one).status_code == 204
    assert caller.get(one).status_code == 404


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "/plans/", ""])
def test_the_api_refuses_other_addresses(api_client_as, person, address):
    sent = {"name": "X", "address": address}
    answer = api_client_as(user=person).post(reverse("saved-view-api-list"), sent, format="json")
    assert answer.status_code == 400
    assert "address" in str(answer.json())
