"""What visit planning keeps about people: those who work, and those who are visited (by opaque references)."""

from accounts.privacy.inventory import Basis, NotPersonal, OnErasure, PersonalField, declare

from . import erasing, field_words, letting_go, visited_people  # noqa: F401

STAFF = "routing.staffmember"
PATIENT = visited_people.PATIENT
USER = "accounts.user"
PLANS = "2 years after the day, then anonymised"
NOTES = "180 days after the day"
WORK = "As long as somebody works in the team, 2 years after that"
CASELOAD = "As long as somebody is on the caseload, 2 years after that"


def _staff(field, why, on_erasure):
    return PersonalField("routing.StaffMember", field, why, WORK, on_erasure, about={STAFF: ""})


def _plan(model, field, why, *, about=None, kept_for=PLANS, on_erasure=OnErasure.REPLACED, **more):
    return PersonalField(f"routing.{model}", field, why, kept_for, on_erasure, about=about or {}, **more)


def _visited(model, field, why, kept_for, on_erasure=OnErasure.ROW_DELETED, path=""):
    return PersonalField(f"routing.{model}", field, why, kept_for, on_erasure, Basis.CARE, {PATIENT: path})


PLANNED = "The plan as it was made: routes by short reference."
DECIDED = "Why somebody decided so; the text may name people."

declare(
    _staff("display_name", "So that planners and colleagues know whose round it is.", OnErasure.ANONYMISED),
    _staff("reference", "Short name on plans and in files.", OnErasure.ANONYMISED),
    _staff("home_postcode", "Where a day begins or ends, if it does at home.", OnErasure.UNREADABLE),
    _staff("home", "To work out the way from and to home.", OnErasure.UNREADABLE),
    _plan(
        *("RoundEvent", "note", "What was found at the door."),
        about={STAFF: "staff", PATIENT: "visit__caseload_entry"},
        otherwise={PATIENT: OnErasure.EMPTIED},
        kept_for=NOTES,
        on_erasure=OnErasure.UNREADABLE,
        basis=Basis.CARE,
        names_others=True,
    ),
    _plan(
        *("VisitRecord", "note", "What was found at the door."),
        about={STAFF: "staff", PATIENT: "visit__caseload_entry"},
        otherwise={PATIENT: OnErasure.EMPTIED},
        kept_for=NOTES,
        on_erasure=OnErasure.UNREADABLE,
        basis=Basis.CARE,
        names_others=True,
    ),
    _plan(
        *("RouteAssignment", "return_path", "The way back, which may end at home."),
        about={STAFF: "staff"},
        on_erasure=OnErasure.CLEARED,
    ),
    _plan(
        *("RouteStop", "path", "The way to a visit, which may begin at home."),
        about={STAFF: "assignment__staff", PATIENT: "visit__caseload_entry"},
        on_erasure=OnErasure.CLEARED,
    ),
    _plan("RotaFile", "content", "Shifts and absences to be looked at before they count.", kept_for="14 days"),
    _plan("RotaFile", "report", "What was refused, and why.", about={USER: "uploaded_by"}),
    _plan("RotaFile", "name", "To know the file again.", about={USER: "uploaded_by"}),
    _plan("PlanVersion", "routes", PLANNED),
    _plan("PlanVersion", "unserved", PLANNED),
    _plan("PlanVersion", "cost", PLANNED),
    _plan("PlanVersion", "equity", PLANNED),
    _plan("PlanVersion", "summary", "What changed, in words; names people.", about={USER: "made_by"}),
    *(
        _plan("RoutePlan", name, PLANNED)
        for name in ("intake", "outcome_note", "travel", "cost", "equity", "trace", "price")
    ),
    _plan("RoutePlan", "name", "To know the plan again.", about={USER: "created_by"}),
    _plan("RoutePlan", "decision_reason", DECIDED, about={USER: "approved_by"}),
    _plan("RoutePlan", "returned_reason", DECIDED, about={USER: "returned_by"}),
    *(
        _plan("WeekPlan", name, PLANNED)
        for name in ("intake", "unserved", "outcome_note", "cost", "trace", "equity", "price")
    ),
    _plan("WeekPlan", "name", "To know the plan again.", about={USER: "created_by"}),
    _plan("UnservedVisit", "detail", PLANNED),
    _plan("UnservedVisit", "remedies", "Changes that would let it be served; they name people."),
    _plan("UnservedVisit", "decision_reason", DECIDED, about={USER: "decided_by"}),
    _plan("PlanAdjustment", "reason", DECIDED, about={USER: "made_by"}),
    _plan("PlanAdjustment", "remedy", "A change that a scenario tries; it may name people."),
    _plan("Disruption", "answer", "The mended plan: routes by short reference.", about={STAFF: "staff"}),
    _plan("Disruption", "note", "How the search for a change ended.", about={STAFF: "staff"}),
    _visited("Visit", "reference", "To know it again, without a name.", PLANS, OnErasure.ANONYMISED, "caseload_entry"),
    _visited("Visit", "postcode", "To find the way.", PLANS, OnErasure.EMPTIED, "caseload_entry"),
    _visited("Visit", "point", "To find the way.", PLANS, OnErasure.BLURRED, "caseload_entry"),
    _visited("CaseloadEntry", "reference", "To know who is due, without a name or NHS number.", CASELOAD),
    _visited("CaseloadEntry", "postcode", "To find the way.", CASELOAD),
    _visited("CaseloadEntry", "point", "To find the way.", CASELOAD),
    NotPersonal("routing.Skill", ("code", "name"), "Name of a skill."),
    NotPersonal("routing.Depot", ("name", "point"), "A base, not a home."),
    NotPersonal("routing.Team", ("name",), "Name of a team."),
    NotPersonal("routing.PlusGroup", ("code", "name"), "Name of a population."),
    NotPersonal("routing.UnservedVisit", ("reason",), "One of the planner's reasons."),
    NotPersonal("routing.RoutePlan", ("engine",), "Name of the search."),
    NotPersonal("routing.PlanVersion", ("engine",), "Name of the search."),
    NotPersonal("routing.RotaFile", ("sha256",), "A digest."),
)

erasing.register()
visited_people.register()
letting_go.register()
