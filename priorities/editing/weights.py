"""Weights as a person sets them: whole percent by argument, as if every argument had the same number of classes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from priorities.dex.model import Attribute, Table
from priorities.dex.tables.consistency import open_rules
from priorities.dex.tables.grid import TableScales
from priorities.dex.tables.shifting import reweighted, weighable
from priorities.dex.tables.weights import regression
from priorities.editing.fields import (
    Problem,
    Unreadable,
    follow_field,
    number,
    plain,
    room_field,
    shown_field,
    weight_field,
    whole_shares,
)

ALL, OPEN = "all", "open"
# Percent typed with decimals may miss 100 by their last digit.
SLACK = 0.05


@dataclass(frozen=True)
class AskedWeights:
    """What a form asks of the weights of one table.

    base      normalised weights of the saved table, whole percent by argument; None where it has no weights
    asked     normalised percent by argument; equal to ``base`` where nothing is asked
    entered   the texts of the fields, to be shown again
    follow    which rules follow: ALL, or only those that are OPEN
    """

    base: tuple[int, ...] | None
    asked: tuple[float, ...]
    entered: tuple[str, ...]
    follow: str
    makes_room: bool = True
    problems: tuple[Problem, ...] = ()

    @property
    def is_changed(self) -> bool:
        return self.base is not None and self.asked != tuple(map(float, self.base))

    @property
    def points(self) -> tuple[float, ...]:
        """Change by argument in percent; they add up to 0."""
        return tuple(new - old for new, old in zip(self.asked, self.base, strict=True))


def base_weights(table: Table, scales: TableScales) -> tuple[int, ...] | None:
    """Normalised weights in whole percent: the required ones, else those that the rules give. None without any."""
    if len(scales.sizes) < 2 or not scales.is_ordered:
        return None
    parts = (
        [weight * (size - 1) for weight, size in zip(table.weights.percent, scales.sizes, strict=True)]
        if table.weights
        else regression(table, scales).local_normalised(scales)
    )
    movable = weighable(scales)
    parts = [part if can_move else 0 for part, can_move in zip(parts, movable, strict=True)]
    return whole_shares(parts) if any(parts) and sum(movable) > 1 else None


def required_percent(asked: Sequence[float], scales: TableScales) -> tuple[float, ...]:
    """Normalised percent as the required weights of a table: local percent, which count steps of each scale."""
    parts = [weight / (size - 1) if size > 1 else 0.0 for weight, size in zip(asked, scales.sizes, strict=True)]
    return tuple(round(100 * part / sum(parts), 6) for part in parts)


@lru_cache(maxsize=256)
def first_rises(table: Table, scales: TableScales, base: tuple[int, ...]) -> tuple[int | None, ...]:
    """Per argument the least whole percent above ``base`` at which a rule changes while the others make room; None
    where none does. Small changes change nothing, and a person should know where it begins."""
    result = []
    for place, (start, can_move) in enumerate(zip(base, weighable(scales), strict=True)):
        others = sum(base) - start
        low, high = start, 100
        if not can_move or not others or not _changes(table, scales, base, place, high):
            result.append(None)
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if _changes(table, scales, base, place, middle) else (middle, high)
        result.append(high)
    return tuple(result)


def _changes(table: Table, scales: TableScales, base: tuple[int, ...], place: int, weight: int) -> bool:
    asked = [float(part) for part in base]
    asked[place] = float(weight)
    made = _with_room(asked, place, base)
    points = [new - old for new, old in zip(made, base, strict=True)]
    return reweighted(table, scales, points).rules != table.rules


def read_weights(
    attribute: Attribute, scales: TableScales, labels: Sequence[str], data: Mapping[str, str]
) -> AskedWeights:
    """``labels``: what the arguments are called, for messages."""
    table = attribute.function
    base = base_weights(table, scales)
    follow = data.get(follow_field(attribute.index)) or (OPEN if open_rules(table) or table.weights else ALL)
    if base is None:
        return AskedWeights(None, (), (), follow)
    names = [weight_field(attribute.index, place) for place in range(len(base))]
    shown = _shown(attribute, base, data)
    entered = tuple(data.get(name, plain(weight)) for name, weight in zip(names, shown, strict=True))
    is_form = any(name in data for name in names)
    makes_room = room_field(attribute.index) in data if is_form else True
    kept = tuple(map(float, base))
    problems = []
    if follow not in (ALL, OPEN):
        problems.append(Problem(follow_field(attribute.index), "Choose which rules follow the weights."))
    asked = []
    for name, label, text, can_move in zip(names, labels, entered, weighable(scales), strict=True):
        try:
            asked.append(number(text, least=0, most=100) if can_move else 0.0)
        except Unreadable as error:
            problems.append(Problem(name, f"The weight of {label} {error}."))
    if problems:
        return AskedWeights(base, kept, entered, follow, makes_room, tuple(problems))
    changed = [place for place, (old, new) in enumerate(zip(shown, asked, strict=True)) if old != new]
    if abs(sum(asked) - 100) > SLACK and makes_room and len(changed) == 1:
        asked = _with_room(asked, changed[0], shown)
    if abs(sum(asked) - 100) > SLACK:
        message = f"The weights add up to {plain(sum(asked))}%; they must add up to 100%."
        return AskedWeights(base, kept, entered, follow, makes_room, (Problem(names[(changed or [0])[0]], message),))
    asked[-1] += 100 - sum(asked)
    if asked == list(map(float, base)):
        return AskedWeights(base, kept, tuple(map(plain, base)), follow, makes_room)
    return AskedWeights(base, tuple(asked), tuple(plain(round(part, 6)) for part in asked), follow, makes_room)


def _shown(attribute: Attribute, base: tuple[int, ...], data: Mapping[str, str]) -> tuple[float, ...]:
    """The weights as they were last shown: after "Show effect" those of then, before it the saved ones."""
    parts = data.get(shown_field(attribute.index), "").split(";")
    try:
        found = tuple(number(part, least=0, most=100) for part in parts)
    except Unreadable:
        return tuple(map(float, base))
    return found if len(found) == len(base) else tuple(map(float, base))


def _with_room(asked: Sequence[float], changed: int, shown: Sequence[float]) -> list[float]:
    """The others keep their proportions and take what the changed one leaves."""
    others = [0.0 if place == changed else weight for place, weight in enumerate(shown)]
    rest = 100 - asked[changed]
    if not any(others):
        return list(asked)
    # Largest remainder keeps whole percent whole.
    steps = [weight / sum(others) * rest for weight in others]
    result = [float(int(step)) for step in steps]
    left = rest - sum(result)
    order = sorted((place for place in range(len(steps)) if others[place]), key=lambda p: result[p] - steps[p])
    for place in order:
        take = min(1.0, left)
        result[place] += take
        left -= take
    result[changed] = asked[changed]
    return result
