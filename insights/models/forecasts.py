"""Forecasts of published activity: the runs that made them, the models that were chosen, and what they expect."""

import uuid
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import BooleanField, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from insights import places
from insights.months import YEAR, months_after
from lsoa.models import ActivitySeries, Place

# Months that a run looks ahead; error_by_horizon and the forecasts have one figure for each.
HORIZON = 6


def _holds(function: str, *fields: str) -> Func:
    """A condition that a function of the database decides (migration 0001 has it), for what Q cannot say."""
    return Func(*map(F, fields), function=function, output_field=BooleanField())


class ForecastRunQuerySet(models.QuerySet):
    def current(self):
        """The run whose forecasts are shown: one, or none before the first."""
        return self.filter(is_current=True)


class ForecastRun(models.Model):
    """All forecasts that were made together from one state of the data. It exists only when it succeeded."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, help_text="Empty: the system."
    )
    horizon = models.PositiveSmallIntegerField(default=HORIZON, help_text="Months ahead.")
    data_until = models.DateField(help_text="First day of the newest month that any of its series has.")
    engine_version = models.CharField(max_length=20)
    data_sha256 = models.CharField(max_length=64, help_text="Hash of the figures that were read.")
    series_count = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=dict, help_text="Number of series without a forecast, by reason.")
    sources = models.JSONField(default=list, help_text="Datasets that were read: id, title, publisher and release.")
    seconds = models.FloatField(null=True)
    is_current = models.BooleanField(default=False)

    objects = ForecastRunQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(fields=["is_current"], condition=Q(is_current=True), name="forecast_run_current"),
            models.CheckConstraint(condition=Q(horizon__gte=1, horizon__lte=24), name="forecast_run_horizon"),
        ]

    def __str__(self):
        return f"Forecasts of {self.made_at:%d %B %Y %H:%M}, data until {self.data_until:%B %Y}"


class ForecastModelQuerySet(models.QuerySet):
    def current(self):
        """Models whose forecasts are shown: the champions of the current run."""
        return self.filter(run__is_current=True, stage=ForecastModel.Stage.CHAMPION).select_related("run")

    def of_kind(self, measure: str, organisation_kind: str, interval: str):
        """Of every run and stage: those that forecast the same series."""
        return self.filter(measure=measure, organisation_kind=organisation_kind, interval=interval)

    def like(self, model: "ForecastModel"):
        """A model and those that forecast, or were tried for, the same series."""
        return self.of_kind(model.measure, model.organisation_kind, model.interval)


class ForecastModel(models.Model):
    """How the series of one measure and kind of organisation are forecast, and how well that has worked.

    All accuracy is measured on rolling origins: months that the model had not seen when it forecast them.
    """

    class Stage(models.TextChoices):
        CHAMPION = "champion", "In use"
        CHALLENGER = "challenger", "Tried, not used"
        RETIRED = "retired", "Replaced"

    class Reason(models.TextChoices):
        FIRST = "first", "The first of its kind"
        LOWER_ERROR = "lower_error", "Its error is lower than that of the model before"
        NOT_LOWER = "not_lower", "Its error is not lower than that of the model in use"
        KEPT = "kept", "No other model had a lower error"
        REPLACED = "replaced", "A model with a lower error took its place"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(ForecastRun, on_delete=models.CASCADE, related_name="models")
    measure = models.CharField(max_length=60)
    organisation_kind = models.CharField(max_length=20)
    interval = models.CharField(max_length=5, choices=ActivitySeries.Interval.choices)
    members = models.JSONField(help_text='Learned weights, e.g. {"theta": 0.7, "seasonal_naive": 0.3}.')
    settings = models.JSONField(default=dict, help_text="Pool weight of the season, damping of the drift and so on.")
    series_count = models.PositiveIntegerField()
    origins = models.PositiveSmallIntegerField(help_text="Rolling origins that the accuracy was measured on.")
    mase = models.FloatField(null=True, help_text="Mean absolute scaled error; below 1 beats last year's month.")
    mase_naive = models.FloatField(null=True, help_text="The same of the same month of the year before.")
    error_by_horizon = ArrayField(models.FloatField(), help_text="Mean absolute error / mean level, by month ahead.")
    naive_error_by_horizon = ArrayField(models.FloatField(), help_text="Of the same month of the year before.")
    coverage_80 = models.FloatField(null=True, help_text="Share of held-out months inside the 80 % interval.")
    coverage_90 = models.FloatField(null=True)
    stage = models.CharField(max_length=10, choices=Stage.choices)
    reason = models.CharField(max_length=20, choices=Reason.choices)
    comparison = models.JSONField(default=dict, help_text="Errors that decided: champion and challenger.")

    objects = ForecastModelQuerySet.as_manager()

    class Meta:
        ordering = ["measure", "organisation_kind", "stage"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "measure", "organisation_kind", "interval", "stage"], name="forecast_model_once"
            ),
            models.CheckConstraint(condition=_holds("insights_weights", "members"), name="forecast_model_weights"),
            models.CheckConstraint(
                condition=Q(error_by_horizon__len=F("naive_error_by_horizon__len")), name="forecast_model_errors"
            ),
            models.CheckConstraint(
                condition=(Q(coverage_80__isnull=True) | Q(coverage_80__gte=0, coverage_80__lte=1))
                & (Q(coverage_90__isnull=True) | Q(coverage_90__gte=F("coverage_80"), coverage_90__lte=1)),
                name="forecast_model_coverage",
            ),
        ]

    def __str__(self):
        return f"{self.measure} by {self.organisation_kind} ({self.get_stage_display().lower()})"


class SeriesForecastQuerySet(models.QuerySet):
    def current(self):
        """What is expected now: forecasts of the current run."""
        return self.filter(model__run__is_current=True, model__stage=ForecastModel.Stage.CHAMPION)

    def of_places(self, kind: str, codes):
        """Of organisations of one kind (icb, trust, commissioner, provider, region, country) by their codes."""
        return self.filter(series__organisation_kind=kind, series__organisation_code__in=list(codes))

    def of_organisation(self, organisation):
        """Of every place that `insights.places` knows to belong to an organisation; none for None."""
        found = Q(pk__in=[])
        for kind, codes in places.codes_of(organisation).items():
            found |= Q(series__organisation_kind=kind, series__organisation_code__in=codes)
        return self.filter(found)

    def of_measure(self, measure: str, breakdown: str = ""):
        return self.filter(series__measure=measure, series__breakdown=breakdown)

    def with_names(self):
        """With series, model and run, and `place_name`: as published, else of the gazetteer, else the code."""
        known = Place.objects.filter(
            kind=OuterRef("series__organisation_kind"), code=OuterRef("series__organisation_code")
        ).order_by("-vintage")
        return self.select_related("series", "model__run").annotate(
            place_name=Coalesce(
                NullIf("series__organisation_name", Value("")),
                Subquery(known.values("name")[:1]),
                "series__organisation_code",
            )
        )


@dataclass(frozen=True)
class Total:
    """All months of a forecast together, in the unit of the series."""

    mean: float
    lower_80: float
    upper_80: float
    lower_90: float
    upper_90: float


class SeriesForecast(models.Model):
    """What is expected of one series in the months after its last observed one, in the unit of the series."""

    model = models.ForeignKey(ForecastModel, on_delete=models.CASCADE, related_name="forecasts", db_index=False)
    series = models.ForeignKey(ActivitySeries, on_delete=models.CASCADE, related_name="forecasts")
    origin = models.DateField(help_text="First day of the last observed month; the forecast begins a month later.")
    mean = ArrayField(models.FloatField(), help_text="Expected figure of each month.")
    lower_80 = ArrayField(models.FloatField())
    upper_80 = ArrayField(models.FloatField())
    lower_90 = ArrayField(models.FloatField())
    upper_90 = ArrayField(models.FloatField())
    year_change = models.FloatField(
        null=True, help_text="Expected sum / sum of the same months a year before - 1; empty where one is missing."
    )
    seasonal = ArrayField(
        models.FloatField(), size=YEAR, null=True, help_text="January to December, 1 is an ordinary month."
    )
    mase = models.FloatField(null=True, help_text="Of this series on the rolling origins.")
    flags = ArrayField(
        models.CharField(max_length=20),
        default=list,
        help_text="short_history, level_shift, gaps, outside_training, rounded_small.",
    )

    objects = SeriesForecastQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model", "series"], name="series_forecast_once"),
            models.CheckConstraint(
                condition=_holds("insights_nested", "lower_90", "lower_80", "mean", "upper_80", "upper_90"),
                name="series_forecast_nested",
            ),
            models.CheckConstraint(
                condition=Q(seasonal__isnull=True) | Q(seasonal__len=YEAR), name="series_forecast_season"
            ),
            models.CheckConstraint(condition=Q(origin__day=1), name="series_forecast_first_of_month"),
        ]

    def __str__(self):
        return f"{self.series} from {self.origin:%B %Y}"

    def total(self) -> Total:
        """What all months together come to. Errors of single months cancel in part, so its intervals are measured on
        sums (`total_80` and `total_90` of the model: multiples of the reach of the first month), not added up.
        """
        mean, reach = sum(self.mean), []
        for level, upper in (("80", self.upper_80), ("90", self.upper_90)):
            times = self.model.settings.get(f"total_{level}")
            apart = sum(high - middle for high, middle in zip(upper, self.mean, strict=True))
            reach.append(apart if times is None else times * (upper[0] - self.mean[0]))
        near, far = reach[0], max(reach)
        return Total(mean, max(mean - near, 0.0), mean + near, max(mean - far, 0.0), mean + far)

    def months(self) -> list[date]:
        """First days of the months that are forecast."""
        return months_after(self.origin, len(self.mean))
