"""The Django admin: one door, no changes to what must not change, and an event for each change."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import audit
from accounts.credentials import keys, tokens
from accounts.models import AuditEvent, Organisation, TokenFamily, User
from accounts.permissions import Role
from accounts.tests.factories import JobFactory

pytestmark = pytest.mark.django_db

MODELS = ["user", "organisation", "membership", "auditevent", "job", "notification", "actorpseudonym"]


def test_strangers_go_through_the_sign_in_page(client):
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("role", Role)
def test_no_role_in_an_organisation_opens_it(client_as, role):
    assert client_as(role).get("/admin/", follow=True).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_lists_open(platform_client, organisation, make_user, model):
    make_user(roles=["planner"])
    audit.record(action="x", by=platform_client.user)
    JobFactory(organisation=organisation)
    assert platform_client.get(f"/admin/accounts/{model}/").status_code == 200


@pytest.mark.parametrize("model", ["auditevent", "job", "notification", "actorpseudonym"])
def test_what_the_product_writes_can_only_be_read(platform_client, organisation, model):
    assert platform_client.get(f"/admin/accounts/{model}/add/").status_code == 403


def test_an_event_can_be_looked_at_but_not_changed(platform_client):
    event = audit.record(action="x", by=platform_client.user)
    page = platform_client.get(f"/admin/accounts/auditevent/{event.pk}/change/").content.decode()
    assert bytes(event.digest).hex() in page
    response = platform_client.post(f"/admin/accounts/auditevent/{event.pk}/change/", {"action": "y"})
    assert response.status_code == 403


def test_a_person_is_made_with_a_lower_case_address_and_an_event(platform_client):
    response = platform_client.post(
        "/admin/accounts/user/add/",
        {
            "email": "New@Example.nhs.uk",
            "full_name": "New Person",
            "usable_password": "true",
            "password1": "correct horse battery",
            "password2": "correct horse battery",
            "memberships-TOTAL_FORMS": "0",
            "memberships-INITIAL_FORMS": "0",
        },
    )
    assert response.status_code == 302
    user = User.objects.get(email="new@example.nhs.uk")
    assert user.check_password("correct horse battery")
    event = AuditEvent.objects.get(action="admin.added")
    assert (event.target_type, event.target_id) == ("accounts.user", str(user.pk))
    assert event.actor_id == str(platform_client.user.pseudonym.actor_id)


def test_a_change_names_the_fields_and_not_their_values(platform_client, organisation):
    platform_client.post(
        f"/admin/accounts/organisation/{organisation.pk}/change/", {"name": organisation.name, "ods_code": "RX1"}
    )
    assert Organisation.objects.get().ods_code == "RX1"
    event = AuditEvent.objects.get(action="admin.changed")
    assert event.details == {"fields": ["ODS code"]}


def test_passwords_can_be_changed(platform_client, make_user):
    user = make_user()
    data = {"usable_password": "true", "password1": "correct horse battery", "password2": "correct horse battery"}
    platform_client.post(f"/admin/accounts/user/{user.pk}/password/", data)
    user.refresh_from_db()
    assert user.check_password("correct horse battery")


def test_people_and_organisations_are_not_deleted_in_passing(platform_client, organisation, make_user):
    user = make_user()
    assert platform_client.post(f"/admin/accounts/user/{user.pk}/delete/", {"post": "yes"}).status_code == 403
    response = platform_client.post(f"/admin/accounts/organisation/{organisation.pk}/delete/", {"post": "yes"})
    assert response.status_code == 403


def test_tokens_are_kept_nowhere_and_digests_of_keys_are_not_shown(platform_client, make_user, organisation):
    person = make_user(roles=["administrator"])
    pair = tokens.begin(user=person)
    end = timezone.now() + timedelta(days=9)
    asked = {"name": "Feed", "scopes": ["areas.view"], "expires_at": end}
    key, text = keys.create_key(organisation=organisation, by=person, **asked)
    family = TokenFamily.objects.get()
    for page in (f"tokenfamily/{family.pk}/change/", f"apikey/{key.pk}/change/", "tokenfamily/", "apikey/"):
        answer = platform_client.get(f"/admin/accounts/{page}")
        assert answer.status_code == 200
        for secret in (pair.refresh, pair.access, family.current, family.password_mark, text, key.secret_digest):
            assert secret not in answer.content.decode()


@pytest.mark.parametrize("page", ["account/emailaddress", "socialaccount/socialapp", "socialaccount/socialtoken"])
def test_secrets_and_ways_to_sign_in_are_no_business_of_the_administration(platform_client, page):
    assert platform_client.get(f"/admin/{page}/").status_code == 404
