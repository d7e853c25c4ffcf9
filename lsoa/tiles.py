"""Serves the map's tiles, and keeps them in step with the boundaries.

Tiles carry geometry and the index of each area, nothing else: themes are arrays by index, so tiles stay valid until the
boundaries change, and a browser may keep a tile whose address names the version.
"""

import gzip
import os
import subprocess
import sys

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.access import requires
from accounts.permissions import Permission

from . import tile_sets
from .loading.hooks import register_after_boundaries
from .models import Area, Tile, Vintage
from .packed import not_modified

ZOOMS = range(4, 15)
CONTENT_TYPE = "application/vnd.mapbox-vector-tile"
# Tiles above zoom 9 are made when somebody looks; a week covers a planning cycle.
CACHE_SECONDS = 7 * 24 * 60 * 60
# Fewer areas are simplified sooner than a second process starts.
WORTH_A_PROCESS = 5_000


def tile_url_template(vintage: int = Vintage.CENSUS_2021, tile_set=None) -> str:
    """Address with {z}, {x}, {y} for the map script, naming the version; "" while there is no map."""
    tile_set = tile_set or tile_sets.current_set(vintage)
    if tile_set is None:
        return ""
    address = reverse("area-tile", kwargs={"vintage": vintage, "z": 0, "x": 0, "y": 0})
    return address.replace("/0/0/0.pbf", "/{z}/{x}/{y}.pbf") + f"?v={tile_set.version}"


def tile_data(tile_set, z: int, x: int, y: int) -> bytes:
    """The gzipped tile from the table (made at import), the cache, or the geometry; b"" where nothing is."""
    if z in tile_sets.SEEDED_ZOOMS:
        stored = Tile.objects.filter(tile_set=tile_set, z=z, x=x, y=y).values_list("data", flat=True).first()
        # Every tile that touches an area was stored: another one is empty.
        return bytes(stored or b"")
    key = f"tile:{tile_set.version}:{z}:{x}:{y}"
    data = cache.get(key)
    if data is None:
        data = tile_sets.make_tile(tile_set.pk, z, x, y)
        cache.set(key, data, CACHE_SECONDS)
    return data


@require_safe
@requires(Permission.VIEW_AREAS)
def area_tile(request, vintage, z, x, y):
    """GET /tiles/areas/<vintage>/<z>/<x>/<y>.pbf: Mapbox vector tile, 204 where there is no area."""
    if z not in ZOOMS or x >= 2**z or y >= 2**z:
        raise Http404("There is no such tile.")
    tile_set = tile_sets.current_set(vintage)
    if tile_set is None:
        raise Http404("No boundaries of this vintage are loaded.")
    etag = f'"{tile_set.version}-{z}-{x}-{y}"'
    response = not_modified(request, etag) or _tile_response(request, tile_data(tile_set, z, x, y))
    response["ETag"] = etag
    named = request.GET.get("v") == tile_set.version
    # Private: a tile needs a signed-in session, so no shared cache may hold it.
    response["Cache-Control"] = "private, max-age=31536000, immutable" if named else "private, no-cache"
    return response


def _tile_response(request, data):
    if not data:
        return HttpResponse(status=204)
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(data if zipped else gzip.decompress(data), content_type=CONTENT_TYPE)
    if zipped:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def keep_map_in_step(*, by, progress):
    """Called after boundaries have committed: simplifies in a second process while other files are loaded.

    Returns `finish()`, which makes outlines and tiles when the areas know their local authorities.
    """
    helper = None
    if not connection.in_atomic_block and Area.objects.filter(vintage=Vintage.CENSUS_2021).count() > WORTH_A_PROCESS:
        helper = _start_simplification()

    def finish():
        if helper is not None:
            # If it failed, its log says why; the work is then done here.
            helper.wait()
        tile_sets.rebuild(Vintage.CENSUS_2021, by=by, report=progress)

    return finish


def _start_simplification():
    database = connection.settings_dict
    # A process of its own rather than a pool: the caller may be a worker that must not have children of that kind.
    return subprocess.Popen(
        [sys.executable, "manage.py", "seed_tiles", "--geometry-only", "--skip-checks"],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {
            "DATABASE_NAME": database["NAME"],
            "DATABASE_HOST": database["HOST"],
            "DATABASE_PORT": str(database["PORT"]),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


register_after_boundaries(keep_map_in_step)
