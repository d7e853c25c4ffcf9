"""What a draft would change, before anything of it is saved: classes, who moves, equity, how sure.

Everything is computed over all areas of England in memory; nothing is written.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lsoa.catalogue.deprivation import CORE20_DECILE
from priorities import default_model
from priorities.dex.model import Scale
from priorities.model_versions import CompiledVersion
from priorities.models import ModelVersion, PriorityClass
from priorities.preview_evaluation import Outcome, outcome_of
from priorities.preview_inputs import UNKNOWN, Grouping, InForce, PreviewInputs, classes_in_force, preview_inputs


@dataclass(frozen=True)
class Split:
    """Areas by group and class, int64 (groups, classes), after and before; areas without a group are left out."""

    title: str
    names: tuple[str, ...]
    counts: NDArray[np.int64]
    counts_before: NDArray[np.int64]


@dataclass(frozen=True)
class Sureness:
    """`probability`: mean probability of the published class, by class (NaN where a class has no area) and over all;
    `near_boundary`: areas of which another class is the most probable; `is_open`: areas with more than one possible
    class, because figures are missing."""

    by_class: NDArray[np.float64]
    overall: float
    near_boundary: int
    is_open: int


@dataclass(frozen=True)
class Effect:
    """What changes for the areas that were asked about; arrays of areas have one entry per area, ids ascending.

    stamp             names the figures that it was computed from
    classes, before   int8; `before` is UNKNOWN (-1) where an area has no class yet
    steps             int8, classes by which an area becomes more urgent (negative: less)
    order             class indices, the most urgent first
    moves             int64 (classes before, classes after)
    against           what it is compared with, in words
    outdated          why the scores compared with are not of the present data; empty where they are
    """

    stamp: object
    area_ids: NDArray[np.int64]
    indexes: NDArray[np.int64]
    classes: NDArray[np.int8]
    before: NDArray[np.int8]
    steps: NDArray[np.int8]
    labels: tuple[str, ...]
    labels_before: tuple[str, ...]
    order: tuple[int, ...]
    moves: NDArray[np.int64]
    counts: NDArray[np.int64]
    counts_before: NDArray[np.int64]
    by_decile: Split
    by_region: Split
    by_rural_urban: Split
    sureness: Sureness
    sureness_before: Sureness | None
    against: str
    outdated: str = ""

    @property
    def areas(self) -> int:
        return len(self.area_ids)

    @property
    def rose(self) -> int:
        return int((self.steps > 0).sum())

    @property
    def fell(self) -> int:
        return int((self.steps < 0).sum())

    @property
    def moved(self) -> int:
        """Areas with another class than before."""
        return self.rose + self.fell

    @property
    def core20(self) -> NDArray[np.int64]:
        """Core20 areas by class: int64 (2, classes), before and after; empty where classes are not the same."""
        after, before = (
            counts[:CORE20_DECILE].sum(axis=0) for counts in (self.by_decile.counts, self.by_decile.counts_before)
        )
        return np.array([before, after]) if len(before) == len(after) else np.empty((0, 0), dtype=np.int64)

    def changed_rows(self) -> NDArray[np.intp]:
        """Rows of areas that move: most steps first, those that become more urgent before the others."""
        return largest_moves_first(np.flatnonzero(self.steps), self.steps, self.classes)


def largest_moves_first(rows: NDArray[np.intp], steps: NDArray[np.int8], classes: NDArray[np.int8]) -> NDArray[np.intp]:
    """`rows` by steps, those that become more urgent before the others, then by class and row."""
    moved = steps[rows]
    return rows[np.lexsort((rows, -classes[rows], -moved, -np.abs(moved)))]


@dataclass(frozen=True)
class Before:
    """What a draft is held against. `outcome` is missing where only stored classes are known."""

    classes: NDArray[np.int8]
    labels: tuple[str, ...]
    outcome: Outcome | None
    words: str
    outdated: str = ""


def effect_of(version: CompiledVersion, *, against: CompiledVersion | None = None, patch=None) -> Effect:
    """Return the effect of a version (of a draft: compile it) on all areas, or on those of a patch.

    It is held against another version, or else against the scores in force. Raises nothing for missing figures: they
    leave several classes possible, as in scoring.
    """
    indicators = {*version.indicators, *(against.indicators if against else ())}
    inputs = preview_inputs(indicators)
    after = outcome_of(version, inputs.figures, stamp=inputs.stamp)
    before = before_of(against, inputs) if against else _in_force(inputs)
    rows = None
    if patch is not None:
        # The caller has reached the patch through its organisation.
        rows = inputs.rows_of(patch.areas.values_list("pk", flat=True))
    return compare(inputs, after, before, rows)


def moved_between(old: CompiledVersion, new: CompiledVersion) -> int:
    """How many areas have another class by `new` than by `old`, both on the figures of now."""
    return effect_of(new, against=old).moved


def before_of(version: CompiledVersion, inputs: PreviewInputs) -> Before:
    """Return what another version says of the figures of now, to hold a draft against."""
    outcome = outcome_of(version, inputs.figures, stamp=inputs.stamp)
    return Before(outcome.classes, _labels(outcome.scale), outcome, "the version it is compared with")


def _in_force(inputs: PreviewInputs) -> Before:
    stored = classes_in_force(inputs)
    published = stored.run.model_version if stored.run else _published()
    outcome = None
    if published is not None:
        compiled = published.compiled
        inputs = preview_inputs(compiled.indicators)
        outcome = outcome_of(compiled, inputs.figures, stamp=inputs.stamp)
    if stored.run is None and outcome is not None:
        return Before(outcome.classes, _labels(outcome.scale), outcome, str(published))
    words = f"the classes in force ({published})" if stored.run else "nothing: no area has a class yet"
    return Before(stored.classes, tuple(PriorityClass.labels), outcome, words, _outdated(stored))


def _published() -> ModelVersion | None:
    return ModelVersion.objects.national().published().filter(name=default_model.NAME).first()


def _outdated(stored: InForce) -> str:
    return stored.run.outdated_because if stored.run is not None and stored.run.outdated_at else ""


def _labels(scale: Scale) -> tuple[str, ...]:
    return tuple(name.replace("_", " ").capitalize() for name in scale.names)


def compare(inputs: PreviewInputs, after: Outcome, before: Before, rows: NDArray[np.bool_] | None = None) -> Effect:
    """Put two classifications of the same areas side by side, for all areas or those of a mask."""
    rows = np.ones(inputs.count, dtype=bool) if rows is None else rows
    labels, labels_before = _labels(after.scale), before.labels
    classes, old = after.classes[rows], before.classes[rows]
    sizes = (len(labels_before), len(labels))
    known = (old >= 0) & (classes >= 0)

    def split(grouping: Grouping) -> Split:
        groups = grouping.groups[rows]
        return Split(
            grouping.title,
            grouping.names,
            _crossed(groups, classes, (len(grouping.names), sizes[1])),
            _crossed(groups, old, (len(grouping.names), sizes[0])),
        )

    return Effect(
        stamp=inputs.stamp,
        area_ids=inputs.area_ids[rows],
        indexes=inputs.indexes[rows],
        classes=classes,
        before=old,
        steps=np.where(known, _urgency(after.scale)[classes].astype(np.int8) - old, 0).astype(np.int8),
        labels=labels,
        labels_before=labels_before,
        order=after.scale.by_urgency[::-1],
        moves=_crossed(old, classes, sizes),
        counts=np.bincount(classes[classes >= 0], minlength=sizes[1]),
        counts_before=np.bincount(old[old >= 0], minlength=sizes[0]),
        by_decile=split(inputs.deciles),
        by_region=split(inputs.regions),
        by_rural_urban=split(inputs.rural_urban),
        sureness=_sureness(after, rows),
        sureness_before=_sureness(before.outcome, rows) if before.outcome is not None else None,
        against=before.words,
        outdated=before.outdated,
    )


def _urgency(scale: Scale) -> NDArray[np.int8]:
    """Rank of every class of a scale, 0 for the least urgent."""
    ranks = np.empty(scale.size, dtype=np.int8)
    ranks[list(scale.by_urgency)] = np.arange(scale.size)
    return ranks


def _crossed(rows: NDArray, columns: NDArray, shape: tuple[int, int]) -> NDArray[np.int64]:
    """Count pairs; whatever is unknown on one side is left out."""
    known = (rows > UNKNOWN) & (columns > UNKNOWN)
    pairs = rows[known].astype(np.int64) * shape[1] + columns[known]
    return np.bincount(pairs, minlength=shape[0] * shape[1]).reshape(shape)


def _sureness(outcome: Outcome, rows: NDArray[np.bool_]) -> Sureness:
    classes, found = outcome.classes[rows], outcome.confidence
    probability = found.probability[rows]
    counts = np.bincount(classes, minlength=outcome.scale.size)
    sums = np.bincount(classes, weights=probability, minlength=outcome.scale.size)
    with np.errstate(invalid="ignore"):
        by_class = sums / counts
    return Sureness(
        by_class=by_class,
        overall=float(probability.mean()) if len(probability) else float("nan"),
        near_boundary=int(found.near_boundary[rows].sum()),
        is_open=int(outcome.is_open[rows].sum()),
    )
