"""Loading a publication in the background."""

from django.db import connection
from huey.contrib.djhuey import task

from accounts import jobs
from accounts.audit import SystemActor

from .loading.loader import LoadOutcome
from .models import Patch
from .services import load_paths

LOAD_KIND = "lsoa.load_open_data"


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
