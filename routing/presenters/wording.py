"""How numbers and words of visit planning are written."""

from lsoa.catalogue.deprivation import CORE20_DECILE
from routing.models import VisitTier
from routing.planning.reasons import LABELS

PRIORITY_WORDS = ("Routine", "Standard", "Elevated", "Urgent")
TIER_NOTES = {
    VisitTier.FIRST: "urgent, or elevated in Core20",
    VisitTier.SECOND: "elevated",
    VisitTier.THIRD: "standard",
    VisitTier.FOURTH: "routine",
}


def duration(seconds: int) -> str:
    """E.g. 14 h 20 min, 35 min."""
    minutes = round(seconds / 60)
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes:02d} min" if minutes else f"{hours} h"


def kilometres(metres: int) -> str:
    return f"{metres / 1000:.0f} km" if metres >= 10_000 else f"{metres / 1000:.1f} km"


def counted(number: int, one: str, many: str = "") -> str:
    """E.g. 1 visit, 12 visits."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def reason_label(code: str) -> str:
    """Words of a reason for leaving a visit out."""
    own = {"planned": "In another approved plan", "excluded": "Left out on purpose", "hand": "Taken out by hand"}
    return {**LABELS, **own}.get(code, "Not placed")


def decile_text(decile: int | None) -> str:
    if decile is None:
        return "not known"
    return f"{decile} (Core20)" if decile <= CORE20_DECILE else str(decile)


def interval_text(days: int) -> str:
    """E.g. every 2 days, every 6 weeks."""
    if days % 7 == 0 and days > 7:
        return f"every {days // 7} weeks"
    return "every day" if days == 1 else f"every {days} days"


def decision_text(left_out) -> dict | None:
    """What an approver decided about a visit left out, in words; None where nothing was decided."""
    if not left_out.decision:
        return None
    what = left_out.get_decision_display()
    if left_out.deferred_to:
        what = f"Deferred to {left_out.deferred_to:%A %-d %B}"
    return {"what": what, "who": left_out.decided_by.get_full_name(), "why": left_out.decision_reason}
