"""Why one area has another class than before: two of its scores held against each other, in words.

The same sentences stand on the page, in print and in the API.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from django.utils.translation import get_language, gettext

from lsoa.models import Indicator
from lsoa.reference import reference
from priorities.dex.explanation import InputFact
from priorities.dex.explanation.words import Words
from priorities.dex.model import Attribute
from priorities.explanations import catalogue_of
from priorities.model_versions import ROOT, CompiledVersion
from priorities.models import PriorityScore
from priorities.wording import ATTRIBUTE_LABELS, CHANGES

from .causes import Cause, causes_of_change

PLACES = ("class_before", "class_after", "value_before", "value_after")


@dataclass(frozen=True)
class InputChange:
    """An input whose class differs. `because`: figure, threshold, indicator, added or removed; datasets are ids."""

    attribute: str
    label: str
    indicator: str
    class_before: str
    class_after: str
    value_before: str
    value_after: str
    because: str
    dataset_before: str
    dataset_after: str
    sentence: str


@dataclass(frozen=True)
class ClassChange:
    """From one score of an area to a later one. `rules`: labels of components whose rules judge the same otherwise."""

    before: PriorityScore
    after: PriorityScore
    cause: Cause
    inputs: tuple[InputChange, ...]
    rules: tuple[str, ...]
    sentence: str

    @property
    def is_move(self) -> bool:
        return self.before.priority != self.after.priority

    @property
    def rises(self) -> bool:
        return self.after.priority > self.before.priority

    @property
    def sentences(self) -> tuple[str, ...]:
        """The whole reason: what happened, then one sentence per input and for the rules."""
        rules = [gettext(CHANGES["rules"]).format(labels="; ".join(self.rules))] if self.rules else []
        return (self.sentence, *(each.sentence for each in self.inputs), *rules)

    @property
    def text(self) -> str:
        return " ".join(self.sentences)


def changes_over_time(scores: Sequence[PriorityScore]) -> list[ClassChange]:
    """What changed from score to score of one area; `scores` newest first, read `.with_explanation()`.

    One entry per score but the oldest.
    """
    units = _indicators(scores)
    return [_Comparison(before, after, units).change() for after, before in zip(scores, scores[1:], strict=False)]


def change_before(score: PriorityScore) -> ClassChange | None:
    """What changed from the score before to this one; None for the first score of an area."""
    earlier = PriorityScore.objects.with_explanation().filter(
        area=score.area_id, run__finished_at__lt=score.run.finished_at
    )
    before = earlier.order_by("-run__finished_at").first()
    return why_changed(before, score) if before else None


def why_changed(before: PriorityScore, after: PriorityScore) -> ClassChange:
    """What changed between any two scores of one area, in the order given."""
    return _Comparison(before, after, _indicators([before, after])).change()


def _indicators(scores: Sequence[PriorityScore]) -> dict[str, Indicator]:
    codes = {code for score in scores for code in score.run.model_version.inputs.values()}
    known = reference().public
    return {code: known[code] for code in codes if code in known}


class _Side:
    """One of the two scores, by names of attributes."""

    def __init__(self, score: PriorityScore, indicators: dict[str, Indicator]):
        self.score, self.indicators = score, indicators
        self.version: CompiledVersion = score.run.model_version.compiled
        self.words = Words(self.version.model, None, ATTRIBUTE_LABELS, catalogue_of(get_language()), ROOT)
        self.attributes = {attribute.name: attribute for attribute in self.version.model.attributes}
        self.columns = {
            self.version.model.attributes[index].name: column for column, index in enumerate(self.version.model.inputs)
        }

    def class_of(self, name: str) -> int | None:
        """Index of a class; None where figures are missing and more than one remains possible."""
        index = self.attributes[name].index
        if self.score.node_lows[index] != self.score.node_highs[index]:
            return None
        return self.score.node_classes[index]

    @property
    def published(self) -> str:
        return self.words.class_name(self.version.model.attributes[ROOT], self.score.priority)

    def children(self, name: str) -> list[str]:
        return [self.version.model.attributes[index].name for index in self.attributes[name].children]

    def class_name(self, name: str) -> str:
        found = self.class_of(name) if name in self.attributes else None
        return gettext("not known") if found is None else self.words.class_name(self.attributes[name], found)

    def code(self, name: str) -> str:
        return self.version.indicators[self.columns[name]]

    def value(self, name: str) -> float | None:
        number = self.score.input_values[self.columns[name]]
        return None if math.isnan(number) else number

    def value_text(self, name: str) -> str:
        if name not in self.columns or (number := self.value(name)) is None:
            return gettext("no figure")
        indicator = self.indicators.get(self.code(name))
        unit, decimals = (indicator.unit, indicator.decimals) if indicator else ("", 1)
        return self.words.number(number, InputFact(unit=unit, decimals=decimals))

    def limits(self, name: str):
        return self.version.thresholds[self.columns[name]]

    def dataset(self, name: str) -> str:
        sources = self.score.run.sources
        if name not in self.columns or self.score.source >= len(sources):
            return ""
        return sources[self.score.source]["datasets"].get(self.code(name), "")


class _Comparison:
    def __init__(self, before: PriorityScore, after: PriorityScore, indicators: dict[str, Indicator]):
        self.before, self.after = _Side(before, indicators), _Side(after, indicators)

    def change(self) -> ClassChange:
        cause = self._cause()
        inputs = tuple(self._input(name) for name in self._changed_inputs())
        return ClassChange(
            before=self.before.score,
            after=self.after.score,
            cause=cause,
            inputs=inputs,
            rules=tuple(self._changed_rules()),
            sentence=self._sentence(cause, len(inputs)),
        )

    def _cause(self) -> Cause:
        before, after = self.before, self.after
        values = (np.array([side.score.input_values], dtype=np.float64) for side in (before, after))
        classes = (np.array([side.score.priority]) for side in (before, after))
        return Cause(int(causes_of_change(before.version, after.version, *values, *classes)[0]))

    def _changed_inputs(self) -> list[str]:
        """In tree order of the later model; inputs that it has no more come last."""
        names = list(self.after.columns) + [name for name in self.before.columns if name not in self.after.columns]
        return [name for name in names if self._because(name)]

    def _because(self, name: str) -> str:
        """What moved an input into another class; empty where it did not move."""
        before, after = self.before, self.after
        if name not in before.columns:
            return "added"
        if name not in after.columns:
            return "removed"
        if before.class_of(name) == after.class_of(name):
            return ""
        if before.code(name) != after.code(name):
            return "indicator"
        return "figure" if before.value(name) != after.value(name) else "threshold"

    def _input(self, name: str) -> InputChange:
        before, after, because = self.before, self.after, self._because(name)
        side = after if name in after.columns else before
        change = InputChange(
            attribute=name,
            label=side.words.label(side.attributes[name]),
            indicator=side.code(name),
            class_before=before.class_name(name) if name in before.columns else "",
            class_after=after.class_name(name) if name in after.columns else "",
            value_before=before.value_text(name) if name in before.columns else "",
            value_after=after.value_text(name) if name in after.columns else "",
            because=because,
            dataset_before=before.dataset(name),
            dataset_after=after.dataset(name),
            sentence="",
        )
        places = {field: getattr(change, field) for field in ("label", *PLACES)}
        return replace(change, sentence=gettext(CHANGES[because]).format(**places))

    def _changed_rules(self) -> list[str]:
        """Components that were judged otherwise although everything under them stayed as it was."""
        return [
            self.after.words.label(attribute)
            for attribute in self.after.version.model.attributes
            if attribute.children and self._judged_otherwise(attribute)
        ]

    def _judged_otherwise(self, attribute: Attribute) -> bool:
        before = self.before.attributes.get(attribute.name)
        if before is None or not before.children or self.before.version == self.after.version:
            return False
        children = self.before.children(attribute.name)
        if children != self.after.children(attribute.name):
            return True
        same = all(self.before.class_of(name) == self.after.class_of(name) for name in children)
        return same and self.before.class_of(attribute.name) != self.after.class_of(attribute.name)

    def _sentence(self, cause: Cause, inputs: int) -> str:
        before, after = self.before, self.after
        names = [
            side.words.class_name(side.version.model.attributes[ROOT], side.score.priority) for side in (before, after)
        ]
        old, new = self._versions()
        places = {"before": names[0], "after": names[1], "old": old, "new": new}
        if cause is Cause.NONE:
            return gettext(CHANGES["stayed" if not inputs else "stayed_though"]).format(**places)
        rises = after.score.priority > before.score.priority
        key = f"{cause.stored}_{'rose' if rises else 'fell'}"
        if cause is Cause.DATA and before.version != after.version:
            key += "_new_model"
        return gettext(CHANGES[key]).format(**places)

    def _versions(self) -> tuple[str, str]:
        """Both model versions, by their numbers alone where that is enough."""
        old, new = (side.score.run.model_version for side in (self.before, self.after))
        if old.name != new.name:
            return str(old), str(new)
        numbered = gettext("version {number}")
        return numbered.format(number=old.number), numbered.format(number=new.number)
