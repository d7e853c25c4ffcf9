"""What the page of one figure and the page of one indicator show."""

from dataclasses import dataclass
from functools import cached_property
from statistics import median

from django.db.models import FloatField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.urls import reverse

from lsoa.models import Area, AreaChange, AreaProfile, Dataset, Indicator, IndicatorValue, Vintage
from lsoa.quality.comparison import JUMP_DEVIATIONS, Comparison, compare, datasets_giving, release_before
from lsoa.quality.spread import Spread, spread_by_indicator
from lsoa.statistics import Distribution, national_distribution

from . import wording

# Half the width of a 95 % interval in standard errors.
NORMAL_95 = 1.96


@dataclass(frozen=True)
class Parent:
    """A 2011 area that a carried figure comes from."""

    code: str
    kind: str
    share: str
    text: str
    url: str


@dataclass(frozen=True)
class FigureRow:
    """The figure in one release."""

    dataset: Dataset
    dataset_url: str
    state: str
    state_css: str
    text: str
    missing: str
    period: str
    method: str
    interval: str
    line: str
    is_shown: bool
    parents: tuple[Parent, ...]


class FigurePage:
    """One indicator in one area: every release side by side, and how each figure came about."""

    def __init__(self, indicator: Indicator, area: Area, organisation):
        self.indicator, self.area, self.organisation = indicator, area, organisation
        self.unit = "" if indicator.unit in ("%", "decile", "rank") else indicator.unit
        self.is_own = indicator.organisation_id is not None

    @cached_property
    def values(self) -> list[IndicatorValue]:
        datasets = {row.pk: row for row in datasets_giving(self.indicator.code, self.organisation)}
        found = IndicatorValue.objects.filter(area=self.area, indicator=self.indicator, dataset__in=list(datasets))
        rows = {row.dataset_id: row for row in found}
        return [self._with(rows[pk], dataset) for pk, dataset in datasets.items() if pk in rows]

    @staticmethod
    def _with(row, dataset):
        row.dataset = dataset
        return row

    @cached_property
    def shown(self) -> IndicatorValue | None:
        """The figure that pages show: the one in force."""
        profile = None if self.is_own else AreaProfile.objects.filter(pk=self.area.pk).first()
        wanted = profile.datasets.get(self.indicator.code) if profile else None
        if wanted is not None:
            return next((row for row in self.values if str(row.dataset_id) == str(wanted)), None)
        return next((row for row in self.values if row.dataset.state == Dataset.State.CURRENT), None)

    @property
    def text(self) -> str:
        return wording.figure(self.shown.value, self.indicator) if self.shown else ""

    @property
    def missing(self) -> str:
        return wording.missing(self.shown.missing_reason if self.shown else None)

    @property
    def dataset_url(self) -> str:
        return reverse("dataset", args=[self.shown.dataset_id]) if self.shown else ""

    @cached_property
    def rows(self) -> list[FigureRow]:
        return [self._row(value) for value in self.values]

    def _row(self, value) -> FigureRow:
        dataset = value.dataset
        return FigureRow(
            dataset=dataset,
            dataset_url=reverse("dataset", args=[dataset.pk]),
            state="In force, chosen" if dataset.is_pinned else dataset.get_state_display(),
            state_css=wording.STATE_CSS.get(dataset.state, ""),
            text=wording.figure(value.value, self.indicator),
            missing=wording.missing(value.missing_reason) if value.value is None else "",
            period=value.period,
            method=wording.method(value.method),
            interval=self._interval(value),
            line=f"Line {value.line:,} of {dataset.file_name}" if value.line else "",
            is_shown=self.shown is not None and value.pk == self.shown.pk,
            parents=tuple(self._parents(value)) if value.method == "carried" else (),
        )

    def _interval(self, value) -> str:
        if value.uncertainty is None or value.value is None:
            return ""
        reach = NORMAL_95 * value.uncertainty
        low, high = (wording.figure(edge, self.indicator) for edge in (value.value - reach, value.value + reach))
        return f"{low} to {high} (95% interval; standard error {value.uncertainty:.3g})"

    def _parents(self, value):
        changes = AreaChange.objects.filter(code_2021=self.area.code).order_by("-weight", "code_2011")
        changes = list(changes)
        figures = {
            row.area.code: row
            for row in IndicatorValue.objects.filter(
                dataset=value.dataset,
                indicator=self.indicator,
                area__vintage=Vintage.CENSUS_2011,
                area__code__in=[row.code_2011 for row in changes],
            ).select_related("area")
        }
        for change in changes:
            figure = figures.get(change.code_2011)
            known = figure is not None and figure.value is not None
            absent = wording.missing(figure.missing_reason if figure else None)
            yield Parent(
                code=change.code_2011,
                kind=change.get_kind_display(),
                share=wording.share(change.weight, 1),
                text=wording.figure(figure.value, self.indicator) if known else absent,
                url=f"{reverse('figure', args=[self.indicator.code, change.code_2011])}?vintage=2011",
            )

    @cached_property
    def national(self) -> Distribution | None:
        if self.is_own or self.area.vintage != Vintage.CENSUS_2021:
            return None
        return national_distribution([self.indicator.code], synthetic=self.area.is_synthetic).get(self.indicator.code)

    @property
    def comparisons(self) -> list[tuple[str, str, str]]:
        """(whom with, their median, where this figure stands)."""
        if self.shown is None or self.shown.value is None:
            return []
        found, value = [], self.shown.value
        if self.national:
            name = "All fictional areas" if self.area.is_synthetic else "England"
            below = self.national.share_below(value)
            found.append((name, wording.figure(self.national.median, self.indicator), _place(below)))
        local = self._local
        if len(local) > 1:
            below = 100 * sum(other < value for other in local) / len(local)
            name = f"{self.area.local_authority_name} ({len(local):,} areas)"
            found.append((name, wording.figure(median(local), self.indicator), _place(below)))
        return found

    @cached_property
    def _local(self) -> list[float]:
        """Figures in force of the areas of the same local authority."""
        area = self.area
        if not area.local_authority_code or area.vintage != Vintage.CENSUS_2021:
            return []
        if self.is_own:
            rows = IndicatorValue.objects.filter(
                dataset=self.shown.dataset, indicator=self.indicator, value__isnull=False, area__vintage=area.vintage,
                area__local_authority_code=area.local_authority_code,
            )  # fmt: skip
            return list(rows.values_list("value", flat=True))
        figure = Cast(KeyTextTransform(self.indicator.code, "values"), FloatField())
        profiles = AreaProfile.objects.filter(
            area__vintage=area.vintage, area__local_authority_code=area.local_authority_code
        )
        rows = profiles.annotate(figure=figure).values_list("figure", flat=True)
        return [value for value in rows if value is not None]


def _place(below: float) -> str:
    if below >= 50:
        return f"Higher than {min(below, 99):.0f}% of areas"
    return f"Lower than {min(100 - below, 99):.0f}% of areas"


@dataclass(frozen=True)
class Step:
    """One step of the distribution."""

    text: str
    areas: str
    share: str


@dataclass(frozen=True)
class JumpRow:
    name: str
    code: str
    url: str
    before: str
    after: str
    change: str


class IndicatorPage:
    """What an indicator measures, how it is spread, what is missing, and where it jumped between releases."""

    def __init__(self, indicator: Indicator, organisation):
        self.indicator, self.organisation = indicator, organisation

    @cached_property
    def datasets(self) -> list[Dataset]:
        return datasets_giving(self.indicator.code, self.organisation)

    @cached_property
    def newest(self) -> Dataset | None:
        """The dataset in force with the most values: of the nation where there is one."""
        current = [row for row in self.datasets if row.state == Dataset.State.CURRENT]
        return max(
            current,
            key=lambda row: (row.extent == "England", row.is_pinned, row.release, -row.standing),
            default=None,
        )

    @cached_property
    def spread(self) -> Spread | None:
        found = spread_by_indicator(self.newest, [self.indicator]) if self.newest else {}
        return found.get(self.indicator.code)

    @property
    def steps(self) -> list[Step]:
        if not self.spread:
            return []
        rows = []
        for place, areas in enumerate(self.spread.counts):
            low, high = (wording.figure(edge, self.indicator) for edge in self.spread.bounds(place))
            text = f"{self.spread.bounds(place)[0]:,g}" if self.spread.is_whole else f"{low} to {high}"
            rows.append(Step(text, f"{areas:,}", wording.share(areas, self.spread.areas)))
        return rows

    @property
    def bars(self) -> list[dict]:
        """The distribution for `chart_bars`: the longest bar fills the track."""
        counts = self.spread.counts if self.spread else ()
        most = max(counts, default=0)
        return [
            {"label": step.text, "share": count / most, "text": step.areas}
            for step, count in zip(self.steps, counts, strict=True)
        ]

    @cached_property
    def figures(self) -> dict:
        return self.newest.quality.get("indicators", {}).get(self.indicator.code, {}) if self.newest else {}

    @property
    def missing(self) -> list[tuple[str, str]]:
        rows = [(wording.missing(reason), f"{n:,}") for reason, n in self.figures.get("missing", {}).items()]
        without = self.figures.get("areas_without")
        return rows + ([("No row in the file", f"{without:,}")] if without else [])

    @property
    def numbers(self) -> list[tuple[str, str]]:
        if not self.figures:
            return []
        pairs = [("Areas with a value", f"{self.figures['values']:,}")]
        for name, label in (("minimum", "Lowest"), ("mean", "Mean"), ("maximum", "Highest")):
            if self.figures.get(name) is not None:
                pairs.append((label, wording.figure(self.figures[name], self.indicator)))
        return pairs

    @property
    def map_url(self) -> str:
        return "" if self.indicator.organisation_id else f"{reverse('explore')}?theme={self.indicator.code}"

    @cached_property
    def before(self) -> Dataset | None:
        return release_before(self.newest, self.indicator.code) if self.newest else None

    @cached_property
    def comparison(self) -> Comparison | None:
        return compare(self.indicator, self.before, self.newest) if self.before else None

    @property
    def comparison_text(self) -> str:
        found = self.comparison
        kind = "comparable areas" if self.before.vintage == self.newest.vintage else "areas that did not change"
        return (
            f"Against {self.before.release}, over {found.areas:,} {kind}: the median went from "
            f"{wording.figure(found.median_before, self.indicator)} to "
            f"{wording.figure(found.median_after, self.indicator)}. {found.unchanged:,} figures are the same. "
            f"{wording.count(found.jumped, 'area')} jumped, changing further from the median change than "
            f"{JUMP_DEVIATIONS:g} scaled median absolute deviations and than a quarter of the interquartile range."
        )

    @property
    def jumps(self) -> list[JumpRow]:
        if self.comparison is None:
            return []
        return [
            JumpRow(
                name=jump.name,
                code=jump.code,
                url=reverse("figure", args=[self.indicator.code, jump.code]),
                before=wording.figure(jump.before, self.indicator),
                after=wording.figure(jump.after, self.indicator),
                change=f"{'+' if jump.change > 0 else '−'}{wording.difference(abs(jump.change), self.indicator)}",
            )
            for jump in self.comparison.jumps
        ]
