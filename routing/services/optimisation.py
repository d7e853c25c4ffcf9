"""Optimising a plan in the background: queue it, work on it, keep what was found, and leave nothing half done."""

from django.db import transaction
from django.urls import reverse

from accounts import audit, jobs
from accounts.models import JobState
from routing.models import PlanState, PlanVersion, RoutePlan
from routing.planning.solution import Solution
from routing.problem_building import PlanProblem, working_shifts

from .plan_news import tell_waiting
from .plans import PlanStateError, check_seen, locked
from .proposals import accepted, record_stored_version, record_version, store_routes

JOB_KIND = "routing.optimise"
WATCHDOG = audit.SystemActor("routing:watchdog")
OPTIMISABLE = (PlanState.DRAFT, PlanState.PROPOSED, PlanState.REJECTED)


class PlanMoved(RuntimeError):
    """Somebody else has taken the plan on since: what this worker found is not wanted any more."""


@transaction.atomic
def optimise_plan(*, plan: RoutePlan, seen: int | None = None, by) -> RoutePlan:
    """Queue the optimisation; returns the plan with its job. A rejected plan becomes open again. `seen`: the version
    that somebody looked at, since another search takes the place of what was changed by hand.

    PlanStateError when it is being optimised or approved, or when there is nobody or nothing to plan;
    PlanChangedMeanwhile when the plan is at another version than `seen`.
    """
    plan = locked(plan)
    check_seen(plan, seen)
    _check_optimisable(plan)
    if not plan.visits.exists():
        raise PlanStateError("The plan has no visits.")
    if not working_shifts(plan):
        raise PlanStateError(f"Nobody of {plan.team} is free to work on {plan.day:%A %-d %B %Y}. Add shifts first.")
    plan.job = jobs.enqueue(
        kind=JOB_KIND,
        title=f"Optimise {plan.name}",
        payload={"plan": str(plan.pk)},
        by=by,
        organisation=plan.organisation,
        url=reverse("plan", args=[plan.pk]),
    )
    _start(plan)
    audit.record(
        action="plan.optimisation_queued",
        by=by,
        organisation=plan.organisation,
        target=plan,
        details={"seconds": plan.seconds_allowed},
    )
    return plan


@transaction.atomic
def take_on(*, plan: RoutePlan, job) -> RoutePlan:
    """What a worker does first: make sure that the plan is waiting for this very job.

    A job that was tried again from the list of jobs finds the plan settled and takes it on anew. PlanMoved when the
    plan has been approved or belongs to another running job.
    """
    plan = locked(plan)
    if plan.state == PlanState.OPTIMISING and plan.job_id == job.pk:
        return plan
    if plan.state not in OPTIMISABLE:
        raise PlanMoved(f"The plan is {plan.get_state_display().lower()} now.")
    plan.job = job
    _start(plan)
    return plan


@transaction.atomic
def store_solution(
    *, plan: RoutePlan, built: PlanProblem, solution: Solution, note: str = "", by, job=None
) -> RoutePlan:
    """Judge the answer and make it the plan's proposal, in place of an earlier one.

    SolutionRefused when the judge finds a broken rule; PlanMoved when the plan does not wait for `job` any more.
    """
    verdict = accepted(built, solution)
    # Before the plan is locked: a road network may take its time.
    built.draw(verdict.routes)
    plan = locked(plan)
    if job is not None:
        _check_waits_for(plan, job)
    plan.state, plan.outcome_note = PlanState.PROPOSED, note[:300]
    store_routes(plan, built, solution, verdict)
    record_version(plan, solution, verdict, origin=PlanVersion.Origin.OPTIMISED, summary=note, by=by)
    tell_waiting(plan, by)
    audit.record(
        action="plan.optimised",
        by=by,
        organisation=plan.organisation,
        target=plan,
        details={
            "engine": plan.engine,
            "served": len(built.visits) - len(verdict.unserved),
            "unserved": len(verdict.unserved),
            "cost": plan.cost["total"],
        },
    )
    return plan


@transaction.atomic
def keep_best_so_far(*, plan: RoutePlan, built: PlanProblem, solution: Solution, by, job) -> RoutePlan:
    """Store the best plan so far while the search goes on: it becomes the proposal if the worker dies.

    SolutionRefused when the judge finds a broken rule; PlanMoved when the plan does not wait for `job` any more.
    """
    verdict = accepted(built, solution)
    plan = locked(plan)
    _check_waits_for(plan, job)
    plan.outcome_note = ""
    store_routes(plan, built, solution, verdict)
    audit.record(action="plan.best_so_far_kept", by=by, organisation=plan.organisation, target=plan)
    return plan


@transaction.atomic
def release_plan(*, plan: RoutePlan, job, note: str, by) -> RoutePlan:
    """Give up the optimisation: the plan goes back to what it was, with an honest note, and can be tried again.

    Does nothing when the plan does not wait for this job any more.
    """
    plan = locked(plan)
    if plan.state != PlanState.OPTIMISING or plan.job_id != (job.pk if job else None):
        return plan
    has_proposal = plan.optimised_at is not None
    kept = ""
    if has_proposal:
        kept = " The earlier proposal is kept."
        if _has_plan_of(job, plan):
            kept = " The best plan found until then was kept."
    plan.state = PlanState.PROPOSED if has_proposal else PlanState.DRAFT
    plan.outcome_note = (note + kept)[:300]
    plan.save(update_fields=["state", "outcome_note"])
    if has_proposal and _has_plan_of(job, plan):
        # What the search had found when it ended is what the plan shows from now on.
        record_stored_version(plan, origin=PlanVersion.Origin.OPTIMISED, summary=note, by=by)
    audit.record(action="plan.optimisation_ended_without_plan", by=by, organisation=plan.organisation, target=plan)
    return plan


def settle_interrupted_plans(*, plans=None) -> list[RoutePlan]:
    """Free every plan (of `plans`, a QuerySet, else of all) whose optimisation has ended without telling it.

    A killed worker, a job cancelled while it waited: cheap, and safe to call from pages as often as they are shown.
    """
    ended = jobs.abandoned((plans if plans is not None else RoutePlan.objects.all()).optimising())
    return [release_plan(plan=plan, job=plan.job, note=_why_ended(plan), by=WATCHDOG) for plan in ended]


def _has_plan_of(job, plan) -> bool:
    """Whether the plan's proposal was stored while this job searched."""
    return bool(job and job.started_at and plan.optimised_at and plan.optimised_at >= job.started_at)


def _why_ended(plan) -> str:
    job = plan.job
    if job is not None and job.state == JobState.INTERRUPTED and _has_plan_of(job, plan):
        return "The search was interrupted before it was done."
    if job is None:
        return "The optimisation ended and its record is gone. You can try again."
    return {
        JobState.INTERRUPTED: "The search was interrupted before there was a plan. The visits are kept: try again.",
        JobState.CANCELLED: "The optimisation was cancelled before a plan was found.",
        JobState.FAILED: f"The optimisation failed. {job.message}",
    }.get(job.state, "The optimisation ended without a plan. You can try again.")


def _check_waits_for(plan, job):
    if plan.state != PlanState.OPTIMISING or plan.job_id != job.pk:
        raise PlanMoved("The plan was taken on by somebody else.")


def _check_optimisable(plan):
    if plan.state not in OPTIMISABLE:
        raise PlanStateError(f"A plan that is {plan.get_state_display().lower()} cannot be optimised.")


def _start(plan):
    plan.state, plan.outcome_note = PlanState.OPTIMISING, ""
    # A decision was about the proposal of that time; the audit trail keeps it.
    plan.approved_by = plan.approved_at = None
    plan.decision_reason = ""
    plan.save()
