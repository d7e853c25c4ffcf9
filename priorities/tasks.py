"""Background work: recalculation of priorities."""

from huey.contrib.djhuey import task

from accounts.jobs import job_run

# Huey knows only the tasks that are imported.
from priorities.notices import tasks as notice_tasks  # noqa: F401
from priorities.services import run_queued_scoring, run_queued_validation


@task()
def score_in_background(job_id: str) -> None:
    """Score what the job names. A job that has ended or is taken is left alone, so a second delivery does no harm."""
    with job_run(job_id) as run:
        if run is not None:
            run_queued_scoring(run=run)


@task()
def validate_in_background(job_id: str) -> None:
    """Validate the version that the job names; a second delivery does no harm, as above."""
    with job_run(job_id) as run:
        if run is not None:
            run_queued_validation(run=run)
