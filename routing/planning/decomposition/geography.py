"""Coordinates of places in which straight lines stand for travel times, from the travel times themselves.

Landmark multidimensional scaling (de Silva and Tenenbaum 2004): rows and columns of two dozen landmarks are enough, so
that a matrix which is worked out when asked is never needed whole.
"""

import numpy as np

LANDMARKS = 24
DIMENSIONS = 3
# Legs beyond so many times the median are barriers rather than distances; taken in full they would flatten the rest.
BARRIER = 10


def coordinates(travel, places: np.ndarray) -> np.ndarray:
    """(len(places), at most 3) floats, in seconds, for indexes of the travel matrix; both directions count alike."""
    places = np.asarray(places)
    if not len(places):
        return np.zeros((0, 1))
    landmarks, rows = _landmarks(travel, places)
    if len(landmarks) < 2:
        return np.zeros((len(places), 1))
    squared = rows**2
    among = squared[:, landmarks]
    among = (among + among.T) / 2
    mean = among.mean(axis=0)
    centred = -(among - mean[:, None] - mean[None, :] + among.mean()) / 2
    values, vectors = np.linalg.eigh(centred)
    kept = [i for i in np.argsort(values)[::-1][:DIMENSIONS] if values[i] > 1e-9 * abs(values).max()]
    if not kept:
        return np.zeros((len(places), 1))
    basis = vectors[:, kept] * np.sign(vectors[np.abs(vectors[:, kept]).argmax(axis=0), kept])  # one sign everywhere
    return -((squared - mean[:, None]).T @ (basis / np.sqrt(values[kept]))) / 2


def _landmarks(travel, places):
    """Places far from each other (positions in `places`), and the mean travel time of both directions from each."""
    found, rows = [], []
    nearest = np.full(len(places), np.inf)
    following = 0
    while len(found) < min(LANDMARKS, len(places)):
        origin = places[following : following + 1]
        there, back = travel[np.ix_(origin, places)][0], travel[np.ix_(places, origin)][:, 0]
        row = (np.asarray(there, dtype=float) + back) / 2
        if len(places) > 1:
            row = np.minimum(row, BARRIER * max(1.0, float(np.median(row))))
        found.append(following)
        rows.append(row)
        nearest = np.minimum(nearest, row)
        nearest[following] = 0
        following = int(nearest.argmax())
        if nearest[following] <= 0:
            break
    return found, np.array(rows)
