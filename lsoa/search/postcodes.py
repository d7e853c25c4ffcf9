"""Whole postcodes, live and terminated, and those that begin alike."""

from dataclasses import dataclass

from django.db import connection

from .reading import PostcodeReading, postcode_readings

COLUMNS = """
p.postcode, p.area_code, p.area_method, p.introduced, p.terminated, p.is_residential, p.point IS NOT NULL,
coalesce(a.name, ''), coalesce(nullif(a.local_authority_name, ''), l.name, ''), a.id IS NOT NULL
FROM lsoa_postcode p
LEFT JOIN lsoa_area a ON a.code = p.area_code AND a.vintage = 2021 AND p.area_code <> ''
LEFT JOIN lsoa_place l ON l.kind = 'local_authority' AND l.code = p.local_authority_code AND l.vintage = 2021
"""
BY_POSTCODE = f"SELECT {COLUMNS} WHERE p.postcode = ANY(%s)"
# The live ones first: most people ask for somewhere that is there.
BY_START = f"""
SELECT {COLUMNS} WHERE p.postcode LIKE %s ORDER BY p.terminated IS NOT NULL, p.postcode LIMIT %s
"""


@dataclass(frozen=True)
class FoundPostcode:
    """A postcode with the area that it stands (or stood) in. `area_loaded`: whether that area has a page."""

    postcode: str
    area_code: str
    area_method: str
    introduced: int | None
    terminated: int | None
    is_residential: bool
    has_point: bool
    area_name: str
    authority: str
    area_loaded: bool


def find_postcodes(text: str, limit: int) -> list[FoundPostcode]:
    """The postcode that the text is, or the first of those that begin so (from a sector and a letter on); postcodes
    that do not exist are not found. Of several readings of a text, those that exist with the fewest slips."""
    readings = postcode_readings(text)
    units = [reading for reading in readings if reading.level == "unit"]
    if units:
        return _best(_rows(BY_POSTCODE, [[reading.text for reading in units]]), units)
    part = next((reading for reading in readings if reading.level == "part"), None)
    return _rows(BY_START, [f"{part.text}%", limit]) if part else []


def _best(found: list[FoundPostcode], readings: list[PostcodeReading]) -> list[FoundPostcode]:
    slips = {reading.text: reading.slips for reading in readings}
    fewest = min((slips[row.postcode] for row in found), default=0)
    return sorted((row for row in found if slips[row.postcode] == fewest), key=lambda row: row.postcode)


def _rows(statement, values) -> list[FoundPostcode]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [FoundPostcode(*row) for row in cursor.fetchall()]
