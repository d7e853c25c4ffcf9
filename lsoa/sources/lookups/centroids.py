"""Points of areas: where their people live in the middle, and centre points that are of no use."""

import numpy as np
import shapely
from pyproj import Transformer

from lsoa.models import Dataset

from ..base import ONS, Refused, Release, Source, Stage
from ..rows import AreaColumns
from ..tables import as_numbers, english_rows, extent_of, read_csv, reject_unreadable

# Eastings and northings of Great Britain in metres, longitudes and latitudes in degrees.
GRID = (0, 0, 700_000, 1_300_000)
DEGREES = (-9.5, 49.0, 3.0, 61.5)
PAIRS = (("x", "y"), ("long", "lat"), ("longitude", "latitude"))


class PopulationCentroids(Source):
    """ONS population-weighted centroids: FID, LSOA21CD, GlobalID, x, y on the British National Grid (or in degrees)."""

    stage = Stage.LOOKUPS

    def __init__(self, vintage: int):
        self.vintage = vintage
        self.key = f"lsoa{vintage % 100}-population-centroids"

    def _columns(self, material):
        """(code, x, y) as written in the file. Names of areas are in look-ups and boundaries, not in this file."""
        named = {name.lower(): name for name in material.columns}
        code = named.get(f"lsoa{self.vintage % 100}cd")
        pair = next((pair for pair in PAIRS if set(pair) <= set(named)), None)
        beside = {"fid", "objectid", "globalid", f"lsoa{self.vintage % 100}cd", f"lsoa{self.vintage % 100}nm"}
        if code is None or pair is None or set(named) - beside - {part for pair in PAIRS for part in pair}:
            return None
        return code, named[pair[0]], named[pair[1]]

    def recognises(self, material):
        return material.kind == "csv" and self._columns(material) is not None

    def release(self, material):
        return Release(
            title=f"LSOA (December {self.vintage}) EW Population Weighted Centroids",
            publisher=ONS,
            release=f"{self.vintage}-12",
            standing=Dataset.Standing.OFFICIAL,
            vintage=self.vintage,
        )

    def rows(self, material, context):
        code, *axes = self._columns(material)
        frame = read_csv(material, [code, *axes], text_columns=[code], report=context.report)
        frame = english_rows(frame, code, context.report)
        numbers = []
        for axis in axes:
            values, _, unreadable = as_numbers(frame[axis])
            reject_unreadable(frame, axis, unreadable, code, axis, context.report)
            numbers.append(values)
        x, y = numbers
        box = DEGREES if np.nanmax(np.abs(np.append(x, 0))) <= 180 else GRID
        inside = (x >= box[0]) & (y >= box[1]) & (x <= box[2]) & (y <= box[3])
        for line, area in frame.loc[~inside, code].items():
            context.report.reject(line, area, "no point in Great Britain")
        frame, x, y = frame[inside], x[inside], y[inside]
        if not len(frame):
            raise Refused(expected="points of English LSOAs in Great Britain", found="none")
        if box is GRID:
            x, y = Transformer.from_crs(27700, 4326, always_xy=True).transform(x, y)
        codes = frame[code].to_list()
        context.extent = extent_of(codes, [""] * len(codes))
        points = shapely.to_wkt(shapely.points(x, y), rounding_precision=7)
        yield AreaColumns(line=frame.index.to_numpy(), code=codes, columns={"population_centroid": list(points)})


class CentrePoints(Source):
    """Centre points of which nobody says how they were made: areas have better ones from their boundaries."""

    key = "lsoa-centre-points"
    stage = Stage.LOOKUPS

    def recognises(self, material):
        return material.kind == "csv" and {"LSOACD", "latitude", "longitude"} <= set(material.columns)

    def release(self, material):
        raise Refused(
            expected="population-weighted centroids (LSOA21CD, x, y)",
            found="centre points of 2011 and 2021 areas together, of unknown method; "
            "points inside each area are made from its boundary, so nothing of it is needed",
        )
