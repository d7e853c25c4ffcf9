"""Files of a plan by their kind, for pages and API alike."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from .calendar import calendar_of
from .contents import PlanContents, RoundContents
from .contract import problem_of, solution_with_verdict
from .gpx import gpx_of
from .names import file_name
from .stops_table import stops_table


@dataclass(frozen=True)
class File:
    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Kind:
    """`title` and `use`: what a person reads beside the link."""

    ending: str
    content_type: str
    make: Callable[..., bytes]
    title: str
    use: str
    suffix: str = ""


def _json(data) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=None, separators=(",", ":")).encode() + b"\n"


PLAN_KINDS = {
    "stops": Kind(
        "csv", "text/csv; charset=utf-8",
        lambda contents, notes=True: b"".join(stops_table(contents, notes=notes)),
        "Stops of everybody (CSV)", "For a spreadsheet: one row for each stop, and the visits left out.", "stops",
    ),
    "problem": Kind(
        "json", "application/json", lambda contents: _json(problem_of(contents.plan)),
        "PROBLEM.json", "The day as the planner knows it, for manage.py solve_plan and check_plan.", "problem",
    ),
    "solution": Kind(
        "json", "application/json", lambda contents: _json(solution_with_verdict(contents)),
        "SOLUTION.json", "The routes with what the judge says about them, for manage.py check_plan.", "solution",
    ),
}  # fmt: skip
ROUND_KINDS = {
    "calendar": Kind(
        "ics", "text/calendar; charset=utf-8", calendar_of, "Calendar (ICS)", "Visits, drives and breaks of one day."
    ),
    "gpx": Kind("gpx", "application/gpx+xml", gpx_of, "Route (GPX)", "Stops in order, for a satellite navigator."),
}


def plan_file(contents: PlanContents, kind: str, **options) -> File:
    """Raises NoRoutes, and KeyError for a kind that is not made."""
    chosen = PLAN_KINDS[kind]
    name = file_name(contents.plan, chosen.suffix, ending=chosen.ending)
    return File(name, chosen.content_type, chosen.make(contents, **options))


def round_file(day: RoundContents, kind: str) -> File:
    """One person's file. Raises KeyError for a kind that is not made."""
    chosen = ROUND_KINDS[kind]
    return File(file_name(day.plan, day.staff.reference, ending=chosen.ending), chosen.content_type, chosen.make(day))
