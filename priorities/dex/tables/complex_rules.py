"""Complex rules: a table read as few boxes, each a range low..high of every argument with one value.

Every box is maximal (no side can move outwards) and together they cover exactly the rules with that value; boxes may
overlap. The cover is small: boxes that alone cover some rule first, then always the one that covers most of the rest,
and none that others make needless.
"""

import heapq
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from priorities.dex.model import Table
from priorities.dex.tables.grid import Ranges, TableScales
from priorities.dex.values import Value

# Up to so many boxes around one rule all of them are tried; above, boxes grow greedily, a few times per rule.
ALL_BOXES = 1_000
# Up to so many rules boxes are looked for around every rule; above, only around rules that no box holds yet.
EVERY_RULE = 256

Corner = tuple[int, ...]
Box = tuple[Corner, Corner]


@dataclass(frozen=True)
class ComplexRule:
    """``low`` and ``high``: class indices by argument, both included. ``rules``: how many rules the box holds."""

    value: Value
    low: Corner
    high: Corner
    rules: int

    def holds(self, combination: Corner) -> bool:
        """True when the rule for ``combination`` lies in the box."""
        return all(a <= part <= z for a, part, z in zip(self.low, combination, self.high, strict=True))


def complex_rules(table: Table, scales: TableScales, *, entered_only: bool = False) -> tuple[ComplexRule, ...]:
    """Return the boxes of a table, by value in order of lowest class, then of highest, then by corner.

    ``entered_only``: leave out what was derived. Raises ValueError when the table does not fit the scales.
    """
    ranges = Ranges.of(table, scales)
    groups: dict[tuple, list[int]] = {}
    for index, rule in enumerate(table.rules):
        if table.entered[index] or not entered_only:
            groups.setdefault(rule.memberships, []).append(index)
    result = []
    for members in sorted(groups.values(), key=lambda group: (ranges.low[group[0]], ranges.high[group[0]])):
        mask = np.zeros(len(table.rules), dtype=bool)
        mask[members] = True
        for low, high in cover(mask.reshape(scales.sizes)):
            result.append(ComplexRule(table.rules[members[0]], low, high, _volume(low, high)))
    return tuple(result)


def cover(mask: NDArray[np.bool_]) -> list[Box]:
    """Return maximal boxes (low, high) whose union is exactly ``mask``, sorted by corner."""
    candidates: dict[Box, None] = {}
    held = np.zeros_like(mask)
    for at in map(tuple, np.argwhere(mask).tolist()):
        if held[at] and mask.size > EVERY_RULE:
            continue
        for box in _maximal_boxes(mask, at):
            candidates[box] = None
            held[_slices(box)] = True
    return sorted(_without_needless(_chosen(mask, list(candidates)), mask.shape))


def _chosen(mask: NDArray[np.bool_], candidates: list[Box]) -> list[Box]:
    """A cover from ``candidates``: those without an alternative, then greedily the one that adds most."""
    counts = np.zeros(mask.shape, dtype=np.int32)
    for box in candidates:
        counts[_slices(box)] += 1
    chosen = [box for box in candidates if (counts[_slices(box)] == 1).any()]
    left = mask.copy()
    for box in chosen:
        left[_slices(box)] = False
    # What a box adds only shrinks, so the first of the queue is the best as soon as its count is up to date.
    queue = [(-int(left[_slices(box)].sum()), -_volume(*box), box) for box in candidates]
    heapq.heapify(queue)
    while left.any():
        adds, volume, box = heapq.heappop(queue)
        now = -int(left[_slices(box)].sum())
        if now != adds:
            heapq.heappush(queue, (now, volume, box))
            continue
        chosen.append(box)
        left[_slices(box)] = False
    return chosen


def _without_needless(boxes: list[Box], shape: tuple[int, ...]) -> list[Box]:
    """Drop boxes, the smallest first, all of whose rules lie in others."""
    counts = np.zeros(shape, dtype=np.int32)
    for box in boxes:
        counts[_slices(box)] += 1
    kept = []
    for box in sorted(boxes, key=lambda box: _volume(*box)):
        if (counts[_slices(box)] > 1).all():
            counts[_slices(box)] -= 1
        else:
            kept.append(box)
    return kept


def _maximal_boxes(mask: NDArray[np.bool_], at: Corner) -> list[Box]:
    """Maximal boxes around the rule ``at``: all of them, or one per order of growing where they would be too many."""
    possible = math.prod((part + 1) * (size - part) for part, size in zip(at, mask.shape, strict=True))
    if possible > ALL_BOXES:
        axes = list(range(mask.ndim))
        orders = [axes[start:] + axes[:start] for start in axes]
        return list(dict.fromkeys(_grown(mask, at, order) for order in orders))
    waiting, seen, maximal = [(at, at)], {(at, at)}, []
    while waiting:
        box = waiting.pop()
        larger = [step for axis in range(mask.ndim) for step in _steps(mask, box, axis)]
        if not larger:
            maximal.append(box)
        fresh = [step for step in larger if step not in seen]
        seen.update(fresh)
        waiting.extend(fresh)
    return maximal


def _grown(mask: NDArray[np.bool_], at: Corner, order: list[int]) -> Box:
    """A maximal box around ``at``, grown as far as possible along one axis after the other."""
    box = (at, at)
    for axis in order:
        while steps := _steps(mask, box, axis):
            box = steps[0]
    return box


def _steps(mask: NDArray[np.bool_], box: Box, axis: int) -> list[Box]:
    """Boxes one class larger along ``axis`` that still lie in ``mask``."""
    low, high = box
    result = []
    if high[axis] + 1 < mask.shape[axis]:
        larger = (low, _moved(high, axis, 1))
        if mask[_slices((_with(low, axis, high[axis] + 1), larger[1]))].all():
            result.append(larger)
    if low[axis] > 0:
        larger = (_moved(low, axis, -1), high)
        if mask[_slices((larger[0], _with(high, axis, low[axis] - 1)))].all():
            result.append(larger)
    return result


def _with(corner: Corner, axis: int, part: int) -> Corner:
    return (*corner[:axis], part, *corner[axis + 1 :])


def _moved(corner: Corner, axis: int, by: int) -> Corner:
    return _with(corner, axis, corner[axis] + by)


def _slices(box: Box) -> tuple[slice, ...]:
    return tuple(slice(low, high + 1) for low, high in zip(*box, strict=True))


def _volume(low: Corner, high: Corner) -> int:
    return math.prod(z - a + 1 for a, z in zip(low, high, strict=True))
