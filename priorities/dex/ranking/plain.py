"""The plain path: offsets of one option, written as the method is told. The array path equals it."""

import itertools
from collections.abc import Mapping
from functools import lru_cache

from priorities.dex.evaluate import Expand, InputValue, NodeValue, attribute_value, evaluate, rule_index
from priorities.dex.model import Attribute, Model, Table
from priorities.dex.ranking.qq1 import Qq1
from priorities.dex.ranking.qq2 import Qq2
from priorities.dex.ranking.rules import Argument, arguments_of, rule_table, sense

PLAIN_METHODS = {"qq1": Qq1, "qq2": Qq2}


@lru_cache(maxsize=256)
def ranking_of(table: Table, arguments: tuple[Argument, ...], size: int, method: str) -> Qq1 | Qq2:
    return PLAIN_METHODS[method](rule_table(table, arguments, size))


def offsets_of_option(
    model: Model,
    inputs: Mapping[int, InputValue],
    *,
    method: str,
    expand: bool | Expand = False,
    positions: Mapping[int, float] | None = None,
) -> list[NodeValue]:
    """Return, for every attribute in pre-order, class -> offset in [-0.5, 0.5] of the classes that ``set`` evaluation
    reaches, or what that evaluation gives instead (undefined, empty, missing; numbers are left out as None).

    ``inputs`` and ``expand`` as for ``evaluate``. Given and expanded classes have offset 0, but for ``positions``
    (attribute index -> -0.5 to 0.5 along class indices): there an input or a discretised attribute that has one class
    lies inside it.
    """
    reached = evaluate(model, inputs, method="set", expand=expand)
    values: list = [None] * len(model.attributes)
    for index in model.order:
        attribute = model.attributes[index]
        if index in model.links:
            values[index] = values[model.links[index]]
            continue
        if attribute.scale is None or attribute.scale.continuous:
            continue
        value = None
        if isinstance(attribute.function, Table):
            value = _aggregate(model, attribute, values, method) if index not in inputs else None
        elif isinstance(reached[index], dict) and len(reached[index]) == 1 and positions and index in positions:
            value = dict.fromkeys(reached[index], positions[index] * sense(attribute.scale, method))
        # What has no offsets of its own (an input, a class from a number, an expanded value) lies in the middle.
        in_the_middle = dict.fromkeys(reached[index], 0.0) if reached[index] else reached[index]
        values[index] = value or in_the_middle
    return values


def _aggregate(model: Model, attribute: Attribute, values: list, method: str) -> dict[int, float] | None:
    """Average per class over the combinations of the arguments' classes that lead to it; None where any is absent."""
    children = [model.attributes[child] for child in attribute.children]
    arguments = [attribute_value(child, values[child.index]) for child in children]
    # The dummy class of an attribute without a scale has no place inside.
    arguments = [{0: 0.0} if child.scale is None else value for child, value in zip(children, arguments, strict=True)]
    if not all(arguments):
        return None
    ranking = ranking_of(attribute.function, arguments_of(model, attribute), attribute.size, method)
    found: dict[int, list[float]] = {}
    for combination in itertools.product(*arguments):
        rule = rule_index(combination, [child.size for child in children])
        if attribute.function.rules[rule].is_undefined:
            return None
        offsets = [argument[index] for argument, index in zip(arguments, combination, strict=True)]
        for class_index in attribute.function.rules[rule].classes:
            found.setdefault(class_index, []).append(ranking.offset(rule, class_index, offsets))
    # Rounding may pass an end of the class, and a class never leaves.
    return {index: min(max(sum(parts) / len(parts), -0.5), 0.5) for index, parts in sorted(found.items())}
