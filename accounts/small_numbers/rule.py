"""Counts of 1 to 7 are hidden, 0 is shown as 0, all others are rounded to the nearest 5.

Source: NHS Digital, Hospital Episode Statistics analysis guide, "Disclosure control: small number suppression" (1 to 7
suppressed, 0 shown, other sub-national counts rounded to the nearest 5). Why 7 and not 4: 8 is the smallest count that
a rounded 10 can stand for, so that a rounded figure never borders on a hidden one.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """`most_hidden`: the largest count that is hidden; `base`: others are rounded to its multiples."""

    most_hidden: int = 7
    base: int = 5

    @property
    def smallest_shown(self) -> int:
        return self.most_hidden + 1

    def is_small(self, count: int) -> bool:
        """Whether the count itself must not be told. ValueError below 0."""
        if count < 0:
            raise ValueError(f"a count is at least 0, not {count}")
        return 0 < count <= self.most_hidden

    def rounded(self, count: int) -> int:
        """To the nearest multiple of `base` (half of it up). ValueError for a count that must not be told."""
        if self.is_small(count):
            raise ValueError("a count that must not be told cannot be rounded either")
        return (2 * count + self.base) // (2 * self.base) * self.base

    def bounds(self, shown: int) -> tuple[int, int]:
        """The smallest and the largest count that are shown as this."""
        if not shown:
            return 0, 0
        low = -(-(2 * shown - self.base) // 2)
        return max(self.smallest_shown, low), (2 * shown + self.base - 1) // 2

    @property
    def words(self) -> str:
        return f"fewer than {self.smallest_shown}, or would give such a number away"


# The one place to change it. A smaller `most_hidden` needs the agreement of the data protection officer (DPIA, R7).
RULE = Rule()
