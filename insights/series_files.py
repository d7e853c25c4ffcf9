"""Monthly series as CSV: what `forecast_series` reads and writes.

Read: `series,month,value`, a row for each month; months as 2026-09, an empty value is missing.
Written: `series,month,mean,lower_80,upper_80,lower_90,upper_90,flags`, flags separated by spaces.
"""

import csv
import io
import math
import re

import numpy as np

from insights.forecasting import Forecasts, Panel
from insights.months import YEAR

COLUMNS = ("series", "month", "value")
MOST_ROWS = 5_000_000
MONTH = re.compile(r"(\d{4})-(\d{2})(?:-01)?")


class BadFile(ValueError):
    """The file cannot be read; the message says what was expected and what was found."""


def read_series(text: str) -> tuple[list[str], int, Panel]:
    """Names in order of appearance, the first month counted from year 0, and the panel. BadFile."""
    lines = csv.reader(io.StringIO(text, newline=""))
    header = next(lines, [])
    if [name.strip().lower() for name in header] != list(COLUMNS):
        raise BadFile(f"Expected the columns {', '.join(COLUMNS)}; found {', '.join(header) or 'nothing'}.")
    found = {}
    try:
        for row in lines:
            if row:
                _add(found, row, lines.line_num)
            if lines.line_num > MOST_ROWS:
                raise BadFile(f"Expected at most {MOST_ROWS:,} rows.")
    except csv.Error as error:
        raise BadFile(f"Line {lines.line_num}: {error}.") from None
    if not found:
        raise BadFile("The file has no rows.")
    names = list(dict.fromkeys(name for name, _ in found))
    months = [month for _, month in found]
    first, count = min(months), max(months) - min(months) + 1
    if count > 100 * YEAR:
        raise BadFile(f"Expected months of one century; found {count:,} months between the first and the last.")
    table, place = np.full((len(names), count), np.nan), {name: row for row, name in enumerate(names)}
    for (name, month), value in found.items():
        table[place[name], month - first] = value
    return names, first, Panel(table, first % YEAR)


def _add(found, row, line):
    if len(row) != len(COLUMNS):
        raise BadFile(f"Line {line}: expected {len(COLUMNS)} values, found {len(row)}.")
    name, month, value = (part.strip() for part in row)
    match = MONTH.fullmatch(month)
    if not match or not 1 <= int(match[2]) <= YEAR:
        raise BadFile(f"Line {line}: expected a month such as 2026-09, found {month!r}.")
    key = (name, int(match[1]) * YEAR + int(match[2]) - 1)
    if not name or key in found:
        raise BadFile(f"Line {line}: {'a series needs a name' if not name else f'{name} has {month} twice'}.")
    try:
        number = float(value) if value else math.nan
    except ValueError:
        raise BadFile(f"Line {line}: expected a number or nothing, found {value!r}.") from None
    if value and not (math.isfinite(number) and number >= 0):
        raise BadFile(f"Line {line}: expected a finite number of at least 0, found {value!r}.")
    found[key] = number


def write_forecasts(names: list[str], next_month: int, forecasts: Forecasts) -> str:
    """CSV of the forecasts; series of which nothing can be said have no rows. Six digits are kept."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    intervals = ("mean", "lower_80", "upper_80", "lower_90", "upper_90")
    writer.writerow(["series", "month", *intervals, "flags"])
    for row, name in enumerate(names):
        if np.isfinite(forecasts.upper_90[row]).all():
            for step in range(forecasts.mean.shape[1]):
                year, month = divmod(next_month + step, YEAR)
                figures = [f"{getattr(forecasts, one)[row, step]:.6g}" for one in intervals]
                writer.writerow([name, f"{year:04d}-{month + 1:02d}", *figures, " ".join(forecasts.flags[row])])
    return out.getvalue()
