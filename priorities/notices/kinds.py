"""Kinds of notices, events for other systems, and what rules can be about."""

from accounts.notices import EventType, Importance, Kind, register_event, register_kind
from accounts.notices.rules import RULE_KIND, Trigger, register_trigger
from accounts.permissions import Permission

from . import wording
from .figures import FIGURE, figure_occasions
from .moves import MOVE, move_occasions

AREAS, MODELS = "Areas and priorities", "Priority models"
EXAMPLE_ID = "3c1b6a0e-8a53-4a43-8f0f-2a9d0f9f7a10"


def register() -> None:
    for kind in KINDS:
        register_kind(kind)
    for event in EVENTS:
        register_event(event)
    for trigger in TRIGGERS:
        register_trigger(trigger)


KINDS = (
    Kind(
        "areas.urgent",
        "Areas of your patches became urgent",
        "After new priorities were calculated, one message for all of them.",
        AREAS,
        email="daily",
        permission=Permission.VIEW_PLANS,
    ),
    Kind(
        RULE_KIND,
        "One of your rules was met",
        "A condition that you or your organisation set on areas.",
        AREAS,
        email="daily",
    ),
    Kind(
        "model.proposed",
        "A priority model waits for a review",
        "Another administrator proposes a version for publication.",
        MODELS,
        Importance.IMPORTANT,
        "immediate",
        permission=Permission.PUBLISH_MODELS,
    ),
    Kind(
        "model.decided",
        "A priority model of yours was decided about",
        "A version that you proposed was published or returned.",
        MODELS,
        email="immediate",
    ),
)
EVENTS = (
    EventType(
        "priorities.calculated",
        "Priorities were calculated",
        "New scores are in force.",
        AREAS,
        {
            "run": ("Identifier of the run.", EXAMPLE_ID),
            "areas": ("Areas that have a score.", 33_755),
            "changed": ("Areas whose class differs from before.", 412),
        },
    ),
    EventType(
        "areas.became_urgent",
        "Areas of the patches became urgent",
        "After new priorities were calculated.",
        AREAS,
        {"run": ("Identifier of the run.", EXAMPLE_ID), "areas": ("Areas of the organisation's patches.", 7)},
    ),
)
TRIGGERS = (
    Trigger(MOVE, "The class of areas changes", wording.describe_move, move_occasions, wording.told_move),
    Trigger(FIGURE, "A figure passes a limit", wording.describe_figure, figure_occasions, wording.told_figure),
)
