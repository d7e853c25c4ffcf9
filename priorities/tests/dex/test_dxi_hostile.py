"""Hostile and damaged files: refused with DxiError or read as a model, never anything else."""

import random
import resource

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from priorities.dex.dxi import DxiError, read_dxi
from priorities.dex.dxi_writer import write_dxi
from priorities.tests.dex.dxi_files import model_files
from priorities.tests.dex.models import attribute, dxi, function

MANY = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PIECES = ["<", ">", "&", "/>", "<LOW>", "</SCALE>", "<ATTRIBUTE>", "9", "-", ":", "*", "{", "<!--", "&#0;", "\x00", "é",
          "<!DOCTYPE x>", "<FUNCTION/>", "<OPTION>1</OPTION>", "]]>", "nan", "1e999", " "]  # fmt: skip
TAGS = ["LOW", "HIGH", "ENTERED", "RULE", "TABLE", "FUNCTION", "DISCRETIZE", "VALUE", "BOUND", "SCALE", "SCALEVALUE",
        "CONTINUOUS", "NAME", "ATTRIBUTE", "OPTION", "ALTERNATIVE", "SETTINGS", "LINKING", "DEXi"]  # fmt: skip


def accepted_or_refused(data: str | bytes) -> None:
    try:
        model = read_dxi(data)
    except DxiError as refusal:
        assert refusal.element and refusal.reason
        return
    assert read_dxi(write_dxi(model)) == model


@MANY
@given(model_files(), st.integers(0, 2**32))
def test_a_damaged_text_is_read_or_refused(text, seed):
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(text))
        end = min(len(text), start + chance.choice([0, 1, 1, 5, 40]))
        text = text[:start] + chance.choice(["", *PIECES]) + text[end:]
    accepted_or_refused(text)


@MANY
@given(model_files(), st.integers(0, 2**32))
def test_a_file_with_other_elements_is_read_or_refused(text, seed):
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 3)):
        first, second = chance.choice(TAGS), chance.choice(TAGS)
        number = chance.choice([-1, 1])
        text = text.replace(f"<{first}>", f"<{second}>", number).replace(f"</{first}>", f"</{second}>", number)
    accepted_or_refused(text)


@MANY
@given(model_files(), st.integers(0, 2**32))
def test_damaged_bytes_are_read_or_refused(text, seed):
    chance = random.Random(seed)
    data = bytearray(text.encode(chance.choice(["utf-8", "utf-16"])))
    for _ in range(chance.randint(1, 6)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    accepted_or_refused(bytes(data))


LAUGHS = "".join(f"<!ENTITY l{level} '{f'&l{level - 1};' * 10}'>" for level in range(1, 10))
HOSTILE = {
    "billion laughs": dxi(attribute("&l9;"), before=f"<!DOCTYPE DEXi [<!ENTITY l0 'ha'>{LAUGHS}]>"),
    "quadratic": dxi(attribute("&a;" * 10_000), before=f"<!DOCTYPE DEXi [<!ENTITY a '{'a' * 10_000}'>]>"),
    "external": dxi(attribute("&x;"), before="<!DOCTYPE DEXi [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>"),
    "parameter": dxi(attribute("A"), before="<!DOCTYPE DEXi [<!ENTITY % p SYSTEM 'http://127.0.0.1/x'> %p;]>"),
    "external subset": dxi(attribute("A"), before="<!DOCTYPE DEXi SYSTEM 'http://127.0.0.1/x.dtd'>"),
    "deep attributes": f"<DEXi>{'<ATTRIBUTE><NAME>a</NAME>' * 100_000}",
    "deep elements": dxi("<X>" * 1_000_000),
    "many elements": dxi(attribute("A"), "<X/>" * 500_001),
    "many attributes": dxi(*[attribute("A")] * 5_001),
    "many rules": dxi(attribute("R", function("0"), *[attribute("A", classes=150) for _ in range(5)])),
    "long": "<DEXi>" + " " * 20_000_000,
    "many classes": dxi(attribute("A", classes=10_000)),
    "huge number": dxi(attribute("R", "<TABLE><RULE>" + "9" * 100_000 + "</RULE></TABLE>", attribute("A", classes=1))),
    "huge interval": dxi(attribute("R", "<TABLE><RULE>0:999999</RULE></TABLE>", attribute("A", classes=1))),
    "huge exponent": dxi(attribute("R", function("0", "<WEIGHTS>1e999</WEIGHTS>"), attribute("A", classes=1))),
    "huge decimals": dxi(attribute("A", scale="<SCALE><FLTDEC>1e400</FLTDEC><CONTINUOUS/></SCALE>")),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_in_little_memory(name):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(DxiError):
        read_dxi(HOSTILE[name])
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 600_000, "kilobytes"


def test_many_rules_in_many_tables_are_refused_together():
    table = attribute("R", function("0" * 1_000_000), *[attribute("A", classes=100) for _ in range(3)])
    with pytest.raises(DxiError, match="3,000,000 rules"):
        read_dxi(dxi(*[table] * 4))


def refusal(text: str) -> str:
    with pytest.raises(DxiError) as caught:
        read_dxi(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (dxi("<ATTRIBUTE><NAME>A</NAME><NAME>B</NAME></ATTRIBUTE>"), "ATTRIBUTE #0: has 2 NAME elements (line 1)"),
        (dxi(attribute("R", function("012", "<LOW>012</LOW>"), attribute("A"))), "R: has 2 LOW elements (line 1)"),
        (dxi(attribute("R", function("012", "<CONSIST>maybe</CONSIST>"), attribute("A"))), "R: CONSIST is 'maybe'"),
        (dxi(attribute("R", function("012", "<WEIGHTS>-5</WEIGHTS>"), attribute("A"))), "negative weight"),
        (dxi(attribute("R", function("012", "<ROUNDING>2</ROUNDING>"), attribute("A"))), "R: ROUNDING is '2'"),
        (dxi(attribute("R", function("012", "<WEIGHTS>1_0</WEIGHTS>"), attribute("A"))), "'1_0' is not a number"),
        (dxi(attribute("A", scale="<SCALE><FLTDEC>1e300</FLTDEC><CONTINUOUS/></SCALE>")), "whole number up to 20"),
        (dxi(attribute("A", scale="<SCALE><CONTINUOUS><LOW>1,5</LOW></CONTINUOUS></SCALE>")), "'1,5' is not a number"),
        (dxi(attribute("A"), settings="<LINKING>perhaps</LINKING>"), "DEXi: LINKING is 'perhaps'"),
        (dxi(attribute("R", "<FUNCTION><RULE>1=1</RULE></FUNCTION>", attribute("A"))), "1 rules; the arguments make 3"),
        (dxi(attribute("R", "<FUNCTION>1=1 1=2 3=1</FUNCTION>", attribute("A"))), "'1=2' repeats"),
        (dxi(attribute("R", "<FUNCTION>0=1 1=2 3=1</FUNCTION>", attribute("A"))), "'0=1' has '0'"),
        (dxi(attribute("R", "<FUNCTION>1=4 2=2 3=1</FUNCTION>", attribute("A"))), "'1=4' has '4'"),
        (dxi(attribute("R", "<FUNCTION>1=3-1 2=2 3=1</FUNCTION>", attribute("A"))), "runs backwards"),
        (dxi(attribute("R", "<FUNCTION>11 2=2 3=1</FUNCTION>", attribute("A"))), "'11' is not 1 classes, then ="),
        (dxi(attribute("R", "<TABLE><RULE>&lt;0:1;0:1></RULE></TABLE>", attribute("A", classes=1))), "class 0 twice"),
        ("<DEXi>\n<ATTRIBUTE>\n<NAME>A</NAME>\n<SCALE/></ATTRIBUTE></DEXi>", "0 classes; expected 1 to 200 (line 4)"),
    ],
)  # fmt: skip
def test_contradictions_are_refused(text, expected):
    assert expected in refusal(text)


def test_reports_with_elements_of_familiar_names_are_no_attributes():
    reports = "<REPORTS><REPORT><ATTRIBUTE>0</ATTRIBUTE><ALTERNATIVE>1</ALTERNATIVE></REPORT></REPORTS>"
    model = read_dxi(dxi(reports, attribute("A", reports)))
    assert len(model.attributes) == 1 and model.options == ()


def test_text_counts_as_it_is_whatever_encoding_it_declares():
    text = dxi(attribute("Pogled č")).replace("UTF-8", "windows-1250")
    assert read_dxi(text).attributes[0].name == "Pogled č"
    assert read_dxi(text.encode("windows-1250")).attributes[0].name == "Pogled č"
