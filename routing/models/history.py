"""History of decisions on plans, and of who belongs to a team with which rights.

Not of visits, stops and routes: those of a plan are kept as its versions, and one search would make ten thousand rows.
"""

from accounts.trail.history import follow

from .people import StaffMember, StaffSkill
from .plans import RoutePlan
from .teams import Team

follow(
    RoutePlan,
    ["organisation", "team", "day", "state", "version", "approved_by", "published_by", "closed_by", "returned_by"],
)
follow(Team, ["organisation", "patch"])
follow(
    StaffMember,
    ["team", "user", "base", "works_alone", "is_active", "max_visits", "overtime_minutes", "starts_from", "ends_at"],
)
follow(StaffSkill, ["staff", "skill", "expires_on"])
