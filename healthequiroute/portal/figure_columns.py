"""Figures of many areas at once, from the columns in force: far faster for all England than its profiles."""

from collections.abc import Sequence

import numpy as np

from lsoa.profiles import read_columns


def figures_of(keys: Sequence[int], codes: Sequence[str]) -> np.ndarray:
    """(areas, codes) float64 in the order of the keys of the areas; NaN where there is no figure."""
    columns, wanted = read_columns(codes), np.asarray(keys, dtype=np.int64)
    found = np.full((len(wanted), len(codes)), np.nan)
    if not len(columns.area_ids) or not len(wanted):
        return found
    place = np.minimum(np.searchsorted(columns.area_ids, wanted), len(columns.area_ids) - 1)
    known = columns.area_ids[place] == wanted
    found[known] = columns.figures[place[known]]
    return found
