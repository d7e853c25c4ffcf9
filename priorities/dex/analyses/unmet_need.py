"""Unmet need: a deprived area in bad health where little is diagnosed.

Registers count what is *diagnosed*. Where an area is deprived and many residents say that their health is bad, few
diagnoses are more likely a sign of care that did not reach people than of good health. The flag says so beside the
class; it never changes the class.

An area is flagged when all three hold:

* it is among the most deprived tenths of England (``deprived_up_to``; deciles 1 and 2 are NHS England's Core20);
* the share of residents in bad or very bad health reaches ``bad_health_from`` percent (7 is where the highest fifth of
  England begins: Census 2021, table of dex.md 4.2);
* at least ``groups_low`` of the groups of diagnoses lie below their limit, which should be England's median of
  age-standardised registers: crude registers make young areas look healthy.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class UnmetNeedLimits:
    deprived_up_to: int = 2
    bad_health_from: float = 7.0
    groups_low: int = 2


DEFAULT_LIMITS = UnmetNeedLimits()
UNKNOWN, NO, YES = -1, 0, 1


def unmet_need(
    decile: float | None,
    bad_health: float | None,
    diagnosed: Sequence[float | None],
    low_below: Sequence[float],
    limits: UnmetNeedLimits = DEFAULT_LIMITS,
) -> bool | None:
    """Return whether one area is flagged; None when a missing figure could decide it. The plain path.

    ``decile``: IMD decile, 1 the most deprived; ``bad_health``: percent; ``diagnosed``: figure per group of diagnoses,
    and ``low_below`` where it stops to be low. None and NaN are missing.
    """
    low = [_below(figure, limit) for figure, limit in zip(diagnosed, low_below, strict=True)]
    certain, possible = low.count(True), low.count(True) + low.count(None)
    conditions = [
        None if _missing(decile) else decile <= limits.deprived_up_to,
        None if _missing(bad_health) else bad_health >= limits.bad_health_from,
        True if certain >= limits.groups_low else None if possible >= limits.groups_low else False,
    ]
    if False in conditions:
        return False
    return None if None in conditions else True


def _missing(figure: float | None) -> bool:
    return figure is None or math.isnan(figure)


def _below(figure: float | None, limit: float) -> bool | None:
    return None if _missing(figure) else figure < limit


def unmet_need_of_areas(
    decile: NDArray, bad_health: NDArray, diagnosed: NDArray, low_below: Sequence[float],
    limits: UnmetNeedLimits = DEFAULT_LIMITS,
) -> NDArray[np.int8]:  # fmt: skip
    """Return YES (1), NO (0) or UNKNOWN (-1) per area. ``decile``, ``bad_health``: shape (areas,), NaN for missing;
    ``diagnosed``: shape (areas, groups)."""
    decile, bad_health, diagnosed = (np.asarray(part, dtype=np.float64) for part in (decile, bad_health, diagnosed))
    with np.errstate(invalid="ignore"):
        certain = (diagnosed < np.asarray(low_below)).sum(axis=1)
        possible = certain + np.isnan(diagnosed).sum(axis=1)
        excluded = (decile > limits.deprived_up_to) | (bad_health < limits.bad_health_from)
    excluded |= possible < limits.groups_low
    unknown = np.isnan(decile) | np.isnan(bad_health) | (certain < limits.groups_low)
    return np.where(excluded, NO, np.where(unknown, UNKNOWN, YES)).astype(np.int8)
