"""Demand and capacity as files."""

from accounts.list_files import Column, Kind, ListFile, Notes
from insights.demand.weeks import WeekResult
from insights.demand_reading import TeamDemand
from insights.presenters import demand_words as words
from insights.presenters.demand import Cell, DemandPage

SOURCE = "Visits, caseloads, records and rotas of this portal"
RULES = (
    "An estimate, in whole hours; the range holds what comes in 8 of 10 cases. Already due or booked, new ones as in "
    "the last twelve weeks, and repeats where nobody opens. Driving is counted, office work is not."
)


def _hours(name):
    return lambda row: words.hours(getattr(row["week"].asked, name))


def _of(name):
    return lambda row: getattr(row["cell"], name)


COLUMNS = (
    Column("team", "Name of the team", value=lambda row: row["team"].name),
    Column("week", "Monday of the week", Kind.DATE, lambda row: row["week"].monday),
    Column("state", "Short, likely short, tight, room, or no rota", value=_of("state")),
    Column("hours_asked_for", "Expected, driving included", Kind.WHOLE, _hours("mean")),
    Column("hours_low", "In 8 of 10 cases at least", Kind.WHOLE, _hours("low")),
    Column("hours_high", "In 8 of 10 cases at most", Kind.WHOLE, _hours("high")),
    Column(
        "hours_on_rota", "Shifts less breaks and absences; empty: no rota", Kind.WHOLE, lambda row: _there(row["week"])
    ),
    Column("hours_short", "Missing for what is expected", Kind.WHOLE, lambda row: words.hours(row["week"].short)),
    Column("hours_to_spare", "Beyond the most that is expected", Kind.WHOLE, lambda row: words.hours(row["week"].room)),
    Column("visits_due_or_booked", "Visits", Kind.WHOLE, _of("standing")),
    Column("visits_new", "Expected new visits", Kind.WHOLE, _of("new")),
    Column("visits_repeated", "Expected repeats where nobody opens", Kind.WHOLE, _of("repeats")),
    Column("reasons", "What to know of the week, with semicolons", value=lambda row: _reasons(row)),
)


def demand_list(organisation, page: DemandPage) -> ListFile:
    """A row for each team and week of the page."""
    rows = [_row(row.team, cell) for row in page.rows for cell in row.cells]
    return _file(f"Demand and capacity of {organisation}", rows, page.filters, str(organisation), page.found.weeks[0])


def team_demand_list(team: TeamDemand) -> ListFile:
    rows = [_row(team, Cell(week)) for week in team.weeks]
    title = f"Demand and capacity of {team.name}"
    return _file(title, rows, [f"Team: {team.name}"], team.name, team.weeks[0].monday)


def _file(title, rows, filters, place, first) -> ListFile:
    notes = Notes(SOURCE, filters, "people who may see plans", counts="visits", more=[RULES])
    return ListFile("demand", title, COLUMNS, rows, notes, place=place, period=first.isoformat())


def _row(team: TeamDemand, cell: Cell) -> dict:
    return {"team": team, "cell": cell, "week": cell.week}


def _there(week: WeekResult):
    return None if week.staffed is None else words.hours(week.staffed)


def _reasons(row) -> str:
    week, drive = row["week"], row["team"].drive
    return "; ".join(words.reason_texts(week, drive) + words.reason_texts(week, drive, of_team=True))
