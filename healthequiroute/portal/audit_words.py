"""How the audit trail words what people do with the portal's own things."""

from accounts.presenters import describe_actions

ACTIONS = {
    "view.saved": "Saved a view",
    "view.changed": "Changed a saved view",
    "view.deleted": "Deleted a saved view",
    "view.restored": "Took the deletion of a saved view back",
    "view.default_set": "Chose a saved view to open first",
    "view.default_cleared": "No saved view opens first any more",
    "view.owner_forgotten": "Took somebody who left out of their saved views",
    "feedback.sent": "Sent feedback about a page",
    "feedback.answered": "Answered feedback",
    "feedback.closed": "Closed feedback without an answer",
    "news.seen": "Marked what changed as seen",
    "news.unseen": "Took back that what changed was seen",
}


def describe() -> None:
    """Register the words; called once, when the app is ready."""
    describe_actions(ACTIONS)
