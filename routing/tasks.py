"""Background work of visit planning."""

from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task, task

from accounts.jobs import job_run

from .optimisation import work_on
from .services import settle_interrupted_plans
from .shared_parts import help_with

# Below everything else: whoever waits for a search of their own goes first.
HELP = -1


@db_task()
def optimise(job_id: str):
    """Run one queued optimisation; a job that somebody else has, or that was cancelled, is left alone."""
    with job_run(job_id) as run:
        if run is not None:
            work_on(run, call_for_help=help_with_parts)


@task(priority=HELP)
def help_with_parts(name: str):
    """Take on one part of another worker's search. The next one is a task of its own, so that others have a turn."""
    if help_with(name):
        help_with_parts(name)


@db_periodic_task(crontab(minute="*"))
def settle():
    """Free plans whose worker was killed, when nobody is looking at their page."""
    settle_interrupted_plans()
