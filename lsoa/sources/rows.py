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
        return value is not None and not isinstance(value, str | bool | dict | tuple)

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
    region_code: Column | None = None
    region_name: Column | None = None
    is_synthetic: bool = False


@dataclass
class AreaColumns(_Chunk):
    """Look-up columns of areas that exist: `columns` maps names of Area's fields to columns of text.

    `population_centroid` is well-known text. None leaves what stands; the fields in `fill_only` are written only where
    the area has nothing yet, because a newer look-up says more.
    """

    line: Column
    code: Column
    columns: dict[str, Column]
    fill_only: tuple[str, ...] = ()


@dataclass
class ValueRows(_Chunk):
    """Figures of one indicator. NaN is a missing value; `reason` then says why (a MissingReason, else blank).

    `line` 0: the figure stands in no line of its own (it was derived). `uncertainty` is a standard error in the
    indicator's unit, NaN where the method gives none. `method` is one word for all rows or one for each.
    """

    indicator: str
    period: str
    line: Column
    code: Column
    value: np.ndarray
    reason: Column | None = None
    method: str | Column = "published"
    uncertainty: np.ndarray | None = None


@dataclass
class AreaChangeRows(_Chunk):
    """Pairs of a 2011 and a 2021 area with the kind of change (U, S, M, X). Weights are worked out when loaded."""

    line: Column
    code_2011: Column
    code_2021: Column
    kind: Column


@dataclass
class RecordRows(_Chunk):
    """Rows of one of this app's tables that belong to a dataset, e.g. PracticeRegister.

    `columns` maps fields of `model` to columns; `key` names the fields of which the first row wins over duplicates.
    `line` is written too when the model has such a field. None is null; lists are arrays.
    """

    model: str
    line: Column
    columns: dict[str, Column]
    key: tuple[str, ...]


@dataclass
class SeriesRows(_Chunk):
    """Figures of organisations over time (ActivitySeries, ActivityValue); NaN is missing, `reason` says why."""

    measure: str
    name: str
    unit: str
    interval: str
    organisation_kind: str
    line: Column
    organisation_code: Column
    organisation_name: Column
    period: Column
    value: np.ndarray
    reason: Column | None = None
    breakdown: Column | None = None
    is_estimate: Column | None = None
    note: Column | None = None


@dataclass
class PracticeRows(_Chunk):
    """GP practices. NaN longitude and latitude: the loader takes the point of the postcode, else the centroid of
    `area_code`. `details` maps further fields of Practice to columns; fields that are not named keep what they hold."""

    line: Column
    code: Column
    name: Column
    postcode: Column
    lon: Column
    lat: Column
    area_code: Column
    is_active: Column
    details: dict[str, Column] | None = None
    # The day of which all this is known, as 2026-07-01 or a part of it; blank: the dataset's release.
    as_of: str = ""


@dataclass
class PostcodeRows(_Chunk):
    """Postcodes in the form with one space, each with its area and point (NaN: none known).

    `details` maps further fields of Postcode (area_code_2011, introduced, terminated ...) to columns. Where only the
    area of 2011 is known, `area_code` is blank and the loader finds the one of 2021.
    """

    line: Column
    postcode: Column
    area_code: Column
    lon: Column
    lat: Column
    is_residential: Column
    details: dict[str, Column] | None = None
