"""The writer loses nothing: files are written as they were read, changed models in the form of their file."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from priorities.dex.dxi import DxiError, read_dxi
from priorities.dex.dxi_writer import write_dxi
from priorities.dex.model import Attribute, Model, Option, OptionNotation, Scale, ScaleClass, ScaleOrder, Table
from priorities.dex.values import UNDEFINED, Value, ValueKind, full, interval, single
from priorities.dex.xml_tree import parse_xml
from priorities.tests.dex.dxi_files import TEXTS, model_files
from priorities.tests.dex.models import DEFAULT_MODEL_FILE, attribute, dxi, function, models, rule_values

MANY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def written_and_read(model: Model) -> Model:
    return read_dxi(write_dxi(model))


@MANY
@given(model_files())
def test_a_file_is_written_as_it_was_read(text):
    model = read_dxi(text)
    assert write_dxi(model) == text
    assert read_dxi(write_dxi(model)) == model


@MANY
@given(model_files())
def test_a_model_without_its_file_loses_only_what_is_not_known(text):
    model = read_dxi(text)
    bare = replace(model, source=None, attributes=tuple(replace(a, source=None) for a in model.attributes))
    assert written_and_read(bare) == model


@MANY
@given(models(), TEXTS)
def test_a_model_that_was_never_a_file_can_be_written(model, text):
    model = replace(model, name=text, settings=(("LINKING", "True"),) if model.linking else ())
    assert written_and_read(model) == model


@MANY
@given(model_files(), st.data())
def test_changes_are_written_and_everything_else_stays(text, data):
    model = read_dxi(text)
    tables = [a for a in model.attributes if isinstance(a.function, Table)]
    index = data.draw(st.sampled_from(tables or model.attributes)).index
    node = model.attributes[index]
    if isinstance(node.function, Table):
        crisp = data.draw(st.booleans())
        rules = tuple(data.draw(rule_values(node.size, crisp=crisp)) for _ in node.function.rules)
        node = replace(node, function=replace(node.function, rules=rules, cached=()))
    node = replace(node, description=data.draw(TEXTS))
    changed = replace(
        model, attributes=(*model.attributes[:index], node, *model.attributes[index + 1 :]), name=data.draw(TEXTS)
    )
    written = write_dxi(changed)
    assert read_dxi(written) == changed
    for tag in ("REPORTS", "NOTE", "SETTINGS"):
        before, after = ([child.tag for child in parse_xml(t).all(tag)] for t in (text, written))
        assert before == after


def test_the_default_model_is_written_in_its_form():
    text = DEFAULT_MODEL_FILE.read_text()
    assert parse_xml(write_dxi(read_dxi(text))).same_as(parse_xml(text))


STYLED = """<?xml version="1.0" encoding="UTF-8"?>
<!-- made by hand -->
<?note here?>
<DEXi><NAME>Mine</NAME>
\t<ATTRIBUTE>

\t\t<NAME>R</NAME><!-- the root -->
\t\t<SCALE><SCALEVALUE><NAME>a &lt; b</NAME></SCALEVALUE> <SCALEVALUE><NAME>c</NAME></SCALEVALUE></SCALE>
\t\t<FUNCTION><LOW>01</LOW></FUNCTION>
\t\t<ATTRIBUTE><NAME>A</NAME>
\t\t\t<SCALE><SCALEVALUE><NAME>x</NAME></SCALEVALUE><SCALEVALUE><NAME>y</NAME></SCALEVALUE></SCALE></ATTRIBUTE>
\t</ATTRIBUTE>
</DEXi>
<!-- end -->
"""


def test_the_layout_of_a_file_is_kept():
    assert write_dxi(read_dxi(STYLED)) == STYLED
    assert changed_rules(STYLED, single(1), single(1)) == STYLED.replace("<LOW>01<", "<LOW>11<")
    description = replace(read_dxi(STYLED).attributes[0], description="first")
    written = write_dxi(replace(read_dxi(STYLED), attributes=(description, read_dxi(STYLED).attributes[1])))
    new = "\n\n\t\t<DESCRIPTION>first</DESCRIPTION>"
    assert written == STYLED.replace("<NAME>R</NAME>", f"<NAME>R</NAME>{new}")


def changed_rules(text: str, *rules: Value) -> str:
    model = read_dxi(text)
    root = model.attributes[0]
    root = replace(root, function=replace(root.function, rules=rules))
    written = write_dxi(replace(model, attributes=(root, *model.attributes[1:])))
    assert read_dxi(written).attributes[0].function.rules == rules
    return written


CACHE = "<LOCWEIGHTS>100.00</LOCWEIGHTS>"


def test_a_function_stays_a_function_and_keeps_what_is_unknown():
    text = dxi(attribute("R", function("012", "<NOTE>kept</NOTE><CONSIST>1</CONSIST>" + CACHE), attribute("A")))
    written = changed_rules(text, single(0), interval(0, 2), single(2))
    assert "<LOW>002</LOW>" in written and "<HIGH>022</HIGH>" in written and "<TABLE" not in written
    assert "<NOTE>kept</NOTE>" in written and "<CONSIST>1</CONSIST>" in written
    assert "LOCWEIGHTS" not in written, "weights computed from other rules"


def test_a_function_becomes_a_table_for_what_it_cannot_hold():
    text = dxi(attribute("R", function("012", "<WEIGHTS>100</WEIGHTS><NOTE/>"), attribute("A")))
    spread = Value(ValueKind.DISTRIBUTION, ((0, 0.25), (2, 0.75)))
    written = changed_rules(text, UNDEFINED, spread, full(3))
    assert '<RULE Args="1">&lt;0:0.25;2:0.75&gt;</RULE>' in written
    assert "<FUNCTION" not in written and "<WEIGHTS>100</WEIGHTS>" in written and "<NOTE/>" in written


def test_old_rule_texts_stay_rule_texts():
    rules = "<RULE>2=1</RULE><RULE>1:1-3</RULE><RULE>3=*</RULE>"
    text = dxi(attribute("R", f"<FUNCTION>{rules}</FUNCTION>", attribute("A")))
    table = read_dxi(text).attributes[0].function
    assert table.rules == (interval(0, 2), single(0), full(3)) and table.entered == (False, True, True)
    written = changed_rules(text, single(2), single(0), UNDEFINED)
    assert [f"<RULE>{rule}</RULE>" in written for rule in ("1:3", "2=1", "3=_")] == [True] * 3
    assert "<TABLE" in changed_rules(text, single(2), single(0), Value(ValueKind.SET, ((0, 1), (2, 1))))


def test_old_rule_texts_in_one_text():
    model = read_dxi(dxi(attribute("R", "<FUNCTION>\n 1=3\n 2=_\n 3:*\n</FUNCTION>", attribute("A"))))
    assert [rule.kind for rule in model.attributes[0].function.rules] == [
        ValueKind.CLASS,
        ValueKind.UNDEFINED,
        ValueKind.FULL,
    ]
    assert written_and_read(model) == model


def test_a_scale_can_change_and_keeps_the_unknown_of_its_classes():
    values = "<SCALEVALUE><NAME>c0</NAME><ICON>x</ICON></SCALEVALUE><SCALEVALUE><NAME>c1</NAME></SCALEVALUE>"
    model = read_dxi(dxi(attribute("A", scale=f"<SCALE><NAME>mine</NAME>{values}</SCALE>")))
    scale = model.attributes[0].scale
    scale = replace(scale, order=ScaleOrder.DESCENDING, classes=(*scale.classes, ScaleClass("c2", colour="00FF00")))
    changed = replace(model, attributes=(replace(model.attributes[0], scale=scale),))
    written = write_dxi(changed)
    assert read_dxi(written) == changed
    assert "<ICON>x</ICON>" in written and "<NAME>mine</NAME>" in written and "<ORDER>DESC</ORDER>" in written


@pytest.mark.parametrize("text", ["True", "1", "False", None])
@pytest.mark.parametrize("linking", [True, False])
def test_linking_can_be_turned_on_and_off(text, linking):
    settings = "<FONTSIZE>8</FONTSIZE>" + (f"<LINKING>{text}</LINKING>" if text else "")
    model = replace(read_dxi(dxi(attribute("A"), settings=settings)), linking=linking)
    written = write_dxi(model)
    assert read_dxi(written).linking is linking and "<FONTSIZE>8</FONTSIZE>" in written


def test_linking_beside_the_settings_of_the_oldest_files():
    text = dxi(attribute("A")).replace("<SETTINGS>", "<LINKING>True</LINKING><SETTINGS>")
    model = read_dxi(text)
    assert model.linking and parse_xml(write_dxi(model)).same_as(parse_xml(text))
    assert not written_and_read(replace(model, linking=False)).linking


def test_options_can_be_added_in_either_notation():
    model = read_dxi(dxi(attribute("A")))
    options = (
        Option("old", values=("02",), notation=OptionNotation.OLD),
        Option("new", "described", ("{0;2}",), notations=(OptionNotation.NEW,)),
    )
    written = write_dxi(replace(model, options=options))
    assert "<OPTION>02</OPTION>" in written and "<ALTERNATIVE>{0;2}</ALTERNATIVE>" in written
    assert [(o.name, o.description, o.values) for o in read_dxi(written).options] == [
        ("old", "", ("02",)),
        ("new", "described", ("{0;2}",)),
    ]


def test_options_that_do_not_fit_the_attributes_are_refused():
    model = read_dxi(dxi(attribute("A")))
    with pytest.raises(DxiError, match="2 values for 1 attributes"):
        write_dxi(replace(model, options=(Option("x", values=("0", "1")),)))


def test_attributes_of_several_models_can_be_joined():
    first, second = (read_dxi(dxi(attribute(name, "<NOTE/>"))).attributes[0] for name in ("A", "B"))
    joined = Model(name="both", attributes=(first, replace(second, index=1)))
    assert written_and_read(joined) == joined and write_dxi(joined).count("<NOTE/>") == 2


def test_a_character_that_xml_cannot_hold_is_refused():
    scale = Scale((ScaleClass("c0"),))
    with pytest.raises(DxiError, match=r"U\+0000"):
        write_dxi(Model(name="x", attributes=(Attribute(0, "A\0", scale),)))


@pytest.mark.parametrize("size", [12, 130])
def test_classes_with_codes_beyond_digits(size):
    rules = tuple(single(index) for index in range(size))
    scale = Scale(tuple(ScaleClass(f"c{index}") for index in range(size)))
    table = Table(rules, (True,) * size)
    root = Attribute(0, "R", scale, function=table, children=(1,))
    model = Model(name="x", attributes=(root, Attribute(1, "A", scale, parent=0)))
    assert "<FUNCTION>" in write_dxi(model) and written_and_read(model) == model
