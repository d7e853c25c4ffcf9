"""Rolling origins: stand at a past month, know nothing after it, forecast, and compare with what came.

Everything that is chosen - the settings of Theta, the members' weights, the width of intervals - is chosen from origins
and months that lie before the one that is judged.
"""

from functools import cached_property
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from . import simple
from .accuracy import Accuracy, Judged, accuracy, scale_of
from .intervals import quantiles
from .panel import SEASON, Panel
from .settings import DAMPINGS, MEMBERS, POOLS, SMOOTHINGS, UNLEARNED, Settings, combine, expect, others
from .theta import Ground, ThetaSettings, theta

FIRST_ORIGIN = 2 * SEASON
MOST_ORIGINS = 24
# Origins that accuracy is measured on: the newest of those whose months have all come.
JUDGED = 6
# A miss of more than five times the usual one counts as five in choosing: one hospital must not decide for all.
CAP = 5.0
STEPS = 10
# In panels of fewer series the misses of neighbouring origins are nearly the same misses.
FEW = 10
MOST_PAIRS = 20_000


def _simplex():
    """Every way to share ten tenths among the members, (ways, members)."""
    members = range(len(MEMBERS))
    ways = [np.bincount(one, minlength=len(MEMBERS)) for one in combinations_with_replacement(members, STEPS)]
    return np.array(ways) / STEPS


class Rolling:
    """A panel looked at from its past months. `origin` always means: so many months were known."""

    def __init__(self, panel: Panel, horizon: int):
        self.whole, self.horizon = panel, horizon
        self.panel = panel.of(panel.sample())
        self.origins = list(range(max(FIRST_ORIGIN, panel.months - MOST_ORIGINS), panel.months))

    @cached_property
    def _found(self):
        """Per origin: theta (pools, dampings, smoothings, series, horizon), others, spreads, truth, scale."""
        return [self._at(origin) for origin in self.origins]

    def _at(self, origin):
        ground = Ground.of(self.panel.until(origin))
        pools = [theta(ground, pool, SMOOTHINGS, DAMPINGS, self.horizon) for pool in POOLS]
        rest, _ = others(ground, self.horizon, np.arange(self.panel.series))
        return (
            np.stack([found for found, _ in pools]).astype(np.float32),
            rest,
            np.stack([spread for _, spread in pools]),
            truth_after(self.panel, origin, self.horizon),
            scale_of(ground.panel.values),
        )

    @cached_property
    def _scores(self):
        """Sum of capped scaled errors and their number by (origin, pool, damping, smoothing, month ahead)."""
        sums, counts = [], []
        for found, _, _, truth, scale in self._found:
            error = np.minimum(np.abs(found - truth) / scale[:, None], CAP)
            known = ~np.isnan(error[0, 0, 0])
            sums.append(np.where(known, error, 0.0).sum(axis=3))
            counts.append(known.sum(axis=0))
        return np.array(sums), np.array(counts)

    def _seen(self, until: int) -> NDArray[np.bool_]:
        """(origins, horizon): forecasts whose month had come when `until` months were known."""
        return np.array(self.origins)[:, None] + np.arange(1, self.horizon + 1) <= until

    def learn(self, until: int) -> Settings:
        """The settings with the lowest error in what had come when `until` months were known; UNLEARNED without any."""
        seen = self._seen(until) if self.origins else np.zeros((0, self.horizon), dtype=bool)
        if not seen.any():
            return UNLEARNED
        sums, counts = self._scores
        if not counts[seen].sum():
            return UNLEARNED
        error = (sums * seen[:, None, None, None, :]).sum(axis=(0, 4))
        pool, damping, smoothing = np.unravel_index(np.argmin(error), error.shape)
        chosen = ThetaSettings(POOLS[pool], SMOOTHINGS[smoothing], DAMPINGS[damping])
        return Settings(chosen, self._weights(seen, pool, damping, smoothing))

    def _weights(self, seen, pool, damping, smoothing):
        members, truths = [], []
        for row, (found, rest, _, truth, scale) in zip(seen, self._found, strict=True):
            usable = row & ~np.isnan(truth) & ~np.isnan(rest).any(axis=0) & ~np.isnan(scale)[:, None]
            per = np.broadcast_to(scale[:, None], truth.shape)[usable]
            members.append(np.stack([found[pool, damping, smoothing][usable], *(one[usable] for one in rest)]) / per)
            truths.append(truth[usable] / per)
        members, truths = np.concatenate(members, axis=1), np.concatenate(truths)
        if not len(truths):
            return UNLEARNED.weights
        every = slice(None, None, 1 + len(truths) // MOST_PAIRS)
        ways = _simplex()
        error = np.minimum(np.abs(ways @ members[:, every] - truths[every]), CAP).mean(axis=1)
        return tuple(ways[np.argmin(error)].tolist())

    def reach(self, settings: Settings, until: int) -> NDArray[np.float64]:
        """Spreads that the intervals of `settings` reach, (2, horizon + 1), from what had come after `until` months.

        By month ahead; the last column is for the sum of all months ahead, whose errors cancel in part.
        """
        months, sums = [np.full((0, self.horizon), np.nan)], [np.full((0, 1), np.nan)]
        seen = self._seen(until) if self.origins else ()
        for origin, row, (found, rest, spreads, truth, _) in zip(self.origins, seen, self._found, strict=True):
            if row.any():
                mean, spread = self._of(settings, origin, found, rest, spreads)
                spread = np.where(spread > 0, spread, np.nan)[:, None]
                months.append(np.where(row, np.abs(truth - mean) / spread, np.nan))
                whole = np.abs((truth - mean).sum(axis=1, keepdims=True)) / spread
                sums.append(np.where(row.all(), whole, np.nan))
        overlap = self.horizon if self.panel.series < FEW else 1
        each, whole = (quantiles(np.concatenate(scores), overlap) for scores in (months, sums))
        # Too few whole horizons: as if all months missed to the same side.
        return np.hstack([each, np.where(np.isnan(whole), each.sum(axis=1, keepdims=True), whole)])

    def _of(self, settings, origin, found, rest, spreads):
        chosen = settings.theta
        if chosen.pool in POOLS and chosen.damping in DAMPINGS and chosen.smoothing in SMOOTHINGS:
            pool, smoothing = POOLS.index(chosen.pool), SMOOTHINGS.index(chosen.smoothing)
            by_theta = found[pool, DAMPINGS.index(chosen.damping), smoothing]
            return combine(np.concatenate([by_theta[None], rest]), settings.weights), spreads[pool, smoothing]
        expected = expect(Ground.of(self.panel.until(origin)), settings, self.horizon)
        return expected.mean, expected.spread

    def judge(self, settings: Settings | None = None) -> Accuracy:
        """Accuracy over all series at the newest origins; `settings` as given, or learned anew before each of them."""
        judged = []
        ready = [origin for origin in self.origins if origin + self.horizon <= self.whole.months]
        for origin in ready[-JUDGED:]:
            chosen = settings or self.learn(origin)
            known = self.whole.until(origin)
            ground = Ground.of(known)
            expected = expect(ground, chosen, self.horizon)
            reach = self.reach(chosen, origin)[:, None, :-1] * expected.spread[:, None]
            judged.append(
                Judged(
                    truth_after(self.whole, origin, self.horizon),
                    expected.mean,
                    simple.seasonal_naive(known, self.horizon, ground.pooled[None]),
                    simple.mean_of_year(known, self.horizon),
                    scale_of(known.values),
                    reach,
                )
            )
        return accuracy(judged, self.whole.series, self.horizon)


def truth_after(panel: Panel, origin: int, horizon: int) -> NDArray[np.float64]:
    """What came after `origin` months, (series, horizon); NaN for months that have not come."""
    came = panel.values[:, origin : origin + horizon]
    return np.pad(came, ((0, 0), (0, horizon - came.shape[1])), constant_values=np.nan)
