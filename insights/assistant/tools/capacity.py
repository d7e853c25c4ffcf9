"""Hours of visits asked for against staffed hours of the organisation's teams."""

import re
from collections.abc import Sequence
from datetime import date

from django.urls import reverse

from accounts.permissions import Permission
from insights.assistant.intents import Intent
from insights.assistant.shapes import AnswerTable, Link
from insights.assistant.turn import Draft, Turn
from insights.assistant.weeks_meant import WeeksMeant, weeks_meant
from insights.assistant.words import day, joined
from insights.demand.week_calendar import WEEK
from insights.demand.weeks import LACKING, State, WeekResult
from insights.demand_reading import OrganisationDemand, TeamDemand, demand_of
from insights.presenters.demand_words import hours, range_text, state_name

from .planning import refused, team_meant

SOURCE, MOST_TEAMS, MOST_NAMED = "Demand and capacity", 6, 2
# Hours are those of whole teams; who asks for one profession is told so.
_PROFESSION = re.compile(
    r"\b(?:nurses?|nursing|doctors?|gps?|therapists?|physio\w*|podiatrists?|midwi\w+|health visitors?|pharmacists?"
    r"|(?:health ?care |support )(?:assistants?|workers?)|hcas?|carers?)\b"
)


def demand(turn: Turn) -> Draft:
    """Which weeks ahead ask for more hours than are staffed, the teams that lack most first."""
    if not turn.may(Permission.VIEW_PLANS):
        return refused(turn, Intent.DEMAND, Permission.VIEW_PLANS)
    draft, team = Draft(Intent.DEMAND), team_meant(turn)
    draft.keep(team=str(team.pk) if team else None)
    draft.links.append(Link("Demand and capacity", reverse("demand")))
    found = demand_of(turn.organisation)
    teams = [each for each in found.teams if team is None or each.team_id == str(team.pk)]
    if not teams:
        draft.say("There is no team yet whose demand could be told.")
        return draft
    meant = weeks_meant(turn.folded, found.weeks, turn.today)
    if not meant.known:
        _say_beyond(draft, found)
        meant = WeeksMeant(found.weeks)
    weeks = {each.team_id: _weeks(each, meant) for each in teams}
    teams = sorted(teams, key=lambda each: (-_most_short(weeks[each.team_id]), each.name))
    _say_all(draft, teams, weeks, meant)
    profession = _PROFESSION.search(turn.folded)
    draft.say(
        "Hours asked for are estimates from visits that are booked, due or were asked for before.",
        "They are told for whole teams, not by profession." if profession else "",
    )
    _table(draft, teams[:MOST_TEAMS], weeks)
    draft.suggestions += [*_other_times(meant), "What is left out tomorrow and why?"]
    return draft


def _page(team: TeamDemand) -> str:
    return reverse("demand-team", args=[team.team_id])


def _weeks(team: TeamDemand, meant: WeeksMeant) -> list[WeekResult]:
    return [week for week in team.weeks if week.monday in meant.known]


def _most_short(weeks: Sequence[WeekResult]) -> float:
    return max((week.short for week in weeks if week.state in LACKING), default=0.0)


def _say_beyond(draft: Draft, found: OrganisationDemand) -> None:
    """The time that is asked for is none of the weeks that are looked at: which ones are."""
    draft.say(f"That time cannot be told: what teams are asked for is estimated for the {_begin(draft, found.weeks)}.")


def _say_all(draft: Draft, teams: list[TeamDemand], weeks: dict, meant: WeeksMeant) -> None:
    """Those that lack hours one by one, then the others together."""
    lacking = [each for each in teams if _most_short(weeks[each.team_id])]
    for each in lacking[:MOST_TEAMS]:
        draft.say(*_sentences(draft, each, weeks[each.team_id]))
    others = [each for each in teams if each not in lacking]
    unknown = [each for each in others if all(week.state == State.NO_ROTA for week in weeks[each.team_id])]
    known = [each for each in others if each not in unknown]
    partly = any(week.state == State.NO_ROTA for each in known for week in weeks[each.team_id])
    if known:
        names, so_far = _names(draft, known), ", as far as there is a rota" if partly else ""
        when = _when(draft, meant)
        draft.say(f"{names}: the hours that are staffed suffice for what is expected {when}{so_far}.")
    if unknown:
        draft.say(f"{_names(draft, unknown)}: no rota tells how many hours are staffed {_when(draft, meant)}.")


def _when(draft: Draft, meant: WeeksMeant) -> str:
    if not meant.asked:
        return "in the weeks ahead"
    return f"in the {_begin(draft, meant.known)}"


def _begin(draft: Draft, mondays: Sequence[date]) -> str:
    """ "week that begins on …", "weeks that begin on … and …", "weeks that begin on … to …" (these in a row)."""
    in_a_row = len(mondays) > MOST_NAMED and mondays[-1] - mondays[0] == WEEK * (len(mondays) - 1)
    shown = [mondays[0], mondays[-1]] if in_a_row else mondays
    cited = [draft.book.cite(week.isoformat(), day(week), source=SOURCE, href=reverse("demand")) for week in shown]
    if len(cited) == 1:
        return f"week that begins on {cited[0]}"
    return f"weeks that begin on {' to '.join(cited) if in_a_row else joined(cited)}"


def _names(draft: Draft, teams: list[TeamDemand]) -> str:
    return joined([draft.book.cite(each.name, each.name, source=SOURCE, href=_page(each)) for each in teams])


def _sentences(draft: Draft, team: TeamDemand, weeks: list[WeekResult]) -> list[str]:
    """When a team's hours are likely to be short, and the week in which it lacks most."""
    cite, href = draft.book.cite, _page(team)
    lacking = [week for week in weeks if week.state in LACKING]
    name = cite(team.name, team.name, source=SOURCE, href=href)
    begins = _begin(draft, [week.monday for week in lacking])
    worst = max(lacking, key=lambda week: week.short)
    about = {
        "unit": "hours",
        "place": team.name,
        "period": f"Week of {day(worst.monday)}",
        "source": SOURCE,
        "href": href,
    }
    mean, low, high, staffed = (
        cite(hours(value), f"{hours(value):,}", **about)
        for value in (worst.asked.mean, worst.asked.low, worst.asked.high, worst.staffed)
    )
    figures = f"about {mean} hours are expected ({low} to {high}), {staffed} are staffed."
    unknown = [week.monday for week in weeks if week.state == State.NO_ROTA]
    no_rota = f"No rota tells how many are staffed in the {_begin(draft, unknown)}." if unknown else ""
    if len(lacking) == 1:
        return [f"{name}: hours are likely to be short in the {begins}: {figures}", no_rota]
    when = cite(worst.monday.isoformat(), day(worst.monday), source=SOURCE, href=reverse("demand"))
    return [
        f"{name}: hours are likely to be short in the {begins}.",
        f"It lacks most in that of {when}: {figures}",
        no_rota,
    ]


def _other_times(meant: WeeksMeant) -> list[str]:
    return ["Which team is short in the weeks ahead?"] if meant.asked else ["Which team is short next week?"]


def _table(draft: Draft, teams: list[TeamDemand], weeks: dict) -> None:
    rows, hrefs = [], []
    for team in teams:
        for week in weeks[team.team_id]:
            staffed = "not known" if week.staffed is None else f"{hours(week.staffed):,}"
            asked, state = f"{hours(week.asked.mean):,}", state_name(week.state)
            rows.append((team.name, day(week.monday), asked, range_text(week.asked), staffed, state))
            hrefs.append(_page(team))
    columns = ("Team", "Week of", "Hours asked for", "80% interval", "Hours staffed", "State")
    draft.table = AnswerTable("Hours asked for and staffed by week", columns, tuple(rows), tuple(hrefs))
