"""Questions to begin with, by what a person's roles are for."""

from accounts.access import allowed
from accounts.permissions import Permission

BY_RIGHT = (
    (
        Permission.EDIT_PLANS,
        ("What is left out today and why?", "Where will hours be short?"),
    ),
    (
        Permission.APPROVE_PLANS,
        ("Which plans are there for tomorrow?", "Is the service fair?", "What is left out tomorrow and why?"),
    ),
    (Permission.VIEW_PLANS, ("Is the service fair?", "Which plans are there for today?")),
    (Permission.EXPORT_AREAS, ("Where is need unmet?", "What changed?")),
    (
        Permission.VIEW_AREAS,
        ("Which areas are most urgent?", "What changed?", "Where is need unmet?", "What does Core20 mean?"),
    ),
)
MOST = 4


def starters(person, organisation) -> list[str]:
    """At most four, those of the most particular right first."""
    found: list[str] = []
    for right, questions in BY_RIGHT:
        if person is not None and allowed(person, right, organisation):
            found += questions[:2]
    return list(dict.fromkeys(found))[:MOST] or ["What does Core20 mean?", "What can I ask?"]
