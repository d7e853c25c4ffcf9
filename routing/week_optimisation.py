"""The work of a worker on a week: one search over all its days, then one judged proposal for each."""

import structlog

from accounts import audit
from accounts.jobs import JobCancelled, JobRun

from .models import WeekPlan
from .optimisation import SearchReport, search_options
from .planning.engines import solve
from .planning.solution import Solution
from .problem_building.weeks import WeekProblem, build_week
from .services.weeks import release_week, store_week, take_on_week

log = structlog.get_logger(__name__)

ACTOR = audit.SystemActor("huey:routing.week")


def search_week(built: WeekProblem, *, seconds: int, seed: int, iterations=None, report=None) -> Solution:
    """The best plan for the week; `report` hears about it. With `iterations` and a seed always the same."""
    return solve(built.problem, search_options(seconds, seed, iterations, report))


def work_on_week(run: JobRun) -> WeekPlan:
    """Optimise the week that the job names. Whatever happens, the week is not left waiting, and no day is half done.

    A cancelled search keeps the best plan found so far, then ends the job as cancelled (JobCancelled).
    """
    week = WeekPlan.objects.for_organisation(run.job.organisation).get(pk=run.job.payload["week"])
    week = take_on_week(week=week, job=run.job)
    try:
        run.progress(0, "Reading visits, shifts and travel times of every day")
        built = build_week(week)
        report = SearchReport(run, seconds=week.seconds_allowed, visits=len(built.visits))
        solution = search_week(built, seconds=week.seconds_allowed, seed=week.seed, report=report)
        report.raise_kept()
        week = store_week(
            week=week, built=built, solution=solution, note=_note(solution, report), by=ACTOR, job=run.job
        )
    except JobCancelled:
        release_week(week=week, job=run.job, note="The search was cancelled before a plan was found.", by=ACTOR)
        raise
    except Exception as error:
        log.exception("week_optimisation_failed", week=str(week.pk))
        release_week(week=week, job=run.job, note=f"The search failed: {error}", by=ACTOR)
        raise
    if report.cancelled:
        raise JobCancelled
    return week


def _note(solution, report) -> str:
    if report.cancelled:
        return f"Stopped on request after {solution.seconds:.0f} seconds; the best plan found until then was kept."
    return f"Searched for {solution.seconds:.0f} seconds."
