"""Indicators and their values; a value is a number or the reason why there is none, never zero for blank."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from .areas import Area
from .datasets import Dataset


class MissingReason(models.TextChoices):
    BLANK = "blank", "Not given"
    SUPPRESSED = "suppressed", "Suppressed"
    NOT_APPLICABLE = "not_applicable", "Not applicable"
    OUT_OF_RANGE = "out_of_range", "Out of range"


class Indicator(models.Model):
    """What is measured. New indicators need no migration."""

    class Polarity(models.TextChoices):
        HIGH_IS_NEED = "high", "High values mean more need"
        LOW_IS_NEED = "low", "Low values mean more need"
        NEUTRAL = "neutral", "Neither"

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=150)
    unit = models.CharField(max_length=40)
    polarity = models.CharField(max_length=8, choices=Polarity.choices)
    decimals = models.PositiveSmallIntegerField(default=1)
    minimum = models.FloatField(null=True)
    maximum = models.FloatField(null=True)
    source = models.CharField(max_length=200)
    description = models.TextField(blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self):
        return self.name


class IndicatorValue(models.Model):
    """One figure: area, indicator, dataset, and how it was derived."""

    # References are checked by the database set by set (trigger of migration 0004): three look-ups per row would
    # double the time of a load of all England.
    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="values", db_constraint=False)
    # The unique constraint below starts with the dataset, so a second index would only slow the bulk loads.
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="values", db_index=False, db_constraint=False
    )
    dataset = models.ForeignKey(
        Dataset, on_delete=models.CASCADE, related_name="values", db_index=False, db_constraint=False
    )
    period = models.CharField(max_length=20)
    value = models.FloatField(null=True)
    missing_reason = models.CharField(max_length=15, choices=MissingReason.choices, null=True)
    method = models.CharField(max_length=30, default="published", help_text="published, share, distance_decay, ...")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "indicator", "area"], name="indicator_value_once_per_dataset"),
            models.CheckConstraint(
                condition=Q(value__isnull=True) ^ Q(missing_reason__isnull=True), name="indicator_value_or_reason"
            ),
            # PostgreSQL sorts NaN above infinity, so this keeps out all three.
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__gt=float("-inf"), value__lt=float("inf")),
                name="indicator_value_is_finite",
            ),
        ]

    def __str__(self):
        return (
            f"{self.indicator_id} of area {self.area_id}: {self.missing_reason if self.value is None else self.value}"
        )


class AreaProfile(models.Model):
    """Materialised view: per area the value in force of every indicator, which scoring, tables and themes read.

    `values` maps indicator code to number or null, `missing` code to reason, `datasets` code to dataset id.
    """

    area = models.OneToOneField(Area, on_delete=models.DO_NOTHING, primary_key=True, related_name="profile")
    values = models.JSONField()
    missing = models.JSONField()
    datasets = models.JSONField()

    class Meta:
        managed = False
        db_table = "lsoa_areaprofile"

    def __str__(self):
        return f"Profile of area {self.area_id}"


class IndicatorDistribution(models.Model):
    """Materialised view: how an indicator is spread over all areas (fictional areas apart from real ones).

    `percentiles` holds P10, P20, ... P90 (nine numbers) over areas, each area counting once.
    """

    key = models.CharField(max_length=70, primary_key=True)
    code = models.CharField(max_length=60)
    is_synthetic = models.BooleanField()
    areas = models.PositiveIntegerField()
    missing = models.PositiveIntegerField()
    mean = models.FloatField(null=True)
    minimum = models.FloatField(null=True)
    maximum = models.FloatField(null=True)
    percentiles = ArrayField(models.FloatField(), null=True)

    class Meta:
        managed = False
        db_table = "lsoa_indicatordistribution"

    def __str__(self):
        return self.key
