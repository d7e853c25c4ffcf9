"""The parts of a DEX model: scales, decision tables, discretisations, attributes, and the model that joins them.

A model is immutable. Attributes stand in pre-order over the roots in file order and are referred to by that index;
a name finds an attribute only where it is unique. Linked leaves (equal names) turn the tree into a directed graph.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from priorities.dex.values import Value

if TYPE_CHECKING:
    from priorities.dex.xml_tree import XmlNode


class ModelError(ValueError):
    """A model that cannot be. ``element`` says where, ``reason`` what is wrong."""

    def __init__(self, element: str, reason: str):
        self.element = element
        self.reason = reason
        super().__init__(f"{element}: {reason}")


class ScaleOrder(Enum):
    """Preference along class indices: ascending means that a higher index is better."""

    ASCENDING = "ASC"
    DESCENDING = "DESC"
    UNORDERED = "NONE"


class ClassGroup(Enum):
    BAD = "BAD"
    GOOD = "GOOD"
    NEUTRAL = ""


@dataclass(frozen=True)
class ScaleClass:
    name: str
    group: ClassGroup = ClassGroup.NEUTRAL
    description: str = ""
    colour: str = ""


@dataclass(frozen=True)
class Scale:
    """A discrete scale has classes; a continuous one has none, and bounds of badness and goodness instead."""

    classes: tuple[ScaleClass, ...] = ()
    order: ScaleOrder = ScaleOrder.ASCENDING
    continuous: bool = False
    low: float | None = None
    high: float | None = None
    is_interval: bool = True
    unit: str = ""
    decimals: int | None = None
    default: str = ""

    @property
    def size(self) -> int:
        return len(self.classes)

    @cached_property
    def by_urgency(self) -> tuple[int, ...]:
        """Class indices from the best (least urgent) to the worst (most urgent).

        An unordered scale has no better or worse; file order then stands for urgency so that ties stay decidable.
        """
        indices = tuple(range(self.size))
        return indices[::-1] if self.order is ScaleOrder.ASCENDING else indices

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(scale_class.name for scale_class in self.classes)

    def same_classes(self, other: "Scale") -> bool:
        """True when a value of one scale means the same on the other (the condition for linking)."""
        return self.names == other.names and self.order is other.order and self.continuous == other.continuous


@dataclass(frozen=True)
class RequiredWeights:
    """Weights that the author asked for, in percent by argument, and the settings that go with them."""

    percent: tuple[float, ...]
    rounding: int = 0


@dataclass(frozen=True)
class Table:
    """A decision table: one value per combination of argument classes, the first argument slowest.

    ``entered`` tells the rules that the author wrote from those that were derived from others. ``cached`` are elements
    that the tools compute from the rules (weights); the writer leaves them out once the rules are others.
    """

    rules: tuple[Value, ...]
    entered: tuple[bool, ...]
    weights: RequiredWeights | None = None
    use_consistency: bool = True
    cached: tuple[tuple[str, str], ...] = ()

    @cached_property
    def is_crisp(self) -> bool:
        """True when every rule gives exactly one class with full membership."""
        return all(len(rule.memberships) == 1 and rule.memberships[0][1] == 1 for rule in self.rules)


@dataclass(frozen=True)
class Discretisation:
    """Turns a number into a value: k ascending bounds make k + 1 intervals.

    ``bound_goes_up[j]``: whether the bound itself belongs to the interval above it. ``entered``: as in a table; empty
    when the author wrote every value.
    """

    bounds: tuple[float, ...]
    bound_goes_up: tuple[bool, ...]
    values: tuple[Value, ...]
    entered: tuple[bool, ...] = ()


@dataclass(frozen=True)
class Attribute:
    """One node. ``children`` are the arguments of its function as written; links are followed by the model.

    ``source`` is the element that it was read from: the writer takes from there what has not been changed since.
    """

    index: int
    name: str
    scale: Scale | None
    description: str = ""
    function: Table | Discretisation | None = None
    children: tuple[int, ...] = ()
    parent: int | None = None
    source: "XmlNode | None" = field(default=None, compare=False, repr=False)

    @property
    def is_leaf(self) -> bool:
        return not self.children

    @property
    def size(self) -> int:
        """Classes of the scale; an attribute without a scale counts as one dummy class."""
        return self.scale.size if self.scale is not None else 1


class OptionNotation(Enum):
    """How an option's value is written: the tag of its element. ``02`` is a set in one and class 2 in the other."""

    OLD = "OPTION"
    NEW = "ALTERNATIVE"
    ABSENT = ""


@dataclass(frozen=True)
class Option:
    """An option stored in a model file: the value text of every attribute, in pre-order, and its notation.

    ``notation`` is that of the option's name. Without ``notations`` all values are written as the name is.
    """

    name: str
    description: str = ""
    values: tuple[str, ...] = ()
    notation: OptionNotation = OptionNotation.NEW
    notations: tuple[OptionNotation, ...] = ()


@dataclass(frozen=True)
class Model:
    """A whole model. Built by the reader, which checks sizes; links are resolved (and refused) here."""

    name: str
    attributes: tuple[Attribute, ...]
    description: tuple[str, ...] = ()
    linking: bool = False
    options: tuple[Option, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    header: tuple[tuple[str, str], ...] = ()
    source: "XmlNode | None" = field(default=None, compare=False, repr=False)
    links: Mapping[int, int] = field(init=False, default_factory=dict)

    def __post_init__(self):
        if self.linking:
            object.__setattr__(self, "links", resolve_links(self.attributes))
        object.__setattr__(self, "_order", tuple(_evaluation_order(self.attributes, self.links)))

    @property
    def order(self) -> tuple[int, ...]:
        """Attribute indices such that everything a node needs comes before it."""
        return self._order

    @cached_property
    def roots(self) -> tuple[int, ...]:
        return tuple(attribute.index for attribute in self.attributes if attribute.parent is None)

    @cached_property
    def inputs(self) -> tuple[int, ...]:
        """Leaves that need a value from outside, in pre-order: linked leaves are not among them."""
        return tuple(a.index for a in self.attributes if a.is_leaf and a.index not in self.links)

    @cached_property
    def aggregates(self) -> tuple[int, ...]:
        return tuple(attribute.index for attribute in self.attributes if not attribute.is_leaf)

    @cached_property
    def is_crisp(self) -> bool:
        """True when one class per input always gives one class at every node."""
        return all(
            isinstance(function := self.attributes[index].function, Table)
            and function.is_crisp
            and not any(self._is_continuous(child) for child in self.attributes[index].children)
            for index in self.aggregates
        )

    def _is_continuous(self, index: int) -> bool:
        scale = self.attributes[index].scale
        return scale is not None and scale.continuous

    def find(self, name: str) -> Attribute:
        """Return the attribute called ``name`` (or ``#i``, its pre-order index). Raises ModelError."""
        if name.startswith("#") and name[1:].isascii() and name[1:].isdigit():
            index = int(name[1:])
            if index < len(self.attributes):
                return self.attributes[index]
        found = [a for a in self.attributes if a.name == name and a.index not in self.links]
        if len(found) != 1:
            raise ModelError(name, "no such attribute" if not found else f"{len(found)} attributes have this name")
        return found[0]

    def under(self, index: int) -> tuple[int, ...]:
        """Indices of ``index`` and of everything below it as written, in pre-order."""
        end = index + 1
        while end < len(self.attributes) and self._has_ancestor(end, index):
            end += 1
        return tuple(range(index, end))

    def _has_ancestor(self, index: int, ancestor: int) -> bool:
        return _is_under(self.attributes, index, ancestor)


def _is_under(attributes: tuple[Attribute, ...], index: int, ancestor: int) -> bool:
    parent = attributes[index].parent
    while parent is not None:
        if parent == ancestor:
            return True
        parent = attributes[parent].parent
    return False


def resolve_links(attributes: tuple[Attribute, ...]) -> dict[int, int]:
    """Return leaf -> the attribute whose value it copies.

    A leaf links to the aggregate of its name when there is exactly one; otherwise to the last leaf of that name that
    is itself not linked. Raises ModelError when the leaf lies under its target or the scales differ.
    """
    by_name: dict[str, list[Attribute]] = {}
    for attribute in attributes:
        by_name.setdefault(attribute.name, []).append(attribute)
    links: dict[int, int] = {}
    for name, namesakes in by_name.items():
        leaves = [attribute for attribute in namesakes if attribute.is_leaf]
        aggregates = [attribute for attribute in namesakes if not attribute.is_leaf]
        if len(namesakes) == 1 or not leaves:
            continue
        target = aggregates[0] if len(aggregates) == 1 else leaves[-1]
        for leaf in leaves:
            if leaf.index == target.index:
                continue
            _check_link(attributes, leaf, target, name)
            links[leaf.index] = target.index
    return links


def _check_link(attributes: tuple[Attribute, ...], leaf: Attribute, target: Attribute, name: str) -> None:
    if _is_under(attributes, leaf.index, target.index):
        raise ModelError(name, "a leaf links to an attribute above it: the model would be a cycle")
    both = (leaf.scale, target.scale)
    if None in both and both != (None, None):
        raise ModelError(name, "only one of the linked attributes has a scale")
    if None not in both and not leaf.scale.same_classes(target.scale):
        raise ModelError(name, "linked attributes have different scales")


def _evaluation_order(attributes: tuple[Attribute, ...], links: Mapping[int, int]) -> Iterable[int]:
    """Yield indices in post-order over children and links; raises ModelError on a cycle through several links."""
    waiting, done = 1, 2
    state = [0] * len(attributes)
    for start in range(len(attributes)):
        stack = [start] if not state[start] else []
        while stack:
            index = stack[-1]
            if state[index] == done:
                stack.pop()
            elif state[index] == waiting:
                state[index] = done
                stack.pop()
                yield index
            else:
                state[index] = waiting
                needs = [links[index]] if index in links else attributes[index].children
                for need in reversed(needs):
                    if state[need] == waiting:
                        raise ModelError(attributes[need].name, "linked attributes form a cycle")
                    if not state[need]:
                        stack.append(need)
