"""Differences between two trees: attributes, classes, weights and rules."""

from collections.abc import Iterator

from django.utils.translation import gettext, ngettext

from priorities.dex.model import Attribute, Model, Table
from priorities.dex.tables.grid import TableScales
from priorities.dex.tables.weights import regression
from priorities.dex.tables.wording import TableWords
from priorities.wording import ATTRIBUTE_LABELS

from .lines import DiffLine, Kind, class_name, inside, label, numbers, own_attributes, shortened


def tree_lines(old: Model, new: Model) -> Iterator[DiffLine]:
    """Yield what was added, left out or cut into other classes, then the differences of every table."""
    before, after = own_attributes(old), own_attributes(new)
    for key in after:
        if key not in before:
            text = gettext("%(label)s is new.") % {"label": label(after[key].name)}
            yield DiffLine(Kind.TREE, text, key)
    for key in before:
        if key not in after:
            text = gettext("%(label)s is left out.") % {"label": label(before[key].name)}
            yield DiffLine(Kind.TREE, text, key)
    for key in after:
        if key in before:
            yield from _attribute_lines(key, (old, before[key]), (new, after[key]))


def _attribute_lines(key: str, old: tuple[Model, Attribute], new: tuple[Model, Attribute]) -> Iterator[DiffLine]:
    (old_model, before), (new_model, after) = old, new
    if not _same_scale(before, after):
        details = {"label": label(after.name), "before": _classes(before), "after": _classes(after)}
        text = gettext("Classes of %(label)s: %(before)s → %(after)s.") % details
        yield DiffLine(Kind.TREE, text, key)
    if not isinstance(before.function, Table) or not isinstance(after.function, Table):
        if _cut(before) != _cut(after):
            yield DiffLine(Kind.TREE, gettext("%(label)s is worked out otherwise.") % {"label": label(after.name)}, key)
        return
    if _conditions(old_model, before) != _conditions(new_model, after):
        details = {
            "label": label(after.name),
            "before": f"{len(before.function.rules):,}",
            "after": f"{len(after.function.rules):,}",
        }
        text = gettext("Rules of %(label)s rest on other conditions: %(before)s rules → %(after)s rules.") % details
        yield DiffLine(Kind.RULES, text, key, count=len(after.function.rules))
        return
    yield from _weight_lines(key, old, new)
    if _same_scale(before, after):
        yield from _rule_lines(key, before, new)


def _same_scale(before: Attribute, after: Attribute) -> bool:
    if before.scale is None or after.scale is None:
        return before.scale is after.scale
    return before.scale.same_classes(after.scale)


def _classes(attribute: Attribute) -> str:
    if attribute.scale is None or attribute.scale.continuous:
        return gettext("a number")
    return ", ".join(class_name(attribute, index) for index in range(attribute.scale.size))


def _cut(attribute: Attribute):
    """What a discretisation does, without how it was written."""
    function = attribute.function
    if function is None:
        return None
    return function if isinstance(function, Table) else (function.bounds, function.bound_goes_up, function.values)


def _conditions(model: Model, attribute: Attribute) -> list:
    """Arguments of a table with their classes: what its rules stand on."""
    children = [model.attributes[child] for child in attribute.children]
    return [(child.name, child.scale.names if child.scale else ()) for child in children]


def _weight_lines(key: str, old: tuple[Model, Attribute], new: tuple[Model, Attribute]) -> Iterator[DiffLine]:
    """Weights as the rules express them (local, normalised by the number of classes), in whole percent."""
    (_, before), (new_model, after) = old, new
    shares = [_weights(*side) for side in (old, new)]
    for child, was, now in zip(after.children, *shares, strict=True):
        if round(was) != round(now):
            details = {"argument": inside(new_model.attributes[child].name), "label": label(after.name)}
            details |= {"before": round(was), "after": round(now)}
            text = gettext("Weight of %(argument)s in %(label)s: %(before)s → %(after)s.") % details
            yield DiffLine(Kind.WEIGHT, text, key)
    wanted = [side.function.weights.percent if side.function.weights else None for side in (before, after)]
    if wanted[0] != wanted[1]:
        details = {"label": label(after.name), "before": numbers(wanted[0]), "after": numbers(wanted[1])}
        text = gettext("Weights asked for in %(label)s: %(before)s → %(after)s.") % details
        yield DiffLine(Kind.WEIGHT, text, key)


def _weights(model: Model, attribute: Attribute) -> list[float]:
    scales = TableScales.of(model, attribute)
    return [float(weight) for weight in regression(attribute.function, scales).local_normalised(scales)]


def _rule_lines(key: str, before: Attribute, new: tuple[Model, Attribute]) -> Iterator[DiffLine]:
    model, after = new
    old, now = before.function, after.function
    pairs = enumerate(zip(old.rules, now.rules, strict=True))
    # An interval over the whole scale and "any class" are the same rule, written otherwise.
    changed = [index for index, (was, is_now) in pairs if was.memberships != is_now.memberships]
    if changed:
        words = TableWords(model, after, ATTRIBUTE_LABELS)
        details = [_rule(words, index, old) for index in changed]
        text = ngettext("%(count)s rule of %(label)s changed.", "%(count)s rules of %(label)s changed.", len(changed))
        text %= {"count": f"{len(changed):,}", "label": label(after.name)}
        yield DiffLine(Kind.RULES, text, key, shortened(details), len(changed))
    fixed = sum(now_fixed and not was for was, now_fixed in zip(old.entered, now.entered, strict=True))
    freed = sum(was and not now_fixed for was, now_fixed in zip(old.entered, now.entered, strict=True))
    if fixed or freed:
        text = gettext("In %(label)s, rules set by hand: %(fixed)s more; left to be worked out: %(freed)s more.")
        text %= {"label": label(after.name), "fixed": f"{fixed:,}", "freed": f"{freed:,}"}
        yield DiffLine(Kind.RULES, text, key, count=0)


def _rule(words: TableWords, index: int, old: Table) -> str:
    """For example "clinical need (high) and access barriers (low): elevated → urgent"."""
    return f"{words.conditions(index)}: {words.value(old.rules[index])} → {words.rule_value(index)}"
