"""Areas side by side."""

import numpy as np
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.access import requires
from accounts.list_files import asked_kind, list_file_response
from accounts.permissions import Permission
from lsoa.models import Area
from lsoa.packed import pack, packed_response
from lsoa.search import search_areas
from lsoa.search.throttle import SearchThrottle
from priorities.models import PriorityScore
from priorities.moves import map_size

from .. import themes
from ..compare_query import CODE, CompareQuery
from ..lists import comparison_list
from ..presenters.compare import ComparePage

# Codes of the comparison that the person looked at last, so that another page can add to it.
LAST = "compare"
MOST_FOUND = 10
TOO_MANY = 429


@require_safe
@requires(Permission.VIEW_AREAS)
def compare(request):
    """The areas that the address names. `?add=` adds one to the last comparison, `?q=` looks for one to add."""
    query = CompareQuery.from_querydict(request.GET)
    added = request.GET.get("add", "").strip().upper()
    if CODE.fullmatch(added):
        last = CompareQuery(areas=tuple(request.session.get(LAST, ())))
        return redirect((query if query.areas else last).with_area(added).url)
    text, found = request.GET.get("q", "").strip(), []
    if text:
        if not SearchThrottle().allow_request(request, None):
            return _page(request, query, text, found, status=TOO_MANY)
        found = search_areas(text, MOST_FOUND)
        if len(found) == 1 and not query.is_full:
            return redirect(query.with_area(found[0].code).url)
    return _page(request, query, text, found)


def _page(request, query, text, found, status=200):
    page = ComparePage(
        query, request.organisation, text=text, found=found, all_figures=request.GET.get("figures") == "all"
    )
    if request.session.get(LAST, []) != list(query.areas):
        request.session[LAST] = list(query.areas)
    if (kind := asked_kind(request)) and page.columns:
        return list_file_response(request, comparison_list(page), kind)
    context = {"page": page, "query": query, "address": request.build_absolute_uri(query.url)}
    return render(request, "portal/compare.html", context | {"too_many": status == TOO_MANY}, status=status)


@require_safe
@requires(Permission.VIEW_AREAS)
@cache_control(private=True, no_cache=True)
def theme(request):
    """Bytes, one per area by index: the class of those that are compared, 254 for all others, 255 without a class."""
    query = CompareQuery.from_querydict(request.GET)
    values = np.full(map_size(), themes.FILTERED_OUT, dtype=np.uint8)
    chosen = dict(Area.objects.current().filter(code__in=query.areas).values_list("pk", "index"))
    scores = PriorityScore.objects.current().filter(area__in=chosen)
    classes = dict(scores.values_list("area_id", "priority"))
    for pk, index in chosen.items():
        values[index] = classes.get(pk, themes.NO_DATA)
    return packed_response(request, pack(values.tobytes()), "application/octet-stream")
