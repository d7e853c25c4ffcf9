"""Loading a publication in the background."""

from django.db import connection
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, task

from accounts import jobs
from accounts.audit import SystemActor

# Huey finds tasks in this module only.
from . import feed_tasks  # noqa: F401
from .loading.loader import LoadOutcome
from .models import Patch, Upload
from .services import UPLOAD_KIND, load_paths, load_upload, remove_forgotten_uploads

LOAD_KIND = "lsoa.load_open_data"
__all__ = ["LOAD_KIND", "UPLOAD_KIND", "load_open_data", "load_uploaded_files"]


class LoadRefused(Exception):
    """At least one file was refused; the message says which and why."""


@task()
def load_open_data(job_id: str) -> None:
    """Load the paths of the job's payload; a cancelled load leaves nothing of the file that was being read."""
    with jobs.job_run(job_id) as run:
        if run is None:
            return
        payload = run.job.payload
        patch = None
        if payload.get("patch"):
            patch = Patch.objects.for_organisation(run.job.organisation).get(pk=payload["patch"])
        outcomes = load_paths(
            paths=payload["paths"],
            by=run.job.created_by or SystemActor("huey:load_open_data"),
            patch=patch,
            progress=lambda fraction, message: _progress(run, fraction, message),
        )
        run.progress(100, _summary(outcomes), result={"files": [_as_json(outcome) for outcome in outcomes]})
        refused = [outcome for outcome in outcomes if not outcome.ok]
        if refused:
            raise LoadRefused("; ".join(f"{outcome.name}: {outcome.message}" for outcome in refused))


@task()
def load_uploaded_files(job_id: str) -> None:
    """Load files that were handed in on a page, or rehearse it. A refused file is a result, not a fault."""
    with jobs.job_run(job_id) as run:
        if run is None:
            return
        files = load_upload(
            upload=Upload.objects.of_platform().get(pk=run.job.payload["upload"]),
            by=run.job.created_by or SystemActor("huey:load_uploaded_files"),
            dry_run=run.job.payload["dry_run"],
            progress=lambda fraction, message: _progress(run, fraction, message),
        )
        run.progress(100, _upload_summary(files, run.job.payload["dry_run"]), result={"files": files})


def _upload_summary(files: list[dict], dry_run: bool) -> str:
    good = sum(file["state"] in (("dry_run", "unchanged") if dry_run else ("loaded", "history")) for file in files)
    return f"{good} of {len(files)} files {'can be' if dry_run else 'were'} loaded"


@db_periodic_task(crontab(hour="3", minute="41"))
def forget_uploads():
    """Files that were handed in and never loaded."""
    remove_forgotten_uploads(by=SystemActor("huey:forget_uploads"))


def _progress(run, fraction: float, message: str) -> None:
    """Tell the job how far it is, or end it when somebody asked for that."""
    if not connection.in_atomic_block:
        run.progress(100 * fraction, message)
    elif run.cancelled:
        # Inside a file's transaction the job's row must stay free for its heartbeat and for whoever cancels it.
        raise jobs.JobCancelled


def _summary(outcomes: list[LoadOutcome]) -> str:
    loaded = sum(outcome.state in ("loaded", "history") for outcome in outcomes)
    return f"{loaded} of {len(outcomes)} files loaded"


def _as_json(outcome: LoadOutcome) -> dict:
    return {
        "name": outcome.name,
        "state": outcome.state,
        "message": outcome.message,
        "dataset": str(outcome.dataset.pk) if outcome.dataset else None,
    }
