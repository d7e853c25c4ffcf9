"""Areas in order, side by side, and one figure of a place."""

import re
from urllib.parse import urlencode

import numpy as np
from django.db.models import Avg, Count
from django.urls import reverse

from insights.assistant.intents import Intent
from insights.assistant.places import Named, Scope
from insights.assistant.shapes import AnswerTable, Link
from insights.assistant.turn import Draft, Turn
from insights.assistant.words import joined, quoted, share_of, standing
from lsoa.catalogue.deprivation import CORE20_DECILE
from lsoa.models import Area, Dataset, Indicator, Place, figure_in_force
from lsoa.presenters import wording
from lsoa.profiles import read_matrix
from lsoa.search import in_place
from lsoa.statistics import national_distribution
from priorities.models import PriorityClass, PriorityScore

USUAL_NUMBER, MOST_NUMBER, MOST_KEPT = 5, 20, 6
SOURCE = "Priorities in force"
_NUMBER = re.compile(
    r"\b(?:top|bottom|first|the)\s(\d{1,2})\b|\b(\d{1,2})\s(?:areas?|lsoas?|most|worst|highest|lowest|best|least)\b"
)
_LOWEST = re.compile(r"\b(?:lowest|least|fewest|smallest|best|bottom|shortest)\b")
_CLASSES = {word.lower(): value for value, word in PriorityClass.choices}
EXPLORE = "explore"


def explore_link(scope: Scope, text: str, *more: tuple[str, str]) -> Link:
    return Link(text, f"{reverse(EXPLORE)}?{urlencode([*scope.query, *more], safe=':/')}")


def rank_areas(turn: Turn) -> Draft:
    """The first areas of a scope by priority or by an indicator, and how many have the class that is asked for."""
    draft, scope = Draft(Intent.RANK_AREAS), turn.scope()
    indicator = _indicator(turn)
    draft.keep(places=turn.mentions.places or None, scope=scope, indicator=indicator.code if indicator else "")
    if indicator is not None:
        _rank_by_indicator(draft, turn, scope, indicator)
    else:
        _rank_by_priority(draft, turn, scope)
    return draft


def _indicator(turn: Turn) -> Indicator | None:
    meant = turn.meant
    if meant is not None and re.search(r"\b(?:urgent|priority|priorities)\b", turn.folded):
        return None
    if meant is None and turn.slots.get("intent") == Intent.RANK_AREAS and turn.slots.get("indicator"):
        return Indicator.objects.public().filter(code=turn.slots["indicator"]).first()
    return meant.indicator if meant else None


def _number(turn: Turn) -> int:
    match = _NUMBER.search(turn.folded)
    number = int(match.group(1) or match.group(2)) if match else USUAL_NUMBER
    return min(max(number, 1), MOST_NUMBER)


def scope_words(draft: Draft, scope: Scope) -> str:
    """What a sentence calls the scope, with where its boundaries come from."""
    if scope.ref == "all":
        return "all areas"
    return draft.book.cite(scope.ref, scope.name, source="Boundaries of areas", href=explore_link(scope, "").href)


def _rank_by_priority(draft: Draft, turn: Turn, scope: Scope) -> None:
    scores = PriorityScore.objects.current().filter(area__in=scope.areas)
    wanted = next((value for word, value in _CLASSES.items() if _asks_for(word, turn.folded)), None)
    counts = dict(scores.order_by().values_list("priority").annotate(areas=Count("pk")))
    total, cite, where = sum(counts.values()), draft.book.cite, scope_words(draft, scope)
    if not total:
        draft.say(f"No area of {where} has a priority yet.")
        return
    if "core20" in turn.folded:
        scores = _only_core20(draft, scores, scope, where, total)
        counts = dict(scores.order_by().values_list("priority").annotate(areas=Count("pk")))
        total = sum(counts.values())
        if not total:
            return
    shown = PriorityClass(max(counts) if wanted is None else wanted)
    link = explore_link(scope, f"{shown.label} areas on the map", ("priority", str(shown.value)))
    number = counts.get(shown.value, 0)
    label = cite(shown.label, shown.label.lower(), source=SOURCE, href=link.href)
    part = cite(number, f"{number:,}", unit="areas", place=scope.name, source=SOURCE, href=link.href)
    whole = cite(total, f"{total:,}", unit="areas", place=scope.name, source=SOURCE, href=explore_link(scope, "").href)
    share = cite(
        share_of(number, total), share_of(number, total), unit="%", place=scope.name, source=SOURCE, href=link.href
    )
    draft.say(f"In {where}, {part} of {whole} areas with a priority have the class {label}: {share}.")
    ordered = scores.select_related("area").defer("area__geometry", "area__population_centroid")
    if wanted is not None:
        ordered = ordered.filter(priority=wanted)
    lowest = bool(_LOWEST.search(turn.folded)) and wanted is None
    ordered = ordered.order_by("priority", "rank_offset", "area__code") if lowest else ordered.most_urgent_first()
    first = list(ordered.annotate(decile=figure_in_force("imd_decile", "area__profile__values"))[: _number(turn)])
    _ranked_table(draft, first, "least urgent" if lowest else "most urgent")
    draft.links.append(link)
    if first:
        draft.suggestions.append(f"Why is {first[0].area.code} {first[0].get_priority_display().lower()}?")
    draft.suggestions += ["What changed?", "Where is need unmet?"]


def _ranked_table(draft: Draft, scores, order: str) -> None:
    if not scores:
        return
    names = [area_words(draft, score.area) for score in scores[:3]]
    draft.say(
        f"The {order} {'is' if len(scores) == 1 else 'are'} {joined(names)}.",
        "The order within a class is by how near the figures lie to the class above.",
    )
    rows = tuple(
        (
            f"{score.area.name} ({score.area.code})",
            score.area.local_authority_name,
            score.get_priority_display(),
            "" if score.decile is None else f"{score.decile:.0f}",
            str(score.visit_minutes),
        )
        for score in scores
    )
    columns = ("Area", "Local authority", "Class", "IMD decile", "Minutes of a visit")
    hrefs = tuple(reverse("area-priority", args=[score.area.code]) for score in scores)
    draft.table = AnswerTable(f"The {order} areas", columns, rows, hrefs)
    draft.keep(places=[Named(Place.Kind.AREA, score.area.code, score.area.name) for score in scores[:MOST_KEPT]])


def _only_core20(draft: Draft, scores, scope: Scope, where: str, total: int):
    """The scores of Core20 areas, and how many they are."""
    decile = figure_in_force("imd_decile", "area__profile__values")
    core20 = scores.annotate(decile=decile).filter(decile__lte=CORE20_DECILE)
    link = explore_link(scope, "Core20 areas on the map", ("core20", "1"))
    number = core20.count()
    about = {"unit": "areas", "place": scope.name, "source": SOURCE, "href": link.href}
    part, whole = (draft.book.cite(each, f"{each:,}", **about) for each in (number, total))
    draft.say(f"In {where}, {part} of {whole} areas with a priority are Core20. The rest of this answer is about them.")
    draft.links.append(link)
    return core20


def _asks_for(word: str, folded: str) -> bool:
    """Whether a class is asked for: "urgent areas", but not "the most urgent areas"."""
    return bool(re.search(rf"(?<!most )(?<!least )(?<!more )(?<!less )\b{word}\b", folded))


def area_words(draft: Draft, area: Area) -> str:
    return draft.book.cite(area.code, area.name, source="Boundaries of areas", href=reverse("area", args=[area.code]))


def _rank_by_indicator(draft: Draft, turn: Turn, scope: Scope, indicator: Indicator) -> None:
    # For the index of deprivation a low decile or rank is what people call high.
    by_need = indicator.polarity == Indicator.Polarity.LOW_IS_NEED
    lowest = bool(_LOWEST.search(turn.folded)) != (
        by_need and not re.search(r"\b(?:highest|lowest) (?:decile|rank)", turn.folded)
    )
    first = _first_by(indicator, scope, lowest, _number(turn))
    where, dataset = scope_words(draft, scope), _dataset(first[0], indicator) if first else None
    if not first:
        draft.say(f"No area of {where} has a figure for that.")
        return
    link = explore_link(
        scope,
        f"{indicator.name} on the map",
        ("theme", indicator.code),
        ("sort", indicator.code if lowest else f"-{indicator.code}"),
    )
    label = draft.book.cite(
        indicator.code,
        quoted(indicator.name),
        source=_source(dataset),
        href=reverse("indicator", args=[indicator.code]),
    )
    parts = [
        f"{area_words(draft, area)} with {_figure(draft, area, indicator, area.figure, dataset)}" for area in first[:3]
    ]
    draft.say(
        f"In {where}, the {'lowest' if lowest else 'highest'} {'figure' if len(first) == 1 else 'figures'}",
        f"for {label}: {joined(parts)}.",
    )
    rows = tuple((f"{a.name} ({a.code})", a.local_authority_name, wording.figure(a.figure, indicator)) for a in first)
    draft.table = AnswerTable(
        indicator.name,
        ("Area", "Local authority", _unit_heading(indicator)),
        rows,
        tuple(reverse("area", args=[a.code]) for a in first),
    )
    draft.links.append(link)
    draft.keep(places=[Named(Place.Kind.AREA, area.code, area.name) for area in first[:MOST_KEPT]])
    draft.suggestions += [
        f"Why is {first[0].code} a priority?",
        f"Which areas have the {'highest' if lowest else 'lowest'} figure for {quoted(indicator.name)}?",
    ]


def _first_by(indicator: Indicator, scope: Scope, lowest: bool, number: int) -> list[Area]:
    """The first areas of the scope with their `figure`; of equal ones by code."""
    matrix = read_matrix([indicator.code], scope.areas)
    figures = matrix.values[:, 0]
    order = np.lexsort((matrix.area_codes.astype(str), figures if lowest else -figures))
    ids = [int(matrix.area_ids[place]) for place in order if not np.isnan(figures[place])][:number]
    found = Area.objects.defer("geometry", "population_centroid").in_bulk(ids)
    values = dict(zip(matrix.area_ids.tolist(), figures.tolist(), strict=True))
    for pk, area in found.items():
        area.figure = values[pk]
    return [found[pk] for pk in ids]


def _unit_heading(indicator: Indicator) -> str:
    return "Figure" if indicator.unit in ("%", "decile", "rank") else f"Figure ({indicator.unit})"


def _dataset(area: Area, indicator: Indicator) -> Dataset | None:
    profile = Area.objects.with_profile().select_related("profile__origin").defer("geometry").get(pk=area.pk).profile
    return Dataset.objects.filter(pk=profile.datasets.get(indicator.code)).defer("quality").first()


def _source(dataset: Dataset | None) -> str:
    return dataset.title if dataset else ""


def _figure(draft: Draft, area: Area, indicator: Indicator, value: float, dataset) -> str:
    return draft.book.cite(
        wording.figure(value, indicator), wording.figure(value, indicator), unit=indicator.unit, place=area.name,
        period=dataset.release if dataset else "", source=_source(dataset),
        href=reverse("figure", args=[indicator.code, area.code]),
    )  # fmt: skip


def figure(turn: Turn) -> Draft:
    """One indicator of one area, held against all areas; of a larger place, the mean of its areas."""
    draft, meant = Draft(Intent.FIGURE), turn.meant
    indicator = (
        meant.indicator if meant else Indicator.objects.public().filter(code=turn.slots.get("indicator", "")).first()
    )
    place = turn.places[0]
    draft.keep(places=[place], indicator=indicator.code)
    areas = in_place(Area.objects.current(), place.ref).annotate(figure=figure_in_force(indicator.code))
    numbers = areas.aggregate(mean=Avg("figure"), known=Count("figure"), all=Count("pk"))
    name = draft.book.cite(place.code, place.name, source="Boundaries of areas")
    label = draft.book.cite(indicator.code, quoted(indicator.name), href=reverse("indicator", args=[indicator.code]))
    if not numbers["known"]:
        draft.say(f"{name} has no figure for {label}.")
        return draft
    first = areas.filter(figure__isnull=False).defer("geometry").first()
    dataset = _dataset(first, indicator)
    if numbers["all"] == 1:
        _one_figure(draft, first, indicator, dataset, name, label)
    else:
        mean = wording.figure(numbers["mean"], indicator)
        cited = draft.book.cite(
            mean,
            mean,
            unit=indicator.unit,
            place=place.name,
            period=dataset.release if dataset else "",
            source=_source(dataset),
        )
        areas_known = draft.book.cite(
            numbers["known"], f"{numbers['known']:,}", unit="areas", place=place.name, source=_source(dataset)
        )
        draft.say(
            f"Across the {areas_known} areas of {name} that have a figure, the mean for {label} is {cited},",
            "each area counting once.",
        )
        draft.suggestions.append(f"Which areas in {place.choice} have the highest figure for {quoted(indicator.name)}?")
    draft.links.append(Link("About the figure", reverse("indicator", args=[indicator.code])))
    return draft


def _one_figure(draft: Draft, area: Area, indicator: Indicator, dataset, name: str, label: str) -> None:
    draft.say(f"{name}: the figure for {label} is {_figure(draft, area, indicator, area.figure, dataset)}.")
    spread = national_distribution([indicator.code], synthetic=area.is_synthetic).get(indicator.code)
    if spread is not None and indicator.unit not in ("decile", "rank"):
        median = wording.figure(spread.median, indicator)
        middle = draft.book.cite(
            median,
            median,
            unit=indicator.unit,
            place="All areas",
            source=_source(dataset),
            href=reverse("indicator", args=[indicator.code]),
        )
        draft.say(f"That is {standing(spread.share_below(area.figure))}; the middle one has {middle}.")
    draft.links.append(Link("The figure and how it came about", reverse("figure", args=[indicator.code, area.code])))
    draft.suggestions += [f"Why is {area.code} a priority?"]
