from .plans import PlanState, RouteAssignment, RoutePlan, RouteStop, UnservedVisit
from .teams import Depot, Shift, Skill, StaffMember, Team, TravelProfile
from .visits import CORE20_DECILE, Visit, VisitTier

__all__ = [
    "CORE20_DECILE",
    "Depot",
    "PlanState",
    "RouteAssignment",
    "RoutePlan",
    "RouteStop",
    "Shift",
    "Skill",
    "StaffMember",
    "Team",
    "TravelProfile",
    "UnservedVisit",
    "Visit",
    "VisitTier",
]
