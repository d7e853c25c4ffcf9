"""Which counts of one answer must be hidden: small ones, and what would give them away.

Primary suppression is the rule; secondary suppression hides further counts, the least important and smallest first,
until somebody who knows all that is shown can say of no small count more than "1 to 7" (attack.py). Counts may overlap
(people of two PLUS groups), lie in each other (area, local authority, fifth) and be split (visits made, left out): they
are sums over the same visits, and all that are published anywhere belong into one question.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from .attack import TOLERANCE, Knowledge, are_whole, furthest, in_whole_visits
from .moving import Moves
from .rule import RULE, Rule

# Looking around at first, and after each count that was hidden; it stops when it shows so few more to be safe.
FIRST_LOOKS, FURTHER_LOOKS, FEWEST_SEEN = 4, 1, 8


def groups_to_hide(
    members: Mapping,
    *,
    unpublished: Collection = (),
    importance: Mapping | None = None,
    falls_with: Mapping | None = None,
    secret: Mapping | None = None,
    rule: Rule = RULE,
) -> frozenset:
    """Names of the groups whose count must not be shown.

    `members`: for each group a boolean array (n,), true for its visits (people). The number of all n counts as shown,
    unless it is small: then everything is hidden that is not empty. Empty groups are shown.
    `unpublished`: groups that nobody shows, whose small counts are not to follow either (visits left out, where visits
    and visits made are shown). `importance`: of two counts that could be hidden the one with the lower figure is (0 if
    not named), then the smaller. `falls_with`: further groups to hide with a group. `secret`: groups to hide whatever
    their size, with the range (low, high) that has to stay possible for each.

    Each small count keeps the whole range 1 to 7, or as much of it as the number of all leaves where everything else is
    hidden.
    """
    table = _Table.of(members, rule)
    secret = {name: span for name, span in (secret or {}).items() if table.sizes[name]}
    targets = {name: (1, rule.most_hidden) for name, size in table.sizes.items() if rule.is_small(size)} | secret
    hidden = {name for name in targets if name not in unpublished}
    if rule.is_small(table.number):
        return frozenset(name for name, size in table.sizes.items() if size and name not in unpublished)
    falls_with, importance = falls_with or {}, importance or {}
    _take_along(hidden, falls_with, table)
    waiting = _Waiting.of(table, targets)
    shown, knowledge = table.seen(hidden, unpublished)
    _look_around(table, knowledge, waiting, FIRST_LOOKS)
    while waiting.is_any:
        proof = _proof_against_next(shown, knowledge, waiting)
        if proof:
            hidden.add(min(proof, key=lambda name: (importance.get(name, 0), table.sizes[name], str(name))))
            _take_along(hidden, falls_with, table)
            shown, knowledge = table.seen(hidden, unpublished)
            _look_around(table, knowledge, waiting, FURTHER_LOOKS)
    return frozenset(hidden)


def _take_along(hidden, falls_with, table):
    for name in list(hidden):
        hidden |= {other for other in falls_with.get(name, ()) if table.sizes[other]}


@dataclass(slots=True)
class _Table:
    """Visits that lie in the same groups are alike: one cell of `counts` (cells,); `rows`: 0/1 by cell for a group."""

    rows: dict
    sizes: dict
    counts: np.ndarray
    number: int

    @classmethod
    def of(cls, members, rule):
        names = list(members)
        if not names:
            return cls({}, {}, np.zeros(0), 0)
        table = np.array([np.asarray(members[name], dtype=bool) for name in names])
        number = table.shape[1]
        if not number:
            return cls(dict.fromkeys(names, np.zeros(0)), dict.fromkeys(names, 0), np.zeros(0), 0)
        cells, counts = np.unique(table, axis=1, return_counts=True)
        rows = dict(zip(names, cells.astype(float), strict=True))
        return cls(rows, {name: int(row @ counts) for name, row in rows.items()}, counts.astype(float), number)

    def seen(self, hidden, unpublished) -> tuple[list, Knowledge]:
        """Names of the groups that are shown, and what follows from them; the number of all is the last sum."""
        shown = [name for name, size in self.sizes.items() if size and name not in hidden and name not in unpublished]
        sums = self._matrix([*(self.rows[name] for name in shown), np.ones(len(self.counts))])
        secrets = self._matrix([self.rows[name] for name in sorted(hidden, key=str)])
        return shown, Knowledge(sums, sums @ self.counts, secrets)

    def _matrix(self, rows):
        return sparse.csr_array(np.array(rows).reshape(len(rows), len(self.counts)))


@dataclass(slots=True)
class _Waiting:
    """Small counts (t,) and what has not been seen possible of them yet: the low or the high end of their span. What
    was possible once stays so, since hiding more leaves more open.
    """

    goals: np.ndarray
    lows: np.ndarray
    highs: np.ndarray
    low_open: np.ndarray
    high_open: np.ndarray

    @classmethod
    def of(cls, table, targets):
        names = sorted(targets, key=str)
        goals = np.array([table.rows[name] for name in names]).reshape(len(names), len(table.counts))
        lows, highs = (np.array([targets[name][end] for name in names], dtype=float) for end in (0, 1))
        waiting = cls(goals, lows, highs, np.ones(len(names), dtype=bool), np.ones(len(names), dtype=bool))
        waiting.see(table.counts)
        return waiting

    def move_around(self, moves: Moves):
        """Leaves out what visits moved by hand show to be possible."""
        sizes = self.goals @ moves.counts
        for ends, still_open in ((self.lows, self.low_open), (self.highs, self.high_open)):
            for at in np.flatnonzero(still_open):
                still_open[at] = not moves.can_change(self.goals[at], int(ends[at] - sizes[at]))

    @property
    def is_any(self) -> bool:
        return bool(self.low_open.any() or self.high_open.any())

    @property
    def number(self) -> int:
        return int(self.low_open.sum() + self.high_open.sum())

    def see(self, cells):
        """A table that fits everything that is shown."""
        values = self.goals @ cells
        self.low_open &= values > self.lows + TOLERANCE
        self.high_open &= values < self.highs - TOLERANCE


def _look_around(table, knowledge, waiting, times):
    """Visits moved by hand, then tables that are far out for many counts at once, show most counts to be safe."""
    if not waiting.is_any:
        return
    waiting.move_around(Moves.of(knowledge, table.counts))
    dice = np.random.default_rng(0)
    for _ in range(times):
        before = waiting.number
        if before < FEWEST_SEEN:
            return
        for upwards, still_open in ((False, waiting.low_open), (True, waiting.high_open)):
            if still_open.any():
                weights = dice.random(int(still_open.sum())) ** (4 if upwards else 1)
                _, cells, _ = furthest(knowledge, weights @ waiting.goals[still_open], upwards)
                if are_whole(cells):
                    waiting.see(cells)
        if before - waiting.number < FEWEST_SEEN:
            return


def _proof_against_next(shown, knowledge, waiting) -> list:
    """Looks at one end of one count that waits. Shown groups that together prove that it is not possible; none where it
    is, and where nothing plays a part that could be hidden: then it waits no longer.
    """
    upwards = not waiting.low_open.any()
    still_open = waiting.high_open if upwards else waiting.low_open
    at = int(still_open.argmax())
    goal, value = waiting.goals[at], (waiting.highs if upwards else waiting.lows)[at]
    most, cells, proof = furthest(knowledge, goal, upwards)
    if most >= value - TOLERANCE if upwards else most <= value + TOLERANCE:
        if not are_whole(cells):
            cells = in_whole_visits(knowledge, goal, int(value), upwards)
        if cells is not None:
            waiting.see(cells)
            still_open[at] = False
            return []
        # Only parts of visits would reach it: any of the shown sums over these cells may be the reason.
        proof = (knowledge.shown @ goal) > 0
    names = [name for name, plays_a_part in zip(shown, proof, strict=False) if plays_a_part]
    if not names:
        still_open[at] = False
    return names
