"""The Explore page: summary, figures, filters that are set, map, legend. Its table: explore_table.py."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from django.urls import reverse

from lsoa.models import Indicator
from lsoa.search import place_name
from priorities.models import PriorityClass

from .. import themes
from ..dashboard.heatmap import HeatBy, heat_map
from ..inequality_reading import URGENT, inequality_of, measured_by
from ..map_view import MapView, map_view
from ..query import EVERYWHERE, PriorityQuery
from ..selection import Selection
from ..theme_values import theme_values
from . import wording
from .explore_table import AreaTable
from .heat_map import HeatPanel
from .inequality import InequalityPanel

TAB_WORDS = {"table": "Table", "heat": "Heat map", "inequality": "Inequality"}


@dataclass(frozen=True)
class Kpi:
    label: str
    value: str
    note: str
    css: str = ""


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

    def __init__(self, query: PriorityQuery, selection: Selection, *, may_export: bool = False):
        self.query = query
        self.selection = selection
        self.may_export = may_export
        self.problems = query.problems
        self.counts = selection.class_counts()
        self.total = sum(row.areas for row in self.counts)
        scope = selection.class_counts(filtered=False) if query.is_filtered else self.counts
        self.scope_total = sum(row.areas for row in scope)
        self.theme = themes.theme(query.theme)
        self.indicators = {row.code: row for row in Indicator.objects.public()}

    def address(self, query: PriorityQuery) -> str:
        return address_of(query)

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
        """One sentence that says what the colours say; empty where the sentence at the head of the page says it."""
        if self.theme.key == PriorityQuery().theme:
            return ""
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
    def table(self) -> AreaTable:
        return AreaTable(self)


def address_of(query: PriorityQuery) -> str:
    """Explore with this query."""
    text = query.to_querystring()
    return reverse("explore") + (f"?{text}" if text else "")


def patch_choices(selection: Selection, total: int) -> list[tuple[str, str]]:
    """Options of "Areas of": the organisation's patches, the first as the default, then everything."""
    patches = [
        (patch.slug if number else "", f"{patch.name} ({patch.area_count:,})")
        for number, patch in enumerate(selection.patches)
    ]
    return [*patches, (EVERYWHERE if patches else "", f"All areas ({total:,})")]
