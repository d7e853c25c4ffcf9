"""Conversations with Ask: what somebody asked, as the safety checks left it, and what was answered."""

import json
import uuid
from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Organisation
from accounts.privacy.fields import EncryptedTextField
from accounts.scoping import OrganisationScopedQuerySet

# Letters of a search that are read.
MOST_SEARCHED = 100


class MessageKind(models.TextChoices):
    QUESTION = "question", "Question"
    ANSWER = "answer", "Answer"


class Rating(models.TextChoices):
    UP = "up", "Useful"
    DOWN = "down", "Not useful"


class RatingReason(models.TextChoices):
    """Fixed words: a free text about an answer would have to be checked for people like a question."""

    WRONG_FIGURE = "wrong_figure", "A figure looks wrong"
    OTHER_QUESTION = "other_question", "It answers another question"
    UNCLEAR = "unclear", "It is hard to understand"
    OUT_OF_DATE = "out_of_date", "The data are too old"
    SOMETHING_ELSE = "something_else", "Something else"


class ConversationQuerySet(OrganisationScopedQuerySet):
    def of(self, user):
        """Those that the person began, but for those that they deleted."""
        return self.filter(owner=user, deleted_at__isnull=True)

    def in_order(self):
        """Pinned ones first, then the latest."""
        return self.order_by("-is_pinned", "-last_at", "-pk")


class Conversation(models.Model):
    """Questions of one person within one organisation. Nobody else reads it, not the administrators either.

    `slots`: area, period and service of the last question, as JSON, so that the next one can leave them out.
    `deleted_at`: out of the person's sight, but not gone yet, since a legal hold names them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="conversations")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="conversations")
    title = EncryptedTextField(subject="owner")
    slots = EncryptedTextField(subject="owner", blank=True, default="")
    is_pinned = models.BooleanField(default=False)
    is_archived = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now, help_text="When something was last asked.")
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        ordering = ["-last_at", "-pk"]
        indexes = [
            models.Index(fields=["owner", "organisation", "-last_at"], name="conversation_by_owner"),
            models.Index(fields=["last_at"], name="conversation_by_last_message"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="conversation_has_a_title"),
            models.CheckConstraint(condition=Q(last_at__gte=models.F("made_at")), name="conversation_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(is_pinned=True, is_archived=True), name="conversation_pinned_or_archived"
            ),
        ]

    def __str__(self):
        return f"Conversation of {self.made_at:%d/%m/%Y}"

    @property
    def slot_values(self) -> dict:
        return json.loads(self.slots) if self.slots else {}


class MessageQuerySet(OrganisationScopedQuerySet):
    organisation_lookup = "conversation__organisation"

    def of(self, user):
        return self.filter(conversation__owner=user, conversation__deleted_at__isnull=True)

    def answers(self):
        return self.filter(kind=MessageKind.ANSWER)


class Message(models.Model):
    """A question or the answer to it. `text` of a question is what the safety checks left of it, never the original.

    `content` of an answer: `insights.assistant.shapes.Answer` as JSON with facts and sources, so that it can be shown
    again as it was. `removed`: kinds of personal data taken out of a question. `sent_key`: drawn with the form, so that
    a question sent twice is asked once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    position = models.PositiveIntegerField(help_text="From 1; questions are odd.")
    kind = models.CharField(max_length=8, choices=MessageKind.choices)
    text = EncryptedTextField(subject="conversation__owner", blank=True, default="")
    content = EncryptedTextField(subject="conversation__owner", blank=True, default="")
    removed = models.JSONField(default=list, blank=True)
    rating = models.CharField(max_length=4, choices=Rating.choices, blank=True, default="")
    rating_reason = models.CharField(max_length=14, choices=RatingReason.choices, blank=True, default="")
    sent_key = models.UUIDField(null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["conversation", "position"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "position"], name="message_has_its_place"),
            models.UniqueConstraint(
                fields=["conversation", "sent_key"], condition=Q(sent_key__isnull=False), name="message_sent_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="question", content="") & ~Q(text="")
                | Q(kind="answer", text="", sent_key__isnull=True) & ~Q(content=""),
                name="message_is_question_or_answer",
            ),
            models.CheckConstraint(condition=Q(position__gte=1), name="message_counted_from_one"),
            models.CheckConstraint(
                condition=Q(rating="", rating_reason="")
                | Q(kind="answer", rating="up", rating_reason="")
                | Q(kind="answer", rating="down", rating_reason__in=["", *RatingReason.values]),
                name="message_rating_fits",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.position}"


def with_words(conversations: Iterable[Conversation], text: str) -> list[Conversation]:
    """Those whose title or questions have every word of a text, in their order. Texts are sealed, so all are read.

    Conversations come with their owner, whose key opens them.
    """
    words = " ".join(text.split())[:MOST_SEARCHED].casefold().split()
    rows = list(conversations)
    texts = {row.pk: row.title for row in rows}
    questions = Message.objects.filter(conversation__in=list(texts), kind=MessageKind.QUESTION)
    for message in questions.select_related("conversation__owner"):
        texts[message.conversation_id] += f" {message.text}"
    return [row for row in rows if all(word in texts[row.pk].casefold() for word in words)]
