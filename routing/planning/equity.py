"""Who is reached by a plan: need-weighted coverage of the most deprived fifth (Core20) against everybody else.

C_g = sum of w_i x_i / sum of w_i over the visits i of group g, where w_i > 0 is the need and x_i whether the visit is
planned; R = C of quintile 1 / C of quintiles 2 to 5; gap = C of quintile 1 - C of quintiles 2 to 5. Intervals: Wilson
1927 (score interval, 95 %) on the numbers of visits. Groups of fewer than five visits are hidden, since they could
point to people.
"""

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass

SMALLEST_SHOWN = 5
GREEN, AMBER = 1.0, 0.95
Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Need:
    """One visit: `weight` > 0, whether it is planned, quintile of deprivation 1 (most deprived) to 5 or None if not
    known.
    """

    weight: float
    served: bool
    quintile: int | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """Coverage of a group; everything but `n` is None where the group is hidden or empty."""

    n: int | None
    served: int | None
    coverage: float | None
    low: float | None
    high: float | None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class EquityReport:
    """Coverage of Core20, of the rest, and by quintile; `status` is green, amber, red or unknown."""

    core20: Coverage
    rest: Coverage
    ratio: float | None
    gap: float | None
    status: str
    quintiles: dict[int, Coverage]
    lowest_quintile: int | None
    not_known: int

    def as_dict(self) -> dict:
        """Plain data for JSON (keys of `quintiles` are texts)."""
        data = asdict(self)
        data["quintiles"] = {str(key): value for key, value in data["quintiles"].items()}
        return data


def quintile_of_decile(decile: int | None) -> int | None:
    """Quintile 1 to 5 of an IMD decile 1 to 10."""
    if decile is None:
        return None
    if not 1 <= decile <= 10:
        raise ValueError(f"an IMD decile is 1 to 10, not {decile}")
    return (decile + 1) // 2


def wilson(served: int, n: int, z: float = Z95) -> tuple[float, float]:
    """The score interval of a proportion (Wilson 1927). Raises ValueError for n = 0."""
    if n <= 0 or not 0 <= served <= n:
        raise ValueError(f"{served} of {n} is not a proportion")
    share = served / n
    middle = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def equity(needs: Iterable[Need]) -> EquityReport:
    """The report of a plan's visits. Visits of unknown quintile are counted apart, in no group."""
    needs = list(needs)
    for need in needs:
        if not need.weight > 0:
            raise ValueError("the weight of a visit must be above 0")
        if need.quintile not in (None, 1, 2, 3, 4, 5):
            raise ValueError(f"a quintile is 1 to 5, not {need.quintile}")
    groups = {quintile: [need for need in needs if need.quintile == quintile] for quintile in range(1, 6)}
    others = [need for need in needs if need.quintile not in (None, 1)]
    core20, rest = _coverage(groups[1]), _coverage(others)
    quintiles = _safely_hidden({quintile: _coverage(members) for quintile, members in groups.items()})
    shown = {quintile: part.coverage for quintile, part in quintiles.items() if part.coverage is not None}
    ratio = gap = None
    if core20.coverage is not None and rest.coverage is not None:
        gap = core20.coverage - rest.coverage
        ratio = core20.coverage / rest.coverage if rest.coverage > 0 else None
    return EquityReport(
        core20=core20,
        rest=rest,
        ratio=ratio,
        gap=gap,
        status=_status(ratio, core20, rest),
        quintiles=quintiles,
        lowest_quintile=min(shown, key=lambda quintile: (shown[quintile], quintile)) if shown else None,
        not_known=sum(need.quintile is None for need in needs),
    )


def _coverage(members):
    n = len(members)
    if n == 0:
        return Coverage(0, 0, None, None, None)
    if n < SMALLEST_SHOWN:
        return Coverage(None, None, None, None, None, hidden=True)
    served = sum(need.served for need in members)
    weight = sum(need.weight for need in members)
    low, high = wilson(served, n)
    return Coverage(n, served, sum(need.weight for need in members if need.served) / weight, low, high)


def _safely_hidden(parts):
    """Hides a second quintile where a single one is hidden, since the total of the others gives it away."""
    hidden = [quintile for quintile, part in parts.items() if part.hidden and quintile != 1]
    shown = [quintile for quintile, part in parts.items() if part.n and quintile != 1]
    if len(hidden) == 1 and shown:
        smallest = min(shown, key=lambda quintile: (parts[quintile].n, quintile))
        parts = {**parts, smallest: Coverage(None, None, None, None, None, hidden=True)}
    return parts


def _status(ratio, core20, rest):
    if ratio is None:
        both = core20.coverage is not None and rest.coverage is not None
        return "green" if both and core20.coverage > 0 else "unknown"
    return "green" if ratio >= GREEN else "amber" if ratio >= AMBER else "red"
