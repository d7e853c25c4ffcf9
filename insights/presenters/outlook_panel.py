"""A few lines of the outlook for pages that are about something else: Home and an area."""

import json
from dataclasses import asdict, dataclass

from django.core.cache import cache
from django.urls import reverse

from accounts.kept_answers import kept_answer
from insights.models import ForecastRun, SeriesForecast
from insights.months import month_after
from insights.outlook_question import of_organisation_first, rising_first

from . import words

# Lines on Home; of an area's board every measure is listed.
LINES = 3
# Patches may change under the same forecasts.
SECONDS = 600


@dataclass(frozen=True)
class OutlookLine:
    url: str
    measure: str
    place: str
    text: str
    change: str


@dataclass(frozen=True)
class OutlookPanel:
    """`lines`: those that rise most first. `until`: the newest published month."""

    lines: tuple[OutlookLine, ...]
    until: str


def panel_of_organisation(organisation) -> OutlookPanel | None:
    """What rises most in the places of an organisation; None where nothing of them is forecast. Kept for a while."""
    if organisation is None:
        return None
    run = ForecastRun.objects.current().values_list("pk", flat=True).first()
    if run is None:
        return None
    key = f"outlook-panel:{run}:{organisation.pk}"
    lines = cache.get(key)
    if lines is None:
        lines = _panel(of_organisation_first(organisation)[:LINES])
        # A panel that is not there is remembered as well.
        cache.set(key, lines or "", SECONDS)
    return lines or None


def panel_of_board(code: str) -> OutlookPanel | None:
    """Every measure of an integrated care board by its ONS code; None where none is forecast."""
    if not code:
        return None

    def work() -> dict[str, str]:
        panel = _panel(rising_first(SeriesForecast.objects.current().of_places("icb", [code]).with_names()))
        return {"panel": json.dumps(asdict(panel) if panel else None)}

    # The same for all areas of a board.
    found = json.loads(kept_answer(("outlook of a board", code), work)["panel"])
    return found and OutlookPanel(tuple(OutlookLine(**line) for line in found["lines"]), found["until"])


def _panel(rows) -> OutlookPanel | None:
    if not rows:
        return None
    return OutlookPanel(tuple(map(_line, rows)), words.month_name(max(row.origin for row in rows)))


def _line(row: SeriesForecast) -> OutlookLine:
    total = row.total()
    months = words.months_in_short(month_after(row.origin), month_after(row.origin, len(row.mean)))
    between = words.between(total.lower_80, total.upper_80)
    return OutlookLine(
        url=reverse("outlook", args=[row.series_id]),
        measure=words.measure_name(row.series),
        place=words.place_name(row.place_name),
        text=f"{words.estimate(total.mean)} from {months}; in 8 of 10 cases {between}",
        change=words.change(row.year_change),
    )
