"""Coordinate reference systems: their addresses, the order of their axes, and geometry written in them."""

from dataclasses import dataclass
from itertools import pairwise

from django.contrib.gis.db.models.functions import AsGeoJSON, GeoFunc, Transform
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Polygon

STORED = 4326
# Pieces of each edge of a box in another system: within a few metres over all of England.
EDGE_STEPS = 64


@dataclass(frozen=True)
class Crs:
    """`has_latitude_first`: its authority names the northing before the easting; the database never does."""

    uri: str
    srid: int
    name: str
    has_latitude_first: bool = False
    # Six decimals of a degree and one of a metre are both about ten centimetres.
    decimals: int = 6
    is_geographic: bool = True

    @property
    def header(self) -> str:
        """The value of Content-Crs (Part 2, /req/crs/ogc-crs-header-value)."""
        return f"<{self.uri}>"


CRS84 = Crs("http://www.opengis.net/def/crs/OGC/1.3/CRS84", STORED, "WGS 84, longitude and latitude")
_OTHERS = (
    Crs("http://www.opengis.net/def/crs/EPSG/0/4326", STORED, "WGS 84, latitude and longitude", True),
    Crs("http://www.opengis.net/def/crs/EPSG/0/3857", 3857, "Web Mercator", decimals=1, is_geographic=False),
    Crs("http://www.opengis.net/def/crs/EPSG/0/27700", 27700, "British National Grid", decimals=1, is_geographic=False),
)
# The first is the default (Part 2, /req/crs/fc-md-crs-list).
ALL = (CRS84, *_OTHERS)
BY_URI = {crs.uri: crs for crs in ALL}
# Latitudes that Web Mercator has; further north there is nothing of the portal's.
_LONGITUDES, _LATITUDES = 180, 90


class FlipCoordinates(GeoFunc):
    """x and y change places, for systems that name the northing first."""

    function = "ST_FlipCoordinates"
    geom_param_pos = (0,)


def as_geojson(geometry, crs: Crs) -> AsGeoJSON:
    """An expression: the GeoJSON text of a geometry in the order of axes of `crs`."""
    if crs.srid != STORED:
        geometry = Transform(geometry, crs.srid)
    if crs.has_latitude_first:
        geometry = FlipCoordinates(geometry)
    return AsGeoJSON(geometry, precision=crs.decimals)


class BoxUnreadable(ValueError):
    """The message is a sentence for whoever asked."""


def read_box(text: str, crs: Crs) -> GEOSGeometry:
    """The geometry of a bbox parameter, with the SRID of `crs`: four numbers, or six, of which heights do not count.

    A box of longitudes whose west lies east of its east crosses the antimeridian (Part 1, 7.15.3): it becomes two.
    """
    numbers = _numbers(text)
    first_low, second_low, first_high, second_high = numbers
    if crs.has_latitude_first:
        south, west, north, east = numbers
    else:
        west, south, east, north = first_low, second_low, first_high, second_high
    if south > north:
        raise BoxUnreadable("The lower bound of bbox is above its upper bound.")
    if crs.is_geographic and not (_fits(west, _LONGITUDES) and _fits(east, _LONGITUDES)):
        raise BoxUnreadable("Longitudes lie between -180 and 180 degrees.")
    if crs.is_geographic and not (_fits(south, _LATITUDES) and _fits(north, _LATITUDES)):
        raise BoxUnreadable("Latitudes lie between -90 and 90 degrees.")
    if west <= east:
        return _polygon(west, south, east, north, crs.srid)
    if not crs.is_geographic:
        raise BoxUnreadable("The left bound of bbox lies right of its right bound.")
    halves = [
        _polygon(west, south, _LONGITUDES, north, crs.srid),
        _polygon(-_LONGITUDES, south, east, north, crs.srid),
    ]
    return MultiPolygon(*halves, srid=crs.srid)


def _fits(degrees: float, limit: int) -> bool:
    return -limit <= degrees <= limit


def _polygon(west, south, east, north, srid) -> Polygon:
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    # A straight edge of the national grid is a bow of degrees, by kilometres where it crosses the country.
    steps = 1 if srid == STORED else EDGE_STEPS
    ring = [
        (x + (to_x - x) * step / steps, y + (to_y - y) * step / steps)
        for (x, y), (to_x, to_y) in pairwise(corners)
        for step in range(steps)
    ]
    return Polygon([*ring, corners[-1]], srid=srid)


def _numbers(text: str) -> list[float]:
    parts = text.split(",")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        raise BoxUnreadable("bbox takes four or six numbers with commas between them.") from None
    # Further away than any of these systems has metres; neither NaN nor infinity is a place.
    if len(numbers) not in (4, 6) or not all(abs(number) <= 1e9 for number in numbers):
        raise BoxUnreadable("bbox takes four or six numbers with commas between them.")
    if len(numbers) == 6:
        return [numbers[0], numbers[1], numbers[3], numbers[4]]
    return numbers
