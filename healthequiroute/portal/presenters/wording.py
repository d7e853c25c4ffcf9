"""Numbers and times as people read them."""

from django.utils import timezone

from lsoa.written_numbers import decimal, percentage

MISSING_WORDS = {
    "blank": "Not given",
    "suppressed": "Suppressed",
    "not_applicable": "Not applicable",
    "out_of_range": "Out of range",
    "unavailable": "Not available for this area",
}


def count(number: int) -> str:
    return f"{number:,}"


def share(part: int, whole: int) -> str:
    """Whole percent; "under 1%" rather than a nought that stands for something."""
    if not whole:
        return ""
    percent = 100 * part / whole
    return "under 1%" if 0 < percent < 1 else f"{percent:.0f}%"


def figure(value: float, decimals: int, unit: str = "") -> str:
    return percentage(value, decimals) if unit == "%" else decimal(value, decimals)


def areas(number: int) -> str:
    return "1 area" if number == 1 else f"{number:,} areas"


def day(moment) -> str:
    """ "20 November 2026" in local time."""
    local = timezone.localtime(moment)
    return f"{local.day} {local:%B %Y}"


def moment(moment) -> str:
    """ "20 November 2026, 14:05" in local time."""
    return f"{day(moment)}, {timezone.localtime(moment):%H:%M}"


def missing(reason: str | None) -> str:
    """Why a figure is not there, in two words."""
    return MISSING_WORDS.get(reason or "", "Not loaded")
