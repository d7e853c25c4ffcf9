"""The work of a worker on one disruption: read the day as it stands, look for plans that mend it, propose them."""

import structlog
from django.core.exceptions import ValidationError

from accounts import audit
from accounts.jobs import JobCancelled, JobRun

from .mending import Budget, happening, mended_plans, moment_of_mending
from .mending.telling import told
from .models import Disruption
from .services.disruptions import release_disruption, store_answer, take_on_disruption
from .watching import Watch

log = structlog.get_logger(__name__)

ACTOR = audit.SystemActor("huey:routing.replan")
BUDGET = Budget()
REPORT_SECONDS = 0.5
LOOKING = "Looking for few changes"
STOPPED = "The search was stopped. The plan is as it was."


def mend(run: JobRun) -> Disruption:
    """Work out how to mend the plan of the disruption that the job names. The plan itself stays as it is.

    Whatever happens, the disruption is not left waiting.
    """
    disruption = (
        Disruption.objects.for_organisation(run.job.organisation)
        .select_related("plan__team", "staff", "visit")
        .get(pk=run.job.payload["disruption"])
    )
    disruption = take_on_disruption(disruption=disruption, job=run.job)
    try:
        run.progress(5, "Reading the day as it stands")
        happened = happening(disruption, moment_of_mending(disruption))
        watch = Watch(run, LOOKING, seconds=BUDGET.few + BUDGET.best, every=REPORT_SECONDS, first=10, last=95)
        run.progress(10, LOOKING)
        day, plans = mended_plans(happened, BUDGET, watch.should_stop)
        watch.raise_kept()
        return store_answer(disruption=disruption, answer=told(happened, day, plans), job=run.job, by=ACTOR)
    except JobCancelled:
        release_disruption(disruption=disruption, job=run.job, note=STOPPED, by=ACTOR)
        raise
    except Exception as error:
        log.exception("replanning_failed", disruption=str(disruption.pk))
        why = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        note = f"No change was found: {why} The plan is as it was."
        release_disruption(disruption=disruption, job=run.job, note=note, by=ACTOR)
        raise
