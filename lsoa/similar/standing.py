"""Where an area stands in each figure: in the country, in its ICB, in its local authority, and among similar areas."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

import numpy as np

from ..models import Area
from ..profiles import read_columns
from ..reference import reference

# Columns that one process keeps: each is 270 kB for England.
MOST_COLUMNS = 64


@dataclass(frozen=True)
class Standing:
    """One figure beside those of others; None where nobody has one, or the area has none itself.

    Medians are of areas, each counting once, the area itself included where it belongs to the group. `below` is the
    share of all areas that lie lower (0 to 1), `rank` the place from the highest (equal values share the best place)
    among `number` areas.
    """

    nation: float | None
    icb: float | None
    authority: float | None
    similar: float | None
    below: float | None
    rank: int | None
    number: int


class _Board:
    """All areas of one kind at one state of the data, with the columns that were asked for so far."""

    def __init__(self, is_synthetic: bool):
        rows = Area.objects.current().filter(is_synthetic=is_synthetic).order_by("pk")
        found = list(rows.values_list("pk", "icb_code", "local_authority_code"))
        self.ids = np.array([row[0] for row in found], dtype=np.int64)
        self.icbs = _places([row[1] for row in found])
        self.authorities = _places([row[2] for row in found])
        self.forget()

    def forget(self) -> None:
        self.columns: dict[str, np.ndarray] = {}
        self.sorted: dict[str, np.ndarray] = {}
        # By code of the figure and of the place: the same for all areas there.
        self.medians: dict[tuple[str, str], float | None] = {}
        self.means: dict[tuple[str, str], float | None] = {}

    def load(self, codes: Iterable[str]) -> None:
        codes = list(codes)
        wanted = [code for code in codes if code not in self.columns]
        if not wanted:
            return
        if len(self.columns) + len(wanted) > MOST_COLUMNS:
            self.forget()
            wanted = codes
        read = read_columns(wanted)
        place = np.searchsorted(read.area_ids, self.ids)
        place = np.minimum(place, max(len(read.area_ids) - 1, 0))
        known = read.area_ids[place] == self.ids if len(read.area_ids) else np.zeros(len(self.ids), dtype=bool)
        for k, code in enumerate(wanted):
            column = np.full(len(self.ids), np.nan)
            column[known] = read.figures[place[known], k]
            self.columns[code] = column
            self.sorted[code] = np.sort(column[~np.isnan(column)])

    def where(self, ids: np.ndarray) -> np.ndarray:
        """Places of those of the ids that are there."""
        places = np.searchsorted(self.ids, ids)
        inside = places < len(self.ids)
        places, ids = places[inside], ids[inside]
        return places[self.ids[places] == ids]

    def median(self, code: str, column: np.ndarray, rows: np.ndarray | None, name: str) -> float | None:
        """Of the areas (`rows`) of an ICB or a local authority (`name`); None where it has none."""
        if rows is None:
            return None
        if (code, name) not in self.medians:
            self.medians[code, name] = _median(column[rows])
        return self.medians[code, name]

    def mean(self, code: str, name: str) -> float | None:
        """Of the areas of a local authority."""
        rows = self.authorities.get(name)
        if rows is None:
            return None
        if (code, name) not in self.means:
            self.means[code, name] = _mean(self.columns[code][rows])
        return self.means[code, name]


def _places(names: list[str]) -> dict[str, np.ndarray]:
    """Name -> where the areas stand that have it; those without are in none."""
    found = defaultdict(list)
    for place, name in enumerate(names):
        if name:
            found[name].append(place)
    return {name: np.array(places) for name, places in found.items()}


_boards: dict[tuple, _Board] = {}
_making = Lock()


class Standings:
    """Standings of one area in the figures of `codes`; `similar` are ids of the areas that are like it.

    The figures of all areas are read once for each state of the data and kept by the process.
    """

    def __init__(self, area: Area, codes: Iterable[str], similar: Iterable[int] = ()):
        self.area, self.codes, self.similar = area, list(codes), np.array(list(similar), dtype=np.int64)

    @cached_property
    def by_code(self) -> dict[str, Standing]:
        with _making:
            board = _board(self.area.is_synthetic)
            board.load(self.codes)
            columns = {code: (board.columns[code], board.sorted[code]) for code in self.codes if code in board.columns}
        similar = board.where(self.similar)
        own = next(iter(board.where(np.array([self.area.pk])).tolist()), None)
        icb, authority = self.area.icb_code, self.area.local_authority_code
        of_icb, of_authority = board.icbs.get(icb), board.authorities.get(authority)
        found = {}
        for code, (column, ordered) in columns.items():
            medians = (
                board.median(code, column, of_icb, icb),
                board.median(code, column, of_authority, authority),
                _median(column[similar]),
            )
            found[code] = _standing(column, ordered, medians, own)
        return found


def authority_means(area: Area, codes: Iterable[str]) -> dict[str, float]:
    """Mean of each figure over the areas of the local authority, each once; a code without any is absent."""
    codes = list(codes)
    with _making:
        board = _board(area.is_synthetic)
        board.load(codes)
        means = {code: board.mean(code, area.local_authority_code) for code in codes if code in board.columns}
    return {code: mean for code, mean in means.items() if mean is not None}


def _standing(column, ordered, medians, own) -> Standing:
    value = np.nan if own is None else column[own]
    number, below, rank = len(ordered), None, None
    if number and not np.isnan(value):
        below = float(np.searchsorted(ordered, value, side="left") / number)
        rank = int(number - np.searchsorted(ordered, value, side="right") + 1)
    # Of what is in order already: numpy would put it in order again.
    nation = float((ordered[(number - 1) // 2] + ordered[number // 2]) / 2) if number else None
    return Standing(nation, *medians, below=below, rank=rank, number=number)


def _median(values) -> float | None:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else None


def _mean(values) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else None


def _board(is_synthetic) -> _Board:
    version = (reference().refreshed_at, is_synthetic)
    if version not in _boards:
        for old in [key for key in _boards if key[0] != version[0]]:
            del _boards[old]
        _boards[version] = _Board(is_synthetic)
    return _boards[version]
