"""Figures of a dashboard as cards: value, comparison, how it went, how it is counted, the list behind it."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse

from accounts.small_numbers import Count
from lsoa.written_numbers import percent, signed
from priorities.models import PriorityClass, PriorityScore, ScoreRun

from ..dashboard import Dashboard
from ..dashboard.visits import Tally
from ..query import EVERYWHERE, PriorityQuery
from . import wording

HIDDEN = "Not shown"
NO_FIGURE = "No figure"
RUNS_SHOWN = 8
GOOD, BAD, WARNING = "her-kpi--good", "her-kpi--bad", "her-kpi--warning"


@dataclass(frozen=True)
class Trend:
    """`values` for the line, None where there is no figure; `rows` (when, figure in words) for the table beside it."""

    title: str
    head: str
    values: list[float | None]
    rows: list[tuple[str, str]]

    @property
    def description(self) -> str:
        told = [text for _, text in self.rows]
        return f"From {told[0]} ({self.rows[0][0]}) to {told[-1]} ({self.rows[-1][0]})." if told else "No figures."

    @property
    def has_hidden(self) -> bool:
        """Whether small numbers are among the figures that are not there."""
        return any(text == HIDDEN for _, text in self.rows)

    @property
    def has_line(self) -> bool:
        """A line through what is left of figures that may not be shown would look as if nothing had changed."""
        return not self.has_hidden and sum(value is not None for value in self.values) > 1


@dataclass(frozen=True)
class Card:
    key: str
    label: str
    value: str
    unit: str = ""
    compared: str = ""
    change: str = ""
    css: str = ""
    counted: str = ""
    url: str = ""
    link: str = ""
    trend: Trend | None = field(default=None)

    @property
    def has_figure(self) -> bool:
        """Words that stand in place of a figure should not be louder than the figures beside them."""
        return self.value not in (HIDDEN, NO_FIGURE)


def cards(found: Dashboard) -> list[Card]:
    """Those about visits first, where the reader may see plans and there is a team; then those about areas."""
    of_visits = [_core20_need, _core20_areas, _urgent_missed, _planned, _done, _left_out]
    chosen = [*(of_visits if found.teams else []), _urgent, _core20_share, _freshness]
    return [make(found) for make in chosen]


def _core20_need(found: Dashboard) -> Card:
    now, before = found.visits, found.visits_before
    share, rest = now.core20.share, now.rest.share
    gap = "" if now.gap is None else f", {_points(now.gap)} against it"
    return Card(
        key="core20-need",
        label="Due visits planned, Core20",
        value=_share(now.core20),
        compared=f"Elsewhere {_share(now.rest).lower()}{gap}",
        change=_change_of_shares(share, before.core20.share, found),
        css="" if share is None or rest is None else GOOD if share >= rest else WARNING if now.gap >= -0.05 else BAD,
        counted=(
            "Of the visits that were due in homes in the most deprived fifth of areas (IMD deciles 1 and 2), the share "
            "that approved plans of the period hold, over teams whose areas lie in the patch. A visit that was put off "
            "counts as due on each day that it was due. Made of rounded numbers."
        ),
        url=_equity_url(found),
        link="Equity of visits",
        trend=_trend(found, "Due visits planned in Core20", lambda week: week.core20.share, _share_words),
    )


def _core20_areas(found: Dashboard) -> Card:
    reach, weeks = found.reach, found.weeks
    inside, rest = reach.core20(weeks), reach.rest(weeks)
    before = reach.core20(weeks.before)
    shares = [(str_week(week), reach.core20(week)) for week in weeks.trend]
    return Card(
        key="core20-areas",
        label="Core20 areas reached",
        value=_percent(inside.share),
        unit=f"{inside.reached:,} of {wording.areas(inside.areas)}",
        compared=f"Rest of the patch {_percent(rest.share).lower()}, {rest.reached:,} of {rest.areas:,}",
        change=_change_of_shares(inside.share, before.share, found),
        css="" if None in (inside.share, rest.share) else GOOD if inside.share >= rest.share else WARNING,
        counted=(
            "Areas of the patch in IMD deciles 1 and 2 in which approved plans of the period hold at least one visit, "
            "of all such areas. An area counts once, however many visits there are."
        ),
        url=_explore(found, core20=True, theme="visits"),
        link="Core20 areas by visits",
        trend=Trend(
            "Core20 areas reached by week", "Week from",
            [each.share for _, each in shares],
            [(when, f"{each.reached:,} of {each.areas:,}") for when, each in shares],
        ),
    )  # fmt: skip


def _urgent_missed(found: Dashboard) -> Card:
    reach, weeks = found.reach, found.weeks
    now, before = reach.urgent(weeks), reach.urgent(weeks.before)
    by_week = [(str_week(week), reach.urgent(week).missed) for week in weeks.trend]
    return Card(
        key="urgent-missed",
        label="Urgent areas not reached",
        value=f"{now.missed:,}" if now.areas else NO_FIGURE,
        unit=f"of {now.areas:,} urgent areas" if now.areas else "no area is urgent",
        compared=f"{_percent(now.share)} of urgent areas reached" if now.areas else "",
        change=_change_of_numbers(now.missed, before.missed, found) if now.areas else "",
        css="" if not now.areas else GOOD if not now.missed else BAD if now.missed * 2 > now.areas else WARNING,
        counted=(
            "Areas of the patch that are urgent now and in which no approved plan of the period holds a visit. Earlier "
            "weeks are counted with the classes of today."
        ),
        url=_explore(found, priorities=(int(PriorityClass.URGENT),), theme="visits"),
        link="Urgent areas by visits",
        trend=Trend(
            "Urgent areas without a visit by week", "Week from",
            [float(missed) for _, missed in by_week] if now.areas else [],
            [(when, f"{missed:,}") for when, missed in by_week] if now.areas else [],
        ),
    )  # fmt: skip


def _planned(found: Dashboard) -> Card:
    now, before = found.visits, found.visits_before
    return Card(
        key="planned",
        label="Visits planned",
        value=_count(now.planned),
        unit=f"of {_count(now.due).lower()} due" if now.due.shown != 0 else "none due",
        compared=f"{_percent(now.all.share)} of those due" if now.all.share is not None else "",
        change=_change_of_counts(now.planned, before.planned, found),
        counted=(
            "Visits that approved plans of the period hold, of teams whose areas lie in the patch. Each counts once. "
            "Cancelled visits do not count."
        ),
        url=reverse("plans"),
        link="Plans",
        trend=_trend(found, "Visits planned", lambda week: week.planned.shown, lambda value: f"{value:,}"),
    )


def _done(found: Dashboard) -> Card:
    now, before = found.visits, found.visits_before
    closed = f"{now.closed_plans} of {now.plans} plans closed"
    return Card(
        key="done",
        label="Visits done",
        value=NO_FIGURE if now.done is None else _count(now.done),
        compared="No plan is closed yet" if now.done is None else closed,
        change="" if None in (now.done, before.done) else _change_of_counts(now.done, before.done, found),
        counted="Visits recorded as done on the rounds of closed plans. This is not known until a plan is closed.",
        url=reverse("plans"),
        link="Plans",
        trend=_trend(found, "Visits done", lambda week: week.done and week.done.shown, lambda value: f"{value:,}"),
    )


def _left_out(found: Dashboard) -> Card:
    now, before = found.visits, found.visits_before
    left = now.all.left_out
    waited = now.waited or (None, None)
    days = ""
    if None not in waited:
        days = f"Days past the due day: {waited[0]:.1f} in Core20, {waited[1]:.1f} elsewhere"
    return Card(
        key="left-out",
        label="Visits left out or put off",
        value=_count(left),
        unit=f"of {_count(now.due).lower()} due" if now.due.shown != 0 else "none due",
        compared=days,
        change=_change_of_counts(left, before.all.left_out, found),
        css="" if left.is_hidden or now.due.shown == 0 else GOOD if left.shown == 0 else WARNING,
        counted=(
            "Visits that were due less those that approved plans hold: a difference of rounded numbers. Days past the "
            "due day are told for one team over four weeks, weighted by need."
        ),
        url=_equity_url(found),
        link="Equity of visits",
        trend=_trend(found, "Visits left out", lambda week: week.all.left_out.shown, lambda value: f"{value:,}"),
    )


def _urgent(found: Dashboard) -> Card:
    classes, run = found.classes, found.classes.after
    share = classes.urgent / classes.areas if classes.areas else None
    change = "No earlier calculation to compare with"
    if classes.before is not None:
        change = f"{classes.rose:,} more urgent, {classes.fell:,} less urgent than at the calculation before"
    url = ""
    if classes.before is not None and found.selection.organisation is not None:
        url = f"{reverse('compare-runs')}?{urlencode({'before': classes.before.pk, 'after': run.pk})}"
    return Card(
        key="urgent",
        label="Urgent areas",
        value=f"{classes.urgent:,}" if classes.areas > classes.unscored else NO_FIGURE,
        unit=f"{_percent(share)} of {wording.areas(classes.areas)}",
        compared=_england(found, run),
        change=change,
        counted="Areas whose priority is urgent in the calculation in force. An area's page says why.",
        url=url or _explore(found, priorities=(int(PriorityClass.URGENT),)),
        link="What changed class" if url else "Urgent areas",
        trend=_runs_trend(found),
    )


def _core20_share(found: Dashboard) -> Card:
    areas = [area for area in found.areas if area.decile is not None]
    inside = sum(area.is_core20 for area in areas)
    people = sum(area.people or 0 for area in areas)
    inside_people = sum(area.people or 0 for area in areas if area.is_core20)
    residents = f"{_percent(inside_people / people)} of residents" if people else ""
    return Card(
        key="core20",
        label="Core20 areas",
        value=f"{inside:,}",
        unit=f"{_percent(inside / len(areas) if areas else None)} of {wording.areas(len(areas))}",
        compared=f"England 20%{'. ' + residents if residents else ''}",
        counted=(
            "Areas of the patch in the most deprived fifth of England (IMD deciles 1 and 2; NHS England, Core20PLUS5), "
            "and the share of usual residents who live in them."
        ),
        url=_explore(found, core20=True),
        link="Core20 areas",
    )


def _freshness(found: Dashboard) -> Card:
    fresh = found.freshness
    days = fresh.days
    scored = f"Areas scored {wording.day(fresh.scored_at)}" if fresh.scored_at else "Areas not scored yet"
    found_odd = f"{fresh.open_alerts:,} finding{'s' if fresh.open_alerts != 1 else ''} from the checks to look at."
    alerts = found_odd if fresh.open_alerts else ""
    return Card(
        key="freshness",
        label="Data last loaded",
        value=NO_FIGURE if days is None else "Today" if days == 0 else f"{days:,}",
        unit="" if not days else f"day{'s' if days != 1 else ''} ago",
        compared=f"{scored}. {alerts}".strip(),
        change=fresh.outdated_because or _publications(fresh.datasets),
        css=WARNING if fresh.outdated_because or fresh.open_alerts else GOOD if days is not None else "",
        counted=(
            "Days since the newest file of open data was loaded. Scores are out of date when newer data than they "
            "have read were loaded."
        ),
        url=reverse("data"),
        link="All data",
    )


def _publications(number: int) -> str:
    return f"{number:,} publication{'s' if number != 1 else ''} in force" if number else ""


def _runs_trend(found: Dashboard) -> Trend | None:
    """Urgent areas of the patch at each of the last calculations."""
    runs = list(ScoreRun.objects.finished().filter(patch=None).order_by("-finished_at")[:RUNS_SHOWN])[::-1]
    if len(runs) < 2:
        return None
    scores = PriorityScore.objects.filter(run__in=runs, priority=PriorityClass.URGENT)
    if found.selection.patch:
        scores = scores.for_patch(found.selection.patch)
    counts: dict = {run.pk: 0 for run in runs}
    for run in scores.order_by().values_list("run", flat=True):
        counts[run] += 1
    rows = [(wording.day(run.finished_at), f"{counts[run.pk]:,}") for run in runs]
    return Trend("Urgent areas at each calculation", "Calculated", [float(counts[run.pk]) for run in runs], rows)


def _england(found: Dashboard, run) -> str:
    """The share of urgent areas among all that the last calculation scored."""
    if run is None or not run.area_count or run.patch_id is not None or found.selection.patch is None:
        return ""
    share = run.class_counts.get(str(int(PriorityClass.URGENT)), 0) / run.area_count
    return f"All areas {_percent(share)}"


def _trend(found: Dashboard, title, of, words) -> Trend:
    values = [of(week) for week in found.visit_trend]
    rows = [
        (str_week(week), words(value) if value is not None else HIDDEN if figures.plans else "No plan")
        for week, value, figures in zip(found.weeks.trend, values, found.visit_trend, strict=True)
    ]
    return Trend(f"{title} by week", "Week from", values, rows)


def str_week(week) -> str:
    return f"{week.first_day.day} {week.first_day:%B}"


def _share_words(share: float) -> str:
    return percent(share)


def _share(tally: Tally) -> str:
    if tally.share is not None:
        return percent(tally.share)
    return NO_FIGURE if tally.due.shown == 0 else HIDDEN


def _percent(share: float | None) -> str:
    return percent(share, without=NO_FIGURE)


def _count(count: Count) -> str:
    return HIDDEN if count.is_hidden else str(count)


def _points(gap: float) -> str:
    points = round(100 * gap)
    return "level" if not points else f"{signed(points)} point{'s' if abs(points) != 1 else ''}"


def _change_of_shares(now, before, found) -> str:
    if now is None or before is None:
        return ""
    points = round(100 * (now - before))
    if not points:
        return f"As in the {_before(found)}"
    return (
        f"{'Up' if points > 0 else 'Down'} {abs(points)} point{'s' if abs(points) != 1 else ''} on the {_before(found)}"
    )


def _change_of_counts(now: Count, before: Count, found) -> str:
    if now.is_hidden or before.is_hidden:
        return ""
    return _change_of_numbers(now.shown, before.shown, found)


def _change_of_numbers(now: int, before: int, found) -> str:
    if now == before:
        return f"As in the {_before(found)}"
    return f"{'Up' if now > before else 'Down'} {abs(now - before):,} on the {_before(found)}"


def _before(found: Dashboard) -> str:
    return {1: "week before", 4: "four weeks before", 13: "quarter before"}[found.weeks.span.weeks]


def _explore(found: Dashboard, **filters) -> str:
    patch = found.selection.patch
    query = PriorityQuery(patch=patch.slug if patch else EVERYWHERE, **filters)
    return f"{reverse('explore')}?{query.to_querystring()}"


def _equity_url(found: Dashboard) -> str:
    period = "week" if found.weeks.span.weeks == 1 else "four-weeks"
    asked = {"team": found.teams[0].pk, "period": period, "day": found.weeks.last_day}
    return f"{reverse('equity')}?{urlencode(asked)}"
