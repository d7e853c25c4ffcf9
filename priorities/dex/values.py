"""Values of rules and options, and their text notation in ``.dxi`` files.

``2`` one class; ``0:2`` interval; ``{0;2}`` set; ``<0:0.4;2:0.6>`` or ``<0.4;0;0.6>`` distribution; ``*`` the full
set; ``undef...`` undefined. Classes are indexed from 0 in file order, whatever the order of the scale.
"""

import math
import re
from dataclasses import dataclass
from enum import Enum

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?(nan|inf|infinity)", re.IGNORECASE)


class ValueKind(Enum):
    """How a value was written; evaluation needs only ``memberships``, a lossless writer needs this too."""

    CLASS = "class"
    INTERVAL = "interval"
    SET = "set"
    DISTRIBUTION = "distribution"
    FULL = "full"
    UNDEFINED = "undefined"


@dataclass(frozen=True)
class Value:
    """Memberships of the classes of a discrete scale: pairs (class, membership), ascending by class.

    Undefined is an empty tuple with kind UNDEFINED; it is never the same as class 0.
    """

    kind: ValueKind
    memberships: tuple[tuple[int, float], ...]

    @property
    def is_undefined(self) -> bool:
        return self.kind is ValueKind.UNDEFINED

    @property
    def classes(self) -> tuple[int, ...]:
        """Classes that are possible at all, ascending."""
        return tuple(index for index, membership in self.memberships if membership > 0)


UNDEFINED = Value(ValueKind.UNDEFINED, ())


def single(index: int) -> Value:
    return Value(ValueKind.CLASS, ((index, 1),))


def interval(low: int, high: int) -> Value:
    """All classes low..high; one class when both are equal, as in the files of the reference tools."""
    if low == high:
        return single(low)
    return Value(ValueKind.INTERVAL, tuple((index, 1) for index in range(low, high + 1)))


def full(size: int) -> Value:
    return Value(ValueKind.FULL, tuple((index, 1) for index in range(size)))


def parse_value(text: str, size: int) -> Value:
    """Return the value written as ``text`` for a scale of ``size`` classes.

    Raises ValueError with the reason: an unknown notation, a class outside the scale, a negative or infinite
    membership, an empty set.
    """
    text = text.strip()
    if text == "*":
        return full(size)
    if text.lower().startswith("undef"):
        return UNDEFINED
    if text.startswith("{") and text.endswith("}"):
        classes = sorted({_class_index(part, size) for part in text[1:-1].split(";")})
        return Value(ValueKind.SET, tuple((index, 1) for index in classes))
    if text.startswith("<") and text.endswith(">"):
        return _parse_distribution(text[1:-1], size)
    if ":" in text:
        low, high = (_class_index(part, size) for part in text.split(":", 1))
        if low > high:
            raise ValueError(f"the interval {text} runs backwards")
        return interval(low, high)
    return single(_class_index(text, size))


def format_value(value: Value, *, listed: bool = False) -> str:
    """Return the text of a value, which ``parse_value`` reads as the same value.

    ``listed``: distributions as the memberships of all classes from 0 up, ``<0.4;0;0.6>``, not as pairs.
    """
    classes = [index for index, _ in value.memberships]
    if value.kind is ValueKind.FULL:
        return "*"
    if value.kind is ValueKind.UNDEFINED:
        return "undefined"
    if value.kind is ValueKind.CLASS:
        return str(classes[0])
    if value.kind is ValueKind.INTERVAL:
        return f"{classes[0]}:{classes[-1]}"
    if value.kind is ValueKind.SET:
        return f"{{{';'.join(map(str, classes))}}}"
    given = dict(value.memberships)
    if listed:
        return f"<{';'.join(format_number(given.get(index, 0)) for index in range(classes[-1] + 1))}>"
    return f"<{';'.join(f'{index}:{format_number(membership)}' for index, membership in given.items())}>"


def format_number(number: float) -> str:
    """Return the shortest text that is read as the same number, without ``.0``."""
    text = repr(float(number))
    return text.removesuffix(".0")


def _parse_distribution(body: str, size: int) -> Value:
    parts = [part.strip() for part in body.split(";")]
    memberships: dict[int, float] = {}
    for position, part in enumerate(parts):
        name, colon, number = part.partition(":")
        index = _class_index(name, size) if colon else _class_index(str(position), size)
        if index in memberships:
            raise ValueError(f"the distribution <{body}> names class {index} twice")
        memberships[index] = _membership(number if colon else name)
    if not any(memberships.values()):
        raise ValueError(f"the distribution <{body}> gives no class any membership")
    return Value(ValueKind.DISTRIBUTION, tuple(sorted(memberships.items())))


def parse_number(text: str) -> float:
    """Return the number written as ``text``: digits, point, exponent. Raises ValueError with the reason.

    Not all that Python reads is a number here: no ``1_000``, no digits of other scripts, nothing infinite.
    """
    if not NUMBER.fullmatch(text.strip()):
        raise ValueError(f"{text[:60]!r} is not a number")
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:60]!r} is not a finite number")
    return number


def _membership(text: str) -> float:
    membership = parse_number(text)
    if membership < 0:
        raise ValueError(f"{text!r} is not a membership from 0 upwards")
    return membership


def _class_index(text: str, size: int) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise ValueError(f"{text!r} is not a class index")
    index = int(text)
    if index >= size:
        raise ValueError(f"class {index} is outside the scale of {size} classes")
    return index
