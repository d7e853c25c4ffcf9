"""The rules of one table as a form edits them: which are kept, which are set, which are left open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from priorities.dex.model import Attribute, Table
from priorities.dex.tables.consistency import Completeness, completeness, conflicts, open_rules
from priorities.dex.tables.editing import live, with_open_rules, with_rules, with_weights
from priorities.dex.tables.grid import TableScales
from priorities.dex.tables.shifting import reweighted
from priorities.dex.values import Value, format_value, parse_value
from priorities.editing.fields import Problem, accept_field, follow_field, rule_field, weight_field
from priorities.editing.weights import ALL, OPEN, AskedWeights, read_weights, required_percent

# What a rule field holds beside the text of a value.
KEEP, LEAVE_OPEN = "", "open"
# Tables beyond this are edited in their file: a page of a thousand lists helps nobody.
LARGEST_TABLE = 400
LONGEST_REASON = 1_000
# Pairs are listed up to here; a table that contradicts itself this often needs no longer list.
MOST_CONFLICTS = 40
NOTHING_OPEN = "No rule is open, so the weights change nothing. Let all rules follow them, or leave rules open."
NOTHING_MOVES = "No rule changes yet: a rule moves only when the weights move it by at least half a class."


@dataclass(frozen=True)
class TableEdit:
    """One table before and after what a form asks. ``after`` is as before wherever a field has a problem."""

    attribute: Attribute
    scales: TableScales
    after: Table
    weights: AskedWeights
    chosen: Mapping[int, str]
    reason: str = ""
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def before(self) -> Table:
        return self.attribute.function

    @property
    def is_changed(self) -> bool:
        return self.after != self.before

    @cached_property
    def changed(self) -> tuple[int, ...]:
        """Rules that give something else than before."""
        pairs = enumerate(zip(self.before.rules, self.after.rules, strict=True))
        return tuple(index for index, (old, new) in pairs if old.memberships != new.memberships)

    @cached_property
    def conflicts(self) -> tuple[tuple[int, int], ...]:
        """Contradicting pairs of entered rules, the first MOST_CONFLICTS."""
        return tuple(islice(conflicts(self.after, self.scales), MOST_CONFLICTS))

    @cached_property
    def completeness(self) -> Completeness:
        return completeness(self.after, self.scales)

    @property
    def unexplained(self) -> Problem | None:
        """Stands in the way of saving, not of looking: contradicting rules without a reason why they shall stand."""
        if not self.conflicts or self.reason:
            return None
        return Problem(
            accept_field(self.attribute.index),
            "Some rules contradict each other. Correct them, or say why they should be kept; the reviewer will see it.",
        )


def read_table(
    attribute: Attribute,
    scales: TableScales,
    labels: Sequence[str],
    data: Mapping[str, str],
    *,
    accepted: str = "",
) -> TableEdit:
    """Return what ``data`` asks of the table of ``attribute``.

    ``labels``: what the arguments are called. ``accepted``: why contradictions were accepted before. Fields that are
    not in ``data`` change nothing.
    """
    table = attribute.function
    weights = read_weights(attribute, scales, labels, data)
    values, opened, chosen, problems = _read_choices(attribute, data)
    reason = " ".join(data.get(accept_field(attribute.index), accepted).split())
    if len(reason) > LONGEST_REASON:
        message = f"The reason has {len(reason):,} characters; at most {LONGEST_REASON:,} are kept."
        problems.append(Problem(accept_field(attribute.index), message))
    problems = (*weights.problems, *problems)
    after, notes = (table, ()) if problems else _edited(table, scales, weights, values, opened)
    return TableEdit(attribute, scales, after, weights, chosen, reason, notes, problems)


def fields_of(attribute: Attribute, data: Mapping[str, str]) -> bool:
    """Whether the form held anything of this table."""
    index = attribute.index
    singles = (follow_field(index), accept_field(index), weight_field(index, 0), rule_field(index, 0))
    return any(name in data for name in singles) or any(
        rule_field(index, rule) in data for rule in range(min(len(attribute.function.rules), LARGEST_TABLE))
    )


def _read_choices(attribute: Attribute, data: Mapping[str, str]):
    values: dict[int, Value] = {}
    opened: list[int] = []
    chosen: dict[int, str] = {}
    problems: list[Problem] = []
    if len(attribute.function.rules) > LARGEST_TABLE:
        return values, opened, chosen, problems
    for rule in range(len(attribute.function.rules)):
        text = data.get(rule_field(attribute.index, rule), KEEP).strip()
        if text == KEEP:
            continue
        chosen[rule] = text
        if text == LEAVE_OPEN:
            opened.append(rule)
            continue
        try:
            values[rule] = parse_value(text, attribute.size)
        except ValueError as error:
            message = f"Rule {rule + 1} cannot be “{text[:40]}”: {error}. Choose one of the list."
            problems.append(Problem(rule_field(attribute.index, rule), message))
    return values, opened, chosen, problems


def _edited(
    table: Table, scales: TableScales, weights: AskedWeights, values: Mapping[int, Value], opened: Sequence[int]
) -> tuple[Table, tuple[str, ...]]:
    notes: list[str] = []
    before = table
    if weights.is_changed:
        if weights.follow == ALL:
            table = reweighted(table, scales, weights.points)
        if weights.follow == OPEN or table.weights or open_rules(table):
            table = with_weights(table, required_percent(weights.asked, scales)).table
    # A choice that says what stands already is no change: it would only rewrite the notation.
    news = {rule: value for rule, value in values.items() if not _stands(table, rule, value)}
    table = with_rules(table, news).table
    table = with_open_rules(table, opened).table
    if table == before:
        return before, tuple(_silence(weights, table))
    if open_rules(table):
        completed = live(table, scales)
        notes += [f"{note[0].upper()}{note[1:]}." for note in completed.notes]
        table = completed.table
    if table.rules == before.rules:
        notes += _silence(weights, table)
    return table, tuple(notes)


def _silence(weights: AskedWeights, table: Table) -> list[str]:
    """Why weights that were moved have no effect."""
    if not weights.is_changed:
        return []
    return [NOTHING_OPEN if weights.follow == OPEN and not open_rules(table) else NOTHING_MOVES]


def _stands(table: Table, rule: int, value: Value) -> bool:
    return table.entered[rule] and format_value(table.rules[rule]) == format_value(value)
