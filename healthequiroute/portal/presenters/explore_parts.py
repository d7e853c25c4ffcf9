"""The parts of Explore, as HTML: filters, head, map and what stands below it, for one query.

They are the same for everybody of an organisation with the same rights, and kept while all that they were read from
says the same (`accounts.kept_answers`). Figures about visits follow from the day and from what is kept elsewhere: with
these the parts are made for each view, as they are where the address could not be read.
"""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from accounts.kept_answers import as_html, kept_answer
from lsoa.catalogue.order import by_theme

from .. import themes
from ..forms import ExploreForm
from ..query import PriorityQuery
from ..selection import Selection
from ..visit_theme import SPANS
from .explore import ExplorePage, patch_choices

PARTS = {
    "filters": "portal/_explore_filters.html",
    "head": "portal/_explore_sentence.html",
    "map": "portal/_explore_map.html",
    "results": "portal/_explore_results.html",
}


@dataclass(frozen=True)
class Reader:
    """Who reads Explore, as far as it makes a difference to what stands there."""

    may_export: bool = False
    may_see_visits: bool = False


@dataclass(frozen=True)
class ExploreParts:
    filters: SafeString
    head: SafeString
    map: SafeString
    results: SafeString


def explore_parts(query: PriorityQuery, organisation, reader: Reader, entered: dict | None = None) -> ExploreParts:
    """`entered`: see `explore_form`."""

    def work() -> dict[str, str]:
        page = ExplorePage(query, Selection(query, organisation), may_export=reader.may_export)
        context = {"page": page, "form": explore_form(page, reader, entered)}
        return {name: render_to_string(template, context) for name, template in PARTS.items()}

    if query.problems or query.theme in SPANS:
        made = work()
    else:
        made = kept_answer(("explore", organisation and str(organisation.pk), repr(query), repr(reader)), work)
    return ExploreParts(**as_html(made))


def explore_form(page: ExplorePage, reader: Reader, entered: dict | None = None) -> ExploreForm:
    """`entered`: a range that could not be read, which stays in its fields to be mended."""
    indicators = by_theme(page.indicators.values())
    return ExploreForm(
        query=page.query,
        entered=entered,
        patches=patch_choices(page.selection, page.selection.number_of_all()),
        themes=themes.choices(indicators, with_visits=reader.may_see_visits),
        authorities=[("", "All"), *page.selection.authorities()],
        indicators=[("", "Choose an indicator"), *_with_units(indicators)],
    )


def _with_units(indicators) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(heading, [(row.code, f"{row.name} ({row.unit})") for row in rows]) for heading, rows in indicators]
