from .plans import PlanState, RouteAssignment, RoutePlan, RouteStop, UnservedVisit
from .teams import Depot, Shift, Skill, StaffMember, Team, TravelProfile
from .visits import Visit, VisitTier

__all__ = [
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
