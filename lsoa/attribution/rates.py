"""Age-specific rates of registers, estimated from practices' lists by five-year age.

No national table of registers by age is published with QOF, so rates come from a regression of registers on lists:
the penalised composite link model of Eilers (2007, "Ill-posed problems with counts, the composite link model and
penalized likelihood", Statistical Modelling 7, 239-254). A register is the sum over ages of people x rate; the log
odds of rates are smooth. Rates are between 0 and 1 by construction, and where lists say little they follow their
neighbours.

Two things would be mistaken for age and stand in the model beside it: deprived practices have younger lists and more
illness, and ICBs code differently. Both multiply all rates of a practice. They are left out of what is expected, so
that the ratio of observed to expected keeps them. Sex is left out: practices differ so little in it that its effect
cannot be told (fitted, dementia would be eight times as common in women).
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

BANDS = 20
BAND_YEARS = 5
LOWEST_AGE = {"TOTAL": 0, "06OV": 6, "16OV": 16, "17OV": 17, "18OV": 18, "50OV": 50}
# Weight of the squared second differences of log odds. Between 300 and 3,000 ratios hardly move.
SMOOTHNESS = 1_000.0
# Practices differ by a quarter beyond chance; without it the largest would decide everything.
PRACTICE_VARIATION = 0.25
GROUP_RIDGE = 0.1
# The two oldest bands share a rate: few people are so old, and homes gather them at few practices.
OLDEST_TOGETHER = 1e6
STEPS, HALVINGS, LONGEST_STEP = 100, 12, 2.0
# Gain in log likelihood below which another step changes nothing.
CONVERGED = 0.01


@dataclass(frozen=True)
class AgeRates:
    """Patients on the register per person of qualifying age, in BANDS bands of BAND_YEARS; 0 below the lowest age.

    `deprivation` is the factor for ten points of the deprivation score, 1 where it was not in the model.
    """

    rate: np.ndarray
    at_risk: np.ndarray
    deprivation: float
    practices: int

    def expected(self, people) -> np.ndarray:
        """Expected patients for people by age, shape (n, BANDS)."""
        return np.asarray(people) @ (self.rate * self.at_risk)


def at_risk(list_type: str) -> np.ndarray:
    """The share of each five-year band that a register of this list type counts. Raises KeyError for unknown types."""
    lower = np.arange(BANDS) * BAND_YEARS
    return np.clip((lower + BAND_YEARS - LOWEST_AGE[list_type]) / BAND_YEARS, 0.0, 1.0)


def fit_rates(count, people, list_type, *, deprivation=None, group=None) -> AgeRates:
    """Rates from practices' counts and their people by age, shape (practices, BANDS).

    `deprivation` (score, NaN unknown) and `group` (e.g. the ICB's code, "" unknown) are practices' own; either may be
    None. Rates are scaled so that the expected of these practices add up to their counts. Raises ValueError without
    any usable practice.
    """
    count, people = np.asarray(count, dtype=float), np.asarray(people, dtype=float)
    usable = ~np.isnan(count) & ~np.isnan(people).any(axis=1) & (people.sum(axis=1) > 0)
    if not usable.any() or count[usable].sum() <= 0:
        raise ValueError("no practice has both a register and a list by age")
    share = at_risk(list_type)
    beside, ridge = _beside_age(deprivation, group, usable)
    coefficients = _fit(count[usable], people[usable] * share, beside, ridge)
    rate = _odds_to_rate(coefficients[:BANDS]) * (share > 0)
    scale = count[usable].sum() / (people[usable] @ (rate * share)).sum()
    effect = float(np.exp(10 * coefficients[BANDS])) if _has(deprivation) else 1.0
    return AgeRates(rate * scale, share, effect, int(usable.sum()))


def _has(deprivation) -> bool:
    return deprivation is not None and not np.isnan(deprivation).all()


def _beside_age(deprivation, group, usable) -> tuple[sparse.csr_array, np.ndarray]:
    """Columns of practices beside age, and the ridge of each: deprivation (centred), then a column a group.

    Sparse: a practice is in one group of 42, and sums over groups are most of the work of a step otherwise.
    """
    columns, ridge = [], []
    if _has(deprivation):
        own = np.asarray(deprivation, dtype=float)[usable]
        columns.append(np.nan_to_num(own - np.nanmean(own)))
        ridge.append(1e-3)
    if group is not None:
        own = np.asarray(group)[usable]
        for code in np.unique(own[own != ""]):
            columns.append((own == code).astype(float))
            ridge.append(GROUP_RIDGE)
    table = np.column_stack(columns) if columns else np.empty((int(usable.sum()), 0))
    return sparse.csr_array(table), np.array(ridge)


def _fit(count, people, beside, ridge) -> np.ndarray:
    """Fisher scoring of the penalised model (negative binomial counts); returns log odds, then the coefficients of
    `beside`. A step that makes the fit worse is halved."""
    penalty = _penalty(ridge)
    start = np.zeros(len(penalty))
    level = min(count.sum() / people.sum(), 0.5)
    start[:BANDS] = np.log(level / (1 - level))
    coefficients = start.copy()
    parts, mean = _expected(coefficients, people, beside)
    worth = _worth(count, mean, coefficients - start, penalty)
    for _ in range(STEPS):
        information, gradient = _information(count, parts, mean, coefficients, beside)
        gradient -= penalty @ (coefficients - start)
        step = np.linalg.solve(information + penalty, gradient)
        step *= min(1.0, LONGEST_STEP / max(np.abs(step).max(), 1e-12))
        for _ in range(HALVINGS):
            tried = coefficients + step
            parts, mean = _expected(tried, people, beside)
            gain = _worth(count, mean, tried - start, penalty) - worth
            if gain >= 0:
                break
            step = step / 2
        coefficients, worth = tried, worth + gain
        if gain < CONVERGED:
            break
    return coefficients


def _information(count, parts, mean, coefficients, beside) -> tuple[np.ndarray, np.ndarray]:
    """Expected information and gradient of the log likelihood, age first, then `beside`."""
    weight = 1.0 / (mean + (PRACTICE_VARIATION * mean) ** 2)
    by_age = parts * (1 - _odds_to_rate(coefficients[:BANDS]))
    others = sparse.diags_array(mean) @ beside
    weighted = by_age * weight[:, None]
    across = others.T @ weighted
    # Sums over practices without BLAS: its threads would wait for each other at every one of these small steps.
    ages = np.einsum("pi,pj->ij", weighted, by_age)
    among = (others.T @ sparse.diags_array(weight) @ others).toarray()
    away = weight * (count - mean)
    gradient = np.concatenate((np.einsum("pi,p->i", by_age, away), others.T @ away))
    return np.block([[ages, across.T], [across, among]]), gradient


def _penalty(ridge) -> np.ndarray:
    """The matrix of the quadratic penalty. Only differences of log odds are penalised: their level is free."""
    size = BANDS + len(ridge)
    penalty = np.zeros((size, size))
    second = np.diff(np.eye(BANDS), 2, axis=0)
    penalty[:BANDS, :BANDS] = SMOOTHNESS * second.T @ second + 1e-6 * np.eye(BANDS)
    penalty[BANDS - 2 : BANDS, BANDS - 2 : BANDS] += OLDEST_TOGETHER * np.array([[1, -1], [-1, 1]])
    penalty[range(BANDS, size), range(BANDS, size)] = ridge
    return penalty


def _expected(coefficients, people, beside) -> tuple[np.ndarray, np.ndarray]:
    """(by practice and band, by practice)"""
    beside_age = np.exp(np.clip(beside @ coefficients[BANDS:], -3, 3))
    parts = people * _odds_to_rate(coefficients[:BANDS]) * beside_age[:, None]
    return parts, np.maximum(parts.sum(axis=1), 1e-9)


def _worth(count, mean, away, penalty) -> float:
    """Penalised log likelihood of negative binomial counts, but for a constant."""
    variation = PRACTICE_VARIATION**2
    likelihood = count * np.log(mean) - (count + 1 / variation) * np.log1p(variation * mean)
    return float(likelihood.sum() - away @ penalty @ away / 2)


def _odds_to_rate(odds) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-np.clip(odds, -30, 30)))
