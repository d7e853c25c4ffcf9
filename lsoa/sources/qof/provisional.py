"""Registers carried to areas by distance alone, and the nearest practice: provisional."""

import numpy as np
import pandas as pd
from django.db.models import Exists, OuterRef

from lsoa.models import Area, Dataset
from lsoa.sources.base import Refused
from lsoa.sources.distance import attribute, distance_bands, nearest_km, travel_minutes
from lsoa.sources.rows import ValueRows

PROVISIONAL = "Registers carried from practices to areas by list size and distance; straight line to the nearest."
# Sums of prevalences, each register over the list that its PATIENT_LIST_TYPE names.
SUMS = {
    "qof_cardiometabolic": ("HYP", "DM", "CHD", "STIA"),
    "qof_respiratory": ("COPD", "AST"),
    "qof_mental_cognitive": ("MH", "DEM", "DEP"),
}


def area_figures(frame, year, context):
    """Area figures of one year's registers; none, and a note that says why, without practices or areas."""
    try:
        areas = context.areas()
        if not len(areas):
            raise Refused(expected="LSOA boundaries loaded before", found="no area")
        practices = _practices(frame, context)
    except Refused as missing:
        context.report.note(f"Registers are kept and not carried to areas: {missing}.")
        return
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


def origins() -> tuple[str, ...]:
    """The datasets that practices and geometry come from: a new one of them makes these figures out of date."""
    practices = Dataset.objects.in_force().filter(publication="gp-practice-locations")
    boundaries = Dataset.objects.filter(Exists(Area.objects.filter(dataset=OuterRef("pk"), is_synthetic=False)))
    found = set(practices.values_list("pk", flat=True)) | set(boundaries.values_list("pk", flat=True))
    return tuple(sorted(str(pk) for pk in found))


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
