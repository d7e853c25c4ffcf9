"""Distance decay: how a practice's list spreads over the areas around it.

A gravity model with two margins (Furness 1965; Wilson 1971, "A family of spatial interaction models", Environment and
Planning 3): patients of practice p in area a are  A_p x B_a x decay(km). `A` makes every list whole, `B` shares the
residents of an area among the practices that compete for them. The form, the numbers below and the rounds were fitted
on real evidence, see docs/adr/0013.
"""

import numpy as np
from scipy.sparse import csr_matrix

from .places import Areas, Pairs, Practices

# decay(km) = exp(-km / NEAR_KM) + FAR_SHARE x exp(-km / FAR_KM): a steep neighbourhood and a long tail.
NEAR_KM, FAR_KM, FAR_SHARE = 0.3, 0.8, 0.05
# Rounds of balancing areas and lists. Balanced to the end it fits worse: people on lists are not spread as residents
# were on census night (students, moves, ghost registrations, patients in Wales).
ROUNDS = 3
# Tilt towards the published deprivation: at most this much per point of the score, so that no list leaves its place.
TILT_LIMIT = 0.05
TILT_STEPS = 8
# The variance of scores below which a neighbourhood cannot tell deprived from other areas.
TILT_VARIANCE = 4.0
# Shares of a list below this are dropped: a tenth of a patient of the largest list.
SMALLEST_SHARE = 1e-6


def decay(km) -> np.ndarray:
    """The relative pull of a practice over `km`: 1 + FAR_SHARE on the spot."""
    return np.exp(-np.asarray(km) / NEAR_KM) + FAR_SHARE * np.exp(-np.asarray(km) / FAR_KM)


def spread_by_distance(areas: Areas, practices: Practices, pairs: Pairs, *, rounds=ROUNDS, pull=None) -> csr_matrix:
    """Shares of practices' lists by area, shape (practices, areas); the rows of located practices sum to 1.

    `pull` replaces the decay of each pair. Rows of practices without a place are empty.
    """
    size = (len(practices), len(areas))
    pull = _relative_pull(pairs, size) if pull is None else pull
    matrix = csr_matrix((pull, (pairs.practice, pairs.area)), shape=size)
    transposed = matrix.T.tocsr()
    located = practices.located
    patients = np.where(located, practices.patients, 0.0)
    residents = areas.residents * (patients.sum() / max(areas.residents.sum(), 1e-9))
    of_practice = patients.copy()
    of_area = np.zeros(len(areas))
    for _ in range(rounds):
        of_area = _over(residents, transposed @ of_practice)
        of_practice = _over(patients, matrix @ of_area)
    row = np.repeat(np.arange(len(practices)), np.diff(matrix.indptr))
    shares = matrix.copy()
    shares.data = matrix.data * _over(of_practice, patients)[row] * of_area[matrix.indices]
    return _whole_rows(shares)


def towards_deprivation(shares: csr_matrix, areas: Areas, practices: Practices) -> csr_matrix:
    """The same shares moved as little as possible so that each practice's patients have its published mean score.

    Exponential tilting, i.e. the nearest shares in the sense of relative entropy, by Newton steps of all practices at
    once. Practices without a published score stay as they are, and so does everybody when areas have none.
    """
    score = np.where(np.isnan(areas.deprivation), np.nanmean(areas.deprivation), areas.deprivation)
    row = np.repeat(np.arange(len(practices)), np.diff(shares.indptr))
    own = score[shares.indices]
    count = len(practices)
    mean = np.bincount(row, shares.data * own, count)
    target = np.where(np.isnan(practices.deprivation), mean, practices.deprivation)
    away = own - target[row]
    tilt = np.zeros(count)
    for _ in range(TILT_STEPS):
        tilted = shares.data * np.exp(tilt[row] * away)
        whole = np.maximum(np.bincount(row, tilted, count), 1e-300)
        gap = np.bincount(row, tilted * away, count) / whole
        variance = np.bincount(row, tilted * away**2, count) / whole - gap**2
        tilt = np.clip(tilt - gap / np.maximum(variance, TILT_VARIANCE), -TILT_LIMIT, TILT_LIMIT)
    tilt[np.isnan(practices.deprivation)] = 0.0
    moved = shares.copy()
    moved.data = shares.data * np.exp(tilt[row] * away)
    return _whole_rows(moved)


def _relative_pull(pairs: Pairs, size) -> np.ndarray:
    """The decay of each pair; beyond where it underflows, relative to the nearest practice of the area."""
    nearest = np.full(size[1], np.inf)
    np.minimum.at(nearest, pairs.area, pairs.km)
    # exp(-700) is the end of double precision. Areas far from every practice are few; a factor per area changes
    # nothing, since balancing sets it anyway.
    beyond = np.maximum(nearest - 20.0, 0.0)
    return decay(pairs.km - beyond[pairs.area])


def _whole_rows(shares: csr_matrix) -> csr_matrix:
    """Rows that sum to 1, without negligible shares."""
    for smallest in (SMALLEST_SHARE, 0.0):
        count = shares.shape[0]
        row = np.repeat(np.arange(count), np.diff(shares.indptr))
        whole = np.bincount(row, shares.data, count)
        shares.data = shares.data / np.maximum(whole, 1e-300)[row]
        if smallest:
            shares.data[shares.data < smallest] = 0.0
            shares.eliminate_zeros()
    return shares


def _over(numerator, denominator) -> np.ndarray:
    """Quotients, 0 where there is nothing to share."""
    return np.divide(numerator, denominator, out=np.zeros(len(denominator)), where=denominator > 0)
