"""Every write about reports: made, changed, paused, deleted, asked for, begun on time."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit, jobs

from ..models import Cadence, EditionState, Report, ReportEdition
from .schedule import next_run_of

JOB_KIND = "report.make"
BY = audit.SystemActor("reports:schedule")
# A worker that is killed is followed by another; what kills each of them is given up.
MOST_ATTEMPTS = 3


class EditionUnderWay(ValueError):
    """The report is being made already."""


@transaction.atomic
def save_report(*, report: Report, recipients, by) -> Report:
    """Keep a new or changed report with its recipients; its next run is worked out from now on."""
    is_new = report._state.adding
    if is_new:
        report.created_by = by
    report.next_run_at = next_run_of(report, timezone.now())
    report.save()
    report.recipients.set(recipients)
    action = "report.created" if is_new else "report.changed"
    details = {"kind": report.kind, "cadence": report.cadence, "recipients": len(recipients)}
    audit.record(action=action, by=by, organisation=report.organisation, target=report, details=details)
    return report


@transaction.atomic
def pause_report(*, report: Report, is_paused: bool, by) -> Report:
    """Stop or go on. A report that goes on is made at its next time, not for those that it missed."""
    report = _locked(report)
    if report.is_paused != is_paused:
        report.is_paused, report.next_run_at = is_paused, next_run_of(report, timezone.now())
        report.save(update_fields=["is_paused", "next_run_at"])
        action = "report.paused" if is_paused else "report.resumed"
        audit.record(action=action, by=by, organisation=report.organisation, target=report)
    return report


@transaction.atomic
def delete_report(*, report: Report, by) -> None:
    """With its editions; work that is under way ends by itself."""
    report = _locked(report)
    for edition in report.editions.unfinished().select_related("job"):
        if edition.job is not None:
            jobs.request_cancel(job=edition.job, by=by)
    details = {"kind": report.kind, "editions": len(report.editions.values_list("pk"))}
    audit.record(action="report.deleted", by=by, organisation=report.organisation, target=report, details=details)
    report.delete()


@transaction.atomic
def make_now(*, report: Report, by) -> ReportEdition:
    """Begin an edition that somebody asks for. EditionUnderWay; OrganisationSuspended."""
    report = _locked(report)
    if report.editions.unfinished().exists():
        raise EditionUnderWay("This report is being made already.")
    return _begin(report, None, by)


def begin_due(now: datetime | None = None) -> int:
    """Begin what the schedule asks for by now; returns how many editions that were. Any number of workers may ask at
    once: a time is begun once. What was missed while nothing ran is made up for by one edition.
    """
    now = now or timezone.now()
    begun = 0
    for key in Report.objects.due(now).values_list("pk", flat=True):
        begun += _begin_one(key, now)
    return begun


@transaction.atomic
def _begin_one(key, now) -> int:
    report = Report.objects.due(now).select_for_update(skip_locked=True, of=("self",)).filter(pk=key).first()
    if report is None:
        # Another worker has it, or it was paused meanwhile.
        return 0
    due_at, report.next_run_at = report.next_run_at, next_run_of(report, now)
    report.save(update_fields=["next_run_at"])
    if report.editions.filter(due_at=due_at).exists():
        return 0
    _begin(report, due_at, BY)
    return 1


def _begin(report, due_at, by) -> ReportEdition:
    edition = ReportEdition.objects.create(report=report, due_at=due_at, asked_by=by if hasattr(by, "email") else None)
    edition.job = jobs.enqueue(
        kind=JOB_KIND,
        title=f"Report: {report.name}",
        payload={"edition": str(edition.pk)},
        by=by,
        organisation=report.organisation,
        url=reverse("report", args=[report.pk]),
    )
    edition.save(update_fields=["job"])
    return edition


def take_up_abandoned() -> int:
    """Have editions made again whose worker died; what failed, or died too often, is told as failed. Returns how many
    were taken up.
    """
    taken = 0
    for edition in jobs.abandoned(ReportEdition.objects.unfinished()):  # unscoped: all that a worker left behind
        taken += _take_up(edition.pk)
    return taken


@transaction.atomic
def _take_up(key) -> int:
    found = ReportEdition.objects.select_for_update(of=("self",)).select_related("job", "report__organisation")
    edition = found.filter(pk=key, state=EditionState.MAKING).first()
    if edition is None:
        return 0
    job = edition.job
    if job is not None and job.state == "interrupted" and job.attempt < MOST_ATTEMPTS:
        jobs.retry(job=job, by=BY)
        return 1
    problem = job.message if job is not None and job.message else "It could not be made."
    edition.state, edition.problem = EditionState.FAILED, problem[:300]
    edition.save(update_fields=["state", "problem"])
    audit.record(action="report.failed", by=BY, organisation=edition.report.organisation, target=edition)
    # Here, since whom to tell is a matter of reading.
    from .recipients import tell_failed

    tell_failed(edition)
    return 0


def is_scheduled(report: Report) -> bool:
    return report.cadence != Cadence.BY_HAND


def _locked(report) -> Report:
    return Report.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=report.pk)
