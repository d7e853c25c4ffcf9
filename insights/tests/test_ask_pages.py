"""Ask through its pages: beginning, going on, one's own conversations alone, what is said when something is wrong."""

import json
import logging
import re
from dataclasses import replace
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.urls import reverse

from accounts import audit
from accounts.models import AuditEvent
from accounts.people import flags
from accounts.people.flags import Flag
from accounts.tests.factories import MembershipFactory
from insights.assistant import Answer, AnswerTable, Fact, Link, Notice
from insights.models import Conversation, Message
from insights.services import conversations as services

pytestmark = pytest.mark.django_db
CORE20 = "What does Core20 mean?"
NHS_NUMBER = "943 476 5919"
HTMX = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def person(make_user):
    return make_user(["planner"])


@pytest.fixture
def client(client_as, person):
    return client_as(user=person)


def begin(client, question=CORE20, **more):
    client.post("/ask/", {"question": question, **more})
    return Conversation.objects.order_by("-last_at").first()


def stored(conversation, answer):
    """The conversation with this answer in place of its last one."""
    message = conversation.messages.order_by("-position").first()
    message.content = json.dumps(answer.as_json())
    message.save()
    return message


ANSWER = Answer(
    question="Which areas are urgent?",
    intent="rank_areas",
    paragraphs=("Two of 36 areas are urgent [f1]. The first is Harbour 001A [f2].",),
    facts=(
        Fact(
            "f1", 2, "2 of 36", place="Harbour", period="run of 20 November 2026", source="Priorities", href="/explore/"
        ),
        Fact("f2", "Harbour 001A", "Harbour 001A", source="Priorities"),
    ),
    table=AnswerTable("Urgent areas", ("Area", "Visits"), (("Harbour 001A", "46"), ("=1+1", "–")), ("/explore/", "")),
    links=(Link("The same in Explore", "/explore/?priority=3"),),
    notices=(
        Notice("removed", "An NHS number was taken out", ("It was not stored.",)),
        Notice("crisis", "If somebody is in danger", ("Call 999.",)),
    ),
    suggestions=("Why is Harbour 001A urgent?",),
)


def test_the_page_offers_questions_and_says_what_not_to_type(client):
    page = client.get("/ask/").content.decode()
    assert "Questions to begin with" in page
    assert "Do not type anything about a person" in page
    assert 'aria-describedby="question-hint question-never"' in page
    assert "deleted 365 days after its last question" in page
    assert not Conversation.objects.exists()


def test_an_address_fills_the_box_and_sends_nothing(client):
    page = client.get("/ask/", {"q": "Why is <b>001A</b> urgent?"}).content.decode()
    assert "Why is &lt;b&gt;001A&lt;/b&gt; urgent?</textarea>" in page
    assert not Conversation.objects.exists()


def test_a_question_leads_to_its_answer(client):
    sent = client.post("/ask/", {"question": CORE20, "key": str(uuid4())})
    answer = Message.objects.get(kind="answer")
    assert sent["Location"] == f"/ask/{answer.conversation_id}/#answer-{answer.pk}"
    page = client.get(sent["Location"]).content.decode()
    assert f'id="answer-{answer.pk}"' in page
    assert "Written from data" in page
    assert CORE20 in page


def test_a_form_sent_twice_makes_one_conversation(client):
    form = {"question": CORE20, "key": str(uuid4())}
    first, second = client.post("/ask/", form), client.post("/ask/", form)
    assert first["Location"] == second["Location"]
    assert Conversation.objects.values_list("pk").get()


def test_going_on_without_and_with_scripts(client):
    conversation = begin(client)
    address = reverse("ask-conversation", args=[conversation.pk])
    sent = client.post(address, {"question": "What is a patch?", "key": str(uuid4())})
    assert sent["Location"].startswith(f"{address}#answer-")
    part = client.post(address, {"question": "What is a tier?", "key": str(uuid4())}, **HTMX).content.decode()
    assert part.count("data-focus-after-swap") == 1
    assert 'data-announce="Answer.' in part
    assert '<li id="ask-next" hidden></li>' in part
    assert 'hx-swap-oob="true"' in part
    assert "<html" not in part
    assert [message.position for message in conversation.messages.order_by("position")] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(("question", "words"), [("", "Enter a question"), ("x" * 1001, "1,000 characters or fewer")])
def test_what_is_refused_stays_in_the_box(client, question, words):
    answer = client.post("/ask/", {"question": question})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Error: Ask" in page
    assert 'href="#question"' in page
    assert words in page
    assert f"{question}</textarea>" in page


def test_a_refusal_comes_back_to_the_box_where_scripts_run(client):
    conversation = begin(client)
    answer = client.post(reverse("ask-conversation", args=[conversation.pk]), {"question": " "}, **HTMX)
    assert (answer.status_code, answer["HX-Retarget"], answer["HX-Reswap"]) == (200, "#ask-form", "outerHTML")
    assert "Enter a question" in answer.content.decode()


def test_what_fails_says_so_and_keeps_the_question(client, monkeypatch):
    def broken(*args, **more):
        raise ZeroDivisionError

    monkeypatch.setattr(services, "ask", broken)
    answer = client.post("/ask/", {"question": "Why is it urgent?"})
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "Why is it urgent?</textarea>" in page
    assert "your question was not answered" in page


def test_too_many_questions_get_a_kind_word(client, monkeypatch):
    cache.clear()
    monkeypatch.setattr(services, "MOST_A_MINUTE", 1)
    begin(client)
    answer = client.post("/ask/", {"question": CORE20})
    assert answer.status_code == 429
    assert "Wait " in answer.content.decode()
    assert f"{CORE20}</textarea>" in answer.content.decode()


def test_an_answer_shows_sources_tables_links_and_the_crisis_first(client):
    conversation = begin(client)
    message = stored(conversation, ANSWER)
    page = client.get(reverse("ask-conversation", args=[conversation.pk])).content.decode()
    assert page.index("If somebody is in danger") < page.index("An NHS number was taken out") < page.index("Two of 36")
    assert 'href="#source-1-1"' in page
    assert 'id="source-1-1"' in page
    assert 'id="source-1-2"' in page
    assert "[f1]" not in page
    assert "Period: run of 20 November 2026" in page
    assert 'href="/explore/?priority=3"' in page
    assert '<button class="her-ask__chip" type="submit" name="question" value="Why is Harbour 001A urgent?">' in page
    assert f'href="/ask/answers/{message.pk}/?file=csv"' in page


def test_the_table_of_an_answer_is_a_file_that_runs_nothing(client):
    message = stored(begin(client), ANSWER)
    address = reverse("ask-answer", args=[message.pk])
    lines = (
        b"".join(client.get(address, {"file": "csv", "notes": "0"}).streaming_content).decode("utf-8-sig").splitlines()
    )
    assert lines == ["Area,Visits", "Harbour 001A,46", "'=1+1,–"]
    assert client.get(address, {"file": "xlsx"}).status_code == 200
    assert client.get(address)["Location"].endswith(f"#answer-{message.pk}")


def test_a_conversation_as_text(client):
    conversation = begin(client)
    stored(conversation, ANSWER)
    answer = client.get(reverse("ask-text", args=[conversation.pk]))
    text = answer.content.decode()
    assert answer["Content-Disposition"].startswith('attachment; filename="ask-what-does-core20-mean-')
    assert "Two of 36 areas are urgent [1]. The first is Harbour 001A [2]." in text
    assert "[1] 2 of 36. Harbour, run of 20 November 2026. Priorities" in text
    assert AuditEvent.objects.filter(action="conversation.exported").exists()


def test_the_list_is_searched_pinned_archived_and_undone(client):
    first, second = begin(client), begin(client, "What is a patch?")
    found = client.get("/ask/", {"find": "PATCH is"}).content.decode()
    assert "1 conversation found." in found
    assert f'href="/ask/{first.pk}/"' not in found
    client.post(reverse("ask-change", args=[first.pk]), {"pin": "1", "back": "list"})
    page = client.get("/ask/").content.decode()
    assert page.index(str(first.pk)) < page.index(str(second.pk))
    client.post(reverse("ask-change", args=[second.pk]), {"archive": "1", "back": "list"})
    assert f'href="/ask/{second.pk}/"' not in client.get("/ask/").content.decode()
    assert f'href="/ask/{second.pk}/"' in client.get("/ask/", {"archived": "1"}).content.decode()
    page = client.post(reverse("ask-delete", args=[first.pk]), follow=True).content.decode()
    assert client.get(reverse("ask-conversation", args=[first.pk])).status_code == 404
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    client.post(reverse("undo"), {"token": token, "next": "/ask/"})
    again = client.get(reverse("ask-conversation", args=[first.pk]))
    assert CORE20 in again.content.decode()
    assert AuditEvent.objects.filter(action="conversation.restored").exists()


def test_a_name_that_points_to_a_person_does_not_stay(client):
    conversation = begin(client)
    client.post(reverse("ask-change", args=[conversation.pk]), {"title": f"About {NHS_NUMBER}"})
    conversation.refresh_from_db()
    assert NHS_NUMBER not in conversation.title


def test_ratings_come_back_in_place_and_without_scripts(client):
    message = begin(client).messages.get(kind="answer")
    address = reverse("ask-rate", args=[message.pk])
    part = client.post(address, {"rating": "down"}, **HTMX).content.decode()
    assert "What was wrong?" in part
    assert 'data-announce="Thank you."' in part
    sent = client.post(address, {"rating": "down", "reason": "out_of_date"})
    assert sent["Location"].endswith(f"#rating-{message.pk}")
    message.refresh_from_db()
    assert (message.rating, message.rating_reason) == ("down", "out_of_date")


def test_nobody_else_reads_it(client, client_as, organisation, other_organisation, person):
    conversation = begin(client)
    answer = conversation.messages.get(kind="answer")
    both = client_as("planner", organisation=other_organisation)
    for other in (client_as("administrator"), client_as("auditor"), both):
        for name in ("ask-conversation", "ask-text"):
            assert other.get(reverse(name, args=[conversation.pk])).status_code == 404
        assert other.get(reverse("ask-answer", args=[answer.pk])).status_code == 404
        for name, pk in (("ask-change", conversation.pk), ("ask-delete", conversation.pk), ("ask-rate", answer.pk)):
            assert other.post(reverse(name, args=[pk]), {"rating": "up", "pin": "1"}).status_code == 404
        assert CORE20 not in other.get("/ask/", {"find": "core20"}).content.decode().partition("recent-title")[2]


def test_in_another_organisation_the_same_person_has_other_conversations(client, person, other_organisation):
    conversation = begin(client)
    MembershipFactory(user=person, organisation=other_organisation, roles=["planner"])
    Conversation.objects.filter(pk=conversation.pk).update(organisation=other_organisation)
    assert client.get(reverse("ask-conversation", args=[conversation.pk])).status_code == 404


def test_without_an_organisation_there_is_nothing_to_ask(platform_client):
    answer = platform_client.get("/ask/")
    assert answer.status_code == 403
    assert "You do not belong to an organisation yet" in answer.content.decode()
    assert 'href="/ask/"' not in platform_client.get("/").content.decode()


def test_where_it_is_off_nothing_leads_there(client, organisation):
    assert 'href="/ask/"' in client.get("/").content.decode()
    assert "/ask/?q=" in client.get("/").content.decode()
    flags.switch(organisation=organisation, flag=Flag.ASK, on=False, by=audit.SystemActor("test"))
    assert "/ask/" not in client.get("/").content.decode()
    assert client.get("/ask/").status_code == 404


def everything_stored() -> str:
    """Every row of every table as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT string_agg(t::text, chr(10)) FROM "{table}" AS t')
            found.append(cursor.fetchone()[0] or "")
    return "\n".join(found)


def test_an_nhs_number_leaves_no_trace(client, caplog):
    caplog.set_level(logging.DEBUG)
    question = f"My patient with NHS number {NHS_NUMBER} lives here. What does Core20 mean?"
    conversation = begin(client, question)
    page = client.get(reverse("ask-conversation", args=[conversation.pk])).content.decode()
    asked = conversation.messages.get(kind="question")
    digits = NHS_NUMBER.replace(" ", "")
    told = everything_stored() + caplog.text + page + asked.text + conversation.title
    told += "".join(message.content for message in conversation.messages.filter(kind="answer"))
    assert NHS_NUMBER not in told
    assert digits not in told
    assert "her-ask__notice--removed" in page
    event = AuditEvent.objects.get(action="conversation.flagged")
    assert set(event.details) == {"kinds"}
    assert asked.removed


def test_in_a_crisis_numbers_can_be_called_and_nobody_is_asked_for_marks(client):
    conversation = begin(client)
    address = reverse("ask-conversation", args=[conversation.pk])
    assert "Was this useful?" in client.get(address).content.decode()
    stored(conversation, ANSWER)
    page = client.get(address).content.decode()
    assert 'Call <a href="tel:999">999</a>.' in page
    assert "Was this useful?" not in page


def test_what_is_not_known_stands_among_figures(client):
    conversation = begin(client)
    rows = (("North", "46"), ("South", "not known"))
    stored(conversation, replace(ANSWER, table=AnswerTable("Hours", ("Team", "Hours"), rows, ("", ""))))
    page = client.get(reverse("ask-conversation", args=[conversation.pk])).content.decode()
    assert '<td data-label="Hours" class="is-number">not known</td>' in page
