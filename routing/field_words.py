"""What the tables of planning are called on pages."""

from accounts.field_words import describe

PLAN = {
    "cost": "parts of its cost",
    "equity": "equity figures",
    "intake": "where the visits came from",
    "name": "name",
    "outcome_note": "how the search ended",
    "price": "price of equity",
    "trace": "progress of the search",
}

describe(
    "routing.RoutePlan",
    "visit plan",
    {
        **PLAN,
        "decision_reason": "reason for the decision",
        "returned_reason": "reason for reopening it",
        "travel": "where travel times came from",
        "state": "status",
        "day": "day",
        "organisation": "organisation",
        "team": "team",
        "version": "version",
        "approved_by": "approved by",
        "published_by": "published by",
        "closed_by": "closed by",
        "returned_by": "reopened by",
    },
)
describe("routing.WeekPlan", "week plan", {**PLAN, "unserved": "visits left out"})
describe(
    "routing.PlanVersion",
    "version of a plan",
    {
        "cost": "parts of its cost",
        "equity": "equity figures",
        "routes": "rounds",
        "summary": "what changed",
        "unserved": "visits left out",
    },
)
describe("routing.PlanAdjustment", "change made by hand", {"reason": "reason", "remedy": "change that is tried"})
describe("routing.Disruption", "disruption", {"answer": "changes proposed", "note": "how the search ended"})
describe(
    "routing.UnservedVisit",
    "visit left out",
    {
        "decision_reason": "reason for the decision",
        "detail": "why it was left out",
        "remedies": "what would make room for it",
    },
)
describe("routing.RouteAssignment", "round", {"return_path": "way back"})
describe("routing.RouteStop", "stop on a round", {"path": "way there"})
describe("routing.RoundEvent", "event on a round", {"note": "note from the door"})
describe("routing.VisitRecord", "record of a visit", {"note": "note from the door"})
describe(
    "routing.RotaFile", "rota file", {"content": "content", "name": "file name", "report": "rows refused, and why"}
)
describe("routing.Visit", "visit", {"point": "place on the map", "postcode": "postcode", "reference": "reference"})
describe(
    "routing.CaseloadEntry",
    "person on a caseload",
    {"point": "place on the map", "postcode": "postcode", "reference": "reference"},
)
describe("routing.Team", "team", {"organisation": "organisation", "patch": "patch"})
describe(
    "routing.StaffMember",
    "staff member",
    {
        "display_name": "name on plans",
        "home": "home on the map",
        "home_postcode": "home postcode",
        "reference": "short reference",
        "team": "team",
        "user": "account",
        "base": "base",
        "works_alone": "works alone",
        "is_active": "active",
        "max_visits": "most visits in a day",
        "overtime_minutes": "most overtime, in minutes",
        "starts_from": "the day begins at",
        "ends_at": "the day ends at",
    },
)
describe(
    "routing.StaffSkill",
    "skill of a staff member",
    {"staff": "staff member", "skill": "skill", "expires_on": "last valid day"},
)
