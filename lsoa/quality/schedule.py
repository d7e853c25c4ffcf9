"""When the checks run: every night, and once shortly after data have been loaded."""

import structlog
from django.core.cache import cache
from django.dispatch import receiver
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task

from accounts.audit import SystemActor
from accounts.models import User
from lsoa.signals import dataset_loaded

log = structlog.get_logger(__name__)

# A load of all publications sends a signal for each: they share one run, half a minute after the first.
WAIT_SECONDS = 30
PENDING_KEY = "quality-checks-pending"


@db_periodic_task(crontab(hour="4", minute="23"))
def check_every_night():
    _check(SystemActor("huey:check_every_night"))


@db_task()
def check_soon():
    cache.delete(PENDING_KEY)
    _check(SystemActor("huey:check_after_load"))


@db_task()
def check_on_request(user_id: str):
    """Somebody pressed the button; the run is theirs in the audit trail."""
    _check(User.objects.get(pk=user_id))


def _check(by):
    from lsoa.services import run_checks

    outcome = run_checks(by=by)
    log.info("data_checked", findings=len(outcome.findings), raised=len(outcome.raised), resolved=outcome.resolved)


@receiver(dataset_loaded, dispatch_uid="lsoa.quality.check_after_load")
def check_after_load(sender, **kwargs):
    """Have everything checked when the load has come to rest."""
    if cache.add(PENDING_KEY, 1, 10 * WAIT_SECONDS):
        check_soon.schedule(delay=WAIT_SECONDS)
