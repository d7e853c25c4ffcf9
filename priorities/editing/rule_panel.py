"""The rules of one table as `_rules.html` shows them: a grid, the same in sentences, conflicts in place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from priorities.dex.model import Attribute, Model, ScaleOrder
from priorities.dex.tables.wording import TableWords
from priorities.dex.values import Value, format_value, interval
from priorities.editing.fields import accept_field, rule_field
from priorities.editing.histogram import tone_of
from priorities.editing.labels import class_label, label_of
from priorities.editing.rules import KEEP, LARGEST_TABLE, LEAVE_OPEN, TableEdit
from priorities.wording import ATTRIBUTE_LABELS

# Answers that leave several classes open are offered on scales up to here; their number grows with the square.
CLASSES_WITH_RANGES = 5


@dataclass(frozen=True)
class RuleCell:
    """One rule. ``value`` what it gives in words, ``tone`` its class from 0 to 4 on the common ramp (None where it is
    not one class), ``options`` (group, ((value, text, is selected), ...))."""

    number: int
    field: str
    column: str
    conditions: str
    value: str
    before: str
    tone: int | None
    is_changed: bool
    is_open: bool
    options: tuple[tuple[str, tuple[tuple[str, str, bool], ...]], ...]
    conflicts: tuple[str, ...]
    problem: str


@dataclass(frozen=True)
class RuleRow:
    """Rules that differ in the last argument alone. ``starts``: whether the first condition differs from the row
    above, where a line is drawn."""

    conditions: tuple[str, ...]
    starts: bool
    cells: tuple[RuleCell, ...]


@dataclass(frozen=True)
class RuleTable:
    """``headings``: of the conditions; ``last``: what the columns are classes of, ``columns``: their names."""

    index: int
    label: str
    headings: tuple[str, ...]
    last: str
    columns: tuple[str, ...]
    rows: tuple[RuleRow, ...]
    too_large: str
    count: int
    open: int
    undefined: int
    changed: int
    determined: int
    conflicts: tuple[str, ...]
    accept_field: str
    reason: str
    accept_problem: str
    notes: tuple[str, ...]
    sentences: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def is_consistent(self) -> bool:
        return not self.conflicts


def rule_table(model: Model, edit: TableEdit, arguments: Sequence[Attribute], messages: Mapping[str, str]) -> RuleTable:
    attribute, table = edit.attribute, edit.after
    is_large = len(table.rules) > LARGEST_TABLE
    words = TableWords(model, replace(attribute, function=table), ATTRIBUTE_LABELS)
    before = TableWords(model, attribute, ATTRIBUTE_LABELS)
    conflicts = tuple((first, second, words.conflict(first, second)) for first, second in edit.conflicts)
    accept = accept_field(attribute.index)
    return RuleTable(
        index=attribute.index,
        label=label_of(attribute),
        headings=tuple(label_of(argument) for argument in arguments[:-1]),
        last=label_of(arguments[-1]),
        columns=tuple(class_label(arguments[-1], part) or "Any" for part in range(edit.scales.sizes[-1])),
        rows=() if is_large else _Grid(edit, arguments, (before, words), conflicts, messages).rows(),
        too_large=f"This table has {len(table.rules):,} rules, too many for one page: export the model, change it "
        f"there, and import it again."
        if is_large
        else "",
        count=len(table.rules),
        open=sum(not entered for entered in table.entered),
        undefined=edit.completeness.undefined,
        changed=len(edit.changed),
        determined=round(100 * edit.completeness.determined),
        conflicts=tuple(text for _, _, text in conflicts),
        accept_field=accept,
        reason=edit.reason,
        accept_problem=messages.get(accept, ""),
        notes=edit.notes,
        sentences=() if is_large else words.sentences(),
        problems=tuple(messages[problem.field] for problem in edit.problems if problem.field in messages),
    )


class _Grid:
    """Lays the rules of a table out by the classes of its last argument."""

    def __init__(self, edit: TableEdit, arguments, words, conflicts, messages: Mapping[str, str]):
        self.edit, self.arguments, self.messages = edit, arguments, messages
        self.before, self.words = words
        self.texts: dict[int, list[str]] = {}
        for first, second, text in conflicts:
            self.texts.setdefault(first, []).append(text)
            self.texts.setdefault(second, []).append(text)
        self.changed = set(edit.changed)

    def rows(self) -> tuple[RuleRow, ...]:
        width = self.edit.scales.sizes[-1]
        rows, previous = [], None
        for start in range(0, len(self.edit.after.rules), width):
            parts = self.edit.scales.combination(start)[:-1]
            pairs = zip(self.arguments, parts, strict=False)
            conditions = tuple(class_label(argument, part) or "Any" for argument, part in pairs)
            cells = tuple(self._cell(rule) for rule in range(start, start + width))
            rows.append(RuleRow(conditions, bool(parts) and parts[:1] != previous, cells))
            previous = parts[:1]
        return tuple(rows)

    def _cell(self, rule: int) -> RuleCell:
        edit = self.edit
        value, name = edit.after.rules[rule], rule_field(edit.attribute.index, rule)
        last = self.arguments[-1]
        return RuleCell(
            number=rule + 1,
            field=name,
            column=class_label(last, edit.scales.combination(rule)[-1]) or "Any",
            conditions=self.words.conditions(rule),
            value=_capital(self.words.value(value)),
            before=_capital(self.before.rule_value(rule)) if rule in self.changed else "",
            tone=_tone(edit, value),
            is_changed=rule in self.changed,
            is_open=not edit.after.entered[rule],
            options=self._options(rule),
            conflicts=tuple(self.texts.get(rule, ())),
            problem=self.messages.get(name, ""),
        )

    def _options(self, rule: int):
        edit, attribute = self.edit, self.edit.attribute
        chosen = edit.chosen.get(rule, KEEP)
        value = edit.after.rules[rule]
        kept = _capital(self.words.value(value if chosen == KEEP else edit.before.rules[rule]))
        was_open = not (edit.after if chosen == KEEP else edit.before).entered[rule]
        groups = [("", ((KEEP, f"{kept} (worked out)" if was_open else kept, chosen == KEEP),))]
        classes = [(str(part), class_label(attribute, part), chosen == str(part)) for part in range(attribute.size)]
        groups.append(("Set to", tuple(classes)))
        if attribute.scale.order is not ScaleOrder.UNORDERED and 2 < attribute.size <= CLASSES_WITH_RANGES:
            groups.append(("Set to one of several", tuple(self._ranges(chosen))))
        worked_out = (LEAVE_OPEN, "Work it out from the other rules", chosen == LEAVE_OPEN)
        groups.append(("Or", (worked_out, ("undefined", "Not defined", chosen == "undefined"))))
        return tuple(groups)

    def _ranges(self, chosen: str):
        size = self.edit.attribute.size
        for low in range(size):
            # Any class at all is what an open rule says.
            for high in range(low + 1, min(low + size - 1, size)):
                text = format_value(interval(low, high))
                yield text, _capital(self.words.value(interval(low, high))), chosen == text


def _tone(edit: TableEdit, value: Value) -> int | None:
    """Place of a single class on a ramp of five, from the best to the worst; unordered classes have no colour."""
    scale, classes = edit.attribute.scale, value.classes
    if len(classes) != 1 or scale.order is ScaleOrder.UNORDERED or scale.size < 2:
        return None
    return tone_of(scale.by_urgency.index(classes[0]), scale.size)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
