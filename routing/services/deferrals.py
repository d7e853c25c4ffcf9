"""A visit that is deferred to a day is a visit of that day: made with the decision, taken back with it.

Only visits from files and those typed in: who is on a caseload, or due by the priority of an area, is due until seen,
and the plan of that day makes the visit by itself.
"""

from datetime import date

from django.db import transaction

from accounts import audit
from routing.civil_time import LONDON, instant_or_later
from routing.models import PlanState, RoutePlan, Visit, VisitLink

from .plans import PlanStateError
from .visit_entry import MANY

DEFERRABLE = (Visit.Source.CSV, Visit.Source.MANUAL)
COPIED = (
    *("organisation", "team", "reference", "area", "postcode", "point", "minutes", "late_minutes", "staff_required"),
    *("tier", "priority", "imd_decile", "clinical_limit", "source"),
)
LINKED = ("min_gap_minutes", "max_gap_minutes", "same_staff", "different_staff", "together")


@transaction.atomic
def defer_visit(*, visit: Visit, to: date, by) -> Visit | None:
    """The visit of that day: as it is, its window at the same time of day, due since it first was. Made once; one of
    that day with the same reference is the same visit. Drafts of the day get it. None for one that is due by itself.
    """
    if visit.source not in DEFERRABLE:
        return None
    of_day = Visit.objects.filter(team=visit.team_id, day=to, reference=visit.reference)
    made = of_day.select_for_update(of=("self",)).first()
    if made is None:
        made = _copy(visit, to)
        audit.record(
            action="visit.deferred",
            by=by,
            organisation=visit.organisation,
            target=made,
            details={"from": str(visit.day), "to": str(to)},
        )
    elif made.deferred_from_id == visit.pk and made.state == Visit.State.CANCELLED:
        made.state = Visit.State.OPEN
        made.save(update_fields=["state"])
    if made.state == Visit.State.OPEN and made.deferred_from_id == visit.pk:
        drafts = RoutePlan.objects.filter(team=visit.team_id, day=to, state=PlanState.DRAFT, scenario_of=None)
        for plan in drafts:
            plan.visits.add(made)
    return made


@transaction.atomic
def take_deferral_back(*, visit: Visit, by, if_planned_leave_it=False) -> None:
    """The visits of later days that were made for this one go again. PlanStateError where one is planned already, or
    is done, unless that is to be left.
    """
    for made in Visit.objects.filter(deferred_from=visit).order_by("pk").select_for_update(of=("self",)):
        if made.state == Visit.State.CANCELLED:
            continue
        if made.state != Visit.State.OPEN:
            if if_planned_leave_it:
                continue
            raise PlanStateError(
                f"{visit} was deferred to {made.day:%A %-d %B} and is {made.get_state_display().lower()} there: "
                "take that back first."
            )
        _remove(made)
        audit.record(
            action="visit.deferral_taken_back",
            by=by,
            organisation=visit.organisation,
            target=visit,
            details={"to": str(made.day)},
        )


def _copy(visit, to) -> Visit:
    later = to - visit.day
    window = {name: _later(getattr(visit, name), later) for name in ("window_start", "window_end")}
    made = Visit.objects.create(
        day=to,
        first_due=visit.first_due or visit.day,
        deferred_from=visit,
        **window,
        **{name: getattr(visit, name) for name in COPIED},
    )
    for name in MANY:
        getattr(made, name).set(getattr(visit, name).all())
    _copy_links(visit, made)
    return made


def _later(moment, days):
    """The same time of day, so many days later: an hour more or less where the clocks change between."""
    if moment is None:
        return None
    local = moment.astimezone(LONDON)
    return instant_or_later(local.date() + days, local.time())


def _copy_links(visit, made):
    """Two linked visits that are both deferred to the day stay linked."""
    others = {each.deferred_from_id: each for each in Visit.objects.filter(team=made.team_id, day=made.day)}
    for link in VisitLink.objects.filter(first=visit, second__in=others):
        VisitLink.objects.create(first=made, second=others[link.second_id], **_bond(link))
    for link in VisitLink.objects.filter(second=visit, first__in=others):
        VisitLink.objects.create(first=others[link.first_id], second=made, **_bond(link))


def _bond(link) -> dict:
    return {name: getattr(link, name) for name in LINKED}


def _remove(made):
    """A plan that speaks of it keeps it as cancelled."""
    made.plans.through.objects.filter(visit=made, routeplan__state=PlanState.DRAFT).delete()
    if made.stops.exists() or made.unserved_in.exists() or made.plans.exists():
        made.state = Visit.State.CANCELLED
        made.save(update_fields=["state"])
    else:
        made.delete()
