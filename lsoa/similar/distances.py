"""Weighted distances between standardised rows, with gaps. Arrays in, arrays out."""

import numpy as np


def standardised(values: np.ndarray, most: float) -> np.ndarray:
    """Columns less their mean, divided by their (population) standard deviation; NaN stays NaN, a column that does not
    vary is 0. Cut off at `most` on both sides. Shape (areas, variables), float64, column by column.
    """
    known = ~np.isnan(values)
    number = np.maximum(known.sum(axis=0), 1)
    filled = np.where(known, values, 0.0)
    mean = filled.sum(axis=0) / number
    centred = np.where(known, values - mean, 0.0)
    deviation = np.sqrt((centred**2).sum(axis=0) / number)
    # What differs by less than rounding does not differ.
    varies = deviation > 1e-12 * np.maximum(np.abs(mean), 1)
    scaled = np.where(varies, centred / np.where(varies, deviation, 1.0), 0.0)
    return np.asfortranarray(np.where(known, np.clip(scaled, -most, most), np.nan))


def distances(rows: np.ndarray, place: int, weights: np.ndarray, least: float) -> tuple[np.ndarray, np.ndarray]:
    """Distance of every row to the one at `place`, and the share of the weight that both have figures for.

    The root of the weighted mean of squared differences over what both have (partial distance: Dixon 1979, IEEE
    Transactions on Systems, Man, and Cybernetics 9: 617-621); NaN where the share is below `least`.
    """
    squares, weight = np.zeros(len(rows)), np.full(len(rows), weights.sum())
    # By columns, which `standardised` lays one after the other: ten times as fast as all of them at once.
    # Into the same two places each time: fresh ones of this size come from the system, page by page.
    gap, missing = np.empty(len(rows)), np.empty(len(rows), dtype=bool)
    for column, worth in zip(rows.T, weights, strict=True):
        np.subtract(column, column[place], out=gap)
        np.square(gap, out=gap)
        np.isnan(gap, out=missing)
        if missing.any():
            gap[missing] = 0
            weight[missing] -= worth
        gap *= worth
        squares += gap
    share = weight / weights.sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.sqrt(squares / weight)
    # Ten digits: nothing but the order of additions differs beyond them.
    return np.where(share + 1e-12 >= least, np.round(found, 10), np.nan), share


def nearest(found: np.ndarray, count: int) -> np.ndarray:
    """Places of the `count` smallest distances, the smallest first, equal ones by place; NaN never."""
    usable = np.flatnonzero(~np.isnan(found))
    if len(usable) > count:
        limit = np.partition(found[usable], count - 1)[count - 1]
        usable = usable[found[usable] <= limit]
    return usable[np.lexsort((usable, found[usable]))][:count]
