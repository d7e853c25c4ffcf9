"""What published activity is expected to do in the months ahead."""

import re

from django.urls import reverse

from insights.assistant.intents import Intent
from insights.assistant.shapes import AnswerTable, Link
from insights.assistant.turn import Draft, Turn
from insights.assistant.words import day, direction, joined, rounded
from insights.models import SeriesForecast
from lsoa.models import Place
from lsoa.written_numbers import decimal, signed_percent

MOST_SERIES, MOST_PLACES = 4, 3
ENGLAND = "E92000001"
# What people say -> the start of a measure's code.
MEASURES = (
    (re.compile(r"\b(?:a&e|emergency department|ed attendances?|attendances?)"), "ae_attendances"),
    (re.compile(r"\b(?:emergency )?admissions?\b"), "emergency_admissions"),
    (re.compile(r"\breferrals?\b"), "referrals"),
)
MEASURE_WORDS = {
    "ae_attendances": "A&E attendances",
    "emergency_admissions": "emergency admissions",
    "referrals": "referrals",
}


def outlook(turn: Turn) -> Draft:
    """Forecasts in use of the places that belong to the organisation, or of a board or region that is named."""
    draft, measure = Draft(Intent.OUTLOOK), _measure(turn)
    found = list(_forecasts(turn, measure)[:MOST_SERIES])
    draft.keep(places=turn.mentions.places or None, measure=measure)
    if not found:
        _say_none(draft, turn, measure)
    draft.links += [Link(f"{each.series.name}, {each.place_name}", _page(each)) for each in found]
    draft.links.append(Link("All outlooks", reverse("insights")))
    if not found:
        return draft
    for forecast in found:
        _say(draft, forecast)
    draft.say("These are estimates from published figures. The page shows each month, the model and its errors so far.")
    _table(draft, found)
    return draft


def _say_none(draft: Draft, turn: Turn, measure: str | None) -> None:
    """That there is none of what is asked for, whose there are, and questions about these."""
    what, where = MEASURE_WORDS.get(measure, "activity"), "the places of your organisation"
    if turn.mentions.places:
        place = turn.mentions.places[0]
        where = draft.book.cite(place.ref, place.name, source="Your question")
    elif _of_england(turn):
        where = "England as a whole"
    draft.say(
        f"There is no forecast of {what} for {where}: no monthly figures of it are loaded, or too few, or too old."
    )
    others = list(_others(turn, measure)[: 10 * MOST_SERIES])
    places = list({each.series.organisation_code: each for each in others}.values())[:MOST_PLACES]
    if not places:
        # The next question is not held to a measure of which there is nothing.
        draft.slots["measure"] = None
        draft.suggestions += ["What is the outlook for the months ahead?"] if list(_others(turn, None)[:1]) else []
        draft.suggestions += ["What changed?", "Which areas are most urgent?"]
        return
    names = [
        draft.book.cite(each.series.organisation_code, each.place_name, source="Forecasts", href=_page(each))
        for each in places
    ]
    draft.say(f"There are forecasts of {what} for {joined(names)}.")
    draft.links += [Link(f"{each.series.name}, {each.place_name}", _page(each)) for each in places]
    boards = {
        each.series.organisation_code: each.place_name for each in places if each.series.organisation_kind == "icb"
    }
    known = Place.objects.filter(kind=Place.Kind.ICB, code__in=boards).values_list("code", flat=True).distinct()
    begin = f"How will {what} develop in" if measure else "What is the outlook for"
    asked = [f"{begin} {boards[code]} ({code})?" for code in sorted(known)]
    draft.suggestions += asked or ["What is the outlook for the months ahead?"]


def _others(turn: Turn, measure: str | None):
    """Forecasts of the measure that can be asked for: of the organisation's places, else of any board or region."""
    current = SeriesForecast.objects.current().with_names().filter(series__breakdown="")
    if measure:
        current = current.filter(series__measure__startswith=measure)
    own = current.of_organisation(turn.organisation)
    found = own if own.exists() else current.filter(series__organisation_kind__in=(Place.Kind.ICB, Place.Kind.REGION))
    return found.order_by("series__organisation_kind", "place_name", "series__measure")


def _of_england(turn: Turn) -> bool:
    return "england" in turn.folded or "nationally" in turn.folded


def _page(forecast) -> str:
    return reverse("outlook", args=[forecast.series_id])


def _measure(turn: Turn) -> str | None:
    return next((code for words, code in MEASURES if words.search(turn.folded)), turn.slots.get("measure"))


def _forecasts(turn: Turn, measure: str | None):
    current = SeriesForecast.objects.current().with_names()
    named = [place for place in turn.mentions.places if place.kind in (Place.Kind.ICB, Place.Kind.REGION)]
    if turn.mentions.places:
        found = current.of_places(named[0].kind, [named[0].code]) if named else current.none()
    elif _of_england(turn):
        found = current.of_places("country", [ENGLAND])
    else:
        found = current.of_organisation(turn.organisation)
    if measure:
        found = found.filter(series__measure__startswith=measure)
    # All kinds of a measure together come before its parts.
    return found.order_by("series__breakdown", "series__measure", "series__organisation_kind", "place_name")


def _say(draft: Draft, forecast) -> None:
    """The sum of the months with its direction against the year before, and the interval of that sum."""
    series, cite, total = forecast.series, draft.book.cite, forecast.total()
    months = forecast.months()
    span = f"{months[0]:%B %Y} to {months[-1]:%B %Y}"
    about = {
        "place": forecast.place_name,
        "source": f"Forecast of {day(forecast.model.run.made_at)}, data until {forecast.origin:%B %Y}",
        "href": _page(forecast),
    }
    name = cite(series.organisation_code, forecast.place_name, **about)
    what = cite(series.measure, series.name, **about)
    when = cite(span, span, **about)
    mean, low, high = (
        cite(value, decimal(value), unit=series.unit, period=span, **about)
        for value in map(rounded, (total.mean, total.lower_80, total.upper_80))
    )
    draft.say(
        f"{name}, {what}: about {mean} in all are expected from {when}.",
        f"With a chance of {cite(80, '80%', unit='%', **about)} they lie between {low} and {high}.",
        _against_last_year(draft, forecast, span, about),
    )


def _against_last_year(draft: Draft, forecast, span: str, about: dict) -> str:
    change = forecast.year_change
    if change is None:
        return "There is nothing to hold them against a year before."
    shown = draft.book.cite(round(100 * change, 1), signed_percent(change, 1), unit="%", period=span, **about)
    words = {"rose": "more than", "fell": "fewer than"}.get(direction(1, 1 + change), "about as many as")
    return f"That is {words} in the same months a year before ({shown})."


def _table(draft: Draft, found) -> None:
    rows, hrefs = [], []
    for forecast in found:
        bounds = zip(forecast.months(), forecast.mean, forecast.lower_80, forecast.upper_80, strict=True)
        for month, mean, low, high in bounds:
            interval = f"{decimal(low)} to {decimal(high)}"
            rows.append((forecast.place_name, forecast.series.name, f"{month:%B %Y}", decimal(mean), interval))
            hrefs.append(_page(forecast))
    columns = ("Place", "Measure", "Month", "Expected", "80% interval")
    draft.table = AnswerTable("Expected by month", columns, tuple(rows), tuple(hrefs))
