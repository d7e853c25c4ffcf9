"""How the audit trail words what happens in Insights and Ask."""

from accounts.presenters import describe_actions

ACTIONS = {
    "forecasts.made": "Made forecasts of published activity",
    "conversation.begun": "Began a conversation with Ask",
    "conversation.continued": "Asked another question",
    "conversation.flagged": "The safety checks found something in a question",
    "conversation.changed": "Renamed, pinned or archived a conversation with Ask",
    "conversation.deleted": "Deleted a conversation with Ask",
    "conversation.restored": "Took the deletion of a conversation with Ask back",
    "conversation.exported": "Downloaded a conversation with Ask",
    "conversation.rated": "Rated an answer of Ask",
    "conversation.owner_left": "Deleted the conversations of somebody who left",
}


def describe() -> None:
    """Register the words; called once, when the app is ready."""
    describe_actions(ACTIONS)
