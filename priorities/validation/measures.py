"""What priorities are held against. Every function takes arrays and gives plain numbers; NumPy only.

`classes` are ranks of urgency, 0 the least urgent, -1 for an area without a class. Areas with anything missing on one
side are left out, and every result says how many areas remain.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Below this many areas a correlation or a share says nothing.
FEWEST = 10
TENTH = 0.1
FIFTH = 80


def class_shares(classes: ArrayLike, size: int) -> NDArray[np.float64]:
    """Share of areas in each of `size` classes (they sum to 1); NaN where no area has a class."""
    classes = np.asarray(classes)
    known = classes[classes >= 0]
    counts = np.bincount(known, minlength=size).astype(np.float64)
    return counts / len(known) if len(known) else np.full(size, np.nan)


@dataclass(frozen=True)
class Agreement:
    """How two classifications of the same areas agree.

    areas       number compared
    same        share in the same class
    near        share at most one class apart
    rose, fell  shares more and less urgent in the second
    kappa       Cohen's kappa with quadratic weights: 1 for equal classes, 0 for agreement by chance, None where
                all areas have one class on both sides
    moves       int (classes before, classes after), numbers of areas
    top_kept    of the areas in the most urgent class before, the share that is in it again; None without any
    """

    areas: int
    same: float
    near: float
    rose: float
    fell: float
    kappa: float | None
    moves: NDArray[np.int64]
    top_kept: float | None


def agreement(before: ArrayLike, after: ArrayLike, size: int) -> Agreement | None:
    """Compare two classifications; None where no area has a class in both. Kappa: Cohen, Psychol. Bull. 70 (1968)."""
    before, after = np.asarray(before), np.asarray(after)
    known = (before >= 0) & (after >= 0)
    before, after = before[known].astype(np.int64), after[known].astype(np.int64)
    if not len(before):
        return None
    moves = np.bincount(before * size + after, minlength=size * size).reshape(size, size)
    top = before == size - 1
    return Agreement(
        areas=len(before),
        same=float((before == after).mean()),
        near=float((np.abs(before - after) <= 1).mean()),
        rose=float((after > before).mean()),
        fell=float((after < before).mean()),
        kappa=_kappa(moves),
        moves=moves,
        top_kept=float((after[top] == size - 1).mean()) if top.any() else None,
    )


def _kappa(moves: NDArray[np.int64]) -> float | None:
    classes = np.arange(len(moves))
    distance = np.square(classes[:, None] - classes)
    by_chance = np.outer(moves.sum(axis=1), moves.sum(axis=0)) / moves.sum()
    expected = (distance * by_chance).sum()
    return 1 - float((distance * moves).sum() / expected) if expected else None


@dataclass(frozen=True)
class Correlation:
    """Spearman's rank correlation over `areas`; `value` is None where one side does not vary or too few are known."""

    areas: int
    value: float | None


def rank_correlation(first: ArrayLike, second: ArrayLike) -> Correlation:
    """Rank correlation; ties share the mean of their ranks, and NaN on either side leaves an area out."""
    first, second = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    known = ~np.isnan(first) & ~np.isnan(second)
    one, other = ranks(first[known]), ranks(second[known])
    if len(one) < FEWEST or not one.std() or not other.std():
        return Correlation(len(one), None)
    return Correlation(len(one), float(np.corrcoef(one, other)[0, 1]))


def ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rank 1 for the smallest; equal values share the mean of their ranks."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[inverse.reshape(-1)]


@dataclass(frozen=True)
class OutcomeByClass:
    """An outcome in each class: number of areas with a figure, their mean, and the share of them that is among the
    worst fifth of all areas (0.2 if the class said nothing). NaN in a class without areas."""

    areas: NDArray[np.int64]
    mean: NDArray[np.float64]
    worst_fifth: NDArray[np.float64]


def outcome_by_class(classes: ArrayLike, outcome: ArrayLike, size: int) -> OutcomeByClass:
    """Mean of an outcome (higher is worse) in each class, and how many of its worst areas each class holds."""
    classes, outcome = np.asarray(classes), np.asarray(outcome, dtype=np.float64)
    known = (classes >= 0) & ~np.isnan(outcome)
    classes, outcome = classes[known], outcome[known]
    worst = outcome >= np.percentile(outcome, FIFTH) if len(outcome) else np.zeros(0, dtype=bool)
    counts = np.bincount(classes, minlength=size)
    with np.errstate(invalid="ignore"):
        mean = np.bincount(classes, weights=outcome, minlength=size) / counts
        share = np.bincount(classes, weights=worst, minlength=size) / counts
    return OutcomeByClass(counts, mean, share)


@dataclass(frozen=True)
class Concentration:
    """Need gathered when areas are taken from the most urgent on.

    people, need   the curve: shares of residents and of need, both from 0 to 1, one point per step
    top            share of all need in the first tenth of residents; 0.1 if the order said nothing
    index          concentration index: twice the surface between curve and diagonal, -1 to 1, 0 for no order
    areas          number of areas with everything known
    """

    people: NDArray[np.float64]
    need: NDArray[np.float64]
    top: float
    index: float
    areas: int


def concentration(
    score: ArrayLike, need: ArrayLike, residents: ArrayLike, *, steps: int = 20, top: float = TENTH
) -> Concentration | None:
    """Concentration curve of `need` (an amount per area, not a rate) over areas in the order of `score`, highest first.

    Areas with equal scores are taken together, so that their order cannot matter; between two scores the curve is a
    straight line. Kakwani, Wagstaff and van Doorslaer, J. Econometrics 77 (1997). None where fewer than FEWEST areas
    are known or there is no need at all. Raises ValueError for negative need or residents.
    """
    score, need, residents = (np.asarray(part, dtype=np.float64) for part in (score, need, residents))
    known = ~np.isnan(score) & ~np.isnan(need) & ~np.isnan(residents)
    score, need, residents = score[known], need[known], residents[known]
    if (need < 0).any() or (residents < 0).any():
        raise ValueError("need and residents are amounts and cannot be negative")
    if len(score) < FEWEST or not need.sum() or not residents.sum():
        return None
    _, group = np.unique(-np.round(score, 9), return_inverse=True)
    x, y = (
        np.concatenate([[0.0], np.cumsum(np.bincount(group.reshape(-1), weights=amount)) / amount.sum()])
        for amount in (residents, need)
    )
    surface = float((np.diff(x) * (y[1:] + y[:-1])).sum() / 2)
    people = np.linspace(0, 1, steps + 1)
    return Concentration(
        people, np.interp(people, x, y), float(np.interp(top, x, y)), 2 * surface - 1, int(known.sum())
    )


@dataclass(frozen=True)
class Split:
    """Classes by group: `counts` has shape (groups, classes)."""

    names: tuple[str, ...]
    counts: NDArray[np.int64]


def split(classes: ArrayLike, groups: ArrayLike, names: Sequence[str], size: int) -> Split:
    """Count classes by group. `groups`: place in `names` per area, -1 for an area that belongs to none."""
    classes, groups = np.asarray(classes), np.asarray(groups)
    known = (classes >= 0) & (groups >= 0)
    pairs = groups[known].astype(np.int64) * size + classes[known]
    return Split(tuple(names), np.bincount(pairs, minlength=len(names) * size).reshape(len(names), size))


@dataclass(frozen=True)
class Spread:
    """Median and the 5th and 95th percentile of a measure over draws."""

    median: float
    low: float
    high: float


def spread(values: ArrayLike) -> Spread | None:
    """The middle nine tenths of the draws; NaN draws are left out, None without any other."""
    values = np.asarray(values, dtype=np.float64)
    values = values[~np.isnan(values)]
    if not len(values):
        return None
    low, median, high = np.percentile(values, [5, 50, 95])
    return Spread(float(median), float(low), float(high))
