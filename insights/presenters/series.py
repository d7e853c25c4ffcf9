"""One outlook: chart, months, how sure it is, what the seasons do, what stands beside it, where it comes from."""

from calendar import month_name
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils import timezone

from accounts.access import allowed
from accounts.permissions import Permission
from insights.models import SeriesForecast
from insights.outlook_figures import Figures, figures_of
from insights.outlook_question import OutlookQuestion
from lsoa.models import Dataset, MissingReason
from lsoa.written_numbers import decimal, percent, signed_percent

from . import words
from .beside import Beside
from .model_words import coverage_sentence, error_rows, error_sentence
from .outlook_chart import OutlookChart

MONTHS = tuple(month_name)[1:]


@dataclass(frozen=True)
class MonthRow:
    month: str
    expected: str
    between_80: str
    between_90: str
    before: str
    change: str


@dataclass(frozen=True)
class Fact:
    label: str
    text: str
    url: str = ""


class SeriesPage:
    """Everything that `insights/series.html` shows. `forecast` comes with names (`with_names`)."""

    def __init__(self, forecast: SeriesForecast, user, organisation):
        self.forecast, self.user, self.organisation = forecast, user, organisation
        self.series, self.model = forecast.series, forecast.model
        self.measure, self.place = words.measure_name(self.series), words.place_name(forecast.place_name)
        self.unit = self.series.unit

    @cached_property
    def figures(self) -> Figures:
        return figures_of([self.forecast])[0]

    # In short -------------------------------------------------------------------------------------------------------

    @property
    def summary(self) -> str:
        figures = self.figures
        months = words.ahead(figures.origin, figures.horizon)
        text = f"We expect {words.estimate(figures.expected)} {self.unit} from {months}"
        if figures.change is not None:
            text += f", {words.change_in_words(figures.change)} the same months a year before"
        return (
            f"{text}. {words.in_8_of_10(*figures.range_80)}. "
            f"Published figures run to {words.month_name(figures.origin)}."
        )

    @property
    def sure(self) -> words.Sureness:
        return words.sureness(self.figures.expected, *self.figures.range_80)

    @property
    def is_synthetic(self) -> bool:
        return any(row.standing == Dataset.Standing.SYNTHETIC for row in self.datasets)

    @property
    def measure_all(self) -> str:
        return f"All outlooks of {words.in_sentence(self.series.name)}"

    @property
    def measure_url(self) -> str:
        return OutlookQuestion.of_measure(self.series.measure, self.series.organisation_kind).url

    @property
    def ask_question(self) -> str:
        return f"What is the outlook for {words.in_sentence(self.measure)} in {self.place}?"

    # Chart and months -----------------------------------------------------------------------------------------------

    @property
    def unit_text(self) -> str:
        return f"{self.unit[:1].upper()}{self.unit[1:]} a month"

    @cached_property
    def chart(self) -> OutlookChart:
        return OutlookChart(self.figures)

    @property
    def chart_title(self) -> str:
        return f"{self.measure}, {self.place}: published by month, and expected"

    @property
    def months(self) -> list[MonthRow]:
        row, before = self.forecast, self.figures.before
        return [
            MonthRow(
                words.month_name(month),
                words.estimate(row.mean[k]),
                words.between(row.lower_80[k], row.upper_80[k]),
                words.between(row.lower_90[k], row.upper_90[k]),
                _figure(before[k]),
                words.change(row.mean[k] / before[k] - 1 if before[k] else None),
            )
            for k, month in enumerate(self.figures.months)
        ]

    @property
    def total(self) -> MonthRow:
        figures = self.figures
        return MonthRow(
            f"All {figures.horizon} months",
            words.estimate(figures.expected),
            words.between(*figures.range_80),
            words.between(*figures.range_90),
            _figure(figures.sum_before),
            words.change(figures.change),
        )

    @property
    def published(self) -> list[dict]:
        """The newest first; what is missing says why."""
        rows = sorted(self.figures.published.items(), reverse=True)
        return [
            {
                "month": words.month_name(month),
                "value": _figure(found.value),
                "note": "" if found.reason is None else MissingReason(found.reason).label,
            }
            for month, found in rows
        ]

    # How sure -------------------------------------------------------------------------------------------------------

    @property
    def sure_sentences(self) -> list[str]:
        found = [coverage_sentence(self.model), error_sentence(self.model)]
        if self.forecast.mase is not None and self.model.mase:
            better = self.forecast.mase <= self.model.mase
            found.append(
                f"This series was {'easier' if better else 'harder'} to foresee than others of its kind "
                f"({decimal(self.forecast.mase, 2)} beside {decimal(self.model.mase, 2)} of the scaled error)."
            )
        return [sentence for sentence in found if sentence]

    @property
    def errors(self) -> list[dict]:
        return error_rows(self.model)

    @property
    def model_url(self) -> str:
        return reverse("insights-model", args=[self.model.pk])

    @property
    def flags(self) -> list[dict]:
        return [
            {"name": name, "text": text}
            for name, text in (words.FLAGS.get(code, (code.replace("_", " "), "")) for code in self.forecast.flags)
        ]

    # Seasons --------------------------------------------------------------------------------------------------------

    @property
    def seasons(self) -> list[dict]:
        """January to December: the difference from an ordinary month."""
        factors = self.forecast.seasonal
        if not factors or max(factors) - min(factors) < 0.005:
            return []
        return [
            {"label": month, "value": factor - 1, "text": signed_percent(factor - 1)}
            for month, factor in zip(MONTHS, factors, strict=True)
        ]

    @property
    def season_columns(self) -> list[tuple[str, str, float]]:
        return [(row["label"][:1], f"{row['label']} {row['text']}", row["value"]) for row in self.seasons]

    @property
    def seasons_text(self) -> str:
        rows = self.seasons
        if not rows:
            return "No month of the year differs from the others by as much as half a per cent."
        most, least = max(rows, key=lambda row: row["value"]), min(rows, key=lambda row: row["value"])
        return (
            f"{most['label']} is usually the highest month, {percent(abs(most['value']))} above an ordinary one; "
            f"{least['label']} the lowest, {percent(abs(least['value']))} below."
        )

    # Beside others --------------------------------------------------------------------------------------------------

    @cached_property
    def beside(self) -> Beside:
        return Beside(self.figures, self.organisation)

    # Sources and ways on --------------------------------------------------------------------------------------------

    @cached_property
    def datasets(self) -> list[Dataset]:
        """Those that the published figures are from, the newest first."""
        wanted = {found.dataset_id for found in self.figures.published.values()}
        return list(Dataset.objects.filter(pk__in=wanted).defer("quality").order_by("-loaded_at"))

    @property
    def sources(self) -> list[Fact]:
        facts = [
            Fact(
                "Published figures",
                f"{row.title}, {row.publisher}, release {row.release}",
                reverse("dataset", args=[row.pk]),
            )
            for row in self.datasets[:3]
        ]
        facts.append(Fact("Newest month published", words.month_name(self.forecast.origin)))
        made = timezone.localtime(self.model.run.made_at)
        facts.append(Fact("Forecast made", f"{made.day} {made:%B %Y}, engine version {self.model.run.engine_version}"))
        return facts

    @property
    def ways(self) -> list[dict]:
        """What somebody may do with it who can."""
        found = []
        if allowed(self.user, Permission.VIEW_PLANS, self.organisation):
            found.append(
                (reverse("demand"), "Demand and capacity", "Whether your teams have the hours for what is coming.")
            )
        found.append((reverse("explore-start"), "Explore your areas", "Where in your patch need is greatest."))
        if allowed(self.user, Permission.VIEW_PLANS, self.organisation):
            found.append((reverse("plans"), "Visit plans", "What is planned for the days to come."))
        return [{"url": url, "name": name, "text": text} for url, name, text in found]


def _figure(value: float | None) -> str:
    """A published figure, to the unit."""
    return "no figure" if value is None else decimal(value)
