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
    "report.created": "Made a report",
    "report.changed": "Changed a report",
    "report.paused": "Paused a report",
    "report.resumed": "Restarted a paused report",
    "report.deleted": "Deleted a report with its editions",
    "report.made": "An edition of a report was made",
    "report.failed": "An edition of a report could not be made",
    "report.taken": "Downloaded an edition of a report",
    "news.seen": "Marked what changed as seen",
    "news.unseen": "Took back that what changed was seen",
}


def describe() -> None:
    """Register the words; called once, when the app is ready."""
    describe_actions(ACTIONS)
