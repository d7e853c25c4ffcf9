"""The work of a worker on the price of equity: the same day (the same days of a week) once more, without tiers and with
equal prizes.
"""

from django.conf import settings

from accounts import audit
from accounts.jobs import JobCancelled, JobRun

from .equity_reading.core20 import core20_and_rest
from .models import RoutePlan, WeekPlan
from .planning.check import check
from .planning.engines import SolveOptions, get_engine
from .planning.equity.coverage import FEWEST_COMPARED, HIDDEN, core20_ratio
from .planning.equity.efficiency import without_equity
from .planning.equity.price import price_of_equity
from .planning.solution import Solution
from .problem_building import PlanProblem, build_problem, solution_of
from .problem_building.weeks import WeekProblem, build_week
from .services.equity import store_price
from .services.week_prices import store_week_price
from .services.week_proposals import versions_of
from .watching import Watch

ACTOR = audit.SystemActor("huey:routing.price")
ENGINE = "portfolio"
# Nobody waits for it: it may take as long as the plan itself was given, but not a worker for minutes.
MOST_SECONDS = 30
REPORT_SECONDS = 1.0


def work_on_price(run: JobRun) -> None:
    """Compare the plan that the job names with the same day without equity, and keep that with it. The plan itself is
    not touched: a worker that dies leaves it as it is.
    """
    plan = RoutePlan.objects.for_organisation(run.job.organisation).get(pk=run.job.payload["plan"])
    version = plan.version
    run.progress(0, "Reading the plan")
    found = _watched(run, build_problem(plan), plan)
    kept = store_price(plan=plan, job=run.job, version=version, found=found, by=ACTOR)
    run.progress(99, "Compared" if kept else "The plan has other routes now: nothing was kept")


def work_on_week_price(run: JobRun) -> None:
    """The same for the open days of the week that the job names, over all of them at once: without equity, too, visits
    move between days.
    """
    week = WeekPlan.objects.for_organisation(run.job.organisation).get(pk=run.job.payload["week"])
    versions = versions_of(week)
    run.progress(0, "Reading the days of the week")
    found = _watched(run, build_week(week), week)
    kept = store_week_price(week=week, job=run.job, versions=versions, found=found, by=ACTOR)
    run.progress(99, "Compared" if kept else "The week has other routes now: nothing was kept")


def _watched(run, built, asked) -> dict:
    """`asked`: the plan or week whose search time and seed are used. JobCancelled where somebody asked for the end."""
    seconds = min(asked.seconds_allowed, MOST_SECONDS)
    watch = Watch(run, "Planning without equity", seconds=seconds, every=REPORT_SECONDS)
    found = price_of(built, seconds=seconds, should_stop=watch.should_stop)
    watch.raise_kept()
    if run.cancelled:
        raise JobCancelled
    return found


def price_of(built: PlanProblem | WeekProblem, *, seconds: int, iterations=None, should_stop=None) -> dict:
    """Travel, visits and Core20 ratio of the plan (or week) as it stands and of one for efficiency alone, from the same
    visits, people and times. Plain data; [without equity, with it].
    """
    efficiency = without_equity(built.problem)
    stands = built.stands() if isinstance(built, WeekProblem) else solution_of(built)
    options = SolveOptions(
        seconds=seconds,
        seed=built.asks.seed,
        workers=settings.PLANNING_PROCESSES,
        iterations=iterations,
        start=stands.orders,  # so that it is never worse for efficiency than the plan itself
        should_stop=should_stop,
    )
    answer = get_engine(ENGINE).solve(efficiency, options)
    verdicts = (check(efficiency, Solution(answer.routes)), check(built.problem, stands))
    coverages = [core20_and_rest(built, set(verdict.unserved)) for verdict in verdicts]
    if min(part.n for part in coverages[0]) < FEWEST_COMPARED:
        coverages = [(HIDDEN, HIDDEN)] * 2  # too few visits to tell how they fared
    price = price_of_equity(*verdicts, tuple(core20_ratio(*parts) for parts in coverages))
    return {
        "travel_minutes": list(price.travel_minutes),
        "served": list(price.served),
        "ratios": list(price.ratios),
        "core20": [parts[0].coverage for parts in coverages],
        "rest": [parts[1].coverage for parts in coverages],
        "price": price.price,
        "ratio_change": price.ratio_change,
        "seconds": round(answer.seconds, 1),
    }
