from . import history  # noqa: F401
from .caseload import CaseloadEntry, PlusGroup
from .changes import Disruption, PlanAdjustment, PlanVersion
from .people import Absence, DayEnd, Shift, StaffMember, StaffSkill
from .plans import PlanState, RouteAssignment, RoutePlan, RouteStop, UnservedVisit
from .rota import RotaFile
from .rounds import RoundAlert, RoundEvent, VisitRecord
from .teams import Depot, Skill, Team, TravelProfile
from .visits import Visit, VisitLink, VisitTier
from .weeks import WeekPlan, WeekState

__all__ = [
    "Absence",
    "CaseloadEntry",
    "DayEnd",
    "Depot",
    "Disruption",
    "PlanAdjustment",
    "PlanState",
    "PlanVersion",
    "PlusGroup",
    "RotaFile",
    "RoundAlert",
    "RoundEvent",
    "RouteAssignment",
    "RoutePlan",
    "RouteStop",
    "Shift",
    "Skill",
    "StaffMember",
    "StaffSkill",
    "Team",
    "TravelProfile",
    "UnservedVisit",
    "Visit",
    "VisitLink",
    "VisitRecord",
    "VisitTier",
    "WeekPlan",
    "WeekState",
]
