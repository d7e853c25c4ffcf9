"""Hours of visits asked for against staffed hours of the organisation's teams."""

from django.urls import reverse

from accounts.permissions import Permission
from insights.assistant.intents import Intent
from insights.assistant.shapes import AnswerTable, Link
from insights.assistant.turn import Draft, Turn
from insights.assistant.words import day, joined
from insights.demand.weeks import State
from insights.demand_reading import TeamDemand, demand_of
from lsoa.written_numbers import decimal

from .planning import refused, team_meant

SOURCE, MOST_TEAMS = "Demand and capacity", 6
STATES = {
    State.SHORT: "short",
    State.LIKELY_SHORT: "likely short",
    State.TIGHT: "tight",
    State.ROOM: "room",
    State.NO_ROTA: "no rota",
}
LACKING = (State.SHORT, State.LIKELY_SHORT)


def demand(turn: Turn) -> Draft:
    """Which weeks ahead ask for more hours than are staffed, team by team."""
    if not turn.may(Permission.VIEW_PLANS):
        return refused(turn, Intent.DEMAND, Permission.VIEW_PLANS)
    draft, team = Draft(Intent.DEMAND), team_meant(turn)
    draft.keep(team=str(team.pk) if team else None)
    draft.links.append(Link("Demand and capacity", reverse("demand")))
    teams = [each for each in demand_of(turn.organisation).teams if team is None or each.team_id == str(team.pk)]
    if not teams:
        draft.say("There is no team yet whose demand could be told.")
        return draft
    for each in teams[:MOST_TEAMS]:
        draft.say(*_sentences(draft, each))
    draft.say("Hours asked for are estimates from visits that are booked, due or were asked for before.")
    _table(draft, teams[:MOST_TEAMS])
    draft.suggestions += ["Which plans are there for tomorrow?", "What is left out tomorrow and why?"]
    return draft


def _page(team: TeamDemand) -> str:
    return reverse("demand-team", args=[team.team_id])


def _sentences(draft: Draft, team: TeamDemand) -> list[str]:
    cite, href = draft.book.cite, _page(team)
    name = cite(team.name, team.name, source=SOURCE, href=href)
    lacking = [week for week in team.weeks if week.state in LACKING]
    if not lacking:
        if all(week.state == State.NO_ROTA for week in team.weeks):
            return [f"{name}: no rota tells how many hours are staffed."]
        return [f"{name}: the hours that are staffed suffice for what is expected in the weeks ahead."]
    weeks = [
        cite(week.monday.isoformat(), day(week.monday), place=team.name, source=SOURCE, href=href) for week in lacking
    ]
    worst = max(lacking, key=lambda week: week.short)
    about = {
        "unit": "hours",
        "place": team.name,
        "period": f"Week of {day(worst.monday)}",
        "source": SOURCE,
        "href": href,
    }
    hours = [
        cite(value / 60, decimal(value / 60), **about)
        for value in (worst.asked.mean, worst.asked.low, worst.asked.high)
    ]
    staffed = cite(worst.staffed / 60, decimal(worst.staffed / 60), **about)
    when = cite(worst.monday.isoformat(), day(worst.monday), place=team.name, source=SOURCE, href=href)
    return [
        f"{name}: hours are likely to be short in the weeks that begin on {joined(weeks)}.",
        f"It lacks most in that of {when}: about {hours[0]} hours are expected ({hours[1]} to {hours[2]}),"
        f" {staffed} are staffed.",
    ]


def _table(draft: Draft, teams: list[TeamDemand]) -> None:
    rows, hrefs = [], []
    for team in teams:
        for week in team.weeks:
            staffed = "not known" if week.staffed is None else decimal(week.staffed / 60)
            interval = f"{decimal(week.asked.low / 60)} to {decimal(week.asked.high / 60)}"
            rows.append(
                (team.name, day(week.monday), decimal(week.asked.mean / 60), interval, staffed, STATES[week.state])
            )
            hrefs.append(_page(team))
    columns = ("Team", "Week of", "Hours asked for", "80% interval", "Hours staffed", "State")
    draft.table = AnswerTable("Hours asked for and staffed by week", columns, tuple(rows), tuple(hrefs))
