"""How the audit trail words what happens in Insights and Ask."""

from accounts.presenters import describe_actions

ACTIONS = {
    "forecasts.made": "Made forecasts of published activity",
}


def describe() -> None:
    """Register the words; called once, when the app is ready."""
    describe_actions(ACTIONS)
