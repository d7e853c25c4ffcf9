"""How hot the search begins and ends: how much dearer a plan may become in one step.

In units of the mean leg of the first plan, so that it follows metres, seconds or tenths of either.
"""

from dataclasses import dataclass

# Where the first plan serves everybody only journeys are at stake; elsewhere visits of some worth change places.
# Tried on home_visits of seeds 101 to 103 (100 x 10, 300 x 30) and made-up days with windows of 100 to 400 visits.
HOT_JOURNEYS, COLD_JOURNEYS = 1.5, 0.04
HOT_VISITS, COLD_VISITS = 4.0, 0.08
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


def schedule(leg: float, *, all_served: bool, polishing: bool) -> Schedule:
    """For this mean cost of a leg in the first plan."""
    hot, cold = (HOT_JOURNEYS, COLD_JOURNEYS) if all_served else (HOT_VISITS, COLD_VISITS)
    unit = max(leg, 1e-3)
    return Schedule(unit * (max(cold, hot * POLISHING) if polishing else hot), unit * cold)
