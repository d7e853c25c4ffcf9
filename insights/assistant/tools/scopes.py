"""What changed in a patch or place, and where need goes unmet."""

from django.db.models import Count, F, Q
from django.urls import reverse

from insights.assistant.intents import Intent
from insights.assistant.places import Named
from insights.assistant.shapes import AnswerTable, Link
from insights.assistant.turn import Draft, Turn
from insights.assistant.words import day, joined, share_of
from lsoa.models import Place
from priorities.models import PriorityClass, PriorityScore, ScoreRun

from .areas import MOST_KEPT, SOURCE, area_words, explore_link, scope_words

MOST_ROWS, MOST_NAMED = 10, 3
CAUSES = {"model": "The model", "data": "New figures", "both": "Model and figures", "": "Not known"}


def changes(turn: Turn) -> Draft:
    """Areas of a scope whose class differs from the one before, and what changed them."""
    draft, scope = Draft(Intent.CHANGES), turn.scope()
    draft.keep(places=turn.mentions.places or None, scope=scope)
    run = ScoreRun.objects.latest_finished()
    where = scope_words(draft, scope)
    if run is None:
        draft.say(f"No priorities have been calculated yet for {where}.")
        return draft
    scores = PriorityScore.objects.current().filter(area__in=scope.areas)
    moved = scores.filter(previous_priority__isnull=False).exclude(previous_priority=F("priority"))
    counts = moved.aggregate(
        rose=Count("pk", filter=Q(priority__gt=F("previous_priority"))),
        fell=Count("pk", filter=Q(priority__lt=F("previous_priority"))),
    )
    page, runs = reverse("compare-runs"), reverse("score-runs")
    when = draft.book.cite(
        run.finished_at.date().isoformat(), day(run.finished_at), source=str(run.model_version), href=runs
    )
    about = {"unit": "areas", "place": scope.name, "source": SOURCE, "href": page, "period": day(run.finished_at)}
    if not counts["rose"] + counts["fell"]:
        draft.say(f"In {where}, no area has another class than before. The newest run is of {when}.")
    else:
        rose, fell = (draft.book.cite(counts[side], f"{counts[side]:,}", **about) for side in ("rose", "fell"))
        draft.say(
            f"In {where}, {rose} {_areas(counts['rose'])} more urgent than before and {fell} less urgent.",
            f"The newest run is of {when}.",
        )
        _moved_table(draft, moved)
    draft.links += [Link("Runs of priorities", runs), explore_link(scope, "The areas on the map")]
    return draft


def _areas(number: int) -> str:
    return "area is" if number == 1 else "areas are"


def _moved_table(draft: Draft, moved) -> None:
    rows = moved.annotate(steps=F("priority") - F("previous_priority")).order_by("-steps", "-priority", "area__code")
    found = list(rows.select_related("area").defer("area__geometry", "area__population_centroid")[:MOST_ROWS])
    table = tuple(
        (
            f"{s.area.name} ({s.area.code})",
            s.get_previous_priority_display(),
            s.get_priority_display(),
            CAUSES[s.changed_because],
        )
        for s in found
    )
    hrefs = tuple(f"{reverse('area-priority', args=[s.area.code])}#history" for s in found)
    draft.table = AnswerTable(
        "Areas whose class changed, the largest rise first", ("Area", "Before", "Now", "What changed it"), table, hrefs
    )
    draft.suggestions.append(f"How was {found[0].area.code} in earlier runs?")
    draft.keep(places=[Named(Place.Kind.AREA, s.area.code, s.area.name) for s in found[:MOST_KEPT]])


def unmet_need(turn: Turn) -> Draft:
    """Areas of a scope that are deprived and in bad health but little diagnosed."""
    draft, scope = Draft(Intent.UNMET_NEED), turn.scope()
    draft.keep(places=turn.mentions.places or None, scope=scope)
    scores = PriorityScore.objects.current().filter(area__in=scope.areas)
    counts = scores.aggregate(
        yes=Count("pk", filter=Q(unmet_need=True)),
        known=Count("pk", filter=Q(unmet_need__isnull=False)),
        all=Count("pk"),
    )
    where, link = scope_words(draft, scope), explore_link(scope, "The areas on the map")
    draft.links += [link, Link("What the flag means", f"{reverse('glossary')}#unmet-need")]
    if not counts["known"]:
        draft.say(
            f"For {where} it cannot be told:",
            "no area there has all the figures that are needed, or none has a priority yet.",
        )
        return draft
    about = {"unit": "areas", "place": scope.name, "source": SOURCE, "href": link.href}
    yes, known = (draft.book.cite(counts[name], f"{counts[name]:,}", **about) for name in ("yes", "known"))
    share = share_of(counts["yes"], counts["known"])
    shown = draft.book.cite(share, share, **(about | {"unit": "%"}))
    draft.say(
        f"In {where}, {yes} of {known} areas that can be judged are deprived and in bad health but little diagnosed:",
        f"{shown}. Need there may go unmet.",
    )
    flagged = scores.filter(unmet_need=True).select_related("area").defer("area__geometry", "area__population_centroid")
    _flagged_table(draft, list(flagged.most_urgent_first()[:MOST_ROWS]))
    draft.say("The flag stands next to the class and is never part of it.")
    return draft


def _flagged_table(draft: Draft, found: list[PriorityScore]) -> None:
    """Areas with the flag, the most urgent first."""
    if not found:
        return
    draft.say(f"The most urgent of them: {joined([area_words(draft, s.area) for s in found[:MOST_NAMED]])}.")
    rows = tuple(
        (f"{s.area.name} ({s.area.code})", s.area.local_authority_name, PriorityClass(s.priority).label) for s in found
    )
    draft.table = AnswerTable(
        "Areas where need may go unmet, the most urgent first",
        ("Area", "Local authority", "Class"),
        rows,
        tuple(reverse("area-priority", args=[s.area.code]) for s in found),
    )
    draft.keep(places=[Named(Place.Kind.AREA, s.area.code, s.area.name) for s in found[:MOST_KEPT]])
    draft.suggestions.append(f"Why is {found[0].area.code} {found[0].get_priority_display().lower()}?")
