"""Models for the tests: the default model, a writer of small files, and random models for property tests."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from priorities.dex.dxi import read_dxi
from priorities.dex.evaluate import Absence
from priorities.dex.model import Attribute, Discretisation, Model, ModelError, Scale, ScaleClass, ScaleOrder, Table
from priorities.dex.tables.grid import TableScales, running_maximum
from priorities.dex.values import UNDEFINED, Value, ValueKind, full, interval, single

DEFAULT_MODEL_FILE = Path(__file__).parents[2] / "data" / "default-model.dxi"


def default_model() -> Model:
    return read_dxi(DEFAULT_MODEL_FILE.read_bytes())


def dxi(*attributes: str, before: str = "", settings: str = "") -> str:
    return (
        f"<?xml version='1.0' encoding='UTF-8'?>{before}<DEXi><NAME>Made up</NAME><SETTINGS>{settings}</SETTINGS>"
        f"{''.join(attributes)}</DEXi>"
    )


def attribute(name: str, *parts: str, classes: int = 3, order: str = "", scale: str | None = None) -> str:
    if scale is None:
        values = "".join(f"<SCALEVALUE><NAME>c{index}</NAME></SCALEVALUE>" for index in range(classes))
        scale = f"<SCALE>{f'<ORDER>{order}</ORDER>' if order else ''}{values}</SCALE>"
    return f"<ATTRIBUTE><NAME>{name}</NAME>{scale}{''.join(parts)}</ATTRIBUTE>"


def function(low: str, extra: str = "") -> str:
    return f"<FUNCTION><LOW>{low}</LOW>{extra}</FUNCTION>"


@st.composite
def rule_values(draw, size: int, *, crisp: bool) -> Value:
    if crisp:
        return single(draw(st.integers(0, size - 1)))
    kind = draw(st.sampled_from(ValueKind))
    classes = sorted(draw(st.sets(st.integers(0, size - 1), min_size=1, max_size=size)))
    if kind is ValueKind.INTERVAL:
        return interval(classes[0], classes[-1])
    if kind is ValueKind.SET:
        return Value(kind, tuple((index, 1) for index in classes))
    if kind is ValueKind.DISTRIBUTION:
        parts = [draw(st.integers(1, 9)) for _ in classes]
        return Value(kind, tuple((index, part / sum(parts)) for index, part in zip(classes, parts, strict=True)))
    return {ValueKind.CLASS: single(classes[0]), ValueKind.FULL: full(size), ValueKind.UNDEFINED: UNDEFINED}[kind]


@st.composite
def models(draw, *, crisp: bool | None = None) -> Model:
    """A random tree of up to three levels, some leaves sharing a name (linked), with any kind of rule."""
    crisp = draw(st.booleans()) if crisp is None else crisp
    attributes: list[Attribute] = []

    def scale() -> Scale:
        size = draw(st.integers(2, 4))
        return Scale(tuple(ScaleClass(f"c{index}") for index in range(size)), order=draw(st.sampled_from(ScaleOrder)))

    shared = scale()

    def grow(parent: int | None, depth: int) -> int:
        index = len(attributes)
        is_leaf = depth == 3 or (depth > 1 and draw(st.booleans()))
        is_shared = is_leaf and draw(st.integers(0, 3)) == 0
        attributes.append(
            Attribute(index, "SHARED" if is_shared else f"A{index}", shared if is_shared else scale(), parent=parent)
        )
        if is_leaf:
            return index
        children = tuple(grow(index, depth + 1) for _ in range(draw(st.integers(1, 3))))
        node = attributes[index]
        count = 1
        for child in children:
            count *= attributes[child].size
        rules = tuple(draw(rule_values(node.size, crisp=crisp)) for _ in range(count))
        table = Table(rules, (True,) * count) if crisp or draw(st.integers(0, 9)) else None
        attributes[index] = Attribute(index, node.name, node.scale, function=table, children=children, parent=parent)
        return index

    grow(None, 1)
    return Model(name="random", attributes=tuple(attributes), linking=draw(st.booleans()))


def car_model() -> Model:
    return read_dxi(car_dxi())


def car_dxi() -> str:
    """The published example of the method: a car by price and technical characteristics (Bohanec and Rajkovic)."""
    persons, doors, luggage = attribute("#PERS"), attribute("#DOORS", classes=4), attribute("LUGGAGE")
    comfort = attribute("COMFORT", function("000000000000000011012012000012022022"), persons, doors, luggage)
    technical = attribute("TECH.CHAR.", function("000012023"), comfort, attribute("SAFETY"), classes=4)
    price = attribute("PRICE", function("000012022"), attribute("BUY.PRICE"), attribute("MAINT.PRICE"))
    return dxi(attribute("CAR", function("000001230233"), price, technical, classes=4))


@st.composite
def any_models(draw) -> Model:
    """As ``models``, with several roots, numbers that are discretised, attributes without a scale or a function, and
    leaves linked to aggregates."""
    attributes: list[Attribute] = []
    kinds = st.sampled_from(["table"] * 7 + ["discretised"] * 2 + ["none"])
    shared = Scale(tuple(ScaleClass(f"c{index}") for index in range(3)))
    is_crisp = draw(st.booleans())

    def scale() -> Scale | None:
        size = draw(st.sampled_from([0, 1, 2, 2, 2, 3, 3, 3, 4]))
        if not size:
            return None
        return Scale(tuple(ScaleClass(f"c{index}") for index in range(size)), order=draw(st.sampled_from(ScaleOrder)))

    def add(name: str, own: Scale | None, parent: int | None) -> int:
        attributes.append(Attribute(len(attributes), name, own, parent=parent))
        return len(attributes) - 1

    def grow(parent: int | None, depth: int) -> int:
        if depth == 3 or (depth > 1 and draw(st.integers(0, 2)) == 0):
            is_shared = draw(st.integers(0, 3)) == 0
            name = draw(st.sampled_from(["SHARED", "TWICE"])) if is_shared else f"A{len(attributes)}"
            return add(name, shared if is_shared else scale(), parent)
        kind = draw(kinds)
        is_target = depth == 2 and not any(a.name == "TWICE" and a.children for a in attributes)
        is_target = is_target and kind == "table" and draw(st.integers(0, 4)) == 0
        own = shared if is_target else scale()
        if own is None and kind != "none":
            own = shared
        index = add("TWICE" if is_target else f"A{len(attributes)}", own, parent)
        function = None
        if kind == "discretised":
            children = (add(f"A{len(attributes)}", Scale(continuous=True), index),)
            bounds = tuple(sorted(draw(st.sets(st.integers(-2, 2), max_size=3))))
            goes_up = tuple(draw(st.booleans()) for _ in bounds)
            values = tuple(draw(rule_values(own.size, crisp=is_crisp)) for _ in range(len(bounds) + 1))
            function = Discretisation(bounds, goes_up, values)
        else:
            children = tuple(grow(index, depth + 1) for _ in range(draw(st.integers(1, 3))))
        if kind == "table":
            count = 1
            for child in children:
                count *= attributes[child].size
            rules = tuple(draw(rule_values(own.size, crisp=is_crisp)) for _ in range(count))
            function = Table(rules, (True,) * count)
        node = attributes[index]
        attributes[index] = Attribute(index, node.name, own, function=function, children=children, parent=parent)
        return index

    for _ in range(draw(st.integers(1, 2))):
        grow(None, 1)
    try:
        return Model(name="random", attributes=tuple(attributes), linking=draw(st.booleans()))
    except ModelError:
        # A leaf under its namesake: refused as a cycle, and tested as such elsewhere.
        return Model(name="random", attributes=tuple(attributes))


@st.composite
def input_values(draw, attribute: Attribute):
    """Anything that an option may give for an attribute with a scale, in all states."""
    if attribute.scale.continuous:
        return draw(st.sampled_from([None, float("nan"), -2.0, -1, 0, 0.5, 1, 2, 3.25, float("inf")]))
    size = attribute.size
    kind = draw(st.sampled_from(["class", "class", "set", "distribution", "undefined", "missing", "empty"]))
    if kind == "class":
        return draw(st.integers(0, size - 1))
    if kind == "set":
        return frozenset(draw(st.sets(st.integers(0, size - 1), min_size=1)))
    if kind == "distribution":
        memberships = st.sampled_from([0.0, 0.1, 0.25, 0.3, 0.5, 0.7, 1.0])
        return draw(st.dictionaries(st.integers(0, size - 1), memberships))
    return {"undefined": None, "missing": Absence.MISSING, "empty": frozenset()}[kind]


@st.composite
def options(draw, model: Model, *, pruning: bool = True) -> dict:
    """One option: some inputs left out, sometimes a value for an aggregate (pruned there)."""
    given = {}
    for attribute in model.attributes:
        if attribute.scale is None or attribute.index in model.links:
            continue
        is_named = draw(st.integers(0, 9)) > 0 if attribute.is_leaf else pruning and draw(st.integers(0, 9)) == 0
        if is_named and not (attribute.scale.continuous and not attribute.is_leaf):
            given[attribute.index] = draw(input_values(attribute))
    return given


def scale(size: int, order: ScaleOrder = ScaleOrder.ASCENDING) -> Scale:
    return Scale(tuple(ScaleClass(f"c{index}") for index in range(size)), order=order)


def crisp_table(low: str, entered: str | None = None) -> Table:
    """A table in the characters of a file; `_` is undefined."""
    rules = tuple(UNDEFINED if character == "_" else single(ord(character) - ord("0")) for character in low)
    return Table(rules, tuple(mark == "+" for mark in entered or "+" * len(low)))


@st.composite
def tables(draw, *, crisp: bool = False, most_rules: int = 64, orders=tuple(ScaleOrder), classes: int = 4):
    """A table, some of its rules open, and its scales: (Table, TableScales)."""
    sizes, limit = [], most_rules
    for _ in range(draw(st.integers(1, 3))):
        sizes.append(draw(st.integers(1, max(1, min(4, limit)))))
        limit //= sizes[-1]
    arguments = tuple(scale(size, draw(st.sampled_from(orders))) for size in sizes)
    output = scale(draw(st.integers(2, classes)), draw(st.sampled_from(orders)))
    scales = TableScales(arguments, output)
    count = scales.rule_count
    rules = tuple(draw(rule_values(output.size, crisp=crisp)) for _ in range(count))
    entered = tuple(draw(st.lists(st.booleans(), min_size=count, max_size=count)))
    return Table(rules, entered), scales


@st.composite
def consistent_tables(draw, **choices):
    """As ``tables``, crisp, and its entered rules agree: they come from one monotone table."""
    table, scales = draw(tables(crisp=True, **choices))
    low = np.array([rule.classes[0] for rule in table.rules])
    steps = running_maximum(low, scales)
    return replace(table, rules=tuple(single(int(step)) for step in steps)), scales
