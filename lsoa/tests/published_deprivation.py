"""The files of the English indices of deprivation in the publisher's layouts, with made-up areas and figures.

Headings are the published ones of both releases; figures of an area follow from its rank, so that score, rank and
decile agree as they do in the publication.
"""

import math

import openpyxl

from .published import NAMES, csv_file

AREAS = {"2019": 32_844, "2025": 33_755}
KEYS = {
    "2019": [
        "LSOA code (2011)",
        "LSOA name (2011)",
        "Local Authority District code (2019)",
        "Local Authority District name (2019)",
    ],
    "2025": [
        "LSOA code (2021)",
        "LSOA name (2021)",
        "Local Authority District code (2024)",
        "Local Authority District name (2024)",
    ],
}
IMD = "Index of Multiple Deprivation (IMD)"
DOMAINS = [
    "Income",
    "Employment",
    "Education, Skills and Training",
    "Health Deprivation and Disability",
    "Crime",
    "Barriers to Housing and Services",
    "Living Environment",
]
IDACI = "Income Deprivation Affecting Children Index (IDACI)"
IDAOPI = "Income Deprivation Affecting Older People (IDAOPI)"
SUB_DOMAINS = [
    f"{name} Sub-domain"
    for name in (
        "Children and Young People",
        "Adult Skills",
        "Geographical Barriers",
        "Wider Barriers",
        "Indoors",
        "Outdoors",
    )
]
RATES = {"Income", "Employment", IDACI, IDAOPI}
POPULATIONS = {
    "2019": [
        "Total population: mid 2015 (excluding prisoners)",
        "Dependent Children aged 0-15: mid 2015 (excluding prisoners)",
        "Population aged 16-59: mid 2015 (excluding prisoners)",
        "Older population aged 60 and over: mid 2015 (excluding prisoners)",
        "Working age population 18-59/64: for use with Employment Deprivation Domain (excluding prisoners)",
    ],
    "2025": [
        "Total population: mid 2022",
        "Dependent Children aged 0-15: mid 2022",
        "Older population aged 60 and over: mid 2022",
        "Working age population 18-66 (for use with Employment Deprivation Domain): mid 2022",
    ],
}
TRANSFORMED = [
    f"{name} Score - exponentially transformed"
    for name in ("Income", "Employment", "Education", "Health", "Crime", "Barriers", "Living Environment")
]
SHEETS = {("index", "2019"): "IMD2019", ("index", "2025"): "IMD25", ("supplementary", "2025"): "IoD2025 IDACI & IDAOPI"}


def rank_heading(measure):
    return f"{measure} Rank (where 1 is most deprived)"


def decile_heading(measure):
    return f"{measure} Decile (where 1 is most deprived 10% of LSOAs)"


def score_heading(measure):
    return f"{measure} Score (rate)" if measure in RATES else f"{measure} Score"


def _rank_and_decile(measures):
    return [heading for measure in measures for heading in (rank_heading(measure), decile_heading(measure))]


def headings(kind: str, release: str) -> list[str]:
    """The published headings of a kind of file behind the four keys, the cut ones cut as published."""
    every = [IMD, *DOMAINS, IDACI, IDAOPI, *SUB_DOMAINS]
    columns = {
        "index": _rank_and_decile([IMD]),
        "domains": _rank_and_decile([IMD, *DOMAINS]),
        "supplementary": _rank_and_decile([IMD, IDACI, IDAOPI]),
        "populations": POPULATIONS[release],
        "scores": [score_heading(measure) for measure in every],
        "all": [
            heading
            for measure in every
            for heading in (score_heading(measure), rank_heading(measure), decile_heading(measure))
        ]
        + POPULATIONS[release],
        "transformed": TRANSFORMED,
    }[kind]
    # File 1 of 2019 says no more than "Rank" and "Decile"; 2025 cuts one heading of File 1 and one of File 7.
    if (kind, release) == ("index", "2019"):
        columns = [f"{IMD} Rank", f"{IMD} Decile"]
    if release == "2025":
        cut = {"index": IMD, "all": SUB_DOMAINS[0]}.get(kind)
        columns = [heading[:80] if cut and heading == decile_heading(cut) else heading for heading in columns]
    return columns


def figure(heading: str, rank: int, release: str):
    """What stands under a heading for the area of this rank."""
    areas = AREAS[release]
    if "Rank" in heading:
        return rank
    if "Decile" in heading:
        return math.ceil(rank * 10 / areas)
    if "transformed" in heading:
        return round(100 * (1 - rank / areas), 3)
    if "Score" in heading:
        return round(1 - rank / areas, 3)
    return 1000 + rank % 500


def rows(kind: str, release: str, ranks, *, columns=None) -> list[list]:
    """Headings and one line for each (code, rank)."""
    columns = columns or headings(kind, release)
    lines = [[*KEYS[release], *columns]]
    for code, rank in ranks:
        keys = [code, NAMES.get(code, "Elsewhere 001A"), "E08000001", "Testford"]
        lines.append(keys + [figure(heading, rank, release) for heading in columns])
    return lines


def workbook(path, table, *, sheet="Table", above=()):
    """A workbook with a sheet of notes and the table, `above` being rows over its headings."""
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    book.active.append(["English indices of deprivation"])
    page = book.create_sheet(sheet)
    for line in [*above, *table]:
        page.append(line)
    book.save(path)
    return path


def published(path, kind, release, ranks, **options):
    """The file as workbook or as text, by the ending of its name."""
    table = rows(kind, release, ranks)
    if path.suffix == ".xlsx":
        return workbook(path, table, sheet=SHEETS.get((kind, release), "Table"))
    return csv_file(path, table, **({"bom": True, "final_newline": False} | options))
