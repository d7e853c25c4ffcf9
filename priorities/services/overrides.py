"""Minutes that an organisation plans for visits in an area instead of those of the model."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.access import allowed
from accounts.models import Organisation, User
from accounts.permissions import Permission
from lsoa.models import Area
from priorities.models import VisitMinutesOverride

# As in the table's own constraint: shorter is no visit, longer is no single visit.
LEAST_MINUTES, MOST_MINUTES = 5, 240


class MinutesRefused(ValueError):
    """Minutes that cannot be set or ended; the message is for people. ``field``: "minutes", "reason" or empty."""

    def __init__(self, message: str, field: str = ""):
        self.field = field
        super().__init__(message)


@transaction.atomic
def set_minutes(*, area: Area, organisation: Organisation, minutes: int, reason: str, by: User) -> VisitMinutesOverride:
    """Plan `minutes` for every visit in the area from now on, instead of those of the model or of an earlier override.

    Raises MinutesRefused without the right to plan, without a reason, or outside 5 to 240 minutes.
    """
    reason = reason.strip()
    _check_planner(by, organisation)
    if isinstance(minutes, bool) or not isinstance(minutes, int) or not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise MinutesRefused(
            f"Minutes of a visit must be a whole number from {LEAST_MINUTES} to {MOST_MINUTES}; found {minutes}.",
            "minutes",
        )
    if not reason:
        raise MinutesRefused("Give a reason: colleagues who plan with these minutes will read it.", "reason")
    # Two planners at once: the second waits, and then replaces what the first has set.
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    earlier = VisitMinutesOverride.objects.for_organisation(organisation).in_force().filter(area=area).first()
    if earlier is not None:
        _end(earlier, by, "Replaced by other minutes.")
    override = VisitMinutesOverride.objects.create(
        area=area, organisation=organisation, minutes=minutes, reason=reason, created_by=by
    )
    details = {"area": area.code, "minutes": minutes, "before": earlier.minutes if earlier else None, "reason": reason}
    audit.record(action="minutes.set", by=by, organisation=organisation, target=override, details=details)
    return override


@transaction.atomic
def end_minutes(*, override: VisitMinutesOverride, by: User, reason: str = "") -> VisitMinutesOverride:
    """Plan with the minutes of the model again. An override that has ended stays as it is. Raises MinutesRefused."""
    _check_planner(by, override.organisation)
    override = VisitMinutesOverride.objects.select_for_update().select_related("area").get(pk=override.pk)
    if override.ended_at is not None:
        return override
    _end(override, by, reason.strip())
    details = {"area": override.area.code, "minutes": override.minutes, "reason": override.ended_because}
    audit.record(action="minutes.ended", by=by, organisation=override.organisation, target=override, details=details)
    return override


def _end(override: VisitMinutesOverride, by: User, reason: str) -> None:
    override.ended_at, override.ended_by, override.ended_because = timezone.now(), by, reason
    override.save(update_fields=["ended_at", "ended_by", "ended_because"])


def _check_planner(by: User, organisation: Organisation) -> None:
    if not (isinstance(by, User) and allowed(by, Permission.EDIT_PLANS, organisation)):
        raise MinutesRefused(
            f"Only a planner of {organisation} can do this: it takes the right to {Permission.EDIT_PLANS.description}."
        )
