"""The reader: both forms of files, and refusals that name the element and the reason."""

import pytest

from priorities.dex.dxi import DxiError, read_dxi
from priorities.dex.model import ScaleOrder
from priorities.dex.values import ValueKind, parse_value
from priorities.tests.dex.models import attribute, default_model, dxi, function


def test_reads_the_default_model():
    model = default_model()
    assert model.name == "LSOA visit priority"
    assert model.find("PRIORITY").scale.names == ("routine", "standard", "elevated", "urgent")
    assert model.find("DEPRIVATION").scale.names == ("least", "middle", "deprived", "core20")


def test_reads_function_details():
    extra = (
        "<HIGH>022</HIGH><ENTERED>+-+</ENTERED><WEIGHTS>100</WEIGHTS><ROUNDING>-1</ROUNDING><CONSIST>False</CONSIST>"
    )
    table = read_dxi(dxi(attribute("R", function("012", extra), attribute("A")))).attributes[0].function
    assert table.rules[1].classes == (1, 2) and table.rules[1].kind is ValueKind.INTERVAL
    assert table.entered == (True, False, True)
    assert table.weights.percent == (100.0,) and table.weights.rounding == -1 and not table.use_consistency


def test_reads_classes_above_nine():
    low = "".join(chr(ord("0") + index) for index in range(12))
    model = read_dxi(dxi(attribute("R", function(low), attribute("A", classes=12), classes=12)))
    assert [rule.classes for rule in model.attributes[0].function.rules] == [(index,) for index in range(12)]


def test_reads_old_and_new_option_forms():
    old = dxi(attribute("A", "<OPTION>02</OPTION>"))
    old = old.replace("</NAME><SET", "</NAME><OPTION>one</OPTION><SET", 1)
    assert read_dxi(old).options[0].name == "one" and read_dxi(old).options[0].values == ("02",)
    new = dxi(attribute("A", "<ALTERNATIVE>{0;2}</ALTERNATIVE>")).replace(
        "</NAME><SET", "</NAME><ALTERNATIVE><NAME>two</NAME></ALTERNATIVE><SET", 1
    )
    assert read_dxi(new).options[0].name == "two" and read_dxi(new).options[0].values == ("{0;2}",)


def test_reads_scale_orders_and_groups():
    scale = "<SCALE><ORDER>NONE</ORDER><SCALEVALUE><NAME>x</NAME><GROUP>BAD</GROUP></SCALEVALUE></SCALE>"
    read = read_dxi(dxi(attribute("A", scale=scale))).attributes[0].scale
    assert read.order is ScaleOrder.UNORDERED and read.classes[0].group.value == "BAD"


@pytest.mark.parametrize(
    ("text", "kind", "memberships"),
    [
        ("2", ValueKind.CLASS, ((2, 1),)),
        ("0:2", ValueKind.INTERVAL, ((0, 1), (1, 1), (2, 1))),
        ("{0;2}", ValueKind.SET, ((0, 1), (2, 1))),
        ("<0:0.4;2:0.6>", ValueKind.DISTRIBUTION, ((0, 0.4), (2, 0.6))),
        ("<0.4;0;0.6>", ValueKind.DISTRIBUTION, ((0, 0.4), (1, 0.0), (2, 0.6))),
        ("*", ValueKind.FULL, ((0, 1), (1, 1), (2, 1))),
        ("undefined", ValueKind.UNDEFINED, ()),
    ],
)
def test_value_notations(text, kind, memberships):
    value = parse_value(text, 3)
    assert value.kind is kind and value.memberships == memberships


@pytest.mark.parametrize("text", ["3", "-1", "1:0", "", "{}", "<>", "<0:-1>", "<0:nan>", "x", "<0;0>", "0:9", "²"])
def test_value_texts_that_are_refused(text):
    with pytest.raises(ValueError, match="."):
        parse_value(text, 3)


ENTITIES = "<!DOCTYPE DEXi [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]>"
EXTERNAL = "<!DOCTYPE DEXi [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
FALLING = f"<DISCRETIZE>{'<VALUE>0</VALUE><BOUND>1</BOUND>' * 2}<VALUE>0</VALUE></DISCRETIZE>"
NUMBER = attribute("N", scale="<SCALE><CONTINUOUS/></SCALE>")
DEEP = "".join(f"<ATTRIBUTE><NAME>a{level}</NAME>" for level in range(101)) + "</ATTRIBUTE>" * 101


@pytest.mark.parametrize(
    ("text", "element", "reason"),
    [
        ("", "file", "not well-formed"),
        ("<DEXi>", "file", "not well-formed"),
        (dxi(attribute("A"), before=ENTITIES), "file", "not allowed"),
        (dxi(attribute("A"), before=EXTERNAL), "file", "not allowed"),
        ("<html/>", "html", "root element"),
        (dxi(), "DEXi", "no attribute"),
        (dxi("<ATTRIBUTE></ATTRIBUTE>"), "ATTRIBUTE #0", "no NAME"),
        (dxi(attribute("R", function("01"), attribute("A"))), "R", "has 2 rules; the arguments make 3"),
        (dxi(attribute("R", function("01x"), attribute("A"))), "R", "rule 2 is 'x..x'"),
        (dxi(attribute("R", function("013"), attribute("A"))), "R", "rule 2 is '3..3'; the scale has 3 classes"),
        (dxi(attribute("R", function("012", "<HIGH>002</HIGH>"), attribute("A"))), "R", "rule 1 runs backwards"),
        (dxi(attribute("R", function("012", "<HIGH>01</HIGH>"), attribute("A"))), "R", "HIGH of its FUNCTION"),
        (dxi(attribute("R", function("012", "<ENTERED>++?</ENTERED>"), attribute("A"))), "R", "ENTERED"),
        (dxi(attribute("R", function("012", "<WEIGHTS>1;2</WEIGHTS>"), attribute("A"))), "R", "2 WEIGHTS for 1"),
        (dxi(attribute("R", function("012", "<WEIGHTS>nan</WEIGHTS>"), attribute("A"))), "R", "not a finite number"),
        (dxi(attribute("R", function("0"))), "R", "no attribute to apply it to"),
        (dxi(attribute("R", function("012"), function("012"), attribute("A"))), "R", "more than one"),
        (dxi(attribute("R", function("0"), NUMBER)), "R", "continuous argument N"),
        (dxi(attribute("R", "<TABLE><RULE>0</RULE></TABLE>", attribute("A"))), "R", "has 1 rules"),
        (dxi(attribute("R", "<TABLE><RULE>0</RULE><RULE>9</RULE></TABLE>", attribute("A", classes=2))), "R", "rule 1"),
        (dxi(attribute("R", "<DISCRETIZE><VALUE>0</VALUE></DISCRETIZE>", attribute("A"))), "R", "continuous scale"),
        (dxi(attribute("R", "<DISCRETIZE><BOUND>1</BOUND></DISCRETIZE>", NUMBER)), "R", "alternate"),
        (dxi(attribute("R", FALLING, NUMBER)), "R", "do not rise"),
        (dxi(attribute("A", order="UP")), "A", "ORDER"),
        (dxi(attribute("A", scale="<SCALE></SCALE>")), "A", "0 classes"),
        (dxi(attribute("A", classes=201)), "A", "201 classes"),
        (dxi(attribute("A", "<OPTION>0</OPTION>")), "A", "1 option values; the file names 0"),
        (dxi(DEEP), "a100", "deeper than 100"),
        (dxi(attribute("R", function("0"), *[attribute("A", classes=100) for _ in range(4)])), "R", "1,000,000 rules"),
    ],
)
def test_refusals_name_the_element_and_the_reason(text, element, reason):
    with pytest.raises(DxiError) as refusal:
        read_dxi(text)
    assert refusal.value.element == element
    assert reason in refusal.value.reason


LINKING = "<LINKING>True</LINKING>"


def test_a_link_to_an_attribute_above_is_refused_as_a_cycle():
    text = dxi(attribute("S", function("012"), attribute("S")), settings=LINKING)
    with pytest.raises(DxiError, match="cycle"):
        read_dxi(text)


def test_two_links_that_chase_each_other_are_refused_as_a_cycle():
    first = attribute("X", function("012"), attribute("Y"))
    second = attribute("Y", function("012"), attribute("X"))
    with pytest.raises(DxiError, match="cycle"):
        read_dxi(dxi(attribute("R", function("000111222"), first, second), settings=LINKING))


def test_a_link_between_different_scales_is_refused():
    children = attribute("S", classes=2), attribute("S", classes=3)
    with pytest.raises(DxiError, match="different scales"):
        read_dxi(dxi(attribute("R", function("000111"), *children), settings=LINKING))


def test_too_large_a_file_is_refused_before_it_is_parsed():
    with pytest.raises(DxiError, match="at most"):
        read_dxi(b" " * 20_000_001)


def test_a_file_in_an_unknown_encoding_is_refused():
    with pytest.raises(DxiError):
        read_dxi(b"<?xml version='1.0' encoding='x-nothing'?><DEXi/>")
