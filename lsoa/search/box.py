"""One box for everything a person may know: code, name, postcode, place. Pages, suggestions and API all ask here."""

import calendar
from dataclasses import dataclass, field, replace

from lsoa.models import Area, AreaChange, Place

from .gazetteer import (
    Fit,
    Hit,
    misspelt_places,
    place_key,
    places_by_code,
    places_by_name,
    places_by_start_of_code,
    ranked,
)
from .postcodes import FoundPostcode, find_postcodes
from .reading import SHORTEST, clean, code_reading, postcode_readings

POSTCODE = "postcode"
KINDS = (POSTCODE, *Place.Kind.values)
LABELS = {POSTCODE: "Postcode"} | dict(Place.Kind.choices)
PLURALS = {
    POSTCODE: "Postcodes",
    "region": "Regions",
    "icb": "Integrated care boards",
    "sub_icb": "Sub-ICB locations",
    "local_authority": "Local authorities",
    "settlement": "Towns and villages",
    "postcode_area": "Postcode areas",
    "postcode_district": "Postcode districts",
    "ward": "Wards",
    "msoa": "Neighbourhoods (MSOA)",
    "postcode_sector": "Postcode sectors",
    "area": "Areas (LSOA)",
}


@dataclass(frozen=True)
class Answer:
    """What was found for a text: `hits` in order of fit. `problem`: why nothing was looked for.

    `meant` is the spelling that was looked for instead, empty when the text's own was found.
    """

    text: str
    hits: list[Hit] = field(default_factory=list)
    postcodes: dict[str, FoundPostcode] = field(default_factory=dict)
    meant: str = ""
    problem: str = ""

    def of_kind(self, kind: str) -> list[Hit]:
        return [hit for hit in self.hits if hit.kind == kind]

    @property
    def kinds(self) -> list[str]:
        """Kinds that were found, in the order of their best hit."""
        return list(dict.fromkeys(hit.kind for hit in self.hits))

    @property
    def certain(self) -> Hit | None:
        """The one thing that the text can only mean: a whole code or postcode that exists, or the only hit."""
        exact = [hit for hit in self.hits if hit.fit == Fit.CODE]
        if len(exact) == 1 or len(self.hits) == 1:
            return (exact or self.hits)[0]
        return None


def search(text: str, *, organisation=None, kinds=None, limit: int = 10) -> Answer:
    """At most `limit` of each kind, the best first: exact code, exact name, names that begin so, names with all the
    words, similar names. Places of the organisation's patches come before others that fit as well."""
    text = clean(text)
    if len(text) < SHORTEST:
        return Answer(text, problem=f"Enter at least {SHORTEST} letters or figures." if text else "")
    if not any(character.isalnum() for character in text):
        return Answer(text, problem="Enter a name, a code or a postcode: letters or figures.")
    found = [] if kinds and POSTCODE not in kinds else find_postcodes(text, limit)
    hits = [_postcode_hit(row, exact=len(found) == 1) for row in found]
    hits += _places_of_codes(text, kinds, limit)
    meant = ""
    # A whole postcode or code that exists says all.
    if not any(hit.fit == Fit.CODE and hit.kind not in ("postcode_area", "postcode_district") for hit in hits):
        key = place_key(text)
        if not key and not hits:
            return Answer(text, problem="Enter a name, a code or a postcode: letters or figures.")
        known = {(hit.kind, hit.code) for hit in hits}
        named = places_by_name(key, organisation=organisation, kinds=kinds, limit=limit)
        if not named and not hits:
            meant, named = misspelt_places(key, organisation=organisation, kinds=kinds, limit=limit)
        hits += [hit for hit in named if (hit.kind, hit.code) not in known]
    return Answer(text, ranked(hits), {row.postcode: row for row in found}, meant.title() if hits else "")


def _places_of_codes(text, kinds, limit) -> list[Hit]:
    parts = {r.text: r.slips for r in postcode_readings(text) if r.level in ("area", "district", "sector")}
    code = code_reading(text)
    hits = places_by_code([*parts, *([code] if code else [])], kinds) if parts or code else []
    # "BI" may mean B1, but first of all what begins so.
    hits = [replace(hit, fit=Fit.START) if parts.get(hit.code) else hit for hit in hits]
    if code and not hits and len(code) >= 4:
        hits = places_by_start_of_code(code, limit, kinds)
    return hits


def _postcode_hit(row: FoundPostcode, *, exact: bool) -> Hit:
    where = ", ".join(part for part in (row.area_name, row.authority) if part)
    if row.terminated:
        where = f"Terminated in {month_text(row.terminated)}" + (f"; it was in {where}" if where else "")
    areas = 1 if row.area_code else 0
    return Hit(POSTCODE, row.postcode, row.postcode, where, Fit.CODE if exact else Fit.START, area_count=areas)


def month_text(month: int) -> str:
    """199912 -> "December 1999"."""
    return f"{calendar.month_name[month % 100]} {month // 100}"


def successors(code: str) -> list[tuple[str, str]]:
    """Code and name of the areas of 2021 that an area of 2011 became."""
    codes = AreaChange.objects.filter(code_2011=code).values("code_2021")
    return list(Area.objects.current().filter(code__in=codes).order_by("code").values_list("code", "name"))
