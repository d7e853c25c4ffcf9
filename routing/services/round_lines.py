"""Lines along the roads while rounds change: those of rounds that stay the same are kept."""

import numpy as np

from routing.plan_editing import OpenPlan
from routing.planning.check import Verdict
from routing.travel import RouteLeg


def keep_lines(opened: OpenPlan, verdict: Verdict) -> None:
    """The lines of rounds with the same visits as before are kept, the others asked for."""
    built, before = opened.built, opened.draft.orders
    built.draw([route for route in verdict.routes if route.visits != before.get(route.staff)])
    for assignment in opened.plan.assignments.select_related("staff").prefetch_related("stops"):
        if assignment.staff.reference not in built.lines:
            paths = [stop.path for stop in assignment.stops.all() if stop.visit_id is not None]
            legs = (*paths, assignment.return_path)
            built.lines[assignment.staff.reference] = tuple(map(_leg, legs))


def _leg(path) -> RouteLeg:
    line = np.zeros((2, 2)) if path is None else np.array(path.coords)
    return RouteLeg(line, 0, 0, estimated=path is None)
