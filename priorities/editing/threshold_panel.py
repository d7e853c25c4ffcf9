"""Thresholds of one input as `_thresholds.html` shows them."""

from collections.abc import Mapping
from dataclasses import dataclass

from numpy import float64
from numpy.typing import NDArray

from priorities.editing.fields import bound_field, direction_field, indicator_field, plain, soft_field, up_field
from priorities.editing.histogram import Histogram, histogram
from priorities.editing.indicators import IndicatorWords
from priorities.editing.labels import class_label, label_of
from priorities.editing.limits import ABOVE, BELOW, FALLING, RISING, LimitsEdit
from priorities.explanations import band_of

NO_BOUNDS_YET = "No bounds yet, so this input counts as missing; saving sets them from the figures of the indicator"


@dataclass(frozen=True)
class BoundRow:
    """One bound. ``between``: the classes on both sides, the lower numbers first; ``before``: as saved, "" where equal
    or none."""

    number: int
    between: str
    field: str
    value: str
    before: str
    problem: str
    soft_field: str
    soft: str
    soft_problem: str
    up_field: str
    sides: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True)
class ThresholdInput:
    index: int
    label: str
    unit: str
    indicator_field: str
    indicator: str
    indicator_problem: str
    indicators: tuple[tuple[str, str, bool], ...]
    direction_field: str
    directions: tuple[tuple[str, str, bool], ...]
    direction_problem: str
    bounds: tuple[BoundRow, ...]
    histogram: Histogram | None
    source: str
    is_changed: bool


def threshold_input(
    edit: LimitsEdit,
    known: Mapping[str, IndicatorWords],
    figures: tuple[NDArray[float64], int] | None,
    messages: Mapping[str, str],
) -> ThresholdInput:
    """``figures``: of the indicator, and how many areas have none; None without an indicator."""
    attribute = edit.attribute
    index = attribute.index
    names = [class_label(attribute, part) for part in range(attribute.size)]
    words = known.get(edit.indicator)
    unit = words.unit if words else ""
    bands = [band_of(edit.after, part, unit) for part in range(edit.after.class_count)] if edit.after else []
    found = histogram(*figures, edit.after, edit.before, names, bands) if figures else None
    direction = edit.entered[direction_field(index)]
    directions = ((RISING, f"Higher figures: {names[-1]}"), (FALLING, f"Lower figures: {names[-1]}")) if names else ()
    return ThresholdInput(
        index=index,
        label=label_of(attribute),
        unit=unit,
        indicator_field=indicator_field(index),
        indicator=words.name if words else "",
        indicator_problem=messages.get(indicator_field(index), ""),
        indicators=_choices(edit, known),
        direction_field=direction_field(index),
        directions=tuple((value, text, value == direction) for value, text in directions),
        direction_problem=messages.get(direction_field(index), ""),
        bounds=_bounds(edit, names, direction == FALLING, messages),
        histogram=found,
        source=_source(edit),
        is_changed=edit.is_changed,
    )


def _bounds(edit: LimitsEdit, names, is_falling: bool, messages: Mapping[str, str]) -> tuple[BoundRow, ...]:
    index, rows = edit.attribute.index, []
    along = names[::-1] if is_falling else names
    for bound in range(max(len(names) - 1, 0)):
        name, soft, side = bound_field(index, bound), soft_field(index, bound), up_field(index, bound)
        before = plain(edit.before.bounds[bound]) if edit.before else ""
        sides = ((ABOVE, along[bound + 1]), (BELOW, along[bound]))
        rows.append(
            BoundRow(
                number=bound + 1,
                between=f"{along[bound]} and {along[bound + 1].lower()}",
                field=name,
                value=edit.entered[name],
                before="" if before == edit.entered[name] else before,
                problem=messages.get(name, ""),
                soft_field=soft,
                soft=edit.entered[soft],
                soft_problem=messages.get(soft, ""),
                up_field=side,
                sides=tuple((value, text, edit.entered[side] == value) for value, text in sides),
            )
        )
    return tuple(rows)


def _choices(edit: LimitsEdit, known: Mapping[str, IndicatorWords]) -> tuple[tuple[str, str, bool], ...]:
    chosen = edit.entered[indicator_field(edit.attribute.index)]
    choices = [(words.code, f"{words.name} ({words.unit})", words.code == chosen) for words in known.values()]
    if chosen not in known:
        choices.insert(0, (chosen, f"{chosen} (not loaded)" if chosen else "Choose an indicator", True))
    return tuple(choices)


def _source(edit: LimitsEdit) -> str:
    """How the bounds were found, from the record that is stored with them."""
    method, extent = edit.record.get("method", ""), edit.record.get("extent", "")
    if edit.after != edit.before or not method:
        return "Set by hand" if edit.after else NO_BOUNDS_YET
    return f"{method[0].upper()}{method[1:]}{f' ({extent})' if extent else ''}"
