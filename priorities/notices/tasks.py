"""Looking at runs and loads in the background, right after them, and every ten minutes at what was missed."""

import structlog
from django.dispatch import receiver
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task
from redis.exceptions import RedisError

from lsoa.models import Dataset
from lsoa.signals import dataset_loaded
from priorities.models import ScoreRun

from . import firing

log = structlog.get_logger(__name__)


def look_soon(run_id) -> None:
    """Have a worker look at a run. Without a queue the next sweep does."""
    _queue(look_at_run_in_background, run_id)


@receiver(dataset_loaded, dispatch_uid="priorities.notices.loaded")
def look_at_loaded(sender, dataset, **details):
    _queue(look_at_dataset_in_background, dataset.pk)


def _queue(task, pk) -> None:
    try:
        task(str(pk))
    except (RedisError, OSError) as error:
        log.warning("rules_not_queued", error=type(error).__name__)


@db_task()
def look_at_run_in_background(run_id: str):
    run = ScoreRun.objects.finished().select_related("patch__organisation").filter(pk=run_id).first()
    if run is not None:
        firing.look_at_run(run=run)


@db_task()
def look_at_dataset_in_background(dataset_id: str):
    dataset = Dataset.objects.in_force().filter(pk=dataset_id).first()
    if dataset is not None:
        firing.look_at_dataset(dataset=dataset)


@db_periodic_task(crontab(minute="*/10"))
def look_at_missed():
    missed = firing.look_at_missed()
    if missed:
        log.info("rules_caught_up", events=missed)
