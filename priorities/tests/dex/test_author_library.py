"""Results equal those of dexipy, the library of the method's author, for random models and options in all methods.

Where both read a file alike, that is: dexipy takes `*` in a table for no value, and reads only one notation of
distributions.
"""

from io import StringIO

import numpy as np
from dexipy.dexi import read_dexi_from_string
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from priorities.dex.arrays import Columns, evaluate_columns
from priorities.dex.dxi_writer import write_dxi
from priorities.dex.evaluate import METHODS
from priorities.dex.model import Attribute, Model, Scale, ScaleClass, ScaleOrder, Table
from priorities.dex.values import Value, ValueKind, interval, single
from priorities.dex_bench import differs


@st.composite
def cases(draw):
    sizes = [draw(st.integers(2, 4)) for _ in range(6)]
    children = {0: (1, 4), 1: (2, 3), 4: (5,)}

    def rule(size):
        low = draw(st.integers(0, size - 1))
        kind = draw(st.sampled_from(["class", "class", "interval", "set"]))
        if kind == "class":
            return single(low)
        if kind == "interval":
            return interval(low, min(low + 1, size - 1))
        both = sorted({low, draw(st.integers(0, size - 1))})
        return Value(ValueKind.SET, tuple((index, 1) for index in both)) if len(both) > 1 else single(low)

    attributes = []
    for index, size in enumerate(sizes):
        below = children.get(index, ())
        rules = tuple(rule(size) for _ in np.ndindex(*(sizes[child] for child in below)))
        scale = Scale(tuple(ScaleClass(f"c{k}") for k in range(size)), order=draw(st.sampled_from(ScaleOrder)))
        parent = next((above for above, own in children.items() if index in own), None)
        table = Table(rules, (True,) * len(rules)) if below else None
        attributes.append(Attribute(index, f"A{index}", scale, function=table, children=below, parent=parent))
    model = Model("random", tuple(attributes))

    def value(size):
        kind = draw(st.sampled_from(["class", "set", "distribution", "undefined"]))
        if kind == "distribution":
            parts = [draw(st.integers(0, 4)) for _ in range(size)]
            return {index: part / 4 for index, part in enumerate(parts)} if any(parts) else None
        return {
            "class": draw(st.integers(0, size - 1)),
            "set": frozenset(draw(st.sets(st.integers(0, size - 1), min_size=1))),
            "undefined": None,
        }[kind]

    options = [{index: value(sizes[index]) for index in model.inputs} for _ in range(3)]
    return model, options, draw(st.sampled_from(sorted(METHODS)))


def as_author(value, size):
    if isinstance(value, dict):
        return [value[index] for index in range(size)]
    return set(value) if isinstance(value, frozenset) else value


@given(cases())
@settings(max_examples=60, deadline=None)
def test_every_aggregate_has_the_value_that_the_authors_library_gives(case):
    model, options, method = case
    author = read_dexi_from_string(write_dxi(model))
    names = [attribute.id for attribute in author.attributes][1:]
    results = evaluate_columns(model, Columns.of_options(model, options), method=method, expand=False)
    for option, found in zip(options, results.options(), strict=True):
        given_there = {names[index]: as_author(value, model.attributes[index].size) for index, value in option.items()}
        answer = author.evaluate({"name": "x"} | given_there, method=method)
        for index in model.aggregates:
            assert not differs(found[index], answer[names[index]]), (option, found[index], answer[names[index]])


def test_the_bench_finds_equal_results_for_both_sizes_of_model():
    printed = StringIO()
    call_command("bench", "dex", "--only", "options", "--options", "60", "--sample", "20", stdout=printed)
    assert printed.getvalue().count("values equal") == 10
