"""What attribution is held against. Every function takes arrays and gives plain numbers."""

import numpy as np

# Errors of a prevalence in points that count as reproduced.
REPRODUCED = 0.01


def national_difference(shares, counts, base) -> np.ndarray:
    """Prevalence of all areas together less that of all practices, in points, column by column."""
    known = ~np.isnan(counts) & ~np.isnan(base)
    counts, base = np.where(known, counts, 0.0), np.where(known, base, 0.0)
    areas = (shares.T @ counts).sum(axis=0) / (shares.T @ base).sum(axis=0)
    return 100 * (areas - counts.sum(axis=0) / base.sum(axis=0))


def overlap(modelled, real, weight) -> dict[str, float]:
    """How far two sets of shares agree, shape (holders, places): the share of patients that both put in the same place.

    `weight` is each holder's list. Shares of holders need not sum to 1: only the places compared are there.
    """
    both = np.minimum(modelled, real).sum(axis=1) / np.maximum(real.sum(axis=1), 1e-12)
    return {
        "holders": len(real),
        "places": int((real.sum(axis=0) > 0).sum()),
        "overlap": float(np.average(both, weights=weight)),
        "correlation": correlation(modelled.ravel(), real.ravel()),
    }


def largest_holder(modelled, real, weight) -> dict[str, float]:
    """Places of which one holder's real share is known (`real`, and `modelled` for the same): mean absolute difference
    of the shares, and the share of patients that both give to the same holder. Weighted by `weight`, patients."""
    return {
        "places": len(real),
        "overlap": float(np.average(1 - np.abs(modelled - real), weights=weight)),
        "difference": float(np.average(np.abs(modelled - real), weights=weight)),
        "correlation": correlation(modelled, real),
    }


def doubt(modelled, real, weight) -> float:
    """Typical error of a place's figure relative to the standard deviation of its holders' figures.

    For shares m modelled and s real of holders in a place, and holders' figures that vary independently, the squared
    error is in proportion to sum((s - m)^2) and the variance among patients to 1 - sum(m^2). Shape (holders, places),
    each column summing to 1; `weight` is patients by place.
    """
    missed = np.square(real - modelled).sum(axis=0)
    varied = 1 - np.square(modelled).sum(axis=0)
    whole = (weight * varied).sum()
    return float(np.sqrt((weight * missed).sum() / whole)) if whole > 0 else 0.0


def prevalence_difference(modelled, real, patients, figures) -> np.ndarray:
    """Mean absolute difference, in the unit of `figures`, between places' figures made with modelled and real shares.

    `modelled` and `real` have shape (holders, places), `patients` is the list of each holder, `figures` has shape
    (holders, columns). Weighted by the places' real patients.
    """
    out = []
    for column in np.asarray(figures, dtype=float).T:
        known = ~np.isnan(column)
        sizes = patients[known]
        by_real, by_model = (part[known].T @ sizes for part in (real, modelled))
        used = (by_real > 0) & (by_model > 0)
        first = (real[known].T @ (sizes * column[known]))[used] / by_real[used]
        second = (modelled[known].T @ (sizes * column[known]))[used] / by_model[used]
        out.append(np.average(np.abs(first - second), weights=by_real[used]))
    return np.array(out)


def against(ours, theirs) -> dict[str, float]:
    """Correlation and mean absolute difference of two columns where both have a figure."""
    both = ~np.isnan(ours) & ~np.isnan(theirs)
    if both.sum() < 3:
        return {
            "places": int(both.sum()),
            "correlation": None,
            "difference": None,
            "mean_ours": None,
            "mean_theirs": None,
        }
    ours, theirs = ours[both], theirs[both]
    return {
        "places": int(both.sum()),
        "correlation": correlation(ours, theirs),
        "difference": float(np.abs(ours - theirs).mean()),
        "mean_ours": float(ours.mean()),
        "mean_theirs": float(theirs.mean()),
    }


def rank_correlation(first, second) -> float | None:
    """Spearman's rank correlation where both have a figure; None with fewer than three."""
    both = ~np.isnan(first) & ~np.isnan(second)
    if both.sum() < 3:
        return None
    return correlation(_ranks(first[both]), _ranks(second[both]))


def low_share(figure, among, median=None) -> float | None:
    """Share of the areas `among` whose figure is below the median of all areas; None without any."""
    known = ~np.isnan(figure)
    among = among & known
    if not among.any():
        return None
    median = np.median(figure[known]) if median is None else median
    return float((figure[among] < median).mean())


def correlation(first, second) -> float | None:
    """Pearson's correlation; None where one of the two does not vary."""
    if len(first) < 2 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    return float(np.corrcoef(first, second)[0, 1])


def _ranks(values) -> np.ndarray:
    """Mean ranks of equal values."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return (last - (count - 1) / 2.0)[place]
