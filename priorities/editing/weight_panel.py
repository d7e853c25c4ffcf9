"""Weights of one table as `_weights.html` shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from priorities.dex.model import Attribute, Model
from priorities.dex.tables.consistency import open_rules
from priorities.dex.tables.shifting import weighable
from priorities.dex.tables.weights import linear_picture, regression
from priorities.editing.fields import follow_field, plain, room_field, shown_field, weight_field
from priorities.editing.labels import label_of
from priorities.editing.rules import LARGEST_TABLE, TableEdit
from priorities.editing.weights import ALL, OPEN, first_rises


@dataclass(frozen=True)
class WeightRow:
    """One argument. ``value``: the text of its field; ``before``: whole percent as saved; ``gives``: normalised percent
    that the rules give now; ``begins``: from how many percent up the first rule changes, None where that is no use."""

    field: str
    label: str
    value: str
    before: int
    gives: int
    begins: int | None
    can_move: bool
    is_changed: bool
    problem: str


@dataclass(frozen=True)
class WeightTable:
    """``why_none``: a sentence where the table has no weights; then there are no rows."""

    index: int
    label: str
    rows: tuple[WeightRow, ...]
    why_none: str
    shown_field: str
    shown: str
    room_field: str
    makes_room: bool
    follow_field: str
    follow: tuple[tuple[str, str, bool], ...]
    follow_problem: str
    is_changed: bool
    picture: str


def weight_table(
    model: Model, edit: TableEdit, arguments: Sequence[Attribute], messages: Mapping[str, str]
) -> WeightTable:
    attribute, weights = edit.attribute, edit.weights
    index = attribute.index
    return WeightTable(
        index=index,
        label=label_of(attribute),
        rows=_rows(edit, arguments, messages),
        why_none="" if weights.base else _why_none(edit),
        shown_field=shown_field(index),
        shown=";".join(weights.entered if not weights.problems else map(plain, weights.base or ())),
        room_field=room_field(index),
        makes_room=weights.makes_room,
        follow_field=follow_field(index),
        follow=_follow(edit),
        follow_problem=messages.get(follow_field(index), ""),
        is_changed=weights.is_changed,
        picture=_picture(edit) if weights.base else "",
    )


def _rows(edit: TableEdit, arguments: Sequence[Attribute], messages: Mapping[str, str]) -> tuple[WeightRow, ...]:
    weights = edit.weights
    if weights.base is None:
        return ()
    found = regression(edit.after, edit.scales)
    gives = found.local_normalised(edit.scales)
    begins = _begins(edit)
    rows = []
    for place, (argument, can_move) in enumerate(zip(arguments, weighable(edit.scales), strict=True)):
        name = weight_field(edit.attribute.index, place)
        rows.append(
            WeightRow(
                field=name,
                label=label_of(argument),
                value=weights.entered[place],
                before=weights.base[place],
                gives=round(float(gives[place])),
                begins=begins[place],
                can_move=can_move,
                is_changed=weights.entered[place] != plain(weights.base[place]),
                problem=messages.get(name, ""),
            )
        )
    return tuple(rows)


def _begins(edit: TableEdit) -> tuple[int | None, ...]:
    base = edit.weights.base
    if edit.is_changed or edit.weights.follow != ALL or len(edit.before.rules) > LARGEST_TABLE:
        return (None,) * len(base)
    return first_rises(edit.before, edit.scales, base)


def _follow(edit: TableEdit) -> tuple[tuple[str, str, bool], ...]:
    count = len(open_rules(edit.after))
    left_open = f"Only rules that are left open ({count} of {len(edit.after.rules)})"
    choices = ((ALL, "All rules, as far as the weights move them"), (OPEN, left_open))
    return tuple((value, text, edit.weights.follow == value) for value, text in choices)


def _why_none(edit: TableEdit) -> str:
    if len(edit.scales.sizes) < 2:
        return "There is only one thing to weigh."
    if not edit.scales.is_ordered or sum(weighable(edit.scales)) < 2:
        return "Weights need classes with an order, and this table has fewer than two of those."
    return "The rules do not yet say how much each part counts. Set some rules first."


def _picture(edit: TableEdit) -> str:
    """How well weights describe the rules."""
    if len(edit.after.rules) > LARGEST_TABLE:
        return ""
    share = linear_picture(edit.after, edit.scales).share_within_half
    return "" if share is None else f"Weights alone explain {share:.0%} of the rules; the others are exceptions."
