"""What people and other systems can be told of visit planning."""

from accounts.notices import EventType, Importance, Kind, register_event, register_kind
from accounts.permissions import Permission

PLANS, ROUNDS = "Visit plans", "Rounds"
EXAMPLE_ID = "7b0f7f7e-1c1e-4d55-8a3e-2f6f3f8f9a10"
PLAN_DATA = {
    "plan": ("Identifier of the plan.", EXAMPLE_ID),
    "day": ("Day of the plan (ISO 8601).", "2026-11-23"),
    "team": ("Identifier of the team.", "f4a7c2a2-4f3b-4c7e-9f0e-5f1b7f2c9d11"),
}


def register() -> None:
    for kind in KINDS:
        register_kind(kind)
    for event in EVENTS:
        register_event(event)


KINDS = (
    Kind(
        "plan.waiting",
        "A plan waits for approval",
        "A plan was optimised or opened again and needs an approver.",
        PLANS,
        email="immediate",
        permission=Permission.APPROVE_PLANS,
    ),
    Kind("plan.decided", "A plan of yours was approved or rejected", "A decision about a plan that you made.", PLANS),
    Kind(
        "plan.published",
        "A plan is published",
        "Field staff see their rounds from then on.",
        PLANS,
        permission=Permission.VIEW_PLANS,
    ),
    Kind(
        "visits.unserved",
        "Urgent visits are in no round",
        "A plan was published that leaves visits of tier 1 out.",
        PLANS,
        Importance.IMPORTANT,
        "immediate",
        permission=Permission.EDIT_PLANS,
    ),
    Kind(
        "round.news",
        "Your round was published or has changed",
        "What you are to do on a day, and changes of it.",
        ROUNDS,
        Importance.IMPORTANT,
    ),
    Kind(
        "round.alert",
        "Somebody on a round may need help, or is late",
        "No sign of life from a person who works alone, a visit that is late, a round that is not over.",
        ROUNDS,
        Importance.URGENT,
        "immediate",
        permission=Permission.EDIT_PLANS,
    ),
)
EVENTS = (
    EventType("plan.proposed", "A plan waits for approval", "A plan became a proposal.", PLANS, PLAN_DATA),
    EventType("plan.approved", "A plan was approved", "An approver accepted a proposal.", PLANS, PLAN_DATA),
    EventType("plan.rejected", "A plan was rejected", "An approver turned a proposal down.", PLANS, PLAN_DATA),
    EventType("plan.published", "A plan was published", "Field staff see their rounds.", PLANS, PLAN_DATA),
    EventType(
        "visits.unserved",
        "Urgent visits are in no round",
        "A plan was published that leaves visits of tier 1 out.",
        PLANS,
        PLAN_DATA,
    ),
    EventType(
        "round.alert",
        "Alerts of rounds were raised",
        "Somebody may need help, or is late. Who and where stands in the portal.",
        ROUNDS,
        {"plan": ("Identifier of the plan.", EXAMPLE_ID), "alerts": ("Alerts raised at once.", 1)},
    ),
)
