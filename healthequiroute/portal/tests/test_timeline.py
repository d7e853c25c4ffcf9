"""The timeline: plan and reality side by side, everything told by shape as well as colour, any number of people."""

import re
from xml.etree import ElementTree

import pytest

from healthequiroute.portal.timeline import Actual, Segment, Span, TimelineRow, timeline

SVG = "{http://www.w3.org/2000/svg}"
HOUR = 3600


def parse(markup):
    return ElementTree.fromstring(str(markup).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def shift(name="A. <Khan>", **changes):
    day = {
        "name": name,
        "shift": (8 * HOUR, 16 * HOUR),
        "segments": [
            Segment("drive", 28_800, 29_700, "Drive, 15 min"),
            Segment("visit", 29_700, 33_300, "V-1, 60 min", tier=1, text="1", key="0-1"),
            Segment("break", 33_300, 35_100, "Lunch"),
            Segment("wait", 35_100, 36_000, "Wait"),
        ],
    }
    return TimelineRow(**day | changes)


def draw(*rows, **changes):
    return timeline(rows, title="T & T", **changes)


def classes(markup):
    return " ".join(element.get("class") or "" for element in parse(markup).iter()).split()


@pytest.mark.parametrize("rows", [[], [shift()]])
def test_it_has_a_name_and_a_description_and_no_style_attribute(rows):
    markup = draw(*rows)
    svg = parse(markup)
    named = {element.get("id"): element.text for element in svg.iter() if element.get("id")}
    assert all(named[i] for i in svg.get("aria-labelledby").split())
    assert svg.find(f"{SVG}title").text == "T & T"
    assert not re.search(r"\sstyle=", str(markup))


def test_names_are_escaped_and_long_ones_cut_but_told_whole():
    markup = draw(shift("<b>Bartholomew Featherstonehaugh"))
    assert "<b>" not in str(markup)
    titles = [element.text for element in parse(markup).iter(f"{SVG}title")]
    assert "<b>Bartholomew Featherstonehaugh" in titles


def test_it_covers_whole_hours_around_the_work():
    hours = [text.text for text in parse(draw(shift())).iter(f"{SVG}text") if re.match(r"\d\d:00", text.text or "")]
    assert (hours[0], hours[-1]) == ("08:00", "16:00")


def test_every_stretch_of_a_day_can_be_read():
    titles = [title.text for title in parse(draw(shift())).iter(f"{SVG}title")]
    assert titles[1:] == ["Drive, 15 min", "V-1, 60 min", "Lunch", "Wait"]


def test_windows_lateness_overtime_and_core20_have_shapes_of_their_own():
    late = Segment("visit", 50_400, 52_200, "V-2", tier=3, text="2", window=(39_600, 46_800), late=True, is_core20=True)
    found = classes(draw(shift(segments=[late], overtime=Span(57_600, 61_200, "Overtime, 1 h"))))
    for name in ("window", "late", "overtime", "core20"):
        assert f"her-timeline__{name}" in found
    plain = classes(draw(shift()))
    assert not {f"her-timeline__{name}" for name in ("window", "late", "overtime", "core20")} & set(plain)


def test_overtime_stretches_the_axis():
    hours = [text.text for text in parse(draw(shift(overtime=Span(57_600, 63_000, "Overtime")))).iter(f"{SVG}text")]
    assert "18:00" in hours


def test_what_happened_stands_below_what_was_planned():
    planned = parse(draw(shift()))
    actuals = [Actual("done", 29_900, 33_900, "V-1: done 09:25", key="0-1"), Actual("no_access", 36_000, 36_000, "V-2")]
    both = parse(draw(shift(actuals=actuals)))
    assert float(both.get("viewBox").split()[3]) > float(planned.get("viewBox").split()[3])
    rects = {rect.get("class"): rect for rect in both.iter(f"{SVG}rect")}
    done = rects["her-timeline__actual her-timeline__actual--done"]
    visit = rects["her-timeline__visit her-timeline__visit--tier-1"]
    assert float(done.get("y")) > float(visit.get("y")) + float(visit.get("height"))
    assert done.get("data-stop") == visit.get("data-stop") == "0-1"
    assert float(rects["her-timeline__actual her-timeline__actual--no_access"].get("width")) > 0


@pytest.mark.parametrize(("now", "is_drawn"), [(None, False), (3 * HOUR, False), (10 * HOUR, True)])
def test_now_is_drawn_where_it_lies_on_the_axis(now, is_drawn):
    assert ("her-timeline__now" in classes(draw(shift(), now=now))) is is_drawn


@pytest.mark.parametrize(("people", "axes"), [(1, 1), (10, 1), (20, 1), (30, 2), (60, 4)])
def test_the_hours_are_near_whoever_is_looked_at(people, axes):
    markup = draw(*(shift(f"Nurse {number}") for number in range(people)))
    assert str(markup).count(">08:00<") == axes
    assert str(markup).count("her-person__mark") == people


def test_a_file_of_its_own_brings_its_looks_along():
    markup = str(draw(shift(), standalone=True))
    root = ElementTree.fromstring(markup)
    assert (root.tag, bool(root.get("width"))) == (f"{SVG}svg", True)
    styled = set(re.findall(r"\.(her-[\w-]+)", root.find(f"{SVG}style").text))
    drawn = {name for name in classes(draw(shift())) if name.startswith("her-timeline")}
    assert drawn <= styled
