"""The gazetteer behind the search box, brought in step with areas, look-ups and postcodes."""

from django.db import connection, transaction

from lsoa.loading import postcodes
from lsoa.loading.practices import place_practices
from lsoa.models import Area, Place
from lsoa.sources.base import Stage

Kind = Place.Kind

CREATE = """
CREATE TEMPORARY TABLE new_place (
    kind text, code text, name text, detail text, vintage smallint, area_count integer, point geometry, key text,
    text text, PRIMARY KEY (kind, code, vintage)
) ON COMMIT DROP
"""
DROP = "DROP TABLE IF EXISTS pg_temp.new_place, pg_temp.postcode_part"
AREAS = """
INSERT INTO new_place
SELECT 'area', a.code, a.name, concat_ws(', ', nullif(a.ward_name, ''), nullif(a.local_authority_name, '')), a.vintage,
    1, a.centroid, place_key(a.name), place_key(a.code || ' ' || a.name)
FROM lsoa_area a
WHERE a.vintage = 2021
   OR NOT EXISTS (SELECT 1 FROM lsoa_area n WHERE n.code = a.code AND n.vintage = 2021)
"""
# Places that areas name: one row a code. A code that 2021 has is not told again from 2011. `short` is what people call
# it, `also` what else they may type.
NAMED = """
INSERT INTO new_place
SELECT kind, code, name, detail, vintage, areas, point, place_key({short}),
    place_key(concat_ws(' ', code, name, {also}))
FROM (
    SELECT '{kind}' AS kind, {kind}_code AS code, min({kind}_name) AS name, {detail} AS detail, vintage,
        count(*) AS areas, ST_Centroid(ST_Collect(centroid)) AS point
    FROM lsoa_area WHERE {kind}_code <> '' AND {kind}_name <> '' GROUP BY {kind}_code, vintage
) told
WHERE vintage = 2021 OR NOT EXISTS (
    SELECT 1 FROM lsoa_area n WHERE n.{kind}_code = told.code AND n.vintage = 2021
)
"""
AUTHORITIES = "left(string_agg(DISTINCT nullif(local_authority_name, ''), ', '), 200)"
ABOVE = {
    Kind.REGION: ("''", "name", "''"),
    Kind.ICB: ("''", "regexp_replace(name, '^NHS | Integrated Care Board$', '', 'g')", "'ICB'"),
    Kind.SUB_ICB: ("max(icb_name)", "regexp_replace(name, '^NHS ', '')", "'sub ICB'"),
    Kind.LOCAL_AUTHORITY: ("max(region_name)", "regexp_replace(name, ', (City|County) of$', '')", "''"),
    # Hundreds of wards are called Central: their authority tells them apart, and people type it.
    Kind.WARD: (AUTHORITIES, "name", "detail"),
    Kind.NEIGHBOURHOOD: (AUTHORITIES, "name", "'MSOA'"),
}
# Sectors and areas in one pass over two million postcodes; all else is made from the few rows that this leaves.
POSTCODE_PARTS = """
CREATE TEMPORARY TABLE postcode_part ON COMMIT DROP AS
SELECT p.sector, p.area_code, p.postcodes, a.local_authority_name AS authority, a.centroid
FROM (
    SELECT left(postcode, length(postcode) - 2) AS sector, area_code, count(*) AS postcodes
    FROM lsoa_postcode WHERE terminated IS NULL AND area_code <> '' GROUP BY 1, 2
) p JOIN lsoa_area a ON a.code = p.area_code AND a.vintage = 2021
"""
POSTCODES = """
INSERT INTO new_place
SELECT '{kind}', code, code, coalesce((
        SELECT left(string_agg(authority, ', '), 200) FROM unnest(authorities[1:3]) authority
    ), ''), 2021, areas, point, place_key(code), place_key(code)
FROM (
    SELECT code, count(DISTINCT area_code) AS areas, ST_Centroid(ST_Collect(centroid)) AS point
    FROM (SELECT {part} AS code, area_code, centroid FROM postcode_part) parts GROUP BY code
) counted
JOIN (
    SELECT code, array_agg(authority ORDER BY postcodes DESC) AS authorities
    FROM (
        SELECT {part} AS code, authority, sum(postcodes) AS postcodes FROM postcode_part
        WHERE authority <> '' GROUP BY 1, 2
    ) named GROUP BY code
) most USING (code)
"""
PARTS = {
    Kind.POSTCODE_AREA: "substring(sector FROM '^[A-Z]+')",
    Kind.POSTCODE_DISTRICT: "split_part(sector, ' ', 1)",
    Kind.POSTCODE_SECTOR: "sector",
}
SETTLEMENTS = """
INSERT INTO new_place
SELECT 'settlement', lower(replace(place_key(min(settlement)), ' ', '-')), min(settlement),
    left(string_agg(DISTINCT nullif(a.local_authority_name, ''), ', '), 200), 2021, count(DISTINCT a.id),
    ST_Centroid(ST_Collect(a.centroid)), place_key(min(settlement)), place_key(min(settlement))
FROM (
    SELECT DISTINCT settlement, area_code FROM lsoa_postcode
    WHERE settlement <> '' AND terminated IS NULL AND area_code <> ''
) p JOIN lsoa_area a ON a.code = p.area_code AND a.vintage = 2021
WHERE place_key(settlement) <> '' GROUP BY place_key(settlement)
"""
DELETE_GONE = """
DELETE FROM lsoa_place p WHERE NOT EXISTS (
    SELECT 1 FROM new_place n WHERE (n.kind, n.code, n.vintage) = (p.kind, p.code, p.vintage)
)
"""
UPSERT = """
INSERT INTO lsoa_place AS held (kind, code, name, detail, vintage, area_count, point, key, text)
SELECT kind, code, left(name, 150), coalesce(detail, ''), vintage, area_count, point, key, text FROM new_place
ON CONFLICT (kind, code, vintage) DO UPDATE SET
    name = excluded.name, detail = excluded.detail, area_count = excluded.area_count, point = excluded.point,
    key = excluded.key, text = excluded.text
WHERE (held.name, held.detail, held.area_count, held.key, held.text)
    <> (excluded.name, excluded.detail, excluded.area_count, excluded.key, excluded.text)
   OR NOT ST_Equals(held.point, excluded.point)
"""
# Numbers and codes are looked up as they are written: only words are ever misspelt into other words.
WORDS = """
WITH told AS (
    SELECT word, count(*) AS places FROM lsoa_place, unnest(string_to_array(key || ' ' || place_key(name), ' ')) word
    WHERE kind NOT LIKE 'postcode%%' AND word ~ '^[A-Z]{3,}$' GROUP BY word
), gone AS (
    DELETE FROM lsoa_placeword w WHERE NOT EXISTS (SELECT 1 FROM told t WHERE t.word = w.word)
)
INSERT INTO lsoa_placeword AS held (word, places) SELECT word, places FROM told
ON CONFLICT (word) DO UPDATE SET places = excluded.places WHERE held.places <> excluded.places
"""


@transaction.atomic
def rebuild_places() -> int:
    """Bring the gazetteer in step with areas and postcodes; returns how many places it holds. Places that stay the
    same keep their row."""
    with connection.cursor() as cursor:
        cursor.execute(DROP)
        cursor.execute(CREATE)
        cursor.execute(AREAS)
        for kind, (detail, short, also) in ABOVE.items():
            cursor.execute(NAMED.format(kind=kind.value, detail=detail, short=short, also=also))
        cursor.execute(POSTCODE_PARTS)
        for kind, part in PARTS.items():
            cursor.execute(POSTCODES.format(kind=kind.value, part=part))
        cursor.execute(SETTLEMENTS)
        cursor.execute("ANALYZE new_place")
        cursor.execute(DELETE_GONE)
        cursor.execute(UPSERT)
        cursor.execute(WORDS)
        cursor.execute(DROP)
        cursor.callproc("analyse_places")
        cursor.execute("SELECT count(*) FROM lsoa_place")
        return cursor.fetchone()[0]


def refresh_after_load(outcomes) -> None:
    """What follows from new boundaries, look-ups, changes of areas or postcodes: the area of every postcode, and the
    gazetteer. `outcomes` are those of one command."""
    sources = [outcome.source for outcome in outcomes if outcome.state == "loaded" and outcome.source is not None]
    outlines_changed = any(outcome.changed_boundaries for outcome in outcomes if outcome.state == "loaded")
    stages = {source.stage for source in sources}
    if outlines_changed or Stage.LOOKUPS in stages:
        with transaction.atomic():
            postcodes.complete(anew=True)
    elif not stages & {Stage.BOUNDARIES, Stage.POSTCODES} and (Place.objects.exists() or not Area.objects.exists()):
        # Also when a load was killed after its last commit: areas without a gazetteer cannot be found.
        return
    # A practice stands where its postcode is, which may have come to be known only now.
    place_practices()
    rebuild_places()
