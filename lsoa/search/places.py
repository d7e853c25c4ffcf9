"""The areas of a place: one reading for Explore's `place`, the API's filter and the links of the search box."""

import re

from lsoa.models import Area, AreaChange, Place, Postcode, Vintage

# kind:code, e.g. ward:E05000861, postcode_district:WN1, settlement:sutton-coldfield
PLACE = re.compile(r"^([a-z_]{2,20}):([A-Za-z0-9][A-Za-z0-9 \-]{0,99})$")
FIELDS = {
    Place.Kind.AREA: "code",
    Place.Kind.WARD: "ward_code",
    Place.Kind.NEIGHBOURHOOD: "msoa_code",
    Place.Kind.LOCAL_AUTHORITY: "local_authority_code",
    Place.Kind.SUB_ICB: "sub_icb_code",
    Place.Kind.ICB: "icb_code",
    Place.Kind.REGION: "region_code",
}


class PlaceUnreadable(ValueError):
    """A text that names no place of a known kind; says what was expected."""


def read_place(text: str) -> tuple[str, str]:
    """(kind, code) of a `place` in an address. Raises PlaceUnreadable."""
    match = PLACE.match(text)
    if match is None or match.group(1) not in Place.Kind.values:
        raise PlaceUnreadable(f"“{text[:60]}” is no place: expected a kind and a code, such as ward:E05000861.")
    kind, code = match.groups()
    return kind, code.lower() if kind == Place.Kind.SETTLEMENT else code.upper()


def in_place(areas, text: str):
    """The areas (a queryset, vintage 2021) of a place; a place of 2011 stands for the areas that its own became.

    Raises PlaceUnreadable.
    """
    kind, code = read_place(text)
    if kind not in FIELDS:
        homes = _postcodes_of(kind, code).live().exclude(area_code="")
        return areas.filter(code__in=homes.values("area_code"))
    field = FIELDS[kind]
    if Area.objects.current().filter(**{field: code}).exists():
        return areas.filter(**{field: code})
    before = Area.objects.filter(vintage=Vintage.CENSUS_2011, **{field: code}).values("code")
    heirs = AreaChange.objects.filter(code_2011__in=before).values("code_2021")
    return areas.filter(code__in=heirs)


def _postcodes_of(kind, code):
    match kind:
        case Place.Kind.POSTCODE_AREA:
            # After the letters comes a figure, and ":" follows "9".
            return Postcode.objects.filter(postcode__gte=f"{code}0", postcode__lt=f"{code}:")
        case Place.Kind.POSTCODE_DISTRICT:
            return Postcode.objects.filter(postcode__startswith=f"{code} ")
        case Place.Kind.POSTCODE_SECTOR:
            return Postcode.objects.filter(postcode__startswith=code)
    names = Place.objects.filter(kind=Place.Kind.SETTLEMENT, code=code).values("name")
    return Postcode.objects.exclude(settlement="").filter(settlement__in=names)


def place_name(text: str) -> str:
    """What people call the place; its code where the gazetteer does not have it. Raises PlaceUnreadable."""
    kind, code = read_place(text)
    found = Place.objects.filter(kind=kind, code=code).order_by("-vintage").first()
    return f"{found.name} ({Place.Kind(kind).label.lower()})" if found else code
