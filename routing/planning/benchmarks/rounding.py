"""Conventions by which published instances turn into integers. They decide what a published cost means.

dimacs   times 10, truncated: distances to one decimal (DIMACS challenge 2021; Solomon, Gehring-Homberger)
exact    times 1,000, rounded: distances to three decimals (site-dependent and multi-depot sets)
round    to the nearest integer (CVRPLIB: Augerat, Uchoa)
trunc    cut to an integer
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Rounding:
    """`scale` integer units stand for one published unit; `cut`: the rest is cut off, else rounded."""

    name: str
    scale: int
    cut: bool

    def whole(self, values):
        """Published values as integers of this convention."""
        values = self.scale * np.asarray(values, dtype=float)
        return (np.trunc(values) if self.cut else np.rint(values)).astype(np.int64)


ROUNDINGS = {
    "dimacs": Rounding("dimacs", 10, True),
    "exact": Rounding("exact", 1000, False),
    "round": Rounding("round", 1, False),
    "trunc": Rounding("trunc", 1, True),
}
# What the literature on each kind of instance uses; other kinds are taken exactly.
BY_TYPE = {"VRPTW": "dimacs", "PCVRPTW": "dimacs", "CVRP": "round"}


def usual_rounding(kind: str) -> Rounding:
    """The convention in which best-known values of this TYPE are published."""
    return ROUNDINGS[BY_TYPE.get(kind, "exact")]


def euclidean(points):
    """Distances between all points [n, 2], exact where squares of whole numbers are."""
    points = np.asarray(points, dtype=float)
    across = points[:, None, 0] - points[None, :, 0]
    along = points[:, None, 1] - points[None, :, 1]
    return np.sqrt(across * across + along * along)
