"""The values of a map: one byte per area by index, kept per theme, filters and state of the data."""

from hashlib import sha256

import numpy as np
from django.core.cache import cache

from lsoa.packed import Packed, pack

from . import themes, visit_theme
from .query import PriorityQuery
from .selection import REMEMBERED_SECONDS, Selection


def values_version(query: PriorityQuery, selection: Selection) -> str:
    """Names the values: changes with data, scores and patches, and with what the query asks for."""
    owner = selection.organisation if query.theme in visit_theme.SPANS else selection.owner
    wanted = f"{owner and owner.pk} {query.for_theme()}"
    if query.theme in visit_theme.SPANS:
        wanted += visit_theme.PlannedVisits(query, selection).version
    return f"{selection.version}-{sha256(wanted.encode()).hexdigest()[:16]}"


def _seconds(query, selection) -> int:
    return REMEMBERED_SECONDS if query.theme in visit_theme.SPANS else selection.seconds(query)


def theme_values(query: PriorityQuery, selection: Selection) -> np.ndarray:
    """uint8 (areas,): class of the theme, FILTERED_OUT outside the filters, NO_DATA without a figure."""
    key = f"theme:{values_version(query, selection)}"
    data = cache.get_or_set(key, lambda: _values(query, selection).tobytes(), _seconds(query, selection))
    return np.frombuffer(data, dtype=np.uint8)


def packed_values(query: PriorityQuery, selection: Selection) -> Packed:
    """The same, compressed for the browser."""
    key = f"theme-packed:{values_version(query, selection)}"
    return cache.get_or_set(key, lambda: pack(theme_values(query, selection).tobytes()), _seconds(query, selection))


def _values(query, selection) -> np.ndarray:
    shown = themes.theme(query.theme)
    planned = visit_theme.PlannedVisits(query, selection) if shown.kind == "visits" else None
    values = planned.classes() if planned else themes.classes(shown)
    if query.is_filtered or selection.patch:
        inside = np.zeros(len(values), dtype=bool)
        inside[selection.indexes()] = True
        values[~inside] = themes.FILTERED_OUT
    return values
