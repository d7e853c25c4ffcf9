"""What stands in a row of a comparison: what each area has, and whether it is better or worse than another."""

from dataclasses import dataclass

from lsoa.catalogue.census import LANGUAGE_AND_ETHNICITY
from lsoa.models import Indicator
from priorities.presenters import ReasonRow

from . import wording

Polarity = Indicator.Polarity
WHO_LIVES_THERE = {"Population", "Households", LANGUAGE_AND_ETHNICITY}


@dataclass(frozen=True)
class Cell:
    """What one area has. `verdict` is better, worse, higher, lower or same beside what is compared with, "" where
    nothing can be said; `tag` is a class with its colour."""

    column: str
    text: str = ""
    missing: str = ""
    note: str = ""
    verdict: str = ""
    css: str = ""

    @property
    def symbol(self) -> str:
        """Beside the word, never instead of it. Where it lies, not whether that is good."""
        return {"same": "=", "": ""}.get(self.verdict, "▲" if self.css == "is-up" else "▼")


@dataclass(frozen=True)
class Row:
    label: str
    cells: tuple[Cell, ...]
    note: str = ""
    url: str = ""
    depth: int = 0

    @property
    def differs(self) -> bool:
        return len({(cell.text, cell.missing) for cell in self.cells if cell.column != "England"}) > 1


@dataclass(frozen=True)
class Section:
    key: str
    title: str
    rows: list[Row]
    left_out: int = 0


@dataclass(frozen=True)
class SeparatingRule:
    """One step of the decision at which the areas part: class and rule of each."""

    label: str
    sentences: tuple[tuple[str, str, str], ...]


def only_differing(section: Section) -> Section:
    """The section without rows in which all areas have the same."""
    rows = [row for row in section.rows if row.differs]
    return Section(section.key, section.title, rows, left_out=len(section.rows) - len(rows))


def steps_of(row: ReasonRow, depth: int = 0):
    """Yield (label, (depth, step)) of a decision and all below it, in tree order."""
    yield row.label, (depth, row)
    for child in row.children:
        yield from steps_of(child, depth + 1)


def in_words(name: str) -> str:
    """A class of the model as people write it."""
    return name[:1].upper() + name[1:].replace("_", " ")


def plain_cell(area, text: str, missing: str) -> Cell:
    """A cell that is compared with nothing."""
    return Cell(area.name, text, "" if text else missing)


def values_of(area) -> dict:
    """Figures of the area by indicator; empty without a profile."""
    profile = getattr(area, "profile", None)
    return {} if profile is None else profile.values


def reasons_of(area) -> dict:
    """Why figures of the area are missing, by indicator."""
    profile = getattr(area, "profile", None)
    return {} if profile is None else profile.missing


def figure_cell(area, row: Indicator, base: float | None, is_base: bool) -> Cell:
    """The figure of an area beside `base`, that of the area or place compared with (`is_base`: it is that itself)."""
    value = values_of(area).get(row.code)
    if value is None:
        return Cell(area.name, missing=wording.missing(reasons_of(area).get(row.code)))
    text = wording.figure(value, row.decimals, row.unit)
    if is_base or base is None:
        return Cell(area.name, text)
    if text == wording.figure(base, row.decimals, row.unit):
        return Cell(area.name, text, verdict="same")
    is_higher = value > base
    css = "is-up" if is_higher else "is-down"
    return Cell(area.name, text, verdict=_verdict(row, is_higher), css=css)


def _verdict(row: Indicator, is_higher: bool) -> str:
    # Who lives somewhere is never better or worse, whatever need it points to.
    polarity = Polarity.NEUTRAL if row.theme in WHO_LIVES_THERE else row.polarity
    if polarity == Polarity.HIGH_IS_NEED:
        return "worse" if is_higher else "better"
    if polarity == Polarity.LOW_IS_NEED:
        return "better" if is_higher else "worse"
    return "higher" if is_higher else "lower"
