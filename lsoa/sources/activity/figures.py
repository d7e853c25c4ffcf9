"""From the columns of a published table to series: missing figures, unreadable ones and checks of sums."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lsoa.loading.report import QualityReport

from ..rows import SeriesRows
from ..tables import as_numbers

ENGLAND = ("E92000001", "England")
ENGLAND_AND_WALES = ("K04000001", "England and Wales")
# Sums of figures that are estimates themselves differ in the last digits.
TOLERANCE = 0.5


@dataclass(frozen=True)
class Measure:
    """A column of a published table: the measure that it is, and which part of it."""

    heading: str
    code: str
    name: str
    unit: str
    breakdown: str = ""


@dataclass(frozen=True)
class Sum:
    """A heading that should be the sum of others; `what` names it in the report."""

    what: str
    total: str
    parts: tuple[str, ...]


class Unreported(QualityReport):
    """The report while only the release is looked for: the same rows are read, and reported, later."""


def read_numbers(frame: pd.DataFrame, headings: Sequence[str], report, code: str = "") -> dict[str, tuple]:
    """{heading: (values, reasons)} of a frame whose index is the line; unreadable or negative cells are rejected with
    their line and count as out of range, so that the row's other figures stay. `code` names the column of codes."""
    out = {}
    for heading in headings:
        column = frame[heading].map(lambda cell: "" if str(cell).strip() in ("NA", "N/A", "nan", "None") else cell)
        values, reasons, unreadable = as_numbers(column)
        negative = values < 0
        for bad, fault in ((unreadable, "is not a number"), (negative, "is below zero")):
            for line in frame.index[bad]:
                place = frame.at[line, code] if code else ""
                report.reject(line, place, f"{heading[:100]}: {str(frame.at[line, heading])[:40]!r} {fault}")
        values[negative] = np.nan
        reasons[unreadable | negative] = "out_of_range"
        out[heading] = (values, reasons)
    return out


def check_sums(numbers: dict[str, tuple], labels: Sequence[str], sums: Sequence[Sum], report) -> None:
    """Count the rows whose total is not the sum of its parts, and name the first of them in the report."""
    for rule in sums:
        if rule.total not in numbers or not set(rule.parts) <= set(numbers):
            continue
        parts = sum(numbers[part][0] for part in rule.parts)
        with np.errstate(invalid="ignore"):
            apart = np.abs(numbers[rule.total][0] - parts) > TOLERANCE
        report.note_count(f"rows whose {rule.what} differs from the sum of its parts", int(apart.sum()))
        named = [label for label, differs in zip(labels, apart, strict=True) if differs][:5]
        if named:
            report.note(f"{rule.what} differs from the sum of its parts in {', '.join(named)}")


def series(
    measure: Measure,
    *,
    interval: str,
    kind: str,
    frame: pd.DataFrame,
    values: np.ndarray,
    reasons: np.ndarray,
    note: Callable | None = None,
    estimate: Callable | None = None,
    breakdown: Sequence[str] | None = None,
) -> SeriesRows:
    """The chunk of one measure. `frame` has the columns code, name and period (a date), its index the lines;
    `note(period)` and `estimate(period)` say what is to be said about each figure."""
    periods = frame["period"].tolist()
    return SeriesRows(
        measure=measure.code,
        name=measure.name,
        unit=measure.unit,
        interval=interval,
        organisation_kind=kind,
        line=frame.index.to_numpy(),
        organisation_code=frame["code"].to_numpy(dtype=object),
        organisation_name=frame["name"].to_numpy(dtype=object),
        period=np.array(periods, dtype=object),
        value=values,
        reason=reasons,
        breakdown=[measure.breakdown] * len(frame) if breakdown is None else breakdown,
        is_estimate=None if estimate is None else [bool(estimate(day)) for day in periods],
        note=None if note is None else [note(day) for day in periods],
    )


def with_periods(frame: pd.DataFrame, source, read: Callable, report, expected: str, code: str = "") -> pd.DataFrame:
    """The frame with a column `period` read by `read` from the column(s) `source`; rows without one are rejected."""
    if isinstance(source, str):
        cells = frame[source]
        periods = [read(cell) for cell in cells]
    else:
        cells = frame[source].astype(str).agg(" ".join, axis=1)
        periods = [read(*row) for row in frame[source].itertuples(index=False, name=None)]
    frame = frame.assign(period=pd.Series(periods, index=frame.index, dtype=object))
    wrong = frame["period"].isna()
    for line in frame.index[wrong]:
        place = frame.at[line, code] if code else ""
        report.reject(line, place, f"expected {expected}, found {str(cells[line])[:40]!r}")
    return frame[~wrong]


def without_repeats(frame: pd.DataFrame, keys: list[str], report, code: str) -> pd.DataFrame:
    """The first row of every key; later ones are rejected and name what they repeat."""
    repeated = frame.duplicated(keys)
    if repeated.any():
        first: dict[tuple, int] = {}
        for line, key in zip(frame.index, frame[keys].itertuples(index=False, name=None), strict=True):
            first.setdefault(key, line)
        for line in frame.index[repeated]:
            key = tuple(frame.loc[line, keys])
            report.reject(line, frame.at[line, code], f"duplicate of line {first[key]}")
    return frame[~repeated]


def months_between(periods) -> tuple[int, int]:
    """(months that have figures, months missing between the first and the last)."""
    have = {(day.year, day.month) for day in periods}
    if not have:
        return 0, 0
    (first_year, first_month), (last_year, last_month) = min(have), max(have)
    every = (last_year - first_year) * 12 + last_month - first_month + 1
    return len(have), every - len(have)


def report_months(periods, report) -> None:
    have, gaps = months_between(periods)
    report.note_count("months", have)
    report.note_count("months missing in between", gaps)
