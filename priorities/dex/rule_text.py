"""The oldest notation of rules: a character for each argument, a sign, the value; classes count from 1.

``12=3`` class 0 of the first and class 1 of the second argument give class 2. ``=`` a rule that the author entered,
``:`` a derived one. The value is one class, two for an interval (``13:1-2``), ``*`` for all classes, ``_`` for none
(undefined). Characters are 1-9, then A-Z, then a-z: classes 0 to 60.
"""

import string
from collections.abc import Iterable, Iterator

from priorities.dex.model import Table
from priorities.dex.values import UNDEFINED, Value, ValueKind, full, interval

CODES = string.digits[1:] + string.ascii_uppercase + string.ascii_lowercase
CLASS_OF = {character: index for index, character in enumerate(CODES)}
ENTERED, DERIVED = "=", ":"


def read_rule_texts(texts: Iterable[str], sizes: list[int], size: int) -> tuple[tuple[Value, ...], tuple[bool, ...]]:
    """Return the values and which of them were entered, in rule order, whatever the order of the texts.

    ``sizes``: classes of each argument; ``size``: classes of the result. Raises ValueError naming the text.
    """
    found: dict[int, tuple[Value, bool]] = {}
    for text in map(str.strip, texts):
        position, value, entered = _read(text, sizes, size)
        if position in found:
            raise ValueError(f"the rule {text!r} repeats an earlier one")
        found[position] = value, entered
    count = 1
    for argument in sizes:
        count *= argument
    if len(found) != count:
        raise ValueError(f"{len(found)} rules; the arguments make {count} combinations")
    ordered = [found[position] for position in range(count)]
    return tuple(value for value, _ in ordered), tuple(entered for _, entered in ordered)


def _read(text: str, sizes: list[int], size: int) -> tuple[int, Value, bool]:
    arguments, sign, value = text[: len(sizes)], text[len(sizes) : len(sizes) + 1], text[len(sizes) + 1 :]
    if sign not in (ENTERED, DERIVED):
        raise ValueError(f"the rule {text!r} is not {len(sizes)} classes, then = or :, then a value")
    position = 0
    for character, classes in zip(arguments, sizes, strict=True):
        position = position * classes + _class(character, classes, text)
    return position, _value(value, size, text), sign == ENTERED


def _value(value: str, size: int, text: str) -> Value:
    if value == "*":
        return full(size)
    if value == "_":
        return UNDEFINED
    low, dash, high = value.partition("-")
    first = _class(low, size, text)
    last = _class(high, size, text) if dash else first
    if first > last:
        raise ValueError(f"the value of rule {text!r} runs backwards")
    return interval(first, last)


def _class(character: str, classes: int, text: str) -> int:
    index = CLASS_OF.get(character)
    if index is None or index >= classes:
        raise ValueError(f"the rule {text!r} has {character!r}, which is none of the {classes} classes of the scale")
    return index


def can_be_rule_texts(table: Table, sizes: list[int], size: int) -> bool:
    """Whether the notation can hold the table."""
    plain = (ValueKind.CLASS, ValueKind.INTERVAL, ValueKind.FULL, ValueKind.UNDEFINED)
    return max([size, *sizes]) <= len(CODES) and all(rule.kind in plain for rule in table.rules)


def rule_texts(table: Table, sizes: list[int]) -> Iterator[str]:
    """Yield the texts in rule order, for a table of which ``can_be_rule_texts`` is true."""
    for position, (rule, entered) in enumerate(zip(table.rules, table.entered, strict=True)):
        arguments = ""
        for classes in reversed(sizes):
            position, index = divmod(position, classes)
            arguments = CODES[index] + arguments
        yield f"{arguments}{ENTERED if entered else DERIVED}{_written(rule)}"


def _written(rule: Value) -> str:
    if rule.kind is ValueKind.FULL:
        return "*"
    if rule.is_undefined:
        return "_"
    low, high = rule.memberships[0][0], rule.memberships[-1][0]
    return CODES[low] if low == high else f"{CODES[low]}-{CODES[high]}"
