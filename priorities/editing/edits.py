"""What a form asks of a draft: read whole, checked, nothing written."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from priorities.dex.tables.grid import TableScales
from priorities.editing.content import DraftContent
from priorities.editing.fields import Problem, indicator_field
from priorities.editing.indicators import indicator_words
from priorities.editing.labels import label_of
from priorities.editing.limits import LimitsEdit, has_fields, read_limits
from priorities.editing.rules import TableEdit, fields_of, read_table
from priorities.rule_conflicts import attribute_key

__all__ = ["Edited", "Problem", "read_edits"]


@dataclass(frozen=True)
class Edited:
    """A draft before and after a form. ``content`` holds what can be used: a table or an input with a problem is as it
    was saved. ``tables`` and ``limits``: what the form held, by attribute index."""

    before: DraftContent
    content: DraftContent
    tables: Mapping[int, TableEdit]
    limits: Mapping[int, LimitsEdit]

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read: neither shown in effect nor saved."""
        parts = [*self.tables.values(), *self.limits.values()]
        return tuple(problem for part in parts for problem in part.problems)

    @cached_property
    def problems_of_saving(self) -> tuple[Problem, ...]:
        """All problems, and contradictions that nobody has given a reason for."""
        return self.problems + tuple(edit.unexplained for edit in self.tables.values() if edit.unexplained)

    @property
    def is_changed(self) -> bool:
        return self.content != self.before


def read_edits(content: DraftContent, data: Mapping[str, str]) -> Edited:
    """Return what ``data`` (a form that was sent) makes of ``content``; fields that are not in it change nothing."""
    model = content.model
    tables = {}
    for attribute in content.tables:
        if fields_of(attribute, data):
            labels = [label_of(model.attributes[child]) for child in attribute.children]
            accepted = content.accepted_conflicts.get(attribute_key(content.model, attribute), "")
            scales = TableScales.of(model, attribute)
            tables[attribute.index] = read_table(attribute, scales, labels, data, accepted=accepted)
    inputs = [model.attributes[index] for index in model.inputs if has_fields(model.attributes[index], data)]
    known = indicator_words() if any(indicator_field(attribute.index) in data for attribute in inputs) else {}
    limits = {
        attribute.index: read_limits(content, attribute, label_of(attribute), data, known) for attribute in inputs
    }
    return Edited(content, _applied(content, tables, limits), tables, limits)


def _applied(content: DraftContent, tables: Mapping[int, TableEdit], limits: Mapping[int, LimitsEdit]) -> DraftContent:
    after = content
    changed = {index: edit.after for index, edit in tables.items() if edit.is_changed}
    if changed:
        after = after.with_tables(changed)
    accepted = dict(content.accepted_conflicts)
    for edit in tables.values():
        name = attribute_key(content.model, edit.attribute)
        accepted.pop(name, None)
        if edit.conflicts and edit.reason:
            accepted[name] = edit.reason
    thresholds, inputs = dict(content.thresholds), dict(content.inputs)
    for edit in limits.values():
        if edit.is_changed:
            thresholds[edit.attribute.name] = edit.stored()
            inputs[edit.attribute.name] = edit.indicator
    if thresholds != content.thresholds:
        # Inputs that have no thresholds yet count as missing; a version keeps an entry for each.
        names = [content.model.attributes[index].name for index in content.model.inputs]
        thresholds = {name: thresholds.get(name, {"bounds": None}) for name in names}
    return replace(after, accepted_conflicts=accepted, thresholds=thresholds, inputs=inputs)
