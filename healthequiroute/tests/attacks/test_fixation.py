"""A session that somebody else has planted in a browser is never the one that its person works in."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import Session
from accounts.sessions.store import SessionStore
from accounts.tests.sessions import change_session

PASSWORD = "correct horse battery"
COOKIE = settings.SESSION_COOKIE_NAME
pytestmark = pytest.mark.django_db


@pytest.fixture
def person(make_user):
    user = make_user(roles=["planner"])
    user.set_password(PASSWORD)
    user.save()
    return user


def carrying(key) -> Client:
    browser = Client()
    browser.cookies[COOKIE] = key
    return browser


def sign_in(browser, person):
    answer = browser.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    assert answer.status_code == 302
    return browser.cookies[COOKIE].value


def is_in(key) -> bool:
    return carrying(key).get("/my-account/").status_code == 200


@pytest.mark.parametrize("key", ["a" * 32, "A" * 32, "x", "0" * 400, "../../etc/passwd", "' OR 1=1 --", "a\u0661b"])
def test_the_engine_adopts_no_key_that_it_did_not_make(key):
    store = SessionStore(key)
    store["planted"] = True
    store.save()
    assert store.session_key != key
    assert not Session.objects.filter(session_key=key).exists()
    assert len(store.session_key) == 32


def test_a_key_that_was_made_up_is_not_kept_and_leaves_a_line(person, caplog):
    planted = "a" * 32
    browser = carrying(planted)
    browser.get(reverse("account_login"))
    assert "session_not_known" in caplog.text
    assert planted not in caplog.text
    own = sign_in(browser, person)
    assert own != planted
    assert is_in(own) and not is_in(planted)


def test_the_key_changes_with_the_sign_in(person):
    """The attacker opened the session, and left something in it."""
    planted = SessionStore()
    planted.create()
    own = sign_in(carrying(planted.session_key), person)
    assert own != planted.session_key
    assert not Session.objects.filter(session_key=planted.session_key).exists()
    assert is_in(own) and not is_in(planted.session_key)


def test_the_key_changes_with_a_new_confirmation(client_as, person):
    """What has been confirmed may be changed: whoever knew the key before does not share that."""
    browser = client_as(user=person)
    change_session(browser, confirmed=None)
    before = browser.cookies[COOKIE].value
    assert browser.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302
    after = browser.cookies[COOKIE].value
    assert after != before
    assert is_in(after) and not is_in(before)


def test_no_address_form_or_header_brings_a_key(person):
    own = sign_in(Client(), person)
    stranger = Client()
    tries = {"path": f"/my-account/?{COOKIE}={own}&sid={own}", "headers": {"x-session": own, "authorization": own}}
    assert stranger.get(tries["path"], headers=tries["headers"]).status_code == 302
    assert stranger.post("/my-account/", {COOKIE: own}).status_code in (302, 405)


def test_nothing_comes_back_after_signing_out(person):
    """The key is worth nothing, and no cache may keep a page for the button that leads back."""
    browser = Client()
    own = sign_in(browser, person)
    pages = ["/", "/my-account/", "/plans/", "/notifications/"]
    for path in pages:
        assert "no-store" in browser.get(path)["Cache-Control"], path
    answer = browser.post(reverse("account_logout"))
    assert answer["Location"] == reverse("account_login")
    assert not Session.objects.filter(session_key=own).exists()
    assert not is_in(own)
    assert all(carrying(own).get(path).status_code == 302 for path in pages)
