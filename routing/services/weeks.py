"""A week from draft to proposals: one plan for each day, decided and published as any other plan."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from accounts import audit, jobs
from accounts.models import JobState
from routing.models import Visit, WeekPlan, WeekState
from routing.problem_building.weeks import shifts_of
from routing.visit_files import VisitFile

from .due_caseload import make_visits_from_caseload
from .optimisation import PlanMoved
from .plans import SECONDS, PlanStateError, check_day, check_plan_limit
from .visits import VisitIntake, import_visits, make_visits_from_priorities

WEEK_KIND = "routing.week"
WATCHDOG = audit.SystemActor("routing:watchdog")
DAYS = (2, 14)


@transaction.atomic
def create_week(*, team, first_day: date, days: int, name: str, intake: VisitIntake, seconds: int = 60, by) -> WeekPlan:
    """A draft of `days` days with the visits of `intake`. ValidationError for what cannot be."""
    _check_days(first_day, days)
    check_plan_limit(team.organisation, days)
    if not SECONDS[0] <= seconds <= SECONDS[1]:
        raise ValidationError(f"The search time must be {SECONDS[0]} to {SECONDS[1]} seconds.")
    if not intake.visits:
        raise ValidationError("A week needs at least one visit.")
    week = WeekPlan.objects.create(
        organisation=team.organisation,
        team=team,
        name=name.strip() or f"{team.name}, {days} days from {first_day:%-d %B %Y}",
        first_day=first_day,
        days=days,
        seconds_allowed=seconds,
        intake={**intake.report, "own_days": {str(visit.pk): str(visit.day) for visit in intake.visits}},
        created_by=by if hasattr(by, "email") else None,
    )
    week.visits.set(intake.visits)
    audit.record(
        action="week.created",
        by=by,
        organisation=week.organisation,
        target=week,
        details={"first_day": str(first_day), "days": days, "visits": len(intake.visits)},
    )
    return week


def _check_days(first_day, days):
    check_day(first_day)
    if not DAYS[0] <= days <= DAYS[1]:
        raise ValidationError(f"A plan over several days has {DAYS[0]} to {DAYS[1]} days.")


@transaction.atomic
def week_from_priorities(*, team, first_day: date, days: int, count: int, name="", seconds=60, by) -> WeekPlan:
    """Visits that fall due in the team's patch; each may be made on any day up to its clinical limit."""
    _check_days(first_day, days)
    check_plan_limit(team.organisation, days)
    intake = make_visits_from_priorities(team=team, day=first_day, count=count, by=by)
    last = first_day + timedelta(days=days - 1)
    for visit in intake.visits:
        visit.earliest_day = first_day
        visit.latest_day = max(first_day, min(last, visit.clinical_limit or last))
    Visit.objects.bulk_update(intake.visits, ["earliest_day", "latest_day"], batch_size=1000)
    common = {"team": team, "first_day": first_day, "days": days, "name": name, "seconds": seconds, "by": by}
    return create_week(intake=intake, **common)


@transaction.atomic
def week_from_caseload(*, team, first_day: date, days: int, name="", seconds=60, by) -> WeekPlan:
    """A visit for everybody on the caseload who falls due in these days. See `make_visits_from_caseload`."""
    _check_days(first_day, days)
    until = first_day + timedelta(days=days - 1)
    check_plan_limit(team.organisation, days)
    intake = make_visits_from_caseload(team=team, day=first_day, until=until, by=by)
    common = {"team": team, "first_day": first_day, "days": days, "name": name, "seconds": seconds, "by": by}
    return create_week(intake=intake, **common)


@transaction.atomic
def week_from_file(*, team, first_day: date, days: int, file: VisitFile, name="", seconds=60, by) -> WeekPlan:
    """The good rows of a file, read for these days; those with earliest_day and latest_day may move between these, the
    others stay on the day that they name, or the first.
    """
    _check_days(first_day, days)
    check_plan_limit(team.organisation, days)
    intake = import_visits(team=team, day=first_day, file=file, by=by)
    common = {"team": team, "first_day": first_day, "days": days, "name": name, "seconds": seconds, "by": by}
    return create_week(intake=intake, **common)


def locked_week(week: WeekPlan) -> WeekPlan:
    return WeekPlan.objects.select_for_update(of=("self",)).select_related("team", "organisation").get(pk=week.pk)


@transaction.atomic
def optimise_week(*, week: WeekPlan, by) -> WeekPlan:
    """Queue the search; days whose plan is approved stay as they are. PlanStateError where there is nothing to do."""
    week = locked_week(week)
    if week.state == WeekState.OPTIMISING:
        raise PlanStateError("The week is being optimised already.")
    if not week.visits.filter(state=Visit.State.OPEN).exists():
        raise PlanStateError("Every visit of this week is in an approved plan already.")
    if not any(shifts_of(week, day) for day in open_days(week)):
        raise PlanStateError(f"Nobody of {week.team} is free to work on the open days of this week. Add shifts first.")
    check_days_are_free(week)
    week.job = jobs.enqueue(
        kind=WEEK_KIND,
        title=f"Optimise {week.name}",
        payload={"week": str(week.pk)},
        by=by,
        organisation=week.organisation,
        url=reverse("week", args=[week.pk]),
    )
    week.state, week.outcome_note = WeekState.OPTIMISING, ""
    week.save()
    audit.record(action="week.optimisation_queued", by=by, organisation=week.organisation, target=week)
    return week


def open_days(week: WeekPlan) -> list[date]:
    """Days for which nothing has been approved yet."""
    decided = set(week.plans.binding().values_list("day", flat=True))
    return [day for day in week.civil_days if day not in decided]


def check_days_are_free(week: WeekPlan) -> None:
    """PlanStateError while one of its days is being optimised by itself."""
    busy = week.plans.optimising().first()
    if busy is not None:
        raise PlanStateError(f"{busy.name} is being optimised by itself. Wait for it, or stop it.")


@transaction.atomic
def take_on_week(*, week: WeekPlan, job) -> WeekPlan:
    """What a worker does first. PlanMoved when the week does not wait for this job, nor is free to be taken on."""
    week = locked_week(week)
    if week.state == WeekState.OPTIMISING and week.job_id != job.pk:
        raise PlanMoved("The week was taken on by another job.")
    week.job, week.state, week.outcome_note = job, WeekState.OPTIMISING, ""
    week.save()
    return week


@transaction.atomic
def release_week(*, week: WeekPlan, job, note: str, by) -> WeekPlan:
    """Give up the search: the week and its plans are as they were, with an honest note."""
    week = locked_week(week)
    if week.state != WeekState.OPTIMISING or week.job_id != (job.pk if job else None):
        return week
    week.state = WeekState.PROPOSED if week.optimised_at else WeekState.DRAFT
    week.outcome_note = (note + (" The earlier proposals are kept." if week.optimised_at else ""))[:300]
    week.save(update_fields=["state", "outcome_note"])
    audit.record(action="week.optimisation_ended_without_plan", by=by, organisation=week.organisation, target=week)
    return week


def settle_interrupted_weeks(*, weeks=None) -> list[WeekPlan]:
    """Free every week (of `weeks`, else of all) whose search has ended without telling it: a killed worker."""
    ended = jobs.abandoned((weeks if weeks is not None else WeekPlan.objects.all()).filter(state=WeekState.OPTIMISING))
    return [release_week(week=week, job=week.job, note=_why_ended(week.job), by=WATCHDOG) for week in ended]


def _why_ended(job) -> str:
    if job is not None and job.state == JobState.CANCELLED:
        return "The search was stopped before there was a plan."
    if job is not None and job.state == JobState.FAILED:
        return f"The search failed. {job.message}"
    return "The search was interrupted before there was a plan. The visits are kept: try again."
