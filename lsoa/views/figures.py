"""One figure, one indicator, and the list of indicators."""

from functools import reduce
from operator import or_

from django.db.models import Q
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import requires
from accounts.list_files import asked_kind, list_file_response
from accounts.permissions import Permission

from ..catalogue.order import by_theme
from ..lists import indicator_list
from ..models import Area, Indicator, Vintage
from ..presenters.datasets import OWN_THEME
from ..presenters.figures import FigurePage, IndicatorPage

SEARCHED = ("name", "code", "description", "theme", "source")
# As many indicators are listed unfolded.
FEW = 24


@require_safe
@requires(Permission.VIEW_AREAS)
def figure(request, code, area_code):
    """One indicator in one area; `?vintage=2011` where a code stands for areas of both censuses."""
    indicator = _indicator(request, code)
    areas = Area.objects.filter(code=area_code.upper()).defer("geometry").order_by("-vintage")
    if request.GET.get("vintage") == str(Vintage.CENSUS_2011):
        areas = areas.filter(vintage=Vintage.CENSUS_2011)
    area = areas.first()
    if area is None:
        raise Http404
    return render(request, "lsoa/figure.html", {"page": FigurePage(indicator, area, request.organisation)})


@require_safe
@requires(Permission.VIEW_AREAS)
def indicator(request, code):
    page = IndicatorPage(_indicator(request, code), request.organisation)
    return render(request, "lsoa/indicator.html", {"page": page})


@require_safe
@requires(Permission.VIEW_AREAS)
def indicators(request):
    """Every indicator that the organisation sees, by theme; `?q=` narrows it by name, meaning, theme and source."""
    text = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:100]
    rows = Indicator.objects.visible_to(request.organisation)
    for word in text.split():
        rows = rows.filter(reduce(or_, (Q(**{f"{name}__icontains": word}) for name in SEARCHED)))
    if kind := asked_kind(request):
        filters = [f"Words: {text}"] if text else []
        return list_file_response(request, indicator_list(rows.order_by("theme", "name"), filters), kind)
    rows = list(rows)
    own = sorted((row for row in rows if row.organisation_id), key=lambda row: row.name)
    groups = by_theme(row for row in rows if not row.organisation_id)
    if own:
        groups.insert(0, (OWN_THEME, own))
    context = {"groups": groups, "search_text": text, "number": len(rows), "is_open": bool(text) or len(rows) <= FEW}
    return render(request, "lsoa/indicators.html", context)


def _indicator(request, code) -> Indicator:
    """404 for other organisations' indicators: whether they exist is nobody else's business."""
    found = Indicator.objects.visible_to(request.organisation).filter(code=code).first()
    if found is None:
        raise Http404
    return found
