"""Observed over expected registers (indirect standardisation for age).

What a practice would have on a register if its patients of each age were ill as often as England's. Lists by age are
published monthly, registers yearly: the age structure of the list at hand is scaled to the list of the register's
year, i.e. the structure is taken as unchanged and only the size follows.
"""

import numpy as np
from scipy.sparse import csr_matrix

from .rates import AgeRates


def people_of_year(structure, patients) -> np.ndarray:
    """People by age scaled to lists of `patients`; NaN rows for practices without a structure."""
    structure = np.asarray(structure, dtype=float)
    whole = structure.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(whole > 0, structure * (np.asarray(patients, dtype=float)[:, None] / whole), np.nan)


def expected_registers(shares: csr_matrix, people, patients, counts, rates: list[AgeRates]) -> np.ndarray:
    """Expected registers, shape (practices, registers), in total equal to the observed ones, register by register.

    A practice without a list by age expects per patient what the areas that its patients live in expect of the
    others (all England where those have none). NaN where there is no count.
    """
    people, patients = np.asarray(people, dtype=float), np.asarray(patients, dtype=float)
    known = ~np.isnan(people).any(axis=1)
    own = np.column_stack([rate.expected(np.where(known[:, None], people, 0.0)) for rate in rates])
    expected = own.copy()
    if not known.all():
        size = np.where(known, patients, 0.0)
        whole = shares.T @ size
        with np.errstate(invalid="ignore", divide="ignore"):
            local = (shares.T @ own) / whole[:, None]
        local = np.where(whole[:, None] > 0, local, own.sum(axis=0) / max(size.sum(), 1e-9))
        expected[~known] = patients[~known, None] * (shares[~known] @ local)
    observed = ~np.isnan(counts)
    expected = np.where(observed, expected, np.nan)
    factor = np.where(observed, counts, 0.0).sum(axis=0) / np.where(observed, expected, 0.0).sum(axis=0)
    return expected * factor
