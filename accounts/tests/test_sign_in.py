"""Signing in and out: by password, by one click in demo mode, and what the trail says about it."""

import pytest
from django.urls import reverse

from accounts import audit, demo
from accounts.models import AuditEvent, User

PASSWORD = "correct horse battery"
SYSTEM = audit.SystemActor("test")

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(make_user):
    user = make_user(roles=["planner"], email="priya@example.nhs.uk")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client, email, password=PASSWORD, **extra):
    return client.post(reverse("account_login"), {"login": email, "password": password, **extra})


def actions():
    return list(AuditEvent.objects.order_by("sequence").values_list("action", flat=True))


def test_scripts_are_told_that_the_session_ended(client):
    """A redirect would end with the sign-in page inside a panel of the page."""
    response = client.get("/explore/theme.bin", headers={"sec-fetch-mode": "cors"})
    assert response.status_code == 401
    assert "csrftoken" not in response.cookies


def test_a_partial_update_without_session_sends_the_whole_page_to_sign_in(client):
    here = "http://testserver/plans/?state=draft"
    response = client.get("/plans/", headers={"hx-request": "true", "hx-current-url": here})
    assert response.status_code == 401
    assert response["HX-Redirect"] == "/accounts/login/?next=%2Fplans%2F%3Fstate%3Ddraft"


def test_pages_send_strangers_to_the_sign_in_page(client):
    response = client.get("/audit/")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/audit/"


def test_a_person_signs_in_with_address_and_password_in_any_case(client, person):
    response = sign_in(client, "Priya@Example.nhs.uk")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(person.pk)
    event = AuditEvent.objects.get(action="sign_in.succeeded")
    assert event.actor_id == str(person.pseudonym.actor_id)
    assert event.organisation_id == person.memberships.get().organisation_id


def test_a_wrong_password_is_refused_and_recorded_without_the_address(client, person):
    response = sign_in(client, person.email, "wrong")
    assert response.status_code == 200
    assert "error-summary" in response.content.decode()
    event = AuditEvent.objects.get(action="sign_in.failed")
    assert event.details == {"account": str(person.pseudonym.actor_id)}
    assert person.email not in str(event.__dict__)


def test_an_unknown_address_gets_the_same_answer_and_is_not_written_down(client):
    response = sign_in(client, "nobody@example.com", "wrong")
    assert "error-summary" in response.content.decode()
    assert AuditEvent.objects.get(action="sign_in.failed").details == {"account": "unknown"}


def test_after_five_wrong_passwords_the_account_rests(client, person):
    for _ in range(5):
        sign_in(client, person.email, "wrong")
    response = sign_in(client, person.email)
    assert "Too many failed login attempts" in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_closed_account_cannot_sign_in(client, person):
    User.objects.update(is_active=False)
    sign_in(client, person.email)
    assert "_auth_user_id" not in client.session


def test_signing_out_is_recorded(client, person):
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    response = client.post(reverse("account_logout"))
    assert response["Location"] == "/accounts/login/"
    assert actions()[-1] == "sign_out"


def test_nobody_can_register_themselves(client):
    response = client.post(
        reverse("account_signup"), {"email": "new@example.com", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert "Accounts are made for you" in response.content.decode()
    assert not User.objects.exists()


def test_changing_the_password_is_recorded(client_as, person):
    client = client_as(user=person)
    data = {"oldpassword": PASSWORD, "password1": "a much better one", "password2": "a much better one"}
    client.post(reverse("account_change_password"), data)
    person.refresh_from_db()
    assert person.check_password("a much better one")
    assert "password.changed" in actions()


def test_confirming_that_it_is_you(client_as, person):
    client = client_as(user=person)
    page = client.post(reverse("account_reauthenticate"), {"password": "wrong"}).content.decode()
    assert "error-summary" in page
    response = client.post(reverse("account_reauthenticate") + "?next=/roles/", {"password": PASSWORD})
    assert response.status_code == 302


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_inactive"])
def test_public_pages_render_for_strangers(client, name):
    response = client.get(reverse(name))
    assert response.status_code == 200
    assert response.content.decode().count("<h1") == 1


class TestDemo:
    def test_accounts_are_offered_with_one_click(self, client, settings):
        settings.DEMO_MODE = True
        demo.create_demo_accounts(by=SYSTEM)
        page = client.get("/accounts/login/?next=/audit/").content.decode()
        assert page.count('name="account"') == len(demo.ACCOUNTS) == 10
        response = client.post(reverse("demo-sign-in"), {"account": "auditor@aldermoor.example", "next": "/audit/"})
        assert response["Location"] == "/audit/"
        assert client.get("/audit/").status_code == 200

    def test_a_foreign_address_is_no_place_to_go_next(self, client, settings):
        settings.DEMO_MODE = True
        demo.create_demo_accounts(by=SYSTEM)
        response = client.post(
            reverse("demo-sign-in"), {"account": "auditor@aldermoor.example", "next": "https://evil.example/"}
        )
        assert response["Location"] == "/"

    def test_making_them_twice_changes_nothing(self, settings):
        settings.DEMO_MODE = True
        first = demo.create_demo_accounts(by=SYSTEM)
        events = AuditEvent.objects.count()
        assert demo.create_demo_accounts(by=SYSTEM) == first
        assert AuditEvent.objects.count() == events
        assert User.objects.filter(is_platform_administrator=True).count() == 2

    def test_real_accounts_have_no_such_button(self, client, settings, person):
        settings.DEMO_MODE = True
        assert client.post(reverse("demo-sign-in"), {"account": person.email}).status_code == 404

    def test_outside_the_demo_mode_there_is_nothing(self, client, settings):
        settings.DEMO_MODE = True
        demo.create_demo_accounts(by=SYSTEM)
        settings.DEMO_MODE = False
        assert "Demo accounts" not in client.get(reverse("account_login")).content.decode()
        assert client.post(reverse("demo-sign-in"), {"account": "auditor@aldermoor.example"}).status_code == 404
        response = sign_in(client, "auditor@aldermoor.example", demo.PASSWORD)
        assert response["Location"] == reverse("account_inactive")
        assert AuditEvent.objects.get(action="sign_in.refused").details["reason"] == "closed"
        with pytest.raises(demo.NotInDemoMode):
            demo.create_demo_accounts(by=SYSTEM)

    def test_a_session_left_over_from_the_demo_mode_is_worth_nothing(self, client, settings):
        settings.DEMO_MODE = True
        demo.create_demo_accounts(by=SYSTEM)
        client.post(reverse("demo-sign-in"), {"account": "platform1@aldermoor.example"})
        settings.DEMO_MODE = False
        assert client.get("/audit/").status_code == 403
        assert client.get("/admin/", follow=True).status_code == 403
