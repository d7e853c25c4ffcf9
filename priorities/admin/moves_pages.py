"""Areas that a draft moves, for the map and as a list. They belong to an effect that was on the screen."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from lsoa.models import Area
from priorities.models import ModelVersion
from priorities.moves import Moves, kept_moves, map_size

from .pages import render_page, version_or_404

AREAS_PER_PAGE = 100
GONE = "This effect is no longer kept. Show the effect of the draft again, and its areas are here again."


@dataclass(frozen=True)
class MovedArea:
    name: str
    code: str
    authority: str
    address: str
    now: str
    draft: str


@require_safe
@cache_control(private=True, max_age=3600)
def moves(request, pk):
    """Bytes for the map, one per area by index: by how many classes it moves."""
    _, found = _kept(request, pk)
    return HttpResponse(found.theme(map_size()), content_type="application/octet-stream")


@require_safe
def areas(request, pk):
    """The areas that an effect moves, or those of one move (`from`, `to`)."""
    version, found = _kept(request, pk)
    before = _class(request.GET.get("from", ""), found.labels_before)
    after = _class(request.GET.get("to", ""), found.labels)
    rows = found.rows(before, after)
    page = Paginator(rows, AREAS_PER_PAGE).get_page(request.GET.get("page", "1"))
    query = request.GET.copy()
    query.pop("page", None)
    return render_page(
        request,
        "moved_areas.html",
        title=_title(found, before, after, len(rows)),
        version=version,
        page=page,
        areas=_areas(found, page.object_list),
        query=query.urlencode(),
    )


def _kept(request, pk) -> tuple[ModelVersion, Moves]:
    version = version_or_404(pk)
    found = kept_moves(version, request.GET.get("draft", ""))
    if found is None:
        raise Http404(GONE)
    return version, found


def _class(text: str, labels: tuple[str, ...]) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 and int(text) < len(labels) else None


def _title(found: Moves, before: int | None, after: int | None, count: int) -> str:
    areas = f"{count:,} area{'' if count == 1 else 's'}"
    if before is None or after is None:
        return f"{areas} that would change class"
    old, new = found.labels_before[before].lower(), found.labels[after].lower()
    return f"{areas} that would stay {new}" if old == new else f"{areas} that would go from {old} to {new}"


def _areas(found: Moves, rows) -> list[MovedArea]:
    ids = [int(found.area_ids[row]) for row in rows]
    known = Area.objects.only("code", "name", "local_authority_name").in_bulk(ids)
    result = []
    for row, area in ((row, known.get(pk)) for row, pk in zip(rows, ids, strict=True)):
        # An area may have gone since the effect was computed.
        if area is None:
            continue
        now = int(found.before[row])
        result.append(
            MovedArea(
                name=area.name,
                code=area.code,
                authority=area.local_authority_name,
                address=reverse("area", args=[area.code]),
                now=found.labels_before[now] if now >= 0 else "no class yet",
                draft=found.labels[int(found.classes[row])],
            )
        )
    return result
