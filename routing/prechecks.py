"""What is certain about a plan before it is optimised, without asking anybody for travel times."""

import numpy as np

from .models import RoutePlan, Visit
from .planning.prechecks import Finding, prechecks
from .problem_building import NothingToPlan, build_problem
from .travel import Profile, TravelMatrix
from .travel.great_circle import great_circle_metres

# National speed limit on motorways, 70 miles an hour (Road Traffic Regulation Act 1984, sections 81 to 89): nobody
# plans with less than the straight line at this speed.
FASTEST_METRES_A_SECOND = 70 * 1609.344 / 3600


class AtLeast:
    """The least any drive can take, so that what is found holds whatever the roads are like."""

    name = "at-least"

    def matrix(self, points: np.ndarray, departure, profile: Profile = Profile.CAR) -> TravelMatrix:
        """Seconds at the speed limit and metres, both along the straight line."""
        metres = great_circle_metres(points)
        return TravelMatrix(
            duration=np.floor(metres / FASTEST_METRES_A_SECOND).astype(np.int32),
            distance=np.floor(metres).astype(np.int32),
            estimated=np.ones(metres.shape, dtype=bool),
            provider=self.name,
            data_version="",
        )


def findings_of(plan: RoutePlan, visits: list[Visit] | None = None) -> list[Finding]:
    """What no plan for this day can do; nothing where there is nobody or nothing to plan. `visits`: see
    `build_problem`.
    """
    try:
        built = build_problem(plan, AtLeast(), visits=visits)
    except NothingToPlan:
        return []
    return prechecks(built.problem)
