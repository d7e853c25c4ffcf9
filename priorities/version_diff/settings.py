"""Differences around the tree: where inputs come from, where their classes begin, how long visits are."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext

from lsoa.models import Indicator
from priorities.dex.minutes import MinutesPolicy
from priorities.dex.model import Model
from priorities.model_versions import ROOT, minutes_from_json, thresholds_from_json
from priorities.models import ModelVersion
from priorities.presenters import review_text
from priorities.threshold_proposals import bounds_differ

from .lines import DiffLine, Kind, class_name, label, numbers


def input_lines(old: ModelVersion, new: ModelVersion) -> Iterator[DiffLine]:
    """Yield inputs that are read from another indicator, then those whose classes begin elsewhere."""
    codes = {*old.inputs.values(), *new.inputs.values()}
    indicators = {row.code: row for row in Indicator.objects.public().filter(code__in=codes)}
    for name in new.inputs:
        was, now = old.inputs.get(name), new.inputs[name]
        if was is not None and was != now:
            before, after = (str(indicators.get(code, code)) for code in (was, now))
            details = {"label": label(name), "before": before, "after": after}
            text = gettext("%(label)s is read from another indicator: %(before)s → %(after)s.") % details
            yield DiffLine(Kind.INDICATOR, text, name)
    for name in new.inputs:
        before, after = (version.thresholds.get(name) or {} for version in (old, new))
        if name in old.inputs and bounds_differ(before, after):
            yield _threshold_line(name, before, after, indicators.get(new.inputs[name]))


def _threshold_line(name: str, before: Mapping, after: Mapping, indicator: Indicator | None) -> DiffLine:
    bounds = [numbers(entry.get("bounds")) for entry in (before, after)]
    unit = indicator.unit if indicator is not None else ""
    unit = f" {unit}" if unit not in ("", "%") else unit
    details = {"label": label(name), "before": bounds[0], "after": bounds[1], "unit": unit}
    if bounds[0] != bounds[1]:
        text = gettext("Bounds of %(label)s: %(before)s → %(after)s%(unit)s.") % details
    else:
        details |= {"before": _softness(before), "after": _softness(after)}
        text = gettext("Soft zones beside the bounds of %(label)s: %(before)s → %(after)s%(unit)s.") % details
    found = [gettext("Found as: %(method)s.") % {"method": _method(after)}] if after.get("method") else []
    return DiffLine(Kind.THRESHOLD, text, name, tuple(found))


def _softness(entry: Mapping) -> str:
    limits = thresholds_from_json({"bounds": None} | dict(entry))
    return numbers(limits.half_widths if limits else None)


def _method(entry: Mapping) -> str:
    extent = f" ({entry['extent']})" if entry.get("extent") and entry["method"] != "fixed" else ""
    return gettext("set by hand") if entry["method"] == "fixed" else f"{entry['method']}{extent}"


def minutes_lines(old: ModelVersion, new: ModelVersion, model: Model) -> Iterator[DiffLine]:
    """Yield differences of the planned minutes; ``model``: that of the new version, for the names of classes."""
    if not old.minutes or not new.minutes:
        if bool(old.minutes) != bool(new.minutes):
            text = gettext("Visit minutes are set.") if new.minutes else gettext("Visit minutes are no longer set.")
            yield DiffLine(Kind.MINUTES, text)
        return
    before, after = minutes_from_json(old.minutes), minutes_from_json(new.minutes)
    root = model.attributes[ROOT]
    for index, (was, now) in enumerate(zip(before.base, after.base, strict=False)):
        if was != now:
            text = gettext("Visits to areas of class %(class)s: %(before)s → %(after)s minutes.")
            yield DiffLine(Kind.MINUTES, text % {"class": class_name(root, index), "before": was, "after": now})
    for index, (was, now) in enumerate(zip(before.review_hours, after.review_hours, strict=False)):
        if was != now:
            text = gettext("Review of areas of class %(class)s: %(before)s → %(after)s.")
            details = {"class": class_name(root, index), "before": review_text(was), "after": review_text(now)}
            yield DiffLine(Kind.MINUTES, text % details)
    yield from _addition_lines(before, after, model)
    yield from _rounding_lines(before, after)


def _addition_lines(before: MinutesPolicy, after: MinutesPolicy, model: Model) -> Iterator[DiffLine]:
    old, new = (
        {(addition.attribute, addition.class_index): addition.minutes for addition in policy.additions}
        for policy in (before, after)
    )
    for attribute, index in dict.fromkeys([*old, *new]):
        was, now = old.get((attribute, index), 0), new.get((attribute, index), 0)
        if was != now:
            named = {part.name: part for part in model.attributes}
            where = class_name(named[attribute], index) if attribute in named else str(index)
            text = gettext("Minutes added where %(label)s is %(class)s: %(before)s → %(after)s.")
            details = {"label": label(attribute), "class": where, "before": was, "after": now}
            yield DiffLine(Kind.MINUTES, text % details, attribute)


def _rounding_lines(before: MinutesPolicy, after: MinutesPolicy) -> Iterator[DiffLine]:
    names = {
        "first_visit": gettext("Minutes added for a first visit: %(before)s → %(after)s."),
        "round_to": gettext("Minutes are rounded to: %(before)s → %(after)s."),
        "floor": gettext("Shortest visit: %(before)s → %(after)s minutes."),
        "ceiling": gettext("Longest visit: %(before)s → %(after)s minutes."),
    }
    for name, text in names.items():
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            yield DiffLine(Kind.MINUTES, text % {"before": was, "after": now})
