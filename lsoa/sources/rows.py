"""Normalised rows, in columns of equal length. `line` is the line (from 1) in the file that a row came from."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

Column = Sequence | np.ndarray


class _Chunk:
    def __post_init__(self):
        lengths = {f.name: len(getattr(self, f.name)) for f in fields(self) if self._is_column(getattr(self, f.name))}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"columns of unequal length: {lengths}")

    @staticmethod
    def _is_column(value) -> bool:
        return value is not None and not isinstance(value, str | bool | dict)

    def __len__(self):
        return len(self.line)


@dataclass
class AreaRows(_Chunk):
    """Areas with their geometry: an array of shapely polygons or multipolygons, EPSG 4326 (longitude, latitude)."""

    line: Column
    code: Column
    name: Column
    geometry: Column
    local_authority_code: Column | None = None
    local_authority_name: Column | None = None
    sub_icb_code: Column | None = None
    sub_icb_name: Column | None = None
    icb_code: Column | None = None
    icb_name: Column | None = None
    is_synthetic: bool = False


@dataclass
class AreaColumns(_Chunk):
    """Look-up columns of areas that exist: `columns` maps names of Area's fields to columns of text."""

    line: Column
    code: Column
    columns: dict[str, Column]


@dataclass
class ValueRows(_Chunk):
    """Figures of one indicator. NaN is a missing value; `reason` then says why (a MissingReason, else blank)."""

    indicator: str
    period: str
    line: Column
    code: Column
    value: np.ndarray
    reason: Column | None = None
    method: str = "published"


@dataclass
class PracticeRows(_Chunk):
    """GP practices. NaN longitude and latitude: the loader takes the centroid of `area_code`."""

    line: Column
    code: Column
    name: Column
    postcode: Column
    lon: Column
    lat: Column
    area_code: Column
    is_active: Column


@dataclass
class PostcodeRows(_Chunk):
    """Postcodes in the form with one space, each with its area and point."""

    line: Column
    postcode: Column
    area_code: Column
    lon: Column
    lat: Column
    is_residential: Column
