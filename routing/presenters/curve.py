"""The cost of the best plan over the time of the search, as a curve, a sentence and a table."""

from math import ceil, floor, log10

from lsoa.written_numbers import percent
from routing.models import VisitTier
from routing.problem_building.tasks import PRIZE_HOURS

from .wording import counted

HOUR = 3600
# From here on the highest cost would press the others flat: the axis goes by powers of ten.
STEEP = 4
ROWS = 6
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300)


class CostCurve:
    """`trace`: elapsed seconds and cost (seconds of driving and what counts as such) of each better plan. `seconds`:
    time of the whole search; `elapsed`: how far it is, None once it is over.
    """

    title = "Cost of the best plan over the time of the search"
    explained = (
        "Cost counts hours of driving, and as hours what else is unwanted: late starts, overtime, another person than "
        f"usual. A visit left out counts {PRIZE_HOURS[VisitTier.FIRST]} hours in tier 1, "
        f"{PRIZE_HOURS[VisitTier.SECOND]} in tier 2, {PRIZE_HOURS[VisitTier.THIRD]} in tier 3 and "
        f"{PRIZE_HOURS[VisitTier.FOURTH]} in tier 4; tiers always come first."
    )

    def __init__(self, trace, *, seconds=None, elapsed=None):
        self.trace = [(float(moment), float(cost)) for moment, cost in trace]
        last = self.trace[-1][0] if self.trace else 0
        self.elapsed = max(elapsed or 0, last)
        self.is_over = elapsed is None
        self.seconds = max(seconds or 0, self.elapsed, 1)

    @property
    def is_worth_drawing(self) -> bool:
        return len(self.trace) > 1

    @property
    def sentence(self) -> str:
        """What the curve says."""
        if not self.trace:
            return "There is no plan yet."
        (_, first), (found, best) = self.trace[0], self.trace[-1]
        if len(self.trace) == 1:
            return f"The first plan came after {_seconds(found)} and costs {hours(best)}."
        saved = 0 if not first else (first - best) / first
        share = (
            f"{percent(saved)} less than the first" if saved >= 0 else "more than the first, for what else was asked"
        )
        text = f"The best plan costs {hours(best)}, {share}; {counted(len(self.trace) - 1, 'improvement')}"
        if self.is_over:
            return f"{text}, the last after {_seconds(found)}."
        return f"{text}, the last {_seconds(max(0, self.elapsed - found))} ago."

    @property
    def series(self) -> list[dict]:
        """A step down at each improvement."""
        points, level = [], None
        for moment, cost in self.trace:
            if level is not None:
                points.append((moment, self._up(level)))
            points.append((moment, self._up(cost)))
            level = cost
        points.append((self.elapsed, self._up(level)))
        return [{"label": "Cost of the best plan, in hours", "points": points}]

    @property
    def x(self) -> dict:
        step = next((step for step in STEPS if self.seconds / step <= 6), STEPS[-1])
        ticks = [(at, f"{at} s") for at in range(0, int(self.seconds) + 1, step)]
        return {"title": "Time of the search", "low": 0, "high": self.seconds, "ticks": ticks}

    @property
    def y(self) -> dict:
        low, high = min(cost for _, cost in self.trace), max(cost for _, cost in self.trace)
        ticks = _powers(low, high) if self._is_steep else _rounds(low, high)
        ends = [self._up(value) for value, _ in ticks]
        return {
            "title": "Cost",
            "low": min(*ends, self._up(low)),
            "high": max(*ends, self._up(high)),
            "ticks": [(self._up(value), text) for value, text in ticks],
        }

    @property
    def note(self) -> str:
        return "The axis of cost goes by powers of ten. " if self._is_steep else ""

    @property
    def rows(self) -> list[dict]:
        """The last improvements, the newest first."""
        return [{"after": _seconds(moment), "cost": hours(cost, 2)} for moment, cost in self.trace[-ROWS:][::-1]]

    @property
    def _is_steep(self) -> bool:
        low, high = min(cost for _, cost in self.trace), max(cost for _, cost in self.trace)
        return low > 0 and high / low >= STEEP

    def _up(self, cost) -> float:
        return log10(max(cost, 1)) if self._is_steep else cost


def hours(cost: float, digits: int = 1) -> str:
    """E.g. 8.6 hours, 1,240.3 hours. With more digits where improvements stand below each other."""
    return f"{cost / HOUR:,.{digits}f} hours"


def _seconds(value: float) -> str:
    return f"{value:.1f} seconds" if value < 10 else f"{value:.0f} seconds"


def _powers(low, high) -> list[tuple[float, str]]:
    first, last = floor(log10(low / HOUR)), ceil(log10(high / HOUR))
    values = [10.0**power * HOUR for power in range(first, last + 1)]
    return [(value, f"{value / HOUR:,g} h") for value in values]


def _rounds(low, high) -> list[tuple[float, str]]:
    """About four round numbers of hours around all costs."""
    span = max((high - low) / HOUR, 0.1)
    size = 10.0 ** floor(log10(span / 3))
    step = next(factor * size for factor in (1, 2, 5, 10) if span / (factor * size) <= 4)
    first = floor(low / HOUR / step)
    last = max(first + 1, ceil(high / HOUR / step))
    return [(number * step * HOUR, f"{number * step:,.10g} h") for number in range(first, last + 1)]
