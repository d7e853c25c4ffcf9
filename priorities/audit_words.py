"""How the audit trail words what happens to models and scores."""

from accounts.presenters import describe_actions

ACTIONS = {
    "model.drafted": "Made a draft of the priority model",
    "model.imported": "Imported a priority model from a file",
    "model.edited": "Changed a draft of the priority model",
    "model.conflicts_accepted": "Accepted that rules of a priority model contradict each other",
    "model.thresholds_computed": "Computed thresholds from the loaded data",
    "model.thresholds_applied": "Applied proposed thresholds to a draft",
    "model.thresholds_outdated": "Noted that newer data would give other thresholds",
    "model.proposed": "Proposed a priority model for publication",
    "model.returned": "Returned a priority model to its author",
    "model.withdrawn": "Withdrew their proposal of a priority model",
    "model.published": "Published a priority model",
    "model.restored": "Brought an earlier priority model back into force",
    "model.refused": "Was refused to publish or restore a priority model",
    "model.validated": "Validated a priority model",
    "model.deleted": "Deleted a draft of the priority model",
    "scenario.made": "Made a scenario",
    "scenario.edited": "Changed a scenario",
    "scenario.deleted": "Deleted a scenario",
    "scenario.restored": "Took back the deletion of a scenario",
    "scenario.handed_over": "Handed a scenario to the platform administrators",
    "minutes.set": "Set the minutes of visits in an area",
    "minutes.ended": "Went back to the model's minutes of visits in an area",
    "scores.calculated": "Calculated priorities",
    "scores.outdated": "Noted that newer data would give other priorities",
}


def describe() -> None:
    """Register the words; called once, when the app is ready."""
    describe_actions(ACTIONS)
