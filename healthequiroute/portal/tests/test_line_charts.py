"""Line charts on paper: told apart without colour, inside their axes, named and described."""

from xml.etree import ElementTree

from healthequiroute.portal.line_charts import Axis, Series, line_chart

SVG = "{http://www.w3.org/2000/svg}"
UNIT = Axis("Residents", 0, 1, [(0, "0%"), (1, "100%")])


def parse(markup):
    return ElementTree.fromstring(str(markup).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def drawn(*series, y=UNIT):
    return parse(line_chart(series, x=UNIT, y=y, title="T & T", description="Rises"))


def places(line):
    return [tuple(map(float, pair.split(","))) for pair in line.get("points").split()]


def test_a_chart_is_named_and_every_series_stands_in_the_legend():
    svg = drawn(Series("Model", [(0, 0), (1, 1)]), Series("None <at all>", [(0, 0), (1, 1)], style=-1))
    ids = svg.get("aria-labelledby").split()
    assert [svg.find(f"{SVG}{tag}").get("id") for tag in ("title", "desc")] == ids
    assert svg.find(f"{SVG}title").text == "T & T"
    texts = [text.text for text in svg.iter(f"{SVG}text")]
    assert {"Model", "None <at all>", "Residents", "0%", "100%"} <= set(texts)
    assert not [element for element in svg.iter() if "style" in element.attrib]


def test_series_have_styles_of_their_own():
    lines = drawn(*(Series(str(n), [(0, 0), (1, 1)], style=n) for n in range(-1, 5))).iter(f"{SVG}polyline")
    assert len({line.get("class") for line in lines}) == 6


def test_points_run_from_the_lower_left_to_the_upper_right_and_stay_inside():
    (line,) = drawn(Series("Model", [(0, 0), (0.5, 0.75), (1, 1), (2, 9)])).iter(f"{SVG}polyline")
    (x0, y0), (x1, y1), (x2, y2), last = places(line)
    assert x0 < x1 < x2 and y0 > y1 > y2
    assert last == (x2, y2)


def test_a_band_lies_around_its_line():
    svg = drawn(Series("Model", [(0, 0.5), (1, 0.5)], band=[(0, 0.4, 0.6), (1, 0.3, 0.7)]))
    (band,) = svg.iter(f"{SVG}polygon")
    (line,) = svg.iter(f"{SVG}polyline")
    heights = [y for _, y in places(band)]
    assert min(heights) < places(line)[0][1] < max(heights)


def test_an_axis_without_extent_draws_on_its_edge():
    (line,) = drawn(Series("Model", [(0, 1), (1, 1)]), y=Axis("", 1, 1, [])).iter(f"{SVG}polyline")
    assert len({y for _, y in places(line)}) == 1
