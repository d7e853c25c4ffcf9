"""Why an area has its class, and how it came to it over the runs."""

from django.urls import reverse

from insights.assistant.intents import Intent
from insights.assistant.shapes import AnswerTable, Link
from insights.assistant.turn import Draft, Turn
from insights.assistant.words import day, inside, joined
from lsoa.models import Area
from priorities.changes import changes_over_time
from priorities.explanations import Origins, explain_score
from priorities.models import PriorityScore

MOST_FACTORS, MOST_RUNS = 4, 6


def current_score(code: str) -> PriorityScore | None:
    return PriorityScore.objects.current().with_explanation().filter(area__code=code).first()


def why_priority(turn: Turn) -> Draft:
    """The class of one area, the figures that decided, and what remains open."""
    draft, place = Draft(Intent.WHY_PRIORITY), turn.area
    score = current_score(place.code)
    draft.keep(places=[place])
    name = draft.book.cite(
        place.code, place.name, source="Boundaries of areas", href=reverse("area", args=[place.code])
    )
    if score is None:
        draft.say(f"{name} has no priority yet: no finished run has covered it.")
        draft.links.append(Link("The area", reverse("area", args=[place.code])))
        return draft
    explanation = explain_score(score, Origins.of([score], compare=True), evidence=False)
    _say_class(draft, score, explanation, name)
    _say_factors(draft, score, explanation)
    _factors_table(draft, explanation)
    page = reverse("area-priority", args=[place.code])
    draft.links += [
        Link("Why: the whole explanation", page),
        Link("Areas like it", f"{reverse('area', args=[place.code])}#similar"),
    ]
    draft.suggestions += ["What changed?", f"Compare {place.code} with its authority", "How was it in earlier runs?"]
    return draft


def _say_class(draft: Draft, score, explanation, name: str) -> None:
    cite, run = draft.book.cite, score.run
    source, page = f"Priorities: {run.model_version}", reverse("area-priority", args=[score.area.code])
    about = {"place": score.area.name, "source": source, "href": page, "period": day(run.finished_at)}
    label = cite(explanation.class_name, explanation.class_name, **about)
    when = cite(run.finished_at.date().isoformat(), day(run.finished_at), **about)
    minutes = cite(score.visit_minutes, f"{score.visit_minutes} minutes", unit="minutes", **about)
    sentences = [f"{name} has the class {label}, as calculated on {when}.", f"A visit there is planned with {minutes}."]
    if score.is_provisional:
        low, high = (cite(word, word, **about) for word in (explanation.low_class, explanation.high_class))
        sentences.append(
            f"That is provisional: an input is missing, and anything from {low} to {high} remains possible."
        )
    if score.stability is not None:
        sure = cite(round(100 * score.stability), f"{round(100 * score.stability)}%", unit="%", **about)
        sentences.append(f"With thresholds moved inside their soft zones, the class stays the same in {sure} of draws.")
    if score.unmet_need:
        sentences.append("It is deprived and in bad health but little diagnosed: need there may go unmet.")
    draft.say(*sentences)


def _say_factors(draft: Draft, score, explanation) -> None:
    """The inputs above their lowest level, those first that decide."""
    factors = sorted(
        (each for each in explanation.factors if each.contributes and not each.is_missing),
        key=lambda each: (-each.relief, each.group != "BAD", each.label),
    )
    if not factors:
        draft.say("No input of the model raises it: all are at their lowest level.")
        return
    parts = [_factor_words(draft, each, score) for each in factors[:MOST_FACTORS]]
    decisive = any(each.is_decisive for each in factors[:MOST_FACTORS])
    draft.say(f"{'What decides it' if decisive else 'What raises it'}: {joined(parts)}.")
    missing = [each.label for each in explanation.factors if each.is_missing]
    if missing:
        names = [draft.book.cite(label, label, source="Priorities") for label in missing[:MOST_FACTORS]]
        draft.say(f"There is no figure for {joined(names)}.")


def _factor_words(draft: Draft, factor, score) -> str:
    about = {"place": score.area.name, "period": factor.period, "source": factor.source}
    href = reverse("figure", args=[factor.indicator, score.area.code])
    label = draft.book.cite(factor.label, inside(factor.label), href=href, **about)
    shown = draft.book.cite(factor.value_text, factor.value_text, unit=factor.unit, href=href, **about)
    return f"{label} ({shown})"


def _factors_table(draft: Draft, explanation) -> None:
    rows = [
        (
            each.label,
            "no figure" if each.is_missing else each.value_text,
            each.class_name,
            each.average_text or "",
            each.source,
            each.period,
        )
        for each in explanation.factors
    ]
    columns = ("Input", "Figure", "Class of the input", "Average", "Source", "Release")
    draft.table = AnswerTable("What the model read for this area", columns, tuple(rows))


def history(turn: Turn) -> Draft:
    """The classes of one area, run by run, and why they changed."""
    draft, place = Draft(Intent.HISTORY), turn.area
    scores = list(
        PriorityScore.objects.with_explanation()
        .filter(area__in=Area.objects.current().filter(code=place.code), run__finished_at__isnull=False)
        .order_by("-run__finished_at")[:MOST_RUNS]
    )
    draft.keep(places=[place])
    cite = draft.book.cite
    page = f"{reverse('area-priority', args=[place.code])}#history"
    name = cite(place.code, place.name, source="Boundaries of areas", href=page)
    draft.links.append(Link("The area's history", page))
    if not scores:
        draft.say(f"{name} has no priority yet: no finished run has covered it.")
        return draft
    _history_table(draft, scores, page)
    if len(scores) == 1:
        only = scores[0]
        draft.say(
            f"{name} was scored once, with the class {_class(draft, only, page)} on {_when(draft, only, page)}.",
            "There is no earlier run to compare with.",
        )
        return draft
    newest, oldest = scores[0], scores[-1]
    sentences = [
        f"{name}: {_class(draft, newest, page)} in the run of {_when(draft, newest, page)},"
        f" {_class(draft, oldest, page)} in that of {_when(draft, oldest, page)}."
    ]
    moves = [change for change in changes_over_time(scores) if change.is_move]
    if not moves:
        sentences.append("Its class did not change between the runs shown.")
    draft.say(*sentences)
    for change in moves[:2]:
        draft.say(
            f"It became {'more' if change.rises else 'less'} urgent:",
            cite(change.text, change.text, place=place.name, source="Priorities", href=page),
        )
    return draft


def _class(draft: Draft, score, page: str) -> str:
    label = score.get_priority_display()
    return draft.book.cite(
        label,
        label,
        place=score.area.name,
        period=day(score.run.finished_at),
        source=f"Priorities: {score.run.model_version}",
        href=page,
    )


def _when(draft: Draft, score, page: str) -> str:
    run = score.run
    return draft.book.cite(
        run.finished_at.date().isoformat(),
        day(run.finished_at),
        place=score.area.name,
        source=f"Priorities: {run.model_version}",
        href=page,
    )


def _history_table(draft: Draft, scores, page: str) -> None:
    rows = tuple(
        (
            day(score.run.finished_at),
            score.get_priority_display(),
            f"{score.visit_minutes} minutes",
            str(score.run.model_version),
        )
        for score in scores
    )
    draft.table = AnswerTable(
        "Class by run, the newest first", ("Run", "Class", "Minutes", "Model"), rows, (page,) * len(rows)
    )
