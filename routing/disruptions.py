"""The work of a worker on one disruption: read the day as it stands, look for plans that mend it, propose them."""

import time

import structlog

from accounts import audit
from accounts.jobs import JobCancelled, JobRun

from .mending import Budget, happening, mended_plans, moment_of_mending
from .mending.telling import told
from .models import Disruption
from .services.disruptions import release_disruption, store_answer, take_on_disruption

log = structlog.get_logger(__name__)

ACTOR = audit.SystemActor("huey:routing.replan")
BUDGET = Budget()
REPORT_SECONDS = 0.5
STOPPED = "The search was stopped. The plan is as it was."


class Watch:
    """Tells the job how far it is, and hears whether somebody asked for the end.

    The search asks from inside foreign code, where an exception would be lost: it is kept, and `raise_kept` lets it
    out.
    """

    def __init__(self, run: JobRun, seconds: float):
        self.run, self.seconds = run, seconds
        self.began = self.reported = time.monotonic()
        self.kept: Exception | None = None

    def should_stop(self) -> bool:
        now = time.monotonic()
        if self.kept is None and now - self.reported >= REPORT_SECONDS:
            self.reported = now
            try:
                self.run.progress(min(95, 10 + 85 * (now - self.began) / self.seconds), "Looking for few changes")
            except Exception as error:
                self.kept = error
        return self.kept is not None

    def raise_kept(self):
        if self.kept is not None:
            raise self.kept


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
        watch = Watch(run, BUDGET.few + BUDGET.best)
        run.progress(10, "Looking for few changes")
        day, plans = mended_plans(happened, BUDGET, watch.should_stop)
        watch.raise_kept()
        return store_answer(disruption=disruption, answer=told(happened, day, plans), job=run.job, by=ACTOR)
    except JobCancelled:
        release_disruption(disruption=disruption, job=run.job, note=STOPPED, by=ACTOR)
        raise
    except Exception as error:
        log.exception("replanning_failed", disruption=str(disruption.pk))
        note = f"No change was found: {error} The plan is as it was."
        release_disruption(disruption=disruption, job=run.job, note=note, by=ACTOR)
        raise
