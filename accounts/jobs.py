"""Long work in the background: queue it, run it with progress and heartbeat, cancel it, try it again.

An app registers a kind with the Huey task that does the work; `enqueue` creates the row and, once the
transaction has committed, hands its id to the task. The task wraps its work in `job_run`.
"""

import threading
import uuid
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta

import structlog
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from redis.exceptions import RedisError

from . import audit, job_news
from .models import Job, JobState, Organisation
from .notices.sending import notify_all, tell

log = structlog.get_logger(__name__)
# A title may hold the name of a file, which is as long as people make it.
MOST_TITLE = 200

HEARTBEAT_SECONDS = 5
# Three missed beats and a margin: after this a running job is taken for dead.
STALE_AFTER = timedelta(seconds=20)

_tasks: dict[str, Callable[[str], object]] = {}
# Kind of job -> kind of notice that others than its creator get when it fails.
_failure_notices: dict[str, str] = {}


class JobCancelled(Exception):
    """Raised inside a job when somebody asked for its end."""


class JobNotRetryable(ValueError):
    """The job has not ended, it succeeded, or its organisation is suspended."""


class OrganisationSuspended(ValueError):
    """Nothing is begun for an organisation that is suspended."""


def register_kind(kind: str, task: Callable[[str], object], failure_notice: str | None = None) -> None:
    """Names the Huey task (taking the job's id as text) that runs jobs of this kind. Call in AppConfig.ready().

    `failure_notice`: the kind of notice (accounts.notices) that tells others when such a job fails.
    """
    _tasks[kind] = task
    if failure_notice is not None:
        _failure_notices[kind] = failure_notice


@transaction.atomic
def enqueue(*, kind: str, title: str, payload: dict, by, organisation=None, url: str = "") -> Job:
    """Create a job and start it after commit. KeyError for an unknown kind; OrganisationSuspended.

    `by` is a User or SystemActor; `url` is the page of the portal that shows the outcome.
    """
    if kind not in _tasks:
        raise KeyError(kind)
    if _is_suspended(organisation and organisation.pk):
        raise OrganisationSuspended(f"{organisation} is suspended: no work is begun for it.")
    creator = by if hasattr(by, "email") else None
    job = Job.objects.create(
        kind=kind, title=title[:MOST_TITLE], payload=payload, url=url, created_by=creator, organisation=organisation
    )
    audit.record(action="job.queued", by=by, organisation=organisation, target=job, details={"kind": kind})
    transaction.on_commit(lambda: _hand_over(job))
    return job


def _hand_over(job: Job) -> None:
    """Give the job to the queue. Without a queue it fails at once and can be tried again: it must not wait forever."""
    try:
        _tasks[job.kind](str(job.pk))
    except (RedisError, OSError):
        log.exception("job_not_queued", job=str(job.pk))
        message = "The queue of background work could not be reached. You can try again."
        Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(
            state=JobState.FAILED, finished_at=timezone.now(), message=message
        )


@transaction.atomic
def request_cancel(*, job: Job, by) -> Job:
    """Ask a job to stop: at once when it waits, at its next progress report when it runs."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.state in JobState.finished():
        return job
    job.cancel_requested_at = timezone.now()
    if job.state == JobState.QUEUED:
        job.state, job.finished_at, job.message = JobState.CANCELLED, timezone.now(), "Cancelled before it started"
    job.save()
    job_news.tell(job.pk)
    audit.record(action="job.cancel_requested", by=by, organisation=job.organisation, target=job)
    return job


@transaction.atomic
def retry(*, job: Job, by) -> Job:
    """Queue an ended, unsuccessful job again under the same id. JobNotRetryable otherwise."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.state not in (JobState.FAILED, JobState.CANCELLED, JobState.INTERRUPTED):
        raise JobNotRetryable(f"A job that is {job.get_state_display().lower()} cannot be tried again.")
    if _is_suspended(job.organisation_id):
        raise JobNotRetryable("The organisation is suspended: its work can be tried again when that has ended.")
    job.state, job.progress, job.message, job.error, job.result = JobState.QUEUED, 0, "", "", {}
    job.started_at = job.finished_at = job.heartbeat_at = job.cancel_requested_at = None
    job.created_at, job.attempt = timezone.now(), job.attempt + 1
    job.save()
    audit.record(
        action="job.retried", by=by, organisation=job.organisation, target=job, details={"attempt": job.attempt}
    )
    transaction.on_commit(lambda: _hand_over(job))
    return job


@transaction.atomic
def stop_all(*, organisation, by) -> int:
    """Ask every unfinished job of an organisation to stop. Returns how many there were."""
    unfinished = list(Job.objects.for_organisation(organisation).unfinished())
    for job in unfinished:
        request_cancel(job=job, by=by)
    return len(unfinished)


def _is_suspended(organisation_id) -> bool:
    """As the database has it now: the instance in hand may be of before."""
    return Organisation.objects.filter(pk=organisation_id, suspended_at__isnull=False).exists()


def mark_interrupted() -> list[Job]:
    """End every running job whose worker has stopped beating; returns those jobs. Safe to call from anywhere, often."""
    now = timezone.now()
    with transaction.atomic():
        stale = list(
            Job.objects.select_for_update(skip_locked=True).filter(
                state=JobState.RUNNING, heartbeat_at__lt=now - STALE_AFTER
            )
        )
        for job in stale:
            job.state, job.finished_at = JobState.INTERRUPTED, now
            job.message = "This was interrupted before it was done. You can try again."
            job.save()
            _tell_creator(job)
            watchdog = audit.SystemActor("jobs:watchdog")
            audit.record(action="job.interrupted", by=watchdog, organisation=job.organisation, target=job)
    return stale


def abandoned(waiting) -> list:
    """Rows of the QuerySet `waiting` (with `job`) whose job is gone or has come to an end without telling them. Cheap
    where none waits; safe to call from pages as often as they are shown.
    """
    if not waiting.exists():
        return []
    mark_interrupted()
    ended = Q(job__isnull=True) | Q(job__state__in=JobState.finished())
    return list(waiting.select_related("job").filter(ended))


class JobRun:
    """What a task holds while it works."""

    def __init__(self, job: Job):
        self.job = job

    def progress(self, percent: int, message: str = "", result: dict | None = None) -> None:
        """Report progress (0-100). Raises JobCancelled when somebody asked for the end, or the job was taken away.

        Call it outside of a transaction: inside one nobody sees the progress before it commits.
        """
        values = {"progress": max(0, min(100, int(percent))), "heartbeat_at": timezone.now()}
        if message:
            values["message"] = message[:300]
        if result is not None:
            values["result"] = result
        updated = Job.objects.filter(
            pk=self.job.pk, state=JobState.RUNNING, attempt=self.job.attempt, cancel_requested_at__isnull=True
        ).update(**values)
        if not updated:
            raise JobCancelled
        job_news.tell(self.job.pk)

    @property
    def cancelled(self) -> bool:
        return not Job.objects.filter(
            pk=self.job.pk, state=JobState.RUNNING, attempt=self.job.attempt, cancel_requested_at__isnull=True
        ).exists()


@contextmanager
def job_run(job_id: str | uuid.UUID):
    """Claim a queued job, yield a JobRun, and write down how it ended.

    Yields None when there is nothing to do (cancelled meanwhile, or another worker has it): the task returns.
    An exception marks the job failed and is raised again, so that the worker's log has it too. A worker that is
    told to stop leaves the job interrupted.
    """
    now = timezone.now()
    claimed = Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(
        state=JobState.RUNNING, started_at=now, heartbeat_at=now
    )
    if not claimed:
        log.info("job_not_claimed", job=str(job_id))
        yield None
        return
    run = JobRun(Job.objects.select_related("organisation", "created_by").get(pk=job_id))
    if _is_suspended(run.job.organisation_id):
        # It was queued in the moment in which the organisation was suspended.
        _finish(run.job, JobState.CANCELLED, message="The organisation is suspended")
        yield None
        return
    stop = threading.Event()
    beat = threading.Thread(target=_beat, args=(run.job.pk, run.job.attempt, stop), daemon=True)
    # In tests work happens inside the test's transaction, which another connection cannot see.
    if not connection.in_atomic_block:
        beat.start()
    try:
        yield run
    except JobCancelled:
        _finish(run.job, JobState.CANCELLED, message="Cancelled")
    except Exception as error:
        _finish(run.job, JobState.FAILED, message=_explain(error), error=f"{type(error).__name__}: {error}")
        raise
    except BaseException:
        # The worker is being stopped (SIGTERM, KeyboardInterrupt).
        _finish(run.job, JobState.INTERRUPTED, message="The worker was stopped. You can try again.")
        raise
    else:
        _finish(run.job, JobState.SUCCEEDED, progress=100)
    finally:
        stop.set()
        if beat.ident:
            beat.join()


# What is never raised with a sentence for people.
FAULTS = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, NameError, NotImplementedError, TypeError),
    *(MemoryError, BufferError, ImportError),
)


def _explain(error: Exception) -> str:
    """For the page; the log has the traceback. What a database says about itself helps nobody there."""
    return f"Failed: {explained(error)}"[:300]


def explained(error: Exception) -> str:
    """Why work failed, in words for people; nothing of what a program or a database says about itself."""
    if isinstance(error, DatabaseError):
        return "the database refused the result."
    if isinstance(error, RedisError):
        return "the queue of background work could not be reached."
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, FAULTS):
        return "there is a fault in the program. Nothing was lost; the log says where it is. Tell your administrator."
    return str(error)


def _beat(job_id, attempt, stop):
    while not stop.wait(HEARTBEAT_SECONDS):
        try:
            Job.objects.filter(pk=job_id, attempt=attempt, state=JobState.RUNNING).update(heartbeat_at=timezone.now())
        except DatabaseError:
            # A restarted database: the next beat opens a new connection.
            log.warning("job_heartbeat_missed", job=str(job_id))
            connection.close()
    connection.close()


@transaction.atomic
def _finish(job, state, **values):
    # Only the attempt that still owns the job may end it: a worker that was taken for dead must not.
    ended = Job.objects.filter(pk=job.pk, attempt=job.attempt, state=JobState.RUNNING).update(
        state=state, finished_at=timezone.now(), **values
    )
    if not ended:
        return
    job.refresh_from_db()
    if state != JobState.CANCELLED:
        _tell_creator(job)
    actor = audit.SystemActor(f"job:{job.kind}")
    job_news.tell(job.pk)
    details = {"attempt": job.attempt}
    audit.record(action=f"job.{state.value}", by=actor, organisation=job.organisation, target=job, details=details)


def _tell_creator(job) -> None:
    """And, where others have to know of a failure, them."""
    text = f"{job.title}: {job.get_state_display().lower()}"
    where = {"url": job.url, "organisation": job.organisation, "about": f"job:{job.pk}:{job.attempt}:{job.state}"}
    if job.created_by is not None:
        notify_all(users=[job.created_by], kind="job.finished", text=text, **where)
    if job.kind in _failure_notices and job.state in (JobState.FAILED, JobState.INTERRUPTED):
        tell(kind=_failure_notices[job.kind], text=text, without=[job.created_by_id], **where)
