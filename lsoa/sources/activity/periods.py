"""Months and weeks as publishers write them, and what must be said about the figures of some of them."""

import datetime as dt
import re

MONTHS = {
    name: number
    for number, names in enumerate(
        [
            ("january", "jan"), ("february", "feb"), ("march", "mar"), ("april", "apr"), ("may",), ("june", "jun"),
            ("july", "jul"), ("august", "aug"), ("september", "sep", "sept"), ("october", "oct"), ("november", "nov"),
            ("december", "dec"),
        ],
        start=1,
    )
    for name in names
}  # fmt: skip
# "Figures from Nov 2010 to May 2015 have been estimated from published weekly data by apportioning weeks into calendar
# months": note 1 of the A&E workbook.
ESTIMATED = (dt.date(2010, 11, 1), dt.date(2015, 5, 1))
# The first full month of the pandemic to the month in which England's last legal restrictions ended.
PANDEMIC = (dt.date(2020, 3, 1), dt.date(2022, 2, 28))
PANDEMIC_NOTE = "COVID-19 pandemic: not comparable with other years"
# Note 5 of the A&E workbook: a cyber-attack on providers of type 3.
TYPE3_SHORT = (dt.date(2022, 8, 1), dt.date(2023, 2, 1))
TYPE3_NOTE = "Type 3 short: cyber-attack on providers"
# Note 3: fourteen trusts tested other standards and published no four-hour figures.
FIELD_TEST = (dt.date(2019, 5, 1), dt.date(2023, 5, 31))
FIELD_TEST_NOTE = "Not published: the trust tested other standards than four hours"


def as_day(cell) -> dt.date | None:
    """A date cell: a date, "2010-08-01", "2010-08-01 00:00:00" or, re-saved by a spreadsheet, "01/08/2010" (day first).
    None for anything else."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    text = str(cell).strip()
    iso = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:[ T]00:00:00(?:\.0+)?)?", text)
    british = re.fullmatch(r"(\d\d?)/(\d\d?)/(\d{4})", text)
    try:
        if iso:
            return dt.date(*(int(part) for part in iso.groups()))
        if british:
            day, month, year = (int(part) for part in british.groups())
            return dt.date(year, month, day)
    except ValueError:
        return None
    return None


def as_month(cell) -> dt.date | None:
    """The first day of a month given as a date in it, as "April 2021" or as "Apr-21". None for anything else."""
    day = as_day(cell)
    if day is not None:
        return day.replace(day=1)
    words = re.fullmatch(r"([A-Za-z]+)[ -](\d{4}|\d\d)", str(cell).strip())
    number = MONTHS.get(words.group(1).lower()) if words else None
    if number is None:
        return None
    year = int(words.group(2))
    return dt.date(year + 2000 if year < 100 else year, number, 1)


def month_of_financial_year(year: str, month: str) -> dt.date | None:
    """("2012-13", "APRIL") -> 1 April 2012; January to March belong to the second year. None for anything else."""
    years = re.fullmatch(r"(\d{4})[-/](\d\d)", str(year).strip())
    number = MONTHS.get(str(month).strip().lower())
    if years is None or number is None or (int(years.group(1)) + 1) % 100 != int(years.group(2)):
        return None
    return dt.date(int(years.group(1)) + (number < 4), number, 1)


def within(day: dt.date, span: tuple[dt.date, dt.date]) -> bool:
    return span[0] <= day <= span[1]


def pandemic_note(day: dt.date) -> str:
    return PANDEMIC_NOTE if within(day, PANDEMIC) else ""


def joined(*notes: str) -> str:
    """Notes of one figure, in one line that fits the column (100 characters)."""
    return "; ".join(note for note in notes if note)[:100]
