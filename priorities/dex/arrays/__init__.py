"""Evaluation of many options together: all methods, any model, any mixture of inputs.

Equal to the plain evaluation (``priorities.dex.evaluate``) by property tests. What an option gives is kept as a code
into the distinct values of its attribute, so that equal things are computed once: a node whose arguments have few
distinct values is computed once per combination of them and then looked up, and options that all differ are
contracted in blocks. The result of an option never depends on the options beside it.
"""

from priorities.dex.arrays.columns import ABSENT, EMPTY, GIVEN, MISSING, UNDEFINED, Column, Columns
from priorities.dex.arrays.engine import Node, Results, evaluate_columns

__all__ = [
    "ABSENT",
    "EMPTY",
    "GIVEN",
    "MISSING",
    "UNDEFINED",
    "Column",
    "Columns",
    "Node",
    "Results",
    "evaluate_columns",
]
