"""One figure, one indicator, and the list of indicators."""

from itertools import groupby

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import requires
from accounts.permissions import Permission

from ..models import Area, Indicator, Vintage
from ..presenters.datasets import OTHER_THEME, OWN_THEME
from ..presenters.figures import FigurePage, IndicatorPage


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
    """Every indicator that the organisation sees, by theme; `?q=` narrows it."""
    text = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:100]
    rows = Indicator.objects.visible_to(request.organisation)
    for word in text.split():
        rows = rows.filter(name__icontains=word) | rows.filter(code__icontains=word)
    rows = sorted(rows, key=lambda row: (row.organisation_id is None, *_heading_order(row), row.name))
    groups = [(heading, list(members)) for heading, members in groupby(rows, key=_heading)]
    return render(request, "lsoa/indicators.html", {"groups": groups, "search_text": text, "number": len(rows)})


def _heading(row) -> str:
    return OWN_THEME if row.organisation_id else row.theme or OTHER_THEME


def _heading_order(row):
    heading = _heading(row)
    return heading == OTHER_THEME, heading


def _indicator(request, code) -> Indicator:
    """404 for other organisations' indicators: whether they exist is nobody else's business."""
    found = Indicator.objects.visible_to(request.organisation).filter(code=code).first()
    if found is None:
        raise Http404
    return found
