"""Every write of visit planning. Keyword-only, atomic, `by=` says who."""

from .optimisation import (
    JOB_KIND,
    PlanMoved,
    keep_best_so_far,
    optimise_plan,
    release_plan,
    settle_interrupted_plans,
    store_solution,
    take_on,
)
from .plans import (
    MOST_OF_A_REASON,
    PlanStateError,
    ReasonNeeded,
    approve_plan,
    check_day,
    create_plan,
    plan_from_file,
    plan_from_priorities,
    reject_plan,
)
from .proposals import SolutionRefused, accepted, record_version, store_routes
from .teams import add_shifts, add_staff, create_depot, create_skill, create_team, remove_shift
from .visits import MAX_VISITS, NoVisits, VisitIntake, import_visits, make_visits_from_priorities

__all__ = [
    "JOB_KIND",
    "MAX_VISITS",
    "MOST_OF_A_REASON",
    "NoVisits",
    "PlanMoved",
    "PlanStateError",
    "ReasonNeeded",
    "SolutionRefused",
    "VisitIntake",
    "accepted",
    "add_shifts",
    "add_staff",
    "approve_plan",
    "check_day",
    "create_depot",
    "create_plan",
    "create_skill",
    "create_team",
    "import_visits",
    "keep_best_so_far",
    "make_visits_from_priorities",
    "optimise_plan",
    "plan_from_file",
    "plan_from_priorities",
    "record_version",
    "reject_plan",
    "release_plan",
    "remove_shift",
    "settle_interrupted_plans",
    "store_routes",
    "store_solution",
    "take_on",
]
