"""The smallest changes per value of every node of a tree, joined from the arguments upwards.

Arguments of a tree share no input. So a smallest change that gives a node some value consists of smallest changes that
give its arguments theirs: whatever could be left out below could be left out here. Values are sets of possible classes,
because inputs may be missing and rules may hold sets.

A change is a row of bits: one per step of an ordered input in each direction, set from the present class outwards, and
one per other class of an unordered input. Joining is then "or", the number of steps the number of bits, and a change is
part of another when it has no bit that the other lacks.
"""

import itertools
import time
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from priorities.dex.analyses.steps import Movable, Steps
from priorities.dex.evaluate import InputValue, evaluate, rule_index
from priorities.dex.model import Attribute, Model, Table

WORD = 64
# Comparisons of changes that are made in one go.
BLOCK = 2_000_000
# Changes that are joined in one go, and that are kept of one value; with more, those with the fewest steps are taken
# and the search is no longer complete.
LARGEST_JOIN = 250_000
LARGEST_FRONT = 5_000
LARGEST_FRONT_WHEN_LATE = 100

# Possible classes of a node -> its smallest changes, uint64 (changes, words).
Fronts = dict[frozenset[int], NDArray[np.uint64]]


def search_tree(
    model: Model,
    inputs: Mapping[int, InputValue],
    choices: tuple[Movable, ...],
    *,
    is_reached: Callable[[frozenset[int]], bool],
    maximum_inputs: int | None,
    root: int,
    deadline: float,
) -> tuple[list[tuple[Steps, frozenset[int]]], bool]:
    """Return (the smallest changes after which the value of ``root`` fulfils ``is_reached``, each with that value;
    whether these are all: ``deadline`` is a time of ``time.monotonic``). The model has no links."""
    tree = _TreeSearch(model, inputs, choices, maximum_inputs, deadline)
    fronts = tree.fronts(root, is_reached)
    if not fronts:
        return [], not tree.is_partial
    values = list(fronts)
    changes = np.concatenate([fronts[value] for value in values])
    kept = tree.smallest(changes)
    owners = np.repeat(np.arange(len(values)), [len(fronts[value]) for value in values])
    return [(tree.bits.steps(changes[row]), values[owners[row]]) for row in kept.tolist()], not tree.is_partial


def _step_counts(changes: NDArray[np.uint64]) -> NDArray[np.intp]:
    return np.bitwise_count(changes).sum(axis=1, dtype=np.intp)


def _holds_any(changes: NDArray[np.uint64], parts: NDArray[np.uint64]) -> NDArray[np.bool_]:
    inside = np.ones((len(changes), len(parts)), dtype=bool)
    for word in range(changes.shape[1]):
        inside &= (parts[None, :, word] & ~changes[:, None, word]) == 0
    return inside.any(axis=1)


class _Bits:
    """Which bits stand for which moves."""

    def __init__(self, choices: tuple[Movable, ...]):
        self.choices = choices
        self.by_move: list[dict[int, int]] = []
        used = 0
        for choice in choices:
            steps = self._codes(choice)
            self.by_move.append({target: code << used for target, code in steps.items()})
            used += max((code.bit_length() for code in steps.values()), default=0)
        self.words = max(1, -(-used // WORD))
        rows = [self.row(self._mask(moves)) for moves in self.by_move]
        # Shape (inputs, words).
        self.masks = np.array(rows, dtype=np.uint64).reshape(len(rows), self.words)

    @staticmethod
    def _codes(choice: Movable) -> dict[int, int]:
        if not choice.is_ordered:
            return {target: 1 << position for position, target in enumerate(choice.targets)}
        longest_up = max((target - choice.current for target in choice.targets), default=0)
        shift = max(longest_up, 0)
        return {
            target: (1 << target - choice.current) - 1
            if target > choice.current
            else ((1 << choice.current - target) - 1) << shift
            for target in choice.targets
        }

    @staticmethod
    def _mask(moves: Mapping[int, int]) -> int:
        mask = 0
        for code in moves.values():
            mask |= code
        return mask

    def row(self, code: int) -> NDArray[np.uint64]:
        return np.array([code >> WORD * word & (1 << WORD) - 1 for word in range(self.words)], dtype=np.uint64)

    def inputs_moved(self, changes: NDArray[np.uint64]) -> NDArray[np.intp]:
        moved = np.zeros((len(changes), len(self.by_move)), dtype=bool)
        for word in range(self.words):
            moved |= (changes[:, word, None] & self.masks[None, :, word]) != 0
        return moved.sum(axis=1, dtype=np.intp)

    def steps(self, change: NDArray[np.uint64]) -> Steps:
        code = sum(int(word) << WORD * place for place, word in enumerate(change))
        found = []
        for position, moves in enumerate(self.by_move):
            wanted = code & self._mask(moves)
            if wanted:
                found.append((position, next(target for target, move in moves.items() if move == wanted)))
        return tuple(found)


class _TreeSearch:
    def __init__(self, model: Model, inputs: Mapping[int, InputValue], choices, maximum_inputs, deadline: float):
        self.model, self.choices, self.maximum_inputs, self.deadline = model, choices, maximum_inputs, deadline
        self.values = evaluate(model, inputs)
        self.position = {choice.attribute: position for position, choice in enumerate(choices)}
        self.bits = _Bits(choices)
        self.is_partial = False

    def fronts(self, index: int, is_reached: Callable[[frozenset[int]], bool] = lambda classes: True) -> Fronts:
        attribute = self.model.attributes[index]
        fronts = {self._present(attribute): self.bits.row(0)[None]}
        if index in self.position:
            moves = self.bits.by_move[self.position[index]]
            fronts |= {frozenset([target]): self.bits.row(code)[None] for target, code in moves.items()}
        elif isinstance(attribute.function, Table) and set(self.model.under(index)) & self.position.keys():
            return self._joined(attribute, [self.fronts(child) for child in attribute.children], is_reached)
        return {classes: changes for classes, changes in fronts.items() if is_reached(classes)}

    def _present(self, attribute: Attribute) -> frozenset[int]:
        value = self.values[attribute.index]
        if attribute.scale is None:
            return frozenset([0])
        return frozenset(value) if isinstance(value, dict) else frozenset()

    def _joined(self, attribute: Attribute, arguments: list[Fronts], is_reached) -> Fronts:
        collected: dict[frozenset[int], list[NDArray]] = {}
        for combination in itertools.product(*(fronts.items() for fronts in arguments)):
            if self._is_late() and collected:
                # What is here already are changes that work; only others may be missing.
                break
            value = self._value(attribute, [classes for classes, _ in combination])
            if is_reached(value):
                changes = self._product([changes for _, changes in combination])
                if len(changes):
                    collected.setdefault(value, []).append(changes)
        return {value: self._front(np.concatenate(parts)) for value, parts in collected.items()}

    def _front(self, changes: NDArray[np.uint64]) -> NDArray[np.uint64]:
        changes = changes[self._shortest(changes, LARGEST_JOIN)]
        if self._is_late():
            # Whatever holds another change goes at the end; there is no time for it here.
            return changes[self._shortest(changes, LARGEST_FRONT_WHEN_LATE)]
        changes = changes[self.smallest(changes)]
        return changes[self._shortest(changes, LARGEST_FRONT)]

    def _is_late(self) -> bool:
        is_late = time.monotonic() > self.deadline
        self.is_partial |= is_late
        return is_late

    def _product(self, parts: list[NDArray]) -> NDArray[np.uint64]:
        changes = parts[0]
        for other in parts[1:]:
            if len(changes) * len(other) > LARGEST_JOIN:
                changes = changes[self._shortest(changes, LARGEST_JOIN // min(len(other), 1_000))]
                other = other[self._shortest(other, LARGEST_JOIN // len(changes))]
            changes = (changes[:, None, :] | other[None, :, :]).reshape(-1, self.bits.words)
            if self.maximum_inputs is not None:
                changes = changes[self.bits.inputs_moved(changes) <= self.maximum_inputs]
        return changes

    def smallest(self, changes: NDArray[np.uint64]) -> NDArray[np.intp]:
        """Return the rows that hold no other row (as ``steps.covers``); of equal rows the first."""
        _, first = np.unique(changes, axis=0, return_index=True)
        rows = np.sort(first)
        sizes = _step_counts(changes[rows])
        kept = np.empty(0, dtype=np.intp)
        for size in np.unique(sizes):
            # Different changes of one size cannot hold each other, so a whole size is compared with all smaller ones.
            level = rows[sizes == size]
            block = max(1, BLOCK // max(len(kept), 1))
            fresh = []
            for start in range(0, len(level), block):
                if len(kept) > LARGEST_FRONT_WHEN_LATE and self._is_late():
                    return kept
                part = level[start : start + block]
                fresh.append(part[~_holds_any(changes[part], changes[kept])])
            kept = np.concatenate([kept, *fresh])
        return kept

    def _shortest(self, changes: NDArray[np.uint64], limit: int) -> NDArray[np.intp]:
        """Rows with the fewest steps, in order, where there are more than ``limit``; otherwise all."""
        if len(changes) <= limit:
            return np.arange(len(changes))
        self.is_partial = True
        return np.sort(np.argsort(_step_counts(changes), kind="stable")[:limit])

    def _value(self, attribute: Attribute, arguments: list[frozenset[int]]) -> frozenset[int]:
        """The rule of evaluation for sets: everything that a possible rule gives; undefined is the full set."""
        full = frozenset(range(attribute.size))
        sizes = [self.model.attributes[child].size for child in attribute.children]
        result: set[int] = set()
        for combination in itertools.product(*arguments):
            rule = attribute.function.rules[rule_index(combination, sizes)]
            if rule.is_undefined:
                return full
            result.update(rule.classes)
        return frozenset(result) or full
