"""Keys of people, and what must not be erased."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ..privacy.fields import EncryptedTextField
from ..scoping import OrganisationScopedQuerySet
from .people import Organisation, User


class SubjectKey(models.Model):
    """The data key of one person, wrapped by the keys of FIELD_ENCRYPTION_KEYS; blank once it was destroyed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject_type = models.CharField(max_length=60, help_text="Model of the person, e.g. accounts.user.")
    subject_id = models.CharField(max_length=60)
    wrapped_key = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "subject_id"], name="subject_key_once_per_person"),
            models.CheckConstraint(
                condition=Q(wrapped_key="", destroyed_at__isnull=False)
                | (~Q(wrapped_key="") & Q(destroyed_at__isnull=True)),
                name="subject_key_is_there_until_destroyed",
            ),
            models.CheckConstraint(
                condition=Q(wrapped_key="") | Q(wrapped_key__startswith="her1:"), name="subject_key_is_wrapped"
            ),
        ]

    def __str__(self):
        return f"Key of {self.subject_type} {self.subject_id}"


class LegalHoldQuerySet(OrganisationScopedQuerySet):
    def in_force(self, now=None):
        now = now or timezone.now()
        return self.filter(lifted_at__isnull=True).filter(Q(until__isnull=True) | Q(until__gte=timezone.localdate(now)))

    def naming_account(self, user):
        """In force, and placed on this account."""
        return self.in_force().filter(subject_type="accounts.user", subject_id=str(user.pk))

    def to_be_reviewed(self, day):
        """In force, and the day of their review has come."""
        return self.in_force().filter(review_on__lte=day)


class LegalHold(models.Model):
    """Data that must not be erased or let go: of one organisation, or of one person in it or anywhere."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="legal_holds"
    )
    subject_type = models.CharField(max_length=60, blank=True, help_text="Blank: all data of the organisation.")
    subject_id = models.CharField(max_length=60, blank=True)
    reason = EncryptedTextField(max_length=500)
    reference = models.CharField(max_length=80, blank=True, help_text="Of the case, as the court has it.")
    placed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    placed_at = models.DateTimeField(default=timezone.now)
    until = models.DateField(null=True, blank=True, help_text="Last civil day; blank: until it is lifted.")
    review_on = models.DateField(null=True, blank=True, help_text="When somebody must look whether it is still needed.")
    reminded_of = models.DateField(null=True, blank=True, help_text="The review that administrators were reminded of.")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    lifted_because = EncryptedTextField(max_length=500, blank=True, default="")

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        ordering = ["-placed_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, subject_type="", subject_id="")
                | (~Q(subject_type="") & ~Q(subject_id="")),
                name="legal_hold_names_what_it_holds",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="legal_hold_has_a_reason"),
        ]

    def __str__(self):
        return f"Legal hold {self.pk}"

    @property
    def is_in_force(self) -> bool:
        return self.lifted_at is None and (self.until is None or self.until >= timezone.localdate())
