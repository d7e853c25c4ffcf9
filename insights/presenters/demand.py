"""Shapes of the pages of demand and capacity."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse

from accounts.small_numbers import count_of
from insights.demand.moves import Kind
from insights.demand.weeks import LACKING, Reason, State, WeekResult
from insights.demand_reading import OrganisationDemand, TeamDemand

from . import demand_words as words

SHOWN = {
    "all": "All teams",
    "short": "Short or likely short in some week",
    "room": "With room in some week",
    "no_rota": "Without a rota in some week",
}
SORTS = {"name": "Name", "short": "Most hours short", "room": "Most hours to spare"}


@dataclass(frozen=True)
class Cell:
    """One week of one team, in words."""

    week: WeekResult

    @property
    def head(self) -> str:
        return words.week_text(self.week.monday)

    @property
    def mark(self) -> str:
        return words.STATES[self.week.state][0]

    @property
    def state(self) -> str:
        return words.state_name(self.week.state)

    @property
    def css(self) -> str:
        return words.STATES[self.week.state][2]

    @property
    def gap(self) -> str:
        return words.gap_text(self.week)

    @property
    def asked(self) -> int:
        return words.hours(self.week.asked.mean)

    @property
    def asked_range(self) -> str:
        return words.range_text(self.week.asked)

    @property
    def there(self) -> str:
        return "not known" if self.week.staffed is None else f"{words.hours(self.week.staffed):,}"

    @property
    def visits(self):
        return count_of(round(self.week.asked_visits.mean))

    @property
    def standing(self):
        return count_of(self.week.booked_visits + self.week.due_visits)

    @property
    def new(self):
        return count_of(round(self.week.new.visits.mean))

    @property
    def repeats(self):
        """None where no share tells: then none are counted."""
        if Reason.NO_SHARE in self.week.reasons:
            return None
        return count_of(round(self.week.repeats.mean))

    @property
    def fits(self):
        fits = self.week.staffed_visits
        return None if fits is None else count_of(fits)


class TeamRow:
    def __init__(self, team: TeamDemand):
        self.team, self.name = team, team.name
        self.cells = [Cell(week) for week in team.weeks]
        self.url = reverse("demand-team", args=[team.team_id])

    @property
    def short(self) -> float:
        return sum(week.short for week in self.team.weeks)

    @property
    def room(self) -> float:
        return sum(week.room for week in self.team.weeks)

    def has(self, shown: str) -> bool:
        states = {week.state for week in self.team.weeks}
        wanted = {"short": LACKING, "room": {State.ROOM}, "no_rota": {State.NO_ROTA}}
        return shown not in wanted or bool(states & wanted[shown])


class DemandPage:
    """All teams of an organisation. `asked`: parameters of the address; what is unknown in them counts as left out."""

    def __init__(self, found: OrganisationDemand, asked):
        self.found = found
        self.shown = asked.get("show") if asked.get("show") in SHOWN else "all"
        self.sort = asked.get("sort") if asked.get("sort") in SORTS else "name"

    @cached_property
    def rows(self) -> list[TeamRow]:
        rows = [row for row in self.all_rows if row.has(self.shown)]
        keys = {"short": lambda row: -row.short, "room": lambda row: -row.room}
        return sorted(rows, key=keys[self.sort]) if self.sort in keys else rows

    @cached_property
    def all_rows(self) -> list[TeamRow]:
        return [TeamRow(team) for team in self.found.teams]

    @property
    def heads(self) -> list[str]:
        return [words.week_text(monday) for monday in self.found.weeks]

    @property
    def span(self) -> str:
        return f"{words.week_text(self.found.weeks[0])} to {words.span_text(self.found.weeks[-1]).partition(' to ')[2]}"

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        return [(value, text, value == self.shown) for value, text in SHOWN.items()]

    @property
    def sorts(self) -> list[tuple[str, str, bool]]:
        return [(value, text, value == self.sort) for value, text in SORTS.items()]

    @property
    def query(self) -> str:
        return urlencode({"show": self.shown, "sort": self.sort})

    @property
    def filters(self) -> list[str]:
        return [f"Teams: {SHOWN[self.shown]}", f"Sorted by: {SORTS[self.sort]}", f"Weeks: {self.span}"]

    @cached_property
    def verdict(self) -> dict:
        """One sentence of what stands out: the longest want, else the rotas that are missing."""
        short = [(team, week) for team in self.found.teams for week in team.weeks if week.short]
        missing = sum(week.staffed is None for team in self.found.teams for week in team.weeks)
        if short:
            team, week = max(short, key=lambda pair: pair[1].short)
            teams = len({one.team_id for one, _ in short})
            others = "" if teams == 1 else f" {teams} teams are short in some week."
            return {
                "css": _verdict_css(week),
                "head": f"{team.name} is expected to be {words.hours_text(week.short)} short in the week of "
                f"{words.week_text(week.monday)}.",
                "text": f"{words.balance_text(week)}{others}",
            }
        weeks = "1 week of a team has" if missing == 1 else f"{missing} weeks of teams have"
        if missing:
            return {
                "css": "her-verdict--warning",
                "head": f"{weeks} no rota yet.",
                "text": "Elsewhere no team is short.",
            }
        return {"css": "", "head": "No team is expected to be short.", "text": "Every week has a rota that suffices."}

    @cached_property
    def moves(self) -> list[dict]:
        return move_rows(self.found, self.found.moves)

    @property
    def states(self) -> list[dict]:
        return [
            {"mark": words.STATES[state][0], "name": words.state_name(state), "text": text}
            for state, text in words.STATE_HELP
        ]


def _verdict_css(week: WeekResult) -> str:
    """Of a week that is short."""
    return "her-verdict--bad" if week.state == State.SHORT else "her-verdict--warning"


def move_rows(found: OrganisationDemand, moves) -> list[dict]:
    names = {team.team_id: team.name for team in found.teams}
    return [
        {
            "text": words.move_text(move, names),
            "remains": words.remains_text(move, names),
            "rotas": [
                {"name": names[team], "url": f"{reverse('rota', args=[team])}?from={move.monday}"}
                for team in ((move.team, move.other) if move.kind == Kind.BORROW else (move.team,))
            ],
            "is_week": move.kind == Kind.OTHER_WEEK,
        }
        for move in moves
    ]


class TeamPage:
    """One team over its weeks: what is asked, what is there, why, and what could be moved."""

    def __init__(self, found: OrganisationDemand, team: TeamDemand, nobody):
        self.found, self.team, self.nobody = found, team, nobody
        self.cells = [Cell(week) for week in team.weeks]

    @cached_property
    def verdict(self) -> dict:
        short = [week for week in self.team.weeks if week.short]
        rota = [week for week in self.team.weeks if week.staffed is not None]
        if short:
            worst = max(short, key=lambda week: week.short)
            number = "1 week" if len(short) == 1 else f"{len(short)} weeks"
            return {
                "css": _verdict_css(worst),
                "head": f"Short in {number} of {len(rota)} with a rota, most in the week of "
                f"{words.week_text(worst.monday)}: {words.hours_text(worst.short)}.",
                "text": words.balance_text(worst),
            }
        if len(rota) < len(self.team.weeks):
            missing = [words.week_text(week.monday) for week in self.team.weeks if week.staffed is None]
            return {
                "css": "her-verdict--warning",
                "head": "No rota that reaches the end of the week: " + ", ".join(missing) + ".",
                "text": "Whether the hours suffice there cannot be said."
                + (" In no other week are they short." if rota else ""),
            }
        return {"css": "", "head": "Not expected to be short in any of these weeks.", "text": ""}

    @property
    def chart(self) -> dict:
        """Bars of hours with their interval, a line where people are there (None: no rota)."""
        columns = [
            {
                "label": f"{week.monday:%-d %b}",
                "value": week.asked.mean / words.HOUR,
                "interval": (week.asked.low / words.HOUR, week.asked.high / words.HOUR),
                "level": None if week.staffed is None else week.staffed / words.HOUR,
            }
            for week in self.team.weeks
        ]
        said = "; ".join(
            f"week of {cell.head}: {cell.asked} hours asked for ({cell.asked_range}), on the rota {cell.there}"
            for cell in self.cells
        )
        return {"columns": columns, "description": said}

    @property
    def week_reasons(self) -> list[dict]:
        rows = [(cell, words.reason_texts(cell.week, self.team.drive)) for cell in self.cells]
        return [{"cell": cell, "texts": texts} for cell, texts in rows if texts]

    @property
    def team_reasons(self) -> list[str]:
        return words.reason_texts(self.team.weeks[0], self.team.drive, of_team=True)

    @property
    def share(self) -> str:
        return words.share_text(self.team.share)

    @property
    def drive(self) -> str:
        return words.drive_text(self.team.drive)

    @property
    def before(self) -> list[dict]:
        return [{"week": words.week_text(monday), "count": count} for monday, count in self.team.asked_before]

    @cached_property
    def moves(self) -> list[dict]:
        return move_rows(self.found, self.found.moves_of(self.team))

    @property
    def first_rota_url(self) -> str:
        worst = max(self.team.weeks, key=lambda week: (week.short, week.staffed is None, -week.monday.toordinal()))
        return f"{reverse('rota', args=[self.team.team_id])}?from={worst.monday}"
