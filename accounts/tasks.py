"""Periodic housekeeping of the worker."""

import time

import structlog
from django.core.cache import cache
from django.core.management import call_command
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, on_startup, periodic_task

from . import audit, jobs, services

log = structlog.get_logger(__name__)

WORKER_BEAT_KEY = "worker-beat"


def beat() -> None:
    """Say that a worker is alive. Kept an hour, so that a missing worker shows as old rather than as never seen."""
    cache.set(WORKER_BEAT_KEY, time.time(), 3600)


def worker_seen_seconds_ago() -> float | None:
    """Seconds since any worker's last beat; None when none was seen for an hour. RedisError without a cache."""
    seen = cache.get(WORKER_BEAT_KEY)
    return None if seen is None else max(0.0, time.time() - seen)


@on_startup()
def beat_at_start():
    beat()


@periodic_task(crontab(minute="*"))
def beat_every_minute():
    beat()


@db_periodic_task(crontab(minute="*"))
def end_interrupted_jobs():
    """Jobs whose worker died end as interrupted even when nobody looks at them."""
    for job in jobs.mark_interrupted():
        log.warning("job_interrupted", job=str(job.pk), kind=job.kind)


@db_periodic_task(crontab(minute="7"))
def check_audit_trail():
    """Every hour; a broken chain goes to the log as an error and to every platform administrator."""
    found = audit.check_now().verification
    if found.intact:
        # The log goes where the database cannot write: `verify_audit --seal` compares.
        log.info("audit_trail_checked", events=found.events, seal=audit.seal(found))
        return
    log.error("audit_trail_broken", sequence=found.broken_sequence, reason=found.reason)
    services.warn_platform(text=f"The audit trail is broken at entry {found.broken_sequence}.")


@db_periodic_task(crontab(hour="3", minute="17"))
def forget_expired_sign_ins():
    """Sessions and refresh tokens that nobody can use any more."""
    call_command("clearsessions")
    call_command("flushexpiredtokens")
