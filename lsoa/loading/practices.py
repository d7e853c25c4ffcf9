"""Practices from staging into their table. Several publications describe them: the newest that knows a field wins."""

from django.db import connection

from .staging import detail_types

# Blank or unknown in these says nothing; a blank detail that a publication names is what it says.
CORE = ("name", "postcode", "area_code", "is_active", "point")
UPSERT = """
INSERT INTO lsoa_practice ({columns}, dataset_id, known_as_of)
SELECT {selected}, %(dataset)s, jsonb_strip_nulls(jsonb_build_object({evidence}))
FROM stage_practice s
ON CONFLICT (code) DO UPDATE SET {assignments},
    known_as_of = lsoa_practice.known_as_of || jsonb_strip_nulls(jsonb_build_object({taken})),
    dataset_id = CASE WHEN {name_wins} THEN excluded.dataset_id ELSE lsoa_practice.dataset_id END
"""
# A release counts for a field when what is held is not newer; names of releases sort in time as plain text.
WINS = """(excluded.known_as_of ? '{field}' AND
    coalesce(lsoa_practice.known_as_of->>'{field}', '') COLLATE "C" <= excluded.known_as_of->>'{field}')"""
# A point that no publication gives: that of the postcode, else the centre of the area.
PLACE = """
UPDATE lsoa_practice p SET point = found.point
FROM (
    SELECT p.id, coalesce(c.point, a.centroid) AS point
    FROM lsoa_practice p JOIN stage_practice s ON s.code = p.code
    LEFT JOIN lsoa_postcode c ON c.postcode = p.postcode
    LEFT JOIN lsoa_area a ON a.code = p.area_code AND a.vintage = 2021
    WHERE NOT p.known_as_of ? 'point'
) found WHERE found.id = p.id AND found.point IS DISTINCT FROM p.point
"""
LOST = """
SELECT count(*) FROM lsoa_practice p JOIN stage_practice s ON s.code = p.code
WHERE p.point IS NULL AND p.area_code <> ''
"""


def merge_practices(dataset, report, named: set[str]) -> int:
    """Insert or update; `named` are the details that the file has. Returns how many practices it described."""
    details = sorted(named & set(detail_types("stage_practice")))
    fields = [*CORE, *details]
    wins = {field: WINS.format(field=field) for field in fields}
    statement = UPSERT.format(
        columns=", ".join(["code", *fields]),
        selected=", ".join(["s.code", *(_selected(field) for field in fields)]),
        evidence=", ".join(f"'{field}', {_evidence(field)}" for field in fields),
        assignments=", ".join(
            f"{field} = CASE WHEN {wins[field]} THEN excluded.{field} ELSE lsoa_practice.{field} END"
            for field in fields
        ),
        taken=", ".join(
            f"'{field}', CASE WHEN {wins[field]} THEN excluded.known_as_of->>'{field}' END" for field in fields
        ),
        name_wins=wins["name"],
    )
    params = {"dataset": dataset.pk, "release": dataset.release}
    with connection.cursor() as cursor:
        # A question mark is an operator of jsonb, no placeholder.
        cursor.execute(statement, params)
        described = cursor.rowcount
        cursor.execute(PLACE)
        cursor.execute(LOST)
        lost = cursor.fetchone()[0]
    report.skip("practices in areas that are not loaded (kept without a point)", lost)
    return described


def _selected(field) -> str:
    if field == "point":
        return "ST_SetSRID(s.point, 4326)"
    if field == "is_active":
        return "coalesce(s.is_active, true)"
    return f"coalesce(s.{field}, '')" if _is_text(field) else f"s.{field}"


def _evidence(field) -> str:
    """The day of the evidence (or the release) where the row says something about the field, null where it does not."""
    if field in ("point", "is_active"):
        return f"CASE WHEN s.{field} IS NOT NULL THEN coalesce(nullif(s.as_of, ''), %(release)s::text) END"
    if field in CORE:
        return f"CASE WHEN s.{field} <> '' THEN coalesce(nullif(s.as_of, ''), %(release)s::text) END"
    return "coalesce(nullif(s.as_of, ''), %(release)s::text)"


def _is_text(field) -> bool:
    return field in CORE or detail_types("stage_practice")[field] == "text"
