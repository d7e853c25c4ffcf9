"""What may move in a target search, how far, and when one change is part of another."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from priorities.dex.evaluate import InputValue
from priorities.dex.model import Model, Scale, ScaleOrder

# A change: (position among the movables, class it goes to) of every input that moves, by position.
Steps = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Movable:
    """An input that is in one class now, and the other classes that it may take."""

    attribute: int
    current: int
    targets: tuple[int, ...]
    is_ordered: bool

    def cost(self, target: int) -> int:
        """Steps to a class; on an unordered scale every other class is one step away."""
        return abs(target - self.current) if self.is_ordered else 1

    def passes(self, target: int, on_the_way: int) -> bool:
        """True when ``on_the_way`` is ``target`` or lies between it and the present class."""
        if not self.is_ordered:
            return target == on_the_way
        return min(target, self.current) <= on_the_way <= max(target, self.current)


def covers(choices: tuple[Movable, ...], steps: Steps, smaller: Steps) -> bool:
    """True when ``smaller`` is a part of ``steps``, where each of its inputs moves at least as far the same way."""
    moved = dict(steps)
    return all(position in moved and choices[position].passes(moved[position], target) for position, target in smaller)


def movables(
    model: Model,
    inputs: Mapping[int, InputValue],
    *,
    root: int,
    maximum_steps: int | None,
    constant: Collection[int],
    admissible: Mapping[int, Collection[int]],
    better: bool | None,
    whole: Collection[int] = (),
) -> tuple[Movable, ...]:
    """Return the inputs that ``root`` depends on and that may move, in pre-order. ``better``: only to the better
    (True), only to the worse (False), both ways (None). ``whole``: aggregates that move as if they were inputs."""
    result = []
    for index in sorted(_needed(model, root)):
        attribute = model.attributes[index]
        scale, current = attribute.scale, _single_class(inputs.get(index))
        if (
            not (attribute.is_leaf or index in whole)
            or index in constant
            or scale is None
            or scale.continuous
            or current is None
        ):
            continue
        choice = Movable(index, current, (), scale.order is not ScaleOrder.UNORDERED)
        targets = tuple(
            target
            for target in range(scale.size)
            if target != current
            and (maximum_steps is None or choice.cost(target) <= maximum_steps)
            and (index not in admissible or target in admissible[index])
            and (better is None or _is_better(scale, target, current) is better)
        )
        if targets:
            result.append(replace(choice, targets=targets))
    return tuple(result)


def _is_better(scale: Scale, target: int, current: int) -> bool | None:
    if scale.order is ScaleOrder.UNORDERED:
        return None
    return (target > current) == (scale.order is ScaleOrder.ASCENDING)


def _single_class(value: InputValue) -> int | None:
    if isinstance(value, Mapping):
        classes = [index for index, membership in value.items() if membership > 0]
        return classes[0] if len(classes) == 1 and value[classes[0]] == 1 else None
    if isinstance(value, set | frozenset):
        return next(iter(value)) if len(value) == 1 else None
    return value


def _needed(model: Model, root: int) -> set[int]:
    """Attributes that the value of ``root`` depends on, over children and links; linked leaves left out."""
    found: set[int] = set()
    waiting = [model.links.get(root, root)]
    while waiting:
        index = waiting.pop()
        if index not in found:
            found.add(index)
            waiting.extend(model.links.get(child, child) for child in model.attributes[index].children)
    return found
