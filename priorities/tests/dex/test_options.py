"""Options from JSON, CSV and model files: values on every kind of scale, and errors that name what does not fit."""

import io
import json
import random
import tracemalloc
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorities.dex.dxi import read_dxi
from priorities.dex.evaluate import Absence, evaluate
from priorities.dex.options import OptionsError, read_options, stored_options, write_results
from priorities.tests.dex.models import attribute, dxi, function

CONTINUOUS = "<SCALE><CONTINUOUS/></SCALE>"
DISCRETIZE = "<DISCRETIZE><VALUE>0</VALUE><BOUND>1</BOUND><VALUE>2</VALUE></DISCRETIZE>"
# 0 R (1 A, 2 GROUP (3 X), 4 A twice, 5 BARE), 6 S (7 L): L is linked to nothing here.
NAMED = "".join(f"<SCALEVALUE><NAME>{name}</NAME></SCALEVALUE>" for name in ("low", "mid, or so", "9"))


def small_model(settings: str = ""):
    bare = "<ATTRIBUTE><NAME>BARE</NAME></ATTRIBUTE>"
    group = attribute("GROUP", DISCRETIZE, attribute("X", scale=CONTINUOUS))
    first = attribute("A", scale=f"<SCALE>{NAMED}</SCALE>"), group, attribute("B", classes=2), bare
    second = attribute("S", function("01"), attribute("B", classes=2), classes=2)
    return read_dxi(dxi(attribute("R", function("0" * 18), *first), second, settings=settings))


def options_file(*inputs: str) -> io.BytesIO:
    options = ",".join(f'{{"name": "option {n}", "inputs": {text}}}' for n, text in enumerate(inputs))
    return io.BytesIO(f'{{"options": [{options}]}}'.encode())


def inputs_of(text: str, **choices) -> dict:
    [(name, inputs)] = read_options(small_model(), options_file(text), **choices)
    assert name == "option 0"
    return inputs


@pytest.mark.parametrize(
    ("text", "inputs"),
    [
        ("{}", {}),
        ('{"A": 2}', {1: 2}),
        ('{"A": 2.0}', {1: 2}),
        ('{"A": [0, 2]}', {1: frozenset({0, 2})}),
        ('{"A": []}', {1: frozenset()}),
        ('{"A": {"0": 0.1, "2": 0.9}}', {1: {0: 0.1, 2: 0.9}}),
        ('{"A": {"1": 1}}', {1: {1: 1}}),
        ('{"A": null}', {1: None}),
        ('{"X": 1.5}', {3: 1.5}),
        ('{"X": -2}', {3: -2.0}),
        ('{"BARE": null}', {5: None}),
        ('{"#4": 0, "#7": 1}', {4: 0, 7: 1}),
        ('{"GROUP": 1}', {2: 1}),
    ],
)
def test_values_of_every_kind(text, inputs):
    assert inputs_of(text) == inputs


@pytest.mark.parametrize(
    ("text", "element", "reason"),
    [
        ('{"NONE": 1}', "NONE", "no such attribute; expected a name, or #0 to #7"),
        ('{"GROUPE": 1}', "GROUPE", "did you mean GROUP?"),
        ('{"#8": 1}', "#8", "no such attribute"),
        ('{"B": 1}', "B", "2 attributes have this name; name one of them as #4 or #7"),
        ('{"A": 3}', "A", "class 3 is off the scale; expected 0 to 2 (0 low, 1 mid, or so, 2 9)"),
        ('{"#1": -1}', "#1 (A)", "class -1 is off the scale"),
        ('{"A": [0, 3]}', "A", "class 3 is off the scale"),
        ('{"A": {"3": 1}}', "A", "class 3 is off the scale"),
        ('{"A": 1.5}', "A", "1.5 is not a class index"),
        ('{"A": NaN}', "A", "nan is not a class index"),
        ('{"A": Infinity}', "A", "inf is not a class index"),
        ('{"A": true}', "A", "true is not a class index"),
        ('{"A": "low"}', "A", "'low' is not a class index"),
        ('{"A": [[0]]}', "A", "[0] is not a class index"),
        ('{"A": [null]}', "A", "None is not a class index"),
        ('{"A": {"low": 1}}', "A", "'low' is not a class index"),
        ('{"A": {"0": 1.01}}', "A", "class 0 has the membership 1.01; expected 0 to 1"),
        ('{"A": {"0": -0.1}}', "A", "class 0 has the membership -0.1"),
        ('{"A": {"0": NaN}}', "A", "nan is not a finite number"),
        ('{"A": {"0": "1"}}', "A", "'1' is not a number"),
        ('{"A": {"0": null}}', "A", "None is not a number"),
        ('{"A": {"0": 0.5, "00": 0.5}}', "A", "class 0 has two memberships"),
        ('{"A": 1, "#1": 1}', "#1 (A)", "has a value already"),
        ('{"X": NaN}', "X", "nan is not a finite number"),
        ('{"X": 1e999}', "X", "inf is not a finite number"),
        ('{"X": [1]}', "X", "[1] is not a number"),
        ('{"X": "1"}', "X", "'1' is not a number"),
        ('{"BARE": 0}', "BARE", "it has no scale"),
    ],
)
def test_what_does_not_fit_is_named(text, element, reason):
    with pytest.raises(OptionsError) as refusal:
        list(read_options(small_model(), options_file("{}", text)))
    assert refusal.value.option == "option 1 (option 1)" and refusal.value.attribute == element
    assert reason in refusal.value.reason
    assert str(refusal.value) == f"option 1 (option 1): {element}: {refusal.value.reason}"


def test_a_linked_leaf_takes_its_value_from_elsewhere():
    model = small_model("<LINKING>True</LINKING>")
    assert list(read_options(model, options_file('{"B": 1}')))[0].inputs == {7: 1}
    with pytest.raises(OptionsError, match=r"is linked to B \(#7\)"):
        list(read_options(model, options_file('{"#4": 1}')))


def test_classes_off_the_scale_can_be_moved_to_its_end():
    given = '{"A": 7, "#4": -1, "#7": [0, 5], "GROUP": {"-1": 0.2, "0": 0.3, "9": 0.9, "8": 0.4}}'
    expected = {1: 2, 4: 0, 7: frozenset({0, 1}), 2: {0: 0.5, 2: 1.0}}
    assert inputs_of(given, bounds="clamp") == expected
    with pytest.raises(OptionsError, match="not a class index"):
        inputs_of('{"A": 1.5}', bounds="clamp")
    with pytest.raises(ValueError, match="bounds is 'ignore'"):
        inputs_of("{}", bounds="ignore")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "line 1: expected an object with options, found the end of the file"),
        ("[]", "expected an object with options, found ["),
        ("{", "Expecting value"),
        ("{1: 2}", "expected the name of a member, found 1"),
        ('{"options" 1}', 'expected a colon after "options", found 1'),
        ('{"options": {}}', "expected a list of options, found {"),
        ('{"options": []', "expected a comma or }, found the end of the file"),
        ('{"options": []} x', "expected the end of the file, found x"),
        ('{"options": [], "options": []}', '"options" stands twice'),
        ('{"option": []}', 'the file has no "options"'),
        ('{"options": [1]}', "option 0: expected an object with name and inputs, found 1"),
        ('{"options": [{"inputs": {}}]}', 'option 0: expected a "name" that is text, found null'),
        ('{"options": [{"name": "\\ud800", "inputs": {}}]}', "option 0: its name holds half of a character"),
        ('{"options": [{"name": "x"}]}', 'option 0 (x): expected an object of "inputs", found null'),
        ('{"options": [{"name": "x", "inputs": {"A": 1, "A": 2}}]}', '"A" stands twice in one object'),
        ('{"options": [\n{"name": "x", "inputs": {}}\n{}]}', "line 3: expected a comma or ], found {"),
        ('{"options": [' + "[" * 100_000, "option 0 is nested too deeply"),
        ('{"options": [' + "9" * 10_000 + "]}", "too many digits"),
        ('{"options": ["' + "x" * 5_000_000 + '"', "option 0 is longer than 4,000,000 characters"),
        (b'{"options": "\xff"}', "the file is not UTF-8"),
    ],
)
def test_files_that_are_no_options(text, reason):
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(OptionsError) as refusal:
        list(read_options(small_model(), io.BytesIO(data)))
    assert reason in str(refusal.value)


def test_a_byte_order_mark_other_members_and_text_streams():
    text = '\ufeff{"made": {"by": [1, "x"]}, "options": [{"name": "é", "inputs": {"A": 1}, "note": 1}], "z": null}'
    assert list(read_options(small_model(), io.BytesIO(text.encode()))) == [("é", {1: 1})]
    assert list(read_options(small_model(), io.StringIO(text[1:]))) == [("é", {1: 1})]


class Drops(io.BytesIO):
    """A stream that gives what it likes, as networks do."""

    def read(self, size=-1):
        return super().read(1 + self.tell() % 7)


@given(st.lists(st.tuples(st.text(max_size=5), st.integers(0, 2), st.floats(-1e9, 1e9)), max_size=5))
def test_pieces_of_any_length(options):
    written = [
        {"name": name.replace("\ud800", ""), "inputs": {"A": index, "X": number}} for name, index, number in options
    ]
    try:
        data = json.dumps({"options": written}, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        data = json.dumps({"options": []}).encode()
        written = []
    read = list(read_options(small_model(), Drops(data)))
    assert [(name, inputs[1], inputs[3]) for name, inputs in read] == [
        (option["name"], option["inputs"]["A"], option["inputs"]["X"]) for option in written
    ]


def test_memory_does_not_grow_with_the_options():
    class Endless(io.RawIOBase):
        pieces = iter(
            [b'{"options": [', *[b'{"name": "x", "inputs": {"A": 1}},' * 500] * 80, b'{"name": "x", "inputs": {}}]}']
        )

        def read(self, size=-1):
            return next(self.pieces, b"")

    model = small_model()
    tracemalloc.start()
    count = sum(1 for _ in read_options(model, Endless()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 40_001 and peak < 3_000_000


CSV = """name,A,X,#4
one,low,1.5,
two,"mid, or so",,1
three,2,-3,*
four,{0;2},undefined,0:1
five,<0:0.4;2:0.6>,1e3,<0.5;0.5>
"""


def test_csv():
    read = list(read_options(small_model(), io.BytesIO(CSV.encode()), notation="csv"))
    assert read == [
        ("one", {1: 0, 3: 1.5, 4: None}),
        ("two", {1: 1, 3: None, 4: 1}),
        ("three", {1: 2, 3: -3.0, 4: frozenset({0, 1})}),
        ("four", {1: frozenset({0, 2}), 3: None, 4: frozenset({0, 1})}),
        ("five", {1: {0: 0.4, 2: 0.6}, 3: 1000.0, 4: {0: 0.5, 1: 0.5}}),
    ]


def test_csv_moved_to_the_end_of_the_scale():
    text = "name,A\none,7\ntwo,{0;9}\n"
    read = list(read_options(small_model(), io.StringIO(text), notation="csv", bounds="clamp"))
    assert [inputs[1] for _, inputs in read] == [2, frozenset({0, 2})]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "line 1: expected the columns name, then attributes; found an empty file"),
        ("A,B\n", "found A"),
        ("name,NONE\n", "line 1: NONE: the model has no such attribute"),
        ("name,B\n", "line 1: B: 2 attributes have this name"),
        ("name,A\nx\n", "line 2 (x): expected 2 columns, found 1"),
        ("name,A\nx,3\n", "class 3 is off the scale"),
        ("name,A\nx,high\n", "line 2 (x): A: 'high' is not a class index"),
        ("name,A\nx,{3}\n", "line 2 (x): A: class 3 is outside the scale"),
        ("name,A\nx,<0:2>\n", "class 0 has the membership 2.0"),
        ("name,X\nx,nan\n", "X: 'nan' is not a finite number"),
        ("name,X\nx,low\n", "line 2 (x): X: 'low' is not a number"),
        ("name,BARE\nx,0\n", "it has no scale"),
        ("name,A,A\nx,0,0\n", "has a value already"),
        ('name,A\nx,"0\n', "line 2: unexpected end of data"),
        ("name,A\n" + "x" * 5_000_000, "a line is longer than 4,000,000 characters"),
        (b"name,A\n\xff,1\n", "not UTF-8"),
    ],
)
def test_csv_that_does_not_fit(text, reason):
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(OptionsError) as refusal:
        list(read_options(small_model(), io.BytesIO(data), notation="csv"))
    assert reason in str(refusal.value)


def model_with_options(tag: str, *texts: str):
    names = "".join(f"<OPTION>{text}</OPTION>" for text in texts)
    values = "".join(f"<{tag}>{text}</{tag}>" for text in texts)
    return read_dxi(dxi(attribute("A", values)).replace("<SETTINGS>", f"{names}<SETTINGS>"))


@pytest.mark.parametrize(
    ("tag", "texts", "values"),
    [
        ("OPTION", ["1", "02", "12", "*", "", "undefined"], [1, {0, 2}, {1, 2}, {0, 1, 2}, {0, 1, 2}, None]),
        ("ALTERNATIVE", ["1", "{0;2}", "1:2", "*", "", "undefined"], [1, {0, 2}, {1, 2}, {0, 1, 2}, None, None]),
        ("ALTERNATIVE", ["&lt;0:0.5;2:0.5>", "&lt;0.5;0;0.5>"], [{0: 0.5, 2: 0.5}, {0: 0.5, 1: 0.0, 2: 0.5}]),
    ],
)
def test_options_of_a_model_file_in_both_notations(tag, texts, values):
    assert [inputs[0] for _, inputs in stored_options(model_with_options(tag, *texts))] == values


@pytest.mark.parametrize(
    ("tag", "text"), [("OPTION", "3"), ("OPTION", "0x"), ("ALTERNATIVE", "3"), ("ALTERNATIVE", "x")]
)
def test_stored_options_off_the_scale_are_kept_in_the_model_and_refused_in_use(tag, text):
    model = model_with_options(tag, text)
    with pytest.raises(OptionsError, match="A"):
        list(stored_options(model))


def test_results_as_the_contract_says():
    model = small_model()
    values = [{2: Fraction(1, 3), 0: 0, 1: 0.5}, {0: 1}, None, 1.5, {1: 1}, None, {}, None]
    values[2] = Absence.MISSING
    stream = io.BytesIO()
    write_results(model, [("é", values), ("two", dict(enumerate(evaluate(model, {}, expand=True))))], stream)
    answer = json.loads(stream.getvalue())
    assert answer["attributes"] == ["R", "A", "GROUP", "X", "B", "BARE", "S", "B"]
    assert answer["options"][0] == {"name": "é", "values": {"#0": {"2": 1 / 3, "1": 0.5}, "#2": None, "#6": {}}}
    assert answer["options"][1]["values"].keys() == {"#0", "#2", "#6"}


def test_an_offset_of_zero_is_an_answer():
    model, stream = read_dxi(dxi(attribute("R", function("0"), attribute("A", classes=1)))), io.BytesIO()
    write_results(model, [("x", [{0: 0.0, 2: -0.5}, None])], stream, keep_zero=True)
    assert json.loads(stream.getvalue())["options"] == [{"name": "x", "values": {"#0": {"0": 0.0, "2": -0.5}}}]


def test_a_refusal_of_the_first_option_leaves_no_half_answer():
    model, stream = small_model(), io.BytesIO()
    with pytest.raises(OptionsError):
        options = read_options(model, options_file('{"A": 9}'))
        write_results(model, ((name, evaluate(model, inputs)) for name, inputs in options), stream)
    assert stream.getvalue() == b""


def test_no_options_and_numbers_that_are_none():
    model, stream = small_model(), io.BytesIO()
    write_results(model, [], stream)
    assert json.loads(stream.getvalue())["options"] == []
    with pytest.raises(ValueError, match="not a finite number"):
        write_results(model, [("x", [{0: float("nan")}] * 8)], io.BytesIO())


WHOLE = """{"options": [{"name": "one", "inputs": {"A": 2, "X": 1.5, "#4": [0, 1], "GROUP": {"0": 0.5, "2": 0.5}}},
{"name": "two", "inputs": {"A": null}}]}"""
DAMAGE = [
    "",
    "{",
    "}",
    "[",
    "]",
    '"',
    ",",
    ":",
    "-",
    "9",
    "1e999",
    "NaN",
    "null",
    "\\ud800",
    "\x00",
    "é",
    "\n",
    "#",
    "<",
    ";",
]


@given(st.sampled_from([("json", WHOLE), ("csv", CSV)]), st.integers(0, 2**32), st.sampled_from(["error", "clamp"]))
def test_damaged_files_are_read_or_refused(whole, seed, bounds):
    notation, text = whole
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(text))
        text = text[:start] + chance.choice(DAMAGE) + text[start + chance.choice([0, 1, 1, 5]) :]
    data = bytearray(text.encode())
    if chance.random() < 0.3:
        data[chance.randrange(len(data))] = chance.randrange(256)
    model = small_model()
    try:
        for _, inputs in read_options(model, io.BytesIO(bytes(data)), notation=notation, bounds=bounds):
            evaluate(model, inputs, method="fuzzy")
    except OptionsError as refusal:
        assert refusal.reason
