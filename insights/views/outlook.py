"""What published activity is expected to do: the list, and one series."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import requires
from accounts.list_files import asked_kind, list_file_response
from accounts.permissions import Permission

from ..lists import month_list, outlook_list
from ..models import SeriesForecast
from ..outlook_question import OutlookQuestion
from ..presenters.overview import OverviewPage
from ..presenters.series import SeriesPage


@require_safe
@requires(Permission.VIEW_AREAS)
def overview(request):
    """Outlooks of the organisation's places; the address holds other places, a measure, words and the order."""
    question = OutlookQuestion.from_querydict(request.GET)
    page = OverviewPage(question, request.user, request.organisation, request.GET.get("page", "1"))
    if not page.empty and (kind := asked_kind(request)):
        return list_file_response(request, outlook_list(page), kind)
    return render(request, "insights/overview.html", {"page": page})


@require_safe
@requires(Permission.VIEW_AREAS)
def series(request, pk):
    """The forecast in use of one series."""
    forecast = SeriesForecast.objects.current().with_names().filter(series=pk).first()
    if forecast is None:
        raise Http404("There is no forecast of this series.")
    page = SeriesPage(forecast, request.user, request.organisation)
    if kind := asked_kind(request):
        return list_file_response(request, month_list(page), kind)
    return render(request, "insights/series.html", {"page": page})
