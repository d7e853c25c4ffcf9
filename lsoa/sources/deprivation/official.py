"""Files 1 to 7 and 9 of the English indices of deprivation 2019 and 2025, workbooks or text, told apart by headings."""

import numpy as np

from lsoa.catalogue.deprivation import DOMAINS, IMD, MEASURES, SUPPLEMENTARY
from lsoa.models import Dataset

from ..base import Refused, Release, Source, Stage
from ..rows import ValueRows
from ..tables import as_numbers, check_vintage, english_rows, extent_of, read_table, reject_unreadable
from .checks import Cells, check_measure
from .headings import (
    ALL,
    AREAS,
    INDEX,
    SUB_DOMAIN_CODES,
    codes_of,
    heading_of,
    kind_of,
    populations,
    read_headings,
)

PUBLISHER = "Ministry of Housing, Communities and Local Government"
TITLES = {
    "index": "File 1: Index of Multiple Deprivation",
    "domains": "File 2: Domains of Deprivation",
    "supplementary": "File 3: Supplementary Indices, IDACI and IDAOPI",
    "subdomains": "File 4: Sub-domains of Deprivation",
    "scores": "File 5: Scores",
    "populations": "File 6: Population Denominators",
    "all": "File 7: All Scores, Ranks, Deciles and Population Denominators",
    "transformed": "File 9: Transformed Domain Scores",
}


def published_codes(kind: str, release: str) -> list[str]:
    """The indicators that the publisher's file of this kind has."""
    return {
        "index": INDEX,
        "domains": codes_of((IMD, *DOMAINS), "rank", "decile"),
        "supplementary": codes_of((IMD, *SUPPLEMENTARY), "rank", "decile"),
        "subdomains": SUB_DOMAIN_CODES,
        "scores": codes_of(MEASURES, "score"),
        "populations": populations(release),
        "all": [*ALL, *populations(release)],
        "transformed": codes_of(DOMAINS, "transformed_score"),
    }[kind]


class DeprivationFile(Source):
    """One kind of file, of either release."""

    stage = Stage.VALUES

    def __init__(self, kind: str):
        self.kind, self.key = kind, f"deprivation-{kind}"

    def recognises(self, material):
        reading = read_headings(material)
        return reading is not None and kind_of(reading.columns) == self.kind

    def release(self, material):
        reading = read_headings(material)
        lacking = self._lacking(reading)
        standing, method = Dataset.Standing.OFFICIAL, ""
        if lacking and self.kind == "all":
            standing = Dataset.Standing.ASSEMBLED
            method = _what_lacks(lacking, len(published_codes(self.kind, reading.release)), reading.release)
        return Release(
            title=f"English indices of deprivation {reading.release}, {TITLES[self.kind]}",
            publisher=PUBLISHER,
            release=reading.release,
            standing=standing,
            vintage=reading.vintage,
            method=method,
        )

    def _lacking(self, reading) -> list[str]:
        return [code for code in published_codes(self.kind, reading.release) if code not in reading.columns]

    def headings(self):
        """Sets of headings that a file of this kind has, one for each release."""
        return [
            (f"LSOA code ({vintage})", *(heading_of(code, release) for code in published_codes(self.kind, release)))
            for vintage, release in ((2011, "2019"), (2021, "2025"))
        ]

    def rows(self, material, context):
        reading = read_headings(material)
        release = reading.release
        lacking = self._lacking(reading)
        # File 7 without its index is nothing; with it, the rest may come from elsewhere.
        needed = [code for code in lacking if self.kind != "all" or code.startswith("imd_score")]
        if reading.repeated:
            raise Refused(expected="one column for each figure", found=f"another one: {reading.repeated[0]!r}")
        if needed or not reading.name:
            wanted = heading_of(needed[0], release) if needed else f"LSOA name ({reading.vintage})"
            raise Refused(expected=f"the heading {wanted!r}", found=", ".join(reading.headings.names)[:300])
        columns = list(reading.columns.values())
        frame = read_table(
            material,
            reading.headings,
            [reading.code, reading.name, *columns],
            [reading.code, reading.name],
            context.report,
        )
        frame = english_rows(frame, reading.code, context.report)
        check_vintage(frame[reading.code], reading.vintage)
        context.extent = extent_of(frame[reading.code].to_list(), frame[reading.name])
        cells = Cells(frame.index, frame[reading.code], context.report)
        for code, heading in reading.columns.items():
            read_cells(cells, frame, heading, code, reading.code)
        for measure in MEASURES:
            check_measure(cells, measure.key, AREAS[release])
        yield from value_rows(cells, release)


def _what_lacks(lacking, published, release) -> str:
    """Why a file in the layout of File 7 is not the published one, in words."""
    named = "; ".join(heading_of(code, release) for code in lacking[:3]) + ("; ..." if lacking[3:] else "")
    # Codes and names of area and district are four more.
    return f"Not the published file: {len(lacking)} of its {published + 4} columns are not there ({named})."[:300]


def read_cells(cells: Cells, frame, heading: str, indicator: str, code_heading: str, scale: float = 1) -> None:
    """Put one column into `cells`, as it stands or times `scale`; unreadable cells are reported and left out."""
    value, reason, unreadable = as_numbers(frame[heading])
    reject_unreadable(frame, heading, unreadable, code_heading, indicator, cells.report)
    cells.values[indicator] = value if scale == 1 else np.round(value * scale, 6)
    cells.reasons[indicator], cells.dropped[indicator] = reason, unreadable


def value_rows(cells: Cells, period: str):
    """One chunk for each indicator."""
    for indicator, value in cells.values.items():
        keep = ~cells.dropped[indicator]
        yield ValueRows(
            indicator=indicator,
            period=period,
            line=cells.lines[keep],
            code=cells.codes[keep],
            value=value[keep],
            reason=cells.reasons[indicator][keep],
        )


DEPRIVATION_FILES = [DeprivationFile(kind) for kind in TITLES]
