"""Decision tables as arrays."""

import numpy as np
from numpy.typing import NDArray

from priorities.dex.model import Table
from priorities.dex.values import ValueKind


def strides_of(sizes: list[int]) -> list[int]:
    """Distance in rule order between neighbouring classes of each argument: the first argument varies slowest."""
    strides = [1] * len(sizes)
    for position in range(len(sizes) - 2, -1, -1):
        strides[position] = strides[position + 1] * sizes[position + 1]
    return strides


def classes_of_crisp_rules(table: Table) -> NDArray[np.int8]:
    """Class per rule of a crisp table."""
    return np.array([rule.memberships[0][0] for rule in table.rules], dtype=np.int8)


def rule_shares(table: Table, size: int) -> NDArray[np.float64]:
    """(rules x classes) shares that a rule gives: a set shares equally, an undefined rule gives none."""
    shares = np.zeros((len(table.rules), size))
    for number, rule in enumerate(table.rules):
        equal = 1.0 if rule.kind is ValueKind.DISTRIBUTION else 1.0 / max(len(rule.memberships), 1)
        for index, membership in rule.memberships:
            shares[number, index] = membership * equal
    return shares
