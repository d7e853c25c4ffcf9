"""Split conformal intervals over a panel: how far off, in spreads of the series itself, were nine forecasts of ten?

Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World (2005), and Lei, G'Sell, Rinaldo, Tibshirani and
Wasserman, Journal of the American Statistical Association 113 (2018) 1094-1111: normalised absolute residuals of
origins that come before the one that is forecast. No distribution is assumed; what is assumed is that the coming months
are as surprising as those, which is why the coverage on held-out origins is stored beside every model.
"""

import numpy as np
from numpy.typing import NDArray

LEVELS = (0.8, 0.9)
# With fewer misses than this a quantile of nine tenths is a guess.
ENOUGH = 40


def quantiles(scores: NDArray[np.float64], overlap: int = 1) -> NDArray[np.float64]:
    """How many spreads each interval reaches, (2, horizon), of scores (anything, horizon); NaN is no score.

    The ceil((n + 1) level)-th of n scores, never less than that of a month nearer. `overlap`: so many scores in a row
    share months and count as one, which widens the intervals of panels of few series. With fewer than 40 such
    scores of a month all months share one quantile; NaN where there are fewer than 40 scores at all.
    """
    result = np.full((len(LEVELS), scores.shape[1]), np.nan)
    known = ~np.isnan(scores)
    everything = scores[known]
    for month in range(scores.shape[1]):
        found = scores[known[:, month], month]
        if len(found) / overlap < ENOUGH:
            found = everything
        if len(found) >= ENOUGH:
            count = len(found) / overlap
            share = np.minimum(np.ceil((count + 1) * np.array(LEVELS)) / count, 1.0)
            result[:, month] = np.sort(found)[np.ceil(share * len(found)).astype(int) - 1]
    return np.maximum.accumulate(result, axis=1)
