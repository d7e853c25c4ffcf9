"""For each visit, the visits near it: for taking out together, and for being put in beside."""

import numpy as np

# Share of a wait that cannot be avoided which counts as much as driving when neighbours are ranked (as Vidal et al.).
WAIT_COUNTS = 0.2
BAND = 256  # rows worked out at a time


def near_lists(cost: np.ndarray, cost_to: np.ndarray, count: int, most: int) -> np.ndarray:
    """(count, most) int32: the visits nearest to each by driving there and back, itself first."""
    most = min(most, count)
    near = np.empty((count, most), dtype=np.int32)
    for band in _bands(count):
        both = cost[band, :count].astype(np.int64) + cost_to[band, :count]
        both[np.arange(len(both)), np.arange(band.start, band.stop)] = -1
        near[band] = _lowest(both, most)
    return near


def neighbour_lists(visit, cost_to, time_to, most, *, onward):
    """(count, most) int32, padded with -1: the visits after which each is best placed, or (`onward`) before which.

    `visit`: (service, opens, closes) columns. `cost_to[v, u]`, `time_to[v, u]`: the leg between v and u, from u unless
    `onward`. Visits that can never stand so for their windows are left out.
    """
    service, opens, closes = visit
    count = len(service)
    most = max(1, min(most, count - 1))
    lists = np.full((count, most), -1, dtype=np.int32)
    if count < 2:
        return lists
    worth = WAIT_COUNTS * cost_to[:, :count].mean(dtype=float) / max(1.0, time_to[:, :count].mean(dtype=float))
    for band in _bands(count):
        legs = time_to[band, :count].astype(np.int64)
        own = np.arange(band.start, band.stop)[:, None]
        first, second = (own, np.arange(count)) if onward else (np.arange(count), own)
        idle = (opens[second] - closes[first]) - (service[first] + legs)
        too_late = opens[first] + service[first] + legs > closes[second]
        key = cost_to[band, :count] + worth * np.maximum(0, idle)
        key[too_late] = np.inf
        key[np.arange(len(key)), own[:, 0]] = np.inf
        found = _lowest(key, most)
        found[np.take_along_axis(key, found, axis=1) == np.inf] = -1
        lists[band] = found
    return lists


def _bands(count):
    return (slice(begin, min(count, begin + BAND)) for begin in range(0, count, BAND))


def _lowest(keys, most):
    """Column numbers of the `most` lowest keys of each row, lowest first; ties by column number."""
    if most < keys.shape[1]:
        chosen = np.sort(np.argpartition(keys, most - 1, axis=1)[:, :most], axis=1)
        order = np.argsort(np.take_along_axis(keys, chosen, axis=1), axis=1, kind="stable")
        return np.take_along_axis(chosen, order, axis=1)
    return np.argsort(keys, axis=1, kind="stable")
