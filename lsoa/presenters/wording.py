"""Numbers, dates and reasons as the pages about data write them."""

from django.utils import timezone

from lsoa.models import Dataset, MissingReason
from lsoa.written_numbers import MINUS, decimal, percentage

METHOD_WORDS = {
    "published": "As published",
    "share": "A share worked out from two published counts",
    "carried": "Carried over from areas of 2011 by the share of each area that comes from the other",
    "registered_patients": "Attributed from practice registers by where each practice's registered patients live",
    "ward_shares": "Attributed from practice registers by the share of each practice's patients in each ward",
    "distance_decay": "Attributed from practice registers by list size and distance, for want of where patients live",
    "modelled_patients": "Attributed from practice registers by a modelled file of where patients live",
    "commissioner": "Attributed from practice registers like those of other practices of the same sub-ICB location",
    "mixed": "Attributed from practice registers by several methods",
    "straight_line": "From the straight line between where people live and the nearest practice",
    "derived": "Worked out from other datasets",
    "uploaded": "As uploaded by the organisation",
    "synthetic": "Made up",
}
STANDING_CSS = {
    Dataset.Standing.OFFICIAL: "her-tag--good",
    Dataset.Standing.CONVERTED: "her-tag--info",
    Dataset.Standing.ASSEMBLED: "her-tag--warning",
    Dataset.Standing.SYNTHETIC: "her-tag--warning",
}
STATE_CSS = {
    Dataset.State.CURRENT: "her-tag--good",
    Dataset.State.SUPERSEDED: "her-tag--plain",
    Dataset.State.ROLLED_BACK: "her-tag--bad",
}
NO_DECIMALS_FROM = 1_000


def figure(value: float | None, indicator=None) -> str:
    """A figure with the indicator's decimals and its sign of per cent; "" for none."""
    if value is None:
        return ""
    decimals = indicator.decimals if indicator is not None else 2
    if indicator is not None and indicator.unit == "%":
        return percentage(value, decimals)
    return decimal(value, decimals)


def difference(value: float, indicator) -> str:
    """A difference of two figures; that of two percentages is in points."""
    text = figure(value, indicator)
    return f"{text.removesuffix('%')} points" if indicator.unit == "%" else text


def loose(value: float | None) -> str:
    """A number of unknown scale, with four digits that matter."""
    if value is None:
        return ""
    text = f"{value:,.0f}" if abs(value) >= NO_DECIMALS_FROM else f"{value:,.4g}"
    return text.replace("-", MINUS)


def missing(reason: str | None) -> str:
    try:
        return MissingReason(reason).label
    except ValueError:
        return "Not loaded"


def method(name: str) -> str:
    return METHOD_WORDS.get(name) or name.replace("_", " ").capitalize()


def share(part: float, whole: float) -> str:
    """ "12.3%"; "under 0.1%" rather than a nought that stands for something, "over 99.9%" rather than all."""
    if not whole:
        return ""
    percent = 100 * part / whole
    if 0 < percent < 0.1:
        return "under 0.1%"
    if 99.9 < percent < 100:
        return "over 99.9%"
    return f"{percent:.1f}%".replace(".0%", "%")


def day(moment) -> str:
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return f"{local.day} {local:%B %Y}"


def moment(value) -> str:
    local = timezone.localtime(value)
    return f"{day(value)}, {local:%H:%M}"


def age(value) -> str:
    """How long ago, in the largest unit that gives at least two of it."""
    seconds = max(0, (timezone.now() - value).total_seconds())
    for length, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {name} ago"
    return "just now"


def count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def rejects(dataset: Dataset) -> str:
    """How many rows of its file were rejected, in a sentence."""
    rejected, read = dataset.rows_rejected, count(dataset.rows_read, "row")
    if not rejected:
        return f"No rows were rejected. {read} {'was' if dataset.rows_read == 1 else 'were'} read."
    if rejected == 1:
        return f"1 of {read} of {dataset.file_name} was rejected, so it was not loaded."
    return f"{rejected:,} of {read} of {dataset.file_name} were rejected, so they were not loaded."
