"""Background work: forecasts, on request and shortly after activity was loaded."""

from django.core.cache import cache
from django.dispatch import receiver
from huey.contrib.djhuey import db_task, task

from accounts.audit import SystemActor
from accounts.jobs import job_run
from insights.services.forecasts import request_forecasts, run_queued_forecasts
from lsoa.signals import dataset_loaded

# A load of several publications sends a signal for each: they share one run, half a minute after the first.
WAIT_SECONDS = 30
PENDING_KEY = "forecasts-pending"


@task()
def forecast_in_background(job_id: str) -> None:
    """Make forecasts for the job. One that has ended or is taken is left alone: a second delivery does no harm."""
    with job_run(job_id) as run:
        if run is not None:
            run_queued_forecasts(run=run)


@db_task()
def forecast_soon():
    cache.delete(PENDING_KEY)
    request_forecasts(by=SystemActor("huey:forecasts_after_load"))


@receiver(dataset_loaded, dispatch_uid="insights.forecast_after_load")
def forecast_after_load(sender, dataset, **kwargs):
    """Have everything forecast anew when a load that brought activity has come to rest."""
    if dataset.activity.exists() and cache.add(PENDING_KEY, 1, 10 * WAIT_SECONDS):
        forecast_soon.schedule(delay=WAIT_SECONDS)
