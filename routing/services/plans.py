"""A new plan: a draft with its visits."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from routing.civil_time import today
from routing.models import RoutePlan
from routing.visit_files import VisitFile

from .visits import VisitIntake, import_visits, make_visits_from_priorities

SECONDS = (1, 600)
# Shifts are known for weeks ahead; a day beyond a year is a slip of the pen.
MOST_DAYS_AHEAD = 366
MOST_OF_A_REASON = 2_000


class PlanStateError(ValidationError):
    """What was asked does not fit the state the plan is in."""


class ReasonNeeded(ValidationError):
    """The decision needs a typed reason."""


def check_day(day: date) -> None:
    """ValidationError for a day that nobody plans any more, or yet. For what people ask for; tests may look back."""
    if day < today():
        raise ValidationError("The day is in the past.")
    if (day - today()).days > MOST_DAYS_AHEAD:
        raise ValidationError("The day is more than a year away.")


@transaction.atomic
def create_plan(*, organisation, team, day: date, name: str, intake: VisitIntake, seconds: int = 30, seed: int = 1, by):
    """A draft with the visits of `intake`. `seconds`: search time of the optimiser, 1 to 600. Returns the RoutePlan."""
    if team.organisation_id != organisation.pk:
        raise ValidationError(f"{team} does not belong to {organisation}.")
    if not SECONDS[0] <= seconds <= SECONDS[1]:
        raise ValidationError(f"The search time must be {SECONDS[0]} to {SECONDS[1]} seconds.")
    if not intake.visits:
        raise ValidationError("A plan needs at least one visit.")
    plan = RoutePlan.objects.create(
        organisation=organisation,
        team=team,
        day=day,
        name=name.strip() or _default_name(team, day),
        seconds_allowed=seconds,
        seed=seed,
        intake=intake.report,
        created_by=by if hasattr(by, "email") else None,
    )
    plan.visits.set(intake.visits)
    audit.record(
        action="plan.created",
        by=by,
        organisation=organisation,
        target=plan,
        details={"day": str(day), "team": str(team.pk), "visits": len(intake.visits)},
    )
    return plan


@transaction.atomic
def plan_from_priorities(*, team, day: date, count: int, name: str = "", seconds: int = 30, by) -> RoutePlan:
    """A draft with the visits that fall due in the team's patch. See `make_visits_from_priorities`."""
    intake = make_visits_from_priorities(team=team, day=day, count=count, by=by)
    return create_plan(
        organisation=team.organisation, team=team, day=day, name=name, intake=intake, seconds=seconds, by=by
    )


@transaction.atomic
def plan_from_file(*, team, day: date, file: VisitFile, name: str = "", seconds: int = 30, by) -> RoutePlan:
    """A draft with the good rows of a file; the others are listed in `plan.intake`. See `import_visits`."""
    intake = import_visits(team=team, day=day, file=file, by=by)
    return create_plan(
        organisation=team.organisation, team=team, day=day, name=name, intake=intake, seconds=seconds, by=by
    )


def _default_name(team, day) -> str:
    """Team and day; alternatives of the same day are numbered."""
    name, there = f"{team.name}, {day:%-d %B %Y}", team.plans.filter(day=day).count()
    return f"{name}, alternative {there + 1}" if there else name


def locked(plan: RoutePlan) -> RoutePlan:
    """The plan as it is now, kept for this transaction. Its team comes along."""
    return RoutePlan.objects.select_for_update(of=("self",)).select_related("team", "organisation").get(pk=plan.pk)
