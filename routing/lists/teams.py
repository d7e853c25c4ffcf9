"""Teams, their people, rotas, absences, mileage."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from accounts.list_files import Column, Kind, ListFile, Notes
from accounts.small_numbers import count_of

SOURCE = "Teams of this portal"
KEEPERS = "people who manage the teams of the organisation"
PEOPLE = "Personal data: names of staff. Homes are not in it. Keep it as your organisation's rules say."
TEAM_COLUMNS = (
    Column("team", "Name of the team", value="name"),
    Column("patch", "Areas that it looks after (LSOAs of 2021)", value="patch.name"),
    Column("staff", "Active people", Kind.WHOLE, "staff_count"),
    Column("plans", "Plans ever made", Kind.WHOLE, "plan_count"),
)
STAFF_COLUMNS = (
    Column("reference", "Short name on plans and in files", Kind.CODE, lambda row: row["person"].reference),
    Column("name", "Name of the person", value=lambda row: row["person"].display_name),
    Column("active", "Whether they are planned for", Kind.YES_NO, lambda row: row["person"].is_active),
    Column("skills", "Skills, with the last day where they expire", value=lambda row: row["skills"]),
    Column("travels_by", "Way of travelling", value=lambda row: row["travel"]),
    Column("visits_a_day", "Visits a day at most", Kind.WHOLE, lambda row: row["person"].max_visits),
    Column(
        "overtime_minutes", "Past the end of a shift, at most", Kind.WHOLE, lambda row: row["person"].overtime_minutes
    ),
)
ROTA_COLUMNS = (
    Column("reference", "Short name of the person", Kind.CODE),
    Column("name", "Name of the person"),
    Column("day", "Civil day in Europe/London", Kind.DATE),
    Column("start", "Begin of the shift", Kind.CODE),
    Column("end", "End of the shift", Kind.CODE),
    Column("away", "Kind of absence; empty: there"),
)
ABSENCE_COLUMNS = (
    Column("reference", "Short name of the person", Kind.CODE, "staff.reference"),
    Column("name", "Name of the person", value="staff.display_name"),
    Column("first_day", "First day away", Kind.DATE, "first_day"),
    Column("last_day", "Last day away", Kind.DATE, "last_day"),
    Column("kind", "No more is kept of the reason", value=lambda row: row.get_kind_display()),
)
GROUP_COLUMNS = (
    Column("group", "PLUS group", value="name"),
    Column("code", "Its code in files", Kind.CODE, "code"),
    Column("visits", "Visits so far", Kind.WHOLE, lambda group: count_of(group.visit_count)),
)
MILEAGE_COLUMNS = (
    Column("person", "Name of the person"),
    Column("reference", "Short name of the person", Kind.CODE),
    Column("team", "Team"),
    Column("day", "Day of the round", Kind.DATE),
    Column("plan", "Plan of the round"),
    Column("travels_by", "Way of travelling", Kind.CODE),
    Column("visits_reached", "Places recorded", Kind.WHOLE),
    Column("visits_not_reached", "Stops never reached", Kind.WHOLE),
    Column("kilometres", "Way from place to place, out and back", Kind.DECIMAL),
    Column("miles", "The same in miles", Kind.DECIMAL),
    Column("legs", "Ways from one place to the next", Kind.WHOLE),
    Column("legs_not_as_planned", "Of them, not those of the plan", Kind.WHOLE),
    Column("legs_estimated", "Of them, from a straight line", Kind.WHOLE),
    Column("way", "road, estimated or partly_estimated", Kind.CODE),
    Column("pence_per_mile", "Rate; empty: none is set", Kind.DECIMAL),
    Column("amount_pounds", "Miles times rate, rounded day by day", Kind.MONEY),
    Column("counted", "What counts"),
)


def team_list_file(organisation, teams) -> ListFile:
    """`teams` `.with_counts()`."""
    notes = Notes(SOURCE, readers=KEEPERS)
    return ListFile("teams", f"Teams of {organisation}", TEAM_COLUMNS, teams, notes, place=str(organisation))


def staff_list(team, rows: Sequence[dict]) -> ListFile:
    """`rows` of `staff_rows`."""
    notes = Notes(SOURCE, [f"Team: {team.name}"], KEEPERS, more=[PEOPLE])
    return ListFile("staff", f"People of {team.name}", STAFF_COLUMNS, rows, notes, place=team.name)


def rota_list(team, grid) -> ListFile:
    """A row for each shift and each day away of a RotaGrid."""
    rows = [
        {"reference": row["person"].reference, "name": row["person"].display_name, "day": cell.day,
         "start": starts, "end": ends, "away": cell.away}
        for row in grid.rows for cell in row["cells"]
        for starts, ends in (cell.times or ([(None, None)] if cell.away else []))
    ]  # fmt: skip
    return _of_days("rota", f"Rota of {team.name}", ROTA_COLUMNS, rows, team, grid)


def absence_list(team, grid) -> ListFile:
    """A row for each absence that touches the days of a RotaGrid."""
    absences = grid.absences.select_related("staff")
    return _of_days("absences", f"Absences in {team.name}", ABSENCE_COLUMNS, absences, team, grid)


def _of_days(name, title, columns, rows, team, grid) -> ListFile:
    notes = Notes(SOURCE, [f"Team: {team.name}", f"Days: {grid.span}"], KEEPERS, more=[PEOPLE])
    return ListFile(name, f"{title}, {grid.span}", columns, rows, notes, place=team.name, period=str(grid.first_day))


def group_list(organisation, groups) -> ListFile:
    notes = Notes("PLUS groups of the organisation (Core20PLUS5, NHS England)", readers=KEEPERS, counts="visits")
    return ListFile(
        "plus-groups", f"PLUS groups of {organisation}", GROUP_COLUMNS, groups, notes, place=str(organisation)
    )


def mileage_list(page) -> ListFile:
    """A row for each person and day of a MileagePage."""
    heading, *rows = page.csv_rows()
    rows = [_claimed(dict(zip(heading, row, strict=True))) for row in rows]
    readers = "yourself" if page.is_own else "people who manage the teams; field staff their own"
    notes = Notes("What was recorded on rounds", [f"Month: {page.month_text}"], readers, more=[page.counted, PEOPLE])
    place = "own" if page.is_own else ""
    title = f"{page.title}, {page.month_text}"
    return ListFile("mileage", title, MILEAGE_COLUMNS, rows, notes, place=place, period=page.key)


def _claimed(row: dict) -> dict:
    """Numbers as numbers, with as many decimals as claims have."""
    names = ("kilometres", "miles", "pence_per_mile", "amount_pounds")
    numbers = {name: Decimal(str(row[name])) if row[name] not in ("", None) else None for name in names}
    return row | numbers | {"day": date.fromisoformat(row["day"])}
