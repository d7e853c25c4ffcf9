"""A new plan: a draft with its visits."""

from datetime import date, time

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Sum

from accounts import audit
from accounts.people import limits
from routing.civil_time import instant, today
from routing.models import RoutePlan, Visit, WeekPlan
from routing.visit_files import VisitFile

from .visits import BUSY_STATES, VisitIntake, import_visits, make_visits_from_priorities

SECONDS = (1, 600)
# Shifts are known for weeks ahead; a day beyond a year is a slip of the pen.
MOST_DAYS_AHEAD = 366
MOST_OF_A_REASON = 2_000
# First number of an advisory lock of two; the second stands for the organisation.
PLANS_LOCK = 7305032


class PlanStateError(ValidationError):
    """What was asked does not fit the state the plan is in."""


CHANGED_MEANWHILE = "Somebody else changed the plan in the meantime. This is the plan now: check it again."


class PlanChangedMeanwhile(PlanStateError):
    """Somebody looked at another version than the plan has now."""


class ReasonNeeded(ValidationError):
    """The decision needs a typed reason."""


def check_day(day: date) -> None:
    """ValidationError for a day that nobody plans any more, or yet. For what people ask for; tests may look back."""
    if day < today():
        raise ValidationError("The day is in the past.")
    if (day - today()).days > MOST_DAYS_AHEAD:
        raise ValidationError("The day is more than a year away.")


def check_plan_limit(organisation, new: int = 1) -> None:
    """ValidationError where `new` more would be more plans than the organisation may make on one day: scenarios are
    among them, and a week counts as its days.

    Whoever makes plans of the organisation waits here until the transaction before has ended: call it in the
    transaction that makes them, before its first entry in the audit trail (for which others wait in turn).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [PLANS_LOCK, str(organisation.pk)])
    midnight = instant(today(), time(0))
    made = RoutePlan.objects.for_organisation(organisation).filter(created_at__gte=midnight, week__isnull=True).count()
    weeks = WeekPlan.objects.for_organisation(organisation).filter(created_at__gte=midnight)
    made += weeks.aggregate(days=Sum("days"))["days"] or 0
    try:
        limits.check_plans(organisation, made, new)
    except limits.RefusedChange as refusal:
        raise ValidationError(str(refusal)) from refusal


@transaction.atomic
def create_plan(*, organisation, team, day: date, name: str, intake: VisitIntake, seconds: int = 30, seed: int = 1, by):
    """A draft with the visits of `intake`, and those that were deferred to the day. `seconds`: search time of the
    optimiser, 1 to 600. Returns the RoutePlan.
    """
    if team.organisation_id != organisation.pk:
        raise ValidationError(f"{team} does not belong to {organisation}.")
    if not SECONDS[0] <= seconds <= SECONDS[1]:
        raise ValidationError(f"The search time must be {SECONDS[0]} to {SECONDS[1]} seconds.")
    check_plan_limit(organisation)
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
    waiting = Visit.objects.deferred_to(team, day).exclude(plans__state__in=BUSY_STATES)
    plan.visits.set([*intake.visits, *waiting])
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
    check_plan_limit(team.organisation)
    intake = make_visits_from_priorities(team=team, day=day, count=count, by=by)
    return create_plan(
        organisation=team.organisation, team=team, day=day, name=name, intake=intake, seconds=seconds, by=by
    )


@transaction.atomic
def plan_from_file(*, team, day: date, file: VisitFile, name: str = "", seconds: int = 30, by) -> RoutePlan:
    """A draft with the good rows of a file; the others are listed in `plan.intake`. See `import_visits`."""
    check_plan_limit(team.organisation)
    intake = import_visits(team=team, day=day, file=file, by=by)
    return create_plan(
        organisation=team.organisation, team=team, day=day, name=name, intake=intake, seconds=seconds, by=by
    )


def _default_name(team, day) -> str:
    """Team and day; alternatives of the same day are numbered."""
    name, there = f"{team.name}, {day:%-d %B %Y}", team.plans.filter(day=day).count()
    return f"{name}, alternative {there + 1}" if there else name


def check_seen(plan: RoutePlan, seen: int | None) -> None:
    """PlanChangedMeanwhile unless `seen`, the version that somebody looked at, is the one that the plan has now. None:
    whoever asks names no version.
    """
    if seen is not None and plan.version != seen:
        raise PlanChangedMeanwhile(CHANGED_MEANWHILE)


def locked(plan: RoutePlan) -> RoutePlan:
    """The plan as it is now, kept for this transaction. Its team comes along."""
    return RoutePlan.objects.select_for_update(of=("self",)).select_related("team", "organisation").get(pk=plan.pk)
