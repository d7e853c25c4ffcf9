"""Indicators of the organisation's own: list, hand in, preview, save, replace, take back, delete."""

import structlog
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import requires
from accounts.permissions import Permission

from .. import services
from ..forms import OwnFiguresForm, OwnIndicatorForm
from ..models import Dataset, Indicator, Upload
from ..presenters.uploads import OwnPreview
from ..sources.base import Refused

log = structlog.get_logger(__name__)


@require_safe
@requires(Permission.MANAGE_INDICATORS)
def own_indicators(request):
    """The organisation's own indicators with their figures in force."""
    indicators = list(Indicator.objects.filter(organisation=request.organisation).order_by("name"))
    datasets = Dataset.objects.filter(organisation=request.organisation).defer("quality").order_by("-loaded_at")
    releases: dict[str, list] = {}
    for row in datasets.select_related("loaded_by"):
        releases.setdefault(row.publication, []).append(row)
    rows = [{"indicator": row, "releases": releases.get(row.code, [])} for row in indicators]
    return render(request, "lsoa/own_indicators.html", {"rows": rows})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_INDICATORS)
def add(request):
    """A new indicator."""
    return _hand_in(request, OwnIndicatorForm, None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_INDICATORS)
def replace(request, code):
    """New figures for an indicator; the ones before stay and can be put back."""
    return _hand_in(request, OwnFiguresForm, _own(request, code))


def _hand_in(request, form_class, indicator):
    form = form_class(request.POST, request.FILES) if request.method == "POST" else form_class()
    if request.method == "POST" and form.is_valid():
        options = {name: value for name, value in form.cleaned_data.items() if name != "file"}
        if indicator is not None:
            options |= {"replaces": indicator.code, "name": indicator.name, "unit": indicator.unit}
        try:
            upload = services.receive_files(
                files=[form.cleaned_data["file"]], by=request.user, organisation=request.organisation, options=options
            )
            return redirect("own-indicator-preview", pk=upload.pk)
        except services.UploadRefused as refusal:
            form.add_error("file", str(refusal))
    return render(request, "lsoa/own_indicator_form.html", {"form": form, "indicator": indicator})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_INDICATORS)
def preview(request, pk):
    """GET: what the file holds. POST: save it, or (`discard`) throw it away."""
    found = Upload.objects.for_organisation(request.organisation).select_related("organisation", "job")
    upload = get_object_or_404(found, pk=pk, state=Upload.State.RECEIVED)
    if request.method == "POST":
        return _decide(request, upload)
    try:
        figures, problem = services.read_upload(upload), ""
    except (Refused, services.UploadRefused) as refusal:
        figures, problem = None, str(refusal)
        # The reason stands on the page; it may quote the file.
        log.warning("file_refused", address="own-indicator-preview", signed_in=True)
    context = {"upload": upload, "problem": problem, "preview": figures and OwnPreview(upload, figures)}
    return render(request, "lsoa/own_indicator_preview.html", context)


def _decide(request, upload):
    if "discard" in request.POST:
        services.discard_upload(upload=upload, by=request.user)
        messages.success(request, "The file has been removed. Nothing was saved.")
        return redirect("own-indicators")
    try:
        indicator = services.save_own_indicator(upload=upload, by=request.user)
    except (Refused, services.UploadRefused) as refusal:
        messages.error(request, str(refusal))
        return redirect("own-indicator-preview", pk=upload.pk)
    messages.success(request, f"{indicator.name} is saved. Only your organisation sees it.")
    return redirect("own-indicators")


@require_POST
@requires(Permission.MANAGE_INDICATORS)
def take_back(request, code):
    indicator = _own(request, code)
    try:
        before = services.take_back_own_indicator(indicator=indicator, by=request.user)
    except services.UploadRefused as refusal:
        messages.error(request, str(refusal))
    else:
        again = f"Those of {before.release} are in force again." if before else "It has no figures now."
        messages.success(request, f"The figures of {indicator.name} are taken back. {again}")
    return redirect("own-indicators")


@require_POST
@requires(Permission.MANAGE_INDICATORS)
def delete(request, code):
    indicator = _own(request, code)
    services.delete_own_indicator(indicator=indicator, by=request.user)
    messages.success(request, f"{indicator.name} is deleted with all its figures.")
    return redirect("own-indicators")


def _own(request, code) -> Indicator:
    """404 for open data and for other organisations' indicators."""
    found = None
    if request.organisation is not None:
        found = Indicator.objects.filter(organisation=request.organisation, code=code).first()
    if found is None:
        raise Http404
    return found
