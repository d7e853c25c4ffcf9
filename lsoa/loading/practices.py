"""Practices from staging into their table. Several publications describe them: the newest that knows a field wins."""

from django.db import connection

from .staging import detail_types

# Blank or unknown in these says nothing; a blank text among the details is what a publication says (in no network).
CORE = ("name", "postcode", "area_code", "is_active", "point")
UPSERT = """
INSERT INTO lsoa_practice ({columns}, dataset_id, known_as_of)
SELECT {selected}, %(dataset)s, jsonb_strip_nulls(jsonb_build_object({evidence}))
FROM stage_practice s
ON CONFLICT (code) DO UPDATE SET {assignments},
    known_as_of = (lsoa_practice.known_as_of - CASE WHEN {moved} THEN ARRAY['area_code', 'point'] ELSE '{{}}' END)
        || jsonb_strip_nulls(jsonb_build_object({taken})),
    dataset_id = CASE WHEN {name_wins} THEN excluded.dataset_id ELSE lsoa_practice.dataset_id END
"""
# A release counts for a field when what is held is not newer; names of releases sort in time as plain text.
WINS = """(excluded.known_as_of ? '{field}' AND
    coalesce(lsoa_practice.known_as_of->>'{field}', '') COLLATE "C" <= excluded.known_as_of->>'{field}')"""
SAME_POSTCODE = "replace(excluded.postcode, ' ', '') = replace(lsoa_practice.postcode, ' ', '')"
# Point and area of a postcode that has been left are those of the wrong place.
MOVED = f"({WINS.format(field='postcode')} AND lsoa_practice.postcode <> '' AND NOT {SAME_POSTCODE})"
OF_ITS_POSTCODE = f"(excluded.postcode = '' OR {SAME_POSTCODE} OR {WINS.format(field='postcode')})"
# What no publication gives: the area of the postcode, and its point, else the centre of the area.
PLACE = """
UPDATE lsoa_practice p SET area_code = found.area_code, point = found.point
FROM (
    SELECT p.id, told.area_code,
        CASE WHEN p.known_as_of ? 'point' THEN p.point ELSE coalesce(c.point, a.centroid) END AS point
    FROM lsoa_practice p
    LEFT JOIN lsoa_postcode c ON c.postcode = p.postcode AND p.postcode <> ''
    CROSS JOIN LATERAL (
        SELECT CASE WHEN p.known_as_of ? 'area_code' THEN p.area_code ELSE coalesce(c.area_code, '') END AS area_code
    ) told
    LEFT JOIN lsoa_area a ON a.code = told.area_code AND a.vintage = 2021
    {which}
) found
WHERE found.id = p.id AND (found.point IS DISTINCT FROM p.point OR found.area_code <> p.area_code)
"""
LEFT_BEHIND = {"area_code": f"WHEN {MOVED} THEN ''", "point": f"WHEN {MOVED} THEN NULL"}
LOST = """
SELECT count(*) FROM lsoa_practice p JOIN stage_practice s ON s.code = p.code
WHERE p.point IS NULL AND p.area_code <> ''
"""


def merge_practices(dataset, report, named: set[str]) -> int:
    """Insert or update; `named` are the details that the file has. Returns how many practices it described."""
    details = sorted(named & set(detail_types("stage_practice")))
    fields = [*CORE, *details]
    wins = {field: WINS.format(field=field) for field in fields}
    for field in ("area_code", "point"):
        wins[field] = f"({wins[field]} AND {OF_ITS_POSTCODE})"
    statement = UPSERT.format(
        columns=", ".join(["code", *fields]),
        selected=", ".join(["s.code", *(_selected(field) for field in fields)]),
        evidence=", ".join(f"'{field}', {_evidence(field)}" for field in fields),
        assignments=", ".join(
            f"{field} = CASE WHEN {wins[field]} THEN excluded.{field} {LEFT_BEHIND.get(field, '')} "
            f"ELSE lsoa_practice.{field} END"
            for field in fields
        ),
        taken=", ".join(
            f"'{field}', CASE WHEN {wins[field]} THEN excluded.known_as_of->>'{field}' END" for field in fields
        ),
        name_wins=wins["name"],
        moved=MOVED,
    )
    params = {"dataset": dataset.pk, "release": dataset.release}
    with connection.cursor() as cursor:
        # A question mark is an operator of jsonb, no placeholder.
        cursor.execute(statement, params)
        described = cursor.rowcount
        cursor.execute(PLACE.format(which="WHERE p.code IN (SELECT code FROM stage_practice)"))
        cursor.execute(LOST)
        lost = cursor.fetchone()[0]
    report.skip("practices in areas that are not loaded (kept without a point)", lost)
    return described


def place_practices() -> int:
    """Give every practice the area and point of its postcode where no publication gives them; returns how many
    practices that changed. For when postcodes or boundaries come after practices."""
    with connection.cursor() as cursor:
        cursor.execute(PLACE.format(which=""))
        return cursor.rowcount


def _selected(field) -> str:
    if field == "point":
        return "ST_SetSRID(s.point, 4326)"
    if field == "is_active":
        return "coalesce(s.is_active, true)"
    return f"coalesce(s.{field}, '')" if _is_text(field) else f"s.{field}"


def _evidence(field) -> str:
    """The day of the evidence (or the release) where the row says something about the field, null where it does not."""
    if field in CORE and field not in ("point", "is_active"):
        says = f"s.{field} <> ''"
    elif field == "closed_on":
        # Who says that a practice is open or closed says with a blank that it has not closed.
        says = "s.closed_on IS NOT NULL OR s.is_active IS NOT NULL"
    else:
        says = f"s.{field} IS NOT NULL"
    return f"CASE WHEN {says} THEN coalesce(nullif(s.as_of, ''), %(release)s::text) END"


def _is_text(field) -> bool:
    return field in CORE or detail_types("stage_practice")[field] == "text"
