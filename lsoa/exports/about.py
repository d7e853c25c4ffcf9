"""What a download says about itself: sources with licence, date, filters, columns, and signs for missing figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from lsoa.models import Dataset, Indicator, MissingReason
from lsoa.profiles import datasets_behind

from .contents import Contents

# Shorthand of the Government Analysis Function's guidance on symbols in tables ("[x] = not available" and so on).
SIGNS = {
    MissingReason.BLANK.value: "[x]",
    MissingReason.SUPPRESSED.value: "[c]",
    MissingReason.NOT_APPLICABLE.value: "[z]",
    MissingReason.OUT_OF_RANGE.value: "[e]",
    MissingReason.UNAVAILABLE.value: "[w]",
    # Nothing was ever loaded for the area.
    "": "[x]",
}
SIGN_MEANINGS = {
    "[x]": "not available",
    "[c]": "suppressed by the publisher",
    "[z]": "not applicable",
    "[e]": "published figure out of range, left out",
    "[w]": "not available for this area because its boundary has changed",
}
GEOGRAPHY_MEANING = "Codes are ONS (GSS) codes; areas are LSOAs of 2021."


@dataclass(frozen=True)
class About:
    """The words of one download. `sources` are the datasets in force behind its figures."""

    contents: Contents
    sources: list[Dataset]
    indicator_sources: dict[str, list[Dataset]]
    made_at: datetime

    @classmethod
    def of(cls, contents: Contents) -> "About":
        behind = datasets_behind(contents.codes, contents.areas) if contents.keys else {}
        found = {
            str(dataset.pk): dataset
            for dataset in Dataset.objects.filter(pk__in={pk for ids in behind.values() for pk in ids})
        }
        by_code = {code: [found[pk] for pk in ids if pk in found] for code, ids in behind.items()}
        sources = sorted(found.values(), key=lambda dataset: (dataset.publisher, dataset.title, dataset.release))
        return cls(contents, sources, by_code, timezone.now())

    def sentences(self) -> Iterator[str]:
        """The notes, a line each."""
        contents = self.contents
        yield contents.title
        yield f"Made {timezone.localtime(self.made_at):%-d %B %Y, %H:%M} by HealthEquiRoute"
        yield f"Areas: {len(contents.keys):,}"
        yield from (f"Filter: {text}" for text in contents.filters)
        yield GEOGRAPHY_MEANING
        yield from (f"Source: {source_line(dataset)}" for dataset in self.sources)
        yield from (f"{indicator.code}: {_indicator_line(indicator)}" for indicator in contents.indicators)
        yield from (f"{column.heading}: {column.meaning}" for column in contents.columns)
        yield "Signs: " + "; ".join(f"{sign} {meaning}" for sign, meaning in SIGN_MEANINGS.items())

    def as_json(self) -> dict:
        """The same for machines."""
        contents = self.contents
        return {
            "title": contents.title,
            "made_at": self.made_at.isoformat(),
            "areas": len(contents.keys),
            "filters": list(contents.filters),
            "geography": GEOGRAPHY_MEANING,
            "columns": {column.heading: column.meaning for column in contents.columns},
            "indicators": [
                {
                    "code": indicator.code,
                    "name": indicator.name,
                    "unit": indicator.unit,
                    "datasets": [str(dataset.pk) for dataset in self.indicator_sources.get(indicator.code, [])],
                }
                for indicator in contents.indicators
            ],
            "sources": [source_json(dataset) for dataset in self.sources],
        }


def source_line(dataset: Dataset) -> str:
    """ "Title, release, publisher. Licence." and whether it is official."""
    standing = "" if dataset.standing == Dataset.Standing.OFFICIAL else f" {dataset.get_standing_display()}."
    return f"{dataset.title}, {dataset.release}. {dataset.publisher}. {dataset.licence}.{standing}"


def source_json(dataset: Dataset) -> dict:
    return {
        "dataset": str(dataset.pk),
        "title": dataset.title,
        "publisher": dataset.publisher,
        "release": dataset.release,
        "licence": dataset.licence,
        "standing": dataset.get_standing_display(),
        "method": dataset.method,
        "file": dataset.file_name,
        "sha256": dataset.file_sha256,
        "loaded_at": dataset.loaded_at.isoformat(),
    }


def _indicator_line(indicator: Indicator) -> str:
    text = f"{indicator.name} ({indicator.unit})"
    return f"{text}. {indicator.description}" if indicator.description else text
