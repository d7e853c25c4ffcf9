"""What is learned of a panel: how its season is pooled, how fast its levels follow, and what each member is worth."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from . import ratio, simple
from .theta import Ground, ThetaSettings, theta

MEMBERS = ("theta", "ratio", "seasonal_naive", "mean_of_year")
POOLS = (0.0, 0.5, 0.75, 1.0)
SMOOTHINGS = (0.1, 0.2, 0.35, 0.5, 0.7, 0.9)
DAMPINGS = (0.0, 0.8, 0.9, 1.0)


@dataclass(frozen=True)
class Settings:
    """Of the Theta member, and the members' weights: shares by the order of MEMBERS that are 1 together."""

    theta: ThetaSettings
    weights: tuple[float, ...]

    @classmethod
    def only(cls, member: str) -> "Settings":
        """One member alone, and the Theta settings that nothing was learned for."""
        return replace(UNLEARNED, weights=tuple(float(name == member) for name in MEMBERS))

    @classmethod
    def from_dicts(cls, settings: dict, members: dict) -> "Settings":
        """The inverse of `settings_dict` and `members_dict`. KeyError, TypeError or ValueError when it is not one."""
        weights = tuple(float(members.get(name, 0.0)) for name in MEMBERS)
        if set(members) - set(MEMBERS) or min(weights) < 0 or abs(sum(weights) - 1) > 1e-6:
            raise ValueError(f"Expected weights of {', '.join(MEMBERS)} that are 1 together, found {members}.")
        return cls(ThetaSettings(*(float(settings[name]) for name in ("pool", "smoothing", "damping"))), weights)

    def settings_dict(self) -> dict[str, float]:
        return self.theta.as_dict()

    def members_dict(self) -> dict[str, float]:
        """Members that have a weight, the heaviest first."""
        named = zip(MEMBERS, self.weights, strict=True)
        return {name: weight for name, weight in sorted(named, key=lambda item: -item[1]) if weight > 0}


# For a panel too short to learn from.
UNLEARNED = Settings(ThetaSettings(pool=0.75, smoothing=0.35, damping=0.8), (0.5, 0.0, 0.5, 0.0))


def others(ground: Ground, horizon: int, sample: NDArray[np.intp]):
    """Forecasts (members after theta, series, horizon), and where (series,) a history is unlike those learned from.

    The regression learns from the rows of `sample`.
    """
    panel = ground.panel
    model = ratio.learn(panel.of(sample), ground.pooled, horizon)
    by_ratio, outside = ratio.predict(panel, ground.pooled, model)
    naive = simple.seasonal_naive(panel, horizon, ground.pooled[None])
    return np.stack([by_ratio, naive, simple.mean_of_year(panel, horizon)]), outside


@dataclass(frozen=True)
class Expected:
    """mean (series, horizon), spread (series,), season (series, 12), outside (series,) bool.

    start (series,): column of the last level shift, 0 without one.
    """

    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    season: NDArray[np.float64]
    outside: NDArray[np.bool_]
    start: NDArray[np.intp]


def expect(ground: Ground, settings: Settings, horizon: int) -> Expected:
    """The weighted mean of the members for every series. A series without any of its last 12 months has NaN."""
    panel, chosen = ground.panel, settings.theta
    found, spread = theta(ground, chosen.pool, [chosen.smoothing], [chosen.damping], horizon)
    rest, outside = others(ground, horizon, panel.sample())
    mean = combine(np.concatenate([found[0], rest]), settings.weights)
    gone = np.isnan(rest[-1, :, 0])
    mean[gone] = np.nan
    return Expected(mean, spread[0], ground.factors(chosen.pool), outside, ground.start)


def combine(members: NDArray[np.float64], weights) -> NDArray[np.float64]:
    """Weighted mean over the first axis; a member without weight may be missing."""
    return sum(weight * one for weight, one in zip(weights, members, strict=True) if weight > 0)
