"""The parts of a version as its page lists them."""

from dataclasses import dataclass

from django.urls import reverse

from lsoa.models import Indicator
from priorities.dex.minutes import MinutesPolicy
from priorities.dex.tables.consistency import completeness, is_consistent
from priorities.dex.tables.grid import TableScales
from priorities.editing import DraftContent
from priorities.editing.labels import class_label, label_of
from priorities.editing.weights import base_weights
from priorities.explanations import band_of
from priorities.model_versions import ROOT, minutes_from_json, thresholds_from_json
from priorities.models import ModelVersion


@dataclass(frozen=True)
class TableLine:
    label: str
    depth: int
    address: str
    weights: str
    rules: int
    open: int
    determined: int
    is_consistent: bool


@dataclass(frozen=True)
class InputLine:
    label: str
    address: str
    indicator: str
    classes: str
    origin: str
    is_missing: bool


@dataclass(frozen=True)
class MinutesLine:
    label: str
    minutes: int
    review: str


class Overview:
    """``tables`` in pre-order with their depth in the tree, ``inputs``, ``minutes`` (empty while none are set)."""

    def __init__(self, version: ModelVersion):
        self.version = version
        self.content = DraftContent.of(version)
        self.model = self.content.model

    @property
    def tables(self) -> list[TableLine]:
        return [self._table(attribute) for attribute in self.content.tables]

    def _table(self, attribute) -> TableLine:
        scales, table = TableScales.of(self.model, attribute), attribute.function
        weights = base_weights(table, scales)
        labels = [label_of(self.model.attributes[child]) for child in attribute.children]
        listed = [f"{label} {weight}%" for label, weight in zip(labels, weights or (), strict=False)]
        return TableLine(
            label=label_of(attribute),
            depth=min(self._depth(attribute), 6),
            address=reverse("admin:priorities_modelversion_table", args=[self.version.pk, attribute.index]),
            weights=", ".join(listed or labels),
            rules=len(table.rules),
            open=sum(not entered for entered in table.entered),
            determined=round(100 * completeness(table, scales).determined),
            is_consistent=is_consistent(table, scales),
        )

    def _depth(self, attribute) -> int:
        depth = 0
        while attribute.parent is not None:
            depth, attribute = depth + 1, self.model.attributes[attribute.parent]
        return depth

    @property
    def inputs(self) -> list[InputLine]:
        known = Indicator.objects.filter(code__in=self.content.inputs.values()).values_list("code", "name", "unit")
        names, units = {row[0]: row[1] for row in known}, {row[0]: row[2] for row in known}
        lines = []
        for index in self.model.inputs:
            attribute = self.model.attributes[index]
            code = self.content.inputs.get(attribute.name, "")
            stored = self.content.thresholds.get(attribute.name) or {"bounds": None}
            limits = thresholds_from_json(stored)
            unit = units.get(code, "")
            spans = [band_of(limits, k, unit) for k in range(limits.class_count)] if limits else []
            named = [f"{class_label(attribute, k)} {span}" for k, span in enumerate(spans)]
            lines.append(
                InputLine(
                    label=label_of(attribute),
                    address=reverse("admin:priorities_modelversion_input", args=[self.version.pk, index]),
                    indicator=names.get(code, code) or "no indicator",
                    classes="; ".join(named) or "no thresholds",
                    origin=", ".join(filter(None, [stored.get("method", ""), stored.get("extent", "")])),
                    is_missing=not code or limits is None,
                )
            )
        return lines

    @property
    def minutes(self) -> list[MinutesLine]:
        if not self.version.minutes:
            return []
        policy: MinutesPolicy = minutes_from_json(self.version.minutes)
        root = self.model.attributes[ROOT]
        return [
            MinutesLine(class_label(root, index), minutes, _interval(hours))
            for index, (minutes, hours) in enumerate(zip(policy.base, policy.review_hours, strict=True))
        ]

    @property
    def additions(self) -> list[str]:
        if not self.version.minutes:
            return []
        return [self._addition(addition) for addition in minutes_from_json(self.version.minutes).additions]

    def _addition(self, addition) -> str:
        attribute = self.model.find(addition.attribute)
        because = f", {addition.reason}" if addition.reason else ""
        where = f"{label_of(attribute)}: {class_label(attribute, addition.class_index).lower()}"
        return f"{addition.minutes} minutes more for {where}{because}"


def _interval(hours: int) -> str:
    for size, name in ((168, "week"), (24, "day")):
        if hours % size == 0 and hours >= 2 * size:
            return f"every {hours // size} {name}s"
    return f"every {hours} hours"
