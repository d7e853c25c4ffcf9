"""Which coordinates a file has, and the same in longitude and latitude (EPSG 4326)."""

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from ..base import Refused

WGS84 = CRS.from_epsg(4326)
BRITISH_GRID = CRS.from_epsg(27700)
# Longitudes and latitudes between which Great Britain lies, with a margin.
BRITAIN = (-9.5, 49.0, 3.0, 61.5)
# A file of which more is elsewhere is wrong as a whole; single features may be.
STRAYING = 0.1
# Corners of England on the grid, in metres, where a definition must agree with EPSG 27700 to be that grid.
GRID_CORNERS = ((80_000, 5_000), (656_000, 5_000), (80_000, 657_000), (656_000, 657_000), (400_000, 300_000))
AGREEMENT = 1e-5  # degrees, about a metre


def known_crs(text: str) -> CRS:
    """The CRS that a .prj (well-known text) states. Definitions without an EPSG code are compared with the British
    National Grid. Raises Refused for one that is neither known by its code nor that grid."""
    try:
        crs = CRS.from_wkt(text)
    except CRSError as error:
        raise Refused(expected="a .prj with a coordinate reference system", found=repr(text[:80])) from error
    code = crs.to_epsg(min_confidence=90)
    if code is not None:
        return CRS.from_epsg(code)
    if _is_british_grid(crs):
        return BRITISH_GRID
    raise Refused(
        expected="a .prj of a known coordinate reference system, such as British National Grid (EPSG 27700)",
        found=f"a definition that agrees with none: {' '.join(text.split())[:150]}",
    )


def _is_british_grid(crs: CRS) -> bool:
    """Whether a definition puts the corners of England where EPSG 27700 does, on the same datum."""
    if not crs.is_projected or crs.datum is None or crs.datum.name != BRITISH_GRID.datum.name:
        return False
    try:
        mine = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True).transform(*zip(*GRID_CORNERS, strict=True))
    except ProjError:
        return False
    grid = Transformer.from_crs(BRITISH_GRID, BRITISH_GRID.geodetic_crs, always_xy=True)
    theirs = grid.transform(*zip(*GRID_CORNERS, strict=True))
    return bool(np.allclose(mine, theirs, rtol=0, atol=AGREEMENT))


def to_longitude_latitude(geometry, stated: CRS | None, asked: str | None):
    """Geometry in EPSG 4326, x longitude.

    `stated` is what the file says, `asked` what the person who loads it says (`--crs`), which counts only where the
    file says nothing and does not hold longitudes and latitudes. Raises Refused when the coordinates cannot be what
    they are said to be.
    """
    box = shapely.total_bounds(geometry)
    if np.isnan(box).any():
        raise Refused(expected="boundaries with coordinates", found="none")
    crs = stated
    if crs is None and not _may_be_degrees(box):
        if asked is None:
            raise Refused(
                expected="longitudes and latitudes (WGS 84), as a file without a CRS implies",
                found=f"an unknown CRS: coordinates from {_words(box)} look like eastings and northings; "
                "if they are British National Grid, load the file with --crs 27700",
            )
        crs = _asked_crs(asked)
    if crs is not None and crs.is_projected:
        transform = Transformer.from_crs(crs, WGS84, always_xy=True).transform
        geometry = shapely.transform(geometry, lambda xy: np.column_stack(transform(xy[:, 0], xy[:, 1])))
    _check_place(geometry)
    return geometry


def _asked_crs(asked: str) -> CRS:
    try:
        return CRS.from_user_input(int(asked) if asked.isdigit() else asked)
    except CRSError as error:
        raise Refused(expected="--crs with a known EPSG code, e.g. 27700", found=asked[:60]) from error


def _may_be_degrees(box) -> bool:
    west, south, east, north = box
    return west >= -180 and east <= 180 and south >= -180 and north <= 180


def _check_place(geometry):
    """Raises Refused when more than a stray feature lies outside Great Britain."""
    drawn = geometry[~(shapely.is_missing(geometry) | shapely.is_empty(geometry))]
    elsewhere = outside_britain(drawn)
    if elsewhere.sum() <= STRAYING * len(drawn):
        return
    west, south, east, north = box = shapely.total_bounds(drawn)
    swapped = west >= BRITAIN[1] and east <= BRITAIN[3] and south >= BRITAIN[0] and north <= BRITAIN[2]
    found = f"coordinates from {_words(box)}"
    if swapped:
        found = f"latitude before longitude: {found}"
    raise Refused(expected="longitudes and latitudes in Great Britain", found=found)


def outside_britain(geometry) -> np.ndarray:
    """Which geometries reach beyond the box around Great Britain; False for those without coordinates."""
    west, south, east, north = shapely.bounds(geometry).T
    inside = (west >= BRITAIN[0]) & (south >= BRITAIN[1]) & (east <= BRITAIN[2]) & (north <= BRITAIN[3])
    return ~inside & ~np.isnan(west)


def _words(box) -> str:
    return " ".join(f"{value:.6g}" for value in box)
