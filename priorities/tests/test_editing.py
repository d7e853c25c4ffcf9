"""Reading a form into a draft, for any model and any post: nothing raises, and what is said is done."""

from hypothesis import given, settings
from hypothesis import strategies as st

from priorities.dex.dxi_writer import write_dxi
from priorities.dex.tables.consistency import conflicts, is_consistent
from priorities.dex.tables.grid import TableScales
from priorities.dex.tables.shifting import reweighted, weighable
from priorities.editing import DraftContent, panels, read_edits
from priorities.editing.weights import base_weights, first_rises
from priorities.tests.dex.models import any_models, car_dxi, default_model

TEXTS = st.sampled_from(
    ["", "0", "1", "2", "open", "undefined", "0:1", "{0;1}", "*", "9", "x", "-1", "nan", "50", "33.3", "é"]
)


def content_of(definition):
    return DraftContent(definition, {}, {}, {})


@st.composite
def posts(draw, content):
    names = []
    for attribute in content.tables:
        rules = range(min(len(attribute.function.rules), 12))
        names += [f"rule-{attribute.index}-{rule}" for rule in rules]
        names += [f"weight-{attribute.index}-{place}" for place in range(len(attribute.children))]
        names += [f"{part}-{attribute.index}" for part in ("shown", "room", "follow", "accept")]
    if not names:
        return {}
    return draw(st.dictionaries(st.sampled_from(names), TEXTS | st.sampled_from(["all", "open", "50;50", "a;b"])))


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_any_post_is_read_and_shown(data):
    content = content_of(write_dxi(data.draw(any_models())))
    edited = read_edits(content, data.draw(posts(content)))
    # What cannot be read leaves its table alone; what can is a model that can be written and read again.
    for edit in edited.tables.values():
        if edit.problems:
            assert edit.after == edit.before
    assert edited.content.model.inputs == content.model.inputs
    shown = panels(content, edited, inputs=[])
    assert len(shown.rules) == len(shown.weights) == len(content.tables)


@settings(max_examples=60, deadline=None)
@given(any_models())
def test_an_empty_post_and_the_form_as_it_was_shown_change_nothing(model):
    content = content_of(write_dxi(model))
    assert read_edits(content, {}).content == content
    shown = panels(content, inputs=[])
    sent = {row.field: row.value for table in shown.weights for row in table.rows}
    sent |= {table.shown_field: table.shown for table in shown.weights}
    sent |= {cell.field: "" for table in shown.rules for row in table.rows for cell in row.cells}
    edited = read_edits(content, sent)
    assert not edited.problems and edited.content == content


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_weights_that_move_a_consistent_table_leave_it_consistent(data):
    model = data.draw(any_models() | st.just(default_model()))
    for attribute in content_of(write_dxi(model)).tables:
        scales = TableScales.of(model, attribute)
        places = [place for place, can_move in enumerate(weighable(scales)) if can_move]
        if len(places) < 2 or not is_consistent(attribute.function, scales):
            continue
        points = [0.0] * len(scales.sizes)
        points[places[0]] = data.draw(st.floats(-60, 60))
        points[places[1]] = -points[places[0]]
        after = reweighted(attribute.function, scales, points)
        assert len(after.rules) == len(attribute.function.rules)
        if all(len(rule.classes) == 1 for rule in attribute.function.rules):
            assert not list(conflicts(after, scales))


def test_where_rules_begin_to_change_is_where_they_do():
    model = default_model()
    for attribute in content_of(write_dxi(model)).tables:
        scales = TableScales.of(model, attribute)
        base = base_weights(attribute.function, scales)
        for place, begins in enumerate(first_rises(attribute.function, scales, base)):
            for weight, changes in ((begins, True), (begins - 1, False)):
                content = content_of(write_dxi(model))
                sent = {f"weight-{attribute.index}-{k}": str(part) for k, part in enumerate(base)}
                sent |= {f"weight-{attribute.index}-{place}": str(weight), f"room-{attribute.index}": "on"}
                edit = read_edits(content, sent).tables[attribute.index]
                assert bool(edit.changed) is changes, (attribute.name, place, weight)


def test_the_car_model_fills_open_rules_from_its_weights():
    content = content_of(car_dxi())
    root = content.tables[0]
    asked = read_edits(
        content, {f"rule-{root.index}-{rule}": "open" for rule in (5, 6)} | {f"follow-{root.index}": "open"}
    )
    edit = asked.tables[root.index]
    assert [edit.after.entered[rule] for rule in (5, 6)] == [False, False] and not edit.problems
    assert is_consistent(edit.after, edit.scales)
