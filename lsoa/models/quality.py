"""What is wrong with the data in force, found by checks that run on a schedule."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Organisation

from .datasets import Dataset


class QualityAlertQuerySet(models.QuerySet):
    def open(self):
        return self.filter(resolved_at__isnull=True)

    def visible_to(self, organisation):
        """Those about open data and about the organisation's own."""
        return self.filter(Q(organisation__isnull=True) | Q(organisation=organisation))


class QualityAlert(models.Model):
    """One finding of one check. It is raised once, refreshed while it lasts, and resolved when the check passes."""

    class Severity(models.TextChoices):
        INFORMATION = "information", "For information"
        WARNING = "warning", "Warning"
        ERROR = "error", "Error"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    check_code = models.SlugField(max_length=60)
    subject = models.CharField(max_length=120, help_text="What it is about: a publication, an indicator, a feed.")
    severity = models.CharField(max_length=12, choices=Severity.choices)
    message = models.CharField(max_length=500)
    details = models.JSONField(default=dict)
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, null=True, related_name="alerts")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, related_name="quality_alerts")
    raised_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(help_text="When the check last found it.")
    resolved_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    acknowledged_at = models.DateTimeField(null=True)

    objects = QualityAlertQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["check_code", "subject", "organisation"],
                condition=Q(resolved_at__isnull=True),
                nulls_distinct=False,
                name="quality_alert_open_once",
            ),
        ]

    def __str__(self):
        return self.message


class CheckRun(models.Model):
    """When a check last ran over everything, and how many things it found."""

    check_code = models.SlugField(max_length=60, primary_key=True)
    ran_at = models.DateTimeField()
    seconds = models.FloatField()
    findings = models.PositiveIntegerField()

    class Meta:
        ordering = ["check_code"]

    def __str__(self):
        return f"{self.check_code}: {self.findings} findings"
