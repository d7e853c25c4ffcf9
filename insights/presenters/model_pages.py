"""The models behind the outlooks: which there are, and everything about one of them."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Min
from django.urls import reverse
from django.utils import timezone

from accounts.access import allowed
from accounts.permissions import Permission
from insights.models import ForecastModel, ForecastRun, SeriesForecast
from insights.outlook_question import OutlookQuestion
from lsoa.models import ActivitySeries, Dataset

from . import words
from .model_words import coverage_rows, coverage_sentence, error_rows, error_sentence, member_rows, scaled
from .outlook_chart import scale

LIMITS = (
    "They are estimates about places, never about persons: nothing here says what will happen to anybody.",
    "They go on with what was published. A ward that closes, an outbreak or another way of counting is not foreseen.",
    "Small figures move by chance; a range says so by being wide.",
    "They do not say why. A rise may come from more need, from more people, or from another way in.",
    "They are made for planning. Decisions about care are made by people who know the place.",
)
# Reasons of the run, in words that follow a number of series.
LEFT_OUT = {
    "closed": "ended more than a year before the newest figures",
    "too_short": "have too few months to learn from",
    "not_measurable": "have too little to check a forecast on",
}


@dataclass(frozen=True)
class ModelRow:
    """One line of the list of models in use."""

    model: ForecastModel
    name: str

    @property
    def url(self) -> str:
        return reverse("insights-model", args=[self.model.pk])

    @property
    def by(self) -> str:
        return words.kind_plural(self.model.organisation_kind)

    @property
    def error(self) -> str:
        return scaled(self.model.mase)

    @property
    def naive(self) -> str:
        return scaled(self.model.mase_naive)

    @property
    def held(self) -> str:
        return coverage_rows(self.model)[0]["held"]

    @property
    def is_better(self) -> bool:
        return bool(self.model.mase and self.model.mase_naive and self.model.mase < self.model.mase_naive)

    @property
    def verdict(self) -> str:
        return "Better than last year again" if self.is_better else "Not better than last year again"

    @property
    def css(self) -> str:
        return "her-tag--good" if self.is_better else "her-tag--warning"


class ModelsPage:
    """What `insights/models.html` shows."""

    def __init__(self, user, organisation):
        self.user, self.organisation = user, organisation

    @cached_property
    def run(self) -> ForecastRun | None:
        return ForecastRun.objects.current().first()

    @cached_property
    def rows(self) -> list[ModelRow]:
        names = measure_names()
        rows = [ModelRow(model, names.get(model.measure, model.measure)) for model in ForecastModel.objects.current()]
        return sorted(rows, key=lambda row: (row.name, row.by))

    @property
    def may_make(self) -> bool:
        return allowed(self.user, Permission.RECALCULATE, self.organisation)

    @property
    def has_activity(self) -> bool:
        return ActivitySeries.objects.exists()

    @property
    def made(self) -> str:
        return run_sentence(self.run)

    @property
    def summary(self) -> str:
        better = sum(row.is_better for row in self.rows)
        number = len(self.rows)
        models = f"{number} models are" if number != 1 else "1 model is"
        return (
            f"{models} in use; {better} of {number} foresaw months not seen before better than the same month of "
            f"the year before. {self.made}"
        )

    @property
    def left_out(self) -> str:
        return left_out_sentence(self.run)

    limits = LIMITS


class ModelPage:
    """What `insights/model.html` shows of one model."""

    def __init__(self, model: ForecastModel, user, organisation):
        self.model, self.user, self.organisation = model, user, organisation
        self.name = measure_names([model.measure]).get(model.measure, model.measure)
        self.by = words.kind_plural(model.organisation_kind)
        self.run = model.run

    @property
    def title(self) -> str:
        return f"{self.name} by {words.KINDS.get(self.model.organisation_kind, (self.model.organisation_kind,))[0]}"

    @property
    def is_in_use(self) -> bool:
        return self.run.is_current and self.model.stage == ForecastModel.Stage.CHAMPION

    @property
    def stage(self) -> str:
        return self.model.get_stage_display() if self.run.is_current else "Of an earlier run"

    @property
    def stage_css(self) -> str:
        return "her-tag--good" if self.is_in_use else ""

    @property
    def summary(self) -> str:
        return " ".join(filter(None, (error_sentence(self.model), coverage_sentence(self.model))))

    @property
    def members(self) -> list[dict]:
        return member_rows(self.model)

    @property
    def member_bars(self) -> list[dict]:
        return [{"label": row["name"], "share": row["share"], "text": row["weight"]} for row in self.members]

    @property
    def errors(self) -> list[dict]:
        return error_rows(self.model)

    @property
    def error_series(self) -> list[dict]:
        own = [(k, 100 * value) for k, value in enumerate(self.model.error_by_horizon, 1)]
        naive = [(k, 100 * value) for k, value in enumerate(self.model.naive_error_by_horizon, 1)]
        return [
            {"label": "This model", "points": own, "style": 0},
            {"label": "Last year again (seasonal naive)", "points": naive, "style": 1},
        ]

    @property
    def error_axes(self) -> tuple[dict, dict]:
        highest = max([*self.model.error_by_horizon, *self.model.naive_error_by_horizon], default=0.01)
        ticks = [(value, f"{text}%") for value, text in scale([0.0, 100 * highest])]
        months = len(self.model.error_by_horizon)
        across = {
            "title": "Months ahead",
            "low": 1,
            "high": max(2, months),
            "ticks": [(k, str(k)) for k in range(1, months + 1)],
        }
        return across, {"title": "Mean error", "low": 0.0, "high": ticks[-1][0], "ticks": ticks}

    @property
    def error_text(self) -> str:
        return "; ".join(f"{row['ahead']} ahead {row['model']}, last year again {row['naive']}" for row in self.errors)

    @property
    def coverage(self) -> list[dict]:
        return coverage_rows(self.model)

    @property
    def facts(self) -> list[tuple[str, str]]:
        model = self.model
        oldest = SeriesForecast.objects.filter(model=model).aggregate(oldest=Min("origin"))["oldest"]
        facts = [
            ("Series", f"{model.series_count:,}"),
            ("Figures until", words.month_name(self.run.data_until)),
            ("Earlier dates it was checked on", str(model.origins)),
            ("Scaled error (MASE)", f"{scaled(model.mase)}; last year again {scaled(model.mase_naive)}"),
            ("Forecasts", run_sentence(self.run)),
        ]
        if oldest and oldest < self.run.data_until:
            facts.insert(2, ("Of the series that ends first", words.month_name(oldest)))
        return facts

    @cached_property
    def rivals(self) -> list[dict]:
        """Others of the same measure in the same run, with what decided."""
        rows = ForecastModel.objects.like(self.model).filter(run=self.run)
        return [
            {
                "stage": row.get_stage_display(),
                "is_this": row.pk == self.model.pk,
                "url": reverse("insights-model", args=[row.pk]),
                "members": ", ".join(f"{each['name']} {each['weight']}" for each in member_rows(row)),
                "error": scaled(row.mase),
                "reason": row.get_reason_display(),
            }
            for row in sorted(rows, key=lambda row: row.stage != ForecastModel.Stage.CHAMPION)
        ]

    @property
    def datasets(self) -> list[dict]:
        ids = [row.get("id") for row in self.run.sources]
        known = {str(pk) for pk in Dataset.objects.filter(pk__in=ids).values_list("pk", flat=True)}
        return [
            {
                "text": ", ".join(filter(None, (row.get("title"), row.get("publisher"), row.get("release")))),
                "url": reverse("dataset", args=[row["id"]]) if str(row.get("id")) in known else "",
            }
            for row in self.run.sources
        ]

    @property
    def outlooks_url(self) -> str:
        return OutlookQuestion.of_measure(self.model.measure, self.model.organisation_kind).url

    limits = LIMITS


def measure_names(measures=None) -> dict[str, str]:
    """Code -> name, as published."""
    rows = ActivitySeries.objects.order_by("measure")
    if measures is not None:
        rows = rows.filter(measure__in=measures)
    return dict(rows.values_list("measure", "name").distinct())


def run_sentence(run: ForecastRun | None) -> str:
    if run is None:
        return ""
    made = timezone.localtime(run.made_at)
    series = f"{run.series_count:,} series" if run.series_count != 1 else "1 series"
    until = words.month_name(run.data_until)
    return f"Made on {made.day} {made:%B %Y} at {made:%H:%M} from {series} with figures until {until}."


def left_out_sentence(run: ForecastRun | None) -> str:
    """How many series have no forecast, and why."""
    if run is None or not any(run.left_out.values()):
        return ""
    parts = [
        f"{number:,} {LEFT_OUT.get(reason, reason.replace('_', ' '))}"
        for reason, number in run.left_out.items()
        if number
    ]
    return f"Series without a forecast: {'; '.join(parts)}."
