"""One area, and how to find it."""

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.access import requires
from accounts.permissions import Permission
from lsoa.search import search_areas

from ..presenters.area import AreaPage, tags_by_area
from ..selection import areas_with_scores

RESULTS = 50


@require_safe
@requires(Permission.VIEW_AREAS)
def area(request, code):
    """Everything about one area of 2021: why it has its class, its figures, its surroundings."""
    found = get_object_or_404(areas_with_scores(), code=code.upper())
    return render(request, "portal/area.html", {"area": AreaPage(found)})


@require_safe
@requires(Permission.VIEW_AREAS)
def search(request):
    """Search by name, code, local authority or postcode; a single match leads straight to its page."""
    text = " ".join(request.GET.get("q", "").split())[:100]
    found = search_areas(text, limit=RESULTS + 1)
    if len(found) == 1:
        return redirect("area", code=found[0].code)
    tags = tags_by_area(found[:RESULTS])
    rows = [{"area": row, "priority": tags[row.pk]} for row in found[:RESULTS]]
    context = {"search_text": text, "rows": rows, "is_cut": len(found) > RESULTS, "limit": RESULTS}
    return render(request, "portal/search.html", context)
