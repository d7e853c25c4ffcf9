"""Postcodes on their way in, and the area of 2021 of those of which a publication gives less.

All set-wise: a national file has two and a quarter million English rows.
"""

import numpy as np
from django.db import connection

from lsoa.models import Dataset
from lsoa.models.practices import Postcode

from .copying import NULL, as_text, write_copy

TABLE = (
    "line integer, postcode text, area_code text, lon double precision, lat double precision, is_residential boolean, "
    "area_code_2011 text, area_method text, local_authority_code text, ward_code text, settlement text, "
    "introduced integer, terminated integer"
)
TEXT = ("area_code_2011", "area_method", "local_authority_code", "ward_code", "settlement")
MONTHS = ("introduced", "terminated")

REPEATED = """
INSERT INTO stage_reject
SELECT line, postcode, 'duplicate of line ' || first_line FROM (
    SELECT line, postcode, min(line) OVER (PARTITION BY postcode) AS first_line FROM stage_postcode
    WHERE postcode IN (SELECT postcode FROM stage_postcode GROUP BY postcode HAVING count(*) > 1)
) repeated WHERE line > first_line
"""
DELETE_REPEATED = "DELETE FROM stage_postcode s USING stage_reject r WHERE r.line = s.line AND r.code = s.postcode"
# Datasets whose postcodes this one may overwrite: those that stand less well, or as well and are no newer.
OUTRANKED = """
SELECT array_agg(d.id) FROM lsoa_dataset d
WHERE d.id = %(dataset)s OR d.standing > %(standing)s OR (d.standing = %(standing)s AND d.release <= %(release)s)
"""
UPSERT = """
INSERT INTO lsoa_postcode AS held (postcode, area_code, area_code_2011, area_method, local_authority_code, ward_code,
    settlement, point, is_residential, introduced, terminated, dataset_id)
SELECT s.postcode, coalesce(nullif(s.area_code, ''), a.code, ''), s.area_code_2011,
    CASE WHEN s.area_method <> '' THEN s.area_method WHEN s.area_code <> '' THEN 'published'
         WHEN a.code IS NOT NULL THEN 'unchanged' ELSE '' END,
    s.local_authority_code, s.ward_code, s.settlement, ST_SetSRID(ST_MakePoint(s.lon, s.lat), 4326), s.is_residential,
    s.introduced, s.terminated, %(dataset)s
FROM stage_postcode s
-- A code that both vintages have means the same area in both.
LEFT JOIN lsoa_area a ON a.code = s.area_code_2011 AND a.vintage = 2021 AND s.area_code = ''
ON CONFLICT (postcode) DO UPDATE SET
    area_code = excluded.area_code, area_code_2011 = coalesce(nullif(excluded.area_code_2011, ''), held.area_code_2011),
    area_method = excluded.area_method, local_authority_code = excluded.local_authority_code,
    ward_code = excluded.ward_code, settlement = coalesce(nullif(excluded.settlement, ''), held.settlement),
    point = excluded.point, is_residential = excluded.is_residential, introduced = excluded.introduced,
    terminated = excluded.terminated, dataset_id = excluded.dataset_id
WHERE held.dataset_id = ANY(%(outranked)s)
"""
# What a better publication does not say at all, a lesser one may add.
ADD_SETTLEMENTS = """
UPDATE lsoa_postcode p SET settlement = s.settlement FROM stage_postcode s
WHERE p.postcode = s.postcode AND s.settlement <> '' AND p.settlement = '' AND p.dataset_id <> %(dataset)s
"""
OUTSIDE_PATCH = """
DELETE FROM lsoa_postcode WHERE dataset_id = %(dataset)s AND NOT (area_code = ANY(%(codes)s))
"""

UNCHANGED = """
UPDATE lsoa_postcode p SET area_code = a.code, area_method = 'unchanged'
FROM lsoa_area a WHERE a.code = p.area_code_2011 AND a.vintage = 2021 AND p.area_code = '' AND p.area_code_2011 <> ''
"""
# Distances in metres (EPSG 27700): a degree of longitude is shorter than one of latitude.
PARTS = """
WITH waiting AS MATERIALIZED (
    SELECT postcode, area_code_2011, ST_Transform(point, 27700) AS point FROM lsoa_postcode
    WHERE area_code = '' AND area_code_2011 <> ''
),
parts AS MATERIALIZED (
    SELECT c.code_2011, a.code, ST_Transform(a.geometry, 27700) AS geometry,
        count(*) OVER (PARTITION BY c.code_2011) AS number,
        -- While a part is not loaded, nobody can say that a point is nearest to another.
        bool_and(a.id IS NOT NULL) OVER (PARTITION BY c.code_2011) AS complete
    FROM lsoa_areachange c LEFT JOIN lsoa_area a ON a.code = c.code_2021 AND a.vintage = 2021
    WHERE c.code_2011 IN (SELECT area_code_2011 FROM waiting)
),
chosen AS (
    SELECT DISTINCT ON (w.postcode) w.postcode, t.code, t.number
    FROM waiting w JOIN parts t ON t.code_2011 = w.area_code_2011 AND t.complete
    WHERE w.point IS NOT NULL OR t.number = 1
    ORDER BY w.postcode, ST_Distance(t.geometry, w.point), t.code
)
UPDATE lsoa_postcode p SET area_code = c.code,
    area_method = CASE WHEN c.number = 1 THEN 'merged' ELSE 'nearest_part' END
FROM chosen c WHERE c.postcode = p.postcode
"""
# Points that wait, in a table of their own: their index then holds no others.
WAITING = """
CREATE TEMPORARY TABLE waiting_postcode AS
SELECT postcode, point FROM lsoa_postcode WHERE area_code = '' AND area_code_2011 = '' AND point IS NOT NULL
"""
INDEX_WAITING = "CREATE INDEX ON pg_temp.waiting_postcode USING gist (point)"
# Area by area, so that each outline is unpacked once for all its points. Fictional areas hold no real postcode.
CONTAINING = """
WITH chosen AS (
    SELECT DISTINCT ON (held.postcode) held.postcode, a.code
    FROM lsoa_area a CROSS JOIN LATERAL (
        SELECT w.postcode FROM pg_temp.waiting_postcode w WHERE ST_Intersects(a.geometry, w.point) OFFSET 0
    ) held
    WHERE a.vintage = 2021 AND NOT a.is_synthetic
    ORDER BY held.postcode, a.code
)
UPDATE lsoa_postcode p SET area_code = c.code, area_method = 'containing' FROM chosen c WHERE c.postcode = p.postcode
"""
FORGET = """
UPDATE lsoa_postcode SET area_code = '', area_method = '' WHERE area_method IN ('merged', 'nearest_part', 'containing')
"""
METHODS = "SELECT area_method, count(*) FROM lsoa_postcode WHERE dataset_id = %s GROUP BY area_method ORDER BY 2 DESC"


def stage(chunk) -> None:
    """Rows of a PostcodeRows into `stage_postcode`. Raises ValueError for details that a postcode does not have."""
    details = dict(chunk.details or {})
    columns = {
        "line": np.asarray(chunk.line),
        "postcode": chunk.postcode,
        "lon": np.asarray(chunk.lon, dtype=float),
        "lat": np.asarray(chunk.lat, dtype=float),
    }
    texts = [as_text(column) for column in columns.values()]
    texts.append(["t" if value else "f" for value in chunk.is_residential])
    texts.append(_few(chunk.area_code))
    texts += [_few(details.pop(name)) if name in details else [""] * len(chunk) for name in TEXT]
    texts += [_months(details.pop(name, None), len(chunk)) for name in MONTHS]
    if details:
        raise ValueError(f"a postcode has no {sorted(details)}")
    names = ", ".join([*columns, "is_residential", "area_code", *TEXT, *MONTHS])
    block = "".join("\t".join(row) + "\n" for row in zip(*texts, strict=True))
    write_copy(f"COPY stage_postcode ({names}) FROM STDIN", [block])


def _few(column) -> list[str]:
    """As COPY writes it; few texts, many rows: each text is looked at once."""
    known = list(set(column))
    written = dict(zip(known, as_text(known), strict=True))
    return [written[text] for text in column]


def _months(column, length) -> list[str]:
    return [NULL] * length if column is None else [NULL if month is None else str(month) for month in column]


def merge(dataset: Dataset, report, patch_codes: set[str] | None = None) -> int:
    """From `stage_postcode` into the table; returns the rows written. A row of a newer or better publication stays."""
    values = {"dataset": dataset.pk, "standing": dataset.standing, "release": dataset.release}
    with connection.cursor() as cursor:
        cursor.execute(REPEATED)
        if cursor.rowcount:
            cursor.execute(DELETE_REPEATED)
        cursor.execute("SELECT count(*) FROM stage_postcode")
        staged = cursor.fetchone()[0]
        cursor.execute(OUTRANKED, values)
        cursor.execute(UPSERT, values | {"outranked": cursor.fetchone()[0]})
        written = cursor.rowcount
        report.skip("postcodes that a newer or better publication holds", staged - written)
        cursor.execute(ADD_SETTLEMENTS, values)
        if cursor.rowcount:
            report.note_count("postcodes that were given their town", cursor.rowcount)
        added = cursor.rowcount
        complete()
        if patch_codes is not None:
            cursor.execute(OUTSIDE_PATCH, values | {"codes": list(patch_codes)})
            report.skip("postcodes outside the patch", cursor.rowcount)
            written -= cursor.rowcount
        cursor.execute(METHODS, [dataset.pk])
        labels = dict(Postcode.AreaMethod.choices) | {"": "none known (yet)"}
        for method, number in cursor.fetchall():
            report.note_count(f"area: {labels[method][0].lower()}{labels[method][1:]}", number)
    return max(written, added)


def complete(*, anew: bool = False) -> int:
    """Give postcodes their area of 2021 where a publication gives only that of 2011, or only a point.

    `anew`: outlines or changes of areas are new, so what was worked out from the old ones is worked out again.
    Returns how many postcodes were given an area.
    """
    given = 0
    with connection.cursor() as cursor:
        if anew:
            cursor.execute(FORGET)
        for statement in (UNCHANGED, PARTS):
            cursor.execute(statement)
            given += cursor.rowcount
        return given + _place_points(cursor)


def _place_points(cursor) -> int:
    cursor.execute("DROP TABLE IF EXISTS pg_temp.waiting_postcode")
    cursor.execute(WAITING)
    given = 0
    if cursor.rowcount:
        cursor.execute(INDEX_WAITING)
        cursor.execute("ANALYZE pg_temp.waiting_postcode")
        cursor.execute(CONTAINING)
        given = cursor.rowcount
    cursor.execute("DROP TABLE pg_temp.waiting_postcode")
    return given
