"""Background work of visit planning."""

from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task, task

from accounts.jobs import job_run

from . import equity_reading
from .civil_time import today
from .disruptions import mend
from .optimisation import work_on
from .pricing import work_on_price, work_on_week_price
from .services import (
    close_past_plans,
    settle_interrupted_disruptions,
    settle_interrupted_plans,
    settle_interrupted_weeks,
    watch_rounds,
)
from .shared_parts import help_with
from .week_optimisation import work_on_week

# Below everything else: whoever waits for a search of their own goes first.
HELP = -1


@db_task()
def optimise(job_id: str):
    """Run one queued optimisation; a job that somebody else has, or that was cancelled, is left alone."""
    with job_run(job_id) as run:
        if run is not None:
            work_on(run, call_for_help=help_with_parts)


@db_task()
def replan(job_id: str):
    """Mend one plan after something happened; a job that somebody else has, or that was cancelled, is left alone."""
    with job_run(job_id) as run:
        if run is not None:
            mend(run)


@db_task(priority=HELP)
def price(job_id: str):
    """Compare one plan with the same day without equity, behind all other work."""
    with job_run(job_id) as run:
        if run is not None:
            work_on_price(run)


@db_task()
def optimise_week(job_id: str):
    """Run the search over one week; a job that somebody else has, or that was cancelled, is left alone."""
    with job_run(job_id) as run:
        if run is not None:
            work_on_week(run)


@db_task(priority=HELP)
def price_week(job_id: str):
    """Compare the open days of one week with the same days without equity, behind all other work."""
    with job_run(job_id) as run:
        if run is not None:
            work_on_week_price(run)


@task(priority=HELP)
def help_with_parts(name: str):
    """Take on one part of another worker's search. The next one is a task of its own, so that others have a turn."""
    if help_with(name):
        help_with_parts(name)


@db_periodic_task(crontab(minute="*"))
def settle():
    """Free plans whose worker was killed, when nobody is looking at their page."""
    settle_interrupted_plans()
    settle_interrupted_disruptions()
    settle_interrupted_weeks()


@db_periodic_task(crontab(minute="*"))
def watch():
    """Raise and clear the alerts of rounds under way."""
    watch_rounds()


@db_periodic_task(crontab(hour="4", minute="40"))
def prepare_equity() -> int:
    """Four weeks of a large team take seconds at first: nobody should wait for them in the morning."""
    return equity_reading.prepare(today())


@db_periodic_task(crontab(hour="3", minute="10"))
def close_past():
    """Close the plans of days that are over: visits that were not done are open again for the next planner."""
    close_past_plans(before=today())
