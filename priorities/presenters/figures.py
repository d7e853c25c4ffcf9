"""Figures behind a class as rows of tables: each with what it is compared with, and links to where it comes from."""

from dataclasses import dataclass

from django.urls import reverse

from lsoa.models import Dataset, Indicator
from lsoa.reference import reference
from priorities.dex.explanation import Factor
from priorities.explanations import Origins, band_of
from priorities.models import ModelVersion, PriorityScore
from priorities.wording import attribute_label, class_label

from .tags import NO_SCORE_TAG


@dataclass(frozen=True)
class SourceLink:
    text: str
    url: str


@dataclass(frozen=True)
class FigureRow:
    """One input: its figure, class, comparisons, year and source. Empty texts where there is nothing to say."""

    attribute: str
    label: str
    value: str
    missing: str
    class_name: str
    css: str
    band: str
    average: str
    average_of: str
    local_average: str
    local_place: str
    place: str
    comparison: str
    source: str
    period: str
    is_estimate: bool
    is_decisive: bool
    sentence: str
    figure_url: str
    indicator_url: str
    source_url: str


@dataclass(frozen=True)
class BoundRow:
    """Where the classes of one input begin, how that was found, and from which datasets."""

    label: str
    indicator_url: str
    bands: tuple[tuple[str, str], ...]
    method: str
    extent: str
    sources: tuple[SourceLink, ...]


def level_css(group: str) -> str:
    """Tag colour of a component's or an input's class: strongest at the worst, quiet at the best."""
    return {"BAD": "nhsuk-tag--orange", "GOOD": "nhsuk-tag--grey"}.get(group, "nhsuk-tag--yellow")


def links_of(factor: Factor, score: PriorityScore, origins: Origins) -> dict[str, str]:
    """Addresses of the pages of a figure, its indicator and its dataset; empty for what is not there."""
    links = {"figure": "", "indicator": "", "dataset": ""}
    if factor.indicator in origins.indicators:
        links["figure"] = reverse("figure", args=[factor.indicator, score.area.code])
        links["indicator"] = reverse("indicator", args=[factor.indicator])
    # A dataset that was deleted since has no title to show, and no page.
    if factor.source:
        links["dataset"] = reverse("dataset", args=[factor.dataset])
    return links


def figure_row(factor: Factor, score: PriorityScore, origins: Origins) -> FigureRow:
    links = links_of(factor, score, origins)
    return FigureRow(
        attribute=factor.attribute,
        label=factor.label,
        value="" if factor.is_missing else factor.value_text,
        missing=factor.detail if factor.is_missing else "",
        class_name=factor.class_name,
        css=NO_SCORE_TAG if factor.is_missing else level_css(factor.group),
        band=factor.band if not factor.is_missing else "",
        average=factor.average_text,
        average_of=factor.average_of,
        local_average=factor.local_average_text,
        local_place=factor.local_place,
        place=factor.place,
        comparison=factor.comparison,
        source=factor.source,
        period=factor.period,
        is_estimate=factor.is_estimate,
        is_decisive=factor.is_decisive,
        sentence=factor.sentence,
        figure_url=links["figure"],
        indicator_url=links["indicator"],
        source_url=links["dataset"],
    )


def bound_rows(version: ModelVersion, origins: Origins) -> tuple[BoundRow, ...]:
    """Bounds of every input of a version in tree order, with the datasets they were computed from."""
    compiled = version.compiled
    used = {pk for entry in version.thresholds.values() for pk in entry.get("datasets", ())}
    kept = reference().datasets
    datasets = {pk: kept[pk] for pk in used if pk in kept and kept[pk].organisation_id is None}
    rows = []
    for index, limits, code in zip(compiled.model.inputs, compiled.thresholds, compiled.indicators, strict=True):
        attribute = compiled.model.attributes[index]
        entry = version.thresholds.get(attribute.name, {})
        indicator = origins.indicators.get(code)
        unit = indicator.unit if indicator else ""
        names = (class_label(attribute.name, each.name) for each in attribute.scale.classes)
        bands = tuple((name, band_of(limits, number, unit)) for number, name in enumerate(names)) if limits else ()
        rows.append(
            BoundRow(
                label=attribute_label(attribute.name),
                indicator_url=_indicator_url(indicator),
                bands=bands,
                method=_method(entry),
                extent=entry.get("extent", ""),
                sources=tuple(_source_link(datasets[pk]) for pk in entry.get("datasets", ()) if pk in datasets),
            )
        )
    return tuple(rows)


def _method(entry: dict) -> str:
    method = entry.get("method", "")
    return "set by hand" if method == "fixed" else method


def _indicator_url(indicator: Indicator | None) -> str:
    return reverse("indicator", args=[indicator.code]) if indicator else ""


def _source_link(dataset: Dataset) -> SourceLink:
    return SourceLink(str(dataset), reverse("dataset", args=[dataset.pk]))
