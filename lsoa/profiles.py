"""Profiles of many areas as arrays, for scoring, themes and exports."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db import connection

from .models import Area


@dataclass(frozen=True)
class ProfileMatrix:
    """n areas by k indicators. `values` is float64 with NaN for missing; `missing` says why ('' where there is a
    value or nothing was ever loaded); `datasets` holds the id (text) of the dataset behind each figure."""

    codes: tuple[str, ...]
    area_ids: np.ndarray
    area_codes: np.ndarray
    area_index: np.ndarray
    values: np.ndarray
    missing: np.ndarray
    datasets: np.ndarray


def read_matrix(codes: Sequence[str], areas=None) -> ProfileMatrix:
    """Figures in force of the areas (a queryset; by default all of 2021), ordered by the areas' index."""
    codes = tuple(codes)
    chosen = (Area.objects.current() if areas is None else areas).order_by().values("pk")
    chosen_sql, chosen_params = chosen.query.sql_with_params()
    figures = "".join(", (p.values->>%s)::double precision" for _ in codes)
    base = f"FROM lsoa_area a JOIN lsoa_areaprofile p ON p.area_id = a.id WHERE a.id IN ({chosen_sql})"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT a.id, a.code, a.index{figures} {base} ORDER BY a.vintage, a.index", [*codes, *chosen_params]
        )
        rows = cursor.fetchall()
        cursor.execute(f"SELECT a.id, p.missing {base} AND p.missing <> '{{}}'::jsonb", chosen_params)
        gaps = cursor.fetchall()
        origin_base = base.replace("WHERE", "JOIN lsoa_profileorigin o ON o.id = p.origin_id WHERE", 1)
        cursor.execute(f"SELECT o.datasets, array_agg(a.id) {origin_base} GROUP BY o.id, o.datasets", chosen_params)
        origins = cursor.fetchall()
    columns = list(zip(*rows, strict=True)) or [()] * (3 + len(codes))
    ids = np.array(columns[0], dtype=np.int64)
    values = np.array(columns[3:], dtype=float).T.reshape(len(ids), len(codes))
    missing, datasets = np.full(values.shape, "", dtype=object), np.full(values.shape, "", dtype=object)
    place = {pk: row for row, pk in enumerate(ids.tolist())}
    for pk, reasons in gaps:
        for column, code in enumerate(codes):
            missing[place[pk], column] = _json(reasons).get(code, "")
    for by_code, members in origins:
        rows_of = [place[pk] for pk in members]
        for column, code in enumerate(codes):
            datasets[rows_of, column] = _json(by_code).get(code, "")
    return ProfileMatrix(
        codes=codes,
        area_ids=ids,
        area_codes=np.array(columns[1], dtype=object),
        area_index=np.array(columns[2], dtype=np.int64),
        values=values,
        missing=missing,
        datasets=datasets,
    )


def datasets_behind(codes: Sequence[str], areas=None) -> dict[str, list[str]]:
    """Ids (text) of the datasets in force behind each indicator's figures of the areas (by default all of 2021)."""
    chosen = (Area.objects.current() if areas is None else areas).order_by().values("pk")
    chosen_sql, chosen_params = chosen.query.sql_with_params()
    origins_sql = f"FROM lsoa_areaprofile p WHERE p.area_id IN ({chosen_sql})"
    behind_sql = (
        f"FROM lsoa_profileorigin o, jsonb_each_text(o.datasets) e WHERE o.id IN (SELECT p.origin_id {origins_sql})"
    )
    behind: dict[str, list[str]] = {code: [] for code in codes}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT e.key, e.value {behind_sql} AND e.key = ANY(%s) ORDER BY 1, 2",
            [*chosen_params, list(codes)],
        )
        for code, dataset in cursor.fetchall():
            behind[code].append(dataset)
    return behind


def _json(value) -> dict:
    # Django leaves jsonb of raw queries as text.
    return value if isinstance(value, dict) else json.loads(value)
