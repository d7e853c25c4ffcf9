"""Periodic housekeeping of the worker."""

import os
import time
from datetime import timedelta

import structlog
from django.core.cache import cache
from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, on_startup, periodic_task

from . import audit, jobs, services
from .credentials import keys, tokens, usage

# Huey knows only the tasks that are imported.
from .list_files import large as large_lists  # noqa: F401
from .notices import tasks as notice_tasks  # noqa: F401
from .people import reviews

# Huey knows only the tasks that are imported.
from .privacy import tasks as privacy_tasks  # noqa: F401
from .sessions import ending

# Huey knows only the tasks that are imported.
from .trail import tasks as trail_tasks  # noqa: F401

log = structlog.get_logger(__name__)

HOUSEKEEPING = audit.SystemActor("huey:housekeeping")
# Searches use whole processors for minutes; where they share a machine with the pages, the pages go first.
NICENESS = 10
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


@on_startup()
def step_back():
    """This worker and the processes that it starts are scheduled after those that answer requests."""
    os.nice(max(0, NICENESS - os.getpriority(os.PRIO_PROCESS, 0)))


@periodic_task(crontab(minute="*"))
def beat_every_minute():
    beat()


@db_periodic_task(crontab(minute="*/10"))
def end_past_suspensions():
    """Suspensions with a last day count for nothing once it has come; here the trail learns of it."""
    services.end_past_suspensions(by=audit.SystemActor("accounts:suspensions"))


@db_periodic_task(crontab(minute="*"))
def end_interrupted_jobs():
    """Jobs whose worker died end as interrupted even when nobody looks at them."""
    for job in jobs.mark_interrupted():
        log.warning("job_interrupted", job=str(job.pk), kind=job.kind)


@db_periodic_task(crontab(hour="3", minute="17"))
def forget_expired_sign_ins():
    """Sessions and refresh tokens that nobody can use any more."""
    ending.end_those_over()
    families = tokens.forget_expired()
    if families:
        audit.record(action="token.forgotten", by=HOUSEKEEPING, details={"token_families": families})


@db_periodic_task(crontab(minute="*/5"))
def end_sessions():
    """Sessions that ended because nothing was done are in the trail minutes later."""
    ending.end_those_over()


@db_periodic_task(crontab(minute="*"))
def bring_api_key_usage():
    """What keys were used for is on their pages a minute later."""
    usage.flush()


@db_periodic_task(crontab(hour="6", minute="17"))
def remind_of_access_reviews():
    """Administrators hear of reviews that are due soon, or late."""
    reviews.remind()


@db_periodic_task(crontab(hour="6", minute="11"))
def look_after_api_keys():
    """Makers hear of keys that expire soon; what nobody asks about any more is forgotten."""
    keys.warn_of_expiry()
    rows = usage.forget_before(timezone.localdate() - timedelta(days=usage.KEPT_DAYS))
    if rows:
        audit.record(action="api_key.usage_forgotten", by=HOUSEKEEPING, details={"days_of_keys": rows})
