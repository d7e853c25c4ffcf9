"""What the thresholds of a version would be from the data in force now: a proposal that a person applies, or not."""

import hashlib
import json
import math
from dataclasses import dataclass

import numpy as np

from lsoa.models import Dataset
from priorities.computed_thresholds import specification_of, thresholds_from_data
from priorities.model_versions import thresholds_from_json
from priorities.models import ModelVersion
from priorities.score_inputs import ScoreInputs, read_inputs
from priorities.wording import ATTRIBUTE_LABELS

# Numbers that people read and write have at most ten digits.
SAME = 1e-9


@dataclass(frozen=True)
class ThresholdChange:
    """One input whose classes would begin elsewhere.

    ``before``, ``after``: bounds in the unit of the indicator, None where there are none. ``moved``: areas whose class
    of this input would be another; those without a figure are not counted. ``datasets``: titles of what is read now.
    """

    attribute: str
    label: str
    indicator: str
    before: tuple[float, ...] | None
    after: tuple[float, ...] | None
    method: str
    extent: str
    areas: int
    moved: int
    datasets: tuple[str, ...]


@dataclass(frozen=True)
class ThresholdProposal:
    """``thresholds``: all inputs, in the form of ModelVersion.thresholds; ``changes``: those whose bounds differ.

    ``digest`` names the proposal: whoever applies it gives it back, so that nobody applies what they have not seen.
    """

    thresholds: dict
    changes: tuple[ThresholdChange, ...]
    digest: str

    @property
    def is_empty(self) -> bool:
        return not self.changes


def is_computed(entry: dict) -> bool:
    """Whether bounds came from data, so that other data would give others."""
    return bool(entry.get("percentiles")) or entry.get("method") != "fixed"


def proposal_for(version: ModelVersion) -> ThresholdProposal:
    """Compute the thresholds of a version anew, each the way it was found; nothing is changed.

    Inputs without an indicator are left out. Raises ThresholdsNotComputable.
    """
    inputs = read_inputs(sorted(set(version.inputs.values())))
    specifications = {
        name: specification_of(name, indicator, version.thresholds.get(name))
        for name, indicator in version.inputs.items()
    }
    found = thresholds_from_data(specifications, inputs)
    titles = _titles(found)
    changes = tuple(
        _change(name, version.thresholds.get(name) or {}, entry, inputs, titles)
        for name, entry in found.items()
        if bounds_differ(version.thresholds.get(name) or {}, entry)
    )
    text = json.dumps(found, sort_keys=True)
    return ThresholdProposal(found, changes, hashlib.sha256(text.encode()).hexdigest())


def bounds_differ(before: dict, after: dict) -> bool:
    """Whether classes begin elsewhere, or their edges are softer or harder; the last digits that no form shows apart.

    Raises KeyError, TypeError or ValueError for an entry that cannot be read.
    """
    if before.get("bounds") is None or after.get("bounds") is None:
        return before.get("bounds") is not after.get("bounds")
    first, second = (thresholds_from_json(entry) for entry in (before, after))
    if (first.goes_up, first.descending) != (second.goes_up, second.descending):
        return True
    numbers = zip(first.bounds + first.half_widths, second.bounds + second.half_widths, strict=True)
    return not all(math.isclose(was, now, rel_tol=SAME, abs_tol=SAME) for was, now in numbers)


def _change(name: str, before: dict, after: dict, inputs: ScoreInputs, titles: dict) -> ThresholdChange:
    values = inputs.values[:, inputs.indicators.index(after["indicator"])]
    values = values[~np.isnan(values)]
    known = [thresholds_from_json(entry) if entry.get("bounds") else None for entry in (before, after)]
    if None in known:
        moved = len(values)
    else:
        old, new = (limits.classes(values) for limits in known)
        moved = int((old != new).sum())
    return ThresholdChange(
        attribute=name,
        label=ATTRIBUTE_LABELS.get(name, name),
        indicator=after["indicator"],
        before=tuple(before["bounds"]) if before.get("bounds") else None,
        after=tuple(after["bounds"]) if after.get("bounds") else None,
        method=after["method"],
        extent=after["extent"],
        areas=after["areas"],
        moved=moved,
        datasets=tuple(titles[dataset] for dataset in after["datasets"] if dataset in titles),
    )


def _titles(thresholds: dict) -> dict[str, str]:
    wanted = {dataset for entry in thresholds.values() for dataset in entry["datasets"]}
    return {str(dataset.pk): str(dataset) for dataset in Dataset.objects.filter(pk__in=wanted)}
