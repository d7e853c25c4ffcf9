"""Asking, renaming, keeping at hand, putting away, deleting, rating. Each leaves an event that never says a text."""

import json
import sys
import uuid
from dataclasses import dataclass

import structlog
from django.db import transaction
from django.utils import timezone
from redis.exceptions import RedisError

from accounts import audit
from accounts.credentials.throttles import Limit, count
from accounts.models import Organisation, User

from ..assistant import ask
from ..assistant.shapes import Answer
from ..models import Conversation, Message, MessageKind, Rating, RatingReason
from ..privacy_of_conversations import let_go
from ..safety import check_message

log = structlog.get_logger(__name__)
MOST_LETTERS = 1_000
MOST_TITLE_LETTERS = 80
MOST_CONVERSATIONS = 200
MOST_MESSAGES = 100
MOST_A_MINUTE = 20
# What stands where the checks left nothing of a question.
NOTHING_LEFT = "[taken out]"


class QuestionRefused(ValueError):
    """Why a question is not asked, or a conversation not changed, in words for the person. Nothing was stored."""


class TooManyQuestions(QuestionRefused):
    """`seconds` until the next question may be asked."""

    def __init__(self, seconds: int):
        self.seconds = seconds
        super().__init__(
            f"You have asked {MOST_A_MINUTE} questions within a minute. "
            f"Wait {seconds} second{'' if seconds == 1 else 's'}, then send this one again."
        )


class AnswerFailed(RuntimeError):
    """Something went wrong on our side. Nothing was stored; the log says what it was, never the question."""


@dataclass(frozen=True)
class Exchange:
    """A question with its answer, as they are stored. `is_new`: False where it was stored already (sent twice)."""

    conversation: Conversation
    question: Message
    answer: Message
    is_new: bool = True


def ask_question(
    *, question: str, organisation: Organisation, by: User, conversation: Conversation | None = None, sent_key=None
) -> Exchange:
    """Ask, and store what the safety checks left of the question with its answer; in a new conversation without one.

    QuestionRefused for nothing, too much, or a conversation that is full; TooManyQuestions; AnswerFailed. A question
    with a `sent_key` that was stored already is not asked again.
    """
    question = _checked(question)
    if sent_key and (before := _sent_before(sent_key, organisation, by)):
        return before
    _check_room(conversation, organisation, by)
    _check_pace(by)
    answer = _answered(question, conversation, organisation, by)
    return _store(answer, conversation, organisation, by, sent_key)


@transaction.atomic
def change_conversation(
    *, conversation: Conversation, by, title: str | None = None, pin: bool | None = None, archive: bool | None = None
) -> Conversation:
    """Rename one's own conversation, keep it at the top of the list, or put it away. QuestionRefused for no title or
    one that is too long; what points to a person is taken out of a title as it is out of a question.
    """
    conversation = Conversation.objects.select_for_update().get(
        pk=conversation.pk
    )  # unscoped: the caller's row, locked
    changed = []
    if title is not None:
        conversation.title = _title(title)
        changed.append("title")
    if pin is not None and pin != conversation.is_pinned:
        conversation.is_pinned = pin
        conversation.is_archived = conversation.is_archived and not pin
        changed.append("pinned" if pin else "unpinned")
    if archive is not None and archive != conversation.is_archived:
        conversation.is_archived = archive
        conversation.is_pinned = conversation.is_pinned and not archive
        changed.append("archived" if archive else "brought back")
    if changed:
        conversation.save()
        _record("conversation.changed", conversation, by, {"changed": changed})
    return conversation


@transaction.atomic
def delete_conversation(*, conversation: Conversation, by) -> None:
    """Delete one's own conversation. Where a legal hold names the person it goes out of their sight at once and is
    deleted when the hold ends; that there is a hold is told to nobody.
    """
    _record("conversation.deleted", conversation, by)
    # unscoped: the caller's row
    let_go(Conversation.objects.filter(pk=conversation.pk))


@transaction.atomic
def rate_answer(*, message: Message, rating: str, by, reason: str = "") -> Message:
    """Say that an answer was useful, or not and why; "" takes it back. QuestionRefused for words that there are not."""
    message = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)  # unscoped: the caller's row, locked
    if rating not in ("", *Rating.values) or reason not in ("", *RatingReason.values):
        raise QuestionRefused("Choose one of the answers.")
    message.rating = rating
    message.rating_reason = reason if rating == Rating.DOWN else ""
    message.save(update_fields=["rating", "rating_reason"])
    details = {"rating": message.rating, "reason": message.rating_reason}
    _record("conversation.rated", message.conversation, by, details)
    return message


def take_text(*, conversation: Conversation, by) -> None:
    """Say in the trail that the person took a conversation as a file."""
    _record("conversation.exported", conversation, by)


def _checked(question: str) -> str:
    # A form sends lines with carriage returns, which are no letters of the person's.
    question = question.replace("\r\n", "\n").strip()
    if not question:
        raise QuestionRefused("Enter a question.")
    if len(question) > MOST_LETTERS:
        raise QuestionRefused(f"Your question must be {MOST_LETTERS:,} characters or fewer. It has {len(question):,}.")
    return question


def _title(text: str) -> str:
    title = " ".join(text.split())
    if not title:
        raise QuestionRefused("Enter a name for the conversation.")
    if len(title) > MOST_TITLE_LETTERS:
        raise QuestionRefused(f"The name must be {MOST_TITLE_LETTERS} characters or fewer.")
    return check_message(title).text.strip()[:MOST_TITLE_LETTERS] or NOTHING_LEFT


def _short(text: str) -> str:
    """The beginning of a question, as a title: whole words."""
    words = " ".join(text.split())
    if len(words) <= MOST_TITLE_LETTERS:
        return words
    return f"{words[: MOST_TITLE_LETTERS - 1].rsplit(' ', 1)[0]}…"


def _check_room(conversation, organisation, by) -> None:
    if conversation is None:
        own = Conversation.objects.for_organisation(organisation).of(by).values_list("pk")
        if len(own[:MOST_CONVERSATIONS]) == MOST_CONVERSATIONS:
            raise QuestionRefused(f"You have {MOST_CONVERSATIONS} conversations. Delete some first.")
    elif conversation.messages.filter(position__gte=MOST_MESSAGES).exists():
        raise QuestionRefused(f"This conversation has {MOST_MESSAGES // 2} questions. Begin a new one.")


def _check_pace(by: User) -> None:
    """As the limits of the API, which share the count: while Redis is away nobody is counted, and the log says so."""
    try:
        counted = count(Limit("ask", str(by.pk), MOST_A_MINUTE))
    except (RedisError, OSError) as error:
        log.error("ask_limit_not_counted", error=type(error).__name__)
        return
    if counted.is_exceeded:
        raise TooManyQuestions(counted.seconds)


def _answered(question, conversation, organisation, by) -> Answer:
    slots, earlier = (conversation.slot_values, _asked_before(conversation)) if conversation else ({}, [])
    try:
        return ask(question, person=by, organisation=organisation, slots=slots, earlier=earlier)
    except Exception as error:
        # Whatever it is, its message may hold words of the question: the log has the kind of error and the place.
        log.error("answer_failed", error=type(error).__name__, at=_places(sys.exc_info()[2]))
    # Outside of the handler, so that nothing of the error hangs on what is raised.
    raise AnswerFailed("The question could not be answered.")


def _asked_before(conversation: Conversation) -> list[str]:
    """Its questions as they are stored, oldest first: what is harmless alone may not be so after another."""
    questions = conversation.messages.filter(kind=MessageKind.QUESTION).order_by("position")
    return [message.text for message in questions.select_related("conversation__owner")]


def _places(trace) -> list[str]:
    """Where it happened, the innermost last: module and line."""
    found = []
    while trace is not None:
        found.append(f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}")
        trace = trace.tb_next
    return found[-6:]


@transaction.atomic
def _store(answer: Answer, conversation, organisation, by, sent_key) -> Exchange:
    # One question of a person after the other: the same one sent twice is found by the second.
    User.objects.select_for_update(of=("self",)).only("pk").get(pk=by.pk)
    if sent_key and (before := _sent_before(sent_key, organisation, by)):
        return before
    now = timezone.now()
    text = answer.question.strip() or NOTHING_LEFT
    if conversation is None:
        conversation = Conversation(organisation=organisation, owner=by, title=_short(text), made_at=now, last_at=now)
        is_begun = True
    else:
        conversation = (
            Conversation.objects.for_organisation(organisation).of(by).select_for_update().get(pk=conversation.pk)
        )
        is_begun = False
    conversation.slots = json.dumps(answer.slots) if answer.slots else ""
    # Who goes on asking wants it among the others again.
    conversation.last_at, conversation.is_archived = now, False
    conversation.save()
    last = conversation.messages.order_by("-position").values_list("position", flat=True).first() or 0
    asked = Message.objects.create(
        conversation=conversation, position=last + 1, kind=MessageKind.QUESTION, text=text,
        removed=list(answer.removed), sent_key=sent_key, made_at=now,
    )  # fmt: skip
    given = Message.objects.create(
        conversation=conversation, position=last + 2, kind=MessageKind.ANSWER, content=json.dumps(answer.as_json()),
        made_at=now,
    )  # fmt: skip
    _record("conversation.begun" if is_begun else "conversation.continued", conversation, by)
    if flagged := sorted({*answer.removed, *(notice.kind for notice in answer.notices)}):
        _record("conversation.flagged", conversation, by, {"kinds": flagged})
    return Exchange(conversation, asked, given)


def _sent_before(sent_key: uuid.UUID, organisation, by) -> Exchange | None:
    asked = (
        Message.objects.for_organisation(organisation).of(by).filter(sent_key=sent_key).select_related("conversation")
    ).first()
    if asked is None:
        return None
    answer = asked.conversation.messages.get(position=asked.position + 1)
    return Exchange(asked.conversation, asked, answer, is_new=False)


def _record(action: str, conversation: Conversation, by, details: dict | None = None) -> None:
    audit.record(
        action=action, by=by, organisation=conversation.organisation, target=conversation, details=details or {}
    )
