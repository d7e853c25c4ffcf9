"""Copies of people's data on request: made in the background, kept a day, for whoever asked alone."""

from django.db import transaction
from django.urls import reverse
from huey.contrib.djhuey import db_task

from .. import audit, jobs
from ..models import Job, User
from . import copies, copy_files
from .subjects import ACCOUNT, Person, person_of

KIND = "privacy.copy"


class CopyUnderWay(ValueError):
    """One copy at a time."""


@transaction.atomic
def ask_for_copy(*, person: Person, by: User, organisation=None) -> Job:
    """Begin a copy of all that is kept about a person; `by` alone can fetch it. CopyUnderWay while one is made."""
    label, pk = (ACCOUNT, person.account.pk) if person.account is not None else person.subjects()[0]
    subject = [label, str(pk)]
    if Job.objects.filter(kind=KIND, created_by=by, payload__subject=subject).unfinished().exists():
        raise CopyUnderWay("A copy is being made already.")
    audit.record(
        action="privacy.copy_asked_for",
        by=by,
        organisation=organisation,
        details={"subject": subject, "own": person.account == by},
    )
    title = "Copy of your data" if person.account == by else "Copy of a person's data"
    return jobs.enqueue(
        kind=KIND, title=title, payload={"subject": subject}, by=by, organisation=organisation, url=reverse("my-data")
    )


@db_task()
def make_copy(job_id: str):
    """The job: collects, packs and keeps."""
    with jobs.job_run(job_id) as run:
        if run is None:
            return
        person = person_of(*run.job.payload["subject"])
        run.progress(10, "Collecting")
        content = copies.as_zip(copies.collect(person))
        run.progress(90, "Keeping")
        copy_files.keep(run.job.created_by_id, run.job.pk, content)


def of_user(user: User) -> list[dict]:
    """Copies that a person asked for, the latest first: {"job", "is_ready"}."""
    found = Job.objects.filter(kind=KIND, created_by=user)[:10]
    return [{"job": job, "is_ready": copy_files.fresh(user.pk, job.pk) is not None} for job in found]


def fetch(*, user: User, job: Job) -> bytes | None:
    """The file, which the trail then knows to have been fetched; None when its day is over."""
    path = copy_files.fresh(user.pk, job.pk)
    if path is None:
        return None
    audit.record(
        action="privacy.copy_fetched", by=user, organisation=job.organisation, target=job,
        details={"subject": job.payload["subject"]},
    )  # fmt: skip
    return path.read_bytes()


jobs.register_kind(KIND, make_copy)
