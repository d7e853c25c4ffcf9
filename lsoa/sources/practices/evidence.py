"""What one publication says about practices, as rows for the loader."""

import numpy as np
import pandas as pd

from lsoa.postcodes import canonical
from lsoa.sources.rows import PracticeRows

from .cells import NO_NETWORK

UNDATED = "undated"
# Older than any day: what an undated file says only fills gaps.
OLDEST = "0000"


def practice_rows(
    frame: pd.DataFrame,
    *,
    code: str,
    as_of: str,
    name: str | None = None,
    postcode: str | None = None,
    area_code: str | None = None,
    lon: str | None = None,
    lat: str | None = None,
    is_active=None,
    details: dict | None = None,
) -> PracticeRows:
    """Rows for the loader from a frame; `code`, `name` ... are its columns, what is not named is not known.

    `is_active` and the columns of `details` hold None where the file does not say; "" means known to be none.
    """
    length = len(frame)

    def text(column, width):
        return frame[column].str.slice(0, width).to_numpy() if column else np.full(length, "", dtype=object)

    def number(column):
        return frame[column].to_numpy(dtype=float) if column else np.full(length, np.nan)

    return PracticeRows(
        line=frame.index.to_numpy(),
        code=frame[code].to_numpy(),
        name=text(name, 150),
        postcode=_postcodes(frame[postcode]) if postcode else text(None, 8),
        lon=number(lon),
        lat=number(lat),
        area_code=text(area_code, 9),
        is_active=np.full(length, None, dtype=object) if is_active is None else is_active,
        details=details,
        as_of=OLDEST if as_of == UNDATED else as_of,
    )


def _postcodes(column: pd.Series) -> np.ndarray:
    """Postcodes with one space, however the file spaces them ("TE1  1ST", "TE11ST"); what is none stays as it is."""
    known = {cell: canonical(cell) or cell[:8] for cell in column.unique()}
    return column.map(known).to_numpy(dtype=object)


def everywhere(frame, value) -> np.ndarray:
    """The same for every row."""
    return np.full(len(frame), value, dtype=object)


def network(frame: pd.DataFrame, code: str, name: str, report) -> dict[str, np.ndarray]:
    """network_code and network_name; "" for practices that are in none ("U", "Unallocated"), which are counted."""
    none = frame[code].str.upper().isin(NO_NETWORK)
    report.note_count("practices in no network", int(none.sum()))
    return {
        "network_code": frame[code].mask(none, "").str.slice(0, 10).to_numpy(),
        "network_name": frame[name].mask(none, "").str.slice(0, 150).to_numpy(),
    }


def or_none(column: pd.Series) -> np.ndarray:
    """Text, None where blank: the file does not say."""
    return column.where(column != "", None).to_numpy(dtype=object)
