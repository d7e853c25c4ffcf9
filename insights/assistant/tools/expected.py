"""What published activity is expected to do in the months ahead."""

import re

from django.urls import reverse

from insights.assistant.intents import Intent
from insights.assistant.shapes import AnswerTable, Link
from insights.assistant.turn import Draft, Turn
from insights.assistant.words import day, direction, rounded
from insights.models import SeriesForecast
from lsoa.models import Place
from lsoa.written_numbers import decimal, signed_percent

MOST_SERIES = 4
ENGLAND = "E92000001"
# What people say -> the start of a measure's code.
MEASURES = (
    (re.compile(r"\b(?:a&e|emergency department|ed attendances?|attendances?)"), "ae_attendances"),
    (re.compile(r"\b(?:emergency )?admissions?\b"), "emergency_admissions"),
    (re.compile(r"\breferrals?\b"), "referrals"),
)


def outlook(turn: Turn) -> Draft:
    """Forecasts in use of the places that belong to the organisation, or of a board or region that is named."""
    draft, measure = Draft(Intent.OUTLOOK), _measure(turn)
    found = list(_forecasts(turn, measure)[:MOST_SERIES])
    draft.keep(places=turn.mentions.places or None, measure=measure)
    draft.links += [Link(f"{each.series.name}, {each.place_name}", _page(each)) for each in found]
    draft.links.append(Link("All outlooks", reverse("insights")))
    if not found:
        where = "the places of your organisation"
        if turn.mentions.places or "england" in turn.folded:
            where = "that place"
        draft.say(
            f"There is no forecast for {where}: no activity of it is loaded, or its months are too few or too old."
        )
        draft.suggestions += ["What changed?", "Which areas are most urgent?"]
        return draft
    for forecast in found:
        _say(draft, forecast)
    draft.say("These are estimates from published figures. The page shows each month, the model and its errors so far.")
    _table(draft, found)
    return draft


def _page(forecast) -> str:
    return reverse("outlook", args=[forecast.series_id])


def _measure(turn: Turn) -> str | None:
    return next((code for words, code in MEASURES if words.search(turn.folded)), turn.slots.get("measure"))


def _forecasts(turn: Turn, measure: str | None):
    current = SeriesForecast.objects.current().with_names()
    named = [place for place in turn.mentions.places if place.kind in (Place.Kind.ICB, Place.Kind.REGION)]
    if turn.mentions.places:
        found = current.of_places(named[0].kind, [named[0].code]) if named else current.none()
    elif "england" in turn.folded or "nationally" in turn.folded:
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
