"""Which census vintage the codes of a file are of. Most codes exist in both, so those of one vintage only decide."""

from django.db import connection

from lsoa.models import Area, AreaChange, Dataset
from lsoa.sources.base import Refused
from lsoa.sources.tables import LAST_CODE_OF_2011

# A code ended with 2011 when the look-up of changes says so; without it, when 2021 does not have it.
EXCLUSIVE = """
WITH codes AS (SELECT DISTINCT code FROM {table}),
told AS (
    SELECT code, code > %(last)s AS is_new,
        code <= %(last)s AND (
            EXISTS (SELECT 1 FROM lsoa_areachange c WHERE c.code_2011 = codes.code AND c.kind <> 'U')
            OR (%(national)s AND NOT EXISTS (SELECT 1 FROM lsoa_area a WHERE a.code = codes.code AND a.vintage = 2021)
                AND (NOT %(known)s
                     OR EXISTS (SELECT 1 FROM lsoa_area a WHERE a.code = codes.code AND a.vintage = 2011)))
        ) AS has_ended
    FROM codes
)
SELECT count(*), count(*) FILTER (WHERE has_ended), count(*) FILTER (WHERE is_new),
    (array_agg(code ORDER BY code) FILTER (WHERE has_ended))[1:2],
    (array_agg(code ORDER BY code) FILTER (WHERE is_new))[1:2]
FROM told
"""


def check_staged_vintage(table: str, vintage: int) -> None:
    """Raises Refused when the codes in a staging table are of the other vintage, or of both.

    A stray code or two of the other vintage among many are bad rows, which are rejected one by one, not a bad file.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            EXCLUSIVE.format(table=table),
            {
                "last": LAST_CODE_OF_2011,
                "national": Dataset.objects.in_force()
                .filter(publication="lsoa21-boundaries", extent="England")
                .exists(),
                "known": AreaChange.objects.exists() or Area.objects.filter(vintage=2011).exists(),
            },
        )
        every, ended, new, ended_codes, new_codes = cursor.fetchone()
    ended_words = _words(ended, "ended with 2011", ended_codes)
    new_words = _words(new, "2011 did not have", new_codes)
    wrong, right = (ended, new) if vintage == 2021 else (new, ended)
    wrong_words, right_words = (ended_words, new_words) if vintage == 2021 else (new_words, ended_words)
    if wrong and not right and wrong >= every / 100:
        raise Refused(expected=f"LSOA codes of {vintage}", found=f"{wrong_words} and {right_words}")
    if right and wrong >= max(2, every / 1000):
        raise Refused(
            expected=f"LSOA codes of one vintage ({vintage})",
            found=f"a mixture of both: {wrong_words} and {right_words}",
        )


def _words(number: int, what: str, examples) -> str:
    if not number:
        return f"none that {what}"
    return f"{number:,} that {what} ({', '.join(examples)}{', ...' if number > len(examples) else ''})"
