"""How the audit trail words what happens to data sets, indicators and feeds."""

from accounts.presenters import describe_actions

ACTIONS = {
    "areas.exported": "Exported areas",
    "dataset.loaded": "Loaded a data set",
    "dataset.carried_over": "Carried a data set over to other boundaries",
    "dataset.put_in_force": "Put a data set in force",
    "dataset.rolled_back": "Went back to an earlier data set",
    "dataset.unpinned": "Let the newest data set apply again",
    "feed.created": "Set up a live feed",
    "feed.changed": "Changed a live feed",
    "feed.disabled": "Switched a live feed off",
    "feed.enabled": "Switched a live feed on",
    "feed.failed": "A live feed failed",
    "feed.recovered": "A live feed works again",
    "feed.readings_forgotten": "Old readings of live feeds were deleted",
    "indicator.uploaded": "Uploaded an own indicator",
    "indicator.replaced": "Replaced an own indicator",
    "indicator.taken_back": "Took back figures of an own indicator",
    "indicator.deleted": "Deleted an own indicator",
    "patch.created": "Said which areas the organisation looks after",
    "quality.acknowledged": "Noted an alert about data quality",
    "quality.checked": "Data quality was checked",
    "tiles.built": "Built map tiles",
    "upload.received": "Uploaded a file",
    "upload.discarded": "Discarded an uploaded file",
}


def describe() -> None:
    """Register the words; called once, when the app is ready."""
    describe_actions(ACTIONS)
