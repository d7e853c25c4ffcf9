"""QQ1: offsets inside a class from the regression plane of the table.

Source: Bohanec, Urh, Rajkovic, "Evaluating options by combined qualitative and quantitative methods", Acta
Psychologica 80 (1992) 67-89. The plane g(x) = a1 x1 + ... + am xm + b fits the rules by least squares (x: class
indices, as they stand in the file also on descending scales). Over the rules that hold class c, each taken as a box of
half a class around its combination, g runs from min_c to max_c; the class gets the line that maps this range to
[c - 0.5, c + 0.5]: k_c = 1 / (max_c - min_c), n_c = c + 0.5 - k_c max_c. The value for inputs u (class plus offset
each) in class c is k_c g(u) + n_c. So offsets point along class indices: +0.5 lies towards the class above.
"""

from dataclasses import dataclass

import numpy as np

from priorities.dex.ranking.rules import Placement, RuleTable
from priorities.dex.tables.weights import plane_through

# Two floating point numbers that differ by less are equal: a plane this flat does not rank.
EQUAL = 1e-12


@dataclass(frozen=True)
class Plane:
    coefficients: tuple[float, ...]
    constant: float

    def at(self, point) -> float:
        return sum(a * x for a, x in zip(self.coefficients, point, strict=True)) + self.constant


@dataclass(frozen=True)
class ClassLine:
    """``k g(u) + n``: the value (class plus offset) for inputs u."""

    k: float
    n: float


def regression_plane(table: RuleTable) -> Plane:
    """Return the least-squares plane through the midpoints of the defined rules; all zero where it is not unique."""
    heights = np.where(table.defined, table.midpoints, np.nan)
    # The plane needs of a table only the combinations of its rules.
    fitted = plane_through(heights, table)
    return Plane(fitted.coefficients, fitted.constant)


def class_lines(table: RuleTable, plane: Plane) -> list[ClassLine | None]:
    """Return the line of every class, None for a class that no rule holds."""
    half = [0.5 * np.sign(coefficient) for coefficient in plane.coefficients]
    lines = []
    for index in range(table.contains.shape[1]):
        points = table.combinations[table.contains[:, index]]
        if not len(points):
            lines.append(None)
            continue
        low = min(plane.at(point - half) for point in points)
        high = max(plane.at(point + half) for point in points)
        low, high = float(low), float(high)
        k = 0.0 if high - low < EQUAL else 1 / (high - low)
        lines.append(ClassLine(k, index + 0.5 - k * high))
    return lines


class Qq1:
    """The plain path: the formula of the paper for one rule and one class."""

    def __init__(self, table: RuleTable):
        self.table = table
        self.plane = regression_plane(table)
        self.lines = class_lines(table, self.plane)

    def offset(self, rule: int, class_index: int, offsets: list[float]) -> float:
        """Return the offset of a class that the rule holds; ``offsets`` are those of the rule's arguments."""
        values = [index + offset for index, offset in zip(self.table.combinations[rule], offsets, strict=True)]
        line = self.lines[class_index]
        return line.k * self.plane.at(values) + line.n - class_index


def place(table: RuleTable) -> Placement:
    plane = regression_plane(table)
    base = np.full(table.contains.shape, np.nan)
    slopes = np.zeros((*table.contains.shape, len(table.arguments)))
    at_rules = table.combinations @ np.array(plane.coefficients) + plane.constant
    for index, line in enumerate(class_lines(table, plane)):
        if line is not None:
            rules = table.contains[:, index]
            base[rules, index] = line.k * at_rules[rules] + line.n - index
            slopes[rules, index] = line.k * np.array(plane.coefficients)
    return Placement(base, slopes)
