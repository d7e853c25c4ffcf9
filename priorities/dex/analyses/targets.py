"""Target analysis: the smallest changes of inputs with which a result becomes better, worse, or one of named classes.

A change moves some inputs by some steps. It is smallest when no part of it (fewer inputs, or a shorter way of the same
input) suffices too; all such changes are found, so none of the answers is dominated by another.

``search_every_change`` is the plain path: it tries changes by their number of steps and skips those that hold a found
one. ``search`` gives the same answers for a tree with far less work: for every node it keeps, per value that the node
can take, the smallest changes below it that give this value, and joins those of the arguments rule by rule. In a model
with linked attributes arguments share inputs, and the plain path is taken.
"""

import itertools
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from priorities.dex.analyses.preference import Relation, relation
from priorities.dex.analyses.steps import Movable, Steps, covers, movables
from priorities.dex.analyses.tree_search import search_tree
from priorities.dex.evaluate import Distribution, InputValue, evaluate
from priorities.dex.model import Model, ScaleOrder


@dataclass(frozen=True)
class Constraints:
    """What a change may do. Attributes are named by index.

    maximum_steps   per input; None: any number
    only_one        at most one input changes
    maximum_inputs  at most so many inputs change; None: any number
    unidirectional  inputs move only to the better for a better result (only to the worse for a worse one); inputs on
                    unordered scales then stay
    constant        inputs that stay as they are
    admissible      input -> classes that it may take (its present class is always allowed)
    prune           aggregates that change as a whole, as if they were inputs; what is below them stays out
    maximum_count   answers that are given, the smallest first
    maximum_seconds time after which the search stops with what it has
    """

    maximum_steps: int | None = None
    only_one: bool = False
    maximum_inputs: int | None = None
    unidirectional: bool = False
    constant: frozenset[int] = frozenset()
    admissible: Mapping[int, Collection[int]] = field(default_factory=dict)
    prune: frozenset[int] = frozenset()
    maximum_count: int = 1_000
    maximum_seconds: float = 10.0

    @property
    def inputs_allowed(self) -> int | None:
        return 1 if self.only_one else self.maximum_inputs


@dataclass(frozen=True)
class Move:
    """One input on its way from class ``before`` to class ``after``."""

    attribute: int
    before: int
    after: int
    steps: int


@dataclass(frozen=True)
class TargetChange:
    """Inputs that move, in pre-order, and the value that the root takes then (its possible classes)."""

    moves: tuple[Move, ...]
    classes: frozenset[int]

    @property
    def steps(self) -> int:
        return sum(move.steps for move in self.moves)


@dataclass(frozen=True)
class TargetResult:
    """``changes``: fewest inputs first, then fewest steps, then in pre-order. ``is_complete``: False when a limit of
    count or time left something out."""

    changes: tuple[TargetChange, ...]
    is_complete: bool


def search(
    model: Model,
    inputs: Mapping[int, InputValue],
    *,
    wanted: Relation | Collection[int],
    constraints: Constraints | None = None,
    root: int = 0,
) -> TargetResult:
    """Return the smallest changes. ``wanted``: Relation.BETTER or WORSE than now, or classes of the root; where several
    classes of the root remain possible, all must fulfil it. Inputs that are not one single class stay as they are.

    Raises ValueError where better and worse have no meaning, a class or attribute does not exist, or classes are
    wanted together with ``unidirectional``, which needs a direction.
    """
    constraints = constraints or Constraints()
    task = _Task(model, inputs, wanted, constraints, root)
    if task.model.links:
        return _plain(task)
    deadline = time.monotonic() + constraints.maximum_seconds
    found, is_complete = search_tree(
        task.model,
        task.inputs,
        task.movables,
        is_reached=task.is_reached,
        maximum_inputs=constraints.inputs_allowed,
        root=root,
        deadline=deadline,
    )
    return task.result(found, is_complete)


def search_every_change(
    model: Model,
    inputs: Mapping[int, InputValue],
    *,
    wanted: Relation | Collection[int],
    constraints: Constraints | None = None,
    root: int = 0,
) -> TargetResult:
    """The plain path: the same answers as ``search``, by trying."""
    return _plain(_Task(model, inputs, wanted, constraints or Constraints(), root))


def _plain(task: "_Task") -> TargetResult:
    deadline = time.monotonic() + task.constraints.maximum_seconds
    found: list[tuple[Steps, frozenset[int]]] = []
    for steps in _by_size(task.movables, task.constraints.inputs_allowed):
        if time.monotonic() > deadline:
            return task.result(found, is_complete=False)
        if any(covers(task.movables, steps, smaller) for smaller, _ in found):
            continue
        classes = task.value_after(steps)
        if task.is_reached(classes):
            found.append((steps, classes))
    return task.result(found, is_complete=True)


def _by_size(choices: tuple[Movable, ...], maximum_inputs: int | None) -> Iterator[Steps]:
    """All changes, those with fewer steps first, so that whatever is part of another comes before it."""
    longest = sorted((max(map(choice.cost, choice.targets)) for choice in choices), reverse=True)
    allowed = len(choices) if maximum_inputs is None else maximum_inputs
    for total in range(sum(longest[:allowed]) + 1):
        yield from _with_total(choices, total, allowed)


def _with_total(choices: tuple[Movable, ...], total: int, allowed: int) -> Iterator[Steps]:
    """Changes of exactly ``total`` steps: tuples of (position, class) pairs."""
    stack: list[tuple[int, int, Steps]] = [(0, total, ())]
    while stack:
        position, rest, steps = stack.pop()
        if not rest:
            yield steps
            continue
        if position == len(choices) or len(steps) == allowed:
            continue
        stack.append((position + 1, rest, steps))
        for target in choices[position].targets:
            cost = choices[position].cost(target)
            if cost <= rest:
                stack.append((position + 1, rest - cost, (*steps, (position, target))))


class _Task:
    """One search: what may move, the value now, and what fulfils the wish."""

    def __init__(self, model, inputs, wanted, constraints: Constraints, root: int):
        self.constraints, self.root, self.wanted = constraints, root, wanted
        self.scale = model.attributes[root].scale
        now = evaluate(model, inputs)
        self.now: Distribution | None = now[root]
        self._check(model)
        self.model = model
        # An aggregate that is given a value is evaluated no more.
        self.inputs = {**inputs, **{index: set(now[index]) for index in constraints.prune}}
        self.movables = movables(
            self.model,
            self.inputs,
            root=root,
            maximum_steps=constraints.maximum_steps,
            constant=constraints.constant.union(*(model.under(index) for index in constraints.prune))
            - constraints.prune.difference(constraints.constant),
            admissible=constraints.admissible,
            better=None if not constraints.unidirectional else wanted is Relation.BETTER,
            whole=constraints.prune,
        )

    def _check(self, model: Model) -> None:
        name = model.attributes[self.root].name
        if self.scale is None or self.scale.continuous:
            raise ValueError(f"{name} has no classes that could be reached")
        if isinstance(self.wanted, Relation):
            if self.wanted not in (Relation.BETTER, Relation.WORSE):
                raise ValueError(f"a result can be wanted better or worse; found {self.wanted.name}")
            if self.scale.order is ScaleOrder.UNORDERED:
                raise ValueError(f"{name} is unordered: name the classes that are wanted")
        else:
            if self.constraints.unidirectional:
                raise ValueError("unidirectional changes need the direction better or worse, not named classes")
            if any(not 0 <= index < self.scale.size for index in self.wanted):
                raise ValueError(f"{name}: a wanted class lies outside the scale of {self.scale.size} classes")
        constraints = self.constraints
        for index in itertools.chain(constraints.constant, constraints.admissible, constraints.prune):
            if not 0 <= index < len(model.attributes):
                raise ValueError(f"attribute #{index} does not exist")
        for index in constraints.prune:
            attribute = model.attributes[index]
            if attribute.is_leaf or attribute.scale is None or index == self.root:
                raise ValueError(
                    f"{model.attributes[index].name} is no aggregate below the result, so not to be pruned"
                )

    def is_reached(self, classes: frozenset[int]) -> bool:
        if isinstance(self.wanted, Relation):
            return relation(self.scale, dict.fromkeys(classes, 1), self.now) is self.wanted
        return classes <= set(self.wanted)

    def value_after(self, steps: Steps) -> frozenset[int]:
        moved = {self.movables[position].attribute: target for position, target in steps}
        return frozenset(evaluate(self.model, {**self.inputs, **moved})[self.root] or {})

    def result(self, found: list[tuple[Steps, frozenset[int]]], is_complete: bool) -> TargetResult:
        changes = []
        for steps, classes in found:
            moves = []
            for position, target in steps:
                choice = self.movables[position]
                moves.append(Move(choice.attribute, choice.current, target, choice.cost(target)))
            moves.sort(key=lambda move: move.attribute)
            changes.append(TargetChange(tuple(moves), classes))
        changes.sort(key=lambda c: (len(c.moves), c.steps, [(move.attribute, move.after) for move in c.moves]))
        limit = self.constraints.maximum_count
        return TargetResult(tuple(changes[:limit]), is_complete and len(changes) <= limit)
