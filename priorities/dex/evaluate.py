"""The plain evaluation of one option: the specification that the array path must equal.

All methods are one algorithm with three parameters: T combines the memberships of a combination, S collects the
combinations that lead to the same class, N normalises.

==========  =======  =====  ========================
method      T (and)  S (or) N
==========  =======  =====  ========================
set         min      max    positive becomes 1
prob        product  sum    divide by the sum
fuzzy       min      max    as it is
fuzzynorm   min      max    divide by the maximum
==========  =======  =====  ========================

A value is a dictionary class -> membership, or one of three states that are never class 0 and never each other:
``{}`` is empty (no class is possible), ``None`` undefined (nobody said), ``Absence.MISSING`` missing (there is no
value: a rule without one, a number that is not there). Missing goes before undefined, undefined before empty.

Memberships may be fractions.Fraction: ``prob`` is then exact.
"""

import itertools
import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from numbers import Real

from priorities.dex.model import Attribute, Discretisation, Model, Scale, Table
from priorities.dex.values import Value, ValueKind


class Absence(Enum):
    """There is no value at all; unlike undefined (None) and empty ({}), which are values."""

    MISSING = "missing"

    def __bool__(self):
        return False


# class -> membership.
Distribution = dict[int, Real]
# What evaluation gives for an attribute: a number on a continuous scale.
NodeValue = Distribution | float | Absence | None
# What an option gives: a class, a set of classes, a distribution, a number (continuous scale), or one of the states.
InputValue = int | float | set | frozenset | Mapping[int, Real] | Absence | None

TIE = 1e-9


@dataclass(frozen=True)
class Expand:
    """Which states become the full set of the scale, at every node after it is computed, inputs included.

    The defaults are those of the DEX library: missing is kept.
    """

    missing: bool = False
    undefined: bool = True
    empty: bool = True

    def concerns(self, value: NodeValue) -> bool:
        if value is None:
            return self.undefined
        return self.missing if value is Absence.MISSING else self.empty and value == {}


KEEP = Expand(missing=False, undefined=False, empty=False)
EXPAND = Expand(missing=True, undefined=True, empty=True)


def expansion(expand: "bool | Expand") -> Expand:
    """Return the policy that is meant: True expands every state, False none."""
    if isinstance(expand, Expand):
        return expand
    return EXPAND if expand else KEEP


@dataclass(frozen=True)
class Method:
    name: str
    combine: Callable
    collect: Callable
    normalise: Callable[[Distribution], Distribution]


def _only_positive(values: Distribution) -> Distribution:
    return {index: 1 for index, membership in values.items() if membership > 0}


def _share(values: Distribution) -> Distribution:
    total = sum(values.values())
    if not total:
        return values
    exact = Fraction(total) if isinstance(total, int) else total
    return {index: membership / exact for index, membership in values.items()}


def _by_maximum(values: Distribution) -> Distribution:
    largest = max(values.values(), default=0)
    return {index: membership / largest for index, membership in values.items()} if largest else values


def _add(first: Real, second: Real) -> Real:
    return first + second


METHODS = {
    "set": Method("set", min, max, _only_positive),
    "prob": Method("prob", math.prod, _add, _share),
    "fuzzy": Method("fuzzy", min, max, lambda values: values),
    "fuzzynorm": Method("fuzzynorm", min, max, _by_maximum),
}


def evaluate(
    model: Model,
    inputs: Mapping[int, InputValue],
    *,
    method: str = "set",
    expand: bool | Expand = True,
    clamp: bool = False,
) -> list[NodeValue]:
    """Return the value of every attribute of one option, in pre-order.

    ``inputs``: attribute index -> value; an input that is not named is undefined. A value given for an aggregate
    prunes the tree there: it is taken as it is, not computed. ``expand``: see ``Expand``; True expands all three
    states, False keeps them, and they travel up. ``clamp``: a class outside its scale becomes the nearest class.

    Raises ValueError for a class outside the scale (without ``clamp``), a membership that is negative or not finite,
    and a value for an attribute that cannot have one: a linked leaf, or an attribute without a scale.
    """
    rule, policy = METHODS[method], expansion(expand)
    for index in inputs:
        check_takes_value(model, index)
    values: list = [None] * len(model.attributes)
    for index in model.order:
        attribute = model.attributes[index]
        if index in model.links:
            values[index] = values[model.links[index]]
            continue
        if attribute.is_leaf or index in inputs:
            value = input_value(attribute, inputs.get(index), rule, clamp=clamp)
        elif isinstance(attribute.function, Discretisation):
            value = _discretise(attribute.function, values[attribute.children[0]], rule)
        elif isinstance(attribute.function, Table):
            arguments = [attribute_value(model.attributes[child], values[child]) for child in attribute.children]
            value = _aggregate(model, attribute, arguments, rule)
        else:
            value = None
        if _is_discrete(attribute.scale) and policy.concerns(value):
            value = dict.fromkeys(range(attribute.size), 1)
        values[index] = rule.normalise(value) if isinstance(value, dict) else value
    return values


def check_takes_value(model: Model, index: int) -> None:
    """Raise ValueError when no value can be given for this attribute."""
    attribute = model.attributes[index]
    if index in model.links:
        raise ValueError(f"{attribute.name} (#{index}): copies the value of #{model.links[index]}, give it there")
    if attribute.scale is None:
        raise ValueError(f"{attribute.name} (#{index}): has no scale, so it cannot have a value")


def attribute_value(attribute: Attribute, value: NodeValue) -> NodeValue:
    """An argument without a scale counts as one dummy class that is always there."""
    return {0: 1} if attribute.scale is None else value


def _is_discrete(scale: Scale | None) -> bool:
    return scale is not None and not scale.continuous


def input_value(attribute: Attribute, value: InputValue, rule: Method, *, clamp: bool = False) -> NodeValue:
    """Return what an option gives, as a distribution with positive memberships, a number or a state."""
    if value is None or value is Absence.MISSING or attribute.scale is None:
        return value
    if attribute.scale.continuous:
        if isinstance(value, set | frozenset | Mapping):
            raise ValueError(f"{attribute.name}: {value!r} is given, its scale is continuous: expected a number")
        return Absence.MISSING if math.isnan(value) else float(value)
    if isinstance(value, Mapping):
        given = dict(value)
        if any(not math.isfinite(membership) or membership < 0 for membership in given.values()):
            raise ValueError(f"{attribute.name}: {value!r} has a membership that is not a number from 0 upwards")
    else:
        given = dict.fromkeys(value if isinstance(value, set | frozenset) else [value], 1)
    if any(index != int(index) for index in given):
        raise ValueError(f"{attribute.name}: {value!r} is not a class index; its scale has {attribute.size} classes")
    if not clamp and any(not 0 <= index < attribute.size for index in given):
        raise ValueError(f"{attribute.name}: {value!r} is outside the scale of {attribute.size} classes")
    result: Distribution = {}
    for index, membership in given.items():
        nearest = min(max(int(index), 0), attribute.size - 1)
        if membership > 0:
            result[nearest] = rule.collect(result[nearest], membership) if nearest in result else membership
    return result


def _discretise(function: Discretisation, number: NodeValue, rule: Method) -> NodeValue:
    if number is None or number is Absence.MISSING:
        return number
    before, after = bisect_left(function.bounds, number), bisect_right(function.bounds, number)
    on_bound = before < after
    interval = after if on_bound and function.bound_goes_up[before] else before
    return _rule_memberships(function.values[interval], rule)


def _rule_memberships(value: Value, rule: Method) -> Distribution | Absence:
    """Memberships that a rule's value brings in: under ``prob`` a set shares its probability equally."""
    if value.is_undefined:
        return Absence.MISSING
    if rule.name == "prob" and value.kind is not ValueKind.DISTRIBUTION:
        return {index: Fraction(1, len(value.memberships)) for index, _ in value.memberships}
    return {index: membership for index, membership in value.memberships if membership > 0}


def _aggregate(model: Model, attribute: Attribute, arguments: list[NodeValue], rule: Method) -> NodeValue:
    if any(argument is Absence.MISSING for argument in arguments):
        return Absence.MISSING
    if any(argument is None for argument in arguments):
        return None
    if any(not argument for argument in arguments):
        return {}
    normalised = [rule.normalise(argument) for argument in arguments]
    sizes = [model.attributes[child].size for child in attribute.children]
    result: Distribution = {}
    for combination in itertools.product(*[sorted(argument) for argument in normalised]):
        memberships = [argument[index] for argument, index in zip(normalised, combination, strict=True)]
        membership = rule.combine(memberships)
        if membership <= 0:
            continue
        value = _rule_memberships(attribute.function.rules[rule_index(combination, sizes)], rule)
        if value is Absence.MISSING:
            return value
        for index, degree in value.items():
            reached = rule.combine([membership, degree])
            result[index] = rule.collect(result[index], reached) if index in result else reached
    return rule.normalise(result)


def rule_index(combination: tuple[int, ...], sizes: list[int]) -> int:
    """Position of a combination of classes in a table: the first argument varies slowest."""
    position = 0
    for index, size in zip(combination, sizes, strict=True):
        position = position * size + index
    return position


@dataclass(frozen=True)
class Published:
    """What is published for one node: the most probable class, how probable it is, and what remains possible."""

    index: int | None
    probability: float
    low: int | None
    high: int | None
    rule: int | None

    @property
    def is_certain(self) -> bool:
        return self.index is not None and self.low == self.high


def publish(model: Model, inputs: Mapping[int, InputValue]) -> list[Published]:
    """Return the published class of every node of one option.

    A missing input may be any class of its scale, each equally probable. The published class is the most probable
    one; of classes that are equally probable (within 1e-9) the more urgent one is published, because a visit too
    early costs less than one too late. ``rule`` is the rule that fired, None while several could.
    """
    probable = evaluate(model, inputs, method="prob", expand=True)
    possible = evaluate(model, inputs, method="set", expand=True)
    result = []
    for attribute, chances, classes in zip(model.attributes, probable, possible, strict=True):
        if not isinstance(chances, dict) or not chances or attribute.scale is None:
            result.append(Published(None, 0.0, None, None, None))
            continue
        index = most_probable(attribute.scale, chances)
        rule = None if attribute.index in inputs else _fired_rule(model, attribute, possible)
        result.append(Published(index, float(chances.get(index, 0)), min(classes), max(classes), rule))
    return result


def most_probable(scale: Scale, chances: Distribution) -> int:
    """Return the class with the largest membership; of equals the most urgent."""
    largest = max(chances.values())
    candidates = [index for index in scale.by_urgency if chances.get(index, 0) >= largest - TIE]
    return candidates[-1]


def _fired_rule(model: Model, attribute: Attribute, possible: list) -> int | None:
    if not isinstance(attribute.function, Table):
        return None
    children = [model.attributes[child] for child in attribute.children]
    arguments = [attribute_value(child, possible[child.index]) for child in children]
    if any(not isinstance(argument, dict) or len(argument) != 1 for argument in arguments):
        return None
    return rule_index(tuple(next(iter(argument)) for argument in arguments), [child.size for child in children])
