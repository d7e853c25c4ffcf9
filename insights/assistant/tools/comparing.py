"""Places side by side: areas by class and figures, larger places by how many of their areas have which class."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse

from insights.assistant.intents import Intent
from insights.assistant.places import Named, Scope, scope_of
from insights.assistant.shapes import AnswerTable, Link
from insights.assistant.turn import Draft, Turn
from insights.assistant.words import joined, share_of
from lsoa.catalogue.deprivation import CORE20_DECILE
from lsoa.models import figure_in_force
from priorities.models import PriorityClass, PriorityScore

from .areas import SOURCE, area_words, explore_link

MOST_COMPARED = 6
AREA_COLUMNS = (
    "Area",
    "Local authority",
    "Class",
    "IMD decile",
    "In bad or very bad health",
    "Need may be unmet",
    "Visit",
)
PLACE_COLUMNS = ("Place", "Areas with a priority", "Urgent", "Elevated", "Core20")
UNMET = {True: "Yes", False: "No", None: "Not known"}


def compare(turn: Turn) -> Draft:
    """Two to six places. Where not all are areas, each area stands as a place of one area."""
    draft, places = Draft(Intent.COMPARE_AREAS), turn.places[:MOST_COMPARED]
    draft.keep(places=places)
    if all(place.is_area for place in places):
        _compare_areas(draft, places)
    else:
        _compare_places(draft, [_counted(scope_of(place, turn.organisation), place) for place in places])
    return draft


def _compare_areas(draft: Draft, places: list[Named]) -> None:
    wanted = [place.code for place in places]
    figures = {
        "decile": figure_in_force("imd_decile", "area__profile__values"),
        "health": figure_in_force("bad_health_share", "area__profile__values"),
    }
    rows = PriorityScore.objects.current().filter(area__code__in=wanted).select_related("area").annotate(**figures)
    rows = rows.defer("area__geometry", "area__population_centroid")
    scores = sorted(rows, key=lambda score: wanted.index(score.area.code))
    query = urlencode([("area", code) for code in wanted])
    draft.links.append(Link("The areas side by side", f"{reverse('compare')}?{query}"))
    if not scores:
        draft.say("None of these areas has a priority yet.")
        return
    draft.say(f"{joined([f'{area_words(draft, score.area)} is {_class(draft, score)}' for score in scores])}.")
    first = max(scores, key=lambda score: (score.priority, score.rank_offset))
    if len(scores) > 1 and len({score.priority for score in scores}) == 1:
        draft.say(f"Their classes are the same. {area_words(draft, first.area)} lies nearest to the class above.")
    elif len(scores) > 1:
        draft.say(f"The most urgent of them is {area_words(draft, first.area)}.")
    hrefs = tuple(_page(score) for score in scores)
    draft.table = AnswerTable("Areas side by side", AREA_COLUMNS, tuple(map(_area_row, scores)), hrefs)
    draft.suggestions.append(f"Why is {first.area.code} {first.get_priority_display().lower()}?")


def _page(score: PriorityScore) -> str:
    return reverse("area-priority", args=[score.area.code])


def _class(draft: Draft, score: PriorityScore) -> str:
    label = score.get_priority_display().lower()
    return draft.book.cite(score.get_priority_display(), label, place=score.area.name, source=SOURCE, href=_page(score))


def _area_row(score: PriorityScore) -> tuple[str, ...]:
    return (
        f"{score.area.name} ({score.area.code})",
        score.area.local_authority_name,
        score.get_priority_display(),
        "" if score.decile is None else f"{score.decile:.0f}",
        "" if score.health is None else f"{score.health:.1f}%",
        UNMET[score.unmet_need],
        f"{score.visit_minutes} minutes",
    )


@dataclass(frozen=True)
class _Counted:
    """Areas of a place by class; `only` is the score of a place that is an area."""

    place: Named
    link: Link
    areas: int
    urgent: int
    elevated: int
    core20: int
    only: PriorityScore | None

    @property
    def share(self) -> float:
        return self.urgent / self.areas if self.areas else 0.0


def _counted(scope: Scope, place: Named) -> _Counted:
    scores = PriorityScore.objects.current().filter(area__in=scope.areas)
    decile = figure_in_force("imd_decile", "area__profile__values")
    numbers = scores.annotate(decile=decile).aggregate(
        areas=Count("pk"),
        urgent=Count("pk", filter=Q(priority=PriorityClass.URGENT)),
        elevated=Count("pk", filter=Q(priority=PriorityClass.ELEVATED)),
        core20=Count("pk", filter=Q(decile__lte=CORE20_DECILE)),
    )
    only = scores.select_related("area").defer("area__geometry").first() if place.is_area else None
    return _Counted(place, explore_link(scope, f"{place.name} on the map"), **numbers, only=only)


def _compare_places(draft: Draft, counted: list[_Counted]) -> None:
    sentences = [_sentence(draft, each) for each in counted]
    draft.say(*sentences)
    larger = [each for each in counted if each.areas and not each.place.is_area]
    if len(larger) > 1:
        most = max(larger, key=lambda each: each.share)
        if most.share > min(each.share for each in larger):
            draft.say(f"The share of urgent areas is highest in {_name(draft, most)}.")
        else:
            draft.say("The shares of urgent areas are the same.")
    rows = tuple(
        (each.place.name, f"{each.areas:,}", f"{each.urgent:,}", f"{each.elevated:,}", f"{each.core20:,}")
        for each in counted
    )
    draft.table = AnswerTable("Places side by side", PLACE_COLUMNS, rows, tuple(each.link.href for each in counted))
    draft.links += [each.link for each in counted]
    draft.suggestions += [f"Which areas are most urgent in {each.place.choice}?" for each in larger[:2]]


def _name(draft: Draft, each: _Counted) -> str:
    return draft.book.cite(each.place.ref, each.place.name, source="Boundaries of areas", href=each.link.href)


def _sentence(draft: Draft, each: _Counted) -> str:
    if not each.areas:
        return f"{_name(draft, each)} has no area with a priority yet."
    if each.only is not None:
        return f"{_name(draft, each)} is {_class(draft, each.only)}."
    about = {"place": each.place.name, "source": SOURCE, "href": each.link.href}
    share = share_of(each.urgent, each.areas)
    part = draft.book.cite(each.urgent, f"{each.urgent:,}", unit="areas", **about)
    whole = draft.book.cite(each.areas, f"{each.areas:,}", unit="areas", **about)
    cited = draft.book.cite(share, share, unit="%", **about)
    return f"In {_name(draft, each)}, {part} of {whole} areas with a priority are urgent: {cited}."
