"""Questions to the gazetteer: by code, by the words of a name, and by words that were misspelt.

Every question is answered from an index: codes by their pattern index, words by the inverted index on `Place.words`
(prefixes, in any order), misspelt words by trigrams among the few thousand words that names are made of.
"""

from dataclasses import dataclass, replace
from enum import IntEnum

from django.db import connection

from lsoa.models import Place

from .spelling import corrections


class Fit(IntEnum):
    """How well a place fits, the best first."""

    CODE = 0
    NAME = 1
    START = 2
    WORDS = 3
    # Only with what tells it from others, e.g. the authority of a ward.
    DETAIL = 4
    SIMILAR = 5


@dataclass(frozen=True)
class Hit:
    """A place that fits, or a whole postcode (kind "postcode")."""

    kind: str
    code: str
    name: str
    detail: str
    fit: Fit
    vintage: int = 2021
    area_count: int = 0
    # How many of this kind fit altogether: more than are shown.
    of_kind: int = 1
    is_own: bool = False
    # How well it fits the spelling that was looked for instead; decides among similar ones only.
    fit_when_corrected: int = 0


# Words that people leave out or put in.
SMALL_WORDS = {"AND", "THE", "OF", "IN", "ON", "UPON", "LE", "WITH"}
# What people add to a name to say what kind of thing they mean.
KIND_WORDS = {"ICB": "icb", "WARD": "ward", "COUNCIL": "local_authority", "BOROUGH": "local_authority"}
MOST_WORDS = 8
LETTERS_FOR_AREAS = 3
# Larger kinds first.
ORDER = {kind: place for place, kind in enumerate(Place.Kind.values)}
COLUMNS = "kind, code, name, detail, vintage, area_count"
# A code belongs to one kind, so codes alone tell the organisation's own places.
OWN = """
own AS MATERIALIZED (
    SELECT unnest(ARRAY[a.code, a.ward_code, a.msoa_code, a.local_authority_code, a.sub_icb_code, a.icb_code,
        a.region_code]) AS code
    FROM lsoa_patch t JOIN lsoa_patch_areas p ON p.patch_id = t.id JOIN lsoa_area a ON a.id = p.area_id
    WHERE t.organisation_id = %(organisation)s GROUP BY 1
)"""
NUMBERED = """
numbered AS (
    SELECT fitting.*, count(*) OVER (PARTITION BY kind) AS of_kind, row_number() OVER (
        PARTITION BY kind ORDER BY fit, vintage DESC, is_own DESC, area_count DESC, name, code
    ) AS place FROM fitting
)
SELECT kind, code, name, detail, vintage, area_count, fit, of_kind, is_own FROM numbered
WHERE place <= %(limit)s ORDER BY kind, place
"""
BY_WORDS = f"""
WITH {OWN},
fitting AS (
    SELECT {COLUMNS}, code IN (SELECT code FROM own) AS is_own,
        -- Only these kinds have a key that is shorter than their name.
        CASE WHEN key = ANY(%(names)s) THEN 1
             WHEN kind IN ('icb', 'sub_icb', 'local_authority') AND place_key(name) = ANY(%(names)s) THEN 1
             WHEN starts_with(key, %(start)s) THEN 2
             WHEN ' ' || key LIKE ALL(%(within)s) THEN 3 ELSE 4 END AS fit
    FROM lsoa_place
    WHERE words @@ to_tsquery('simple', %(words)s) AND (%(kinds)s::text[] IS NULL OR kind = ANY(%(kinds)s))
), {NUMBERED}"""  # noqa: S608 (constants only)
BY_CODES = f"""
SELECT {COLUMNS}, 0, 1, false FROM lsoa_place
WHERE code = ANY(%(codes)s) AND (%(kinds)s::text[] IS NULL OR kind = ANY(%(kinds)s)) ORDER BY vintage DESC
"""  # noqa: S608
BY_START_OF_CODE = f"""
SELECT {COLUMNS}, 2, 1, false FROM lsoa_place
WHERE code LIKE %(start)s AND (%(kinds)s::text[] IS NULL OR kind = ANY(%(kinds)s)) ORDER BY code LIMIT %(limit)s
"""  # noqa: S608


def place_key(text: str) -> str:
    """The text as names are kept in the gazetteer: upper case, without accents and punctuation."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT place_key(%s)", [text])
        return cursor.fetchone()[0]


def places_by_code(codes: list[str], kinds=None) -> list[Hit]:
    """The places of exactly these codes, those of 2021 first."""
    return _hits(BY_CODES, codes=codes, kinds=_kinds(kinds))


def places_by_start_of_code(start: str, limit: int, kinds=None) -> list[Hit]:
    """Places whose code begins so, in order of code."""
    return _hits(BY_START_OF_CODE, start=f"{start}%", limit=limit, kinds=_kinds(kinds))


def places_by_name(key: str, *, organisation=None, kinds=None, limit: int) -> list[Hit]:
    """At most `limit` places of each kind that have every word of the key, or words that begin so, in any order."""
    words = [word for word in key.split() if word not in SMALL_WORDS][:MOST_WORDS] or key.split()[:MOST_WORDS]
    if len(words) == 1 and len(words[0]) < LETTERS_FOR_AREAS and not kinds:
        # Two letters begin the names of thousands of areas, none of which anybody means yet.
        kinds = [kind for kind in Place.Kind.values if kind not in (Place.Kind.AREA, Place.Kind.POSTCODE_SECTOR)]
    return _by_words(key, [[word] for word in words], organisation, kinds, limit) if words else []


def misspelt_places(key: str, *, organisation=None, kinds=None, limit: int) -> tuple[str, list[Hit]]:
    """(the key with its words put right, places that fit it); ("", []) where no word is like one of the gazetteer."""
    words = [word for word in key.split() if word not in SMALL_WORDS][:MOST_WORDS]
    meant = corrections(words)
    if meant is None:
        return "", []
    corrected = " ".join(choices[0] for choices in meant)
    found = _by_words(corrected, meant, organisation, kinds, limit)
    return corrected, [replace(hit, fit=Fit.SIMILAR, fit_when_corrected=hit.fit) for hit in found]


def _by_words(key, words: list[list[str]], organisation, kinds, limit) -> list[Hit]:
    # Keys hold A-Z, 0-9 and spaces, so nothing in them has a meaning in a tsquery.
    query = " & ".join("(" + " | ".join(f"{choice.lower()}:*" for choice in choices) + ")" for choices in words)
    short = key.removeprefix("NHS ").removesuffix(" INTEGRATED CARE BOARD").removesuffix(" ICB")
    names = {key, short, *(key.removesuffix(f" {word}") for word in KIND_WORDS)}
    return _hits(
        BY_WORDS,
        words=query,
        within=[f"% {choices[0]}%" for choices in words],
        names=sorted(names),
        start=short,
        kinds=_kinds(kinds),
        limit=limit,
        organisation=organisation and organisation.pk,
    )


def ranked(hits: list[Hit]) -> list[Hit]:
    """The best first: fit, places of today, the organisation's own, larger kinds, places with more areas, name."""
    return sorted(
        hits,
        key=lambda hit: (
            hit.fit,
            hit.fit_when_corrected,
            -hit.vintage,
            not hit.is_own,
            ORDER.get(hit.kind, -1),
            -hit.area_count,
            hit.name,
            hit.code,
        ),
    )


def _kinds(kinds) -> list[str] | None:
    return list(kinds) if kinds else None


def _hits(statement, **values) -> list[Hit]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [
            Hit(kind, code, name, detail, Fit(fit), vintage, areas, of_kind, own)
            for kind, code, name, detail, vintage, areas, fit, of_kind, own in cursor.fetchall()
        ]
