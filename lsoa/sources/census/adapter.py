"""Census 2021 topic summaries at LSOA, Nomis bulk CSV: shares of people and households, in both header styles."""

from dataclasses import replace

import numpy as np

from lsoa.models import Dataset
from lsoa.models.indicators import MissingReason

from ..base import ONS, Refused, Release, Source, Stage
from ..rows import ValueRows
from ..tables import (
    as_numbers,
    check_vintage,
    english_rows,
    extent_of,
    find_headings,
    first_reason,
    read_table,
    reject_unreadable,
)
from .tables import TABLES, Table

KEYS = ["date", "geography", "geography code"]
CODE = KEYS[2]
# One of the two header styles ends every heading with this.
SUFFIX = "; measures: Value"
# The table of single years of age (TS007) begins like that of five-year bands.
SINGLE_YEARS = "Age: Aged under 1 year"


class NomisTable(Source):
    """One topic summary; the same code reads them all."""

    stage = Stage.VALUES

    def __init__(self, table: Table):
        self.table = table
        self.key = f"census2021-{table.name.lower()}"

    def recognises(self, material):
        return material.kind == "csv" and self._headings(material) is not None

    def _headings(self, material):
        """The headings, in the plain style. The variable decides; which categories are there is checked on reading."""
        found = find_headings(material, lambda cells: self._is_mine(_plain(cells)))
        return found and replace(found, names=tuple(_plain(found.names)))

    def _is_mine(self, names) -> bool:
        return (
            set(KEYS) <= set(names)
            and any(name.startswith(f"{self.table.variable}: ") for name in names)
            and SINGLE_YEARS not in names
        )

    def headings(self):
        """The headings of such a file, in both styles."""
        wanted = self.table.headings()
        return [(*KEYS, *wanted), (*KEYS, *(name + SUFFIX for name in wanted))]

    def release(self, material):
        return Release(
            title=f"Census 2021, {self.table.name}: {self.table.title}",
            publisher=f"{ONS} via Nomis",
            release="2021",
            standing=Dataset.Standing.OFFICIAL,
        )

    def rows(self, material, context):
        wanted = self.table.headings()
        frame = read_table(material, self._headings(material), KEYS + wanted, KEYS[1:], context.report)
        _check_period(frame)
        frame = english_rows(frame, CODE, context.report)
        check_vintage(frame[CODE], 2021)
        context.extent = extent_of(frame[CODE].to_list(), frame["geography"])
        frame, cells = _read_cells(frame, wanted, context.report, counts=self.table.counts)
        lines, codes = frame.index.to_numpy(), frame[CODE].to_numpy()
        for share in self.table.shares:
            value, reason = self._figures(share, cells)
            method = "share" if share.parts else "published"
            yield ValueRows(share.indicator, "2021", lines, codes, value, reason, method)

    def _figures(self, share, cells):
        """(values, reasons) of one indicator."""
        whole, reason = cells[f"{self.table.variable}: {self.table.whole}"]
        if not share.parts:
            return whole, reason
        parts = [cells[f"{self.table.variable}: {part}"] for part in share.parts]
        counted = sum(numbers for numbers, _ in parts)
        counted = whole - counted if share.complement else counted
        reason = first_reason(reason, *(reasons for _, reasons in parts))
        with np.errstate(invalid="ignore", divide="ignore"):
            value = np.round(100 * counted / whole, 4)
        nobody = whole == 0
        value[nobody] = np.nan
        reason[nobody] = MissingReason.NOT_APPLICABLE.value
        return value, reason


def _plain(columns) -> list[str]:
    return [column.removesuffix(SUFFIX) for column in columns]


def _check_period(frame):
    periods = set(frame["date"].astype(str).str.strip().str.removesuffix(".0").unique()) - {"nan", ""}
    if periods - {"2021"}:
        raise Refused(expected="the date 2021", found=", ".join(sorted(periods)[:5]))


def _read_cells(frame, headings, report, *, counts):
    """(rows whose cells are all possible, {heading: (numbers, reasons)}); others are rejected with their line."""
    bad = np.zeros(len(frame), dtype=bool)
    cells = {}
    for heading in headings:
        numbers, reasons, unreadable = as_numbers(frame[heading])
        reject_unreadable(frame, heading, unreadable, CODE, heading, report)
        with np.errstate(invalid="ignore"):
            impossible = (numbers < 0) | (counts & (numbers != np.floor(numbers)) & ~np.isnan(numbers))
        for place in np.flatnonzero(impossible):
            reason = f"{heading[:120]}: {numbers[place]:g} is no {'count' if counts else 'density'}"
            report.reject(frame.index[place], frame[CODE].iloc[place], reason)
        bad |= unreadable | impossible
        cells[heading] = numbers, reasons
    if not bad.any():
        return frame, cells
    return frame[~bad], {heading: (numbers[~bad], reasons[~bad]) for heading, (numbers, reasons) in cells.items()}


NOMIS_TABLES = [NomisTable(table) for table in TABLES]
