"""QOF raw prevalence (PREVALENCE_*.csv): registers by practice, carried to areas by distance; nearest practice.

Everything here is provisional: where each practice's patients live is not in this file.
"""

import re

import numpy as np
import pandas as pd
from django.db.models import Exists, OuterRef

from lsoa.models import Area, Dataset

from .base import Refused, Release, Source, Stage
from .distance import attribute, distance_bands, nearest_km, travel_minutes
from .rows import ValueRows
from .tables import as_numbers, read_csv

COLUMNS = ["PRACTICE_CODE", "GROUP_CODE", "REGISTER", "PATIENT_LIST_TYPE", "PRACTICE_LIST_SIZE"]
# Sums of prevalences, each register over the list that its PATIENT_LIST_TYPE names.
SUMS = {
    "qof_cardiometabolic": ("HYP", "DM", "CHD", "STIA"),
    "qof_respiratory": ("COPD", "AST"),
    "qof_mental_cognitive": ("MH", "DEM", "DEP"),
}
NATIONAL_PRACTICES = 5_000


class QofPrevalence(Source):
    key = "qof-prevalence"
    stage = Stage.DERIVED

    def recognises(self, material):
        return material.kind == "csv" and material.columns[:3] == COLUMNS[:3]

    def release(self, material):
        absent = [column for column in COLUMNS if column not in material.columns]
        if absent:
            raise Refused(expected=f"the column {absent[0]!r}", found=", ".join(material.columns))
        return Release(
            title="Quality and Outcomes Framework, prevalence (raw data)",
            publisher="NHS England",
            release=_year(material),
            standing=Dataset.Standing.OFFICIAL,
            is_provisional=True,
            method="Registers carried from practices to areas by list size and distance; straight line to the nearest.",
            derived_from=_origins(),
        )

    def rows(self, material, context):
        year = _year(material)
        frame = read_csv(
            material, COLUMNS, text_columns=["PRACTICE_CODE", "GROUP_CODE", "PATIENT_LIST_TYPE"], report=context.report
        )
        frame = _registers(frame, context.report)
        context.progress(0.3)
        practices = _practices(frame, context)
        areas = context.areas()
        if not len(areas):
            raise Refused(expected="LSOA boundaries loaded before", found="no area")
        bands = distance_bands(areas.lon, areas.lat, practices.lon, practices.lat)
        figures = attribute(bands, len(areas), practices["TOTAL"], practices[list(SUMS)])
        line = np.zeros(len(areas), dtype=int)
        for position, indicator in enumerate(SUMS):
            yield ValueRows(
                indicator, year, line, areas.code.to_numpy(), np.round(figures[:, position], 4), None, "distance_decay"
            )
        context.progress(0.8)
        # A practice that has closed since is not near anybody.
        practices = practices[practices.is_active]
        bands = distance_bands(areas.lon, areas.lat, practices.lon, practices.lat)
        km = nearest_km(bands, len(areas), areas.km2, practices.km2)
        yield ValueRows("nearest_gp_km", year, line, areas.code.to_numpy(), np.round(km, 3), None, "straight_line")
        minutes = np.round(travel_minutes(km), 1)
        yield ValueRows("gp_travel_minutes", year, line, areas.code.to_numpy(), minutes, None, "straight_line")


def _origins() -> tuple[str, ...]:
    """The datasets that practices and geometry come from: a new one of them makes these figures out of date."""
    practices = Dataset.objects.in_force().filter(publication="gp-practice-locations")
    boundaries = Dataset.objects.filter(Exists(Area.objects.filter(dataset=OuterRef("pk"), is_synthetic=False)))
    found = set(practices.values_list("pk", flat=True)) | set(boundaries.values_list("pk", flat=True))
    return tuple(sorted(str(pk) for pk in found))


def _year(material) -> str:
    """ "2024-25" from a name like PREVALENCE_2425.csv: the file itself carries no date."""
    match = re.search(r"(?<!\d)(?:20)?(\d\d)[-_]?(\d\d)(?!\d)", material.name)
    if match and (int(match.group(1)) + 1) % 100 == int(match.group(2)):
        return f"20{match.group(1)}-{match.group(2)}"
    raise Refused(
        expected="the year in the file's name (as in PREVALENCE_2425.csv), since its rows carry none",
        found=material.name,
    )


def _registers(frame, report) -> pd.DataFrame:
    """Rows with a usable register and list; the others are counted with line and reason."""
    report.read(len(frame))
    register, missing_register, bad_register = as_numbers(frame["REGISTER"])
    size, missing_size, bad_size = as_numbers(frame["PRACTICE_LIST_SIZE"])
    frame = frame.assign(REGISTER=register, PRACTICE_LIST_SIZE=size)
    frame["PRACTICE_CODE"] = frame["PRACTICE_CODE"].fillna("").str.strip()
    for mask, reason in (
        ((frame["PRACTICE_CODE"] == "").to_numpy(), "no practice code"),
        (bad_register | bad_size, "register or list size is not a number"),
        (missing_register != "", "register is blank or withheld"),
        (missing_size != "", "list size is blank or withheld"),
        ((register < 0) | (size <= 0), "register or list size is not positive"),
        (register > size, "more patients on the register than on the list"),
        (frame.duplicated(["PRACTICE_CODE", "GROUP_CODE"]).to_numpy(), "duplicate of an earlier line"),
    ):
        mask = np.asarray(mask) & ~frame["_rejected"].to_numpy() if "_rejected" in frame else np.asarray(mask)
        for line, code, group in zip(
            frame.index[mask], frame.loc[mask, "PRACTICE_CODE"], frame.loc[mask, "GROUP_CODE"], strict=True
        ):
            report.reject(line, code, f"{group}: {reason}")
        frame["_rejected"] = mask | (frame["_rejected"].to_numpy() if "_rejected" in frame else False)
    return frame[~frame["_rejected"]]


def _practices(frame, context) -> pd.DataFrame:
    """One row per located practice: prevalence sums in percent, whole list, lon, lat, km2 of its LSOA, is_active."""
    frame = frame.assign(percent=100 * frame["REGISTER"] / frame["PRACTICE_LIST_SIZE"])
    percent = frame.pivot(index="PRACTICE_CODE", columns="GROUP_CODE", values="percent")
    table = pd.DataFrame(index=percent.index)
    for indicator, groups in SUMS.items():
        absent = [group for group in groups if group not in percent]
        if absent:
            raise Refused(expected=f"the register {absent[0]}", found=", ".join(percent.columns)[:150])
        table[indicator] = percent[list(groups)].sum(axis=1, skipna=False)
    whole = frame[frame["PATIENT_LIST_TYPE"] == "TOTAL"].groupby("PRACTICE_CODE")["PRACTICE_LIST_SIZE"].max()
    table["TOTAL"] = whole.reindex(table.index)
    context.extent = "England" if len(table) >= NATIONAL_PRACTICES else f"{len(table)} practices"
    located = context.practices()
    if not len(located):
        raise Refused(expected="practice locations loaded before (practice, postcode, LSOA)", found="none")
    table = table.join(located.set_index("code"), how="left")
    lost = table.index[table["lon"].isna()]
    context.report.note_count("practices without a known place", len(lost))
    if len(lost):
        context.report.note(f"Practices without a known place: {', '.join(lost[:20])}{'...' if len(lost) > 20 else ''}")
    table = table[table["lon"].notna() & table["TOTAL"].notna()]
    if not len(table):
        raise Refused(expected="practices whose location is loaded", found="not one of them")
    context.report.note_count("practices used", len(table))
    return table.assign(is_active=table["is_active"].astype(bool))
