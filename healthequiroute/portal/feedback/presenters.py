"""Feedback in lists and files."""

from accounts.list_files import Column, Kind, ListFile, Notes

from ..models.feedback import FeedbackState

TAGS = {
    FeedbackState.NEW: "her-tag--warning",
    FeedbackState.ANSWERED: "her-tag--good",
    FeedbackState.CLOSED: "her-tag--plain",
}
COLUMNS = (
    Column("sent", "When it was sent", Kind.MOMENT, "created_at"),
    Column("kind", "What it is", value=lambda one: one.get_kind_display()),
    Column("state", "New, answered or closed", value=lambda one: one.get_state_display()),
    Column("page", "Path of the page that it is about", value="page"),
    Column("roles", "Roles of whoever wrote it", value="roles"),
    Column("text", "What it says", value="text"),
    Column("answer", "What was answered", value="answer"),
    Column("settled", "When it was answered or closed", Kind.MOMENT, "settled_at"),
)


def lines(found) -> list[dict]:
    """Rows of a page with the colour of their state."""
    return [{"feedback": one, "tag": TAGS[one.state]} for one in found]


def feedback_list(place: str, found, filters) -> ListFile:
    """Without names: who wrote is on the page, and nobody who works on a list of ideas needs it."""
    notes = Notes(
        "Feedback sent in this portal",
        filters,
        "administrators of the organisation and of the platform",
        more=["The texts may name people. Keep the file as your organisation's rules say."],
    )
    return ListFile("feedback", f"Feedback in {place}", COLUMNS, found, notes, place=place)
