"""What a model version was held against, and how it did."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .versions import ModelVersion


class ValidationReportQuerySet(models.QuerySet):
    def with_version(self):
        return self.select_related("model_version", "created_by")

    def of_national_models(self):
        """Reports that everybody may read: those of an organisation's scenarios are not among them."""
        return self.filter(model_version__organisation__isnull=True)

    def of_shape(self, shape: int):
        """Reports that hold what `priorities.validation.report` of this shape gives."""
        return self.filter(result__shape=shape)

    def newest_first(self):
        return self.order_by("-created_at")


class ValidationReport(models.Model):
    """The validation of one model version on the data that were in force then. It is never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    model_version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="validations")
    job = models.ForeignKey("accounts.Job", on_delete=models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    extent = models.CharField(max_length=100, help_text="Which areas it covers, in words.")
    area_count = models.PositiveIntegerField()
    datasets = models.JSONField(default=list, help_text="Ids of all datasets that any of its figures come from.")
    inputs = models.JSONField(
        default=dict, help_text="Indicators of the model, each with the ids of the datasets in force behind it then."
    )
    result = models.JSONField(help_text="Every figure, as priorities.validation.report gives them.")
    seconds = models.FloatField()

    objects = ValidationReportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [models.CheckConstraint(condition=Q(area_count__gt=0), name="validation_covers_areas")]

    def __str__(self):
        return f"Validation of {self.model_version}, {self.created_at:%d %B %Y %H:%M}"
