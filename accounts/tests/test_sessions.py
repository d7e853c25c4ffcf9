"""How long people stay signed in, what keeps a session alive, and how it ends."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import services, tasks
from accounts.models import AuditEvent, Session
from accounts.sessions import ending
from accounts.sessions.activity import HEADER, is_by_a_person
from accounts.sessions.devices import device_name
from accounts.tests.sessions import sign_in as sign_in_as

PASSWORD = "correct horse battery"
FETCH = {"sec-fetch-mode": "cors"}
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _real_times(settings):
    settings.SESSION_IDLE_SECONDS, settings.SESSION_LONGEST_SECONDS = 15 * 60, 12 * 3600


@pytest.fixture
def clock():
    """`clock.shift(seconds)` lets time pass."""
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def person(make_user):
    user = make_user(roles=["planner"], email="priya@example.nhs.uk")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def client(clock, client_as, person):
    return client_as(user=person)


def sign_in(client, person):
    return client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})


def is_in(client) -> bool:
    """Asked as a script does, which is nothing that a person has done."""
    return client.get(reverse("session-state"), headers=FETCH).json()["left"] > 0


class TestIdle:
    def test_fifteen_minutes_without_anything_done_end_it(self, client, clock):
        clock.shift(15 * 60 - 1)
        assert is_in(client)
        clock.shift(2)
        assert not is_in(client)
        assert client.get("/my-account/")["Location"] == "/accounts/login/?next=/my-account/"

    def test_pages_and_forms_keep_it(self, client, clock):
        for visit in (lambda: client.get("/my-account/"), lambda: client.post("/notifications/read/")):
            clock.shift(14 * 60)
            assert visit().status_code in (200, 302)
        clock.shift(14 * 60)
        assert is_in(client)

    @pytest.mark.parametrize(
        "headers",
        [
            FETCH,
            {"sec-fetch-mode": "no-cors"},
            {"sec-fetch-mode": "cors", "hx-request": "true"},
            {"accept": "text/event-stream"},
            {"accept": "*/*"},
            {"sec-fetch-mode": "navigate", "referer": "http://testserver/my-account/"},
        ],
        ids=["fetch", "tile", "poll", "stream", "older browser's script", "page that loads itself again"],
    )
    def test_what_nobody_does_keeps_nothing(self, client, clock, headers):
        for _ in range(3):
            clock.shift(4 * 60)
            assert client.get("/my-account/", headers=headers).status_code == 200
        clock.shift(4 * 60)
        assert not is_in(client)

    def test_a_script_may_say_that_somebody_is_there(self, client, clock):
        for _ in range(3):
            clock.shift(14 * 60)
            assert client.get("/my-account/", headers={**FETCH, HEADER: "1"}).status_code == 200
        assert is_in(client)

    def test_typing_keeps_it_and_asking_does_not(self, client, clock):
        clock.shift(10 * 60)
        assert client.get(reverse("session-state"), headers=FETCH).json()["left"] == 5 * 60
        assert client.post(reverse("session-state"), headers={**FETCH, HEADER: "1"}).json()["left"] == 15 * 60
        clock.shift(14 * 60)
        assert is_in(client)

    def test_what_a_request_stores_does_not_move_the_end(self, client, clock):
        """A poll that changes the session, e.g. by a message, saves it; that is nobody's doing."""
        clock.shift(10 * 60)
        session = client.session
        session["anything"] = 1
        session.save()
        clock.shift(6 * 60)
        assert not is_in(client)

    def test_it_is_written_down_twice_a_minute_at_most(self, client, clock, django_assert_num_queries):
        clock.shift(31)
        client.get("/my-account/")
        first = Session.objects.get(user=client.user).last_active_at
        clock.shift(20)
        client.get("/my-account/")
        assert Session.objects.get(user=client.user).last_active_at == first


class TestLongest:
    def test_twelve_hours_after_the_sign_in_it_ends_whatever_is_done(self, client, clock):
        for _ in range(12 * 6 - 1):
            clock.shift(10 * 60)
            assert client.post(reverse("session-state"), headers={HEADER: "1"}).status_code == 200
        assert client.get(reverse("session-state"), headers=FETCH).json() == {"left": 600, "longest": 600}
        clock.shift(10 * 60)
        assert not is_in(client)

    def test_a_new_password_does_not_put_it_off(self, client, clock, person):
        for _ in range(47):
            clock.shift(14 * 60)
            client.get("/my-account/")
        data = {"oldpassword": PASSWORD, "password1": "another long password", "password2": "another long password"}
        assert client.post(reverse("account_change_password"), data).status_code == 302
        for _ in range(4):
            clock.shift(14 * 60)
            assert client.get("/my-account/").status_code == 200
        clock.shift(7 * 60)
        assert not is_in(client)


class TestSignIn:
    def test_the_key_changes_so_that_a_planted_one_is_worth_nothing(self, client, person):
        planted = Client()
        planted.get(reverse("account_login"))
        session = planted.session
        session["planted"] = True
        session.save()
        planted.cookies["sessionid"] = known = session.session_key
        assert sign_in(planted, person)["Location"] == "/"
        assert planted.session.session_key != known
        attacker = Client()
        attacker.cookies["sessionid"] = known
        assert not is_in(attacker)

    def test_an_invented_key_is_not_taken_over(self, person):
        planted = Client()
        planted.cookies["sessionid"] = "a" * 32
        sign_in(planted, person)
        assert planted.session.session_key != "a" * 32

    def test_the_next_person_finds_nothing_of_the_one_before(self, client, make_user):
        session = client.session
        session["held_form"] = {"path": "/", "fields": [], "at": 0}
        session.save()
        sign_in_as(client, make_user())
        assert "held_form" not in client.session

    def test_the_cookie_is_kept_from_scripts_and_other_sites(self, client, person):
        cookie = sign_in(Client(), person).cookies["sessionid"]
        assert cookie["httponly"] and cookie["samesite"] == "Lax"
        assert not cookie["expires"] and not cookie["max-age"]


class TestDevices:
    def browser(self, person, user_agent, address="192.0.2.7"):
        client = Client(headers={"user-agent": user_agent}, REMOTE_ADDR=address)
        sign_in(client, person)
        return client

    def test_the_page_names_them_with_time_and_address(self, clock, person):
        self.browser(person, CHROME)
        here = self.browser(person, FIREFOX, "2001:db8::1")
        page = here.get(reverse("devices")).content.decode()
        assert page.index("Firefox on Linux") < page.index("This device") < page.index("Chrome on Windows")
        assert "192.0.2.7" in page and "2001:db8::1" in page
        assert CHROME not in str(list(Session.objects.values())) + page
        assert not any(key in page for key in Session.objects.values_list("session_key", flat=True))

    def test_others_are_not_on_it(self, clock, person, client_as):
        self.browser(person, CHROME)
        assert "Chrome on Windows" not in client_as("viewer").get(reverse("devices")).content.decode()

    def test_signing_out_of_one(self, clock, person):
        other, here = self.browser(person, CHROME), self.browser(person, FIREFOX)
        address = re.search(r'action="(/accounts/devices/\w{32}/end/)"', here.get(reverse("devices")).content.decode())[
            1
        ]
        assert here.post(address)["Location"] == reverse("devices")
        assert (is_in(other), is_in(here)) == (False, True)
        event = AuditEvent.objects.get(action="session.ended")
        assert event.actor_id == event.details["account"] == str(person.pseudonym.actor_id)
        assert event.details["why"] == "ended by its own person"
        assert here.post(address).status_code == 404

    def test_signing_out_everywhere_else(self, clock, person):
        others, here = [self.browser(person, CHROME) for _ in range(2)], self.browser(person, FIREFOX)
        here.post(reverse("devices-end-others"))
        assert [is_in(each) for each in (*others, here)] == [False, False, True]
        assert AuditEvent.objects.get(action="session.ended").details["sessions"] == 2

    def test_nobody_ends_those_of_others(self, clock, person, client_as):
        theirs = self.browser(person, CHROME)
        page = theirs.get(reverse("devices")).content.decode()
        assert "/end/" not in page.replace(reverse("devices-end-others"), "")
        stranger = client_as("administrator")
        stranger.post(reverse("devices-end-others"))
        assert is_in(theirs)

    @pytest.mark.parametrize(
        ("user_agent", "name"),
        [
            (CHROME, "Chrome on Windows"),
            (CHROME + " Edg/142.0", "Edge on Windows"),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1", "Safari on iPhone"),
            ("Mozilla/5.0 (Linux; Android 15) AppleWebKit Chrome/142.0 Mobile Safari/537.36", "Chrome on Android"),
            ("curl/8.5", "Another program"),
            ("", "Another program"),
            ("<script>alert(1)</script>", "Another program"),
        ],
    )
    def test_device_names(self, user_agent, name):
        assert device_name(user_agent) == name


class TestEnds:
    def test_a_new_password_ends_all_others(self, clock, client_as, person):
        here, other = client_as(user=person), client_as(user=person)
        data = {"oldpassword": PASSWORD, "password1": "another long password", "password2": "another long password"}
        assert here.post(reverse("account_change_password"), data).status_code == 302
        assert (is_in(here), is_in(other)) == (True, False)
        assert AuditEvent.objects.get(action="session.ended").details["why"] == "the password was changed"

    def test_a_closed_account_has_none(self, client):
        client.user.is_active = False
        client.user.save()
        assert not Session.objects.for_user(client.user).exists()
        assert not is_in(client)

    def test_a_suspended_member_has_none(self, client, client_as, organisation):
        by = client_as("administrator").user
        services.suspend_member(membership=client.user.memberships.get(), by=by, reason="Left")
        assert not is_in(client)

    def test_an_unknown_reason_is_a_mistake_of_the_program(self, client):
        with pytest.raises(ValueError, match="Unknown reason"):
            ending.end_all(user=client.user, by=client.user, why="nonsense")

    def test_those_over_are_recorded_once_and_removed(self, client, clock):
        key = client.session.session_key
        clock.shift(16 * 60)
        tasks.end_sessions.call_local()
        tasks.end_sessions.call_local()
        assert not Session.objects.filter(session_key=key).exists()
        event = AuditEvent.objects.get(action="session.ended")
        assert (event.actor_kind, event.actor_id) == ("system", "sessions")
        assert event.details["why"] == "nothing was done for a while"

    def test_the_trail_says_which_limit_it_was(self, client, clock):
        for _ in range(12 * 6):
            client.post(reverse("session-state"), headers={HEADER: "1"})
            clock.shift(10 * 60)
        clock.shift(60)
        tasks.end_sessions.call_local()
        assert AuditEvent.objects.get(action="session.ended").details["why"] == "longest time since the sign-in"


class TestWarning:
    def test_every_page_knows_how_long_it_has(self, client):
        page = client.get("/my-account/").content.decode()
        assert 'data-left="900"' in page and 'data-longest="43200"' in page
        assert 'role="alertdialog"' in page
        owner = re.search(r'data-owner="(\w{16})"', page)[1]
        assert owner not in str(client.user.pk)

    def test_strangers_are_not_warned(self, db):
        assert "session-end" not in Client().get(reverse("account_login")).content.decode()

    def test_the_state_is_not_kept_by_caches(self, client):
        assert "no-store" in client.get(reverse("session-state"))["Cache-Control"]


def test_programs_without_a_browser_count_as_people(rf):
    request = rf.get("/")
    request.htmx = False
    assert is_by_a_person(request)


def test_time_left_is_never_negative(client, clock):
    session = client.session
    assert session.get("signed_in")
    clock.shift(timedelta(hours=20).total_seconds())
    assert session.seconds_left() == (0, 0)
