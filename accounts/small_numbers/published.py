"""Counts and shares as they may be shown. The true number is not kept: there is nothing to print by accident."""

from .rule import RULE, Rule

# In files: the symbol for confidential figures of the Government Analysis Function, "Using symbols in tables" (2021).
HIDDEN_MARK = "[c]"
# In answers for machines.
REASON = "small_number_rule"


class Count:
    """A number of people or visits under the rule: `shown` is a multiple of 5, 0, or None where it is hidden.

    It does not turn into a number, is not added, compared by size or formatted as one: take `shown` and say what stands
    where it is None. Equal when they look equal.
    """

    __slots__ = ("_shown",)

    def __init__(self, shown: int | None):
        self._shown = shown

    @property
    def shown(self) -> int | None:
        return self._shown

    @property
    def is_hidden(self) -> bool:
        return self._shown is None

    @property
    def mark(self) -> int | str:
        """For a cell of a file."""
        return HIDDEN_MARK if self._shown is None else self._shown

    def as_dict(self) -> dict:
        """For JSON: {"count": 10, "suppressed": null} or {"count": null, "suppressed": "small_number_rule"}."""
        return {"count": self._shown, "suppressed": REASON if self._shown is None else None}

    def __str__(self):
        return "not shown" if self._shown is None else f"{self._shown:,}"

    def __repr__(self):
        return f"Count({self})"

    def __format__(self, spec):
        if spec:
            raise TypeError("a count under the small-number rule is not formatted as a number")
        return str(self)

    def __eq__(self, other):
        return isinstance(other, Count) and self._shown == other._shown

    def __hash__(self):
        return hash(("Count", self._shown))

    def _is_no_number(self, *_):
        raise TypeError("a count under the small-number rule is no number: take `shown`, which is None where hidden")

    __int__ = __float__ = __index__ = __bool__ = __round__ = _is_no_number
    __lt__ = __le__ = __gt__ = __ge__ = _is_no_number
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _is_no_number


def count_of(true: int, *, hidden: bool = False, rule: Rule = RULE) -> Count:
    """The true count as it may be shown. `hidden`: also where it is large, since it would give another away. What is
    empty is told: there is nobody in it.
    """
    if true and (hidden or rule.is_small(true)):
        return Count(None)
    return Count(rule.rounded(true))


def hidden_count() -> Count:
    return Count(None)


def published_share(part: int, whole: int, *, hidden: bool = False, rule: Rule = RULE) -> float | None:
    """`part` / `whole` in whole per cent, from the rounded counts, so that neither follows from it; None without any,
    and where the part, the rest or the whole must not be told.
    """
    if not whole or hidden or any(rule.is_small(count) for count in (part, whole - part, whole)):
        return None
    return round(min(1.0, rule.rounded(part) / rule.rounded(whole)), 2)
