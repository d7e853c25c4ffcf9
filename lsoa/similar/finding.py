"""The areas that are most like one area, from the figures in force."""

from dataclasses import dataclass
from threading import Lock

import numpy as np

from ..models import Area, ProfileColumn
from ..profiles import read_columns
from ..reference import reference
from .distances import distances, nearest, standardised
from .variables import LEAST_COVERAGE, LEAST_SHARE, MOST_AREAS, MOST_DEVIATIONS, Group, chosen

# So many variables are named as what distinguishes an area most, from this difference on.
MOST_NAMED, LEAST_NAMED = 2, 0.5


@dataclass(frozen=True)
class SimilarArea:
    """`distance` in standard deviations; `share` of the weight that both have figures for (0 to 1).

    `differs` are the codes of the variables that distinguish it most, with the difference in standard deviations:
    positive where the other area lies higher.
    """

    area_id: int
    distance: float
    share: float
    differs: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Similarity:
    """What was found, the nearest first; where nothing was, `why` says so. `variables` are groups with their codes."""

    areas: tuple[SimilarArea, ...]
    variables: tuple[tuple[Group, tuple[str, ...]], ...]
    why: str = ""


@dataclass(frozen=True)
class _Table:
    """Areas of one kind (real or fictional), ids ascending, with their standardised variables."""

    ids: np.ndarray
    rows: np.ndarray
    codes: tuple[str, ...]
    weights: np.ndarray
    groups: tuple[tuple[Group, tuple[str, ...]], ...]


_tables: dict[tuple, dict[bool, _Table]] = {}
_making = Lock()


def similar_areas(area: Area, count: int = 10) -> Similarity:
    """The `count` (at most 50) areas most like this one, of the same census vintage; never the area itself.

    Fictional areas are compared with fictional ones. The table of all areas is made once for each state of the data and
    kept by the process (5 MB); one area then takes milliseconds.
    """
    table = _table().get(area.is_synthetic)
    if table is None or not table.codes:
        return Similarity((), (), "None of the figures that areas are compared by is loaded.")
    place = int(np.searchsorted(table.ids, area.pk))
    if place == len(table.ids) or table.ids[place] != area.pk:
        return Similarity((), table.groups, "This area has no figures yet.")
    found, share = distances(table.rows, place, table.weights, LEAST_SHARE)
    if np.isnan(found[place]):
        why = f"Too many figures of this area are missing: it has {share[place]:.0%} of what areas are compared by."
        return Similarity((), table.groups, why)
    found[place] = np.nan
    places = nearest(found, min(max(count, 1), MOST_AREAS))
    areas = tuple(
        SimilarArea(int(table.ids[at]), float(found[at]), float(share[at]), _differs(table, place, at)) for at in places
    )
    return Similarity(areas, table.groups, "" if areas else "No other area has enough of the same figures.")


def _differs(table, place, other) -> tuple[tuple[str, float], ...]:
    gaps = table.rows[other] - table.rows[place]
    order = np.argsort(-np.nan_to_num(np.abs(gaps)), kind="stable")[:MOST_NAMED]
    return tuple((table.codes[at], float(gaps[at])) for at in order if abs(gaps[at]) >= LEAST_NAMED)


def _table() -> dict[bool, _Table]:
    """By `is_synthetic`, of the figures in force."""
    version = (reference().refreshed_at,)
    tables = _tables.get(version)
    if tables is None:
        with _making:
            tables = _tables.get(version)
            if tables is None:
                tables = _made()
                # Of the state before nobody asks any more.
                _tables.clear()
                _tables[version] = tables
    return tables


def _made() -> dict[bool, _Table]:
    loaded = set(ProfileColumn.objects.values_list("code", flat=True))
    groups = chosen(loaded)
    codes = tuple(code for _, some in groups for code in some)
    columns = read_columns(codes)
    kinds = dict(Area.objects.current().values_list("pk", "is_synthetic"))
    is_synthetic = np.array([kinds.get(pk, False) for pk in columns.area_ids.tolist()], dtype=bool)
    known = np.array([pk in kinds for pk in columns.area_ids.tolist()], dtype=bool)
    return {
        kind: _of_kind(columns.area_ids, columns.figures, known & (is_synthetic == kind), groups, codes)
        for kind in (False, True)
        if (known & (is_synthetic == kind)).any()
    }


def _of_kind(ids, figures, chosen_rows, groups, codes) -> _Table:
    values = figures[chosen_rows]
    covered = (~np.isnan(values)).mean(axis=0) >= LEAST_COVERAGE
    kept = [(group, tuple(code for code in some if covered[codes.index(code)])) for group, some in groups]
    kept = tuple((group, some) for group, some in kept if some)
    names = tuple(code for _, some in kept for code in some)
    weights = np.array([group.weight / len(some) for group, some in kept for _ in some])
    rows = standardised(values[:, [codes.index(code) for code in names]], MOST_DEVIATIONS)
    return _Table(ids[chosen_rows], rows, names, weights, kept)
