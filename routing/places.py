"""Where visits are: postcodes and areas of a whole file, or of one form, with what is planned there."""

import re

from django.contrib.gis.geos import Point
from django.db.models import F

from lsoa.models import Area, Postcode
from lsoa.search import month_text
from priorities.models import PriorityScore, VisitMinutesOverride

from .csv_files import BadRow

POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}")


class Places:
    """Postcodes, areas, scores and minutes set for areas, of rows with `postcode` or `area_code`, in four queries.

    `priorities`, `minutes`: by primary key of the area; areas without a score are not in them.
    """

    def __init__(self, rows, organisation):
        rows = list(rows)
        postcodes = {spaced(row.get("postcode") or "") for row in rows} - {""}
        self.postcodes = {place.postcode: place for place in Postcode.objects.filter(postcode__in=postcodes)}
        codes = {(row.get("area_code") or "").strip().upper() for row in rows}
        codes |= {place.area_code for place in self.postcodes.values()}
        areas = Area.objects.current().filter(code__in=codes).defer("geometry")
        self.areas = {area.code: area for area in areas.annotate(imd_decile=F("profile__values__imd_decile"))}
        self.priorities, self.minutes = planned_in(self.areas.values(), organisation)

    def find(self, row) -> tuple[Area, str, Point]:
        """(area, postcode, point) of a row; BadRow says why there is none."""
        postcode, code = spaced(row.get("postcode", "")), row.get("area_code", "").upper()
        if not postcode and not code:
            raise BadRow("it has neither a postcode nor an area code")
        place = self.postcodes.get(postcode)
        if postcode and place is None:
            raise BadRow("the postcode is not known")
        if place and place.terminated:
            raise BadRow(f"the postcode was terminated in {month_text(place.terminated)}")
        if place and place.point is None:
            raise BadRow("no publication says where the postcode is")
        if place and not place.area_code and not code:
            raise BadRow("the area of the postcode is not known: give the area code as well")
        area = self.areas.get(code or place.area_code)
        if area is None:
            raise BadRow("the area code is not known" if code else "the area of the postcode is not loaded")
        if place and code and place.area_code not in ("", code):
            raise BadRow("the postcode lies in another area than the area code says")
        return area, postcode, place.point if place else area.population_centroid or area.centroid


def planned_in(areas, organisation) -> tuple[dict, dict]:
    """(DEX class, minutes of a visit) of areas, by primary key; those that the organisation set come before the
    model's.
    """
    areas = list(areas)
    scores = PriorityScore.objects.current().filter(area__in=areas)
    known = list(scores.values_list("area_id", "priority", "visit_minutes"))
    overrides = VisitMinutesOverride.objects.for_organisation(organisation).minutes_by_area(areas)
    minutes = {area: minutes for area, _, minutes in known}
    minutes |= {area: override.minutes for area, override in overrides.items()}
    return {area: priority for area, priority, _ in known}, minutes


def decile_of(area) -> int | None:
    """IMD decile of an area that was annotated with `imd_decile`."""
    return int(area.imd_decile) if area.imd_decile is not None else None


def spaced(text: str) -> str:
    """With one space, upper case; blank for blank. What is no postcode stays as it is and will not be found."""
    compact = re.sub(r"\s+", "", text).upper()
    return f"{compact[:-3]} {compact[-3:]}" if POSTCODE.fullmatch(compact) else compact
