"""What a map asks the server for: values by area, the areas in view as a list, and where a place is."""

from dataclasses import dataclass

import numpy as np
from django.contrib.gis.db.models import Extent
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.access import requires
from accounts.people.flags import Flag, needs_flag
from accounts.permissions import Permission
from lsoa.models import Area
from lsoa.packed import not_modified, packed_response
from lsoa.search import POSTCODE, PlaceUnreadable, in_place, place_name
from lsoa.search import search as search_everything
from lsoa.search.throttle import SearchThrottle
from priorities.moves import LABELS, PALETTE, map_size

from .. import themes
from ..in_view import Box, areas_in_view
from ..query import PriorityQuery
from ..selection import Selection
from ..theme_values import packed_values, theme_values, values_version
from ..visit_theme import permitted
from .scenarios import moves_of

BYTES = "application/octet-stream"


@require_safe
@requires(Permission.VIEW_AREAS)
@cache_control(private=True, no_cache=True)
def theme(request):
    """Bytes, one per area by index: class of the theme, 254 outside the filters, 255 without a figure."""
    query = permitted(request, PriorityQuery.from_querydict(request.GET))
    selection = Selection(query, request.organisation)
    etag = f'"{values_version(query, selection)}"'
    response = not_modified(request, etag) or packed_response(request, packed_values(query, selection), BYTES)
    response["ETag"] = etag
    return response


@require_safe
@requires(Permission.VIEW_AREAS)
def in_view(request):
    """The areas of a box (`box=west,south,east,north`) as a list; 400 with a sentence for a box that makes no sense."""
    query = permitted(request, PriorityQuery.from_querydict(request.GET))
    shown = themes.theme(query.theme)
    return listed(request, lambda: theme_values(query, Selection(query, request.organisation)), shown)


def listed(request, values, shown):
    """The list for whatever a map shows: `values()` by area, `shown` with `labels` and `palette`."""
    template = "portal/_areas_in_view.html"
    map_id = request.GET.get("map_id", "")
    context = {"map_id": map_id if map_id.replace("-", "").isalnum() else ""}
    try:
        box = Box.parse(request.GET.get("box", ""))
    except ValueError as error:
        return render(request, template, context | {"problem": str(error)}, status=400)
    found = areas_in_view(values(), shown.labels, shown.palette, box)
    return render(request, template, context | {"found": found})


@require_safe
@requires(Permission.EDIT_SCENARIOS)
@needs_flag(Flag.SCENARIOS)
def scenario_in_view(request, pk):
    """The same list for a scenario: by how many classes each area in view would move."""
    _, found = moves_of(request, pk)
    return listed(request, lambda: np.frombuffer(found.theme(map_size()), dtype=np.uint8), Moved())


@dataclass(frozen=True)
class Moved:
    """Words and colours of the map of a scenario."""

    labels: tuple[str, ...] = LABELS
    palette: tuple[str, ...] = PALETTE


@require_safe
@requires(Permission.VIEW_AREAS)
@cache_control(private=True, max_age=3600)
def place(request):
    """Where a place is: `place=kind:code`, or `q`, of which the best hit counts. JSON {name, bounds, index or null}."""
    if not SearchThrottle().allow_request(request, None):
        return JsonResponse({"detail": "Too many searches in a minute."}, status=429)
    text = request.GET.get("place", "") or _best_hit(request)
    kind, _, code = text.partition(":")
    if kind == POSTCODE or kind == "area":
        area = get_object_or_404(Area.objects.current().only("index", "name", "geometry"), code=code)
        return JsonResponse({"name": area.name, "bounds": area.geometry.extent, "index": area.index})
    try:
        bounds = in_place(Area.objects.current().order_by(), text).aggregate(box=Extent("geometry"))["box"]
        name = place_name(text)
    except PlaceUnreadable as error:
        raise Http404(str(error)) from error
    if bounds is None:
        raise Http404("No area of today belongs to this place.")
    return JsonResponse({"name": name, "bounds": bounds, "index": None})


def _best_hit(request) -> str:
    """kind:code of what the text most likely means; a postcode stands for its area."""
    answer = search_everything(request.GET.get("q", ""), organisation=request.organisation, limit=1)
    if not answer.hits:
        raise Http404("Nothing is called so.")
    hit = answer.hits[0]
    code = answer.postcodes[hit.code].area_code if hit.kind == POSTCODE else hit.code
    return f"{hit.kind}:{code}"
