"""Indicators and their values; a value is a number or the reason why there is none, never zero for blank."""

from django.db import connection, models
from django.db.models import Q

from accounts.models import Organisation

from .areas import Area
from .datasets import Dataset


class MissingReason(models.TextChoices):
    BLANK = "blank", "Not given"
    SUPPRESSED = "suppressed", "Suppressed"
    NOT_APPLICABLE = "not_applicable", "Not applicable"
    OUT_OF_RANGE = "out_of_range", "Out of range"
    # A rank or decile of areas that have changed since: it cannot be carried over.
    UNAVAILABLE = "unavailable", "Not available for this area"


class IndicatorQuerySet(models.QuerySet):
    def public(self):
        """Those of open data, common to all organisations."""
        return self.filter(organisation__isnull=True)

    def visible_to(self, organisation):
        """Those of open data and the organisation's own."""
        return self.filter(Q(organisation__isnull=True) | Q(organisation=organisation))


class Indicator(models.Model):
    """What is measured. New indicators need no migration."""

    class Polarity(models.TextChoices):
        HIGH_IS_NEED = "high", "High values mean more need"
        LOW_IS_NEED = "low", "Low values mean more need"
        NEUTRAL = "neutral", "Neither"

    class Kind(models.TextChoices):
        """What sort of number it is: decides how it moves from the areas of one census to those of another."""

        RATE = "rate", "Rate or mean"
        SCORE = "score", "Score"
        COUNT = "count", "Count"
        RANK = "rank", "Rank"
        DECILE = "decile", "Decile or other group of ranks"
        CLASS = "class", "Class (such as yes or no)"

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=150)
    unit = models.CharField(max_length=40)
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.RATE, db_default=Kind.RATE)
    polarity = models.CharField(max_length=8, choices=Polarity.choices)
    decimals = models.PositiveSmallIntegerField(default=1)
    minimum = models.FloatField(null=True)
    maximum = models.FloatField(null=True)
    source = models.CharField(max_length=200)
    theme = models.CharField(max_length=40, blank=True, help_text="Heading under which pages list it, e.g. Health.")
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="indicators",
        help_text="Whose own indicator this is; empty for what everybody sees.",
    )
    description = models.TextField(blank=True)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        ordering = ["code"]

    def __str__(self):
        return self.name


# Each figure by its whole key: one look-up each, and not one for every indicator in every dataset.
ORIGINS = """
SELECT figure.indicator_id, figure.period, figure.method
FROM unnest(%s::bigint[], %s::uuid[]) AS wanted (indicator, dataset)
JOIN lsoa_indicatorvalue figure
  ON figure.dataset_id = wanted.dataset AND figure.indicator_id = wanted.indicator AND figure.area_id = %s
"""


class IndicatorValueQuerySet(models.QuerySet):
    def origins(self, area: Area, wanted: dict[int, str]) -> dict[int, tuple[str, str]]:
        """Period and method of an area's figures: indicator -> (period, method). `wanted`: indicator -> dataset."""
        with connection.cursor() as cursor:
            cursor.execute(ORIGINS, [list(wanted), list(wanted.values()), area.pk])
            return {indicator: (period, method) for indicator, period, method in cursor.fetchall()}


class IndicatorValue(models.Model):
    """One figure: area, indicator, dataset, and how it was derived."""

    # References are checked by the database set by set (trigger of migration 0004): three look-ups per row would
    # double the time of a load of all England.
    # The key starts with the dataset: whoever wants an area's figures names the datasets (the profile does). Further
    # indexes, a number of its own among them, would only slow the bulk loads.
    pk = models.CompositePrimaryKey("dataset", "indicator", "area")
    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="values", db_index=False, db_constraint=False)
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="values", db_index=False, db_constraint=False
    )
    dataset = models.ForeignKey(
        Dataset, on_delete=models.CASCADE, related_name="values", db_index=False, db_constraint=False
    )
    period = models.CharField(max_length=20)
    value = models.FloatField(null=True)
    missing_reason = models.CharField(max_length=15, choices=MissingReason.choices, null=True)
    method = models.CharField(
        max_length=30, default="published", help_text="published, share, carried, registered_patients, ward_shares, ..."
    )
    uncertainty = models.FloatField(
        null=True, help_text="Standard error in the indicator's unit, where the method gives one."
    )
    line = models.PositiveIntegerField(null=True, help_text="Line (from 1) of the file that the figure stands in.")

    objects = IndicatorValueQuerySet.as_manager()

    class Meta:
        constraints = [
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
