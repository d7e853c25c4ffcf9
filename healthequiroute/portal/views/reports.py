"""Reports: the list, one with its editions, an edition as page, PDF and workbook."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit, jobs
from accounts.access import allowed, requires
from accounts.list_files import asked_kind, list_file_response
from accounts.list_files.streaming import download
from accounts.permissions import Permission
from accounts.presenters import job_panel

from ..models import EditionState, Report, ReportEdition
from ..reports import presenters, services
from ..reports.forms import ReportForm
from ..reports.kinds import kinds_for
from ..reports.looks import EditionPage
from ..reports.recipients import candidates, recipients_of

EDITIONS_SHOWN = 30


@require_safe
@requires(Permission.VIEW_AREAS)
def reports(request):
    """Reports whose kind the reader may read."""
    newest = ReportEdition.objects.without_content().order_by("-created_at")  # unscoped: of the reports below
    found = (
        _reports(request)
        .select_related("team", "patch")
        .prefetch_related(Prefetch("editions", queryset=newest, to_attr="latest"))
    )
    rows = [presenters.report_row(report) for report in found]
    if kind := asked_kind(request):
        return list_file_response(request, presenters.report_list(request.organisation, rows), kind)
    return render(request, "portal/reports/list.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_AREAS)
def report_add(request):
    if request.organisation is None:
        raise PermissionDenied("Reports are made for an organisation.")
    initial = {"kind": request.GET.get("kind", ""), "recipients": [request.user.pk]}
    return _form(request, Report(organisation=request.organisation), initial)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_AREAS)
def report_edit(request, pk):
    return _form(request, _changeable(request, pk), {})


def _form(request, report, initial):
    posted = request.POST if request.method == "POST" else None
    form = ReportForm(posted, instance=report, initial=initial, user=request.user)
    if posted is not None and form.is_valid():
        saved = services.save_report(
            report=form.save(commit=False), recipients=form.cleaned_data["recipients"], by=request.user
        )
        messages.success(request, f"“{saved.name}” is saved.")
        return redirect("report", saved.pk)
    audit.record_reading(request, "reports.recipients", form.fields["recipients"].queryset)
    status = 422 if form.is_bound else 200
    return render(request, "portal/reports/form.html", {"form": form, "report": report}, status=status)


@require_safe
@requires(Permission.VIEW_AREAS)
def report(request, pk):
    """One report: when it is made, to whom it goes, its editions."""
    services.take_up_abandoned()
    found = _report(request, pk)
    people = recipients_of(found)
    audit.record_reading(request, "reports.recipients", people)
    editions = list(found.editions.without_content().select_related("job")[:EDITIONS_SHOWN])
    making = next((each for each in editions if each.state == EditionState.MAKING and each.job), None)
    context = {
        "report": found,
        "row": presenters.report_row(_with_latest(found, editions)),
        "recipients": people,
        "left_out": len(found.recipients.all()) - len(people),
        "editions": [presenters.edition_row(each) for each in editions],
        "panel": job_panel(making.job, request.user) if making else None,
        "may_change": _may_change(request, found),
    }
    return render(request, "portal/reports/report.html", context)


@require_POST
@requires(Permission.VIEW_AREAS)
def report_make(request, pk):
    try:
        services.make_now(report=_report(request, pk), by=request.user)
        messages.success(request, "The report is being made. You find it below.")
    except (services.EditionUnderWay, jobs.OrganisationSuspended) as refusal:
        messages.info(request, str(refusal))
    return redirect("report", pk)


@require_POST
@requires(Permission.VIEW_AREAS)
def report_pause(request, pk):
    """`paused`: "1" stops the schedule, anything else has it go on."""
    is_paused = request.POST.get("paused") == "1"
    found = services.pause_report(report=_changeable(request, pk), is_paused=is_paused, by=request.user)
    messages.success(request, f"“{found.name}” is {'paused' if is_paused else 'made again on its schedule'}.")
    return redirect("report", pk)


@require_POST
@requires(Permission.VIEW_AREAS)
def report_delete(request, pk):
    found = _changeable(request, pk)
    services.delete_report(report=found, by=request.user)
    messages.success(request, f"“{found.name}” is deleted with its editions.")
    return redirect("reports")


@require_safe
@requires(Permission.VIEW_AREAS)
def report_edition(request, pk):
    """What an edition says."""
    return render(request, "portal/reports/edition.html", {"page": EditionPage(_edition(request, pk))})


@require_safe
@requires(Permission.VIEW_AREAS)
def report_edition_pdf(request, pk):
    return _taken(request, pk, "pdf", EditionPage.pdf)


@require_safe
@requires(Permission.VIEW_AREAS)
def report_edition_xlsx(request, pk):
    return _taken(request, pk, "xlsx", EditionPage.workbook)


def _taken(request, pk, kind, make):
    edition = _edition(request, pk)
    content = make(EditionPage(edition))
    details = {"kind": kind}
    audit.record(
        action="report.taken", by=request.user, organisation=request.organisation, target=edition, details=details
    )
    day = f"{edition.made_at:%Y-%m-%d}"
    return download(request, iter([content]), f"report-{slugify(edition.report.name)[:60]}-{day}.{kind}")


def _reports(request):
    kinds = kinds_for(request.user, request.organisation)
    return Report.objects.for_organisation(request.organisation).of_kinds(kinds)


def _report(request, pk) -> Report:
    """404 also for kinds that the reader may not read."""
    return get_object_or_404(_reports(request).select_related("organisation", "team", "patch", "created_by"), pk=pk)


def _may_change(request, report) -> bool:
    """Whoever made it, and administrators; once its maker has left or may not read it any more, whoever may read it."""
    if report.created_by_id == request.user.pk:
        return True
    if allowed(request.user, Permission.MANAGE_ORGANISATION, request.organisation):
        return True
    return report.created_by not in candidates(request.organisation, report.kind)


def _changeable(request, pk) -> Report:
    report = _report(request, pk)
    if not _may_change(request, report):
        raise PermissionDenied("Whoever made this report, or an administrator, can change it.")
    return report


def _edition(request, pk) -> ReportEdition:
    kinds = kinds_for(request.user, request.organisation)
    editions = ReportEdition.objects.for_organisation(request.organisation).filter(report__kind__in=kinds)
    edition = get_object_or_404(editions.select_related("report__organisation", "report__team"), pk=pk)
    if edition.state != EditionState.READY:
        raise Http404("This edition is not ready.")
    return edition


def _with_latest(report, editions):
    report.latest = editions
    return report
