"""Decision tables as arrays."""

import numpy as np
from numpy.typing import NDArray

from priorities.dex.model import Table
from priorities.dex.values import ValueKind


def rule_shares(table: Table, size: int) -> NDArray[np.float64]:
    """(rules x classes) shares that a rule gives: a set shares equally, an undefined rule gives none."""
    shares = np.zeros((len(table.rules), size))
    for number, rule in enumerate(table.rules):
        equal = 1.0 if rule.kind is ValueKind.DISTRIBUTION else 1.0 / max(len(rule.memberships), 1)
        for index, membership in rule.memberships:
            shares[number, index] = membership * equal
    return shares
