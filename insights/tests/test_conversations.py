"""Conversations: what is stored of a question, whose it is, and what stays when it goes."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEvent, Membership
from accounts.privacy.copies import collect
from accounts.privacy.erasure import erase_person
from accounts.privacy.holds import place_hold, release_hold
from accounts.privacy.retention import apply_retention
from accounts.privacy.subjects import person_of_account
from accounts.services import remove_member
from insights.assistant import Answer
from insights.models import Conversation, Message
from insights.services import conversations as services

pytestmark = pytest.mark.django_db
SYSTEM = audit.SystemActor("test")
NHS_NUMBER = "943 476 5919"
CORE20 = "What does Core20 mean?"


@pytest.fixture
def person(make_user):
    return make_user(["planner"])


def asked(organisation, by, question=CORE20, **more):
    return services.ask_question(question=question, organisation=organisation, by=by, **more)


def actions():
    events = AuditEvent.objects.filter(action__startswith="conversation.").order_by("sequence")
    return list(events.values_list("action", flat=True))


def test_a_question_begins_a_conversation_and_the_next_goes_on_with_it(organisation, person):
    first = asked(organisation, person)
    second = asked(organisation, person, "What is a patch?", conversation=first.conversation)
    conversation = Conversation.objects.get()
    assert (conversation.owner, conversation.organisation, conversation.title) == (person, organisation, CORE20)
    assert [message.position for message in conversation.messages.order_by("position")] == [1, 2, 3, 4]
    assert second.question.text == "What is a patch?"
    assert Answer.from_json(json.loads(first.answer.content)).paragraphs
    assert actions() == ["conversation.begun", "conversation.continued"]


def test_texts_are_sealed_in_the_table(organisation, person):
    asked(organisation, person)
    with connection.cursor() as cursor:
        cursor.execute("SELECT title FROM insights_conversation UNION SELECT text || content FROM insights_message")
        texts = [row[0] for row in cursor.fetchall()]
    assert len(texts) == 3
    assert not [text for text in texts if "Core20" in text]


@pytest.mark.parametrize("question", ["", "  \r\n ", "x" * (services.MOST_LETTERS + 1)])
def test_what_is_no_question_is_refused_and_nothing_is_stored(organisation, person, question):
    with pytest.raises(services.QuestionRefused):
        asked(organisation, person, question)
    assert not Conversation.objects.exists()


def test_a_question_sent_twice_is_asked_once(organisation, person, make_user):
    key = uuid4()
    first, again = asked(organisation, person, sent_key=key), asked(organisation, person, sent_key=key)
    assert (first.is_new, again.is_new) == (True, False)
    assert again.answer == first.answer
    other = asked(organisation, make_user(["viewer"]), sent_key=key)
    assert other.is_new
    assert other.conversation != first.conversation


def test_whoever_asks_too_fast_is_told_how_long_to_wait(organisation, person, settings, monkeypatch):
    cache.clear()
    monkeypatch.setattr(services, "MOST_A_MINUTE", 2)
    asked(organisation, person)
    asked(organisation, person)
    with pytest.raises(services.TooManyQuestions) as refused:
        asked(organisation, person)
    assert 0 < refused.value.seconds <= 60
    assert "2 questions within a minute" in str(refused.value)


def test_a_conversation_has_an_end(organisation, person, monkeypatch):
    monkeypatch.setattr(services, "MOST_MESSAGES", 2)
    full = asked(organisation, person).conversation
    with pytest.raises(services.QuestionRefused, match="Begin a new one"):
        asked(organisation, person, conversation=full)


def test_what_goes_wrong_stores_nothing_and_says_nothing_of_the_question(organisation, person, monkeypatch, caplog):
    def broken(question, **more):
        raise ValueError(f"cannot read {question}")

    monkeypatch.setattr(services, "ask", broken)
    with pytest.raises(services.AnswerFailed) as failed:
        asked(organisation, person, "Quillwort and Bistort")
    assert failed.value.__context__ is None
    assert not Conversation.objects.exists()
    assert "answer_failed" in caplog.text
    assert "Quillwort" not in caplog.text


def test_names_pins_and_the_archive(organisation, person):
    conversation = asked(organisation, person).conversation
    change = services.change_conversation
    assert change(conversation=conversation, by=person, title="  Words  of ours ").title == "Words of ours"
    assert change(conversation=conversation, by=person, pin=True).is_pinned
    changed = change(conversation=conversation, by=person, archive=True)
    assert (changed.is_pinned, changed.is_archived) == (False, True)
    again = asked(organisation, person, conversation=changed)
    assert not again.conversation.is_archived
    for title in ("", "x" * 81):
        with pytest.raises(services.QuestionRefused):
            change(conversation=conversation, by=person, title=title)


def test_ratings(organisation, person):
    answer = asked(organisation, person).answer
    rated = services.rate_answer(message=answer, rating="down", reason="unclear", by=person)
    assert (rated.rating, rated.rating_reason) == ("down", "unclear")
    rated = services.rate_answer(message=answer, rating="up", reason="unclear", by=person)
    assert (rated.rating, rated.rating_reason) == ("up", "")
    with pytest.raises(services.QuestionRefused):
        services.rate_answer(message=answer, rating="sideways", by=person)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE insights_conversation SET title = ''",
        "UPDATE insights_conversation SET is_pinned = true, is_archived = true",
        "UPDATE insights_conversation SET last_at = made_at - interval '1 day'",
        "UPDATE insights_message SET position = 1",
        "UPDATE insights_message SET position = 0 WHERE kind = 'question'",
        "UPDATE insights_message SET kind = 'answer' WHERE kind = 'question'",
        "UPDATE insights_message SET kind = 'aside' WHERE kind = 'question'",
        "UPDATE insights_message SET text = '' WHERE kind = 'question'",
        "UPDATE insights_message SET content = '' WHERE kind = 'answer'",
        "UPDATE insights_message SET rating = 'up' WHERE kind = 'question'",
        "UPDATE insights_message SET rating = 'up', rating_reason = 'unclear' WHERE kind = 'answer'",
        "UPDATE insights_message SET rating = 'down', rating_reason = 'so there' WHERE kind = 'answer'",
        "UPDATE insights_message SET sent_key = gen_random_uuid() WHERE kind = 'answer'",
    ],
)
def test_the_database_holds_the_rules(organisation, person, statement):
    asked(organisation, person)
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_key_is_stored_once_in_a_conversation(organisation, person):
    first = asked(organisation, person, sent_key=uuid4())
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.create(
            conversation=first.conversation, position=3, kind="question", text="x", sent_key=first.question.sent_key
        )


def test_a_copy_of_somebodys_data_has_their_questions_and_answers(organisation, person):
    asked(organisation, person)
    told = json.dumps(collect(person_of_account(person)), default=str)
    assert CORE20 in told
    assert "insights.Message.content" in told


def test_whoever_is_erased_takes_their_conversations_along(organisation, person, make_user):
    asked(organisation, person)
    kept = asked(organisation, make_user(["viewer"]))
    erase_person(person=person_of_account(person), by=SYSTEM, reason="requested")
    assert list(Conversation.objects.all()) == [kept.conversation]


def test_whoever_leaves_leaves_no_conversation(organisation, person, make_user):
    asked(organisation, person)
    administrator = make_user(["administrator"])
    remove_member(membership=Membership.objects.get(user=person), by=administrator)
    assert not Conversation.objects.exists()
    assert actions()[-1] == "conversation.owner_left"


def test_a_year_after_the_last_question_it_goes(organisation, person):
    old, new = asked(organisation, person).conversation, asked(organisation, person).conversation
    made = timezone.now() - timedelta(days=366)
    Conversation.objects.filter(pk=old.pk).update(made_at=made, last_at=made)
    assert apply_retention(by=SYSTEM)["conversations"] == 1
    assert list(Conversation.objects.all()) == [new]


def test_an_organisation_chooses_its_own_period(organisation, person):
    conversation = asked(organisation, person).conversation
    made = timezone.now() - timedelta(days=40)
    Conversation.objects.filter(pk=conversation.pk).update(made_at=made, last_at=made)
    assert apply_retention(by=SYSTEM)["conversations"] == 0
    organisation.retention_days = {"conversations": 30}
    organisation.save()
    assert apply_retention(by=SYSTEM)["conversations"] == 1


def test_what_a_legal_hold_names_goes_out_of_sight_and_stays_until_it_ends(organisation, person, make_user):
    conversation = asked(organisation, person).conversation
    keeper = make_user(["administrator"])
    hold = place_hold(
        organisation=organisation,
        subject=("accounts.user", str(person.pk)),
        reason="A complaint",
        reference="C 1",
        review_on=timezone.localdate() + timedelta(days=30),
        by=keeper,
    )
    services.delete_conversation(conversation=conversation, by=person)
    assert not Conversation.objects.of(person).exists()
    assert apply_retention(by=SYSTEM)["conversations"] == 0
    assert Conversation.objects.filter(pk=conversation.pk).exists()
    release_hold(hold=hold, because="It was settled", by=keeper)
    assert apply_retention(by=SYSTEM)["conversations"] == 1
