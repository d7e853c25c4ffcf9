"""A second factor: who needs one, setting it up, signing in with it, losing it."""

import json
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEvent, Notification, Session
from accounts.sessions import second_factor
from accounts.tests.second_factors import code_of, set_up_app
from accounts.tests.sessions import BACKEND, change_session

PASSWORD = "correct horse battery"

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(make_user):
    user = make_user(roles=["administrator"], email="ada@example.nhs.uk")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def client(client_as, person):
    return client_as(user=person)


def sign_in(client, person, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": person.email, "password": password})


def show(client, code):
    return client.post(reverse("mfa_authenticate"), {"code": code})


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def actions():
    return list(AuditEvent.objects.order_by("sequence").values_list("action", flat=True))


class TestWhoNeedsOne:
    def unmarked(self, user):
        client = Client()
        client.force_login(user, backend=BACKEND)
        return client

    @pytest.mark.parametrize("address", ["/", "/members/", "/my-account/"])
    def test_administrators_are_led_to_set_one_up(self, person, address):
        response = self.unmarked(person).get(address)
        assert response["Location"] == f"/accounts/2fa/set-up/?next={address.replace('/', '%2F')}"

    def test_so_are_platform_administrators(self, platform_administrator):
        assert self.unmarked(platform_administrator).get("/admin/")["Location"].startswith("/accounts/2fa/set-up/")

    def test_nothing_they_send_is_done_before(self, person, organisation):
        before = actions()
        response = self.unmarked(person).post("/members/add/", {"email": "x@example.nhs.uk", "roles": ["viewer"]})
        assert response["Location"].startswith("/accounts/2fa/set-up/")
        assert organisation.memberships.count() == 1
        assert actions()[len(before) :] == ["sign_in.succeeded"]

    def test_the_api_refuses_their_session_in_words(self, person):
        response = self.unmarked(person).get("/api/v1/areas/")
        assert (response.status_code, response["Content-Type"]) == (403, "application/problem+json")
        assert "second factor" in response.json()["detail"]

    def test_parts_of_a_page_lead_the_whole_page_there(self, person):
        response = self.unmarked(person).get("/members/", headers={"hx-request": "true"})
        assert response.status_code == 403
        assert response["HX-Redirect"].startswith("/accounts/2fa/set-up/")

    def test_others_may_have_one_and_need_none(self, make_user):
        assert self.unmarked(make_user(roles=["planner", "approver"])).get("/my-account/").status_code == 200

    def test_whoever_becomes_an_administrator_needs_one_at_once(self, make_user):
        user = make_user(roles=["planner"])
        client = self.unmarked(user)
        assert client.get("/my-account/").status_code == 200
        user.memberships.update(roles=["planner", "administrator"])
        assert client.get("/my-account/")["Location"].startswith("/accounts/2fa/set-up/")

    def test_demo_accounts_are_exempt_in_the_demo_mode_only(self, make_user, settings):
        user = make_user(roles=["administrator"], is_demo=True)
        settings.DEMO_MODE = True
        assert not second_factor.is_required_for(user)
        settings.DEMO_MODE = False
        assert second_factor.is_required_for(user)

    def test_who_has_one_and_has_not_shown_it_is_asked_for_it(self, client, person):
        set_up_app(client)
        change_session(client, second_factor=None)
        assert client.get("/members/")["Location"] == "/accounts/2fa/reauthenticate/?next=%2Fmembers%2F"

    @pytest.mark.parametrize(
        ("roles", "asked", "words"),
        [
            (["administrator"], False, "You are an administrator"),
            (["viewer"], True, "An administrator has asked you"),
            (["viewer"], False, "You do not have to have one"),
        ],
    )
    def test_the_page_that_sets_one_up_says_why(self, make_user, roles, asked, words):
        client = self.unmarked(make_user(roles=roles, needs_second_factor=asked))
        page = client.get(reverse("second-factor-setup")).content.decode()
        found = [
            reason
            for reason in ("You are an administrator", "An administrator has asked you", "You do not have to have one")
            if reason in page
        ]
        assert found == [words]

    def test_signing_out_and_the_sign_in_pages_stay_open(self, person):
        client = self.unmarked(person)
        for name in ("second-factor-setup", "mfa_activate_totp", "mfa_add_webauthn", "account_logout"):
            assert client.get(reverse(name)).status_code == 200, name


class TestAuthenticatorApp:
    @pytest.mark.django_db(transaction=True)
    def test_setting_it_up_in_three_steps_leads_back(self, person):
        client = Client()
        sign_in(client, person)
        assert "Step 1 of 3" in client.get(client.get("/members/")["Location"]).content.decode()
        secret, codes = set_up_app(client)
        assert len(codes) == 10 and len(set(codes)) == 10
        assert client.get(reverse("second-factor-setup"))["Location"] == "/members/"
        assert client.get("/members/").status_code == 200
        assert {"second_factor.added", "recovery_codes.made"} <= set(actions())
        assert Notification.objects.filter(user=person, text="An authenticator app was added to your account.").exists()

    def test_the_code_is_shown_as_a_picture_without_inline_markup(self, client):
        response = client.get(reverse("mfa_activate_totp"))
        assert 'src="data:image/svg+xml;base64,' in response.content.decode()
        assert "img-src 'self' data:" in response["Content-Security-Policy"]

    def test_its_key_and_the_seed_of_the_codes_lie_encrypted(self, client, person):
        secret, codes = set_up_app(client)
        stored = json.dumps([authenticator.data for authenticator in Authenticator.objects.filter(user=person)])
        assert secret not in stored and not any(code in stored for code in codes)
        assert stored.count("hers1:") == 2

    def test_signing_in_takes_password_and_code(self, client, person):
        secret, _ = set_up_app(client)
        fresh = Client()
        assert sign_in(fresh, person)["Location"] == reverse("mfa_authenticate")
        assert not is_signed_in(fresh)
        assert fresh.get("/members/")["Location"].startswith("/accounts/login/")
        assert "Your second factor" in fresh.get(reverse("mfa_authenticate")).content.decode()
        assert show(fresh, code_of(secret, steps=1))["Location"] == "/"
        assert fresh.get("/members/").status_code == 200
        assert {"second_factor.used", "sign_in.succeeded"} <= set(actions())

    def test_a_wrong_code_is_refused_and_recorded(self, client, person):
        set_up_app(client)
        fresh = Client()
        sign_in(fresh, person)
        response = show(fresh, "000000")
        assert response.status_code == 422
        assert "error-summary" in response.content.decode()
        assert not is_signed_in(fresh)
        assert actions()[-1] == "second_factor.failed"

    def test_codes_cannot_be_guessed(self, client, person):
        secret, _ = set_up_app(client)
        fresh = Client()
        sign_in(fresh, person)
        for _ in range(5):
            show(fresh, "000000")
        assert show(fresh, code_of(secret, steps=1)).status_code == 422
        assert not is_signed_in(fresh)

    def test_a_code_counts_once(self, client, person):
        """Also after the half minute for which the package remembers it, while it would still be right."""
        secret, _ = set_up_app(client)
        with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
            code = code_of(secret, steps=1)
            sign_in(first := Client(), person)
            assert show(first, code).status_code == 302
        with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=45), tick=False):
            sign_in(second := Client(), person)
            assert show(second, code).status_code == 422
            assert not is_signed_in(second)

    def test_the_code_that_set_it_up_does_not_sign_in(self, client, person):
        page = client.get(reverse("mfa_activate_totp"))
        secret = page.context["form"].secret
        code = code_of(secret)
        client.post(reverse("mfa_activate_totp"), {"code": code})
        sign_in(fresh := Client(), person)
        assert show(fresh, code).status_code == 422


class TestRecoveryCodes:
    def test_each_lets_in_once(self, client, person):
        _, codes = set_up_app(client)
        sign_in(first := Client(), person)
        assert show(first, codes[3])["Location"] == "/"
        event = AuditEvent.objects.get(action="recovery_codes.used")
        assert event.details == {"left": 9}
        sign_in(second := Client(), person)
        assert show(second, codes[3]).status_code == 422

    def test_they_are_shown_once(self, client):
        _, codes = set_up_app(client)
        page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
        assert not any(code in page for code in codes)
        assert "10 of 10 codes are left" in page

    @pytest.mark.django_db(transaction=True)
    def test_new_ones_make_the_old_ones_worthless(self, client, person):
        _, codes = set_up_app(client)
        client.post(reverse("mfa_generate_recovery_codes"))
        sign_in(fresh := Client(), person)
        assert show(fresh, codes[0]).status_code == 422
        assert actions().count("recovery_codes.made") == 2
        assert Notification.objects.filter(user=person, text__contains="New recovery codes").exists()


class TestRemoving:
    def test_the_last_factor_takes_the_rights_of_administrators_with_it(self, client, person):
        set_up_app(client)
        client.post(reverse("mfa_deactivate_totp"))
        assert not Authenticator.objects.filter(user=person).exists()
        assert client.get("/members/")["Location"].startswith("/accounts/2fa/set-up/")
        assert "second_factor.removed" in actions()
        assert Notification.objects.filter(user=person, text__contains="removed").exists()

    def test_every_other_session_ends(self, client, client_as, person):
        set_up_app(client)
        other = client_as(user=person)
        client.post(reverse("mfa_deactivate_totp"))
        assert other.get("/my-account/")["Location"].startswith("/accounts/login/")
        assert client.get(reverse("mfa_index")).status_code in (200, 302)

    def test_a_platform_administrator_resets_those_of_others(self, client, person, platform_administrator):
        set_up_app(client)
        assert second_factor.reset(user=person, by=platform_administrator) == 1
        assert not Authenticator.objects.filter(user=person).exists()
        assert not Session.objects.for_user(person).exists()
        assert client.get("/my-account/")["Location"].startswith("/accounts/login/")
        event = AuditEvent.objects.get(action="second_factor.reset")
        assert event.actor_id == audit.pseudonym_of(platform_administrator)
        assert event.details == {"account": audit.pseudonym_of(person), "factors": 1}
        assert Notification.objects.filter(user=person, text__contains="has reset").exists()

    def test_a_reset_without_factors_changes_nothing(self, person, platform_administrator):
        assert second_factor.reset(user=person, by=platform_administrator) == 0
        assert "second_factor.reset" not in actions()


def test_factors_of_others_do_not_exist(client, make_user):
    theirs = Authenticator.objects.create(
        user=make_user(), type=Authenticator.Type.WEBAUTHN, data={"name": "Key", "credential": {}}
    )
    for name in ("mfa_remove_webauthn", "mfa_edit_webauthn"):
        assert client.get(reverse(name, args=[theirs.pk])).status_code == 404
        assert client.post(reverse(name, args=[theirs.pk])).status_code == 404
    assert Authenticator.objects.filter(pk=theirs.pk).exists()


def test_the_administration_shows_no_factors(platform_client):
    assert platform_client.get("/admin/mfa/authenticator/").status_code == 404


@pytest.mark.parametrize("credential", ["", "{}", "[]", "null", '{"id": 1}', '{"response": {}}', "nonsense"])
def test_nonsense_is_no_passkey(client, person, credential):
    anonymous = Client()
    assert anonymous.post(reverse("mfa_login_webauthn"), {"credential": credential}).status_code in (302, 422, 200)
    assert not is_signed_in(anonymous)
    assert client.post(reverse("mfa_add_webauthn"), {"credential": credential, "name": "x"}).status_code in (200, 422)
    assert not Authenticator.objects.filter(user=person).exists()
