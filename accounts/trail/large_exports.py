"""Exports of more entries than a page can wait for: made by the worker, kept a day, for whoever asked alone.

People appear in them by pseudonym only. The file lies below MEDIA_ROOT, which no address serves; whoever downloads it
has confirmed who they are and still holds the right.
"""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from huey.contrib.djhuey import db_task

from .. import jobs
from ..models import Job, Organisation, User
from ..privacy import copy_files
from . import exports
from .keys import KeyProblem
from .reading import Filter
from .recording import record
from .verification import head

KIND = "audit.export"
FOLDER = "audit-exports"
# A file of a spreadsheet's size a hundred times over; more are taken period by period.
MOST_ENTRIES = 10_000_000


class ExportUnderWay(ValueError):
    """One large export at a time for each person."""


@transaction.atomic
def ask_for_export(*, filters: Filter, form: str, by: User, organisation: Organisation) -> Job:
    """Queue the export of everything that matches by now. ExportUnderWay; KeyProblem where nothing can be signed."""
    exports.check_key()
    if Job.objects.filter(kind=KIND, created_by=by, organisation=organisation).unfinished().exists():
        raise ExportUnderWay("An export is being made already. Wait for it, or cancel it.")
    upto, _ = head()
    payload = {"filters": _plain(filters), "format": form, "upto": upto}
    return jobs.enqueue(
        kind=KIND,
        title="Export of the audit trail",
        payload=payload,
        by=by,
        organisation=organisation,
        url=reverse("audit-exports"),
    )


@db_task()
def make_export(job_id: str):
    """The job: writes beside the place of the file, and puts it there when it is whole."""
    with jobs.job_run(job_id) as run:
        if run is None:
            return
        job = run.job
        filters, form, upto = _filters(job.payload["filters"]), job.payload["format"], job.payload["upto"]
        progress = _Progress(run, filters, upto)
        with copy_files.whole_file(path_of(job)) as file:
            manifest = exports.write(file, filters, form, upto=upto, most=MOST_ENTRIES, progress=progress)
        details = {name: manifest[name] for name in ("rows", "sha256", "filters")} | {"format": form}
        record(
            action="audit.export_made", by=job.created_by, organisation=job.organisation, target=job, details=details
        )
        run.progress(100, f"{manifest['rows']:,} entries", result={"rows": manifest["rows"], "name": manifest["file"]})


class _Progress:
    """Called with each piece: how many entries are written. Raises JobCancelled when somebody asked for the end."""

    def __init__(self, run, filters, upto):
        self.run, self.done = run, 0
        self.all = max(1, min(MOST_ENTRIES, exports.expected(filters, upto)))

    def __call__(self, written: int) -> None:
        percent = min(99, 100 * written // self.all)
        if percent > self.done or written == 0:
            self.done = percent
            self.run.progress(percent, f"{written:,} entries written")
        elif self.run.cancelled:
            raise jobs.JobCancelled


def path_of(job: Job) -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER / str(job.created_by_id) / f"{job.pk}.zip"


def fresh(job: Job) -> Path | None:
    """The file while it is kept (a day); None otherwise."""
    return copy_files.if_fresh(path_of(job))


def fetch(*, job: Job, by: User) -> Path | None:
    """The file, which the trail then knows to have been taken; None when its day is over."""
    path = fresh(job)
    if path is not None:
        record(action="audit.exported", by=by, organisation=job.organisation, target=job, details=dict(job.result))
    return path


def of_user(user: User, organisation) -> list[dict]:
    """Exports that a person asked for here, the latest first: {"job", "is_ready"}."""
    found = Job.objects.for_organisation(organisation).filter(kind=KIND, created_by=user)[:10]
    return [{"job": job, "is_ready": fresh(job) is not None} for job in found]


def delete_old() -> int:
    """Delete files whose day is over; returns how many."""
    return copy_files.delete_old_of(FOLDER)


def _plain(filters: Filter) -> dict:
    return {name: str(value) for name, value in asdict(filters).items() if value}


def _filters(plain: dict) -> Filter:
    values = dict(plain)
    if "organisation_id" in values:
        values["organisation_id"] = UUID(values["organisation_id"])
    for name in ("since", "until"):
        if name in values:
            values[name] = date.fromisoformat(values[name])
    return Filter(**values)


jobs.register_kind(KIND, make_export)

__all__ = ["KIND", "ExportUnderWay", "KeyProblem", "ask_for_export", "delete_old", "fetch", "fresh", "of_user"]
