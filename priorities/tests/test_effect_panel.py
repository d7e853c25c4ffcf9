"""The effect of a draft in words: every figure says what it is, and nothing is compared that cannot be."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from django.template.loader import render_to_string

from lsoa.written_numbers import signed
from priorities.default_model import FILE, INPUTS
from priorities.dex.dxi import read_dxi
from priorities.dex.minutes import DEFAULT_POLICY
from priorities.dex.model import ScaleClass
from priorities.dex.tables.editing import with_rule
from priorities.dex.thresholds import Thresholds
from priorities.dex.values import single
from priorities.effect_panel import effect_panel, headline, percent
from priorities.model_versions import CompiledVersion
from priorities.preview import before_of, compare
from priorities.preview_evaluation import outcome_of
from priorities.preview_inputs import Grouping, PreviewInputs

LEAST, MOST = 0.0, 90.0


@pytest.fixture(scope="module")
def version():
    model = read_dxi(FILE.read_bytes())
    wanted = [INPUTS[model.attributes[index].name] for index in model.inputs]
    limits = tuple(Thresholds(one.bounds or one.reference or (10.0, 20.0), descending=one.descending) for one in wanted)
    return CompiledVersion(model, tuple(one.indicator for one in wanted), limits, DEFAULT_POLICY)


@pytest.fixture(scope="module")
def inputs(version):
    """Three quiet areas, the first in the most deprived tenth, and one in which everything is worst."""
    figures = {code: np.array([LEAST, LEAST, LEAST, MOST]) for code in version.indicators}
    figures["imd_decile"] = np.array([1.0, 9.0, 10.0, 1.0])
    numbers = np.arange(4)
    return PreviewInputs(
        stamp=None,
        area_ids=numbers + 100,
        indexes=numbers,
        deciles=Grouping("IMD decile", tuple(str(n) for n in range(1, 11)), np.array([0, 8, 9, 0], dtype=np.int16)),
        regions=Grouping("Region", ("North",), np.array([0, 0, -1, 0], dtype=np.int16)),
        rural_urban=Grouping("Rural or urban", (), np.full(4, -1, dtype=np.int16)),
        figures=figures,
    )


def changed(version, rule: int, class_index: int):
    root = version.model.attributes[0]
    table = with_rule(root.function, rule, single(class_index)).table
    attributes = (replace(root, function=table), *version.model.attributes[1:])
    return replace(version, model=replace(version.model, attributes=attributes))


def effect(inputs, draft, version):
    return compare(inputs, outcome_of(draft, inputs.figures, stamp=None), before_of(version, inputs))


def cells(table, row):
    found = next(one for one in table.rows if one.label == row)
    return {cell.label: cell.text for cell in found.cells}


def test_the_headline_says_how_many_and_which_way(inputs, version):
    assert headline(effect(inputs, version, version)) == "None of 4 areas would change class."
    risen = effect(inputs, changed(version, 0, 1), version)
    assert headline(risen) == "2 of 4 areas (50.0%) would change class: 2 would become more urgent."
    fallen = effect(inputs, version, changed(version, 0, 1))
    assert headline(fallen) == "2 of 4 areas (50.0%) would change class: 2 would become less urgent."


def test_classes_and_moves_are_tables_with_the_most_urgent_first(inputs, version):
    panel = effect_panel(effect(inputs, changed(version, 0, 1), version))
    assert [row.label for row in panel.classes.rows] == ["Urgent", "Elevated", "Standard", "Routine"]
    standard = cells(panel.classes, "Standard")
    assert (standard["Now"], standard["Draft"], standard["Change"]) == ("1", "3", "+2")
    moves = next(row for row in panel.moves.rows if row.label == "Routine")
    assert {cell.label: (cell.text, cell.move) for cell in moves.cells}["To standard"] == ("2", (0, 1))


def test_equity_is_told_by_core20_and_by_groups_that_are_published(inputs, version):
    panel = effect_panel(effect(inputs, changed(version, 0, 1), version))
    tables = {table.key: table for table in panel.equity}
    assert cells(tables["core20"], "Urgent")["Core20 areas, draft"] == "50.0%"
    assert cells(tables["core20"], "Standard") == {
        "Core20 areas now": "50.0%",
        "Core20 areas, draft": "50.0%",
        "Other areas now": "0%",
        "Other areas, draft": "100.0%",
    }
    assert cells(tables["region"], "North")["Areas"] == "3"
    # Nothing is published about the kind of place, so there is no table of it.
    assert set(tables) == {"core20", "imd-decile", "region"}


def test_other_classes_than_now_are_shown_without_comparing_names(inputs, version):
    root = version.model.attributes[0]
    scale = replace(root.scale, classes=(*root.scale.classes, ScaleClass("today")))
    model = replace(version.model, attributes=(replace(root, scale=scale), *version.model.attributes[1:]))
    panel = effect_panel(effect(inputs, replace(version, model=model), version))
    assert cells(panel.classes, "Today") == {"Now": "-", "Draft": "0", "Change": "-", "Share": "0%"}
    assert "Core20" not in " ".join(figure.label for figure in panel.figures)
    render_to_string("priorities/editing/_effect.html", {"effect": panel})


def test_older_data_behind_the_classes_in_force_are_named(inputs, version):
    found = replace(effect(inputs, version, version), outdated="QOF 2025 was loaded")
    html = render_to_string("priorities/editing/_effect.html", {"effect": effect_panel(found)})
    assert "QOF 2025 was loaded" in html
    assert "comes from the data and not from the draft" in html


def test_the_chart_says_in_words_what_it_shows(inputs, version):
    panel = effect_panel(effect(inputs, changed(version, 0, 1), version))
    assert "decile 1: 50.0% (now 50.0%)" in panel.chart.description
    html = render_to_string("priorities/editing/_effect.html", {"effect": panel})
    assert "style=" not in html


@pytest.mark.parametrize(
    ("part", "whole", "text"), [(0, 10, "0%"), (1, 10, "10.0%"), (1, 30_000, "under 0.1%"), (3, 0, "")]
)
def test_shares_are_told_so_that_little_is_not_nothing(part, whole, text):
    assert percent(part, whole) == text


@pytest.mark.parametrize(("number", "text"), [(1200, "+1,200"), (-3, "\N{MINUS SIGN}3"), (0, "0")])
def test_changes_have_a_sign(number, text):
    assert signed(number) == text


def test_nothing_to_show_is_said(inputs, version):
    rows = np.zeros(4, dtype=bool)
    outcome = outcome_of(version, inputs.figures, stamp=None)
    nothing = compare(inputs, outcome, before_of(version, inputs), rows)
    assert headline(nothing) == "There are no areas to show an effect on."
    assert effect_panel(nothing).brief == "No areas"


def test_a_first_calculation_is_no_move(inputs, version):
    before = SimpleNamespace(
        classes=np.full(4, -1, dtype=np.int8), labels=("Routine",), outcome=None, words="nothing", outdated=""
    )
    first = compare(inputs, outcome_of(version, inputs.figures, stamp=None), before)
    assert headline(first) == "4 areas would get a class; none has one yet."
