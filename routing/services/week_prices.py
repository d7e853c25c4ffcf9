"""What a week is to keep beyond its cost, and what equity costs it: never changing its routes."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit, jobs
from routing.models import WeekPlan, WeekState

from .equity import is_priced_now
from .plans import PlanStateError
from .week_proposals import versions_of
from .weeks import locked_week, open_days

WEEK_PRICE_KIND = "routing.week_price"


@transaction.atomic
def set_week_wishes(*, week: WeekPlan, holds_core20: bool, shares_work: bool, by) -> WeekPlan:
    """What the next search over the open days is to keep. PlanStateError while one runs."""
    week = locked_week(week)
    if week.state == WeekState.OPTIMISING:
        raise PlanStateError("The week is being optimised already.")
    if (week.holds_core20, week.shares_work) == (holds_core20, shares_work):
        return week
    week.holds_core20, week.shares_work = holds_core20, shares_work
    week.save(update_fields=["holds_core20", "shares_work"])
    audit.record(
        action="week.wishes_set",
        by=by,
        organisation=week.organisation,
        target=week,
        details={"holds_core20": holds_core20, "shares_work": shares_work},
    )
    return week


@transaction.atomic
def queue_week_price(*, week: WeekPlan, by) -> WeekPlan:
    """Have the open days planned without equity, behind all other work. Nothing is queued while that is under way.

    PlanStateError for a week without proposals.
    """
    week = locked_week(week)
    if week.state != WeekState.PROPOSED:
        raise PlanStateError("Only a week with proposals can be compared with a week without equity.")
    if not open_days(week):
        raise PlanStateError("Every day of this week is decided. What equity costs a day is on its plan.")
    if is_priced_now(week):
        return week
    week.price_job = jobs.enqueue(
        kind=WEEK_PRICE_KIND,
        title=f"Price of equity of {week.name}",
        payload={"week": str(week.pk)},
        by=by,
        organisation=week.organisation,
        url=reverse("week", args=[week.pk]),
    )
    week.save(update_fields=["price_job"])
    return week


@transaction.atomic
def store_week_price(*, week: WeekPlan, job, versions: dict, found: dict, by) -> bool:
    """Keep the comparison with the week. False, and nothing is changed, where a day has other routes since, or the week
    waits for another comparison.
    """
    week = locked_week(week)
    if week.price_job_id != job.pk or week.state != WeekState.PROPOSED or versions_of(week) != versions:
        return False
    kept = week.price if week.price.get("versions") == versions else {}
    week.price = {**kept, "versions": versions, "without": {**found, "at": timezone.now().isoformat()}}
    week.save(update_fields=["price"])
    audit.record(action="week.priced", by=by, organisation=week.organisation, target=week)
    return True
