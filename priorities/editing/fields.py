"""Names of the form fields, and texts read as numbers. A name holds the attribute's index, then that of its part."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

# Longer than any number that a person writes.
LONGEST_NUMBER = 24


@dataclass(frozen=True)
class Problem:
    """What is wrong with a field: ``field`` is its name and the id of its element."""

    field: str
    message: str


class Unreadable(ValueError):
    """A text that is not what its field holds; the message is a sentence without its subject."""


def weight_field(attribute: int, argument: int) -> str:
    return f"weight-{attribute}-{argument}"


def shown_field(attribute: int) -> str:
    """The weights as the form showed them: tells which of them the person has changed."""
    return f"shown-{attribute}"


def room_field(attribute: int) -> str:
    return f"room-{attribute}"


def follow_field(attribute: int) -> str:
    return f"follow-{attribute}"


def rule_field(attribute: int, rule: int) -> str:
    return f"rule-{attribute}-{rule}"


def accept_field(attribute: int) -> str:
    return f"accept-{attribute}"


def bound_field(attribute: int, bound: int) -> str:
    return f"bound-{attribute}-{bound}"


def soft_field(attribute: int, bound: int) -> str:
    return f"soft-{attribute}-{bound}"


def up_field(attribute: int, bound: int) -> str:
    return f"up-{attribute}-{bound}"


def direction_field(attribute: int) -> str:
    return f"direction-{attribute}"


def indicator_field(attribute: int) -> str:
    return f"indicator-{attribute}"


def number(text: str, *, least: float | None = None, most: float | None = None) -> float:
    """Return the number in ``text``. Raises Unreadable saying what was expected and what was found."""
    text = text.strip()
    expected = "must be a number"
    if least is not None and most is not None:
        expected += f" from {least:g} to {most:g}"
    elif least is not None:
        expected += f" from {least:g} upwards"
    if not text:
        raise Unreadable(f"{expected}; it is empty")
    try:
        # Python also reads "1_000" and other scripts' digits, which are more likely slips than numbers.
        found = float(text) if text.isascii() and "_" not in text and len(text) <= LONGEST_NUMBER else math.nan
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise Unreadable(f"{expected}, such as 12.5; found “{text[:40]}”")
    if (least is not None and found < least) or (most is not None and found > most):
        raise Unreadable(f"{expected}; found {text}")
    return found


def plain(value: float) -> str:
    """A number as a person writes it: 12, 12.5."""
    return f"{value:.10g}"


def whole_shares(parts: Sequence[Fraction | float]) -> tuple[int, ...]:
    """``parts`` in whole percent that add up to 100, by largest remainder; all 0 when the parts are."""
    total = sum(parts)
    if not total:
        return (0,) * len(parts)
    exact = [100 * part / total for part in parts]
    result = [int(part) for part in exact]
    by_remainder = sorted(range(len(exact)), key=lambda place: result[place] - exact[place])
    for place in by_remainder[: 100 - sum(result)]:
        result[place] += 1
    return tuple(result)


def listed(names: Iterable[str], word: str = "and") -> str:
    names = list(names)
    return f" {word} ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else ""
