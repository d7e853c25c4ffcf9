"""Two runs held against each other: which areas moved, by how much, and why."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.db.models import Count, F, FilteredRelation, Q, QuerySet
from django.db.models.functions import Abs
from numpy.typing import NDArray

from priorities.models import PriorityClass, PriorityScore, ScoreRun
from priorities.wording import attribute_label

from .causes import Cause, causes_of_change, changed_inputs, known_nodes

# Columns that say what an area was judged by.
JUDGED = ("input_values", "node_classes", "node_lows", "node_highs")


@dataclass(frozen=True)
class MovedInput:
    """An input that has another class in `areas` of the areas that moved."""

    attribute: str
    label: str
    areas: int


class RunComparison:
    """`before` and `after` over the areas that both have scored; with `patch` (reached through its organisation) only
    those of it. Nothing is read before it is asked for."""

    def __init__(self, before: ScoreRun, after: ScoreRun, *, patch=None):
        self.before, self.after, self.patch = before, after, patch

    def _scores(self, run: ScoreRun) -> QuerySet:
        scores = PriorityScore.objects.filter(run=run)
        return scores.for_patch(self.patch) if self.patch else scores

    @property
    def _both(self) -> QuerySet:
        """Scores of `after` with `before_priority`, where `before` has scored the area too."""
        earlier = FilteredRelation("area__scores", condition=Q(area__scores__run=self.before))
        scores = self._scores(self.after).annotate(earlier=earlier, before_priority=F("earlier__priority"))
        return scores.filter(before_priority__isnull=False)

    @cached_property
    def moves(self) -> NDArray[np.int64]:
        """Areas by class [before, after]."""
        matrix = np.zeros((len(PriorityClass),) * 2, dtype=np.int64)
        rows = self._both.order_by().values("before_priority", "priority").annotate(areas=Count("pk"))
        for row in rows:
            matrix[row["before_priority"], row["priority"]] = row["areas"]
        return matrix

    @property
    def areas(self) -> int:
        return int(self.moves.sum())

    @property
    def same(self) -> int:
        return int(np.trace(self.moves))

    @property
    def rose(self) -> int:
        return int(np.triu(self.moves, 1).sum())

    @property
    def fell(self) -> int:
        return int(np.tril(self.moves, -1).sum())

    @property
    def moved(self) -> int:
        return self.rose + self.fell

    @cached_property
    def only_before(self) -> int:
        return self._scores(self.before).count() - self.areas

    @cached_property
    def only_after(self) -> int:
        return self._scores(self.after).count() - self.areas

    def moved_scores(self, *, direction: str = "") -> QuerySet:
        """Scores of `after` whose class differs, annotated with `before_priority`; the largest steps first, those that
        rose before those that fell. `direction`: "rose", "fell", or both."""
        scores = self._both.exclude(before_priority=F("priority")).annotate(steps=F("priority") - F("before_priority"))
        if direction == "rose":
            scores = scores.filter(steps__gt=0)
        elif direction == "fell":
            scores = scores.filter(steps__lt=0)
        return scores.order_by(Abs("steps").desc(), F("steps").desc(), "area__code")

    @cached_property
    def _judged(self) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
        """What the areas that moved were judged by in each run: arrays by column, in one order of areas."""
        moved = self.moved_scores().order_by("area_id")
        columns = [*JUDGED, "priority"]
        names = [*columns, *(f"earlier__{name}" for name in columns)]
        rows = list(moved.values_list(*names))
        sides = [list(zip(*rows, strict=True))[start : start + len(columns)] for start in (0, len(columns))]
        after, before = ({name: np.array(side[k]) for k, name in enumerate(columns)} for side in sides)
        return before, after

    @cached_property
    def causes(self) -> dict[str, int]:
        """Areas that moved because of the "model", the "data", or "both"."""
        counts = {cause.stored: 0 for cause in Cause if cause is not Cause.NONE}
        if not self.moved:
            return counts
        before, after = self._judged
        old, new = self.before.model_version.compiled, self.after.model_version.compiled
        values = [side["input_values"].astype(np.float64) for side in (before, after)]
        found = causes_of_change(old, new, *values, before["priority"], after["priority"])
        return counts | dict(Counter(Cause(int(cause)).stored for cause in found))

    @cached_property
    def moved_inputs(self) -> list[MovedInput]:
        """Inputs that have another class in areas that moved, the most frequent first."""
        if not self.moved:
            return []
        before, after = self._judged
        old, new = self.before.model_version.compiled, self.after.model_version.compiled
        nodes = [known_nodes(side["node_classes"], side["node_lows"], side["node_highs"]) for side in (before, after)]
        counts = changed_inputs(old, new, *nodes).sum(axis=0)
        names = [new.model.attributes[index].name for index in new.model.inputs]
        found = [
            MovedInput(name, attribute_label(name), int(count))
            for name, count in zip(names, counts, strict=True)
            if count
        ]
        return sorted(found, key=lambda each: -each.areas)


def compare_runs(before: ScoreRun, after: ScoreRun, *, patch=None) -> RunComparison:
    return RunComparison(before, after, patch=patch)
