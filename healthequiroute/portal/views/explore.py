"""Explore: map, table and filters of one query; the same query colours the map."""

from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.access import allowed, requires
from accounts.permissions import Permission
from lsoa.models import Area

from ..presenters.area import area_card
from ..presenters.explore import ExplorePage, address_of
from ..presenters.explore_parts import Reader, explore_form, explore_parts
from ..presenters.saved_views import ViewsMenu
from ..query import PriorityQuery
from ..selection import Selection, areas_with_scores
from ..visit_theme import permitted


@require_safe
@requires(Permission.VIEW_AREAS)
def explore(request):
    """The page; with htmx only what a change of filters, order or page touches."""
    query = permitted(request, PriorityQuery.from_querydict(request.GET))
    if request.htmx and not request.htmx.history_restore_request:
        return _update(request, query)
    if _is_raw(request.GET) and not query.problems:
        return redirect(address_of(query))
    parts = explore_parts(query, request.organisation, _reader(request), _entered(request, query))
    return render(request, "portal/explore.html", {"parts": parts, "views": ViewsMenu.of(request, query)})


def _update(request, query):
    reader, views = _reader(request), ViewsMenu.of(request, query)
    page = ExplorePage(query, Selection(query, request.organisation), may_export=reader.may_export)
    context = {"page": page, "form": explore_form(page, reader, _entered(request, query)), "views": views}
    response = render(request, "portal/_explore_update.html", context)
    # The address that people share has no empty fields in it.
    response["HX-Push-Url"] = address_of(query)
    return response


def _reader(request) -> Reader:
    return Reader(
        may_export=allowed(request.user, Permission.EXPORT_AREAS, request.organisation),
        may_see_visits=allowed(request.user, Permission.VIEW_PLANS, request.organisation),
    )


def _entered(request, query) -> dict | None:
    """A range that could not be read stays in its fields, to be mended."""
    return {name: request.GET.get(name, "") for name in ("indicator", "low", "high")} if query.problems else None


def _is_raw(data) -> bool:
    """Whether the address is what a browser makes of the form: with empty fields, and the range in three parts."""
    empty = any(not value for values in data.lists() for value in values[1])
    return empty or "low" in data or "high" in data


def _area_of(request) -> Area:
    """The area that `?index=` or `?code=` names, with its score."""
    areas = areas_with_scores().defer("geometry", "population_centroid")
    index, code = request.GET.get("index", ""), request.GET.get("code", "")
    if index.isascii() and index.isdigit() and len(index) < 9:
        return get_object_or_404(areas, index=int(index))
    if code:
        return get_object_or_404(areas, code=code.upper())
    raise Http404("Name an area by its index or its code.")


@require_safe
@requires(Permission.VIEW_AREAS)
def area_panel(request):
    """What the map shows about the area that was picked."""
    return render(request, "portal/_area_panel.html", {"area": area_card(_area_of(request))})


@require_safe
@requires(Permission.VIEW_AREAS)
@cache_control(private=True, max_age=3600)
def area_label(request):
    """Name and code of an area, for the map's tooltip."""
    area = _area_of(request)
    return JsonResponse({"code": area.code, "name": area.name})
