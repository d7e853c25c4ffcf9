"""Consistency, completeness and weights of every table of a model, as plain data for JSON."""

from priorities.dex.model import Attribute, Model, Table
from priorities.dex.tables.consistency import completeness, conflicts
from priorities.dex.tables.grid import TableScales
from priorities.dex.tables.symmetry import is_symmetric
from priorities.dex.tables.weights import ModelWeights


def check(model: Model) -> dict:
    """Return one entry per table, in pre-order. Rules are counted from 0 in file order, weights are percentages.

    ``global`` weights are None below a node that has no function: nothing says how it counts.
    """
    weights = ModelWeights(model)
    tables = [attribute for attribute in model.attributes if isinstance(attribute.function, Table)]
    return {"attributes": [_entry(model, attribute, weights) for attribute in tables]}


def _entry(model: Model, attribute: Attribute, weights: ModelWeights) -> dict:
    table, scales = attribute.function, TableScales.of(model, attribute)
    measures = completeness(table, scales)
    pairs = [list(pair) for pair in conflicts(table, scales)]
    shares = weights.of(attribute)
    regression = weights.regressions[attribute.index]
    return {
        "index": attribute.index,
        "name": attribute.name,
        "defined": measures.defined,
        "determined": measures.determined,
        "consistent": not pairs,
        "conflicts": pairs,
        "symmetric": is_symmetric(table, scales),
        "weights": {
            "local": _numbers(shares.local),
            "local_normalised": _numbers(shares.local_normalised),
            "global": _numbers(shares.global_),
            "global_normalised": _numbers(shares.global_normalised),
        },
        "regression": _numbers((*regression.coefficients, regression.constant)),
    }


def _numbers(numbers: tuple[float, ...] | None) -> list[float | int] | None:
    """Whole numbers without a decimal point, as people write percentages."""
    if numbers is None:
        return None
    return [int(number) if number.is_integer() else number for number in numbers]


def characters(table: Table) -> dict[str, str]:
    """Lowest and highest class of every rule in the characters of FUNCTION/LOW and HIGH; `_` where undefined."""
    return {
        "low": "".join(_character(rule.classes[:1]) for rule in table.rules),
        "high": "".join(_character(rule.classes[-1:]) for rule in table.rules),
    }


def _character(classes: tuple[int, ...]) -> str:
    return chr(ord("0") + classes[0]) if classes else "_"
