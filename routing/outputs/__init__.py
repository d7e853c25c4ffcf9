"""Everything that leaves a plan as a file.

contents      what a plan holds, read once for every kind of file
calendar      one person's day as iCalendar (RFC 5545)
icalendar     how iCalendar is written: escaping, folding
gpx           one person's round as GPX 1.1
stops_table   everybody's stops as CSV
contract      PROBLEM.json and SOLUTION.json of the planner's contract
names         file names and kinds
"""

from .calendar import calendar_of
from .contents import NoRoutes, PlanContents, RoundContents
from .contract import problem_of, solution_with_verdict
from .gpx import gpx_of
from .names import file_name
from .stops_table import stops_table

__all__ = [
    "NoRoutes",
    "PlanContents",
    "RoundContents",
    "calendar_of",
    "file_name",
    "gpx_of",
    "problem_of",
    "solution_with_verdict",
    "stops_table",
]
