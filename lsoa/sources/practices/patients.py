"""Where the patients of practices live: registered patients by LSOA in the official layout."""

import numpy as np
import pandas as pd

from lsoa.models import Area, Dataset, PatientDistribution
from lsoa.sources import tables
from lsoa.sources.base import Refused, Stage
from lsoa.sources.rows import RecordRows
from lsoa.sources.tables import LAST_CODE_OF_2011, read_csv

from .cells import (
    MODELLED,
    PublishedTable,
    check_columns,
    check_one_extract,
    english_practices,
    extent_of_codes,
    first_row,
    patients_release,
)
from .lists import refuse_numbers

LSOA = r"^E01[0-9]{6}$"
# Words that stand in LSOA_CODE for patients whose address has none.
NO_AREA = {"CLOSED", "NO2011", "NO2021", "UNKNOWN", "NULL", ""}
ELSEWHERE = {
    "Welsh": r"^W[0-9]{8}$",
    "Scottish": r"^S[0-9]{8}$",
    "Northern Irish": r"^(?:N[0-9]{8}|95[A-Z0-9]{6})$",
    "Channel Islands and Isle of Man": r"^[LM][0-9]{8}$",
}
COUNT_HEADINGS = ("NUMBER_OF_PATIENTS", "Number of Patients")


class PatientsByArea(PublishedTable):
    """Practice x LSOA x sex. Which vintage the LSOAs are of is told by codes that one vintage alone has."""

    key = "gp-patients-by-lsoa"
    stage = Stage.VALUES
    asks_database = True
    columns = ["PUBLICATION", "EXTRACT_DATE", "PRACTICE_CODE", "LSOA_CODE", "SEX"]

    def recognises(self, material):
        return material.kind == "csv" and {"PRACTICE_CODE", "LSOA_CODE", "SEX"} <= set(material.columns)

    def _count_heading(self, material) -> str:
        found = next((heading for heading in COUNT_HEADINGS if heading in material.columns), None)
        if found is None:
            raise Refused(expected="the column 'NUMBER_OF_PATIENTS'", found=", ".join(material.columns)[:300])
        return found

    def release(self, material):
        check_columns(material, self.columns)
        self._count_heading(material)
        modelled = first_row(material).get("PUBLICATION") == MODELLED
        return patients_release(
            material,
            "where they live, by LSOA" + (" (modelled, not NHS data)" if modelled else ""),
            Dataset.Standing.ASSEMBLED if modelled else Dataset.Standing.OFFICIAL,
            is_provisional=modelled,
            method="Modelled: list x ward share x residents of the LSOA within the ward." if modelled else "",
            **({"publisher": "Assembled from open data, not NHS England"} if modelled else {}),
        )

    def rows(self, material, context):
        report = context.report
        heading = self._count_heading(material)
        frame = read_csv(material, [*self.columns, heading], text_columns=self.columns, report=report)
        frame = frame.fillna(dict.fromkeys(self.columns, "")).rename(columns={heading: "patients"})
        check_one_extract(frame)
        if frame["PUBLICATION"].nunique() > 1:
            found = ", ".join(sorted(frame["PUBLICATION"].unique())[:3])
            raise Refused(expected="one PUBLICATION throughout", found=found)
        frame = english_practices(frame, "PRACTICE_CODE", report)
        context.progress(0.3)
        frame = refuse_numbers(frame, "patients", "PRACTICE_CODE", report, "number of patients")
        frame = self._in_areas(frame, report)
        frame = _of_both_sexes(frame, report)
        context.progress(0.6)
        yield from self._distribution(frame, context)

    def _in_areas(self, frame, report) -> pd.DataFrame:
        """Rows about English LSOAs; the patients of all others are counted by what stands in place of a code."""
        codes = frame["LSOA_CODE"].str.strip().str.upper()
        frame = frame.assign(LSOA_CODE=codes)
        english = codes.str.match(LSOA)
        away = pd.Series(False, index=frame.index)
        for what, pattern in ELSEWHERE.items():
            there = codes.str.match(pattern)
            away |= there
            _skip(report, frame, there, f"patients who live outside England ({what})")
        unplaced = codes.isin(NO_AREA)
        for word in sorted(codes[unplaced].unique()):
            _skip(report, frame, codes == word, f"patients without an LSOA ({word or 'blank'})")
        for line, code in codes[~(english | away | unplaced)].items():
            report.reject(line, code, "not the code of an LSOA")
        return frame[english]

    def _distribution(self, frame, context):
        kind = _vintage(frame["LSOA_CODE"])
        context.extent = extent_of_codes(frame["PRACTICE_CODE"])
        context.report.note_count("practices", frame["PRACTICE_CODE"].nunique())
        context.report.note_count("areas", frame["LSOA_CODE"].nunique())
        context.report.note_count("patients with an English LSOA", int(round(frame["patients"].sum())))
        context.report.note(f"LSOAs of {'2011' if kind == PatientDistribution.PlaceKind.AREA_2011 else '2021'}.")
        length = len(frame)
        yield RecordRows(
            model="PatientDistribution",
            line=frame["line"].to_numpy(),
            columns={
                "holder_kind": [PatientDistribution.Holder.PRACTICE.value] * length,
                "holder_code": frame["PRACTICE_CODE"].to_numpy(),
                "place_kind": [kind.value] * length,
                "place_code": frame["LSOA_CODE"].to_numpy(),
                "patients": frame["patients"].to_numpy(),
            },
            key=("holder_code", "place_code"),
        )


def _skip(report, frame, mask, what) -> None:
    report.skip(f"rows of {what}", int(mask.sum()))
    if mask.any():
        report.note_count(what, int(round(frame.loc[mask, "patients"].sum())))


def _of_both_sexes(frame, report) -> pd.DataFrame:
    """One row a practice and area: that of ALL where there is one, else the sum of the sexes.
    `line` is the (first) line of the file that it comes from."""
    keys = ["PRACTICE_CODE", "LSOA_CODE"]
    repeated = frame.duplicated([*keys, "SEX"])
    for line, code in frame.loc[repeated, "PRACTICE_CODE"].items():
        report.reject(line, code, f"duplicate of an earlier line ({frame.at[line, 'LSOA_CODE']})")
    frame = frame[~repeated].assign(line=lambda rows: rows.index, whole=lambda rows: rows["SEX"].str.upper() == "ALL")
    with_whole = frame.groupby(keys)["whole"].transform("any")
    parts = with_whole & ~frame["whole"]
    report.skip("rows of one sex beside the row of both", int(parts.sum()))
    return frame[~parts].groupby(keys, as_index=False, sort=False).agg({"patients": "sum", "line": "min"})


def _vintage(codes) -> PatientDistribution.PlaceKind:
    """Of which vintage a set of LSOAs is. Raises Refused for a mixture.

    Codes made for 2021 decide for 2021; those that ended with 2011 (areas of 2011, or of no area although the whole
    country of 2021 is loaded) for 2011. Codes that both have mean the same area in both.
    """
    codes = np.unique(codes.to_numpy(dtype=str))
    new, older = codes[codes > LAST_CODE_OF_2011], codes[codes <= LAST_CODE_OF_2011].tolist()
    of_2021, of_2011 = (set(Area.objects.filter(vintage=v).values_list("code", flat=True)) for v in (2021, 2011))
    ended = [
        code for code in older if code not in of_2021 and (code in of_2011 or len(of_2021) >= tables.NATIONAL_AREAS)
    ]
    if len(new) and ended:
        raise Refused(
            expected="LSOAs of one census",
            found=f"{len(new):,} that are new in 2021 ({new[0]} ...) and {len(ended):,} that ended with 2011 "
            f"({ended[0]} ...)",
        )
    if ended or (len(codes) >= tables.NATIONAL_AREAS and not len(new)):
        return PatientDistribution.PlaceKind.AREA_2011
    return PatientDistribution.PlaceKind.AREA_2021
