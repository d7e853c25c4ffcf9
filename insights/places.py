"""Which places of published activity belong to an organisation.

Published activity names integrated care boards by ONS code and trusts and commissioners by their code of the NHS
Organisation Data Service. The stored lookups lead from a patch's areas to boards, sub-ICB locations, regions and the
country. Nothing that is stored says which hospitals the people of an area go to, so a trust belongs to an organisation
only when it is that organisation.
"""

import re
from dataclasses import dataclass

from django.db.models.functions import Left

from lsoa.models import Area

KINDS = ("icb", "trust", "provider", "commissioner", "region", "country")
COUNTRIES = {"E": ("E92000001", "England"), "W": ("W92000004", "Wales")}
# A sub-ICB location keeps the code of the commissioner that it was: "NHS Cheshire and Merseyside ICB - 01F".
COMMISSIONER = re.compile(r" - ([0-9A-Z]{3,5})$")


@dataclass(frozen=True)
class OutlookPlace:
    """An organisation or part of the country that activity is published of. `kind` is one of KINDS."""

    kind: str
    code: str
    name: str


def places_of(organisation) -> tuple[OutlookPlace, ...]:
    """The places of an organisation, boards first, each once and by name within its kind; none for None.

    They are what the lookups say, whether or not activity of them is stored.
    """
    if organisation is None:
        return ()
    rows = (
        Area.objects.filter(patches__organisation=organisation)
        .annotate(country=Left("code", 1))
        .order_by()
        .values_list("icb_code", "icb_name", "sub_icb_name", "region_code", "region_name", "country")
        .distinct()
    )
    found = {kind: {} for kind in KINDS}
    for icb, icb_name, sub_icb_name, region, region_name, country in rows:
        found["icb"][icb] = icb_name
        found["region"][region] = region_name
        if match := COMMISSIONER.search(sub_icb_name):
            found["commissioner"][match[1]] = sub_icb_name
        if country in COUNTRIES:
            found["country"].update([COUNTRIES[country]])
    if organisation.ods_code:
        found["trust"][organisation.ods_code] = found["provider"][organisation.ods_code] = organisation.name
    return tuple(
        OutlookPlace(kind, code, name or code)
        for kind in KINDS
        for code, name in sorted(found[kind].items(), key=lambda item: item[1])
        if code
    )


def codes_of(organisation) -> dict[str, list[str]]:
    """Kind of place -> codes of the organisation's places of that kind; kinds without any are absent."""
    codes = {}
    for place in places_of(organisation):
        codes.setdefault(place.kind, []).append(place.code)
    return codes
