"""One visit at a time, by hand: added to a draft, changed, removed."""

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from routing.models import PlanState, RoutePlan, Visit

from .plans import PlanStateError, locked
from .visits import BUSY_STATES

# Fields that a form gives, besides the many-to-many ones.
FIELDS = (
    *("reference", "area", "postcode", "point", "minutes", "window_start", "window_end", "late_minutes"),
    *("staff_required", "tier", "priority", "imd_decile", "first_due", "clinical_limit"),
)
MANY = ("skills", "preferred_staff", "excluded_staff", "plus_groups")


@transaction.atomic
def add_visit(*, plan: RoutePlan, values: dict, by) -> Visit:
    """A visit of a draft. `values`: of FIELDS and MANY. PlanStateError for another plan; ValidationError for a
    reference that the team has on that day.
    """
    plan = locked(plan)
    if plan.state != PlanState.DRAFT:
        raise PlanStateError("Visits are added to a draft only.")
    visit = Visit(organisation=plan.organisation, team=plan.team, day=plan.day, source=Visit.Source.MANUAL)
    _save(visit, values)
    plan.visits.add(visit)
    audit.record(
        action="visit.added",
        by=by,
        organisation=plan.organisation,
        target=visit,
        details={"plan": str(plan.pk), "day": str(plan.day)},
    )
    return visit


@transaction.atomic
def change_visit(*, visit: Visit, values: dict, by) -> Visit:
    """PlanStateError while a plan that is being worked on or decided holds it."""
    visit = free_visit(visit)
    minutes = visit.minutes
    _save(visit, values)
    # What was to begin when this visit is over still does.
    visit.links_as_first.filter(min_gap_minutes=minutes).exclude(max_gap_minutes__lt=visit.minutes).update(
        min_gap_minutes=visit.minutes
    )
    audit.record(action="visit.changed", by=by, organisation=visit.organisation, target=visit)
    return visit


@transaction.atomic
def remove_visit(*, visit: Visit, by) -> None:
    """Out of the drafts that hold it. One that a plan of the past speaks of is kept as cancelled. PlanStateError as
    `change_visit`.
    """
    visit = free_visit(visit)
    visit.plans.through.objects.filter(visit=visit, routeplan__state=PlanState.DRAFT).delete()
    audit.record(action="visit.removed", by=by, organisation=visit.organisation, target=visit)
    if visit.stops.exists() or visit.unserved_in.exists() or visit.plans.exists():
        visit.state = Visit.State.CANCELLED
        visit.save(update_fields=["state"])
    else:
        visit.delete()


def is_free(visit: Visit) -> bool:
    """Whether it can be changed by hand."""
    return visit.state == Visit.State.OPEN and not visit.plans.filter(state__in=BUSY_STATES).exists()


def free_visit(visit: Visit) -> Visit:
    """The visit, locked. PlanStateError where it cannot be changed by hand."""
    visit = Visit.objects.select_for_update(of=("self",)).select_related("organisation", "team").get(pk=visit.pk)
    if visit.state != Visit.State.OPEN:
        raise PlanStateError(f"This visit can no longer be changed: {visit.get_state_display().lower()}.")
    plan = visit.plans.filter(state__in=BUSY_STATES).first()
    if plan:
        raise PlanStateError(f"The plan “{plan.name}” holds this visit: change it there, or reject that plan first.")
    return visit


def _save(visit, values):
    for name in FIELDS:
        if name in values:
            setattr(visit, name, values[name])
    if Visit.objects.filter(team=visit.team, day=visit.day, reference=visit.reference).exclude(pk=visit.pk).exists():
        raise ValidationError({"reference": "The team has a visit with this reference on that day already."})
    visit.full_clean()
    visit.save()
    for name in MANY:
        if name in values:
            for thing in values[name]:
                if thing.organisation != visit.organisation:
                    raise ValidationError(f"{thing} does not belong to {visit.organisation}.")
            getattr(visit, name).set(values[name])
