"""Outlines of places that are made of areas: local authorities and patches.

Joining a hundred areas takes the database tens of milliseconds, so an outline is kept until the boundaries change.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

from django.contrib.gis.db.models import Union
from django.contrib.gis.db.models.functions import GeoFunc
from django.core.cache import cache

from lsoa import tile_sets
from lsoa.models import Area, Vintage

from .crs import Crs, as_geojson

KEPT_SECONDS = 30 * 24 * 60 * 60
# Changes when outlines are made in another way.
MADE = 1


class Multi(GeoFunc):
    """ST_Multi: one kind of geometry for all features of a layer, whether a place has one part or several."""

    function = "ST_Multi"
    geom_param_pos = (0,)


def boundaries_version() -> str:
    tile_set = tile_sets.current_set(Vintage.CENSUS_2021)
    return tile_set.version if tile_set else ""


def outlines(kind: str, keys: Sequence, areas_by: str, crs: Crs, *, state: Callable | None = None) -> dict[str, str]:
    """Key of a place -> GeoJSON text of its outline. `areas_by`: the field of Area that holds the key; `state(key)`:
    what else of a place decides its outline.
    """
    version = boundaries_version()
    names = {_name(kind, key, crs, version, state): key for key in keys}
    known = {names[name]: text for name, text in cache.get_many(names).items()} if version else {}
    missing = [key for key in keys if key not in known]
    if missing:
        made = _made(missing, areas_by, crs)
        if version:
            cache.set_many({name: made[key] for name, key in names.items() if key in made}, KEPT_SECONDS)
        known |= made
    return known


def _name(kind, key, crs, version, state) -> str:
    about = f"{MADE} {version} {kind} {key} {crs.uri} {state(key) if state else ''}"
    return f"outline:{sha256(about.encode()).hexdigest()[:40]}"


def _made(keys, areas_by, crs) -> dict[str, str]:
    areas = Area.objects.current().order_by().filter(**{f"{areas_by}__in": keys})
    rows = areas.values(areas_by).annotate(outline=as_geojson(Multi(Union("geometry")), crs))
    return {row[areas_by]: row["outline"] for row in rows}
