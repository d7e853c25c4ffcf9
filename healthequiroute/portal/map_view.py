"""What `portal/_map.html` shows: one value, made alike by every page that has an area map."""

import json
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.urls import reverse

from lsoa import tile_sets
from lsoa.models import Area, Dataset, Vintage
from lsoa.orientation import orientation_url
from lsoa.tiles import tile_url_template

KEPT_SECONDS = 60 * 60


@dataclass(frozen=True)
class MapView:
    """An area map. Addresses are of our own server; `bounds` are west, south, east, north in degrees.

    `theme_url` answers one byte per area by index (254 outside the filters, 255 no data); `palette` and `labels` are by
    class. `in_view_url` answers the list of areas in a box, `panel_url` the panel of one area: "" where there is none.
    """

    id: str
    theme_url: str
    palette: tuple[str, ...]
    labels: tuple[str, ...]
    legend: object
    tiles_url: str
    places_url: str
    source: str
    summary: str = ""
    title: str = "Map"
    hint: str = "Select an area to see why it has its class."
    # Where the same areas stand as text, as the words after "The … the same areas".
    beside: str = "The table below shows"
    bounds: tuple[float, float, float, float] | None = None
    view: str = ""
    panel_url: str = ""
    label_url: str = ""
    in_view_url: str = ""
    place_url: str = ""
    selected: int = -1
    is_small: bool = False
    # Whether the address of the page follows the map.
    remember_view: bool = False
    base_map_url: str = ""
    base_map_attribution: str = ""

    @property
    def palette_json(self) -> str:
        return json.dumps(self.palette)

    @property
    def labels_json(self) -> str:
        return json.dumps(self.labels)

    @property
    def bounds_json(self) -> str:
        return json.dumps(self.bounds)

    @property
    def label(self) -> str:
        """What a screen reader says of the map when it takes focus."""
        return f"{self.title}. {self.beside} the same areas."


def map_view(*, id: str, **values) -> MapView:
    """A map with today's tiles, names and base map; `values` are the fields of MapView that the page decides."""
    tile_set = tile_sets.current_set(Vintage.CENSUS_2021)
    return MapView(
        id=id,
        tiles_url=tile_url_template(Vintage.CENSUS_2021, tile_set),
        places_url=orientation_url(tile_set),
        source=_source(tile_set),
        base_map_url=settings.BASE_MAP_TILES,
        base_map_attribution=settings.BASE_MAP_ATTRIBUTION,
        **{"label_url": reverse("area-label"), "place_url": reverse("map-place")} | values,
    )


def _source(tile_set) -> str:
    """Whose boundaries these are, as a map on paper must say."""
    if tile_set is None:
        return ""
    return cache.get_or_set(f"map-source:{tile_set.version}", _source_of_areas, KEPT_SECONDS)


def _source_of_areas() -> str:
    first = Area.objects.current().order_by("index").values("dataset")[:1]
    dataset = Dataset.objects.filter(pk__in=first).first()
    return f"Boundaries: {dataset.publisher}, {dataset.title}, {dataset.licence}." if dataset else ""
