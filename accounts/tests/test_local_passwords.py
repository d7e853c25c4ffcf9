"""Passwords of our own: off in production, on for demonstrations, always there for named emergency accounts."""

import io

import pytest
from allauth.account.adapter import get_adapter
from django.contrib.auth import authenticate, hashers
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts import audit, first_links
from accounts.models import AuditEvent, Notification, User
from accounts.signing_in import passwords
from accounts.tests.factories import PlatformAdministratorFactory

PASSWORD = "correct horse battery"

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(make_user):
    user = make_user(roles=["planner"], email="priya@example.nhs.uk")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def passwords_off(settings):
    settings.LOCAL_PASSWORDS = False


def sign_in(client, email, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def is_signed_in(client):
    return "_auth_user_id" in client.session


def words(response) -> str:
    """The page without what differs each time."""
    lines = response.content.decode().splitlines()
    return "\n".join(
        line for line in lines if "csrf" not in line and "nonce" not in line and 'id="id_login"' not in line
    )


class TestOff:
    pytestmark = pytest.mark.usefixtures("passwords_off")

    def test_the_right_password_is_no_way_in(self, client, person):
        wrong, right = sign_in(client, person.email, "wrong"), sign_in(client, person.email)
        assert words(right).replace(PASSWORD, "") == words(wrong).replace("wrong", "")
        assert not is_signed_in(client)
        assert AuditEvent.objects.filter(action="sign_in.failed").count() == 2

    def test_the_page_offers_none(self, client, person):
        page = client.get(reverse("account_login")).content.decode()
        assert 'type="password"' not in page
        assert "No way of signing in is set up" in page

    def test_there_are_no_pages_about_passwords_and_no_first_links(self, client_as, person):
        client = client_as(user=person)
        for name in ("account_change_password", "account_set_password"):
            assert client.get(reverse(name)).status_code == 404
        assert not first_links.may_have(person.memberships.get())

    def test_nor_does_one_confirm_with_it_that_it_is_oneself(self, person):
        def methods():
            return [method["id"] for method in get_adapter().get_reauthentication_methods(person)]

        assert "reauthenticate" not in methods()
        person.is_break_glass = True
        assert "reauthenticate" in methods()

    def test_an_emergency_account_gets_in_and_everybody_hears(self, client, person):
        platform = PlatformAdministratorFactory()
        passwords.name_break_glass(user=person, by=platform)
        page = client.get(reverse("account_login")).content.decode()
        assert "Emergency access" in page
        sign_in(client, person.email)
        assert is_signed_in(client)
        assert AuditEvent.objects.get(action="sign_in.break_glass").actor_id == str(person.pseudonym.actor_id)
        assert "emergency account" in Notification.objects.get(user=platform).text

    def test_its_end_is_the_end_of_its_password(self, client, person):
        platform = PlatformAdministratorFactory()
        passwords.name_break_glass(user=person, by=platform)
        passwords.end_break_glass(user=person, by=platform)
        sign_in(client, person.email)
        assert not is_signed_in(client)
        named = AuditEvent.objects.filter(action__startswith="break_glass.").values_list("action", flat=True)
        assert sorted(named) == ["break_glass.ended", "break_glass.named"]

    def test_the_first_administrator_is_an_emergency_account(self, client, monkeypatch):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
        call_command(
            "create_first_administrator", email="first@example.nhs.uk", password_stdin=True, stdout=io.StringIO()
        )
        assert User.objects.get().is_break_glass
        sign_in(client, "first@example.nhs.uk")
        assert is_signed_in(client)


def test_where_passwords_are_on_nobody_is_told_of_emergencies(client, person):
    passwords.name_break_glass(user=person, by=audit.SystemActor("test"))
    sign_in(client, person.email)
    assert is_signed_in(client)
    assert not AuditEvent.objects.filter(action="sign_in.break_glass").exists()


def test_emergency_accounts_are_named_listed_and_ended_by_a_command(person):
    out = io.StringIO()
    call_command("break_glass", person.email.upper())
    call_command("break_glass", stdout=out)
    assert out.getvalue().split() == [person.email]
    call_command("break_glass", person.email, end=True)
    person.refresh_from_db()
    assert not person.is_break_glass
    with pytest.raises(CommandError, match="has no account"):
        call_command("break_glass", "nobody@example.nhs.uk")
    person.set_unusable_password()
    person.save()
    with pytest.raises(CommandError, match="has no password"):
        call_command("break_glass", person.email)


class TestSameAnswer:
    """Nobody learns from this page who has an account here."""

    @pytest.fixture
    def addresses(self, person, make_user):
        """One of each kind: with password, without, closed, unknown."""
        without = make_user(email="without@example.nhs.uk")
        without.set_unusable_password()
        without.save()
        closed = make_user(email="closed@example.nhs.uk", is_active=False)
        closed.set_password(PASSWORD)
        closed.save()
        return [person.email, without.email, closed.email, "nobody@example.nhs.uk"]

    def test_in_words(self, addresses):
        assert len({words(sign_in(Client(), address, "wrong")).replace(address, "") for address in addresses}) == 1

    def test_in_work(self, addresses, monkeypatch, rf):
        """Each try costs one digest, whoever it is about."""
        hasher, counted = type(hashers.get_hasher()), []
        encode = hasher.encode
        monkeypatch.setattr(hasher, "encode", lambda *args, **more: counted.append(1) or encode(*args, **more))
        work = []
        for address in addresses:
            counted.clear()
            assert authenticate(rf.get("/"), email=address, password="wrong") is None
            work.append(len(counted))
        assert work == [1] * 4

    def test_after_five_tries_in_a_minute(self, addresses):
        pages = set()
        for number, address in enumerate(addresses):
            client = Client(REMOTE_ADDR=f"192.0.2.{number + 1}")
            for _ in range(5):
                assert "Too many" not in sign_in(client, address, "wrong").content.decode()
            pages.add(words(sign_in(client, address, "wrong")).replace(address, ""))
        assert len(pages) == 1
        assert "Too many failed login attempts" in pages.pop()

    def test_a_lock_is_on_the_account_from_wherever_one_tries(self, person):
        for number in range(5):
            sign_in(Client(REMOTE_ADDR=f"192.0.2.{number + 1}"), person.email, "wrong")
        client = Client(REMOTE_ADDR="192.0.2.99")
        sign_in(client, person.email.upper())
        assert not is_signed_in(client)


@pytest.mark.parametrize(("length", "is_taken"), [(128, True), (129, False)])
def test_more_than_128_characters_are_no_password(client_as, person, length, is_taken):
    client, new = client_as(user=person), ("kettle marsh violin " * 7)[:length]
    fields = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    page = client.post(reverse("account_change_password"), fields)
    person.refresh_from_db()
    assert person.check_password(new) is is_taken
    assert is_taken or "longer than 128 characters" in page.content.decode()
    told = Notification.objects.filter(user=person, text="The password of your account was changed.")
    assert told.exists() is is_taken


def test_the_administration_has_no_door_of_its_own(client):
    response = client.get("/admin/login/?next=/admin/")
    assert response["Location"].startswith("/accounts/login/?next=")
    client.post("/admin/login/", {"username": "x", "password": "y"})
    assert not AuditEvent.objects.exists()
