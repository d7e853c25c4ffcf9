"""What a download holds: which areas in which order, which figures, and further columns from other apps."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from django.contrib.gis.db.models.functions import AsGeoJSON, AsWKB
from django.db.models import QuerySet

from lsoa.models import Area, Indicator
from lsoa.profiles import read_matrix

# A thousand outlines are about one megabyte.
AREAS_PER_BLOCK = 1_000
# Six decimals of a degree are about ten centimetres; the published boundaries are coarser.
DECIMALS = 6
# Field of Area, and the heading of its column.
GEOGRAPHY = (
    ("code", "area_code"),
    ("name", "area_name"),
    ("local_authority_code", "local_authority_code"),
    ("local_authority_name", "local_authority_name"),
    ("ward_code", "ward_code"),
    ("ward_name", "ward_name"),
    ("sub_icb_code", "sub_icb_code"),
    ("sub_icb_name", "sub_icb_name"),
    ("icb_code", "icb_code"),
    ("icb_name", "icb_name"),
    ("region_name", "region_name"),
    ("rural_urban_name", "rural_urban_class"),
)


@dataclass(frozen=True)
class Column:
    """A column that another app adds: its heading, what it means, and its value for a row of `Area` fields."""

    heading: str
    meaning: str
    fields: tuple[str, ...]
    value: Callable[[dict], object]
    kind: type = str


@dataclass(frozen=True)
class Block:
    """Some areas: `rows` maps headings to values of geography and further columns; figures as arrays (areas,
    indicators) of value (NaN: missing), reason and dataset id; `shapes` in the form that was asked for."""

    rows: list[dict]
    area_ids: np.ndarray
    values: np.ndarray
    missing: np.ndarray
    datasets: np.ndarray
    shapes: list | None = None

    def __len__(self):
        return len(self.rows)


@dataclass(frozen=True)
class Contents:
    """`areas` is any queryset of areas in the order wanted; `indicators` are in the order of the columns."""

    areas: QuerySet
    indicators: Sequence[Indicator]
    title: str
    filters: Sequence[str] = ()
    columns: Sequence[Column] = field(default=())

    @cached_property
    def keys(self) -> list[int]:
        """Primary keys of the areas in their order: one sort of the database for the whole download."""
        return list(self.areas.values_list("pk", flat=True))

    @property
    def headings(self) -> list[str]:
        return [heading for _, heading in GEOGRAPHY] + [column.heading for column in self.columns]

    @property
    def codes(self) -> list[str]:
        return [indicator.code for indicator in self.indicators]

    def blocks(self, shapes: str = "") -> Iterator[Block]:
        """Yield the areas in blocks. `shapes`: "geojson" (text), "wkb" (bytes) or "" for none."""
        for start in range(0, len(self.keys), AREAS_PER_BLOCK):
            yield self._block(self.keys[start : start + AREAS_PER_BLOCK], shapes)

    def _block(self, keys, shapes) -> Block:
        # By key rather than by a cursor: nothing stays open while a slow client reads.
        areas = self.areas.order_by().filter(pk__in=keys)
        wanted = {"pk", *(name for name, _ in GEOGRAPHY), *(name for column in self.columns for name in column.fields)}
        if shapes == "geojson":
            areas = areas.annotate(shape=AsGeoJSON("geometry", precision=DECIMALS))
        elif shapes == "wkb":
            areas = areas.annotate(shape=AsWKB("geometry"))
        found = {row["pk"]: row for row in areas.values(*wanted, *(["shape"] if shapes else []))}
        # An area that was deleted since the download began is left out.
        ordered = [found[key] for key in keys if key in found]
        ids = np.array([row["pk"] for row in ordered], dtype=np.int64)
        matrix = read_matrix(self.codes, Area.objects.filter(pk__in=ids.tolist()))
        place = {pk: position for position, pk in enumerate(matrix.area_ids.tolist())}
        known = np.array([place.get(pk, -1) for pk in ids.tolist()], dtype=int)
        return Block(
            rows=[self._row(row) for row in ordered],
            area_ids=ids,
            values=_taken(matrix.values, known, np.nan),
            missing=_taken(matrix.missing, known, ""),
            datasets=_taken(matrix.datasets, known, ""),
            shapes=[row["shape"] for row in ordered] if shapes else None,
        )

    def _row(self, row: dict) -> dict:
        texts = {heading: row[name] for name, heading in GEOGRAPHY}
        return texts | {column.heading: column.value(row) for column in self.columns}


def _taken(columns, positions, nothing):
    """Rows of an array by position; `nothing` where the position is -1 (an area that has no profile yet)."""
    if not len(columns):
        return np.full((len(positions), columns.shape[1]), nothing, dtype=columns.dtype)
    taken = columns[positions]
    taken[positions < 0] = nothing
    return taken
