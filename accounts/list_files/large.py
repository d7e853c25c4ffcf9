"""Lists that are too long to wait for: made by the worker, kept a day, for whoever asked alone.

An app registers how such a list is made from a few arguments; the right is asked for again when the worker begins, and
once more when the file is fetched. The file lies below MEDIA_ROOT, which no address serves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task

from .. import audit, jobs
from ..access import allowed
from ..models import Job, Organisation, User
from ..permissions import Permission
from ..privacy import copy_files
from .answers import KINDS, taken, write
from .listing import ListFile

KIND = "list.file"
FOLDER = "list-files"
MOST_AT_ONCE = 3


@dataclass(frozen=True)
class Maker:
    """`make(organisation=, arguments=)` gives the list, or raises ValueError with a sentence where it is gone."""

    permission: Permission
    make: Callable[..., ListFile]


_makers: dict[str, Maker] = {}


class TooManyAtOnce(ValueError):
    """Somebody has as many files under way as one person may."""


def register_list(name: str, permission: Permission, make: Callable[..., ListFile]) -> None:
    """Names how a long list is made by a worker. Call in AppConfig.ready()."""
    _makers[name] = Maker(permission, make)


@transaction.atomic
def ask(*, listed: ListFile, kind: str, by: User, organisation: Organisation | None) -> Job:
    """Queue the making of a list. KeyError where nobody registered it; TooManyAtOnce."""
    name = listed.again.name
    if name not in _makers:
        raise KeyError(name)
    under_way = Job.objects.filter(kind=KIND, created_by=by).unfinished()  # unscoped: the person's own
    same = {"list": name, "form": kind, "arguments": listed.again.arguments}
    if job := next((job for job in under_way if job.payload == same and job.organisation == organisation), None):
        # Asked for twice, by a double click or by going back: one file.
        return job
    if len(under_way) >= MOST_AT_ONCE:
        raise TooManyAtOnce(f"{MOST_AT_ONCE} files are being made for you already. Wait for one, or cancel it.")
    return jobs.enqueue(
        kind=KIND,
        title=f"{listed.title} ({KINDS[kind]})",
        payload=same,
        by=by,
        organisation=organisation,
        url=reverse("list-files"),
    )


@db_task()
def make_list_file(job_id: str):
    """The job: writes beside the place of the file, and puts it there when it is whole."""
    with jobs.job_run(job_id) as run:
        if run is None:
            return
        job, maker = run.job, _makers[run.job.payload["list"]]
        if job.created_by is None or not allowed(job.created_by, maker.permission, job.organisation):
            raise PermissionDenied("You may not see this list any more.")
        run.progress(5, "Reading the rows")
        listed = maker.make(organisation=job.organisation, arguments=job.payload["arguments"])
        kind = job.payload["form"]
        run.progress(20, "Writing the file")
        with copy_files.whole_file(path_of(job)) as file:
            write(listed, kind, file)
        taken(listed, kind, by=job.created_by, organisation=job.organisation)
        run.progress(100, "Ready to download", result={"name": listed.file_name(kind), "rows": listed.number or 0})


def path_of(job: Job) -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER / str(job.created_by_id) / f"{job.pk}.{job.payload['form']}"


def fresh(job: Job) -> Path | None:
    """The file while it is kept (a day); None otherwise."""
    return copy_files.if_fresh(path_of(job))


def may_fetch(user: User, job: Job) -> bool:
    """Whether they asked for it themselves and still hold the right."""
    maker = _makers.get(job.payload["list"])
    return job.created_by_id == user.pk and maker is not None and allowed(user, maker.permission, job.organisation)


def of_user(user: User, organisation: Organisation | None) -> list[dict]:
    """Files that a person asked for here, the latest first: {"job", "is_ready"}."""
    found = Job.objects.filter(kind=KIND, created_by=user, organisation=organisation)  # unscoped: the person's own
    return [{"job": job, "is_ready": fresh(job) is not None} for job in found[:10]]


@db_periodic_task(crontab(minute="47"))
def delete_old_list_files():
    deleted = delete_old()
    if deleted:
        by = audit.SystemActor("huey:delete_old_list_files")
        audit.record(action="list.files_deleted", by=by, details={"files": deleted})


def delete_old() -> int:
    """Delete files whose day is over; returns how many."""
    return copy_files.delete_old_of(FOLDER)


jobs.register_kind(KIND, make_list_file)
