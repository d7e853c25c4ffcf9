"""Ask beside a page: what the panel holds, whose conversation it is, and where it leads without scripts."""

import pytest

from accounts import audit
from accounts.people import flags
from accounts.people.flags import Flag
from insights.models import Conversation
from insights.services import conversations as services

pytestmark = pytest.mark.django_db
CORE20 = "What does Core20 mean?"
HTMX = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def client(client_as, make_user):
    return client_as(user=make_user(["planner"]))


def begin(client):
    return client.post("/ask/beside/", {"question": CORE20}, **HTMX)


def held(client, **asked):
    return client.get("/ask/beside/", asked, **HTMX).content.decode()


def test_it_begins_with_the_question_of_the_page_and_sends_nothing(client):
    panel = held(client, q=CORE20)
    assert CORE20 in panel
    assert 'hx-post="/ask/beside/"' in panel
    assert "data-focus-after-swap" in panel
    assert not Conversation.objects.exists()


def test_an_answer_stands_there_and_comes_along_to_the_next_page(client):
    first = begin(client).content.decode()
    conversation = Conversation.objects.get()
    assert 'id="exchange-1"' in first
    assert "data-announce=" in first
    panel = held(client, again="1")
    assert 'id="exchange-1"' in panel
    assert f"/ask/{conversation.pk}/" in panel
    # Nobody's focus is taken by what was there before.
    assert "data-focus-after-swap" not in panel


def test_it_lets_go_of_a_conversation(client):
    begin(client)
    assert 'id="exchange-1"' not in held(client, new="1")
    assert 'id="exchange-1"' not in held(client)
    assert Conversation.objects.count() == 1


@pytest.mark.parametrize("change", ["archive", "delete"])
def test_what_was_put_away_does_not_stand_there(client, change):
    begin(client)
    conversation = Conversation.objects.get()
    client.post(f"/ask/{conversation.pk}/{'change' if change == 'archive' else 'delete'}/", {"archive": "1"})
    assert 'id="exchange-1"' not in held(client)


def test_another_person_finds_an_empty_box(client, client_as, make_user):
    begin(client)
    other = client_as(user=make_user(["planner"]))
    session = other.session
    session["ask_beside"] = str(Conversation.objects.get().pk)
    session.save()
    assert 'id="exchange-1"' not in held(other)


def test_a_question_that_is_refused_comes_back_with_its_reason(client):
    answer = client.post("/ask/beside/", {"question": "x" * (services.MOST_LETTERS + 1)}, **HTMX)
    assert answer["HX-Retarget"] == "#ask-form"
    page = answer.content.decode()
    assert 'id="question-error"' in page
    assert 'hx-post="/ask/beside/"' in page
    assert not Conversation.objects.exists()


def test_without_htmx_it_leads_to_the_page_with_the_same_question(client):
    assert client.get("/ask/beside/", {"q": CORE20})["Location"] == "/ask/?q=What+does+Core20+mean%3F"
    assert client.get("/ask/beside/")["Location"] == "/ask/"
    assert client.post("/ask/beside/", {"question": CORE20})["Location"] == "/ask/"
    assert not Conversation.objects.exists()


def test_every_page_has_it_but_those_of_ask_itself(client):
    home = client.get("/").content.decode()
    assert 'id="ask-beside"' in home
    assert "Ask a question about the data" in home
    assert 'data-ask-beside="/ask/beside/?q=' in home
    assert 'id="ask-beside"' not in client.get("/ask/").content.decode()


def test_an_organisation_without_ask_has_no_panel(client, organisation):
    flags.switch(organisation=organisation, flag=Flag.ASK, on=False, by=audit.SystemActor("test"))
    assert 'id="ask-beside"' not in client.get("/").content.decode()
    assert client.get("/ask/beside/", **HTMX).status_code == 404
