"""What the list of datasets and the page of one dataset show."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Q
from django.db.models.fields.json import KeyTransform
from django.urls import reverse

from accounts.access import allowed
from accounts.permissions import Permission
from lsoa.catalogue.order import OTHER_THEME, indicator_place, theme_place
from lsoa.models import Dataset, Indicator, QualityAlert
from lsoa.quality.spread import spread_by_indicator
from lsoa.sources.base import Stage
from lsoa.sources.registry import SOURCES

from . import wording
from .lineage import Lineage

OWN_THEME = "Your organisation's own"
STAGE_THEMES = {
    Stage.BOUNDARIES: "Areas and look-ups",
    Stage.LOOKUPS: "Areas and look-ups",
    Stage.POSTCODES: "Areas and look-ups",
    Stage.PRACTICES: "GP practices",
}
REPAIRS_SHOWN = 50
# So the publisher of what derivations make is written (lsoa/derivations).
DERIVED_HERE = "Derived here from"
# As many datasets are listed unfolded, and as many indicators of one.
FEW = 12


@dataclass(frozen=True)
class DatasetQuestion:
    """What the address asks of the list."""

    text: str = ""
    theme: str = ""
    publisher: str = ""
    with_history: bool = False

    @classmethod
    def from_querydict(cls, data) -> "DatasetQuestion":
        return cls(
            text=" ".join(data.get("q", "").replace("\0", " ").split())[:100],
            theme=data.get("theme", "")[:60],
            publisher=data.get("publisher", "")[:100],
            with_history=data.get("history", "") in ("1", "on"),
        )

    def __bool__(self):
        return bool(self.text or self.theme or self.publisher)


@dataclass(frozen=True)
class DatasetRow:
    dataset: Dataset
    theme: str
    url: str
    standing_css: str
    state_css: str
    loaded: str
    alerts: int
    vintage: str


def themes_of(codes: Iterable[str]) -> dict[str, str]:
    """Heading of each indicator by its code."""
    return {row.code: row.theme or OTHER_THEME for row in Indicator.objects.filter(code__in=set(codes))}


def dataset_theme(dataset, codes: Iterable[str], themes: dict[str, str]) -> str:
    """The heading under which a dataset is listed: that of most of its indicators, else what kind of file it is."""
    if dataset.organisation_id:
        return OWN_THEME
    found = Counter(themes[code] for code in codes if code in themes)
    if found:
        return found.most_common(1)[0][0]
    stage = next((source.stage for source in SOURCES if source.key == dataset.publication), None)
    return STAGE_THEMES.get(stage, OTHER_THEME)


class DatasetList:
    """Datasets that the organisation sees, by theme; earlier releases where the address asks for them."""

    def __init__(self, question: DatasetQuestion, organisation):
        self.question = question
        self.organisation = organisation

    @cached_property
    def all_rows(self) -> list[DatasetRow]:
        datasets = Dataset.objects.visible_to(self.organisation).defer("quality")
        if not self.question.with_history:
            datasets = datasets.in_force()
        datasets = list(datasets.annotate(given=KeyTransform("indicators", "quality")).order_by("title", "-release"))
        themes = themes_of(code for row in datasets for code in row.given or {})
        alerts = self._alerts()
        return [
            DatasetRow(
                dataset=row,
                theme=dataset_theme(row, row.given or {}, themes),
                url=reverse("dataset", args=[row.pk]),
                standing_css=wording.STANDING_CSS.get(row.standing, ""),
                state_css=wording.STATE_CSS.get(row.state, ""),
                loaded=wording.day(row.loaded_at),
                alerts=alerts.get(row.pk, 0),
                vintage=f"LSOA {row.vintage}" if row.vintage else "",
            )
            for row in datasets
        ]

    def _alerts(self) -> dict:
        found = QualityAlert.objects.open().visible_to(self.organisation).exclude(dataset=None).order_by()
        return dict(found.values_list("dataset").annotate(number=Count("pk")))

    @cached_property
    def rows(self) -> list[DatasetRow]:
        wanted = self.question
        words = wanted.text.casefold().split()
        return [
            row
            for row in self.all_rows
            if (not wanted.theme or row.theme == wanted.theme)
            and (not wanted.publisher or row.dataset.publisher == wanted.publisher)
            and all(word in _searched(row) for word in words)
        ]

    @cached_property
    def groups(self) -> list[tuple[str, list[DatasetRow]]]:
        """Theme and its datasets: own figures, then places and practices, then as themes of indicators are ordered."""
        by_theme = defaultdict(list)
        for row in self.rows:
            by_theme[row.theme].append(row)
        return sorted(by_theme.items(), key=lambda group: _heading_place(group[0]))

    @property
    def is_open(self) -> bool:
        """Whether the themes stand unfolded: when somebody asked for something, or where there is little."""
        return bool(self.question) or len(self.rows) <= FEW

    @property
    def themes(self) -> list[str]:
        return sorted({row.theme for row in self.all_rows}, key=_heading_place)

    @property
    def publishers(self) -> list[str]:
        return sorted({row.dataset.publisher for row in self.all_rows})

    @property
    def summary(self) -> str:
        number = wording.count(len(self.rows), "dataset")
        if self.question:
            return f"{number} of {len(self.all_rows):,} {'fits' if len(self.rows) == 1 else 'fit'}"
        return f"{number}{'' if self.question.with_history else ' in force'}"


def _heading_place(heading: str) -> tuple:
    first = (OWN_THEME, *dict.fromkeys(STAGE_THEMES.values()))
    return (first.index(heading),) if heading in first else (len(first), *theme_place(heading))


def _searched(row: DatasetRow) -> str:
    data = row.dataset
    return f"{data.title} {data.publication} {data.publisher} {data.release} {data.extent} {data.file_name}".casefold()


@dataclass(frozen=True)
class IndicatorSummary:
    """One indicator of a dataset, from its quality report."""

    name: str
    unit: str
    url: str
    values: str
    missing: str
    without: str
    low: str
    mean: str
    high: str
    counts: tuple[int, ...]
    description: str


@dataclass(frozen=True)
class ReleaseRow:
    dataset: Dataset
    url: str
    state: str
    state_css: str
    loaded: str
    is_this: bool
    may_put_in_force: bool
    may_unpin: bool
    # What choosing it does: one in force stays so when a newer one comes.
    choice: str


class DatasetPage:
    """Everything about one dataset."""

    def __init__(self, dataset: Dataset, user, organisation):
        self.dataset = dataset
        self.user, self.organisation = user, organisation
        self.quality = dataset.quality or {}
        self.may_switch = allowed(user, Permission.LOAD_DATA) and dataset.organisation_id is None
        self.standing_css = wording.STANDING_CSS.get(dataset.standing, "")
        self.state_css = wording.STATE_CSS.get(dataset.state, "")

    @property
    def sentences(self) -> list[str]:
        """What it is, in plain words."""
        data = self.dataset
        where = "all of England" if data.extent == "England" else data.extent
        first = f"{data.publisher} publishes this as “{data.title}”. This is the release {data.release} for {where}."
        is_derived = data.publisher.startswith(DERIVED_HERE)
        if is_derived:
            first = f"This service works these figures out, for {data.release} and {where}. {data.publisher}."
        if data.organisation_id:
            first = f"These are figures of your own organisation, uploaded for {data.release}. Nobody else sees them."
        found = [first] if is_derived else [first, _STANDING_SENTENCES[data.standing]]
        if data.vintage:
            found.append(f"Its figures are for the small areas (LSOAs) of the {data.vintage} census.")
        if data.is_provisional:
            found.append("It is provisional: the method or the figures will be replaced.")
        if data.state != Dataset.State.CURRENT:
            found.append("It is not in force: pages show the figures of another release.")
        elif data.is_pinned:
            found.append("A person chose it: it stays in force although there may be a newer release.")
        return found

    @property
    def facts(self) -> list[tuple[str, str]]:
        data = self.dataset
        by = data.loaded_by.get_full_name() if data.loaded_by else "a command on the server"
        pairs = [
            ("Publisher", data.publisher),
            ("Release", data.release),
            ("Extent", data.extent),
            ("Licence", data.licence),
            ("Areas", f"LSOA {data.vintage}" if data.vintage else "Not by area"),
            ("Method", data.method),
            ("File", data.file_name),
            ("SHA-256", data.file_sha256),
            ("Loaded", f"{wording.moment(data.loaded_at)} by {by}"),
            ("Rows", f"{data.rows_read:,} read, {data.rows_loaded:,} loaded, {data.rows_rejected:,} rejected"),
        ]
        return [(label, text) for label, text in pairs if text]

    @cached_property
    def report(self) -> list[str]:
        """The quality report in words, a sentence each."""
        figures = self.quality.get("indicators", {})
        sentences = []
        if figures:
            sentences.append(_coverage_sentence(figures))
            sentences += _missing_sentences(figures)
        for what, number in self.quality.get("skipped", {}).items():
            sentences.append(f"{number:,} left out on purpose: {what}.")
        for what, number in self.quality.get("counts", {}).items():
            sentences.append(f"{what[:1].upper()}{what[1:]}: {number:,}.")
        for reason, number in self.quality.get("rejected_by_reason", {}).items():
            sentences.append(f"{wording.count(number, 'row')} rejected: {reason}.")
        return sentences + list(self.quality.get("notes", []))

    @property
    def repairs(self) -> list[dict]:
        return self.quality.get("repaired", [])[:REPAIRS_SHOWN]

    @property
    def repairs_left(self) -> int:
        return max(0, len(self.quality.get("repaired", [])) - REPAIRS_SHOWN)

    @cached_property
    def indicators(self) -> list[IndicatorSummary]:
        figures = self.quality.get("indicators", {})
        rows = Indicator.objects.visible_to(self.organisation).filter(code__in=figures)
        rows = sorted(rows, key=indicator_place)
        # Those that stand folded show no columns: counting a million figures takes a second.
        spreads = spread_by_indicator(self.dataset, rows[: _unfolded(len(rows))]) if rows else {}
        return [_indicator_summary(row, figures[row.code], spreads.get(row.code)) for row in rows]

    @property
    def first_indicators(self) -> list[IndicatorSummary]:
        """Those that stand unfolded: all, unless there are more than twice as many as are few."""
        return self.indicators[: _unfolded(len(self.indicators))]

    @property
    def further_indicators(self) -> list[IndicatorSummary]:
        return self.indicators[len(self.first_indicators) :]

    @cached_property
    def alerts(self) -> list[QualityAlert]:
        return list(self.dataset.alerts.open().visible_to(self.organisation))

    @cached_property
    def lineage(self) -> Lineage:
        return Lineage.of(self.dataset, self.organisation)

    @cached_property
    def releases(self) -> list[ReleaseRow]:
        """The same publication and extent in all its releases, and other publications with the same figures."""
        data = self.dataset
        same = Q(publication=data.publication, extent=data.extent)
        codes = list(self.quality.get("indicators", {}))
        if codes:
            same |= Q(quality__indicators__has_any_keys=codes, extent=data.extent)
        rows = Dataset.objects.visible_to(self.organisation).filter(same, organisation=data.organisation_id)
        return [self._release(row) for row in rows.defer("quality").order_by("-release", "standing", "-loaded_at")[:50]]

    def _release(self, row) -> ReleaseRow:
        return ReleaseRow(
            dataset=row,
            url=reverse("dataset", args=[row.pk]),
            state="In force, chosen" if row.is_pinned else row.get_state_display(),
            state_css=wording.STATE_CSS.get(row.state, ""),
            loaded=wording.day(row.loaded_at),
            is_this=row.pk == self.dataset.pk,
            may_put_in_force=self.may_switch and not row.is_pinned,
            may_unpin=self.may_switch and row.is_pinned,
            choice=_choice(row),
        )


def _choice(row) -> str:
    if row.is_pinned:
        return "Back to newest"
    return "Keep in force" if row.state == Dataset.State.CURRENT else "Put in force"


_STANDING_SENTENCES = {
    Dataset.Standing.OFFICIAL: "The file is the publisher's own, unchanged.",
    Dataset.Standing.CONVERTED: "Somebody converted the publisher's file into another form; the figures are the same.",
    Dataset.Standing.ASSEMBLED: "The file was put together or modelled from publications; it is not the publisher's.",
    Dataset.Standing.SYNTHETIC: "All of it is made up, for demonstrations and tests.",
}


def _coverage_sentence(figures) -> str:
    values = sum(row["values"] for row in figures.values())
    missing = sum(sum(row.get("missing", {}).values()) for row in figures.values())
    without = sum(row.get("areas_without", 0) for row in figures.values())
    expected = values + missing + without
    return (
        f"{wording.count(len(figures), 'indicator')}: {values:,} values of {expected:,} that there could be "
        f"({wording.share(values, expected) or 'none'})."
    )


def _missing_sentences(figures) -> list[str]:
    reasons = Counter()
    for row in figures.values():
        reasons.update(row.get("missing", {}))
    sentences = [f"{wording.missing(reason)}: {number:,} values." for reason, number in reasons.most_common()]
    without = sum(row.get("areas_without", 0) for row in figures.values())
    if without:
        sentences.append(f"No row in the file: {without:,} times an area.")
    return sentences or ["No value is missing."]


def _unfolded(number: int) -> int:
    """How many of so many indicators stand unfolded."""
    return number if number <= 2 * FEW else FEW


def _each_step(spread) -> str:
    if spread is None or not spread.is_whole:
        return "a figure in each of twelve equal steps"
    return "each figure"


def _indicator_summary(row, figures, spread) -> IndicatorSummary:
    missing = [f"{n:,} {wording.missing(reason).lower()}" for reason, n in figures.get("missing", {}).items()]
    low, mean, high = (wording.figure(figures.get(name), row) for name in ("minimum", "mean", "maximum"))
    return IndicatorSummary(
        name=row.name,
        unit=row.unit,
        url=reverse("indicator", args=[row.code]),
        values=f"{figures['values']:,}",
        missing=", ".join(missing) or "none",
        without=f"{figures.get('areas_without', 0):,}",
        low=low,
        mean=mean,
        high=high,
        counts=spread.counts if spread else (),
        description=f"From {low} to {high}; the columns show how many areas have {_each_step(spread)}.",
    )
