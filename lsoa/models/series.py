"""Activity of organisations over time, and published figures of places other than small areas."""

import uuid

from django.db import models
from django.db.models import Q

from .datasets import Dataset
from .indicators import MissingReason


class ActivitySeries(models.Model):
    """One measure of one organisation over time, e.g. A&E attendances of a trust."""

    class Interval(models.TextChoices):
        MONTH = "month", "Monthly"
        WEEK = "week", "Weekly"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    measure = models.CharField(max_length=60, help_text="e.g. ae_attendances_type1.")
    name = models.CharField(max_length=200)
    unit = models.CharField(max_length=40)
    organisation_kind = models.CharField(max_length=20, help_text="country, icb, commissioner, trust, region.")
    organisation_code = models.CharField(max_length=20)
    organisation_name = models.CharField(max_length=200, blank=True)
    breakdown = models.CharField(max_length=100, blank=True, help_text="Age band, sex or kind of department.")
    interval = models.CharField(max_length=5, choices=Interval.choices)

    class Meta:
        verbose_name_plural = "activity series"
        ordering = ["measure", "organisation_kind", "organisation_code", "breakdown"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "organisation_kind", "organisation_code", "breakdown", "interval"],
                name="activity_series_once",
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.organisation_name or self.organisation_code}"


class ActivityValueQuerySet(models.QuerySet):
    def published(self):
        """Of open datasets in force."""
        return self.filter(dataset__in=Dataset.objects.in_force().public())

    def best(self):
        """One row for each series and period, in this order, where several datasets give the same.

        A figure counts before the remark that there is none, then the better standing, then the newer dataset.
        """
        return (
            self.alias(is_missing=Q(value__isnull=True))
            .order_by("series_id", "period", "is_missing", "dataset__standing", "-dataset__loaded_at")
            .distinct("series_id", "period")
        )


class ActivityValue(models.Model):
    """One figure of a series. `period` is the first day of the month or the last day of the week, as published."""

    series = models.ForeignKey(ActivitySeries, on_delete=models.CASCADE, related_name="values", db_index=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="activity")
    period = models.DateField()
    value = models.FloatField(null=True)
    missing_reason = models.CharField(max_length=15, choices=MissingReason.choices, null=True)
    is_estimate = models.BooleanField(default=False)
    note = models.CharField(max_length=100, blank=True)
    line = models.PositiveIntegerField()

    objects = ActivityValueQuerySet.as_manager()

    class Meta:
        ordering = ["series", "period"]
        constraints = [
            models.UniqueConstraint(fields=["series", "period", "dataset"], name="activity_value_once_per_dataset"),
            models.CheckConstraint(
                condition=Q(value__isnull=True) ^ Q(missing_reason__isnull=True), name="activity_value_or_reason"
            ),
        ]

    def __str__(self):
        return f"{self.period}: {self.value if self.value is not None else self.missing_reason}"


class PlaceFigure(models.Model):
    """A published figure of a practice, network, MSOA, authority or the country: context, and what ours is held to."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="figures")
    indicator = models.CharField(max_length=80, help_text="The publisher's identifier, e.g. 91547 or DM.")
    name = models.CharField(max_length=300)
    place_kind = models.CharField(max_length=20, help_text="practice, network, msoa, local_authority, icb, country ...")
    place_code = models.CharField(max_length=20)
    place_name = models.CharField(max_length=200, blank=True)
    period = models.CharField(max_length=30)
    sex = models.CharField(max_length=20, blank=True)
    age = models.CharField(max_length=40, blank=True)
    category = models.CharField(max_length=200, blank=True)
    value = models.FloatField(null=True)
    lower = models.FloatField(null=True, help_text="Lower end of the 95 % interval.")
    upper = models.FloatField(null=True, help_text="Upper end of the 95 % interval.")
    count = models.FloatField(null=True)
    denominator = models.FloatField(null=True)
    missing_reason = models.CharField(max_length=15, choices=MissingReason.choices, null=True)
    note = models.CharField(max_length=200, blank=True)
    line = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["indicator", "place_kind", "place_code"], name="place_figure_by_place")]
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "indicator", "place_kind", "place_code", "period", "sex", "age", "category"],
                name="place_figure_once_per_dataset",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) ^ Q(missing_reason__isnull=True), name="place_figure_or_reason"
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.place_name or self.place_code}, {self.period}"
