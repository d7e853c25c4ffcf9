"""Writes about validations of model versions."""

import time
from collections.abc import Callable

from django.db import transaction
from django.urls import reverse

from accounts import audit, jobs
from accounts.models import Job, User
from lsoa.profiles import datasets_behind
from priorities.models import ModelVersion, ValidationReport
from priorities.validation.report import NothingToValidate, validate

from .scoring import published_version

VALIDATION_KIND = "priorities.validate"


@transaction.atomic
def start_validation(*, by, version: ModelVersion | None = None) -> Job:
    """Queue the validation of a version (by default the published one). Raises NothingToScore without any."""
    version = version or published_version()
    return jobs.enqueue(
        kind=VALIDATION_KIND,
        title=f"Validate {version}",
        payload={"model_version": str(version.pk)},
        by=by,
        url=reverse("methods-priorities"),
    )


def run_queued_validation(*, run: jobs.JobRun) -> ValidationReport:
    """Do what `start_validation` queued, reporting progress to the job."""
    report = validate_priorities(
        by=run.job.created_by or audit.SystemActor("huey:validate_priorities"),
        version=ModelVersion.objects.get(pk=run.job.payload["model_version"]),
        job=run.job,
        progress=run.progress,
    )
    result = {"report": str(report.pk), "areas": report.area_count, "seconds": report.seconds}
    run.progress(99, f"{report.area_count:,} areas in {report.seconds:.1f} s", result=result)
    return report


def validate_priorities(
    *,
    by,
    version: ModelVersion | None = None,
    job: Job | None = None,
    progress: Callable[[int, str], None] = lambda percent, message: None,
) -> ValidationReport:
    """Hold a version (by default the published one; a draft too) against the loaded data and keep the report.

    `progress` may raise to stop before anything is stored. Raises NothingToScore without a published version,
    NothingToValidate without areas or thresholds.
    """
    clock = time.perf_counter()
    version = version or published_version()
    try:
        study, result = validate(version, progress=progress)
    except NothingToValidate as refusal:
        raise NothingToValidate(f"{version}: {refusal}") from None
    progress(97, "Storing the report")
    report = ValidationReport(
        model_version=version,
        job=job,
        created_by=by if isinstance(by, User) else None,
        extent=study.subjects.extent,
        area_count=len(study.subjects),
        datasets=sorted(result["datasets"]),
        inputs=datasets_behind(study.version.compiled.indicators),
        result=result,
        seconds=round(time.perf_counter() - clock, 3),
    )
    with transaction.atomic():
        report.save()
        audit.record(
            action="model.validated",
            by=by,
            organisation=version.organisation,
            target=version,
            details={"report": str(report.pk), "areas": report.area_count},
        )
    return report
