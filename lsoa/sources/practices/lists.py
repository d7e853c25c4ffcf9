"""How many patients are registered at each practice: by sex and five-year age, or the total alone."""

import numpy as np
import pandas as pd

from lsoa.models import Dataset
from lsoa.models.practices import AGE_BANDS
from lsoa.sources.base import Refused, Stage
from lsoa.sources.rows import RecordRows
from lsoa.sources.tables import as_numbers, read_csv

from .cells import (
    PublishedTable,
    check_columns,
    check_one_extract,
    english_practices,
    extent_of_codes,
    patients_release,
    without_duplicates,
)

# The level of organisation whose rows are practices; the others repeat the same patients.
PRACTICE_LEVEL = "GP"
SEXES = ("FEMALE", "MALE")


def refuse_numbers(frame: pd.DataFrame, column: str, code: str, report, what: str) -> pd.DataFrame:
    """The rows with a number of patients, in `column` as float; others are rejected with line and reason."""
    number, missing, unreadable = as_numbers(frame[column])
    with np.errstate(invalid="ignore"):
        below = number < 0
    bad = unreadable | (missing != "") | below
    reasons = np.select(
        [unreadable, missing != "", below],
        [f"{what} is not a number", f"{what} is blank or withheld", f"{what} is below zero"],
        "",
    )
    for line, practice, reason in zip(frame.index[bad], frame.loc[bad, code], reasons[bad], strict=True):
        report.reject(line, practice, reason)
    return frame.assign(**{column: number})[~bad]


class QuinaryAgeLists(PublishedTable):
    """Patients by practice, sex and five-year age band. One row of the file is one band of one organisation."""

    key = "gp-lists-quinary-age"
    stage = Stage.PRACTICES
    columns = ["EXTRACT_DATE", "ORG_TYPE", "ORG_CODE", "POSTCODE", "SEX", "AGE_GROUP_5", "NUMBER_OF_PATIENTS"]

    def recognises(self, material):
        return material.kind == "csv" and {"ORG_TYPE", "ORG_CODE", "AGE_GROUP_5"} <= set(material.columns)

    def release(self, material):
        check_columns(material, self.columns)
        return patients_release(material, "by sex and five-year age", Dataset.Standing.OFFICIAL)

    def rows(self, material, context):
        report = context.report
        frame = read_csv(material, self.columns, text_columns=self.columns[:-1], report=report)
        check_one_extract(frame)
        frame = frame.assign(ORG_TYPE=frame["ORG_TYPE"].fillna(""))
        other = frame["ORG_TYPE"] != PRACTICE_LEVEL
        report.read(int(other.sum()))
        for level, rows in frame.loc[other, "ORG_TYPE"].value_counts().items():
            report.skip(f"rows of another level of organisation ({level or 'blank'})", int(rows))
        frame = english_practices(frame[~other].fillna({"POSTCODE": ""}), "ORG_CODE", report, postcode="POSTCODE")
        frame = self._banded(frame, report)
        context.progress(0.5)
        counts, lines = _table(frame)
        context.extent = extent_of_codes(counts.index)
        yield from self._lists(counts, lines, report)

    def _banded(self, frame, report) -> pd.DataFrame:
        """Rows of known sex and band, each once, with a number; ALL stands for the total."""
        sex, age = frame["SEX"].fillna(""), frame["AGE_GROUP_5"].fillna("")
        known = sex.isin((*SEXES, "ALL")) & age.isin((*AGE_BANDS, "ALL"))
        for line, code in frame.loc[~known, "ORG_CODE"].items():
            report.reject(line, code, f"unknown sex or age band: {sex[line]!r}, {age[line]!r}")
        frame = refuse_numbers(frame[known], "NUMBER_OF_PATIENTS", "ORG_CODE", report, "number of patients")
        repeated = frame.duplicated(["ORG_CODE", "SEX", "AGE_GROUP_5"])
        for line, code in frame.loc[repeated, "ORG_CODE"].items():
            report.reject(line, code, "duplicate of an earlier line")
        return frame[~repeated]

    def _lists(self, counts, lines, report):
        """One list a practice. Bands are given only where all forty are there."""
        female, male = (counts[[(sex, band) for band in AGE_BANDS]].to_numpy() for sex in SEXES)
        complete = ~(np.isnan(female).any(axis=1) | np.isnan(male).any(axis=1))
        summed = np.where(complete, female.sum(axis=1) + male.sum(axis=1), np.nan)
        stated = counts[("ALL", "ALL")].to_numpy() if ("ALL", "ALL") in counts else np.full(len(counts), np.nan)
        report.note_count("practices with every age band", int(complete.sum()))
        differing = np.abs(stated - summed) > 0.5
        report.note_count("practices whose bands do not add up to their total", int(differing.sum()))
        if differing.any():
            named = [
                f"{code} ({total:,.0f} in total, {bands:,.0f} by band)"
                for code, total, bands, differs in zip(counts.index, stated, summed, differing, strict=True)
                if differs
            ]
            report.note(f"The stated total is kept where bands differ from it: {', '.join(named[:10])}")
        total = np.where(np.isnan(stated), summed, stated)
        for code, line in zip(counts.index[np.isnan(total)], lines[np.isnan(total)], strict=True):
            report.reject(line, code, "neither a total nor every age band")
        kept = ~np.isnan(total)
        report.note_count("patients registered", int(round(total[kept].sum())))
        yield RecordRows(
            model="PracticeList",
            line=lines[kept],
            columns={
                "practice_code": counts.index.to_numpy()[kept],
                "patients": total[kept],
                "female": _arrays(female, complete, kept),
                "male": _arrays(male, complete, kept),
            },
            key=("practice_code",),
        )


def _table(frame) -> tuple[pd.DataFrame, np.ndarray]:
    """Practices x (sex, band) with the line at which each practice begins. Absent bands are NaN."""
    columns = pd.MultiIndex.from_product([SEXES, (*AGE_BANDS, "ALL")]).append(
        pd.MultiIndex.from_tuples([("ALL", "ALL")])
    )
    codes, practices = pd.factorize(frame["ORG_CODE"], sort=True)
    place = columns.get_indexer(pd.MultiIndex.from_arrays([frame["SEX"], frame["AGE_GROUP_5"]]))
    known = place >= 0
    values = np.full((len(practices), len(columns)), np.nan)
    values[codes[known], place[known]] = frame["NUMBER_OF_PATIENTS"].to_numpy(dtype=float)[known]
    lines = np.full(len(practices), np.iinfo(np.int64).max)
    np.minimum.at(lines, codes, frame.index.to_numpy())
    return pd.DataFrame(values, index=practices, columns=columns), lines


def _arrays(values: np.ndarray, complete: np.ndarray, kept: np.ndarray) -> list:
    return [row.tolist() if whole else None for row, whole in zip(values[kept], complete[kept], strict=True)]


class TotalLists(PublishedTable):
    """Patients by practice, total only (the publication's "all" file, CCG era and later)."""

    key = "gp-lists-total"
    stage = Stage.PRACTICES
    columns = ["EXTRACT_DATE", "TYPE", "CODE", "POSTCODE", "SEX", "AGE", "NUMBER_OF_PATIENTS"]

    def recognises(self, material):
        return material.kind == "csv" and {"TYPE", "CODE", "SEX", "AGE", "NUMBER_OF_PATIENTS"} <= set(material.columns)

    def release(self, material):
        check_columns(material, self.columns)
        return patients_release(material, "totals", Dataset.Standing.OFFICIAL)

    def rows(self, material, context):
        report = context.report
        frame = read_csv(material, self.columns, text_columns=self.columns[:-1], report=report).fillna(
            dict.fromkeys(self.columns[:-1], "")
        )
        check_one_extract(frame)
        practices = frame["TYPE"] == PRACTICE_LEVEL
        whole = (frame["SEX"] == "ALL") & (frame["AGE"] == "ALL")
        report.read(int((~(practices & whole)).sum()))
        report.skip("rows of another level of organisation", int((~practices).sum()))
        report.skip("rows of one sex or age", int((practices & ~whole).sum()))
        frame = english_practices(frame[practices & whole], "CODE", report, postcode="POSTCODE")
        frame = refuse_numbers(frame, "NUMBER_OF_PATIENTS", "CODE", report, "number of patients")
        frame = without_duplicates(frame, "CODE", report)
        if not len(frame):
            raise Refused(expected="rows of TYPE GP, SEX ALL, AGE ALL", found="none")
        context.extent = extent_of_codes(frame["CODE"])
        report.note_count("patients registered", int(round(frame["NUMBER_OF_PATIENTS"].sum())))
        yield RecordRows(
            model="PracticeList",
            line=frame.index.to_numpy(),
            columns={
                "practice_code": frame["CODE"].to_numpy(),
                "patients": frame["NUMBER_OF_PATIENTS"].to_numpy(),
            },
            key=("practice_code",),
        )
