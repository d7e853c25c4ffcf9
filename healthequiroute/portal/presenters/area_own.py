"""Figures of one area that the organisation handed in itself, beside the open data that everybody sees."""

from dataclasses import dataclass

from django.urls import reverse

from lsoa.models import Dataset, Indicator, IndicatorValue
from lsoa.reference import reference

from . import wording


@dataclass(frozen=True)
class OwnRow:
    """A figure of the organisation's own; `missing` says why where there is no `text`."""

    name: str
    unit: str
    text: str
    missing: str
    source: str
    source_url: str
    url: str


def own_rows(area, organisation) -> list[OwnRow]:
    """By name; only the organisation's own datasets in force. None without an organisation."""
    if organisation is None:
        return []
    datasets = reference().own_datasets(organisation)
    indicators = reference().own_indicators(organisation)
    if not datasets or not indicators:
        return []
    # By all three columns of the values' index.
    values = IndicatorValue.objects.filter(area=area, dataset__in=list(datasets), indicator__in=list(indicators))
    return [
        _own_row(area.code, value, indicators[value.indicator_id], datasets[value.dataset_id])
        for value in sorted(values, key=lambda value: indicators[value.indicator_id].name)
    ]


def _own_row(area_code: str, value: IndicatorValue, row: Indicator, dataset: Dataset) -> OwnRow:
    return OwnRow(
        name=row.name,
        unit="" if row.unit in ("%", "decile", "rank") else row.unit,
        text="" if value.value is None else wording.figure(value.value, row.decimals, row.unit),
        missing=wording.missing(value.missing_reason) if value.value is None else "",
        source=dataset.release,
        source_url=reverse("dataset", args=[dataset.pk]),
        url=reverse("figure", args=[row.code, area_code]),
    )
