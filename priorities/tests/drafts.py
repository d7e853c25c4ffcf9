"""Edits of models for tests: what an editor would do with the tree, in one line each."""

from dataclasses import replace

from priorities.dex.dxi import read_dxi
from priorities.dex.dxi_writer import write_dxi
from priorities.dex.tables.editing import with_open_rules, with_rules
from priorities.dex.values import UNDEFINED, single

# CLINICAL_NEED of the default model is 012122223: its last rule is the worst, its first the best.
WORST_RULE, BEST_RULE = 8, 0


def edited(definition: str, attribute: str, **rules: int) -> str:
    """The definition with rules of a table entered: `edited(text, "CLINICAL_NEED", r8=0)`."""
    return _with_table(definition, attribute, lambda table: with_rules(table, _values(rules)).table)


def opened(definition: str, attribute: str, *indices: int) -> str:
    return _with_table(definition, attribute, lambda table: with_open_rules(table, indices).table)


def undefined(definition: str, attribute: str, index: int) -> str:
    return _with_table(definition, attribute, lambda table: with_rules(table, {index: UNDEFINED}).table)


def contradicting(definition: str) -> str:
    """The worst clinical conditions give the lowest need: in conflict with every other rule that gives more."""
    return edited(definition, "CLINICAL_NEED", **{f"r{WORST_RULE}": 0})


def _values(rules: dict) -> dict:
    return {int(name[1:]): single(index) for name, index in rules.items()}


def _with_table(definition: str, name: str, edit) -> str:
    model = read_dxi(definition)
    attribute = model.find(name)
    changed = replace(attribute, function=edit(attribute.function))
    attributes = tuple(changed if part.index == attribute.index else part for part in model.attributes)
    return write_dxi(replace(model, attributes=attributes))
