"""How much each argument of a table counts (dex.md 2.3).

The regression plane y = a1 x1 + ... + am xm + b goes through the rules with a value, xi being class indices (not
reversed for descending scales) and y the middle of the rule. *Local* weights are the shares of |ai|, *normalised* ones
those of |ai| (ni - 1), so that an argument with few classes is not favoured. *Global* weights multiply down the tree.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from priorities.dex.model import Attribute, Discretisation, Model, Table
from priorities.dex.tables.grid import Ranges, TableScales

HALF_A_CLASS = 0.5
# Residuals of exactly half a class count as within it, whatever the last digit of a float says.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Regression:
    """The regression plane, solved exactly: ``exact`` holds the coefficients by argument, then the constant.

    All are 0 where the rules do not determine a plane (``is_singular``).
    """

    exact: tuple[Fraction, ...]
    is_singular: bool = False

    @property
    def coefficients(self) -> tuple[float, ...]:
        return tuple(float(part) for part in self.exact[:-1])

    @property
    def constant(self) -> float:
        return float(self.exact[-1])

    def plane(self, scales: TableScales) -> NDArray[np.float64]:
        """Height of the plane at every rule: shape (rules,)."""
        return scales.combinations @ np.array(self.coefficients) + self.constant

    def local(self) -> tuple[Fraction, ...]:
        """Percent by argument, adding up to 100; all 0 when no argument counts."""
        return shares(self.exact[:-1])

    def local_normalised(self, scales: TableScales) -> tuple[Fraction, ...]:
        """Local weights as if every argument had the same number of classes."""
        return shares([part * (size - 1) for part, size in zip(self.exact[:-1], scales.sizes, strict=True)])


def shares(parts: Sequence[Real]) -> tuple[Real, ...]:
    """Absolute values in percent of their sum; all 0 when the sum is 0."""
    total = sum(abs(part) for part in parts)
    return tuple(100 * abs(part) / total if total else 0 * part for part in parts)


def regression(table: Table, scales: TableScales) -> Regression:
    """Return the regression plane of a table, solved exactly.

    As in the reference library the cell of the constant counts *all* rules, which only tables with undefined rules
    can notice. Raises ValueError when the table does not fit the scales.
    """
    ranges = Ranges.of(table, scales)
    return plane_through(ranges.middle, scales)


def plane_through(heights: NDArray[np.float64], scales: TableScales) -> Regression:
    """Least squares plane through ``heights``, shape (rules,), NaN where a rule has none."""
    defined = ~np.isnan(heights)
    points = scales.combinations[defined]
    columns = np.column_stack([points, np.ones(len(points), dtype=np.int64)])
    normal = [[Fraction(int(cell)) for cell in row] for row in columns.T @ columns]
    normal[-1][-1] = Fraction(len(heights))
    right = [Fraction(float(cell)) for cell in columns.T @ heights[defined]]
    solution = _solve(normal, right)
    if solution is None:
        return Regression((Fraction(0),) * len(normal), is_singular=True)
    return Regression(tuple(solution))


def _solve(matrix: list[list[Fraction]], right: list[Fraction]) -> list[Fraction] | None:
    """Solve a symmetric positive definite system by elimination without exchanging rows; None when it is singular."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    count = len(rows)
    for pivot in range(count):
        if rows[pivot][pivot] == 0:
            return None
        for other in range(count):
            if other != pivot and rows[other][pivot]:
                factor = rows[other][pivot] / rows[pivot][pivot]
                rows[other] = [cell - factor * above for cell, above in zip(rows[other], rows[pivot], strict=True)]
    return [row[-1] / row[position] for position, row in enumerate(rows)]


@dataclass(frozen=True)
class LinearPicture:
    """How well weights describe a table: the share of rules within half a class of the plane, and the mean distance
    of a rule from it, in classes. Both None without a single defined rule."""

    share_within_half: float | None
    mean_distance: float | None


def linear_picture(table: Table, scales: TableScales) -> LinearPicture:
    heights = Ranges.of(table, scales).middle
    defined = ~np.isnan(heights)
    if not defined.any():
        return LinearPicture(None, None)
    distances = np.abs(plane_through(heights, scales).plane(scales) - heights)[defined]
    return LinearPicture(float((distances <= HALF_A_CLASS + TOLERANCE).mean()), float(distances.mean()))


@dataclass(frozen=True)
class Weights:
    """Percent by argument of one table. The global ones are None where a node above has no function to weigh by."""

    local: tuple[float, ...]
    local_normalised: tuple[float, ...]
    global_: tuple[float, ...] | None
    global_normalised: tuple[float, ...] | None


class ModelWeights:
    """Weights of every table of a model. A root counts 100 %; the path is the tree as written, links apart."""

    def __init__(self, model: Model):
        self.model = model

    @cached_property
    def regressions(self) -> Mapping[int, Regression]:
        """Attribute index of every table -> its regression plane."""
        return {
            attribute.index: regression(attribute.function, TableScales.of(self.model, attribute))
            for attribute in self.model.attributes
            if isinstance(attribute.function, Table)
        }

    def of(self, attribute: Attribute) -> Weights:
        """Weights of the arguments of the table of ``attribute``."""
        local, normalised = (self._local(attribute, normalised=flag) for flag in (False, True))
        above, above_normalised = (self._share(attribute, normalised=flag) for flag in (False, True))
        return Weights(
            _in_floats(local, Fraction(1)),
            _in_floats(normalised, Fraction(1)),
            _in_floats(local, above),
            _in_floats(normalised, above_normalised),
        )

    def _local(self, attribute: Attribute, *, normalised: bool) -> tuple[Fraction, ...]:
        found = self.regressions[attribute.index]
        return found.local_normalised(TableScales.of(self.model, attribute)) if normalised else found.local()

    def _share(self, attribute: Attribute, *, normalised: bool) -> Fraction | None:
        """Share from 0 to 1 of ``attribute`` in its root."""
        share = Fraction(1)
        while attribute.parent is not None:
            parent = self.model.attributes[attribute.parent]
            if isinstance(parent.function, Table):
                position = parent.children.index(attribute.index)
                share *= self._local(parent, normalised=normalised)[position] / 100
            elif not isinstance(parent.function, Discretisation):
                return None
            attribute = parent
        return share


def _in_floats(local: tuple[Fraction, ...], share: Fraction | None) -> tuple[float, ...] | None:
    return None if share is None else tuple(float(weight * share) for weight in local)
