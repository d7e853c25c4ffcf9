"""From rows to a planning problem and back: the only place that knows both sides.

building      a plan as a problem
people        shifts as staff
tasks         visits and their links
adjustments   what holds in this plan only
travel        times and distances of every leg
rows          routes as assignments and stops

Second 0 of a problem is the first instant of the plan's civil day. People and visits go by their references, which are
unique within a team and day, so that reasons and remedies of the planner can be read.
"""

from .adjustments import remedy_of
from .building import NothingToPlan, PlanProblem, build_problem
from .people import number_at_work, working_shifts
from .rows import assignment_of, left_out_of, route_of, solution_of, stored_solution

__all__ = [
    "NothingToPlan",
    "PlanProblem",
    "assignment_of",
    "build_problem",
    "left_out_of",
    "number_at_work",
    "remedy_of",
    "route_of",
    "solution_of",
    "stored_solution",
    "working_shifts",
]
