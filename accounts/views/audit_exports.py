"""The audit trail for those who check it: files with a signed manifest, and the compliance report."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from .. import audit, jobs
from ..access import requires
from ..list_files import asked_kind, list_file_response
from ..list_files.streaming import download, pieces_of
from ..lists.trail import report_list
from ..models import Job
from ..permissions import Permission
from ..presenters import job_panel
from ..sessions.step_up import confirmed_recently
from ..trail import compliance, exports, large_exports, reading
from ..trail.forms import PeriodForm, TrailForm
from ..trail.keys import KeyProblem

PERIOD = timedelta(days=30)


@require_http_methods(["GET", "POST"])
@requires(Permission.VIEW_AUDIT)
@confirmed_recently
def export(request):
    """GET says what would be taken, with the filters of the address; POST gives the file."""
    form = TrailForm(request.GET, organisation=request.organisation)
    is_valid = form.is_valid()
    number, is_exact = reading.count(form.filter())
    problem = "" if is_valid else "A filter is not right: go back to the audit trail and correct it."
    is_large = number > exports.MOST_ENTRIES
    if request.method == "POST" and is_valid:
        try:
            if is_large:
                return _queued(request, form.filter())
            return _file(request, form.filter(), _format(request))
        except large_exports.ExportUnderWay as error:
            problem = str(error)
        except KeyProblem:
            problem = "Exports cannot be signed: no key is set up. Ask whoever runs the portal."
    context = {
        "number": number,
        "is_exact": is_exact,
        "is_large": is_large,
        "most": exports.MOST_ENTRIES,
        "formats": exports.FORMATS.items(),
        "problem": problem,
        "query": request.GET.urlencode(),
    }
    return render(request, "accounts/audit_export.html", context, status=422 if problem else 200)


def _queued(request, filters):
    large_exports.ask_for_export(
        filters=filters, form=_format(request), by=request.user, organisation=request.organisation
    )
    messages.success(request, "Your export is being made. You find it below.")
    return redirect("audit-exports")


def _format(request) -> str:
    return "jsonl" if request.POST.get("format") == "jsonl" else "csv"


@require_GET
@requires(Permission.VIEW_AUDIT)
def exports_page(request):
    """Large exports that the reader asked for, with their progress."""
    jobs.mark_interrupted()
    found = large_exports.of_user(request.user, request.organisation)
    rows = [each | {"panel": job_panel(each["job"], request.user)} for each in found]
    return render(request, "accounts/audit_exports.html", {"rows": rows})


@require_GET
@requires(Permission.VIEW_AUDIT)
@confirmed_recently
def export_file(request, job_id):
    """The file of a large export that the reader asked for themselves in this organisation; 404 for any other."""
    own = Job.objects.for_organisation(request.organisation).filter(created_by=request.user, kind=large_exports.KIND)
    job = get_object_or_404(own, pk=job_id)
    path = large_exports.fetch(job=job, by=request.user)
    if path is None:
        raise Http404("This export is not kept any more.")
    return download(request, pieces_of(path.open("rb")), "audit.zip")


def _file(request, filters, form):
    made = exports.make(filters, form)
    manifest = made.manifest
    details = {"rows": manifest["rows"], "sha256": manifest["sha256"], "format": form, "filters": manifest["filters"]}
    audit.record(action="audit.exported", by=request.user, organisation=request.organisation, details=details)
    return download(request, pieces_of(made.file), made.name)


@require_GET
@requires(Permission.VIEW_AUDIT)
def report(request):
    form, figures = _report(request)
    context = {
        "form": form,
        "report": figures,
        "made_at": timezone.now(),
        "period_query": f"since={figures.since.isoformat()}&until={figures.until.isoformat()}",
    }
    return render(request, "accounts/audit_report.html", context)


@require_GET
@requires(Permission.VIEW_AUDIT)
def report_file(request):
    """The same figures as a file."""
    _, figures = _report(request)
    details = {"since": figures.since.isoformat(), "until": figures.until.isoformat()}
    audit.record(action="audit.reported", by=request.user, organisation=request.organisation, details=details)
    return list_file_response(request, report_list(request.organisation, figures), asked_kind(request) or "csv")


def _report(request):
    form = PeriodForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    today = timezone.localdate()
    until = asked.get("until") or today
    since = asked.get("since") or until - PERIOD
    if form.is_valid():
        # The fields say which days the figures are of, also where nobody chose any.
        form = PeriodForm({"since": since.isoformat(), "until": until.isoformat()})
    return form, compliance.report(request.organisation, since, until, today=today)
