"""The best evidence of where each practice's patients live, as one sparse matrix."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, diags

from .gravity import spread_by_distance, towards_deprivation
from .places import Areas, Practices, near_pairs

REGISTERED, WARD_SHARES, MODELLED = "registered_patients", "ward_shares", "modelled_patients"
DISTANCE, COMMISSIONER = "distance_decay", "commissioner"
# From the best evidence to the least.
METHODS = (REGISTERED, WARD_SHARES, MODELLED, DISTANCE, COMMISSIONER)
MIXED = "mixed"
# An area's figures carry the word of a method when at least this share of its patients came by it.
PREVAILING = 0.9
# A list of which less than this share lives in known wards says too little.
KNOWN_IN_WARDS = 0.5


@dataclass(frozen=True)
class Evidence:
    """What is known beside distance. `registered` and `modelled`: practice, area (codes), patients. `ward_shares`:
    practice, ward (a code that areas have), share of the list. Each may be None."""

    registered: pd.DataFrame | None = None
    ward_shares: pd.DataFrame | None = None
    modelled: pd.DataFrame | None = None


@dataclass(frozen=True)
class Weights:
    """`shares`: shape (practices, areas), every row sums to 1. `method` names how each practice's row came about.

    `by_distance` is the same with nothing but distance (rows of practices without a place empty): what the fall-back
    alone would say.
    """

    shares: csr_matrix
    method: np.ndarray
    by_distance: csr_matrix
    notes: dict[str, int] = field(default_factory=dict)


def attribute_lists(areas: Areas, practices: Practices, evidence: Evidence) -> Weights:
    """Weights of all practices. Raises ValueError when there are no areas or no practice can be placed."""
    if not len(areas):
        raise ValueError("there are no areas")
    pairs = near_pairs(areas, practices)
    gravity = spread_by_distance(areas, practices, pairs)
    if not np.isnan(areas.deprivation).all() and not np.isnan(practices.deprivation).all():
        gravity = towards_deprivation(gravity, areas, practices)
    method = np.full(len(practices), DISTANCE, dtype=object)
    shares = gravity
    for word, table in (
        (MODELLED, _from_registered(evidence.modelled, areas, practices)),
        (WARD_SHARES, _from_wards(evidence.ward_shares, areas, practices, gravity)),
        (REGISTERED, _from_registered(evidence.registered, areas, practices)),
    ):
        if table is not None:
            rows = np.diff(table.indptr) > 0
            shares = _take(rows, table, shares)
            method[rows] = word
    empty = np.diff(shares.indptr) == 0
    notes = {}
    if empty.all():
        raise ValueError("not one practice has a place or a list by area")
    if empty.any():
        shares, notes = _by_commissioner(shares, empty, practices)
        method[empty] = COMMISSIONER
    return Weights(shares, method, gravity, notes)


def area_methods(weights: Weights, patients) -> np.ndarray:
    """The word for each area: of the method by which at least PREVAILING of its patients came, else "mixed"."""
    total = weights.shares.T @ patients
    words = np.full(weights.shares.shape[1], MIXED, dtype=object)
    for method in METHODS:
        part = weights.shares.T @ np.where(weights.method == method, patients, 0.0)
        words[part >= PREVAILING * np.maximum(total, 1e-300)] = method
    return words


def _take(rows, table, otherwise) -> csr_matrix:
    """Rows of `table` where `rows`, of `otherwise` elsewhere."""
    return (diags(rows.astype(float)) @ table + diags((~rows).astype(float)) @ otherwise).tocsr()


def _table(frame, column, codes, practices, figure) -> csr_matrix:
    """A frame of practice, place, figure as a matrix; rows of unknown practices or places are left out."""
    row = pd.Index(practices.code).get_indexer(frame["practice"])
    place = pd.Index(codes).get_indexer(frame[column])
    known = (row >= 0) & (place >= 0)
    values = frame[figure].to_numpy(dtype=float)[known]
    table = csr_matrix((values, (row[known], place[known])), shape=(len(practices), len(codes)))
    table.eliminate_zeros()
    return table


def _scaled(table) -> csr_matrix:
    """Rows that sum to 1; empty ones stay empty."""
    whole = np.asarray(table.sum(axis=1)).ravel()
    return (diags(np.divide(1.0, whole, out=np.zeros(len(whole)), where=whole > 0)) @ table).tocsr()


def _from_registered(frame, areas, practices) -> csr_matrix | None:
    return None if frame is None else _scaled(_table(frame, "area", areas.code, practices, "patients"))


def _from_wards(frame, areas, practices, gravity) -> csr_matrix | None:
    """Published shares by ward; inside a ward as distance has it, and what lives in no known ward likewise.

    Where distance gives a ward nothing, its residents decide. Inside wards distance reproduces the published
    deprivation of practices twice as well as residents do (docs/adr/0013).
    """
    if frame is None:
        return None
    wards = np.unique(frame["ward"])
    known = _table(frame, "ward", wards, practices, "share")
    listed = np.asarray(known.sum(axis=1)).ravel()
    rows = listed >= KNOWN_IN_WARDS
    known = (diags(rows / np.maximum(listed, 1.0)) @ known).tocsr()
    ward_of = pd.Index(wards).get_indexer(areas.ward)
    inside = ward_of >= 0
    member = csr_matrix(
        (np.ones(inside.sum()), (np.flatnonzero(inside), ward_of[inside])), shape=(len(areas), len(wards))
    )
    near = (diags(rows.astype(float)) @ gravity).tocsr()
    outside = near @ diags((~inside).astype(float))
    near = (near @ diags(inside.astype(float))).tocoo()
    in_ward = (near.tocsr() @ member).toarray()[rows]
    asked = known.toarray()[rows]
    reached = in_ward > 1e-9
    place = np.cumsum(rows) - 1
    factor = np.divide(asked, in_ward, out=np.zeros_like(asked), where=reached)
    ward = ward_of[near.col]
    part = csr_matrix((near.data * factor[place[near.row], ward], (near.row, near.col)), shape=gravity.shape)
    residents = csr_matrix(
        (areas.residents[inside], (ward_of[inside], np.flatnonzero(inside))), shape=(len(wards), len(areas))
    )
    unreached = np.zeros((len(practices), len(wards)))
    unreached[rows] = np.where(reached, 0.0, asked)
    elsewhere = diags(np.where(rows, 1.0 - np.asarray(known.sum(axis=1)).ravel(), 0.0)) @ _scaled(outside.tocsr())
    return _scaled((part + csr_matrix(unreached) @ _scaled(residents) + elsewhere).tocsr())


def _by_commissioner(shares, empty, practices) -> tuple[csr_matrix, dict[str, int]]:
    """Practices without any place spread like the others of their sub-ICB location, else ICB, else all England."""
    patients = np.where(empty, 0.0, practices.patients)
    rows, notes = [], {}
    for row in np.flatnonzero(empty):
        what, fellows = _fellows(row, patients, practices)
        rows.append(fellows / fellows.sum())
        note = f"practices without a place, spread like {what}"
        notes[note] = notes.get(note, 0) + 1
    spread = csr_matrix(np.vstack(rows)) @ shares
    index = csr_matrix(
        (np.ones(len(rows)), (np.flatnonzero(empty), np.arange(len(rows)))), shape=(len(empty), len(rows))
    )
    return (shares + index @ spread).tocsr(), notes


def _fellows(row, patients, practices) -> tuple[str, np.ndarray]:
    """The narrowest circle of a practice in which others have a place: its name, and the patients of those."""
    for what, codes in (("their sub-ICB location", practices.sub_icb), ("their ICB", practices.icb)):
        fellows = np.where(codes == codes[row], patients, 0.0)
        if codes[row] and fellows.sum() > 0:
            return what, fellows
    return "the whole country", patients
