"""One reader for the styles in which publishers write dates."""

import re
from datetime import date

import numpy as np
import pandas as pd

MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
# Year first (2026-07-01, 20260701), day first (01/07/2026), month by name (01Jul2026, 01-Sep-20, 1 July 2026).
YEAR_FIRST = re.compile(r"^(?P<year>\d{4})-?(?P<month>\d{2})-?(?P<day>\d{2})(?:[T ]00:00(?::00)?)?$")
DAY_FIRST = re.compile(r"^(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})$")
MONTH_NAMED = re.compile(r"^(?P<day>\d{1,2})[ -]?(?P<month>[A-Za-z]{3})[A-Za-z]*[ -]?(?P<year>\d{4}|\d{2})$")
# Practices opened from 1948 on: a year of two digits above this belongs to the last century.
LAST_SHORT_YEAR = 47


def read_date(text: str) -> date | None:
    """The day that a cell names, in any published style; None when it names none (31/02/2024, 19741, Jul-26)."""
    text = text.strip()
    found = YEAR_FIRST.match(text) or DAY_FIRST.match(text) or MONTH_NAMED.match(text)
    if found is None:
        return None
    year, month = int(found["year"]), found["month"]
    if len(found["year"]) == 2:
        year += 2000 if year <= LAST_SHORT_YEAR else 1900
    try:
        return date(year, MONTHS[month.lower()] if month.isalpha() else int(month), int(found["day"]))
    except (KeyError, ValueError):
        return None


def read_dates(column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Cells -> (dates, None where blank or unreadable; mask of cells that hold something else than a date)."""
    text = column.fillna("").astype(str).str.strip()
    known = {cell: read_date(cell) for cell in text.unique() if cell}
    dates = np.array([known.get(cell) for cell in text], dtype=object)
    return dates, (text != "").to_numpy() & (dates == None)  # noqa: E711


def read_reported_dates(frame: pd.DataFrame, column: str, code: str, report) -> np.ndarray:
    """`read_dates` of a column; what is no date is rejected with its line, the rest of its row stays."""
    dates, unreadable = read_dates(frame[column])
    for line, practice, cell in zip(
        frame.index[unreadable], frame.loc[unreadable, code], frame.loc[unreadable, column], strict=True
    ):
        report.reject(line, practice, f"{column} {str(cell)[:40]!r} is not a date")
    return dates
