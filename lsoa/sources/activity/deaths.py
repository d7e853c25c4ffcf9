"""Weekly registered deaths of England and Wales by region, or by sex and age; totals, averages and causes apart."""

import re

import numpy as np
import pandas as pd

from lsoa.models import Dataset

from ..base import ONS, Refused, Release, Source, Stage
from ..tables import read_csv
from . import periods
from .figures import ENGLAND_AND_WALES, Measure, Unreported, read_numbers, series, with_periods, without_repeats

COLUMNS = ["category_1", "category_2", "counts", "date", "week_no"]
DEATHS = Measure("counts", "weekly_deaths", "Deaths registered in the week", "deaths")
AVERAGE = Measure(
    "counts", "weekly_deaths_average", "Deaths registered in the same week, average of five years", "deaths"
)
RESPIRATORY = Measure("counts", "weekly_deaths_respiratory", "Deaths from respiratory diseases (J00-J99)", "deaths")
COVID = Measure("counts", "weekly_deaths_covid19", "Deaths with COVID-19 on the certificate", "deaths")
FIVE_YEARS = "average of same week over 5 years"
SEXES = {"Persons": "Persons", "Males": "Males", "Females": "Females"}
REGIONS = {
    "North East": "E12000001",
    "North West": "E12000002",
    "Yorkshire and The Humber": "E12000003",
    "East Midlands": "E12000004",
    "West Midlands": "E12000005",
    "East": "E12000006",
    "London": "E12000007",
    "South East": "E12000008",
    "South West": "E12000009",
    "Wales": "W92000004",
}
AGE = re.compile(r"(\d{1,2})-(\d{1,2})|(\d{2})\+|Under 1 year")
# Where each row belongs: (measure, kind, code, name, breakdown).
Place = tuple[Measure, str, str, str, str]


class WeeklyDeaths(Source):
    key = "weekly-deaths"
    stage = Stage.VALUES

    def recognises(self, material):
        return material.kind == "csv" and set(COLUMNS) <= set(material.columns)

    def release(self, material):
        frame = read_csv(material, ["date"], ["date"], Unreported())
        days = [day for cell in frame["date"].dropna().unique() if (day := periods.as_day(cell))]
        if not days:
            raise Refused(expected="days in the column 'date'", found="none")
        return Release(
            title="Deaths registered weekly in England and Wales, as converted in NHSRdatasets",
            publisher=ONS,
            release=f"{max(days):%Y-%m-%d}",
            standing=Dataset.Standing.CONVERTED,
            licence="Open Government Licence v3.0 (package: CC0)",
            extent="England and Wales",
            vintage=None,
            method="By week of registration, which ends on a Friday; holidays shift registrations into later weeks.",
        )

    def rows(self, material, context):
        report = context.report
        frame = read_csv(material, COLUMNS, ["category_1", "category_2", "date"], report)
        report.read(len(frame))
        frame = with_periods(frame, "date", periods.as_day, report, "a day such as 2010-01-08")
        frame = _placed(frame, report)
        frame = without_repeats(frame, ["measure", "kind", "code", "breakdown", "period"], report, "code")
        frame["counts"], frame["reason"] = read_numbers(frame, ["counts"], report, "code")["counts"]
        _check_weeks(frame, report)
        for (_, kind), rows in frame.groupby(["measure", "kind"], sort=False):
            yield series(
                rows["place"].iloc[0][0],
                interval="week",
                kind=kind,
                frame=rows,
                values=rows["counts"].to_numpy(dtype=float),
                reasons=rows["reason"].to_numpy(dtype=object),
                breakdown=rows["breakdown"].to_numpy(dtype=object),
                note=periods.pandemic_note,
            )


def _placed(frame, report) -> pd.DataFrame:
    """Every row with its measure and place; rows of unknown categories are rejected."""
    cells = frame[["category_1", "category_2"]].fillna("").astype(str).apply(lambda column: column.str.strip())
    found = {pair: _place(*pair) for pair in set(cells.itertuples(index=False, name=None))}
    places = [found[pair] for pair in cells.itertuples(index=False, name=None)]
    frame = frame.assign(place=pd.Series(places, index=frame.index, dtype=object))
    unknown = frame["place"].isna()
    for line in frame.index[unknown]:
        first, second = cells.loc[line]
        named = f"{first[:60]!r} with {second[:40]!r}" if first or second else "both blank"
        report.reject(line, "", f"expected a known category, found {named}")
    frame = frame[~unknown]
    columns = list(zip(*frame["place"], strict=True)) or [()] * 5
    return frame.assign(
        measure=[measure.code for measure in columns[0]],
        kind=list(columns[1]),
        code=list(columns[2]),
        name=list(columns[3]),
        breakdown=list(columns[4]),
    )


def _place(first: str, second: str) -> Place | None:
    nation = ("country", *ENGLAND_AND_WALES)
    if first == "Total deaths" and second == "all ages":
        return (DEATHS, *nation, "")
    if (first, second) in (("Total deaths", FIVE_YEARS), (FIVE_YEARS, "")):
        return (AVERAGE, *nation, "")
    if first.startswith("All respiratory diseases"):
        return (RESPIRATORY, *nation, f"ICD-10 {second}".strip() if second else "")
    if first.startswith("Deaths where COVID-19"):
        return (COVID, *nation, "")
    if first == "Region" and second in REGIONS:
        return (DEATHS, "region", REGIONS[second], second, "")
    if first in SEXES and AGE.fullmatch(second):
        return (DEATHS, *nation, f"{SEXES[first]}, {_age(second)}")
    return None


def _age(band: str) -> str:
    """ "01-14" -> "1 to 14 years", "85+" -> "85 years and over"."""
    low, high, oldest = AGE.fullmatch(band).groups()
    if oldest:
        return f"{oldest} years and over"
    return f"{int(low)} to {int(high)} years" if low else "under 1 year"


def _check_weeks(frame, report):
    """Count the weeks whose totals are not the sum of their parts: ages, and the two sexes of each age."""
    deaths = frame[(frame["measure"] == DEATHS.code) & (frame["kind"] == "country")]
    table = deaths.pivot(index="period", columns="breakdown", values="counts")
    if "" not in table:
        return
    persons = [name for name in table if name.startswith("Persons, ")]
    apart = (table[persons].sum(axis=1, min_count=1) - table[""]).abs() > 0.5
    report.note_count("weeks whose ages do not add up to all deaths", int(apart.sum()))
    ages = [name.removeprefix("Persons, ") for name in persons]
    pairs = [age for age in ages if f"Males, {age}" in table and f"Females, {age}" in table]
    wrong = sum(
        ((table[f"Males, {age}"] + table[f"Females, {age}"] - table[f"Persons, {age}"]).abs() > 0.5).astype(int)
        for age in pairs
    )
    report.note_count("ages of a week whose sexes do not add up", int(np.sum(wrong)))
