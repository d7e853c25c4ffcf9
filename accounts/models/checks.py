"""What checks of the audit trail found."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class AuditCheckQuerySet(models.QuerySet):
    def latest_full(self):
        """The newest check of the whole trail, or None."""
        return self.filter(first_sequence=1).order_by("-pk").first()

    def latest_one(self):
        return self.order_by("-pk").first()


class AuditCheck(models.Model):
    """One check of the trail's chain from `first_sequence` to `last_sequence`. Written once, never changed."""

    checked_at = models.DateTimeField(default=timezone.now)
    seconds = models.FloatField()
    first_sequence = models.BigIntegerField()
    last_sequence = models.BigIntegerField()
    head = models.CharField(max_length=64, blank=True, help_text="Digest of the last entry, in hexadecimal.")
    seals = models.PositiveIntegerField(default=0, help_text="Seals that were compared.")
    is_intact = models.BooleanField()
    broken_sequence = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=20, blank=True)
    words = models.TextField(blank=True)

    objects = AuditCheckQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(is_intact=True) | ~Q(kind=""), name="audit_check_says_what_it_found"),
        ]

    def __str__(self):
        return f"{self.first_sequence}-{self.last_sequence}: {'unbroken' if self.is_intact else self.kind}"
