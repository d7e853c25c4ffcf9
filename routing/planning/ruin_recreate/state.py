"""What a search carries from slice to slice."""

from typing import NamedTuple

import numpy as np

from . import columns as c
from .arrays import Arrays
from .chance import seeded

# Visits that a step takes out on average (Christiaens and Vanden Berghe).
MEAN_REMOVED = 10.0


class State(NamedTuple):
    """The plan under way, the best one, and what a step needs to be taken back. Columns as in `columns`."""

    stop: np.ndarray
    day: np.ndarray
    number: np.ndarray
    heat: np.ndarray
    chance: np.ndarray
    kept: np.ndarray  # rows of `stop` as they were before the step
    day_kept: np.ndarray
    touched: np.ndarray  # days changed in this step
    changes: np.ndarray  # days changed since the best plan was copied
    retried: np.ndarray
    retried_at: np.ndarray
    key: np.ndarray
    rank: np.ndarray
    absent: np.ndarray  # unserved visits, in no order, and where each of them stands there
    absent_at: np.ndarray
    best_next: np.ndarray
    kind_tried: np.ndarray


def new_state(arrays: Arrays, seed: int) -> State:
    """A state without any plan; `steps.begin` makes the empty one."""
    n, m = len(arrays.visit), len(arrays.person)
    stop = np.zeros((n + 2 * m, c.STOP_WIDTH), dtype=np.int64)
    stop[:n, c.PLACE] = np.arange(n)
    stop[n : n + m, c.PLACE] = arrays.person[:, c.START_PLACE]
    stop[n + m :, c.PLACE] = arrays.person[:, c.END_PLACE]
    stop[:n, c.DAY] = -1
    stop[n : n + m, c.DAY] = stop[n + m :, c.DAY] = np.arange(m)
    number = np.zeros(c.NUMBERS, dtype=np.int64)
    number[c.RANKS] = len(set(arrays.visit[:, c.RANK].tolist()))
    return State(
        stop=stop,
        day=np.zeros((m, c.DAY_WIDTH), dtype=np.int64),
        number=number,
        heat=np.array([1.0, 1.0, MEAN_REMOVED]),
        chance=seeded(seed),
        kept=stop.copy(),
        day_kept=np.zeros((m, c.DROVE + 1), dtype=np.int64),
        touched=np.zeros(m, dtype=np.int64),
        changes=np.zeros(m, dtype=np.int64),
        retried=np.zeros(n, dtype=np.int64),
        retried_at=np.zeros(n, dtype=np.int64),
        key=np.zeros(n),
        rank=np.zeros(n, dtype=np.int64),
        absent=np.zeros(n, dtype=np.int64),
        absent_at=np.full(n, -1, dtype=np.int64),
        best_next=np.zeros(n + m, dtype=np.int64),
        kind_tried=np.zeros(m + 1, dtype=np.int64),
    )
