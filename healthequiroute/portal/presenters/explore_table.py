"""The table of Explore: 25 areas a page, and how an area is tagged wherever areas are listed."""

from dataclasses import dataclass
from functools import cached_property

from django.core.paginator import Paginator
from django.urls import reverse

from lsoa.catalogue.deprivation import CORE20_DECILE
from lsoa.models import figure_in_force
from priorities.models import PriorityClass, ScoreRun
from priorities.presenters import PriorityTag, tag_for_class

from ..query import PAGE_SIZE
from ..visit_theme import PlannedVisits
from . import wording

ALWAYS_SHOWN = ("imd_decile", "population")
SHORT_NAMES = {"imd_decile": "IMD decile", "population": "Residents"}


@dataclass(frozen=True)
class Cell:
    label: str
    text: str = ""
    missing: str = ""


@dataclass(frozen=True)
class Row:
    """One area in the table."""

    url: str
    name: str
    code: str
    priority: PriorityTag
    is_core20: bool
    cells: tuple[Cell, ...]
    minutes: str
    index: int
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Column:
    key: str
    label: str
    is_number: bool = False
    sort_url: str = ""
    direction: str = ""

    @property
    def arrow(self) -> str:
        return {"ascending": " ▲", "descending": " ▼"}.get(self.direction, "")


@dataclass(frozen=True)
class PageLink:
    text: str
    url: str = ""
    is_current: bool = False
    label: str = ""


class AreaTable:
    """25 areas of an ExplorePage with the figures that always stand there and that of the map's theme."""

    def __init__(self, page):
        self.page = page
        self.query = page.query
        shown = list(ALWAYS_SHOWN)
        if page.theme.kind == "indicator" and page.theme.key not in shown:
            shown.append(page.theme.key)
        self.indicators = [page.indicators[code] for code in shown if code in page.indicators]
        self.paginator = Paginator(range(page.total), PAGE_SIZE)
        self.number = min(self.query.page, self.paginator.num_pages)

    @cached_property
    def title(self) -> str:
        order = {"-priority": ", most urgent first", "priority": ", least urgent first"}.get(self.query.sort, "")
        return f"{wording.areas(self.page.total)[0].upper()}{wording.areas(self.page.total)[1:]}{order}"

    @cached_property
    def note(self) -> str:
        run = ScoreRun.objects.latest_finished()
        return f"Scored {wording.day(run.finished_at)}, {run.model_version}" if run else "Not scored yet"

    @cached_property
    def columns(self) -> list[Column]:
        figures = [(row.code, SHORT_NAMES.get(row.code, row.name), True) for row in self.indicators]
        plain = [("name", "Area", False), ("priority", "Priority", False), ("", "Core20", False), *figures]
        visits = [("", "Visits planned", True)] if self.page.theme.kind == "visits" else []
        return [self._column(*column) for column in [*plain, *visits, ("minutes", "Minutes", True)]]

    def _column(self, key, label, is_number) -> Column:
        if not key:
            return Column(key, label, is_number)
        current = self.query.sort.lstrip("-") == key
        descending = self.query.sort.startswith("-")
        # A first click sorts figures and urgency downwards, names upwards; a second turns the order round.
        first = key if key == "name" else f"-{key}"
        target = (key if descending else f"-{key}") if current else first
        direction = ("descending" if descending else "ascending") if current else ""
        return Column(key, label, is_number, self.page.address(self.query.changed(sort=target)), direction)

    @cached_property
    def rows(self) -> list[Row]:
        figures = {f"figure_{i}": figure_in_force(row.code) for i, row in enumerate(self.indicators)}
        chosen = self.page.selection.page((self.number - 1) * PAGE_SIZE, PAGE_SIZE, **figures)
        return [self._row(area) for area in chosen]

    def _row(self, area) -> Row:
        return Row(
            url=reverse("area", args=[area.code]),
            name=area.name,
            code=area.code,
            priority=area_tag(area),
            is_core20=area.imd_decile is not None and area.imd_decile <= CORE20_DECILE,
            cells=(*(self._cell(area, i, row) for i, row in enumerate(self.indicators)), *self._visits(area)),
            minutes="" if area.minutes is None else str(area.minutes),
            index=area.index,
            latitude=round(area.centroid.y, 5),
            longitude=round(area.centroid.x, 5),
        )

    @cached_property
    def _planned(self) -> dict:
        return PlannedVisits(self.query, self.page.selection).by_code()

    def _visits(self, area) -> list[Cell]:
        if self.page.theme.kind != "visits":
            return []
        count = self._planned.get(area.code)
        if count is not None and count.is_hidden:
            return [Cell("Visits planned", missing="Not shown")]
        return [Cell("Visits planned", text="0" if count is None else str(count))]

    def _cell(self, area, number, row) -> Cell:
        label = SHORT_NAMES.get(row.code, row.name)
        value = getattr(area, f"figure_{number}")
        if value is None:
            profile = getattr(area, "profile", None)
            return Cell(label, missing=wording.missing(profile.missing.get(row.code) if profile else None))
        return Cell(label, text=wording.figure(value, row.decimals, row.unit))

    @cached_property
    def pager(self) -> dict:
        first = (self.number - 1) * PAGE_SIZE + 1
        last = min(self.number * PAGE_SIZE, self.page.total)
        return {"text": f"Areas {first:,} to {last:,} of {self.page.total:,}", "links": self._links()}

    def _links(self) -> list[PageLink]:
        pages = self.paginator.num_pages
        if pages < 2:
            return []

        def link(number, text="", label=""):
            url = self.page.address(self.query.changed(page=number))
            return PageLink(text or str(number), url, number == self.number and not text, label or f"Page {number}")

        links = [link(self.number - 1, "Previous", "Previous page")] if self.number > 1 else []
        for number in self.paginator.get_elided_page_range(self.number, on_each_side=1, on_ends=1):
            links.append(link(number) if isinstance(number, int) else PageLink("…"))
        if self.number < pages:
            links.append(link(self.number + 1, "Next", "Next page"))
        return links


def area_tag(area) -> PriorityTag:
    """The tag of an area read by `areas_with_scores`."""
    tag = tag_for_class(area.priority)
    if not area.is_provisional:
        return tag
    low, high = PriorityClass(area.lowest).label, PriorityClass(area.highest).label.lower()
    return PriorityTag(tag.number, tag.label, tag.css, True, f"{low} to {high} possible")
