"""Sending feedback, answering it, closing it. Each leaves an event that says that it was, never what it says."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Organisation, User
from accounts.notices import notify_all, tell
from accounts.people.limits import RefusedChange
from accounts.permissions import Role
from routing.personal_details import personal_details_in

from ..models.feedback import Feedback, FeedbackKind, FeedbackState

MOST_LETTERS = 4_000
MOST_A_DAY = 20
SENT, ANSWERED = "feedback.sent", "feedback.answered"


@transaction.atomic
def send_feedback(*, kind: str, text: str, page: str, by: User, organisation: Organisation | None) -> Feedback:
    """Tell the organisation's administrators. RefusedChange for nothing, too much, what points to a person (NHS number,
    email address, telephone number), or too often in a day.

    `page` may be a whole address: its path is kept, since what was asked of a page may name somebody.
    """
    text = text.strip()
    if not text:
        raise RefusedChange("Write what you want to say.")
    if len(text) > MOST_LETTERS:
        raise RefusedChange(f"Feedback has {MOST_LETTERS:,} letters at most; this has {len(text):,}.")
    if found := personal_details_in(text):
        raise RefusedChange(f"This looks like {found}. Say it without anything that points to a person.")
    if _is_enough_for_today(by):
        raise RefusedChange(f"You have sent {MOST_A_DAY} messages since yesterday. Send the next one tomorrow.")
    feedback = Feedback.objects.create(
        organisation=organisation,
        written_by=by,
        kind=FeedbackKind(kind),
        text=text,
        page=_path(page),
        roles=_roles(by, organisation),
    )
    _record("feedback.sent", feedback, by)
    words = f"Feedback: {feedback.get_kind_display()[0].lower()}{feedback.get_kind_display()[1:]}"
    if organisation is not None:
        tell(
            kind=SENT,
            organisation=organisation,
            text=words,
            url="/feedback/list/",
            about=f"feedback:{feedback.pk}",
            without=[by.pk],
        )
    return feedback


@transaction.atomic
def answer_feedback(*, feedback: Feedback, text: str, by: User) -> Feedback:
    """Answer, and tell whoever wrote it. An answer can be given anew. RefusedChange for nothing or too much."""
    text = text.strip()
    if not text:
        raise RefusedChange("Write an answer, or close it without one.")
    if len(text) > MOST_LETTERS:
        raise RefusedChange(f"An answer has {MOST_LETTERS:,} letters at most; this has {len(text):,}.")
    _settle(feedback, FeedbackState.ANSWERED, text, by)
    _record("feedback.answered", feedback, by)
    notify_all(
        users=[feedback.written_by],
        kind=ANSWERED,
        text="Your feedback was answered.",
        url=f"/feedback/#feedback-{feedback.pk}",
        organisation=feedback.organisation,
    )
    return feedback


@transaction.atomic
def close_feedback(*, feedback: Feedback, by: User) -> Feedback:
    """Nothing more is to be done. An answer that was given goes on standing: RefusedChange."""
    locked = Feedback.objects.select_for_update().get(pk=feedback.pk)  # unscoped: the caller's row, locked
    if locked.state != FeedbackState.NEW:
        raise RefusedChange("This was settled in the meantime.")
    _settle(feedback, FeedbackState.CLOSED, "", by)
    _record("feedback.closed", feedback, by)
    return feedback


def _settle(feedback, state, answer, by) -> None:
    feedback.state, feedback.answer, feedback.answered_by = state, answer, by
    feedback.settled_at = timezone.now()
    feedback.save(update_fields=["state", "answer", "answered_by", "settled_at"])


def _is_enough_for_today(by) -> bool:
    since = timezone.now() - timedelta(days=1)
    # One's own messages, and only whether there are too many.
    latest = Feedback.objects.for_user(by).filter(created_at__gt=since).values_list("pk", flat=True)
    return len(latest[:MOST_A_DAY]) == MOST_A_DAY


def _path(page: str) -> str:
    path = urlsplit((page or "").strip()).path
    return path[:300] if path.startswith("/") and path.isprintable() else ""


def _roles(by, organisation) -> str:
    words = ["Platform administrator"] if by.is_platform_administrator else []
    if organisation is not None and (membership := by.memberships.filter(organisation=organisation).first()):
        words += [Role(role).label for role in membership.roles]
    return ", ".join(words)


def _record(action, feedback, by) -> None:
    details = {"kind": feedback.kind, "page": feedback.page}
    audit.record(action=action, by=by, organisation=feedback.organisation, target=feedback, details=details)
