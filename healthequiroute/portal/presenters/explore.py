"""The Explore page: summary, figures, filters that are set, map, legend, table."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from django.core.paginator import Paginator
from django.urls import reverse

from lsoa.catalogue.deprivation import CORE20_DECILE
from lsoa.models import Indicator, figure_in_force
from lsoa.search import place_name
from priorities.models import PriorityClass, ScoreRun
from priorities.presenters import PriorityTag, tag_for_class

from .. import themes
from ..dashboard.heatmap import HeatBy, heat_map
from ..inequality_reading import URGENT, inequality_of, measured_by
from ..map_view import MapView, map_view
from ..query import EVERYWHERE, PAGE_SIZE, PriorityQuery
from ..selection import Selection
from ..theme_values import theme_values
from ..visit_theme import PlannedVisits
from . import wording
from .heat_map import HeatPanel
from .inequality import InequalityPanel

TAB_WORDS = {"table": "Table", "heat": "Heat map", "inequality": "Inequality"}
ALWAYS_SHOWN = ("imd_decile", "population")


@dataclass(frozen=True)
class Kpi:
    label: str
    value: str
    note: str
    css: str = ""


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


@dataclass(frozen=True)
class LegendItem:
    label: str
    colour: str = "#ffffff"
    count: str = ""
    is_hatched: bool = False
    # Ground, not figure: its colour is the theme's.
    is_outside: bool = False


@dataclass(frozen=True)
class Legend:
    title: str
    items: list[LegendItem] = field(default_factory=list)


class ExplorePage:
    """Everything that the Explore templates show, for one query."""

    def __init__(self, query: PriorityQuery, selection: Selection, *, may_export: bool = False, views=None):
        self.query = query
        self.selection = selection
        self.may_export = may_export
        # Saved views of this person; None where nothing can be saved.
        self.views = views
        self.problems = query.problems
        self.counts = selection.class_counts()
        self.total = sum(row.areas for row in self.counts)
        scope = selection.class_counts(filtered=False) if query.is_filtered else self.counts
        self.scope_total = sum(row.areas for row in scope)
        self.theme = themes.theme(query.theme)
        self.indicators = {row.code: row for row in Indicator.objects.public()}

    def address(self, query: PriorityQuery) -> str:
        text = query.to_querystring()
        return reverse("explore") + (f"?{text}" if text else "")

    @property
    def download_url(self) -> str:
        """Where these areas can be had as a file; empty for people who may not."""
        if not self.may_export:
            return ""
        text = self.query.to_querystring()
        return reverse("export-form") + (f"?{text}" if text else "")

    @property
    def place(self) -> str:
        return self.selection.patch.name if self.selection.patch else "all areas"

    @cached_property
    def summary(self) -> str:
        """One sentence that says what the map and the table show."""
        if not self.total:
            return f"No area of {self.place} fits these filters."
        place = f" in {self.selection.patch.name}" if self.selection.patch else ""
        urgent = next((row for row in self.counts if row.priority == PriorityClass.URGENT), None)
        if all(row.priority is None for row in self.counts):
            return f"{wording.areas(self.total)}{place}; none has been scored yet."
        core20 = ""
        if urgent and not self.query.core20:
            core20 = f"; {urgent.core20:,} of them lie in the most deprived fifth of England (Core20)"
        if self.query.is_filtered:
            fit = f"{self.total:,} of {wording.areas(self.scope_total)}{place} fit your filters"
            return f"{fit}{self._urgent(urgent)}{core20}."
        if urgent is None:
            return f"None of {wording.areas(self.total)}{place} is urgent."
        share = wording.share(urgent.areas, self.total)
        verb = "is" if urgent.areas == 1 else "are"
        return f"{urgent.areas:,} of {wording.areas(self.total)} ({share}){place} {verb} urgent{core20}."

    def _urgent(self, urgent) -> str:
        """How many of the areas that fit are urgent, as the end of a sentence."""
        if urgent is None:
            return "; none of them is urgent"
        if urgent.areas == self.total:
            return ", all of them urgent"
        verb = "is" if urgent.areas == 1 else "are"
        return f"; {urgent.areas:,} of these ({wording.share(urgent.areas, self.total)}) {verb} urgent"

    @cached_property
    def kpis(self) -> list[Kpi]:
        if not self.total:
            return []
        by_class = {row.priority: row for row in self.counts}
        cards = []
        for number in sorted(PriorityClass.values, reverse=True):
            found = by_class.get(number)
            areas = found.areas if found else 0
            note = f"{wording.share(areas, self.total) or '0%'} of {wording.areas(self.total)}"
            cards.append(Kpi(PriorityClass(number).label, wording.count(areas), note, f"her-kpi--priority-{number}"))
        core20 = sum(row.core20 for row in self.counts)
        cards.append(
            Kpi("Core20 areas", wording.count(core20), f"{wording.share(core20, self.total) or '0%'}; England 20%")
        )
        return cards

    @cached_property
    def applied(self) -> list[dict]:
        """Filters that are set, each with the address of the page without it."""
        query, set_filters = self.query, []

        def add(label, **without):
            set_filters.append({"label": label, "remove_url": self.address(query.changed(**without))})

        for number in query.priorities:
            rest = tuple(n for n in query.priorities if n != number)
            add(PriorityClass(number).label, priorities=rest)
        if query.core20:
            add("Core20 only", core20=False)
        names = dict(self.selection.authorities()) if query.authorities else {}
        for code in query.authorities:
            add(names.get(code, code), authorities=tuple(c for c in query.authorities if c != code))
        for limits in query.ranges:
            add(self._range_text(limits), ranges=tuple(r for r in query.ranges if r != limits))
        if query.place:
            add(place_name(query.place), place="")
        if query.text:
            add(f"“{query.text}”", text="")
        return set_filters

    def _range_text(self, limits) -> str:
        row = self.indicators.get(limits.code)
        name = row.name if row else limits.code
        if limits.low is None:
            return f"{name}: {limits.high:g} or less"
        if limits.high is None:
            return f"{name}: {limits.low:g} or more"
        return f"{name}: {limits.low:g} to {limits.high:g}"

    @cached_property
    def hidden_fields(self) -> list[tuple[str, str]]:
        """What the filter form carries along without a visible field."""
        query = self.query
        pairs = [("sort", query.sort)] if query.sort != PriorityQuery().sort else []
        pairs += [("range", str(limits)) for limits in query.ranges]
        pairs += [("authority", code) for code in query.authorities[1:]]
        pairs += [("q", query.text)] if query.text else []
        pairs += [("place", query.place)] if query.place else []
        pairs += [("tab", query.tab)] if query.tab != PriorityQuery().tab else []
        pairs += [("heat", query.heat)] if query.heat != PriorityQuery().heat else []
        return [*pairs, ("map", query.view)]

    @property
    def tabs(self) -> list[dict]:
        """What can stand below the map, each with its address."""
        return [
            {
                "key": key,
                "text": text,
                "url": self.address(self.query.changed(tab=key)),
                "is_current": self.query.tab == key,
            }
            for key, text in TAB_WORDS.items()
        ]

    @cached_property
    def heat(self) -> HeatPanel:
        found = heat_map(self.selection, HeatBy(self.query.heat))
        return HeatPanel(found, self.query, self.place, self.address)

    @property
    def heat_choices(self) -> list[dict]:
        words = {HeatBy.DECILE: "Deprivation", HeatBy.AUTHORITY: "Local authority"}
        return [
            {"text": text, "url": self.address(self.query.changed(heat=by.value)), "is_chosen": by == self.query.heat}
            for by, text in words.items()
        ]

    @cached_property
    def inequality(self) -> InequalityPanel | None:
        """Of the theme's indicator; of urgent areas where the theme is a priority; None where a mean says nothing."""
        measured = measured_by(
            URGENT if self.theme.kind in ("priority", "change", "component", "visits") else self.theme.key
        )
        if measured is None:
            return None
        return InequalityPanel(inequality_of(self.selection, measured), self.place)

    @cached_property
    def area_map(self) -> MapView:
        text = self.query.for_theme()
        asked = f"?{text}" if text else ""
        return map_view(
            id="explore-map",
            title=f"Map of areas: {self.theme.title}",
            summary=self.map_summary,
            theme_url=reverse("theme") + asked,
            in_view_url=reverse("map-in-view") + asked,
            panel_url=reverse("area-panel"),
            bounds=self.selection.extent(),
            view=self.query.view,
            palette=self.theme.palette,
            labels=self.theme.labels,
            legend=self.legend,
            remember_view=True,
        )

    @cached_property
    def map_counts(self) -> list[int]:
        """How many areas the map paints in each class; the last two places are those outside and without a figure."""
        return np.bincount(theme_values(self.query, self.selection), minlength=256).tolist()

    @property
    def map_summary(self) -> str:
        """One sentence that says what the colours say."""
        if self.theme.key == PriorityQuery().theme:
            return self.summary
        shown = self.map_counts[: len(self.theme.labels)]
        total = sum(shown)
        if not total:
            return f"{self.theme.title}: no area here has a figure."
        parts = [
            f"{wording.count(number)} ({wording.share(number, total) or '0%'}) {label[0].lower()}{label[1:]}"
            for label, number in reversed(list(zip(self.theme.labels, shown, strict=True)))
        ]
        return f"{self.theme.title}, {wording.areas(total)}: {', '.join(parts)}."

    @cached_property
    def legend(self) -> Legend:
        """Most need first, as in the table, with how many areas the map paints so."""
        pairs = list(enumerate(zip(self.theme.labels, self.theme.palette, strict=False)))
        items = [
            LegendItem(label, colour, wording.count(self.map_counts[number]))
            for number, (label, colour) in reversed(pairs)
        ]
        missing = self.map_counts[themes.NO_DATA]
        items.append(LegendItem("No data", is_hatched=True, count=wording.count(missing) if missing else ""))
        if self.query.is_filtered or self.selection.patch:
            outside = "Outside your filters" if self.query.is_filtered else f"Outside {self.place}"
            items.append(LegendItem(outside, is_outside=True))
        return Legend(self.theme.title, items)

    @cached_property
    def table(self) -> "AreaTable":
        return AreaTable(self)


class AreaTable:
    """25 areas with the figures that always stand there and that of the map's theme."""

    def __init__(self, page: ExplorePage):
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


SHORT_NAMES = {"imd_decile": "IMD decile", "population": "Residents"}


def area_tag(area) -> PriorityTag:
    """The tag of an area read by `areas_with_scores`."""
    tag = tag_for_class(area.priority)
    if not area.is_provisional:
        return tag
    low, high = PriorityClass(area.lowest).label, PriorityClass(area.highest).label.lower()
    return PriorityTag(tag.number, tag.label, tag.css, True, f"{low} to {high} possible")


def patch_choices(selection: Selection, total: int) -> list[tuple[str, str]]:
    """Options of "Areas of": the organisation's patches, the first as the default, then everything."""
    patches = [
        (patch.slug if number else "", f"{patch.name} ({patch.area_count:,})")
        for number, patch in enumerate(selection.patches)
    ]
    return [*patches, (EVERYWHERE if patches else "", f"All areas ({total:,})")]
