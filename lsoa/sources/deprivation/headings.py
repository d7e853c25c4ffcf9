"""The headings of the English indices of deprivation: which cell of the top row means which indicator.

One table of stems serves both releases, every file and every wording: with `(where 1 is most deprived)` or without,
and cut anywhere within it (the publisher cuts at 80 characters).
"""

import re
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from lsoa.catalogue.deprivation import DOMAINS, IMD, MEASURES, SUB_DOMAINS, SUPPLEMENTARY

from ..base import Refused
from ..tables import Headings, find_headings

STEMS = {
    "imd": "Index of Multiple Deprivation (IMD)",
    "income": "Income",
    "employment": "Employment",
    "education": "Education, Skills and Training",
    "health": "Health Deprivation and Disability",
    "crime": "Crime",
    "barriers": "Barriers to Housing and Services",
    "environment": "Living Environment",
    "idaci": "Income Deprivation Affecting Children Index (IDACI)",
    "idaopi": "Income Deprivation Affecting Older People (IDAOPI)",
    "children_young_people": "Children and Young People Sub-domain",
    "adult_skills": "Adult Skills Sub-domain",
    "geographical_barriers": "Geographical Barriers Sub-domain",
    "wider_barriers": "Wider Barriers Sub-domain",
    "indoors": "Indoors Sub-domain",
    "outdoors": "Outdoors Sub-domain",
}
# File 9 shortens some of them.
SHORT_STEMS = {"education": "Education", "health": "Health", "barriers": "Barriers"}
TRANSFORMED = " Score - exponentially transformed"
# What stands in brackets behind each kind; a heading may be cut within it.
BRACKETS = {
    "score": "(rate)",
    "rank": "(where 1 is most deprived)",
    "decile": "(where 1 is most deprived 10% of LSOAs)",
}
POPULATION_STEMS = {
    "imd_population_total": "Total population: mid",
    "imd_population_children": "Dependent Children aged 0-15: mid",
    "imd_population_adults": "Population aged 16-59: mid",
    "imd_population_older": "Older population aged 60 and over: mid",
    "imd_population_working_age": "Working age population 18-",
}
CODE_HEADING = re.compile(r"LSOA code \((20\d\d)\)")
NAME_HEADING = re.compile(r"LSOA name \((20\d\d)\)")
DISTRICT_HEADING = re.compile(r"Local Authority District (?:code|name) \((20\d\d)\)")
# Vintage of the codes and of the districts -> release, and how many areas it ranks.
RELEASES = {(2011, 2019): "2019", (2021, 2024): "2025"}
AREAS = {"2019": 32_844, "2025": 33_755}


@dataclass(frozen=True)
class Reading:
    """What a file holds: the heading of each indicator, of codes and names, and which release they tell of."""

    headings: Headings
    columns: dict[str, str]
    code: str
    name: str
    vintages: tuple[int, ...]
    districts: tuple[int, ...]
    # Headings that mean what an earlier one means already.
    repeated: tuple[str, ...] = ()

    @property
    def release(self) -> str:
        """ "2019" or "2025". Raises Refused for other years and for headings of both releases in one file."""
        stated = [f"LSOA ({year})" for year in self.vintages] + [f"districts ({year})" for year in self.districts]
        if len(self.vintages) == 1 and len(self.districts) <= 1:
            vintage, district = self.vintages[0], self.districts[0] if self.districts else None
            for (codes, places), release in RELEASES.items():
                if vintage == codes and district in (None, places):
                    return release
        raise Refused(
            expected="headings of one release: LSOA (2011) with districts (2019), or LSOA (2021) with districts (2024)",
            found=" and ".join(stated),
        )

    @property
    def vintage(self) -> int:
        return 2011 if self.release == "2019" else 2021


def heading_of(code: str, release: str) -> str:
    """The published heading of an indicator, in full."""
    if code in POPULATION_STEMS:
        return _population_heading(code, release)
    key, _, kind = code.rpartition("_")
    if key.endswith("_transformed"):
        key = key.removesuffix("_transformed")
        return SHORT_STEMS.get(key, STEMS[key]) + TRANSFORMED
    if kind == "score":
        return f"{STEMS[key]} Score" + (" (rate)" if key in RATES else "")
    return f"{STEMS[key]} {kind.capitalize()} {BRACKETS[kind]}"


def _population_heading(code, release):
    if release == "2019":
        if code == "imd_population_working_age":
            return "Working age population 18-59/64: for use with Employment Deprivation Domain (excluding prisoners)"
        return f"{POPULATION_STEMS[code]} 2015 (excluding prisoners)"
    if code == "imd_population_working_age":
        return "Working age population 18-66 (for use with Employment Deprivation Domain): mid 2022"
    return f"{POPULATION_STEMS[code]} 2022"


# Published as rates; the sub-domain's rate is published as a score like the others.
RATES = {measure.key for measure in (*DOMAINS, *SUPPLEMENTARY) if measure.is_rate}


def indicator_of(heading: str) -> str | None:
    """The code of the indicator that a heading means, or None. A heading that says `1 is least deprived` means none."""
    text = " ".join(heading.split())
    for code, stem in POPULATION_STEMS.items():
        if text.startswith(stem):
            return code
    for domain in DOMAINS:
        if text in (STEMS[domain.key] + TRANSFORMED, SHORT_STEMS.get(domain.key, "") + TRANSFORMED):
            return f"{domain.key}_transformed_score"
    for key, stem in STEMS.items():
        for kind, bracket in BRACKETS.items():
            start = f"{stem} {kind.capitalize()}"
            if text == start or (text.startswith(f"{start} (") and f"{start} {bracket}".startswith(text)):
                return f"{key}_{kind}"
    return None


_readings: WeakKeyDictionary = WeakKeyDictionary()


def read_headings(material) -> Reading | None:
    """What the file holds, or None when it is no file of the indices. Worked out once for each material."""
    if material not in _readings:
        _readings[material] = _read(material)
    return _readings[material]


def _read(material) -> Reading | None:
    if material.kind not in ("csv", "workbook"):
        return None
    headings = find_headings(material, _are_headings)
    if headings is None:
        return None
    columns: dict[str, str] = {}
    repeated = []
    for name in headings.names:
        code = indicator_of(name)
        if code is not None and columns.setdefault(code, name) != name:
            repeated.append(name)
    match = {pattern: [m for name in headings.names if (m := pattern.fullmatch(name))] for pattern in PATTERNS}
    codes, names = match[CODE_HEADING], match[NAME_HEADING]
    return Reading(
        headings=headings,
        columns=columns,
        code=codes[0].group(),
        name=names[0].group() if names else "",
        vintages=tuple(sorted({int(m.group(1)) for m in codes + names})),
        districts=tuple(sorted({int(m.group(1)) for m in match[DISTRICT_HEADING]})),
        repeated=tuple(repeated),
    )


PATTERNS = (CODE_HEADING, NAME_HEADING, DISTRICT_HEADING)


def _are_headings(cells) -> bool:
    return any(CODE_HEADING.fullmatch(cell) for cell in cells) and any(indicator_of(cell) for cell in cells)


def codes_of(measures, *kinds: str) -> list[str]:
    """Indicator codes of measures, each with these kinds."""
    return [f"{measure.key}_{kind}" for measure in measures for kind in kinds]


ALL = codes_of(MEASURES, "score", "rank", "decile")
INDEX = codes_of((IMD,), "rank", "decile")
SUB_DOMAIN_FILE = ("education", "children_young_people", "adult_skills", "barriers", "geographical_barriers")
SUB_DOMAIN_FILE += ("wider_barriers", "environment", "indoors", "outdoors")
SUB_DOMAIN_CODES = codes_of([m for m in MEASURES if m.key in SUB_DOMAIN_FILE], "rank", "decile")
SUB_DOMAIN_KEYS = {measure.key for measure in SUB_DOMAINS}


def populations(release: str) -> list[str]:
    """The denominators that a release gives."""
    return [code for code in POPULATION_STEMS if release == "2019" or code != "imd_population_adults"]


def kind_of(columns) -> str:
    """Which of the publisher's files has these indicators: index (File 1), domains (2), supplementary (3),
    subdomains (4), scores (5), populations (6), all (7) or transformed (9)."""
    found = set(columns)
    kinds = {code.rpartition("_")[2] for code in found & set(ALL)}
    if any(code.endswith("_transformed_score") for code in found):
        return "transformed"
    if "score" in kinds:
        return "all" if kinds & {"rank", "decile"} else "scores"
    if found <= set(POPULATION_STEMS):
        return "populations"
    keys = {code.rpartition("_")[0] for code in found & set(ALL)}
    if keys & SUB_DOMAIN_KEYS:
        return "subdomains"
    if keys & {"idaci", "idaopi"}:
        return "supplementary"
    return "index" if keys <= {"imd"} else "domains"
