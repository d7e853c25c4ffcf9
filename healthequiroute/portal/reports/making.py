"""Making an edition in the background, once."""

from django.db import transaction
from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task

from accounts import audit, jobs
from routing.civil_time import LONDON

from ..models import EditionState, ReportEdition
from . import services
from .kinds import KINDS
from .recipients import tell_ready


@db_task()
def make_edition(job_id: str):
    """The job. A worker that dies leaves the edition as it was; the next one makes it, and nobody is told twice."""
    with jobs.job_run(job_id) as run:
        if run is None:
            return
        editions = ReportEdition.objects.for_organisation(run.job.organisation)
        edition = editions.select_related("report__organisation", "report__team", "report__patch").get(
            pk=run.job.payload["edition"]
        )
        if edition.state == EditionState.MAKING:
            # Of the day that it was due: one that is made late is about the same weeks.
            day = (edition.due_at or edition.created_at).astimezone(LONDON).date()
            document = KINDS[edition.report.kind].make(edition.report, day, run.progress)
            run.progress(95, "Keeping the report")
            _keep(edition, document.as_dict())
        run.progress(100, "Ready")


@transaction.atomic
def _keep(edition: ReportEdition, content: dict) -> None:
    """Whoever comes first keeps it and tells the recipients, in one transaction."""
    locked = ReportEdition.objects.select_for_update(of=("self",)).select_related("report__organisation", "asked_by")
    edition = locked.get(pk=edition.pk)
    if edition.state != EditionState.MAKING:
        return
    edition.state, edition.content, edition.made_at = EditionState.READY, content, timezone.now()
    edition.save(update_fields=["state", "content", "made_at"])
    told = tell_ready(edition)
    details = {"kind": edition.report.kind, "told": told}
    audit.record(
        action="report.made", by=services.BY, organisation=edition.report.organisation, target=edition, details=details
    )


@db_periodic_task(crontab(minute="*/5"))
def make_due_reports():
    """Reports whose time has come, and those whose worker died."""
    services.take_up_abandoned()
    services.begin_due()


jobs.register_kind(services.JOB_KIND, make_edition)
