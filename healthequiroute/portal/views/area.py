"""One area."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.access import requires
from accounts.kept_rows import one_reading
from accounts.list_files import asked_kind, list_file_response
from accounts.permissions import Permission

from ..lists import figure_list
from ..presenters.area import AreaPage
from ..presenters.area_beside import MOST_VISITS
from ..selection import areas_with_scores


@require_safe
@requires(Permission.VIEW_AREAS)
@one_reading()
def area(request, code):
    """Everything about one area of 2021: why it has its class, its figures, its surroundings."""
    found = get_object_or_404(areas_with_scores(), code=code.upper())
    page = AreaPage(found, request.organisation, request.user)
    if kind := asked_kind(request):
        return list_file_response(request, figure_list(page), kind)
    shows_all = request.GET.get("figures") == "all"
    if request.htmx and shows_all:
        return render(request, "portal/_area_indicators.html", {"area": page})
    audit.record_reading(request, "visits.list", page.shown_visits[:MOST_VISITS])
    return render(request, "portal/area.html", {"area": page, "shows_all": shows_all})
