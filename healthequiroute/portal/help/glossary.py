"""The glossary, read from docs/glossary.md: one source for the page, for help and for whoever reads the documents."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.text import slugify

SOURCE = Path(__file__).resolve().parents[3] / "docs" / "glossary.md"
_ROW = re.compile(r"^\| (?P<term>.+?) \| (?P<meaning>.+?) \|$")


@dataclass(frozen=True)
class Term:
    """`slug` is its place on the page, `part` the heading that it stands under."""

    term: str
    meaning: str
    slug: str
    part: str


@cache
def terms() -> tuple[Term, ...]:
    """Every row of the tables, in their order. ValueError where a term is there twice."""
    found, part = [], ""
    for line in SOURCE.read_text().splitlines():
        if line.startswith("## "):
            part = line[3:]
        elif (row := _ROW.match(line)) and row["term"] != "term":
            found.append(Term(row["term"], row["meaning"], slugify(row["term"]), part))
    if len({term.term for term in found}) != len(found):
        raise ValueError(f"A term stands twice in {SOURCE.name}.")
    # "PLUS group" and "PLUS groups" are two; so are their places.
    return tuple(found)


def term(name: str) -> Term:
    """KeyError for a word that the glossary does not have."""
    return {each.term: each for each in terms()}[name]


def alphabetical() -> list[Term]:
    return sorted(terms(), key=lambda each: each.term.lower())
