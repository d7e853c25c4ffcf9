"""Visits that find nobody are made again. The share comes from the records, as it may be shown: what is worked out from
it gives nothing away that the small-number rule hides.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.small_numbers import RULE, published_share

from .estimates import Estimate, Z


@dataclass(frozen=True, slots=True)
class Share:
    """Of visits at which somebody arrived, the share that found nobody, 0 to 1, with Wilson's 80 % interval.
    `of`: whose records: "team" or "organisation"; `visits`: how many, rounded as shown.
    """

    value: float
    low: float
    high: float
    visits: int
    of: str

    @property
    def again(self) -> Estimate:
        """Further visits for each visit: q + q² + ... = q / (1 - q), since a repeat may find nobody, too."""
        return Estimate(*(each / (1 - each) for each in (self.value, self.low, min(self.high, 0.95))))


def share_of(nobody: int, settled: int, of: str = "team") -> Share | None:
    """None without records, and where the numbers are too few to be told."""
    value = published_share(nobody, settled)
    if value is None or value > 0.9:
        return None
    number = RULE.rounded(settled)
    return Share(value, *wilson(value, number), number, of)


def first_known(team: tuple[int, int], organisation: tuple[int, int]) -> Share | None:
    """The team's own share; where that cannot be told, that of all teams together. Each as (nobody, settled)."""
    return share_of(*team) or share_of(*organisation, of="organisation")


def wilson(share: float, number: int) -> tuple[float, float]:
    """Wilson's score interval at 80 %; E. B. Wilson 1927, J. Am. Stat. Assoc. 22(158)."""
    centre = (share + Z**2 / (2 * number)) / (1 + Z**2 / number)
    half = Z / (1 + Z**2 / number) * (share * (1 - share) / number + Z**2 / (4 * number**2)) ** 0.5
    return min(share, max(0.0, centre - half)), max(share, min(1.0, centre + half))


def shares_by(groups: Mapping[str, tuple[int, int]], hidden: frozenset = frozenset()) -> dict[str, Share | None]:
    """A share for each group as (nobody, settled); None where it must not be told."""
    return {name: None if name in hidden else share_of(*counts) for name, counts in groups.items()}
