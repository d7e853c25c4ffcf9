"""Runs: one evaluation of a model version over many areas."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from lsoa.models import Patch

from .versions import ModelVersion


class ScoreRunQuerySet(models.QuerySet):
    def finished(self):
        return self.filter(finished_at__isnull=False)

    def latest_finished(self):
        """The newest run that finished, or None. Only its areas changed then; see PriorityScore.is_current."""
        return self.finished().select_related("model_version", "patch").order_by("-finished_at").first()


class ScoreRun(models.Model):
    """One evaluation of a model version over many areas. It exists only when it succeeded; failures are jobs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="runs")
    patch = models.ForeignKey(Patch, on_delete=models.SET_NULL, null=True, blank=True, help_text="Empty: all areas.")
    job = models.ForeignKey("accounts.Job", on_delete=models.SET_NULL, null=True, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    finished_at = models.DateTimeField(null=True)
    datasets = models.JSONField(default=list, help_text="Ids of the datasets that were read.")
    sources = models.JSONField(
        default=list, help_text="Distinct patterns of origin: per indicator its dataset, or why it has no value."
    )
    area_count = models.PositiveIntegerField(default=0)
    provisional_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(null=True, help_text="Areas whose class differs from before.")
    changes = models.JSONField(default=dict, help_text="Areas that rose, fell, stayed and are new.")
    class_counts = models.JSONField(default=dict, help_text="Class index to number of areas.")
    seconds = models.FloatField(null=True)
    outdated_at = models.DateTimeField(null=True, help_text="When newer data than it has read were loaded.")
    outdated_because = models.CharField(max_length=300, blank=True)

    objects = ScoreRunQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]

    def __str__(self):
        return f"{self.model_version}, {self.started_at:%d %B %Y %H:%M}"
