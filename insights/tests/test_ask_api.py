"""Ask in the API: one's own conversations, for people and not for keys, refused in problem details."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import audit
from accounts.credentials.keys import create_key
from accounts.people import flags
from accounts.people.flags import Flag
from insights.models import Conversation
from insights.services import conversations as services

pytestmark = pytest.mark.django_db
CORE20 = "What does Core20 mean?"
CHAT = "/api/v1/chat/"


@pytest.fixture
def person(make_user):
    return make_user(["planner"])


@pytest.fixture
def api(person):
    return signed_in(person)


def signed_in(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def ask(api, question=CORE20, **more):
    return api.post(CHAT, {"question": question, **more}, format="json")


def test_asking_and_going_on(api):
    answer = ask(api)
    assert answer.status_code == 201
    told = answer.json()
    assert told["question"]["text"] == CORE20
    assert told["answer"]["answer"]["paragraphs"]
    pk = told["conversation"]["id"]
    assert ask(api, "What is a patch?", conversation=pk).json()["question"]["position"] == 3
    messages = api.get(f"{CHAT}conversations/{pk}/messages/").json()
    assert [(message["kind"], bool(message["answer"])) for message in messages] == [
        *(("question", False), ("answer", True), ("question", False), ("answer", True))
    ]


def test_a_key_makes_a_question_asked_once(api):
    key = str(uuid4())
    assert ask(api, key=key).json()["answer"]["id"] == ask(api, key=key).json()["answer"]["id"]


def test_listing_searching_changing_and_deleting(api):
    first = ask(api).json()["conversation"]["id"]
    second = ask(api, "What is a patch?").json()["conversation"]["id"]
    assert [row["id"] for row in api.get(f"{CHAT}conversations/").json()["results"]] == [second, first]
    found = api.get(f"{CHAT}conversations/", {"search": "core20"}).json()["results"]
    assert [row["id"] for row in found] == [first]
    changed = api.patch(f"{CHAT}conversations/{first}/", {"title": "Words", "is_pinned": True}, format="json")
    assert (changed.json()["title"], changed.json()["is_pinned"]) == ("Words", True)
    assert api.patch(f"{CHAT}conversations/{first}/", {"title": " "}, format="json").status_code == 400
    assert api.put(f"{CHAT}conversations/{first}/", {"title": "x"}, format="json").status_code == 405
    assert api.delete(f"{CHAT}conversations/{first}/").status_code == 204
    assert api.get(f"{CHAT}conversations/{first}/messages/").status_code == 404


def test_feedback(api):
    told = ask(api).json()
    address = f"{CHAT}messages/{told['answer']['id']}/feedback/"
    rated = api.post(address, {"rating": "down", "reason": "unclear"}, format="json").json()
    assert (rated["rating"], rated["rating_reason"]) == ("down", "unclear")
    assert api.post(address, {"rating": "sideways"}, format="json").status_code == 400
    assert api.post(f"{CHAT}messages/{told['question']['id']}/feedback/", {"rating": "up"}).status_code == 404


@pytest.mark.parametrize("question", ["", "   ", "x" * 1001])
def test_what_is_no_question(api, question):
    answer = ask(api, question)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["errors"][0]["pointer"] == "/question"
    assert not Conversation.objects.exists()


def test_nobody_else_finds_it(api, make_user, other_organisation):
    told = ask(api).json()
    pk, answer = told["conversation"]["id"], told["answer"]["id"]
    others = (make_user(["administrator"]), make_user(["planner"], organisation=other_organisation))
    for other in map(signed_in, others):
        assert other.get(f"{CHAT}conversations/").json()["results"] == []
        assert other.get(f"{CHAT}conversations/", {"search": "core20"}).json()["results"] == []
        assert other.get(f"{CHAT}conversations/{pk}/messages/").status_code == 404
        assert other.patch(f"{CHAT}conversations/{pk}/", {"title": "x"}, format="json").status_code == 404
        assert other.delete(f"{CHAT}conversations/{pk}/").status_code == 404
        assert other.post(f"{CHAT}messages/{answer}/feedback/", {"rating": "up"}).status_code == 404
        assert ask(other, conversation=pk).status_code == 400


def test_a_key_of_another_system_has_none(organisation, make_user):
    until = timezone.now() + timedelta(days=9)
    made = {"expires_at": until, "scopes": ["areas.view"], "by": make_user(["administrator"])}
    _, text = create_key(organisation=organisation, name="System", **made)
    answer = Client().get(f"{CHAT}conversations/", headers={"Authorization": f"Api-Key {text}"})
    assert answer.status_code == 403
    assert "An API key has none" in answer.json()["detail"]


def test_too_fast_too_broken_and_switched_off(api, organisation, monkeypatch):
    cache.clear()
    monkeypatch.setattr(services, "MOST_A_MINUTE", 1)
    ask(api)
    answer = ask(api)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    cache.clear()

    def broken(*args, **more):
        raise ZeroDivisionError

    monkeypatch.setattr(services, "ask", broken)
    answer = ask(api)
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    flags.switch(organisation=organisation, flag=Flag.ASK, on=False, by=audit.SystemActor("test"))
    api.handler._force_user.memberships.get().organisation.refresh_from_db()
    assert ask(api).status_code == 404


def test_without_an_organisation(platform_administrator):
    assert ask(signed_in(platform_administrator)).status_code == 403
