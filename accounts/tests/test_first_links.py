"""From being added to signing in, without any email."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts import audit, first_links, services
from accounts.models import AuditEvent, User

PASSWORD = "correct horse battery"

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client_as):
    return client_as("administrator")


@pytest.fixture
def newcomer(administrator):
    data = {"email": "new@example.nhs.uk", "full_name": "New Person", "roles": ["planner"]}
    administrator.post("/members/add/", data)
    return User.objects.get(email="new@example.nhs.uk").memberships.get()


def test_a_newcomer_chooses_a_password_and_signs_in(administrator, newcomer):
    assert "Make a link" in administrator.get(f"/members/{newcomer.pk}/").content.decode()
    page = administrator.post(f"/members/{newcomer.pk}/first-link/").content.decode()
    link = re.search(r">(http://testserver/accounts/password/first/[^<]+)<", page)[1]
    client = Client()
    form = client.get(link, follow=True)
    # The secret is kept out of the address that the browser goes on with.
    assert form.redirect_chain[-1][0].endswith("-set-password/")
    data = {"password1": PASSWORD, "password2": PASSWORD}
    done = client.post(form.redirect_chain[-1][0], data, follow=True).content.decode()
    assert "Your password is changed." in done
    assert "You can sign in now" in done
    client.post("/accounts/login/", {"login": "new@example.nhs.uk", "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(newcomer.user_id)
    assert AuditEvent.objects.filter(action="member.first_link_made").count() == 1
    # Used once, it is worth nothing, and no other can be had.
    assert "does not work any more" in Client().get(link, follow=True).content.decode()
    again = administrator.post(f"/members/{newcomer.pk}/first-link/", follow=True).content.decode()
    assert "never signed in" in again


def test_it_is_no_way_into_the_account_of_somebody_else(newcomer, other_organisation):
    user = newcomer.user
    assert first_links.may_have(newcomer)
    user.is_platform_administrator = True
    assert not first_links.may_have(newcomer)
    user.is_platform_administrator = False
    user.last_login = timezone.now()
    assert not first_links.may_have(newcomer)
    user.last_login = None
    by = audit.SystemActor("test")
    services.grant_roles(user=user, organisation=other_organisation, roles=["viewer"], by=by)
    assert not first_links.may_have(newcomer)


def test_members_of_others_get_no_link_here(administrator, make_user, other_organisation):
    membership = make_user(roles=["viewer"], organisation=other_organisation).memberships.get()
    assert administrator.post(f"/members/{membership.pk}/first-link/").status_code == 404
