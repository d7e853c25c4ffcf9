"""Thresholds of one input as a form edits them."""

from collections.abc import Mapping
from dataclasses import dataclass

from priorities.dex.model import Attribute
from priorities.dex.thresholds import Thresholds
from priorities.editing.content import DraftContent
from priorities.editing.fields import (
    Problem,
    Unreadable,
    bound_field,
    direction_field,
    indicator_field,
    number,
    plain,
    soft_field,
    up_field,
)
from priorities.model_versions import thresholds_from_json, thresholds_to_json

RISING, FALLING = "rising", "falling"
ABOVE, BELOW = "above", "below"
BY_HAND = "set by hand"


@dataclass(frozen=True)
class LimitsEdit:
    """Thresholds of one input before and after what a form asks; None where it has none. ``entered``: field name ->
    text, to be shown again. ``after`` is as before wherever a field has a problem."""

    attribute: Attribute
    before: Thresholds | None
    after: Thresholds | None
    indicator_before: str
    indicator: str
    entered: Mapping[str, str]
    record: Mapping
    problems: tuple[Problem, ...] = ()

    @property
    def is_changed(self) -> bool:
        return self.after != self.before or self.indicator != self.indicator_before

    def stored(self) -> dict:
        """As ModelVersion.thresholds keeps it: numbers set by hand say so, and what they were computed from goes."""
        if self.after == self.before and self.indicator == self.indicator_before:
            return dict(self.record)
        numbers = thresholds_to_json(self.after) if self.after else {"bounds": None}
        if self.after == self.before:
            return {**self.record, **numbers, "indicator": self.indicator}
        return {**self.record, **numbers, "indicator": self.indicator, "method": BY_HAND}


def limits_of(content: DraftContent, attribute: Attribute) -> Thresholds | None:
    stored = content.thresholds.get(attribute.name)
    return thresholds_from_json(stored) if stored else None


def read_limits(
    content: DraftContent, attribute: Attribute, label: str, data: Mapping[str, str], known_indicators
) -> LimitsEdit:
    """``label``: what the input is called. ``known_indicators``: their codes. Fields not in ``data`` change nothing."""
    before = limits_of(content, attribute)
    indicator_before = content.inputs.get(attribute.name, "")
    entered = _entered(attribute, before, indicator_before, data)
    problems: list[Problem] = []
    indicator = entered[indicator_field(attribute.index)]
    if indicator != indicator_before and indicator not in known_indicators:
        message = f"{label} needs an indicator of the list; found “{indicator[:40]}”."
        problems.append(Problem(indicator_field(attribute.index), message))
    after = _read_thresholds(attribute, before, label, entered, problems)
    if problems:
        after, indicator = before, indicator_before
    record = content.thresholds.get(attribute.name, {})
    return LimitsEdit(attribute, before, after, indicator_before, indicator, entered, record, tuple(problems))


def has_fields(attribute: Attribute, data: Mapping[str, str]) -> bool:
    return bound_field(attribute.index, 0) in data or indicator_field(attribute.index) in data


def _entered(attribute: Attribute, before: Thresholds | None, indicator: str, data) -> dict[str, str]:
    index, shown = attribute.index, {}
    for bound in range(max(attribute.size - 1, 0)):
        shown[bound_field(index, bound)] = plain(before.bounds[bound]) if before else ""
        shown[soft_field(index, bound)] = plain(before.half_widths[bound]) if before else "0"
        shown[up_field(index, bound)] = BELOW if before and not before.goes_up[bound] else ABOVE
    shown[direction_field(index)] = FALLING if before and before.descending else RISING
    shown[indicator_field(index)] = indicator
    return {name: data.get(name, text).strip() for name, text in shown.items()}


def _read_thresholds(
    attribute: Attribute, before: Thresholds | None, label: str, entered: Mapping[str, str], problems: list[Problem]
) -> Thresholds | None:
    index, count = attribute.index, max(attribute.size - 1, 0)
    texts = [entered[bound_field(index, bound)] for bound in range(count)]
    if before is None and not any(texts):
        return None
    bounds = [_number(bound_field(index, b), f"Bound {b + 1} of {label}", entered, problems) for b in range(count)]
    widths = [
        _number(soft_field(index, b), f"The soft zone of bound {b + 1} of {label}", entered, problems, least=0)
        for b in range(count)
    ]
    choices = {up_field(index, bound): (ABOVE, BELOW) for bound in range(count)}
    choices[direction_field(index)] = (RISING, FALLING)
    for name, allowed in choices.items():
        if entered[name] not in allowed:
            problems.append(Problem(name, f"{label}: choose one of the list; found “{entered[name][:40]}”."))
    for bound in range(1, count):
        low, high = bounds[bound - 1], bounds[bound]
        if None not in (low, high) and high <= low:
            message = f"Bound {bound + 1} of {label} must lie above {low:g}; found {high:g}."
            problems.append(Problem(bound_field(index, bound), message))
    if problems:
        return before
    goes_up = tuple(entered[up_field(index, bound)] == ABOVE for bound in range(count))
    try:
        found = Thresholds(tuple(bounds), tuple(widths), goes_up, entered[direction_field(index)] == FALLING)
    except ValueError as error:
        problems.append(Problem(soft_field(index, 0), f"{label}: {error}."))
        return before
    return before if before == found else found


def _number(name: str, subject: str, entered, problems: list[Problem], least=None) -> float | None:
    try:
        return number(entered[name], least=least)
    except Unreadable as error:
        problems.append(Problem(name, f"{subject} {error}."))
        return None
