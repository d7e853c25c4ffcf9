"""Charts: named for those who cannot see them, honest about what is missing, free of style attributes."""

import math
import re
from xml.etree import ElementTree

import pytest

from healthequiroute.portal import charts

SVG = "{http://www.w3.org/2000/svg}"


def parse(markup):
    return ElementTree.fromstring(str(markup).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


EXAMPLES = {
    "bars": charts.horizontal_bars(
        [charts.Bar("1 most deprived", 0.97, "97%", interval=(0.9, 0.99)), charts.Bar("5", None, "under 5")],
        title="T & T",
    ),
    "ratio": charts.ratio_strip([("Urgent", 3, "a"), ("Routine", 1, "b")], title="T & T"),
    "sparkline": charts.sparkline([1, None, 3, 2], title="T & T", description="Rising"),
    "columns": charts.columns([3, 0, 1], title="T & T", description="Falling"),
    "nothing in columns": charts.columns([], title="T & T", description="None"),
    "position": charts.position_strip(4, low=0, median=2, high=100, title="T & T", description="High"),
    "nothing in a ratio": charts.ratio_strip([], title="T & T"),
    "nothing in a sparkline": charts.sparkline([None, None], title="T & T", description=""),
}


@pytest.mark.parametrize("markup", EXAMPLES.values(), ids=EXAMPLES.keys())
def test_a_chart_has_a_name_and_a_description(markup):
    svg = parse(markup)
    assert svg.get("role") == "img"
    ids = svg.get("aria-labelledby").split()
    named = {element.get("id"): element.text for element in svg.iter() if element.get("id")}
    assert [bool(named[i]) for i in ids] == [True, True]
    assert svg.find(f"{SVG}title").text == "T & T"


@pytest.mark.parametrize("markup", EXAMPLES.values(), ids=EXAMPLES.keys())
def test_a_chart_needs_no_style_attribute(markup):
    assert not re.search(r"\sstyle=", str(markup))


def test_two_charts_of_a_page_have_ids_of_their_own():
    ids = re.findall(r'id="(chart-[^"]+)"', "".join(map(str, EXAMPLES.values())))
    assert len(ids) == len(set(ids))


def test_bars_say_their_figures_in_words():
    assert parse(EXAMPLES["bars"]).find(f"{SVG}desc").text == "1 most deprived: 97%; 5: under 5"


def test_a_missing_share_draws_no_bar():
    classes = [rect.get("class") for rect in parse(EXAMPLES["bars"]).iter(f"{SVG}rect")]
    assert classes.count("her-chart__bar") == 1
    assert classes.count("her-chart__track") == 2


def test_a_missing_value_is_a_gap_in_the_line():
    assert len(list(parse(EXAMPLES["sparkline"]).iter(f"{SVG}polyline"))) == 2


def test_the_widths_of_a_ratio_follow_its_counts():
    widths = [float(rect.get("width")) for rect in parse(EXAMPLES["ratio"]).iter(f"{SVG}rect")]
    assert widths == [540, 180]


@pytest.mark.parametrize(("value", "place"), [(0, 6), (2, 84), (100, 162), (-5, 6), (1000, 162)])
def test_the_position_lies_between_lowest_and_highest(value, place):
    strip = charts.position_strip(value, low=0, median=2, high=100, title="T", description="D")
    assert float(parse(strip).find(f"{SVG}circle").get("cx")) == place


def test_a_distribution_of_one_value_still_draws():
    strip = parse(charts.position_strip(1, low=1, median=1, high=1, title="T", description="D"))
    assert math.isfinite(float(strip.find(f"{SVG}circle").get("cx")))


def test_columns_stand_on_zero_and_one_in_a_thousand_is_still_seen():
    shapes = re.findall(r'<rect [^>]*height="([\d.]+)"', str(charts.columns([1_000, 0, 1], title="T", description="D")))
    assert [float(height) for height in shapes] == [26, 0, 1]
