"""What people say about a page."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Organisation
from accounts.privacy.fields import EncryptedTextField
from accounts.scoping import OrganisationScopedQuerySet


class FeedbackKind(models.TextChoices):
    PROBLEM = "problem", "Something does not work"
    IDEA = "idea", "An idea"
    QUESTION = "question", "A question"
    WRONG_DATA = "wrong_data", "A figure looks wrong"


class FeedbackState(models.TextChoices):
    NEW = "new", "New"
    ANSWERED = "answered", "Answered"
    CLOSED = "closed", "Closed"


class FeedbackQuerySet(OrganisationScopedQuerySet):
    def for_user(self, user):
        """What the person said themselves."""
        return self.filter(written_by=user)

    def with_people(self):
        return self.select_related("written_by", "answered_by", "organisation")


class Feedback(models.Model):
    """A message about one page, to the administrators of the writer's organisation and of the platform.

    Its texts may name people, so they are sealed under the writer's key and go when the writer is erased.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, related_name="feedback")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="feedback")
    kind = models.CharField(max_length=10, choices=FeedbackKind.choices)
    text = EncryptedTextField(subject="written_by")
    page = models.CharField(max_length=300, blank=True, help_text="Path of the page, without what was asked of it.")
    roles = models.CharField(max_length=200, blank=True, help_text="Roles that the writer held, in words.")
    state = models.CharField(max_length=8, choices=FeedbackState.choices, default=FeedbackState.NEW)
    answer = EncryptedTextField(subject="written_by", blank=True, default="")
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, help_text="When it was answered or closed.")

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name_plural = "feedback"
        indexes = [
            models.Index(fields=["organisation", "state", "-created_at"], name="feedback_by_state"),
            models.Index(fields=["written_by", "-created_at"], name="feedback_by_writer"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=FeedbackKind.values), name="feedback_kind_is_known"),
            models.CheckConstraint(condition=~Q(text=""), name="feedback_says_something"),
            models.CheckConstraint(
                condition=Q(state=FeedbackState.NEW, settled_at__isnull=True, answer="")
                | Q(state=FeedbackState.ANSWERED, settled_at__isnull=False) & ~Q(answer="")
                | Q(state=FeedbackState.CLOSED, settled_at__isnull=False, answer=""),
                name="feedback_state_fits_its_answer",
            ),
            models.CheckConstraint(condition=~Q(page__contains="?"), name="feedback_page_is_a_path"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} of {self.created_at:%d/%m/%Y}"
