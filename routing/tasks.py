"""Background work of visit planning."""

from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task

from accounts.jobs import job_run

from .optimisation import work_on
from .services import settle_interrupted_plans


@db_task()
def optimise(job_id: str):
    """Run one queued optimisation; a job that somebody else has, or that was cancelled, is left alone."""
    with job_run(job_id) as run:
        if run is not None:
            work_on(run)


@db_periodic_task(crontab(minute="*"))
def settle():
    """Free plans whose worker was killed, when nobody is looking at their page."""
    settle_interrupted_plans()
