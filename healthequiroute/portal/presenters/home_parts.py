"""Figures, patches and data on Home, as HTML.

They are the same for everybody of an organisation who may see as much and begins with the same patch, and kept while
all that they were read from says the same (`accounts.kept_answers`). Figures about visits that are still to be worked
out are asked for by the page itself, and nothing is kept until then.
"""

from dataclasses import dataclass
from functools import cached_property

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.kept_answers import as_html, kept_answer
from lsoa.models import Dataset
from priorities.models import PriorityClass
from priorities.presenters import tag_for_class
from routing.civil_time import today

from ..dashboard import Span, WholeWeeks, dashboard
from ..query import PriorityQuery
from ..selection import Selection
from . import wording
from .dashboard import DashboardPage

DATASETS_SHOWN = 6
PARTS = ("figures", "patches", "data")


@dataclass(frozen=True)
class Reader:
    """Who reads Home, as far as it makes a difference here. `patch`: the one to begin with, "" for the first."""

    patch: str = ""
    may_see_areas: bool = False
    may_see_plans: bool = False


@dataclass(frozen=True)
class HomeParts:
    figures: SafeString
    patches: SafeString
    data: SafeString


def home_parts(organisation, reader: Reader) -> HomeParts:
    def work() -> dict[str, str]:
        panels = Panels(organisation, reader)
        return _rendered(panels) if panels.is_at_hand else {}

    name = ("home", organisation and str(organisation.pk), repr(reader), today().isoformat())
    made = kept_answer(name, work) or _rendered(Panels(organisation, reader))
    return HomeParts(**as_html(made))


def _rendered(panels) -> dict[str, str]:
    return {name: render_to_string(f"portal/home/_{name}.html", {"home": panels}) for name in PARTS}


class Panels:
    def __init__(self, organisation, reader: Reader):
        self.organisation, self.reader = organisation, reader

    @property
    def is_at_hand(self) -> bool:
        """Whether nothing is to be worked out that takes long."""
        return self.figures is None or self.figures.found.is_at_hand

    @cached_property
    def _selection(self) -> Selection:
        """The patch that this person looks after: the one of their preferences, or the organisation's first."""
        return Selection(PriorityQuery(patch=self.reader.patch), self.organisation)

    @cached_property
    def figures(self) -> DashboardPage | None:
        """The figures of the person's patch over four weeks."""
        if not self.reader.may_see_areas:
            return None
        weeks = WholeWeeks.until(Span.FOUR_WEEKS)
        return DashboardPage(dashboard(self._selection, weeks, with_visits=self.reader.may_see_plans))

    @cached_property
    def patches(self) -> list[dict]:
        """The person's own patch first."""
        if self.organisation is None or not self.reader.may_see_areas:
            return []
        own = self._selection.patch
        patches = sorted(self._selection.patches, key=lambda patch: patch != own)[:3]
        return [self._patch(patch) for patch in patches]

    def _patch(self, patch) -> dict:
        query = PriorityQuery(patch=patch.slug)
        counts = self._selection.beside(query).class_counts()
        total = sum(row.areas for row in counts)
        by_class = {row.priority: row for row in counts}
        rows = [_class_row(query, by_class.get(number), number, total) for number in (3, 2, 1, 0)]
        return {
            "name": patch.name,
            "url": explore_url(query),
            "summary": _patch_summary(by_class, total),
            "chart_title": f"{wording.areas(total)} by priority",
            "parts": [
                (PriorityClass(n).label, by_class[n].areas, f"her-chart__class-{n}")
                for n in (3, 2, 1, 0)
                if n in by_class
            ],
            "rows": rows,
        }

    @property
    def no_patch(self) -> str:
        if self.organisation is None:
            return "You see all of England, since you do not belong to one organisation."
        return "Your organisation has no patch yet. Tell the people who run this portal which areas you look after."

    @cached_property
    def datasets(self) -> list[dict]:
        # One line per publication: its newest file, however many files it came in.
        newest = (
            Dataset.objects.public()
            .in_force()
            .filter(rows_loaded__gt=0)
            .defer("quality")
            .order_by("publication", "-loaded_at")
            .distinct("publication")
        )
        rows = sorted(newest, key=lambda row: row.loaded_at, reverse=True)[:DATASETS_SHOWN]
        return [
            {
                "title": str(row),
                "url": reverse("dataset", args=[row.pk]),
                "detail": f"{row.publisher} · loaded {wording.day(row.loaded_at)} · {row.rows_loaded:,} rows",
                "tag": "Provisional"
                if row.is_provisional
                else "Fictional"
                if row.standing == Dataset.Standing.SYNTHETIC
                else "",
                "css": "her-tag--warning",
            }
            for row in rows
        ]


def _class_row(query, found, number, total) -> dict:
    areas = found.areas if found else 0
    return {
        "url": explore_url(query.changed(priorities=(number,))),
        "priority": tag_for_class(number),
        "count": wording.count(areas),
        "share": wording.share(areas, total) or "0%",
        "core20": wording.count(found.core20 if found else 0),
    }


def _patch_summary(by_class, total) -> str:
    if not total or set(by_class) == {None}:
        return f"{wording.areas(total)}; none has been scored yet."
    urgent = by_class.get(PriorityClass.URGENT)
    if urgent is None:
        return f"None of {wording.areas(total)} is urgent."
    verb = "is" if urgent.areas == 1 else "are"
    return (
        f"{urgent.areas:,} of {wording.areas(total)} {verb} urgent; {urgent.core20:,} of them lie in the most "
        "deprived fifth of England (Core20)."
    )


def explore_url(query: PriorityQuery) -> str:
    text = query.to_querystring()
    return reverse("explore") + (f"?{text}" if text else "")
