"""The work of a worker on one plan: build the problem, search with progress, keep the best plan found."""

import time
from collections import Counter
from functools import partial

import structlog
from django.conf import settings

from accounts import audit
from accounts.jobs import JobCancelled, JobRun, explained

from .equitable_search import Wishes, search_with_wishes, sentences
from .models import RoutePlan
from .planning.engines import DEFAULT_ENGINE, SolveOptions
from .planning.engines.decomposed import DecomposedEngine
from .planning.solution import Solution
from .problem_building import PlanProblem, build_problem
from .services.equity import queue_price, record_wishes
from .services.optimisation import keep_best_so_far, release_plan, store_solution, take_on
from .shared_parts import SharedPool

log = structlog.get_logger(__name__)

ACTOR = audit.SystemActor("huey:routing.optimise")
REPORT_SECONDS = 1.0
# Plans of more visits are searched in parts, which workers share out.
LARGE = 400
# The best plan so far is stored so often, so that a worker that dies takes at most so much away: after each of so many
# parts of the search, but not more often and not more seldom than every so many seconds.
KEEP_PARTS, KEEP_AT_LEAST, KEEP_SECONDS = 4, 2.0, 15.0


class SearchReport:
    """Tells the job how the search goes, about once a second, and hears whether somebody asked for the end.

    The search calls back from inside foreign code, where an exception would be lost: it is kept, the search is asked
    to stop, and `raise_kept` lets it out afterwards.
    """

    def __init__(self, run: JobRun, *, seconds: int, visits: int):
        self.run, self.seconds, self.visits = run, seconds, visits
        self.began = self.reported = time.monotonic()
        self.best = {}
        self.trace: list[list[float]] = []
        self.cancelled = False
        self.fault: Exception | None = None
        self.keep = None  # stores the best plan so far, where that is wanted
        self.kept = self.began
        self.keep_every = min(KEEP_SECONDS, max(KEEP_AT_LEAST, seconds / KEEP_PARTS))
        self.found: Solution | None = None
        self.pool: SharedPool | None = None
        self.stage = ""  # what is done beyond looking for a cheap plan, in words
        self.wishes = Wishes()
        self.tiers: dict[str, int] = {}  # tier by visit, where served visits are to be told by tier

    def begin_stage(self, stage: str):
        self.stage = stage

    def improved(self, progress):
        self.found = progress.solution
        self.best = {
            "elapsed": round(progress.elapsed, 1),
            "cost": round(progress.cost),
            "unserved": progress.unserved,
            "served": self.visits - progress.unserved,
            "tiers": self._by_tier(progress.solution),
        }
        self.trace.append([round(progress.elapsed, 2), round(progress.cost)])
        if len(self.trace) == 1:
            # The first plan is news that should not wait for the next second.
            self.reported = float("-inf")

    def _by_tier(self, solution) -> dict[str, list[int]]:
        """Visits served, of how many, by tier."""
        if not self.tiers or solution is None:
            return {}
        total, left = Counter(self.tiers.values()), Counter(self.tiers.get(gone.visit) for gone in solution.unserved)
        return {str(tier): [count - left[tier], count] for tier, count in sorted(total.items())}

    def should_stop(self) -> bool:
        if self.cancelled or self.fault:
            return True
        now = time.monotonic()
        if now - self.reported < REPORT_SECONDS:
            return False
        self.reported = now
        try:
            self.send(now - self.began)
            self.keep_best()
        except JobCancelled:
            self.cancelled = True
        except Exception as error:
            self.fault = error
        return self.cancelled or self.fault is not None

    def send(self, elapsed: float):
        percent = min(99, round(100 * elapsed / self.seconds))
        result = {"elapsed": round(elapsed, 1), "seconds": self.seconds, "best": self.best, "trace": self.trace[-200:]}
        message = f"{self.best['served']} of {self.visits} visits placed" if self.best else "Looking for a first plan"
        self.run.progress(percent, f"{self.stage}. {message}" if self.stage else message, result)

    def keep_best(self):
        """Stores the best plan so far now and then. A plan that misses a required visit is none."""
        now = time.monotonic()
        if self.keep is None or self.found is None or not self.found.feasible or now - self.kept < self.keep_every:
            return
        found, self.found = self.found, None
        self.keep(found)
        self.kept = time.monotonic()

    def raise_kept(self):
        if self.fault:
            raise self.fault


def search_options(seconds: int, seed: int, iterations: int | None, report: SearchReport | None) -> SolveOptions:
    """How a worker searches: in as many processes as the settings give it, heard by `report`."""
    return SolveOptions(
        seconds=seconds,
        seed=seed,
        workers=settings.PLANNING_PROCESSES,
        iterations=iterations,
        on_progress=report and report.improved,
        should_stop=report and report.should_stop,
    )


def search(built: PlanProblem, *, seconds: int, seed: int, iterations=None, report: SearchReport | None = None):
    """The best answer within `seconds` of wall time; `report` hears about it. Returns a Solution.

    Where the report has a pool, parts of the plan are searched by other workers, too. What the plan asks for beyond its
    cost is looked for as well; `report.wishes` says what became of it.
    """
    options = search_options(seconds, seed, iterations, report)
    engine = DEFAULT_ENGINE
    if report is not None and report.pool is not None:
        engine = DecomposedEngine(lambda _: report.pool)
    if report is None:
        return search_with_wishes(built, options, engine)[0]
    solution, report.wishes = search_with_wishes(built, options, engine, report.begin_stage)
    return solution


def work_on(run: JobRun, call_for_help=None) -> RoutePlan:
    """Optimise the plan that the job names. Whatever happens, the plan is not left waiting.

    `call_for_help` queues a helper for the parts of a large plan; see SharedPool.

    A cancelled search keeps the best plan found so far, then ends the job as cancelled (JobCancelled).
    """
    plan = RoutePlan.objects.for_organisation(run.job.organisation).get(pk=run.job.payload["plan"])
    plan = take_on(plan=plan, job=run.job)
    try:
        run.progress(0, "Reading visits, shifts and travel times")
        built = build_problem(plan)
        report = SearchReport(run, seconds=plan.seconds_allowed, visits=len(built.visits))
        report.tiers = {reference: visit.tier for reference, visit in built.visits.items()}
        if len(built.visits) > LARGE:
            _share_out(report, call_for_help)
        if plan.optimised_at is None:  # an earlier proposal stays until there is a whole new one
            report.keep = partial(_keep, plan, built, run.job)
        solution = search(built, seconds=plan.seconds_allowed, seed=plan.seed, report=report)
        report.raise_kept()
        plan = store_solution(
            plan=plan, built=built, solution=solution, note=_note(solution, report), by=ACTOR, job=run.job
        )
        record_wishes(plan=plan, wishes=report.wishes.as_dict(), by=ACTOR)
    except JobCancelled:
        release_plan(plan=plan, job=run.job, note="The optimisation was cancelled before a plan was found.", by=ACTOR)
        raise
    except Exception as error:
        log.exception("optimisation_failed", plan=str(plan.pk))
        release_plan(plan=plan, job=run.job, note=f"The optimisation failed: {explained(error)}", by=ACTOR)
        raise
    if report.cancelled:
        raise JobCancelled
    queue_price(plan=plan, by=ACTOR)
    return plan


def _keep(plan, built, job, solution):
    keep_best_so_far(plan=plan, built=built, solution=solution, by=ACTOR, job=job)


def _share_out(report, call_for_help):
    """A large plan: other workers help."""
    job = report.run.job
    if call_for_help is not None:
        name = f"{settings.HUEY['name']}:parts:{job.pk}:{job.attempt}"
        report.pool = SharedPool(name, settings.HUEY["consumer"]["workers"] - 1, call_for_help)


def _note(solution: Solution, report: SearchReport) -> str:
    how = f"Searched for {solution.seconds:.0f} seconds."
    if report.cancelled:
        how = f"Stopped on request after {solution.seconds:.0f} seconds; the best plan found until then was kept."
    if report.pool is not None and report.pool.cut_off:
        how += " Other workers could not be reached: this one searched alone."
    how = " ".join([how, *sentences(report.wishes)])
    certificate = solution.certificate
    if certificate and certificate.accepted is not None:
        verb = "takes" if certificate.accepted else "does not take"
        how += f" OR-Tools {verb} the plan in its own model of the rules."
    if solution.promise_kept is False:
        how += " There was no time to make sure that no simple exchange serves a more urgent visit."
    if report.pool is None:
        return how
    shared = f" Other workers searched {_parts(report.pool.helped)}." if report.pool.helped else ""
    lost = len(report.pool.lost)
    left = f" The search of {_parts(lost)} did not come back: nothing changed there." if lost else ""
    return how + shared + left


def _parts(number: int) -> str:
    return "1 part" if number == 1 else f"{number} parts"
