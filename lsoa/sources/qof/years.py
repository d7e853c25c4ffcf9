"""The year of a QOF file: April to March, as in 2024-25."""

import re

from lsoa.sources.base import Refused

IN_NAME = re.compile(r"(?<!\d)(?:20)?(\d\d)[-_]?(\d\d)(?!\d)")
STATED = re.compile(r"^20(\d\d)[-/](?:20)?(\d\d)$")


def qof_year(material) -> str:
    """ "2024-25", as stated (`--period`), or from a name like PREVALENCE_2425.csv, or from that of its folder
    (2024-25): the file itself carries no date. Raises Refused."""
    stated = material.options.get("period", "")
    if stated:
        found = STATED.match(stated)
        if found is None or not _follows(found):
            raise Refused(expected="a year as in --period 2024-25", found=stated)
        return f"20{found[1]}-{found[2]}"
    for name in (material.name, material.path.resolve().parent.name):
        for found in IN_NAME.finditer(name):
            if _follows(found):
                return f"20{found[1]}-{found[2]}"
    raise Refused(
        expected="the year in the file's name (as in PREVALENCE_2425.csv) or stated by --period 2024-25, "
        "since its rows carry none",
        found=material.name,
    )


def year_end(year: str) -> str:
    """The day that a year's registers are counted on: 31 March, as in 2025-03-31."""
    return f"20{year[-2:]}-03-31"


def year_before(year: str) -> str:
    """ "2023-24" for "2024-25"."""
    first = int(year[:4]) - 1
    return f"{first}-{(first + 1) % 100:02d}"


def _follows(found: re.Match) -> bool:
    return (int(found[1]) + 1) % 100 == int(found[2])
