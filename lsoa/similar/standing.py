"""Where an area stands in each figure: in the country, in its ICB, in its local authority, and among similar areas."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

import numpy as np

from ..models import Area, ProfileState
from ..profiles import read_columns

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
        self.icbs = np.array([row[1] for row in found], dtype="U9")
        self.authorities = np.array([row[2] for row in found], dtype="U9")
        self.columns: dict[str, np.ndarray] = {}
        self.sorted: dict[str, np.ndarray] = {}

    def load(self, codes: Iterable[str]) -> None:
        wanted = [code for code in codes if code not in self.columns]
        if not wanted:
            return
        read = read_columns(wanted)
        place = np.searchsorted(read.area_ids, self.ids)
        place = np.minimum(place, max(len(read.area_ids) - 1, 0))
        known = read.area_ids[place] == self.ids if len(read.area_ids) else np.zeros(len(self.ids), dtype=bool)
        if len(self.columns) + len(wanted) > MOST_COLUMNS:
            self.columns, self.sorted = {}, {}
        for k, code in enumerate(wanted):
            column = np.full(len(self.ids), np.nan)
            column[known] = read.figures[place[known], k]
            self.columns[code] = column
            self.sorted[code] = np.sort(column[~np.isnan(column)])


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
        groups = (
            (board.icbs == self.area.icb_code) & (board.icbs != ""),
            (board.authorities == self.area.local_authority_code) & (board.authorities != ""),
            np.isin(board.ids, self.similar),
        )
        own = int(np.searchsorted(board.ids, self.area.pk))
        is_there = own < len(board.ids) and board.ids[own] == self.area.pk
        return {code: _standing(*pair, groups, own if is_there else None) for code, pair in columns.items()}


def _standing(column, ordered, groups, own) -> Standing:
    medians = [_median(column[group]) for group in groups]
    value = np.nan if own is None else column[own]
    number, below, rank = len(ordered), None, None
    if number and not np.isnan(value):
        below = float(np.searchsorted(ordered, value, side="left") / number)
        rank = int(number - np.searchsorted(ordered, value, side="right") + 1)
    nation = float(np.median(ordered)) if number else None
    return Standing(nation, *medians, below=below, rank=rank, number=number)


def _median(values) -> float | None:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else None


def _board(is_synthetic) -> _Board:
    version = (ProfileState.objects.values_list("refreshed_at", flat=True).first(), is_synthetic)
    if version not in _boards:
        for old in [key for key in _boards if key[0] != version[0]]:
            del _boards[old]
        _boards[version] = _Board(is_synthetic)
    return _boards[version]
