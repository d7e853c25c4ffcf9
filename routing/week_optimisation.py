"""The work of a worker on a week: one search over all its days, then one judged proposal for each."""

from dataclasses import replace

import structlog

from accounts import audit
from accounts.jobs import JobCancelled, JobRun, explained

from .equitable_search import Wishes, search_with_wishes
from .models import WeekPlan
from .optimisation import SearchReport, search_options
from .planning.engines import DEFAULT_ENGINE, get_engine
from .planning.solution import Solution
from .problem_building.weeks import WeekProblem, build_week
from .services.week_prices import queue_week_price
from .services.week_proposals import store_week
from .services.weeks import release_week, take_on_week
from .week_continuity import groups_of, with_one_carer

log = structlog.get_logger(__name__)

ACTOR = audit.SystemActor("huey:routing.week")
# Of the time: to see who would come to people who are visited more than once, where there are any.
LOOKING_PART = 0.25


def search_week(
    built: WeekProblem, *, seconds: float, seed: int, iterations=None, report: SearchReport | None = None
) -> Solution:
    """The best plan for the week; `report` hears about it, and `report.wishes` what became of what was asked for. With
    `iterations` and a seed always the same.
    """
    solution, wishes = search_week_with_wishes(built, seconds=seconds, seed=seed, iterations=iterations, report=report)
    if report is not None:
        report.wishes = wishes
    return solution


def search_week_with_wishes(built, *, seconds, seed, iterations=None, report=None) -> tuple[Solution, Wishes]:
    """The same, and what became of the wishes."""
    options = search_options(seconds, seed, iterations, report)
    groups = groups_of(built)
    if groups:
        part = seconds * LOOKING_PART
        look = get_engine(DEFAULT_ENGINE).solve(built.problem, replace(options, seconds=part))
        built = with_one_carer(built, look.orders, groups)
        options = replace(options, seconds=seconds - part, start=look.orders)
    return search_with_wishes(built, options, DEFAULT_ENGINE, *([report.begin_stage] if report else []))


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
            week=week,
            built=built,
            solution=solution,
            wishes=report.wishes,
            note=_note(solution, report),
            by=ACTOR,
            job=run.job,
        )
    except JobCancelled:
        release_week(week=week, job=run.job, note="The search was cancelled before a plan was found.", by=ACTOR)
        raise
    except Exception as error:
        log.exception("week_optimisation_failed", week=str(week.pk))
        release_week(week=week, job=run.job, note=f"The search failed: {explained(error)}", by=ACTOR)
        raise
    if report.cancelled:
        raise JobCancelled
    queue_week_price(week=week, by=ACTOR)
    return week


def _note(solution, report) -> str:
    if report.cancelled:
        return f"Stopped on request after {solution.seconds:.0f} seconds; the best plan found until then was kept."
    return f"Searched for {solution.seconds:.0f} seconds."
