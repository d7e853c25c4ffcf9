"""Where am I: names of places and borders of regions, boards and authorities, for a map without a base map.

One compact document for all of England, made from the areas and the gazetteer. Its address names the version, so a
browser asks for it once until boundaries or names change.
"""

import json
from hashlib import sha256

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Max
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import requires
from accounts.permissions import Permission

from . import tile_sets
from .models import Dataset, Place, Vintage
from .packed import not_modified, pack, packed_response

# Larger kinds first: where two names collide, the larger place keeps its own.
NAMED = (
    Place.Kind.REGION,
    Place.Kind.ICB,
    Place.Kind.LOCAL_AUTHORITY,
    Place.Kind.SETTLEMENT,
    Place.Kind.WARD,
)
# Thickest first. Column of the area that says to which it belongs.
BORDERS = (
    ("region", "region_code"),
    ("icb", "icb_code"),
    ("local_authority", "local_authority_code"),
)
KEPT_SECONDS = 7 * 24 * 60 * 60
# Part of every version: raise it when the document changes although the data do not.
RECIPE = "1"
# Four decimals of a degree are 11 metres: a name stands no more exactly than that.
DECIMALS = 4


def orientation_version(tile_set) -> str:
    """Changes with the boundaries and with every load, which may bring names."""
    loaded = Dataset.objects.in_force().aggregate(n=Count("pk"), last=Max("loaded_at"))
    return sha256(f"{RECIPE} {tile_set.version} {loaded}".encode()).hexdigest()[:16]


def orientation_url(tile_set) -> str:
    """Address of the document, naming its version; "" while there is no map."""
    if tile_set is None:
        return ""
    return f"{reverse('map-places', args=[tile_set.vintage])}?v={orientation_version(tile_set)}"


def orientation_document(vintage: int) -> dict:
    """`places`: kind -> [[name, longitude, latitude, areas], ...], the largest first; `borders`: kind -> run lengths.

    Run lengths are a flat list [number, count, number, count, ...] over the areas by index: the number of the place
    that the area belongs to, 0 for none. Neighbours in the order of codes mostly belong together, so they are short.
    """
    return {
        "places": {kind.value: _places(kind, vintage) for kind in NAMED},
        "borders": {name: _runs(column, vintage) for name, column in BORDERS},
    }


def _places(kind, vintage) -> list[list]:
    rows = Place.objects.filter(kind=kind, vintage=vintage, point__isnull=False).order_by("-area_count", "code")
    return [
        [_short(row.name), round(row.point.x, DECIMALS), round(row.point.y, DECIMALS), row.area_count]
        for row in rows.only("name", "point", "area_count")
    ]


def _short(name: str) -> str:
    """As a map writes it: "Birmingham and Solihull", not "NHS Birmingham and Solihull Integrated Care Board"."""
    return name.removeprefix("NHS ").removesuffix(" Integrated Care Board").removesuffix(" ICB")


def _runs(column, vintage) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT index, dense_rank() OVER (ORDER BY {column}) * ({column} <> '')::int FROM lsoa_area"  # noqa: S608
            " WHERE vintage = %s ORDER BY index",
            [vintage],
        )
        rows = cursor.fetchall()
    runs: list[int] = []
    expected = 0
    for index, number in rows:
        # Indexes without an area belong to no place.
        for place, count in ((0, index - expected), (number, 1)):
            if not count:
                continue
            if runs and runs[-2] == place:
                runs[-1] += count
            else:
                runs += [place, count]
        expected = index + 1
    return runs


@require_safe
@requires(Permission.VIEW_AREAS)
def map_places(request, vintage):
    """GET /tiles/places/<vintage>.json: the document; empty lists where nothing is loaded."""
    tile_set = tile_sets.current_set(vintage) if vintage in Vintage.values else None
    version = orientation_version(tile_set) if tile_set else "none"
    etag = f'"places-{version}"'
    response = not_modified(request, etag)
    if response is None:
        packed = cache.get_or_set(f"places:{vintage}:{version}", lambda: _packed(vintage), KEPT_SECONDS)
        response = packed_response(request, packed, "application/json")
    response["ETag"] = etag
    named = tile_set is not None and request.GET.get("v") == version
    response["Cache-Control"] = "private, max-age=31536000, immutable" if named else "private, no-cache"
    return response


def _packed(vintage):
    text = json.dumps(orientation_document(vintage), ensure_ascii=False, separators=(",", ":"))
    return pack(text.encode())
