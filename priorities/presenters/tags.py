"""A class as a tag: its word, its colour, and what else is possible."""

from dataclasses import dataclass

from priorities.models import PriorityClass, PriorityScore

TAG_CLASSES = {
    PriorityClass.ROUTINE: "nhsuk-tag--green",
    PriorityClass.STANDARD: "nhsuk-tag--yellow",
    PriorityClass.ELEVATED: "nhsuk-tag--orange",
    PriorityClass.URGENT: "nhsuk-tag--red",
}
NO_SCORE_TAG = "nhsuk-tag--white"


@dataclass(frozen=True)
class PriorityTag:
    """A class as a tag. `range` names what else is possible ("standard to urgent"), empty where the class is sure."""

    number: int | None
    label: str
    css: str
    is_provisional: bool = False
    range: str = ""


def tag_for_class(number: int | None) -> PriorityTag:
    """The tag of a class alone, for legends and filters; None means that there is no score."""
    if number is None:
        return PriorityTag(None, "No score", NO_SCORE_TAG)
    priority = PriorityClass(number)
    return PriorityTag(priority.value, priority.label, TAG_CLASSES[priority])


def priority_tag(score: PriorityScore | None) -> PriorityTag:
    """The tag of a score, with the range that remains possible where figures are missing."""
    if score is None:
        return tag_for_class(None)
    priority = PriorityClass(score.priority)
    span = f"{PriorityClass(score.lowest).label} to {PriorityClass(score.highest).label.lower()}"
    return PriorityTag(
        number=priority.value,
        label=priority.label,
        css=TAG_CLASSES[priority],
        is_provisional=score.is_provisional,
        range=f"{span} possible" if score.is_provisional else "",
    )
