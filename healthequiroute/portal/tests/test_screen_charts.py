"""Charts of a page: words that break and grow, nothing drawn where nothing is known, all inside its axes."""

from xml.etree import ElementTree

import pytest
from django.template import Context, Template

from healthequiroute.portal.charts import Bar
from healthequiroute.portal.line_charts import Axis, Series
from healthequiroute.portal.screen_charts import bars, lines

UNIT = Axis("Residents", 0, 1, [(0, "0%"), (0.5, "50%"), (1, "100%")])
LONG = "Bournemouth, Christchurch and Poole"


def parse(markup):
    return ElementTree.fromstring(str(markup))


def of_class(root, css):
    return [element for element in root.iter() if css in element.get("class", "").split()]


def drawn(*series, y=UNIT):
    return parse(lines(series, x=UNIT, y=y, title="T & T", description="Rises"))


def test_bars_are_a_list_of_names_and_figures():
    found = parse(bars([Bar(LONG, 0.97, "97%"), Bar("5 <least>", None, "under 5")], title="T & T", description="Falls"))
    (rows,) = found.iter("ul")
    assert rows.get("aria-label") == "T & T"
    assert ["".join(row.itertext()).split("  ") for row in rows] == [[LONG, "97%"], ["5 <least>", "under 5"]]
    assert found.find("p").text == "Falls"


def test_a_missing_share_draws_no_bar_and_an_interval_has_two_ends():
    found = parse(bars([Bar("1", 0.5, "50%", interval=(0.4, 0.6)), Bar("5", None, "under 5")], title="T"))
    (bar,) = of_class(found, "her-chart__bar")
    assert bar.get("width") == "500"
    assert len(of_class(found, "her-chart__track")) == 2
    assert {line.get("x1") for line in of_class(found, "her-chart__interval")} == {"400", "600"}


@pytest.mark.parametrize(("label", "is_short"), [("1 most deprived", True), (LONG, False)])
def test_only_short_names_stay_beside_their_bars_on_a_phone(label, is_short):
    found = parse(bars([Bar(label, 0.5, "50%"), Bar("5", 0.1, "10%")], title="T"))
    assert ("her-bars--short" in found.get("class").split()) is is_short


def test_a_chart_is_named_and_every_series_stands_in_the_key():
    found = drawn(Series("Model", [(0, 0), (1, 1)]), Series("None <at all>", [(0, 0), (1, 1)], style=-1))
    (chart,) = of_class(found, "her-chart--lines")
    ids = chart.get("aria-labelledby").split()
    assert [chart.find(tag).get("id") for tag in ("title", "desc")] == ids
    assert [chart.find(tag).text for tag in ("title", "desc")] == ["T & T", "Rises"]
    assert [item.find("svg").tail for item in found.find("ul")] == ["Model", "None <at all>"]
    assert found.find("p").text == "Residents"


def test_nothing_needs_a_style_attribute():
    charts = (drawn(Series("A", [(0, 0)], dots=[(0.5, 0.5, 0.4, 0.6)])), parse(bars([Bar("A", 1, "1")], title="T")))
    assert not [element for chart in charts for element in chart.iter() if "style" in element.attrib]


def test_points_run_from_the_lower_left_to_the_upper_right_and_stay_inside():
    (line,) = drawn(Series("Model", [(0, 0), (0.5, 0.75), (1, 1), (2, 9)])).iter("polyline")
    assert line.get("points") == "0,1000 500,250 1000,0 1000,0"


def test_a_band_lies_around_its_line():
    found = drawn(Series("Model", [(0, 0.5), (1, 0.5)], band=[(0, 0.4, 0.6), (1, 0.3, 0.7)]))
    (band,) = found.iter("polygon")
    assert band.get("points") == "0,400 1000,300 1000,700 0,600"


def test_a_dot_stands_in_its_interval():
    found = drawn(Series("Fifths", [], dots=[(0.25, 0.5, 0.4, 0.6)]))
    (chart,) = of_class(found, "her-chart--lines")
    (dot,), (interval,) = of_class(chart, "her-chart__dot"), of_class(chart, "her-chart__interval")
    assert (dot.get("cx"), dot.get("cy")) == ("25%", "50%")
    assert [interval.get(key) for key in ("x1", "x2", "y1", "y2")] == ["25%", "25%", "40%", "60%"]


def test_the_first_and_the_last_word_of_an_axis_stay_in_a_narrow_place():
    words = of_class(drawn(Series("A", [(0, 0), (1, 1)])), "her-lines__step")
    classes = {word.text: word.get("class").split()[1:] for word in words}
    assert classes == {"0%": [], "50%": ["is-second", "is-between"], "100%": []}


def test_an_axis_without_extent_draws_on_its_edge():
    (line,) = drawn(Series("Model", [(0, 1), (1, 1)]), y=Axis("", 1, 1, [])).iter("polyline")
    assert line.get("points") == "0,1000 1000,1000"


def test_the_tags_take_plain_dictionaries():
    page = Template(
        "{% load her_charts %}{% chart_lines series x=x y=x title='T' description='D' %}{% chart_bars bars title='T' %}"
    )
    axis = {"title": "Residents", "low": 0, "high": 1, "ticks": [(0, "0")]}
    bar = {"label": "A", "share": 0.5, "text": "50%"}
    series = [{"label": "A", "points": [(0, 0), (1, 1)]}]
    shown = page.render(Context({"series": series, "x": axis, "bars": [bar]}))
    assert "<polyline" in shown and "her-bars" in shown
