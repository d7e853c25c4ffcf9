"""Boundaries of the ONS Open Geography Portal, or in its layout."""

import re
from dataclasses import dataclass

import shapely

from lsoa.models import Dataset

from ..base import ONS, Refused, Release, Source, Stage
from ..regions import REGIONS
from ..rows import AreaRows
from ..tables import english_rows, extent_of
from . import geojson, shapefile
from .coordinates import outside_britain, to_longitude_latitude
from .mending import mended, without_repeated_points

# "LSOA21CD", "lsoa11cd"; "LSOA21" is the code under which Birmingham and Solihull publish.
CODE = re.compile(r"^LSOA(?P<vintage>11|21)(CD)?$", re.IGNORECASE)
NAME = re.compile(r"^LSOA(11|21)NM$", re.IGNORECASE)
# Columns that some editions add: the local authority and region of the day when they were made.
AUTHORITY = re.compile(r"^(LADCD_ACTIVE|LAD\d\dCD)$", re.IGNORECASE)
REGION = re.compile(r"^(RGNCD|RGN\d\dCD)$", re.IGNORECASE)


@dataclass(frozen=True)
class Headings:
    """Which column holds what; "" where a file has none."""

    vintage: int
    code: str
    name: str
    authority: str
    region: str

    @property
    def columns(self) -> list[str]:
        return [heading for heading in (self.code, self.name, self.authority, self.region) if heading]


def read_headings(names) -> Headings | None:
    """The columns of a layer of LSOAs, None for a layer of something else."""
    codes = [name for name in names if CODE.match(name)]
    if not codes:
        return None
    # A layer of 2021 may name the code of 2011 as well.
    code = max(codes, key=lambda name: CODE.match(name)["vintage"])
    digits = CODE.match(code)["vintage"]
    named = {
        "name": next((name for name in names if NAME.match(name) and digits in name), ""),
        "authority": next((name for name in names if AUTHORITY.match(name)), ""),
        "region": next((name for name in names if REGION.match(name)), ""),
    }
    return Headings(vintage=2000 + int(digits), code=code, **named)


class Boundaries(Source):
    """One vintage. Properties: LSOA21CD and LSOA21NM (or ...11...); others are used where they are known."""

    stage = Stage.BOUNDARIES

    def __init__(self, vintage: int):
        self.vintage = vintage
        self.key = f"lsoa{vintage % 100}-boundaries"

    def recognises(self, material):
        headings = _headings(material)
        if headings is None:
            # A shapefile without its table: nobody can tell the vintage, but somebody must say what is missing.
            return self.vintage == 2021 and shapefile.is_shapefile(material) and not shapefile.field_names(material)
        return headings.vintage == self.vintage

    def release(self, material):
        if shapefile.is_shapefile(material):
            shapefile.check_members(material)
        headings = _headings(material)
        if headings is None or not headings.name:
            digits = self.vintage % 100
            raise Refused(
                expected=f"the properties LSOA{digits}CD and LSOA{digits}NM",
                found="no LSOA code" if headings is None else f"no LSOA{digits}NM",
            )
        official = headings.code.upper().endswith("CD")
        return Release(
            title=f"Lower layer Super Output Areas (December {self.vintage}) Boundaries",
            publisher=ONS,
            release=f"{self.vintage}-12",
            standing=Dataset.Standing.OFFICIAL if official else Dataset.Standing.CONVERTED,
            vintage=self.vintage,
            method=f"Local authority codes until a look-up is loaded: {headings.authority}"
            if headings.authority
            else "",
        )

    def rows(self, material, context):
        headings = _headings(material)
        layer = shapefile if shapefile.is_shapefile(material) else geojson
        frame, geometry, crs = layer.read(material, headings.columns)
        context.progress(0.5)
        frame["geometry"] = to_longitude_latitude(shapely.force_2d(geometry), crs, context.options.get("crs"))
        del geometry
        frame = english_rows(frame, headings.code, context.report)
        if not len(frame):
            raise Refused(expected="English LSOAs", found="none")
        frame = _with_polygons(frame, headings.code, context.report)
        shapes = without_repeated_points(frame["geometry"].to_numpy(), context.report)
        shapes = mended(frame[headings.code].to_numpy(), shapes, context.report)
        names = frame[headings.name].fillna("").astype(str).str.strip()
        context.extent = extent_of(frame[headings.code].to_list(), names)
        context.progress(0.8)
        regions = _text(frame, headings.region)
        yield AreaRows(
            line=frame.index.to_numpy(),
            code=frame[headings.code].to_numpy(),
            name=names.to_numpy(),
            geometry=shapes,
            local_authority_code=_text(frame, headings.authority),
            # An LSOA is named after its local authority: "Leeds 047A".
            local_authority_name=names.str.replace(r"\s\d{3}[A-Z]$", "", regex=True).to_numpy(),
            region_code=regions,
            region_name=None if regions is None else [REGIONS.get(code, "") for code in regions],
        )


def _headings(material) -> Headings | None:
    if shapefile.is_shapefile(material):
        return read_headings(shapefile.field_names(material))
    if material.kind == "geojson":
        return read_headings(geojson.property_names(material))
    return None


def _text(frame, heading):
    return frame[heading].fillna("").astype(str).str.strip().to_numpy() if heading else None


def _with_polygons(frame, code, report):
    """Without the features that have no polygon, or one elsewhere in the world, each rejected with its line."""
    geometry = frame["geometry"].to_numpy()
    shapeless = shapely.is_missing(geometry) | shapely.is_empty(geometry) | (shapely.get_dimensions(geometry) != 2)
    elsewhere = ~shapeless & outside_britain(geometry)
    for mask, reason in ((shapeless, "no polygon"), (elsewhere, "outside Great Britain")):
        for line, area in frame.loc[mask, code].items():
            report.reject(line, area, reason)
    return frame[~(shapeless | elsewhere)]
