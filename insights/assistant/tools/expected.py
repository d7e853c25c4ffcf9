"""What is expected: published activity of the months ahead, and the visits asked for against staffed hours."""

import re

from django.urls import reverse

from accounts.permissions import Permission
from insights.assistant.intents import Intent
from insights.assistant.shapes import AnswerTable, Link
from insights.assistant.turn import Draft, Turn
from insights.assistant.words import day, direction
from insights.models import SeriesForecast
from lsoa.models import Place
from lsoa.written_numbers import decimal, signed_percent

from .planning import refused, team_meant

MOST_SERIES, MONTHS = 4, 6
# What people say -> the start of a measure's code.
MEASURES = (
    (re.compile(r"\b(?:a&e|emergency department|ed attendances?|attendances?)\b"), "ae_attendances"),
    (re.compile(r"\b(?:emergency )?admissions?\b"), "emergency_admissions"),
    (re.compile(r"\breferrals?\b"), "referrals"),
)
ESTIMATE = "Estimates from published figures, not counts."


def outlook(turn: Turn) -> Draft:
    """Forecasts in force of the places that belong to the organisation, or of a board or region that is named."""
    draft = Draft(Intent.OUTLOOK)
    page = reverse("outlook")
    draft.links.append(Link("The outlook", page))
    found = list(
        _forecasts(turn)
        .with_names()
        .order_by("series__measure", "series__organisation_kind", "place_name")[:MOST_SERIES]
    )
    draft.keep(places=turn.mentions.places or None, measure=_measure(turn))
    if not found:
        where = "these places" if turn.mentions.places else "the places of your organisation"
        draft.say(
            f"There is no forecast for {where}: activity of them is not loaded, or its months are too few or too old."
        )
        draft.suggestions += ["What changed?", "Which areas are most urgent?"]
        return draft
    for forecast in found:
        _say(draft, forecast, page)
    draft.say(ESTIMATE + " The page shows each month with its interval, the model and how well it has done.")
    _table(draft, found, page)
    return draft


def _measure(turn: Turn) -> str | None:
    return next((code for words, code in MEASURES if words.search(turn.folded)), turn.slots.get("measure"))


def _forecasts(turn: Turn):
    named = [place for place in turn.mentions.places if place.kind in (Place.Kind.ICB, Place.Kind.REGION)]
    current = SeriesForecast.objects.current()
    if named:
        found = current.of_places(named[0].kind, [place.code for place in named])
    elif "england" in turn.folded or "nationally" in turn.folded:
        found = current.of_places("country", ["E92000001"])
    else:
        found = current.of_organisation(turn.organisation)
    measure = _measure(turn)
    return found.filter(series__measure__startswith=measure) if measure else found


def _say(draft: Draft, forecast, page: str) -> None:
    """Sum of the next months with its direction against the year before, and the interval of the first of them."""
    series, cite = forecast.series, draft.book.cite
    months = [_month(forecast.origin, ahead) for ahead in range(1, len(forecast.mean) + 1)]
    span = f"{months[0]} to {months[-1]}"
    about = {
        "unit": series.unit,
        "place": forecast.place_name,
        "source": f"Forecast of {day(forecast.model.run.made_at)}",
        "href": page,
    }
    total = cite(sum(forecast.mean), decimal(sum(forecast.mean)), period=span, **about)
    name = cite(series.organisation_code, forecast.place_name, source=about["source"], href=page)
    what = cite(series.measure, series.name, source=about["source"], href=page)
    when = cite(span, span, **about)
    sentence = f"{name}, {what}: {total} are expected from {when}"
    if forecast.year_change is not None:
        change = cite(
            round(100 * forecast.year_change, 1),
            signed_percent(forecast.year_change, 1),
            period=span,
            **(about | {"unit": "%"}),
        )
        word = {"rose": "more than", "fell": "fewer than"}.get(
            direction(1, 1 + forecast.year_change), "about as many as"
        )
        sentence += f", {word} in the same months a year before ({change})"
    low, high = (
        cite(values[0], decimal(values[0]), period=months[0], **about)
        for values in (forecast.lower_90, forecast.upper_90)
    )
    first, month = (
        cite(forecast.mean[0], decimal(forecast.mean[0]), period=months[0], **about),
        cite(months[0], months[0], **about),
    )
    draft.say(f"{sentence}.", f"For {month} it is {first}, and most likely between {low} and {high}.")


def _month(origin, ahead: int) -> str:
    number = origin.month - 1 + ahead
    return f"{origin.replace(year=origin.year + number // 12, month=number % 12 + 1):%B %Y}"


def _table(draft: Draft, found, page: str) -> None:
    rows = []
    for forecast in found:
        for ahead, (mean, low, high) in enumerate(
            zip(forecast.mean, forecast.lower_90, forecast.upper_90, strict=True), 1
        ):
            rows.append(
                (
                    forecast.place_name,
                    forecast.series.name,
                    _month(forecast.origin, ahead),
                    decimal(mean),
                    f"{decimal(low)} to {decimal(high)}",
                )
            )
    draft.table = AnswerTable(
        "Expected by month", ("Place", "Measure", "Month", "Expected", "90% interval"), tuple(rows)
    )


def demand(turn: Turn) -> Draft:
    """Hours of visits asked for against staffed hours of the organisation's teams, week by week."""
    if not turn.may(Permission.VIEW_PLANS):
        return refused(turn, Intent.DEMAND, Permission.VIEW_PLANS)
    from insights.demand_reading import demand_of

    draft, page, team = Draft(Intent.DEMAND), reverse("demand"), team_meant(turn)
    draft.links.append(Link("Demand and capacity", page))
    found = demand_of(turn.organisation)
    teams = [each for each in found.teams if team is None or each.team_id == team.pk]
    draft.keep(team=str(team.pk) if team else None)
    if not teams:
        draft.say("There is no team yet whose demand could be told.")
        return draft
    return draft
