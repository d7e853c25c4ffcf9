"""Headings of the look-ups that the ONS publishes, and of those that others converted from them.

`##` stands for the edition in a heading: LAD22CD, LAD23CD and so on are one layout, and the edition is the release.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from lsoa.models import Dataset

from ..base import ONS

OFFICIAL, CONVERTED = Dataset.Standing.OFFICIAL, Dataset.Standing.CONVERTED
# Tables with a row for every output area or postcode name LSOAs as well, many times each.
FINER = {"oa11cd", "oa21cd", "pcd7", "pcd8", "pcds", "pcd", "pcd2"}
COMMONS = "House of Commons Library"


@dataclass(frozen=True)
class Layout:
    """One layout: which heading fills which field of an area. `code` and `name` are those of the area."""

    vintage: int
    code: str
    name: str
    fields: dict[str, str]
    title: str
    release: str
    standing: int = OFFICIAL
    publisher: str = ONS

    @cached_property
    def templates(self) -> list[str]:
        return [heading for heading in (self.code, self.name, *self.fields.values()) if heading]

    def match(self, columns: list[str]) -> "Match | None":
        """How the layout's headings stand in a file, whatever their case; None when one is missing."""
        if FINER & {column.lower() for column in columns}:
            return None
        found, editions = {}, set()
        for template in self.templates:
            pattern = re.compile(template.replace("##", r"(\d\d)") + "$", re.IGNORECASE)
            hits = [hit for hit in map(pattern.match, columns) if hit]
            if not hits:
                return None
            newest = max(hits, key=lambda hit: hit.groups())
            found[template] = newest.string
            editions.update(newest.groups())
        return Match(self, found, max(editions, default=""))


@dataclass(frozen=True)
class Match:
    """A layout as found in a file: its headings there by template, and the edition, two digits of a year."""

    layout: Layout
    headings: dict[str, str]
    edition: str

    @property
    def release(self) -> str:
        return self.layout.release.replace("##", self.edition)

    @property
    def title(self) -> str:
        return self.layout.title.replace("##", self.edition)

    @property
    def method(self) -> str:
        """Which heading filled which field: the edition of every code."""
        fields = {field: self.headings[heading] for field, heading in self.layout.fields.items()}
        return "; ".join(f"{field.replace('_', ' ')}: {heading}" for field, heading in fields.items())[:300]


def fields_in(method: str) -> set[str]:
    """The fields that a `Match.method` names."""
    return {part.split(":")[0].strip().replace(" ", "_") for part in method.split(";") if ":" in part}


def _places(**prefixes) -> dict[str, str]:
    """Code and name of every place in ONS style: LAD##CD and LAD##NM."""
    return {
        f"{place}_{what}": f"{prefix}{suffix}"
        for place, prefix in prefixes.items()
        for what, suffix in (("code", "CD"), ("name", "NM"))
    }


def _converted(**prefixes) -> dict[str, str]:
    """The same in the style of the R package geographr: ltla##_code and ltla##_name."""
    return {f"{place}_{what}": f"{prefix}_{what}" for place, prefix in prefixes.items() for what in ("code", "name")}


def _ons(digits, fields, title, release) -> Layout:
    code, name = f"LSOA{digits}CD", f"LSOA{digits}NM"
    return Layout(2000 + int(digits), code, name, fields, f"LSOA (20{digits}) to {title} Lookup", release)


def _geographr(digits, fields, title, release) -> Layout:
    return Layout(
        2000 + int(digits),
        f"lsoa{digits}_code",
        f"lsoa{digits}_name",
        fields,
        f"LSOA (20{digits}) to {title} Lookup, as converted in geographr",
        release,
        CONVERTED,
    )


_WARD_TITLE = "Ward (20##) to Local Authority District (20##)"
_ICB_TITLE = "sub-ICB location to ICB (20##)"
_ICB = _places(sub_icb="SICBL##", icb="ICB##")
_ICB_CONVERTED = _converted(sub_icb="sicbl##", icb="icb##")

# Within a publication the fuller layouts come first. A newer release takes the place of an older one.
LAYOUTS: dict[str, tuple[Layout, ...]] = {
    "lsoa21-local-authority": (
        _ons("21", _places(ward="WD##", local_authority="LAD##"), _WARD_TITLE, "20##"),
        _geographr("21", _converted(ward="ward##", local_authority="ltla##"), _WARD_TITLE, "20##"),
    ),
    "lsoa21-integrated-care-board": (
        _ons("21", _ICB | _places(local_authority="LAD##"), _ICB_TITLE, "20##-04"),
        _ons("21", _ICB, _ICB_TITLE, "20##-04"),
        _geographr("21", _ICB_CONVERTED, _ICB_TITLE, "20##-04"),
    ),
    "lsoa11-integrated-care-board": (
        _ons("11", _ICB | _places(local_authority="LAD##"), _ICB_TITLE, "20##-07"),
        _geographr("11", _ICB_CONVERTED | _converted(local_authority="ltla##"), _ICB_TITLE, "20##-07"),
        # A clinical commissioning group is what a sub-ICB location was until July 2022, under the same code.
        _ons("11", _places(sub_icb="CCG##", local_authority="LAD##"), "Clinical Commissioning Group (20##)", "20##-04"),
    ),
    "lsoa11-local-authority": (_ons("11", _places(ward="WD##", local_authority="LAD##"), _WARD_TITLE, "20##"),),
    "lsoa21-msoa": (_ons("21", _places(msoa="MSOA21"), "MSOA (2021)", "2021"),),
    "lsoa11-msoa": (
        _ons("11", _places(msoa="MSOA11"), "MSOA (2011)", "2011"),
        _geographr("11", _converted(msoa="msoa11"), "MSOA (2011)", "2011"),
    ),
    "lsoa11-commons-library": (
        Layout(
            2011,
            "LSOA_CODE",
            "",
            {
                "msoa_code": "MSOA_CODE",
                "local_authority_code": "LAD_CODE",
                "local_authority_name": "LAD_NAME",
                "region_name": "REGION",
            },
            "LSOA (2011) to MSOA, constituency, local authority and region",
            "2020",
            CONVERTED,
            COMMONS,
        ),
    ),
}
