"""Checks of the areas' outlines, in SQL over PostGIS."""

from django.db import connection
from django.utils import timezone

from .check import ERROR, WARNING, Finding, check

# Local authorities looked at on each day: the whole country in about three weeks, in a second or two a day.
AUTHORITIES_A_DAY = 15
# Square metres. Published outlines are generalised to tens of metres: less than this is drawing, not ground.
LEAST_OVERLAP = 5_000
LEAST_HOLE = 5_000

INVALID = "SELECT vintage, code FROM lsoa_area WHERE NOT ST_IsValid(geometry) ORDER BY vintage, code"
SAMPLE = """
SELECT local_authority_code FROM (
    SELECT DISTINCT local_authority_code FROM lsoa_area
    WHERE vintage = 2021 AND local_authority_code <> '' AND NOT is_synthetic
) every ORDER BY md5(local_authority_code || %s) LIMIT %s
"""
OVERLAPS = """
SELECT a.code, b.code, ST_Area(ST_Intersection(a.geometry, b.geometry)::geography, false)
FROM lsoa_area a JOIN lsoa_area b ON b.vintage = 2021 AND b.id > a.id AND a.geometry && b.geometry
WHERE a.vintage = 2021 AND a.local_authority_code = ANY(%s) AND ST_Relate(a.geometry, b.geometry, '2********')
  AND ST_Area(ST_Intersection(a.geometry, b.geometry)::geography, false) > %s
ORDER BY 3 DESC LIMIT 50
"""
# Rings inside the union of a local authority's areas. A neighbour may lie inside, wholly enclosed: then its areas
# cover the ring's middle and it is no hole.
HOLES = """
SELECT authority, ST_Area(ring::geography, false) AS ground,
       ST_X(ST_PointOnSurface(ring)), ST_Y(ST_PointOnSurface(ring))
FROM (
    SELECT authority, ST_MakePolygon(ST_InteriorRingN(part, n)) AS ring
    FROM (
        SELECT local_authority_code AS authority, (ST_Dump(ST_Union(geometry))).geom AS part
        FROM lsoa_area WHERE vintage = 2021 AND local_authority_code = ANY(%s) GROUP BY local_authority_code
    ) parts CROSS JOIN LATERAL generate_series(1, ST_NumInteriorRings(part)) n
) rings
WHERE ST_Area(ring::geography, false) > %s AND NOT EXISTS (
    SELECT FROM lsoa_area other WHERE other.vintage = 2021 AND ST_Intersects(other.geometry, ST_PointOnSurface(ring))
)
ORDER BY ground DESC LIMIT 50
"""


def _rows(sql, parameters=()):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def _sample() -> list[str]:
    return [code for (code,) in _rows(SAMPLE, [timezone.localdate().isoformat(), AUTHORITIES_A_DAY])]


@check("geometry", "Valid outlines", "The outline of every area is valid: no ring crosses itself.")
def outlines_are_valid():
    invalid = _rows(INVALID)
    for vintage in sorted({vintage for vintage, _ in invalid}):
        codes = [code for row_vintage, code in invalid if row_vintage == vintage]
        text = f"{len(codes):,} areas of {vintage} have an invalid outline: {', '.join(codes[:10])}."
        yield Finding(f"areas of {vintage}", ERROR, text, {"codes": codes[:500]})


@check(
    "overlaps",
    "Outlines that overlap",
    "No two areas share more than half a hectare of ground (a sample of 15 local authorities, another one each day).",
)
def outlines_do_not_overlap():
    found = _rows(OVERLAPS, [_sample(), LEAST_OVERLAP])
    if found:
        first, second, ground = found[0]
        text = f"{len(found)} pairs of areas overlap, {first} and {second} by {ground / 10_000:,.1f} hectares."
        pairs = [[a, b, round(square_metres)] for a, b, square_metres in found]
        yield Finding("areas of 2021", WARNING, text, {"pairs": pairs})


@check(
    "holes",
    "Holes between outlines",
    "No hole of more than half a hectare lies between the areas of a local authority (the same sample).",
)
def outlines_leave_no_holes():
    found = _rows(HOLES, [_sample(), LEAST_HOLE])
    if found:
        authority, ground, longitude, latitude = found[0]
        text = (
            f"{len(found)} holes between areas, the largest ({ground / 10_000:,.1f} hectares) in {authority} at "
            f"{latitude:.4f}, {longitude:.4f}. Open water may be the reason."
        )
        holes = [[code, round(square_metres), x, y] for code, square_metres, x, y in found]
        yield Finding("areas of 2021", WARNING, text, {"holes": holes})
