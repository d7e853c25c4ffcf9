"""Which census vintage the codes of a file are of, and which areas of a vintage there are.

Most codes exist in both vintages, so those of one vintage only decide.
"""

import numpy as np
import pandas as pd
from django.db import connection

from lsoa.models import Area, AreaChange, Dataset
from lsoa.sources import tables
from lsoa.sources.base import Refused
from lsoa.sources.tables import LAST_CODE_OF_2011

# One stray code of the other vintage in a thousand is a bad row, which is rejected alone; more are another file.
STRAY = 1 / 1000
# A file with none of its own vintage's exclusive codes is of the other one when this share of its codes is.
WRONG = 1 / 100

# A code ended with 2011 when the look-up of changes says so; without it, when 2021 does not have it.
ENDED = """
SELECT given FROM unnest(%(codes)s::text[]) AS given WHERE given <= %(last)s AND (
    EXISTS (SELECT 1 FROM lsoa_areachange c WHERE c.code_2011 = given AND c.kind <> 'U')
    OR (%(national)s AND NOT EXISTS (SELECT 1 FROM lsoa_area a WHERE a.code = given AND a.vintage = 2021)
        AND (NOT %(known)s OR EXISTS (SELECT 1 FROM lsoa_area a WHERE a.code = given AND a.vintage = 2011)))
) ORDER BY given
"""


class KnownAreas:
    """The areas of a vintage: their ids, and the positions of codes among them."""

    def __init__(self, vintage: int):
        self.vintage = vintage
        rows = list(Area.objects.filter(vintage=vintage).order_by("code").values_list("code", "pk"))
        self._codes = pd.Index(np.array([code for code, _ in rows], dtype=object))
        self.ids = np.array([pk for _, pk in rows], dtype=np.int64)

    def positions(self, codes) -> np.ndarray:
        """Place in `ids` of each code, -1 where there is no such area."""
        if not len(self.ids):
            return np.full(len(codes), -1, dtype=np.int64)
        return self._codes.get_indexer(np.asarray(codes, dtype=object))


def national_boundaries_loaded(vintage: int = 2021) -> bool:
    """Whether the geometry of all of England is in force."""
    publication = f"lsoa{vintage % 100}-boundaries"
    return Dataset.objects.in_force().filter(publication=publication, extent="England").exists()


def patch_codes(patch, vintage: int) -> set[str]:
    """Codes of the patch's areas; for 2011 also those of the areas that its areas of 2021 were made from."""
    codes = set(patch.areas.filter(vintage=vintage).values_list("code", flat=True))
    if vintage == 2011:
        now = patch.areas.filter(vintage=2021).values_list("code", flat=True)
        codes |= set(AreaChange.objects.filter(code_2021__in=now).values_list("code_2011", flat=True))
        # A code that is shared by both vintages means the same area in both.
        codes |= set(Area.objects.filter(vintage=2011, code__in=now).values_list("code", flat=True))
    return codes


def resolve_vintage(codes, stated: int, *, convert: bool, report) -> int:
    """The vintage that a file's area codes are of.

    `stated` is what its headings claim. Codes of the other vintage are refused, or with `convert` taken for what they
    are, which the report says; a mixture of both is always refused. Raises Refused.
    """
    codes = {code for code in codes if code}
    new = sorted(code for code in codes if code.startswith("E") and code > LAST_CODE_OF_2011)
    ended = _ended(codes)
    wrong, right = (ended, new) if stated == 2021 else (new, ended)
    found = f"{_words(ended, 'ended with 2011')} and {_words(new, '2011 did not have')}"
    if right and len(wrong) >= max(2, STRAY * len(codes)):
        raise Refused(expected=f"LSOA codes of one vintage ({stated})", found=f"a mixture of both: {found}")
    # A whole country without one new code is of 2011, also while no area is loaded that could tell.
    national = stated == 2021 and len(codes) >= tables.NATIONAL_AREAS
    if right or (len(wrong) < max(1, WRONG * len(codes)) and not national):
        return stated
    if not convert:
        raise Refused(
            expected=f"LSOA codes of {stated}",
            found=f"{found}; with --convert they are loaded as codes of {4032 - stated} and carried over",
        )
    report.note(f"Converted: the codes are of {4032 - stated}, not of {stated} as the headings say.")
    return 4032 - stated


def _ended(codes) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            ENDED,
            {
                "codes": list(codes),
                "last": LAST_CODE_OF_2011,
                "national": national_boundaries_loaded(2021),
                "known": AreaChange.objects.exists() or Area.objects.filter(vintage=2011).exists(),
            },
        )
        return [code for (code,) in cursor.fetchall()]


def _words(codes: list[str], what: str) -> str:
    if not codes:
        return f"none that {what}"
    return f"{len(codes):,} that {what} ({', '.join(codes[:2])}{', ...' if len(codes) > 2 else ''})"
