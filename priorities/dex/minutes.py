"""Planned minutes of a visit, from the class of an area and what its components add.

The minutes are planning defaults that were set by judgement: no published source ties minutes to the class of an
area. The named nurse decides; a plan may override them with a reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from priorities.dex.confidence import LEAST
from priorities.dex.evaluate import TIE
from priorities.dex.model import Model, ModelError
from priorities.dex.vectorised import Evaluation


@dataclass(frozen=True)
class Addition:
    """Minutes added while ``attribute`` has class ``class_index``."""

    attribute: str
    class_index: int
    minutes: int
    reason: str = ""


@dataclass(frozen=True)
class MinutesPolicy:
    """``base``: minutes by class of the root; ``review_hours``: longest time between visits, by class of the root."""

    base: tuple[int, ...]
    review_hours: tuple[int, ...]
    additions: tuple[Addition, ...] = ()
    first_visit: int = 15
    round_to: int = 5
    floor: int = 15
    ceiling: int = 90

    def check(self, model: Model, *, root: int = 0) -> None:
        """Raise ModelError when the policy does not fit the model."""
        size = model.attributes[root].size
        if len(self.base) != size or len(self.review_hours) != size:
            raise ModelError("minutes", f"one base and one review interval for each of the {size} classes are needed")
        if not 0 < self.floor <= self.ceiling or self.round_to < 1 or min(self.base) < 0:
            raise ModelError("minutes", "floor, ceiling, rounding and base minutes must be positive and in order")
        for addition in self.additions:
            attribute = model.find(addition.attribute)
            if not 0 <= addition.class_index < attribute.size:
                raise ModelError(addition.attribute, f"has no class {addition.class_index}")

    def settle(self, minutes: NDArray | float) -> NDArray[np.int16]:
        """Round to the nearest step (halves up), then keep between floor and ceiling."""
        # Expected minutes are sums of products: a hair below a half is a half.
        rounded = np.floor(np.asarray(minutes) / self.round_to + 0.5 + TIE) * self.round_to
        return np.clip(rounded, self.floor, self.ceiling).astype(np.int16)

    def for_first_visit(self, minutes: NDArray | float) -> NDArray[np.int16]:
        return self.settle(np.asarray(minutes) + self.first_visit)


DEFAULT_POLICY = MinutesPolicy(
    base=(20, 30, 45, 60),
    review_hours=(12 * 7 * 24, 6 * 7 * 24, 2 * 7 * 24, 48),
    additions=(
        Addition("LOW_ENGLISH", 2, 15, "time for an interpreter"),
        Addition("FRAILTY", 2, 10, "frailty of many residents"),
    ),
)


def visit_minutes(
    model: Model, evaluation: Evaluation, policy: MinutesPolicy, *, root: int = 0
) -> tuple[NDArray[np.int16], NDArray[np.int16], NDArray[np.int16]]:
    """Return (minutes, low, high) per area: for the published classes, and the least and most that remain possible.

    Low counts the additions that are certain, high those that are possible; both equal the minutes where every class
    is certain.
    """
    base = np.asarray(policy.base)
    low_class, high_class = evaluation.low[:, root], evaluation.high[:, root]
    chosen = base[evaluation.classes[:, root]].astype(np.int32)
    low, high = chosen.copy(), chosen.copy()
    for index, minutes in enumerate(policy.base):
        within = (low_class <= index) & (index <= high_class)
        low = np.where(within, np.minimum(low, minutes), low)
        high = np.where(within, np.maximum(high, minutes), high)
    for addition in policy.additions:
        node, wanted = model.find(addition.attribute).index, addition.class_index
        chosen += addition.minutes * (evaluation.classes[:, node] == wanted)
        possible = (evaluation.low[:, node] <= wanted) & (wanted <= evaluation.high[:, node])
        certain = possible & (evaluation.low[:, node] == evaluation.high[:, node])
        low = low + addition.minutes * certain
        high = high + addition.minutes * possible
    return policy.settle(chosen), policy.settle(low), policy.settle(high)


@dataclass(frozen=True)
class ExpectedMinutes:
    """One entry per area: ``exact`` float64 minutes as the sum gives them; ``minutes`` int16 the same rounded and kept
    between floor and ceiling; ``low`` and ``high`` int16 the range over the classes that are likely enough."""

    exact: NDArray[np.float64]
    minutes: NDArray[np.int16]
    low: NDArray[np.int16]
    high: NDArray[np.int16]


def expected_minutes(
    model: Model,
    chances: Mapping[int, NDArray[np.float64]],
    policy: MinutesPolicy,
    *,
    root: int = 0,
    least: float = LEAST,
) -> ExpectedMinutes:
    """Return the minutes that probabilities lead to, instead of published classes.

    ``chances``: attribute index -> (areas, classes) probabilities of the root and of the attributes that add minutes,
    from probabilistic evaluation with everything unknown expanded. Expected minutes are the sum of p_c base_c plus
    every addition times the probability of its class. Low and high go over the classes with a probability of at least
    ``least``: an addition counts in low only where its absence is less likely than that, in high where it is itself
    likely enough. Both are rounded as the minutes are, and the range holds the expected minutes, which classes too
    unlikely to be shown may draw beyond it.

    Raises ValueError when an attribute is not in ``chances`` or its probabilities do not sum to 1.
    """
    base = np.asarray(policy.base, dtype=np.float64)
    probable = _probabilities(model, chances, root)
    exact = probable @ base
    shown = probable >= np.minimum(least, probable.max(axis=1, keepdims=True)) - TIE
    low = np.where(shown, base, np.inf).min(axis=1)
    high = np.where(shown, base, -np.inf).max(axis=1)
    for addition in policy.additions:
        node = model.find(addition.attribute).index
        member = _probabilities(model, chances, node)[:, addition.class_index]
        exact += addition.minutes * member
        low += addition.minutes * (1.0 - member < least - TIE)
        high += addition.minutes * (member >= least - TIE)
    minutes = policy.settle(exact)
    return ExpectedMinutes(
        exact, minutes, np.minimum(policy.settle(low), minutes), np.maximum(policy.settle(high), minutes)
    )


def _probabilities(model: Model, chances: Mapping[int, NDArray[np.float64]], index: int) -> NDArray[np.float64]:
    attribute = model.attributes[index]
    if index not in chances:
        raise ValueError(f"{attribute.name}: its probabilities are needed for the minutes, and none are given")
    probable = np.asarray(chances[index], dtype=np.float64)
    if probable.ndim != 2 or probable.shape[1] != attribute.size:
        raise ValueError(
            f"{attribute.name}: probabilities have shape {probable.shape}; expected {attribute.size} classes"
        )
    if not np.allclose(probable.sum(axis=1), 1.0, atol=1e-6):
        raise ValueError(f"{attribute.name}: the probabilities of an area do not sum to 1")
    return probable
