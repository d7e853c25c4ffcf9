"""Progress of background work, and the two things one can do about it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from .. import jobs
from ..access import may_follow_job, may_steer_job
from ..models import Job
from ..presenters import job_panel
from ..safe_redirects import safe_address


@never_cache
@require_GET
def panel(request, job_id):
    """Progress of one job: a fragment for htmx, a page of its own otherwise."""
    jobs.mark_interrupted()
    return _answer(request, _job(request, job_id, may_follow_job))


@require_POST
def cancel(request, job_id):
    job = jobs.request_cancel(job=_job(request, job_id, may_steer_job), by=request.user)
    return _answer(request, job)


@require_POST
def retry(request, job_id):
    job = _job(request, job_id, may_steer_job)
    try:
        job = jobs.retry(job=job, by=request.user)
    except jobs.JobNotRetryable as refusal:
        messages.error(request, str(refusal))
    # The queue may have refused or, in tests, finished the work already.
    job.refresh_from_db()
    return _answer(request, job)


def _job(request, job_id, predicate) -> Job:
    """404 for jobs of others: whether they exist is nobody else's business."""
    visible = Job.objects.visible_to(request.user, request.organisation).select_related("organisation")
    job = visible.filter(pk=job_id).first()
    if job is None or not predicate(request.user, job):
        raise Http404
    return job


def _answer(request, job):
    if request.method == "POST" and not request.htmx:
        return redirect(_back(request, job))
    template = "accounts/_job_panel.html" if request.htmx else "accounts/job.html"
    response = render(request, template, {"panel": job_panel(job, request.user)})
    if request.htmx and job.finished_at is not None:
        # The page around the panel may want to show the outcome: hx-trigger="job-ended from:body".
        response["HX-Trigger"] = "job-ended"
    return response


def _back(request, job) -> str:
    """The page that the button was on, when it is one of ours; else the job's own."""
    return safe_address(request, request.POST.get("next"), otherwise=reverse("job-panel", args=[job.pk]))
