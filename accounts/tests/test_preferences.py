"""What people choose for themselves: theme, text size, where the portal opens."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import AuditEvent, Preferences
from accounts.people import preferences
from accounts.permissions import Role

from .factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
ADDRESS = "/me/preferences/"


@pytest.fixture
def planner(organisation, client_as):
    return client_as(Role.PLANNER)


def chosen(**changes):
    return {"theme": "system", "text_size": "100", "landing_page": "", "default_patch": ""} | changes


def opening_tag(response) -> str:
    return " ".join(response.content.decode().partition("<html")[2].partition(">")[0].split())


def test_without_a_choice_the_page_follows_the_machine(planner):
    assert opening_tag(planner.get(ADDRESS)) == 'lang="en-GB" data-theme="system" data-text-size="100"'


def test_nobody_signed_in_gets_the_theme_of_their_machine(client):
    assert 'data-theme="system"' in opening_tag(client.get("/accounts/login/"))


def test_a_choice_is_in_the_page_that_the_server_sends(planner):
    answer = planner.post(ADDRESS, chosen(theme="contrast", text_size="150"), follow=True)
    assert opening_tag(answer) == 'lang="en-GB" data-theme="contrast" data-text-size="150"'
    assert "Your settings are saved" in answer.content.decode()
    # On every other page too, the next time from what was kept.
    assert 'data-theme="contrast"' in opening_tag(planner.get("/accessibility/"))
    assert 'content="#000"' in planner.get("/accessibility/").content.decode()


def test_the_choice_of_one_is_not_that_of_another(planner, client_as):
    planner.post(ADDRESS, chosen(theme="dark"))
    assert 'data-theme="system"' in opening_tag(client_as(Role.VIEWER).get(ADDRESS))


def test_a_theme_that_does_not_exist_is_refused_with_a_word(planner):
    answer = planner.post(ADDRESS, chosen(theme="pink"))
    assert answer.status_code == 400
    assert "There is a problem" in answer.content.decode()
    assert not Preferences.objects.exists()


def test_the_database_refuses_what_no_form_would(organisation):
    row = Preferences.objects.create(user=UserFactory())
    for change in ({"theme": "pink"}, {"text_size": "300"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Preferences.objects.filter(pk=row.pk).update(**change)


def test_the_service_refuses_unknown_names_and_values():
    user = UserFactory()
    with pytest.raises(ValueError, match="colour"):
        preferences.change_preferences(user=user, changes={"colour": "red"})
    with pytest.raises(ValidationError):
        preferences.change_preferences(user=user, changes={"theme": "pink"})


def test_the_trail_names_the_settings_and_not_what_was_chosen():
    user = UserFactory()
    assert preferences.change_preferences(user=user, changes={"theme": "dark", "text_size": "150"}) == [
        "theme",
        "text_size",
    ]
    event = AuditEvent.objects.get(action="preferences.changed")
    assert event.details == {"fields": ["theme", "text_size"]}
    assert preferences.change_preferences(user=user, changes={"theme": "dark"}) == []
    assert AuditEvent.objects.filter(action="preferences.changed").count() == 1


def test_settings_are_read_once_and_anew_after_a_change(django_assert_num_queries, django_capture_on_commit_callbacks):
    user = UserFactory()
    with django_assert_num_queries(1):
        preferences.preferences_of(user)
        preferences.preferences_of(user)
    with django_capture_on_commit_callbacks(execute=True):
        preferences.change_preferences(user=user, changes={"theme": "dark"})
    assert preferences.preferences_of(user).theme == "dark"


def test_pages_to_land_on_are_those_of_the_persons_roles(organisation):
    planner = MembershipFactory(organisation=organisation, roles=[Role.PLANNER]).user
    viewer = MembershipFactory(organisation=organisation, roles=[Role.VIEWER]).user
    names = {page.name for page in preferences.landing_pages_of(planner, organisation)}
    assert {"plans", "teams"} <= names
    assert "members" not in names
    assert "plans" not in {page.name for page in preferences.landing_pages_of(viewer, organisation)}


def test_the_form_offers_no_page_that_the_person_may_not_open(client_as):
    viewer = client_as(Role.VIEWER)
    assert 'value="plans"' not in viewer.get(ADDRESS).content.decode()
    assert viewer.post(ADDRESS, chosen(landing_page="plans")).status_code == 400


def sign_in_page(client, user):
    user.set_password("a-long-enough-one")
    user.save()
    return client.post("/accounts/login/", {"login": user.email, "password": "a-long-enough-one"})


def test_signing_in_opens_the_chosen_page(client, organisation):
    user = MembershipFactory(organisation=organisation, roles=[Role.PLANNER]).user
    preferences.change_preferences(user=user, changes={"landing_page": "plans"})
    assert sign_in_page(client, user)["Location"] == reverse("plans")


def test_a_link_that_was_asked_for_goes_before_the_chosen_page(client, organisation):
    user = MembershipFactory(organisation=organisation, roles=[Role.PLANNER]).user
    preferences.change_preferences(user=user, changes={"landing_page": "plans"})
    user.set_password("a-long-enough-one")
    user.save()
    signed_in = {"login": user.email, "password": "a-long-enough-one", "next": "/teams/"}
    assert client.post("/accounts/login/", signed_in)["Location"] == "/teams/"


def test_a_page_whose_right_is_gone_gives_way_to_home_and_says_so(client, organisation):
    membership = MembershipFactory(organisation=organisation, roles=[Role.PLANNER])
    preferences.change_preferences(user=membership.user, changes={"landing_page": "plans"})
    membership.roles = [Role.VIEWER]
    membership.save()
    user = type(membership.user).objects.get(pk=membership.user.pk)
    answer = sign_in_page(client, user)
    assert answer["Location"] == reverse("home")
    said = client.get(answer["Location"]).content.decode()
    assert "Plans cannot be opened with your current roles" in said
    assert "Plans cannot be opened with your current roles" in client.get(ADDRESS).content.decode()
