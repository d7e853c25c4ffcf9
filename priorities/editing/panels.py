"""What the partials of an editor show: weights, rules and thresholds of a draft as a form has them at the moment."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from priorities.dex.tables.grid import TableScales
from priorities.editing.content import DraftContent
from priorities.editing.edits import Edited
from priorities.editing.fields import Problem
from priorities.editing.indicators import figures_in_force, indicator_words
from priorities.editing.labels import label_of
from priorities.editing.limits import read_limits
from priorities.editing.rule_panel import RuleTable, rule_table
from priorities.editing.rules import TableEdit, read_table
from priorities.editing.threshold_panel import ThresholdInput, threshold_input
from priorities.editing.weight_panel import WeightTable, weight_table
from priorities.rule_conflicts import attribute_key


@dataclass(frozen=True)
class Panels:
    """``weights``, ``rules``, ``thresholds``: the `panel` of their partials, a sequence in pre-order."""

    weights: tuple[WeightTable, ...] = ()
    rules: tuple[RuleTable, ...] = ()
    thresholds: tuple[ThresholdInput, ...] = ()
    problems: tuple[Problem, ...] = field(default=())


def panels(
    content: DraftContent,
    edited: Edited | None = None,
    *,
    tables: Iterable[int] | None = None,
    inputs: Iterable[int] | None = None,
    problems: tuple[Problem, ...] | None = None,
) -> Panels:
    """``content``: the saved draft. ``tables``, ``inputs``: attribute indices to show; None for all.

    ``problems``: what is said beside the fields; default is what could not be read, and for a refused saving
    ``edited.problems_of_saving``.
    """
    if problems is None:
        problems = edited.problems if edited else ()
    messages = {problem.field: problem.message for problem in problems}
    edits = [_table_edit(content, edited, attribute) for attribute in _chosen(content.tables, tables)]
    model = content.model
    weights, rules = [], []
    for edit in edits:
        arguments = [model.attributes[child] for child in edit.attribute.children]
        weights.append(weight_table(model, edit, arguments, messages))
        rules.append(rule_table(model, edit, arguments, messages))
    leaves = _chosen([model.attributes[index] for index in model.inputs], inputs)
    return Panels(tuple(weights), tuple(rules), _thresholds(content, edited, leaves, messages), tuple(problems))


def _chosen(attributes, indices: Iterable[int] | None):
    if indices is None:
        return list(attributes)
    wanted = set(indices)
    return [attribute for attribute in attributes if attribute.index in wanted]


def _table_edit(content: DraftContent, edited: Edited | None, attribute) -> TableEdit:
    if edited and attribute.index in edited.tables:
        return edited.tables[attribute.index]
    accepted = content.accepted_conflicts.get(attribute_key(content.model, attribute), "")
    labels = [label_of(content.model.attributes[child]) for child in attribute.children]
    return read_table(attribute, TableScales.of(content.model, attribute), labels, {}, accepted=accepted)


def _thresholds(content: DraftContent, edited: Edited | None, leaves, messages) -> tuple[ThresholdInput, ...]:
    if not leaves:
        return ()
    known = indicator_words()
    edits = [
        edited.limits[leaf.index]
        if edited and leaf.index in edited.limits
        else read_limits(content, leaf, label_of(leaf), {}, known)
        for leaf in leaves
    ]
    figures = figures_in_force(edit.indicator for edit in edits if edit.indicator in known)
    return tuple(threshold_input(edit, known, figures.get(edit.indicator), messages) for edit in edits)
