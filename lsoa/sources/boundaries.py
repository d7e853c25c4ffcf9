"""LSOA (December 2021) boundaries as GeoJSON, from the ONS Open Geography Portal or in its layout."""

import json
import re

import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS, Transformer

from lsoa.models import Dataset

from .base import ONS, Refused, Release, Source, Stage
from .rows import AreaRows
from .tables import check_vintage_2021, english_rows, extent_of

WGS84 = CRS.from_epsg(4326)
# Longitudes and latitudes between which Great Britain lies, with a margin.
BRITAIN = (-9.5, 49.0, 3.0, 61.5)
CRS_MEMBER = re.compile(rb'"crs"\s*:\s*(null|\{.*?\}\s*\})', re.DOTALL)


class Boundaries2021(Source):
    """GeoJSON with LSOA21CD and LSOA21NM; boundaries of 2011 are recognised too, and refused by name."""

    key = "lsoa21-boundaries"
    stage = Stage.BOUNDARIES

    def recognises(self, material):
        return material.kind == "geojson" and (b'"LSOA21CD"' in material.head or b'"LSOA11CD"' in material.head)

    def release(self, material):
        if b'"LSOA21CD"' not in material.head:
            raise Refused(
                expected="LSOA boundaries of 2021 (property LSOA21CD)",
                found="boundaries of 2011 (property LSOA11CD), for which there is no adapter yet",
            )
        if b'"LSOA21NM"' not in material.head:
            raise Refused(expected="the properties LSOA21CD and LSOA21NM", found="no LSOA21NM")
        return Release(
            title="Lower layer Super Output Areas (December 2021) Boundaries",
            publisher=ONS,
            release="2021-12",
            standing=Dataset.Standing.OFFICIAL,
        )

    def rows(self, material, context):
        data = material.read()
        context.progress(0.1)
        frame, geometry, crs = _read_features(data)
        del data
        context.progress(0.5)
        geometry = _to_longitude_latitude(geometry, crs)
        frame["geometry"] = geometry
        frame = english_rows(frame, "LSOA21CD", context.report)
        check_vintage_2021(frame["LSOA21CD"])
        if not len(frame):
            raise Refused(expected="English LSOAs", found="none")
        frame = _reject_shapeless(frame, context.report)
        geometry = _repaired(frame, context.report)
        context.extent = extent_of(frame["LSOA21CD"].to_list(), frame["LSOA21NM"])
        context.progress(0.8)
        names = frame["LSOA21NM"].fillna("").astype(str)
        yield AreaRows(
            line=frame.index.to_numpy(),
            code=frame["LSOA21CD"].to_numpy(),
            name=names.to_numpy(),
            geometry=geometry,
            local_authority_code=frame["LADCD_ACTIVE"].fillna("").to_numpy() if "LADCD_ACTIVE" in frame else None,
            # An LSOA is named after its local authority: "Leeds 047A".
            local_authority_name=names.str.replace(r"\s\d{3}[A-Z]$", "", regex=True).to_numpy(),
        )


def _read_features(data: bytes):
    """(properties with the feature's number from 1 as index, shapely geometries, CRS declared in the file or None)."""
    try:
        meta, _, wkb, columns = pyogrio.raw.read(data)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise Refused(expected="a complete GeoJSON feature collection", found=f"something else ({error})") from error
    frame = pd.DataFrame(dict(zip(meta["fields"], columns, strict=True)))
    frame.index = np.arange(1, len(frame) + 1)
    return frame, shapely.from_wkb(wkb), _declared_crs(data)


def _declared_crs(data: bytes) -> CRS | None:
    """The CRS that the file itself states; the reader's own guess (WGS 84 for anything) is not evidence."""
    match = CRS_MEMBER.search(data[:65_536]) or CRS_MEMBER.search(data[-4_096:])
    if match is None or match.group(1) == b"null":
        return None
    try:
        return CRS.from_user_input(json.loads(match.group(1))["properties"]["name"])
    except (ValueError, KeyError, TypeError, RuntimeError) as error:
        raise Refused(expected="a known coordinate reference system", found=match.group(1).decode()[:120]) from error


def _to_longitude_latitude(geometry, crs):
    """Geometry in EPSG 4326. Raises Refused when coordinates cannot be what the file says or GeoJSON implies."""
    west, south, east, north = shapely.total_bounds(geometry)
    if crs is not None and crs.is_projected:
        transform = Transformer.from_crs(crs, WGS84, always_xy=True).transform
        geometry = shapely.transform(geometry, lambda xy: np.column_stack(transform(xy[:, 0], xy[:, 1])))
        west, south, east, north = shapely.total_bounds(geometry)
    if np.isnan([west, south, east, north]).any():
        raise Refused(expected="boundaries with coordinates", found="none")
    box = f"{west:.6g} {south:.6g} {east:.6g} {north:.6g}"
    if crs is None and (min(west, -east) < -180 or min(south, -north) < -90):
        raise Refused(
            expected="longitudes and latitudes (WGS 84), as GeoJSON without a CRS implies",
            found=f"an unknown CRS: coordinates from {box} look like eastings and northings",
        )
    if west < BRITAIN[0] or south < BRITAIN[1] or east > BRITAIN[2] or north > BRITAIN[3]:
        raise Refused(expected="longitudes and latitudes in Great Britain", found=f"coordinates from {box}")
    return geometry


def _reject_shapeless(frame, report):
    geometry = frame["geometry"].to_numpy()
    shapeless = shapely.is_missing(geometry) | shapely.is_empty(geometry) | (shapely.get_dimensions(geometry) != 2)
    for line, code in frame.loc[shapeless, "LSOA21CD"].items():
        report.reject(line, code, "no polygon")
    return frame[~shapeless]


def _repaired(frame, report):
    """Geometries with the invalid ones mended: rings keep their area (structure method), no vertex is moved."""
    geometry = frame["geometry"].to_numpy()
    invalid = ~shapely.is_valid(geometry)
    if not invalid.any():
        return geometry
    geometry = geometry.copy()
    reasons = shapely.is_valid_reason(geometry[invalid])
    mended = shapely.make_valid(geometry[invalid], method="structure", keep_collapsed=False)
    geometry[invalid] = [_polygons_only(shape) for shape in mended]
    for code, reason in zip(frame.loc[invalid, "LSOA21CD"], reasons, strict=True):
        report.repaired(code, reason.split("[")[0])
    return geometry


def _polygons_only(shape):
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in ("Polygon", "MultiPolygon")]
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)
