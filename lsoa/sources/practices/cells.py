"""What the files about practices have in common: codes, the day of the extract, the part of the country."""

import pandas as pd

from lsoa.sources.base import Refused, Release, Source
from lsoa.sources.tables import read_csv

from .dates import read_date, read_dates

NHS_ENGLAND = "NHS England"
PATIENTS_REGISTERED = "Patients Registered at a GP Practice"
# What PUBLICATION says in an unofficial file that follows the official layout.
MODELLED = "MODELLED_NOT_NHS_DATA"
ENGLISH, WELSH = r"^[A-HJ-RT-VXY][A-Z0-9]{5}$", r"^W[0-9]{5}$"
SCOTTISH, NORTHERN_IRISH = r"^(?:S[0-9]{5}|[0-9]{5})$", r"^Z[0-9]{5}$"
ISLANDS = r"^(?:GY|JE|IM)[0-9]"
# Written where a practice belongs to no network.
NO_NETWORK = {"", "U", "-", "UNALLOCATED", "UNKNOWN OR NO PCN"}
NATIONAL_PRACTICES = 5_000


class PublishedTable(Source):
    """A table with headings: `columns` are those that it must have."""

    columns: list[str] = []

    def headings(self):
        return [tuple(self.columns)] if self.columns else []


def read_text(material, columns: list[str], report) -> pd.DataFrame:
    """The named columns as text without surrounding blanks, "" where blank. Index = line in the file."""
    frame = read_csv(material, columns, text_columns=columns, report=report).fillna("")
    return frame.apply(lambda column: column.astype(str).str.strip())


def english_practices(frame: pd.DataFrame, column: str, report, postcode: str | None = None) -> pd.DataFrame:
    """The rows of English practices; those of other countries are counted, what is no practice's code is rejected.

    Counts every row as read. `postcode` names the column that tells practices of the Channel Islands and Man.
    """
    report.read(len(frame))
    codes = frame[column].fillna("").astype(str).str.strip().str.upper()
    frame = frame.assign(**{column: codes})
    islands = frame[postcode].str.upper().str.match(ISLANDS) if postcode else pd.Series(False, index=frame.index)
    apart = islands.copy()
    report.skip("practices of the Channel Islands and the Isle of Man", int(islands.sum()))
    for what, pattern in (("Welsh", WELSH), ("Scottish", SCOTTISH), ("Northern Irish", NORTHERN_IRISH)):
        elsewhere = codes.str.match(pattern) & ~apart
        report.skip(f"{what} practices", int(elsewhere.sum()))
        apart |= elsewhere
    english = codes.str.match(ENGLISH) & ~apart
    for line, code in codes[~(english | apart)].items():
        report.reject(line, code, "not the code of a practice" if code else "no practice code")
    return frame[english]


def without_duplicates(frame: pd.DataFrame, column: str, report) -> pd.DataFrame:
    """The first row of each code; later ones are rejected."""
    repeated = frame.duplicated(column)
    for line, code in frame.loc[repeated, column].items():
        report.reject(line, code, "duplicate of an earlier line")
    return frame[~repeated]


def first_row(material) -> dict[str, str]:
    """The cells of the first row below the headings, by heading; empty when there is none."""
    rows = [cells for _, cells in material.first_rows[material.heading_place + 1 :]]
    return dict(zip(material.columns, rows[0], strict=False)) if rows else {}


def extract_day(material):
    """The day that EXTRACT_DATE names in the first row. Raises Refused."""
    cell = first_row(material).get("EXTRACT_DATE", "")
    day = read_date(cell)
    if day is None:
        raise Refused(expected="a date in EXTRACT_DATE, as in 01JAN2021 or 2026-07-01", found=repr(cell) or "nothing")
    return day


def check_one_extract(frame: pd.DataFrame) -> None:
    """Raises Refused unless every row is of one day: two releases in one file would be two answers."""
    cells = frame["EXTRACT_DATE"].drop_duplicates()
    days, unreadable = read_dates(cells)
    if unreadable.any() or len(set(days)) > 1:
        found = ", ".join(sorted(str(cell) for cell in cells)[:5])
        raise Refused(expected="one day in EXTRACT_DATE throughout", found=found)


def month_of(day) -> str:
    """2026-07: months sort in time order as text."""
    return f"{day:%Y-%m}"


def patients_release(material, title: str, standing: int, **options) -> Release:
    """The release of a file of "Patients Registered at a GP Practice": the month of its extract."""
    fields = {
        "title": f"{PATIENTS_REGISTERED}: {title}",
        "publisher": NHS_ENGLAND,
        "release": month_of(extract_day(material)),
        "standing": standing,
        "vintage": None,
    }
    return Release(**fields | options)


def extent_of_codes(codes) -> str:
    """ "England", or how many practices and which: two parts of the country must not pass for one."""
    codes = sorted(set(codes))
    if len(codes) >= NATIONAL_PRACTICES:
        return "England"
    return f"{len(codes):,} practices, {codes[0]} to {codes[-1]}" if codes else "no practice"


def check_columns(material, columns) -> None:
    """Raises Refused when a column that is needed is missing."""
    absent = [column for column in columns if column not in material.columns]
    if absent:
        raise Refused(expected=f"the column {absent[0]!r}", found=", ".join(material.columns)[:300] or "no headings")
