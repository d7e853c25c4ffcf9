"""Rectangles of a matrix: which to ask for when some legs are missing, and in pieces of which size."""

import numpy as np


def cover(missing: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Few rectangles (row indexes, column indexes) that hold every missing leg of a bool array [from, to].

    Missing legs come in crosses: a new place lacks its whole row and its whole column. So whole rows and columns are
    picked, always the one with the most legs that are still missing (rows first among equals), which gives one
    rectangle of new rows and one of new columns. No rectangle is wider than its missing legs need.
    """
    left = missing.copy()
    rows, columns = [], []
    by_row, by_column = left.sum(axis=1), left.sum(axis=0)
    while by_row.any():
        row, column = int(by_row.argmax()), int(by_column.argmax())
        if by_row[row] >= by_column[column]:
            rows.append(row)
            by_column -= left[row]
            by_row[row], left[row] = 0, False
        else:
            columns.append(column)
            by_row -= left[:, column]
            by_column[column], left[:, column] = 0, False
    return [*_rectangle(missing, rows, None), *_rectangle(_without(missing, rows), None, columns)]


def pieces(rows: np.ndarray, columns: np.ndarray, side: int):
    """The rectangle in pieces of at most `side` rows and columns, of even sizes."""
    for part in _parts(rows, side):
        for other in _parts(columns, side):
            yield part, other


def _parts(indexes, side):
    return np.array_split(indexes, -(-len(indexes) // side)) if len(indexes) else []


def _without(missing, rows):
    rest = missing.copy()
    rest[rows] = False
    return rest


def _rectangle(missing, rows, columns):
    """The picked rows with every column that one of them lacks, or the other way round."""
    if rows is not None:
        rows = np.sort(np.array(rows, dtype=int))
        columns = np.flatnonzero(missing[rows].any(axis=0))
    else:
        columns = np.sort(np.array(columns, dtype=int))
        rows = np.flatnonzero(missing[:, columns].any(axis=1))
    return [(rows, columns)] if len(rows) and len(columns) else []
