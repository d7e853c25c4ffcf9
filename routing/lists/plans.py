"""Plans, weeks, versions of a plan, two of them side by side, the day as it went."""

from collections.abc import Sequence
from datetime import datetime

from accounts.list_files import Column, Kind, ListFile, Notes
from routing.models import RoutePlan, WeekPlan
from routing.outputs.stops_table import COLUMNS, stop_rows

PLANNERS = "those who may see visit plans of the organisation"
SOURCE = "Visit plans of this portal"
PEOPLE = "Personal data: names of staff, references of visits. Keep it as your organisation's rules say."
PLAN_COLUMNS = (
    Column("plan", "Name of the plan", value=lambda row: row["plan"].name),
    Column("day", "Civil day in Europe/London", Kind.DATE, lambda row: row["plan"].day),
    Column("team", "Team", value=lambda row: row["plan"].team.name),
    Column("state", "Status of the plan when the file was made", value=lambda row: row["tag"]["text"]),
    Column("scenario", "yes: a what-if, never worked from", Kind.YES_NO, lambda row: row["is_scenario"]),
    Column("version", "Version of its routes", Kind.WHOLE, lambda row: row["plan"].version),
    Column("visits", "Visits asked for; each stands on the plan", Kind.WHOLE, lambda row: row["visits"]),
    Column("left_out", "Visits left out; empty: not optimised", Kind.WHOLE, lambda row: _left(row["plan"])),
    Column("left_out_tier_1", "Of them, tier 1", Kind.WHOLE, lambda row: _left(row["plan"], "tier_one_unserved")),
    Column("outcome", "The same in words", value=lambda row: row["outcome"]),
)
WEEK_COLUMNS = (
    Column("week", "Name of the week", value=lambda row: row["week"].name),
    Column("first_day", "First day", Kind.DATE, lambda row: row["week"].first_day),
    Column("days", "Number of days", Kind.WHOLE, lambda row: row["week"].days),
    Column("team", "Team", value=lambda row: row["week"].team.name),
    Column("state", "Status when the file was made", value=lambda row: row["tag"]["text"]),
    Column("visits", "Visits asked for", Kind.WHOLE, lambda row: row["visits"]),
    Column("without_a_day", "Visits that no day holds; empty: not optimised", Kind.WHOLE, lambda row: row["left"]),
)
VERSION_COLUMNS = (
    Column("version", "Number of the version", Kind.WHOLE, lambda row: row["version"].number),
    Column("shown_now", "Whether the plan has these routes", Kind.YES_NO, lambda row: row["is_current"]),
    Column("made_at", "When it was made", Kind.MOMENT, lambda row: row["version"].made_at),
    Column("who", "Who made it", value=lambda row: row["who"]),
    Column("how", "What made it", value=lambda row: row["origin"]),
    Column("what_changed", "In words", value=lambda row: row["summary"]),
    Column("served", "Visits on routes, of those asked for", value=lambda row: row["served"]),
    Column("driving", "All drives together", value=lambda row: row["travel"]),
    Column("cost", "Cost in seconds, weighted", value=lambda row: row["cost"]),
)
COMPARED_COLUMNS = (
    Column("part", "figures, equity, person, start, or visit served by one of the two only"),
    Column("what", "Measure, person or reference of a visit"),
    Column("before", "In the first version, the comparator"),
    Column("after", "In the second version"),
    Column("change", "Difference, in words"),
)
ACTUAL_COLUMNS = (
    Column("person", "Name of the person"),
    Column("stop", "Number of the visit in the person's day", Kind.WHOLE),
    Column("visit", "Reference of the visit", Kind.CODE),
    Column("tier", "1 (served first) to 4", Kind.WHOLE),
    Column("imd_decile", "IMD decile of the home area (LSOA 2021); 1 is the most deprived tenth", Kind.WHOLE),
    Column("planned_start", "Planned start", Kind.MOMENT),
    Column("actual_start", "Recorded arrival", Kind.MOMENT),
    Column("later_by_minutes", "Actual less planned start", Kind.WHOLE),
    Column("in_time", "Whether it began within its window", Kind.YES_NO),
    Column("planned_minutes", "Planned time at the visit", Kind.WHOLE),
    Column("actual_minutes", "Recorded time at the visit", Kind.WHOLE),
    Column("planned_drive_minutes", "Planned drive to it", Kind.WHOLE),
    Column("actual_drive_minutes", "Recorded drive to it", Kind.WHOLE),
    Column("outcome", "done, no_access; empty: nothing recorded", Kind.CODE),
)


STOP_KINDS = {
    **dict.fromkeys(("version", "stop", "tier", "service_minutes", "staff_required", "travel_seconds"), Kind.WHOLE),
    **dict.fromkeys(("travel_metres", "late_seconds"), Kind.WHOLE),
    **dict.fromkeys(("longitude", "latitude"), Kind.DECIMAL),
    **dict.fromkeys(("window_start", "window_end", "arrives_at", "starts_at", "leaves_at"), Kind.MOMENT),
    **dict.fromkeys(("arrived_at", "finished_at"), Kind.MOMENT),
}
# On paper: what somebody works from.
STOPS_ON_PAPER = ("staff_name", "stop", "kind", "visit", "tier", "postcode", "starts_at", "leaves_at", "reason")


def stop_list(contents, *, on_paper: bool = False) -> ListFile:
    """Everybody's stops of a plan, then what is left out; `contents` is a PlanContents. CSV has its own form."""
    plan = contents.plan
    columns = [
        Column(heading, meaning, STOP_KINDS.get(heading, Kind.TEXT))
        for heading, meaning in COLUMNS.items()
        if not on_paper or heading in STOPS_ON_PAPER
    ]
    notes = Notes(SOURCE, [f"Plan {plan.name}, {plan.day:%-d %B %Y}"], PLANNERS, more=[contents.standing, PEOPLE])
    title = f"Stops of {plan.name}, {plan.team.name}, {plan.day:%-d %B %Y}"
    return ListFile(
        "stops", title, columns, list(stop_rows(contents)), notes,
        place=plan.team.name, period=f"{plan.day}-v{plan.version}",
    )  # fmt: skip


def plan_list_file(organisation, rows: Sequence[dict], filters: Sequence[str]) -> ListFile:
    """`rows` of `plan_rows`."""
    notes = Notes(SOURCE, filters, PLANNERS)
    return ListFile("plans", f"Visit plans of {organisation}", PLAN_COLUMNS, rows, notes, place=str(organisation))


def week_list_file(organisation, rows: Sequence[dict]) -> ListFile:
    notes = Notes(SOURCE, readers=PLANNERS)
    return ListFile("weeks", f"Weeks of {organisation}", WEEK_COLUMNS, rows, notes, place=str(organisation))


def week_day_list(week: WeekPlan, rows: Sequence[dict]) -> ListFile:
    """The plans of the days of a week; `rows` of `plan_rows`."""
    notes = Notes(SOURCE, [f"Days of the week {week.name}"], PLANNERS)
    title = f"Days of the week {week.name}, {week.team.name}"
    period = f"{week.first_day}-{week.days}-days"
    return ListFile("week", title, PLAN_COLUMNS, rows, notes, place=week.team.name, period=period)


def version_list(plan: RoutePlan, rows: Sequence[dict]) -> ListFile:
    notes = Notes(SOURCE, [f"Plan {plan.name}"], PLANNERS, more=[PEOPLE])
    title = f"Versions of {plan.name}"
    return ListFile("versions", title, VERSION_COLUMNS, rows, notes, place=plan.team.name, period=str(plan.day))


def comparison_list(plan: RoutePlan, comparison) -> ListFile:
    """Everything that the page of two versions shows; the first of them is the comparator."""
    rows = [_compared("figures", row["label"], row["left"], row["right"], row["change"]) for row in comparison.figures]
    rows += [_compared("equity", row["label"], row["left"], row["right"], row["change"]) for row in comparison.equity]
    rows += [
        _compared("person", row["name"], ", ".join(row["losses"]), ", ".join(row["gains"]), "visits lost and gained")
        for row in comparison.people
    ]
    rows += [
        _compared("start", f"{row['reference']}, {row['name']}", row["before"], row["after"], row["shift"])
        for row in comparison.moved
    ]
    rows += [
        _compared("visit", f"{row['reference']}, tier {row['tier']}", "", row["change"], row["reason"])
        for row in comparison.unserved
    ]
    before, after = comparison.heads
    notes = Notes(SOURCE, [f"Before: {before}", f"After: {after}"], PLANNERS, more=[PEOPLE])
    title = f"{plan.name}: {before} and {after}"
    return ListFile("comparison", title, COMPARED_COLUMNS, rows, notes, place=plan.team.name, period=str(plan.day))


def actual_list(plan: RoutePlan, page) -> ListFile:
    """Each visit of a day as planned and as recorded; `page` is an ActualPage."""
    heading, *rows = page.csv_rows()
    notes = Notes(f"Plan {plan.name} and what was recorded on its rounds", readers=PLANNERS, more=[PEOPLE])
    rows = [_timed(dict(zip(heading, row, strict=True))) for row in rows]
    title = f"Planned and actual: {plan.name}, {plan.day:%-d %B %Y}"
    return ListFile(
        "planned-and-actual", title, ACTUAL_COLUMNS, rows, notes, place=plan.team.name, period=str(plan.day)
    )


def _compared(part, what, before, after, change) -> dict:
    return {"part": part, "what": what, "before": before, "after": after, "change": change}


def _left(plan, name="unserved_count"):
    return getattr(plan, name) if plan.optimised_at else None


def _timed(row: dict) -> dict:
    moments = ("planned_start", "actual_start")
    return row | {name: datetime.fromisoformat(row[name]) if row[name] else None for name in moments}
