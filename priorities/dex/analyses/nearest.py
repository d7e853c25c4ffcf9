"""What would change the class of one area: the few smallest changes that people can take in."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from priorities.dex.analyses.single_changes import outcomes_of_single_changes, urgency_steps
from priorities.dex.analyses.targets import Constraints, Move, search
from priorities.dex.model import Model, ScaleOrder
from priorities.dex.thresholds import MISSING

# More answers than anybody reads; the search is complete up to so many.
MANY = 100_000


@dataclass(frozen=True)
class NearestChange:
    """Inputs that move, and what the root becomes; ``rises``: whether that is more urgent than now."""

    moves: tuple[Move, ...]
    becomes: int
    rises: bool


@dataclass(frozen=True)
class Nearest:
    """``changes``: less urgent results first, then the more urgent ones, the smallest of each first.
    ``if_known``: missing input -> class -> class of the root, were this figure known. ``searched_falls`` and
    ``searched_rises``: up to how many inputs together were tried without leaving anything out."""

    changes: tuple[NearestChange, ...]
    if_known: Mapping[int, Mapping[int, int]]
    searched_falls: int = 1
    searched_rises: int = 1


def nearest_changes(
    model: Model, classes: Mapping[int, int | None], *, root: int = 0, limit: int = 3, maximum_inputs: int = 3,
    seconds: float = 3.0,
) -> Nearest:  # fmt: skip
    """Return at most ``limit`` changes in each direction. ``classes``: input -> class, None where it is missing.

    One input alone comes first; only where none is enough, two and then up to ``maximum_inputs`` together are sought,
    for ``seconds`` at most: far more than the search takes, so that a busy machine tells the same. With missing
    figures the class is a matter of chance, and only single changes are told.
    """
    inputs = {index: np.array([MISSING if value is None else value]) for index, value in classes.items()}
    outcomes = outcomes_of_single_changes(model, inputs, root=root, areas=1)
    steps = urgency_steps(model, root)
    now = int(outcomes.published[0])
    is_certain = all(value is not None for value in classes.values()) and model.is_crisp
    found: list[NearestChange] = []
    searched = {False: 1, True: 1}
    for rises in (False, True):
        changes = _singles(model, outcomes, steps, now, rises)
        # Classes of the root on the wanted side of the present one.
        wanted = set(np.flatnonzero(steps > steps[now] if rises else steps < steps[now]).tolist())
        while wanted and is_certain and not changes and searched[rises] < maximum_inputs:
            constraints = Constraints(
                maximum_inputs=searched[rises] + 1, maximum_count=MANY, maximum_seconds=seconds / maximum_inputs
            )
            result = search(model, classes, wanted=wanted, constraints=constraints, root=root)
            changes = [NearestChange(c.moves, next(iter(c.classes)), rises) for c in result.changes]
            if not result.is_complete:
                break
            searched[rises] += 1
        found += changes[:limit]
    if_known = {
        index: dict(enumerate(becomes[0].tolist()))
        for index, becomes in outcomes.by_input.items()
        if outcomes.current[index][0] == MISSING
    }
    return Nearest(tuple(found), if_known, searched[False], searched[True])


def _singles(model: Model, outcomes, steps, now: int, rises: bool) -> list[NearestChange]:
    changes = []
    for index, becomes in outcomes.by_input.items():
        current, scale = int(outcomes.current[index][0]), model.attributes[index].scale
        if current == MISSING:
            continue
        moves = [
            NearestChange((Move(index, current, target, _distance(scale, current, target)),), result, rises)
            for target, result in enumerate(becomes[0].tolist())
            if (steps[result] > steps[now] if rises else steps[result] < steps[now])
        ]
        changes += sorted(moves, key=lambda change: change.moves[0].steps)[:1]
    return sorted(changes, key=lambda change: (change.moves[0].steps, change.moves[0].attribute))


def _distance(scale, current: int, target: int) -> int:
    return int(current != target) if scale.order is ScaleOrder.UNORDERED else abs(current - target)
