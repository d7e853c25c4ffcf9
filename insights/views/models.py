"""The models behind the outlooks, and having forecasts made anew."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import requires
from accounts.list_files import asked_kind, list_file_response
from accounts.permissions import Permission

from ..lists import model_list
from ..models import ForecastModel
from ..presenters.model_pages import ModelPage, ModelsPage
from ..services.forecasts import request_forecasts


@require_safe
@requires(Permission.VIEW_AREAS)
def models(request):
    """Models in use, how well each did, and the button that makes forecasts anew for those who may."""
    page = ModelsPage(request.user, request.organisation)
    if page.run and (kind := asked_kind(request)):
        return list_file_response(request, model_list(page), kind)
    return render(request, "insights/models.html", {"page": page})


@require_safe
@requires(Permission.VIEW_AREAS)
def model(request, pk):
    """One model, also one that was tried and is not in use."""
    found = get_object_or_404(ForecastModel.objects.select_related("run"), pk=pk)
    page = ModelPage(found, request.user, request.organisation)
    return render(request, "insights/model.html", {"page": page})


@require_POST
@requires(Permission.RECALCULATE)
def make(request):
    """Have forecasts made from what is loaded, in the background; the page of the job shows how far it is."""
    job = request_forecasts(by=request.user)
    messages.success(request, "Forecasts are being made. Outlooks change all at once, when the last one is done.")
    return redirect("job-panel", job.pk)
