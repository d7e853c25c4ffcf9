"""Areas ranked inside their published classes: provisional ones too, by figures, and in the order of urgency."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorities.dex.dxi import read_dxi
from priorities.dex.ranking import offsets, offsets_of_areas, offsets_of_option, positions_of_numbers, urgency
from priorities.dex.vectorised import evaluate_areas
from priorities.tests.dex.models import any_models, attribute, default_model, dxi, function

METHODS = ("qq1", "qq2")
MODEL = default_model()


@st.composite
def areas(draw):
    model = draw(any_models())
    count = draw(st.integers(1, 5))
    numbers = st.sampled_from((np.nan, -2.0, -0.5, 0.0, 1.0, 1.5))
    inputs, positions = {}, {}
    for index in model.inputs:
        node = model.attributes[index]
        if node.scale is None:
            continue
        classes = numbers if node.scale.continuous else st.integers(-1, node.size - 1)
        inputs[index] = np.array([draw(classes) for _ in range(count)])
        if not node.scale.continuous and draw(st.booleans()):
            positions[index] = np.array([draw(st.floats(-0.5, 0.5)) for _ in range(count)])
    return model, inputs, positions, count


def option_of(model, inputs, row):
    """One area as the plain path takes it; a discretised attribute keeps the interval of its possible classes."""
    option = {}
    for index, column in inputs.items():
        value = column[row].item()
        is_number = model.attributes[index].scale.continuous
        option[index] = value if is_number else None if value < 0 else value
    return option


@given(areas(), st.sampled_from(METHODS))
@settings(max_examples=60, deadline=None)
def test_areas_have_the_offsets_of_the_plain_path_in_their_published_classes(case, method):
    model, inputs, positions, count = case
    evaluation = evaluate_areas(model, inputs, areas=count)
    ranking = offsets_of_areas(model, evaluation, method=method, positions=positions)
    assert ranking.shape == evaluation.classes.shape
    for row in range(count):
        option = option_of(model, inputs, row)
        for index in discretised(model):
            low, high = evaluation.low[row, index], evaluation.high[row, index]
            option[index] = frozenset(range(low, high + 1))
        places = {index: column[row] for index, column in positions.items()}
        plain = offsets_of_option(model, option, method=method, expand=True, positions=places)
        for index, value in enumerate(plain):
            published = int(evaluation.classes[row, index])
            expected = value.get(published, np.nan) if value and published >= 0 else np.nan
            assert ranking[row, index] == pytest.approx(expected, abs=1e-9, nan_ok=True)


def discretised(model):
    numbers = {index for index, node in enumerate(model.attributes) if node.scale is not None and node.scale.continuous}
    return [node.index for node in model.attributes if node.function is not None and set(node.children) & numbers]


def grid(model, indices):
    """All classes of some inputs, the others at their first class."""
    axes = np.indices([model.attributes[index].size for index in indices], dtype=np.int8)
    columns = dict(zip(indices, axes.reshape(len(indices), -1), strict=True))
    count = len(next(iter(columns.values())))
    return {index: columns.get(index, np.zeros(count, dtype=np.int8)) for index in model.inputs}


@pytest.mark.parametrize("method", METHODS)
def test_in_the_default_model_more_need_always_ranks_higher(method):
    columns = np.random.default_rng(2025).integers(0, 3, (12, 4_000)).astype(np.int8)
    base = dict(zip(MODEL.inputs, columns, strict=True))
    before = urgency_of(base, method)
    for index in MODEL.inputs:
        raised = base | {index: np.minimum(base[index] + 1, MODEL.attributes[index].size - 1)}
        moved = raised[index] > base[index]
        assert (urgency_of(raised, method) > before)[moved].all(), MODEL.attributes[index].name


def urgency_of(inputs, method, model=MODEL, positions=None):
    evaluation = evaluate_areas(model, inputs)
    ranking = offsets_of_areas(model, evaluation, method=method, positions=positions)
    assert np.nanmax(np.abs(ranking)) <= 0.5
    figure = urgency(model, evaluation, ranking, method=method)
    scale = model.attributes[0].scale
    steps = [scale.by_urgency.index(code) for code in evaluation.classes[:, 0].tolist()]
    assert (np.abs(figure - steps) <= 0.5).all()
    return figure


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("order", ["", "DESC"])
def test_urgency_grows_towards_the_worse_end_whatever_the_order_of_the_scales(method, order):
    children = [attribute(name, order=order) for name in "AB"]
    model = read_dxi(dxi(attribute("R", function("001112122", ""), *children, order=order)))
    inputs = grid(model, model.inputs)
    figures = urgency_of(inputs, method, model).reshape(3, 3) * (1 if order else -1)
    assert (np.diff(figures, axis=0) > 0).all() and (np.diff(figures, axis=1) > 0).all()


@pytest.mark.parametrize("method", METHODS)
def test_figures_rank_areas_of_equal_classes(method):
    inputs = {index: np.ones(3, dtype=np.int8) for index in MODEL.inputs}
    positions = {index: np.array([-0.4, 0.0, 0.4]) for index in MODEL.inputs}
    assert (np.diff(urgency_of(inputs, method, positions=positions)) > 0).all()


@st.composite
def monotone_trees(draw, arguments):
    """Two levels of tables that never fall, as code strings, and two points of which the second is nowhere lower."""
    sizes = [draw(st.integers(2, 3)) for _ in range(arguments)]
    inner = draw(monotone_codes(sizes, 3))
    outer = draw(monotone_codes([3, *sizes[1:]], 4))
    return sizes, inner, outer


@st.composite
def monotone_codes(draw, sizes, classes):
    weights = [draw(st.integers(0, 4)) for _ in sizes]
    bends = [draw(st.integers(0, 16)) for _ in range(classes - 1)]
    sums = [sum(w * k for w, k in zip(weights, point, strict=True)) for point in itertools.product(*map(range, sizes))]
    return "".join(str(sum(bend <= total for bend in bends)) for total in sums)


def climbs(data, method, arguments):
    """Whether the second of two points, nowhere lower than the first, has a value that is no lower."""
    sizes, inner, outer = data.draw(monotone_trees(arguments))
    leaves = [attribute(f"A{k}", classes=size) for k, size in enumerate(sizes)]
    others = [attribute(f"B{k}", classes=size) for k, size in enumerate(sizes[1:])]
    model = read_dxi(dxi(attribute("R", function(outer), attribute("I", function(inner), *leaves), *others, classes=4)))
    low, high = [], []
    for index in model.inputs:
        ends = sorted(data.draw(st.floats(-0.5, model.attributes[index].size - 0.51)) for _ in range(2))
        low.append(ends[0])
        high.append(ends[1])
    points = np.array([low, high]).T
    classes = np.floor(points + 0.5).astype(int)
    inputs = dict(zip(model.inputs, classes, strict=True))
    positions = dict(zip(model.inputs, np.clip(points - classes, -0.5, 0.5), strict=True))
    evaluation = evaluate_areas(model, inputs)
    ranking = offsets_of_areas(model, evaluation, method=method, positions=positions)
    values = evaluation.classes[:, 0] + ranking[:, 0]
    return values[1] >= values[0] - 1e-9


@given(st.data(), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_qq1_is_monotone_through_monotone_tables_wherever_inputs_lie_in_their_classes(data, arguments):
    assert climbs(data, "qq1", arguments)


@given(st.data(), st.integers(1, 2))
@settings(max_examples=40, deadline=None)
def test_qq2_is_monotone_through_monotone_tables_of_two_arguments(data, arguments):
    assert climbs(data, "qq2", arguments)


def test_numbers_lie_inside_the_classes_that_discretise_them():
    bounds = '<VALUE>0</VALUE><BOUND Associate="Up">10</BOUND><VALUE>1</VALUE><BOUND Associate="Up">20</BOUND>'
    number = attribute("N", scale="<SCALE><CONTINUOUS/></SCALE>")
    middle = attribute("D", f"<DISCRETIZE>{bounds}<VALUE>2</VALUE></DISCRETIZE>", number)
    model = read_dxi(dxi(attribute("R", function("012"), middle)))
    numbers = {2: np.array([10.0, 12.5, 15.0, 19.0, np.nan])}
    positions = positions_of_numbers(model, numbers)
    assert positions[1] == pytest.approx([-0.5, -0.25, 0, 0.4, np.nan], nan_ok=True)
    ranked = offsets(model, [{2: value} for value in numbers[2]], positions=positions).columns[0]
    assert ranked[:4, 1] == pytest.approx([-0.5, -0.25, 0, 0.4]) and np.isnan(ranked[4]).all()
    evaluation = evaluate_areas(model, numbers)
    assert offsets_of_areas(model, evaluation, positions=positions)[:4, 0] == pytest.approx(ranked[:4, 1])


def test_numbers_whose_intervals_are_not_classes_in_order_have_no_place():
    cut = '<DISCRETIZE><VALUE>1</VALUE><BOUND Associate="Up">10</BOUND><VALUE>{0;2}</VALUE></DISCRETIZE>'
    number = attribute("N", scale="<SCALE><CONTINUOUS/></SCALE>")
    model = read_dxi(dxi(attribute("R", function("012"), attribute("D", cut, number))))
    assert positions_of_numbers(model, {2: np.array([1.0])}) == {}
