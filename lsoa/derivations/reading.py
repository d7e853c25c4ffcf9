"""Datasets as the arrays that attribution takes."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from django.db import connection

from lsoa.attribution.places import Areas, Practices
from lsoa.models import AreaChange, Dataset, PatientDistribution, PlaceFigure
from lsoa.models.practices import AGE_BANDS

AREAS = """
SELECT a.code, ST_X(p.point), ST_Y(p.point), ST_Area(a.geometry::geography, false) / 1e6, a.ward_code, a.ward_name,
       a.local_authority_code
FROM lsoa_area a CROSS JOIN LATERAL (SELECT COALESCE(a.population_centroid, a.centroid) AS point) p
WHERE a.vintage = 2021 AND NOT a.is_synthetic ORDER BY a.code
"""
PRACTICES = """
SELECT p.code, ST_X(p.point), ST_Y(p.point),
       -- A point that is only the centre of its area is known no better than that area.
       CASE WHEN a.centroid IS NOT NULL AND ST_Equals(a.centroid, p.point)
            THEN ST_Area(a.geometry::geography, false) / 1e6 ELSE 0 END,
       p.sub_icb_code, p.icb_code, p.network_code
FROM lsoa_practice p
JOIN lsoa_dataset d ON d.id = p.dataset_id AND d.standing <> %s
LEFT JOIN lsoa_area a ON a.code = p.area_code AND a.vintage = 2021
WHERE p.code = ANY(%s)
"""
REGISTERS = """
SELECT practice_code, register, list_type, patients, list_size FROM lsoa_practiceregister
WHERE dataset_id = %s AND period = %s ORDER BY practice_code, register
"""
DISTRIBUTION = """
SELECT holder_code, place_kind, place_code, patients, share FROM lsoa_patientdistribution WHERE dataset_id = %s
"""
# Counts on areas of 2011 are divided among the areas of 2021 that they became, as people are.
REGISTERED = """
SELECT d.holder_code, COALESCE(c.code_2021, d.place_code), SUM(d.patients * COALESCE(c.share, 1))
FROM lsoa_patientdistribution d
LEFT JOIN lsoa_areachange c ON d.place_kind = 'lsoa2011' AND c.code_2011 = d.place_code
WHERE d.dataset_id = %s GROUP BY 1, 2
"""
VALUES = """
SELECT a.code, v.value FROM lsoa_indicatorvalue v JOIN lsoa_area a ON a.id = v.area_id AND a.vintage = 2021
WHERE v.dataset_id = %s AND v.indicator_id = (SELECT id FROM lsoa_indicator WHERE code = %s)
"""


@dataclass(frozen=True)
class AreaTable:
    """Areas for attribution, with what only reading needs: names of wards and codes of local authorities."""

    areas: Areas
    ward_name: np.ndarray
    authority: np.ndarray


@dataclass(frozen=True)
class RegisterTable:
    """Registers of one year: `counts` and `lists` have shape (practices, registers), NaN where there is none."""

    practice: np.ndarray
    register: list[str]
    list_type: dict[str, str]
    counts: np.ndarray
    lists: np.ndarray
    # The whole list of each practice.
    patients: np.ndarray


def read_areas(population: Dataset | None, deprivation: Dataset | None) -> AreaTable:
    """Real areas of 2021 by code. Without a population every area counts the same: they are made of like size."""
    columns = ["code", "lon", "lat", "km2", "ward", "ward_name", "authority"]
    table = pd.DataFrame(_rows(AREAS, []), columns=columns)
    code = table["code"].to_numpy(dtype=object)
    residents = read_values(population, "population", code)
    areas = Areas(
        code=code,
        lon=table["lon"].to_numpy(dtype=float),
        lat=table["lat"].to_numpy(dtype=float),
        km2=table["km2"].to_numpy(dtype=float),
        residents=np.ones(len(code)) if np.isnan(residents).all() else np.nan_to_num(residents),
        ward=table["ward"].to_numpy(dtype=object),
        deprivation=read_values(deprivation, "imd_score", code),
    )
    return AreaTable(areas, table["ward_name"].to_numpy(dtype=object), table["authority"].to_numpy(dtype=object))


def read_practices(registers: RegisterTable, deprivation: Dataset | None) -> tuple[Practices, np.ndarray]:
    """Practices in the order of their registers, and the network of each ("" for none)."""
    columns = ["code", "lon", "lat", "km2", "sub_icb", "icb", "network"]
    rows = _rows(PRACTICES, [Dataset.Standing.SYNTHETIC, registers.practice.tolist()])
    table = pd.DataFrame(rows, columns=columns).set_index("code").reindex(registers.practice)
    text = table[["sub_icb", "icb", "network"]].fillna("")
    practices = Practices(
        code=registers.practice,
        patients=registers.patients,
        lon=table["lon"].to_numpy(dtype=float),
        lat=table["lat"].to_numpy(dtype=float),
        km2=table["km2"].fillna(0).to_numpy(dtype=float),
        sub_icb=text["sub_icb"].to_numpy(dtype=object),
        icb=text["icb"].to_numpy(dtype=object),
        deprivation=_practice_figures(deprivation, "imd_score", registers.practice),
    )
    return practices, text["network"].to_numpy(dtype=object)


def read_registers(dataset: Dataset, period: str) -> RegisterTable:
    """Registers of one year. A practice without a register of the whole list has its largest list as the whole."""
    columns = ["practice", "register", "list_type", "patients", "list_size"]
    rows = pd.DataFrame(_rows(REGISTERS, [dataset.pk, period]), columns=columns)
    counts = rows.pivot(index="practice", columns="register", values="patients")
    lists = rows.pivot(index="practice", columns="register", values="list_size")
    whole = rows[rows["list_type"] == "TOTAL"].groupby("practice")["list_size"].max()
    patients = whole.reindex(counts.index).fillna(rows.groupby("practice")["list_size"].max())
    return RegisterTable(
        practice=counts.index.to_numpy(dtype=object),
        register=counts.columns.to_list(),
        list_type=rows.groupby("register")["list_type"].agg(lambda kinds: kinds.mode().iloc[0]).to_dict(),
        counts=counts.to_numpy(dtype=float),
        lists=lists.to_numpy(dtype=float),
        patients=patients.to_numpy(dtype=float),
    )


def read_structure(dataset: Dataset | None, practices) -> np.ndarray:
    """Patients by AGE_BANDS, both sexes, shape (practices, bands); NaN rows where no list by age is known."""
    table = np.full((len(practices), len(AGE_BANDS)), np.nan)
    if dataset is None:
        return table
    place = pd.Index(practices)
    lists = dataset.practice_lists.filter(female__isnull=False).values_list("practice_code", "female", "male")
    for code, female, male in lists.iterator(chunk_size=5_000):
        row = place.get_indexer([code])[0]
        if row >= 0:
            table[row] = np.add(female, male)
    return table


def read_values(dataset: Dataset | None, indicator: str, codes) -> np.ndarray:
    """Figures of an indicator in the order of `codes`, NaN where there is none."""
    if dataset is None:
        return np.full(len(codes), np.nan)
    found = dict(_rows(VALUES, [dataset.pk, indicator]))
    return np.array([np.nan if found.get(code) is None else found[code] for code in codes], dtype=float)


def read_registered(dataset: Dataset | None) -> pd.DataFrame | None:
    """Registered patients by practice and area of 2021."""
    if dataset is None:
        return None
    return pd.DataFrame(_rows(REGISTERED, [dataset.pk]), columns=["practice", "area", "patients"])


def read_ward_shares(dataset: Dataset) -> pd.DataFrame:
    """Shares of lists by ward, as the publication names wards: practice, ward, share."""
    table = pd.DataFrame(_rows(DISTRIBUTION, [dataset.pk]), columns=["practice", "kind", "ward", "patients", "share"])
    if table["share"].isna().any():
        whole = table.groupby("practice")["patients"].transform("sum")
        table["share"] = table["share"].astype(float).fillna(table["patients"].astype(float) / whole)
    return table[["practice", "ward", "share"]]


def read_networks(dataset: Dataset) -> pd.DataFrame:
    """Patients of networks by area: network, kind, area, patients. All other networks together are OTHER."""
    columns = ["network", "kind", "area", "patients", "share"]
    return pd.DataFrame(_rows(DISTRIBUTION, [dataset.pk]), columns=columns)[columns[:4]]


def read_changes() -> pd.DataFrame:
    """Pairs of areas: code_2011, code_2021, weight (share of the 2021 area that comes from the 2011 area)."""
    columns = ["code_2011", "code_2021", "weight"]
    return pd.DataFrame(AreaChange.objects.values_list(*columns), columns=columns)


def read_place_figures(dataset: Dataset, place_kind: str) -> pd.DataFrame:
    """Published figures: indicator, place, period, value, count, denominator."""
    columns = ["indicator", "place_code", "period", "value", "count", "denominator"]
    rows = PlaceFigure.objects.filter(dataset=dataset, place_kind=place_kind).values_list(*columns)
    return pd.DataFrame(rows, columns=columns)


def network_kind(frame: pd.DataFrame) -> str:
    """The vintage of the areas of a distribution."""
    return PatientDistribution.PlaceKind(frame["kind"].iloc[0]).value


def _practice_figures(dataset, indicator, practices) -> np.ndarray:
    if dataset is None:
        return np.full(len(practices), np.nan)
    rows = PlaceFigure.objects.filter(dataset=dataset, indicator=indicator, place_kind="practice")
    found = dict(rows.values_list("place_code", "value"))
    return np.array([np.nan if found.get(code) is None else found[code] for code in practices], dtype=float)


def _rows(query, parameters) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()
