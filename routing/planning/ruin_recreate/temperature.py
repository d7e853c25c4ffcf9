"""How hot the search begins and ends: how much dearer a plan may become in one step.

In units of the mean leg of the first plan, so that it follows metres, seconds or tenths of either. Large problems have
fewer steps for each visit in the same time.
"""

from dataclasses import dataclass

# From so many visits on, the search is large; below it lies the other end.
SMALL, LARGE = 100, 200
HOT_SMALL, HOT_LARGE = 4.0, 4.0
COLD_SMALL, COLD_LARGE = 0.08, 0.08
# A search that begins from a plan keeps most of it.
POLISHING = 0.15


@dataclass(frozen=True)
class Schedule:
    """Falls exponentially from `hot` to `cold`."""

    hot: float
    cold: float

    def at(self, share: float) -> float:
        """The temperature when this share (0 to 1) of the budget is used."""
        return self.hot * (self.cold / self.hot) ** min(1.0, max(0.0, share))

    def cooling(self, steps: int) -> float:
        """The factor of one step, where the budget is so many steps."""
        return (self.cold / self.hot) ** (1 / max(1, steps))


def schedule(visits: int, leg: float, *, polishing: bool) -> Schedule:
    """For so many visits and this mean cost of a leg."""
    size = min(1.0, max(0.0, (visits - SMALL) / (LARGE - SMALL)))
    hot = HOT_SMALL + size * (HOT_LARGE - HOT_SMALL)
    cold = COLD_SMALL + size * (COLD_LARGE - COLD_SMALL)
    unit = max(leg, 1e-3)
    return Schedule(unit * (max(cold, hot * POLISHING) if polishing else hot), unit * cold)
