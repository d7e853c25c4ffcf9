"""Which areas a map shows at present, as a list: what the eye sees on the map, for whoever cannot see it."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from django.db import connection
from django.urls import reverse

from lsoa.models import Area, Vintage
from lsoa.tile_sets import current_set

from .presenters import wording
from .themes import FILTERED_OUT, NO_DATA

MOST_AREAS = 20


@dataclass(frozen=True)
class Box:
    """West, south, east, north in degrees (WGS 84)."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def parse(cls, text: str) -> "Box":
        """Reads "west,south,east,north"; ValueError with a sentence for people."""
        try:
            west, south, east, north = (float(part) for part in text[:200].split(","))
        except ValueError:
            raise ValueError("A view has four numbers: west, south, east and north in degrees.") from None
        if not all(math.isfinite(value) for value in (west, south, east, north)):
            raise ValueError("The bounds of a view are finite numbers.")
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            raise ValueError("West must lie left of east, south below north, all of them on the globe.")
        return cls(west, south, east, north)


@dataclass(frozen=True)
class AreaInView:
    name: str
    code: str
    authority: str
    url: str
    index: int
    latitude: float
    longitude: float
    word: str
    # Of the map's palette; empty: no data.
    colour: str


@dataclass(frozen=True)
class AreasInView:
    """The areas whose middle lies in the box, most need first, inside a class the nearest to the centre first."""

    total: int
    rows: list[AreaInView]
    # (word, how many), most need first.
    counts: list[tuple[str, int]]

    @property
    def sentence(self) -> str:
        """What is announced after the map has moved."""
        if not self.total:
            return "No area in view."
        parts = ", ".join(f"{wording.count(number)} {word.lower()}" for word, number in self.counts)
        return f"{wording.areas(self.total)} in view: {parts}."

    @property
    def is_cut(self) -> bool:
        return self.total > len(self.rows)


def areas_in_view(values: np.ndarray, labels: tuple[str, ...], palette: tuple[str, ...], box: Box) -> AreasInView:
    """`values`: uint8 by area index as the map paints them; words and colours by class."""
    tile_set = current_set(Vintage.CENSUS_2021)
    # Without a map there is no name for the state of the areas, so nothing is kept.
    places = _middles(tile_set.version) if tile_set else _middles.__wrapped__("")
    values = values[: len(places)]
    longitude, latitude = places[: len(values)].T
    inside = (longitude >= box.west) & (longitude <= box.east) & (latitude >= box.south) & (latitude <= box.north)
    found = np.flatnonzero(inside & (values != FILTERED_OUT))
    # No data comes last: it is neither high nor low.
    rank = np.where(values[found] == NO_DATA, -1, values[found].astype(np.int16))
    middle = (box.west + box.east) / 2, (box.south + box.north) / 2
    narrower = math.cos(math.radians(middle[1]))
    away = np.hypot((longitude[found] - middle[0]) * narrower, latitude[found] - middle[1])
    first = np.lexsort((found, away, -rank))[:MOST_AREAS]
    numbers, counts = np.unique(rank, return_counts=True)
    pairs = [(_word(int(n), labels), int(c)) for n, c in zip(numbers[::-1], counts[::-1], strict=True)]
    shown = dict(zip(found[first].tolist(), rank[first].tolist(), strict=True))
    return AreasInView(len(found), _rows(shown, labels, palette), pairs)


def _word(number: int, labels: tuple[str, ...]) -> str:
    return labels[number] if 0 <= number < len(labels) else "No data"


def _rows(shown: dict[int, int], labels, palette) -> list[AreaInView]:
    columns = ("index", "name", "code", "local_authority_name", "centroid")
    found = {area.index: area for area in Area.objects.current().filter(index__in=list(shown)).only(*columns)}
    return [
        AreaInView(
            name=area.name,
            code=area.code,
            authority=area.local_authority_name,
            url=reverse("area", args=[area.code]),
            index=index,
            latitude=round(area.centroid.y, 5),
            longitude=round(area.centroid.x, 5),
            word=_word(number, labels),
            colour=palette[number] if 0 <= number < len(palette) else "",
        )
        for index, number in shown.items()
        if (area := found.get(index))
    ]


@lru_cache(maxsize=2)
def _middles(version: str) -> np.ndarray:
    """float32 (areas, 2): longitude and latitude by index, 270 kB for England; kept while the areas are the same."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT index, ST_X(centroid), ST_Y(centroid) FROM lsoa_area WHERE vintage = 2021 ORDER BY index"
        )
        rows = cursor.fetchall()
    size = rows[-1][0] + 1 if rows else 0
    # Indexes without an area lie nowhere.
    middles = np.full((size, 2), np.nan, dtype=np.float32)
    if rows:
        index, longitude, latitude = np.array(rows, dtype=np.float64).T
        middles[index.astype(np.int64)] = np.column_stack((longitude, latitude))
    return middles
