"""What a map asks for: values by area, the areas in view, places, names and borders, and a base map by setting."""

import gzip
import json
import os
import subprocess
import sys

import brotli
import numpy as np
import pytest
from django.conf import settings as django_settings
from django.urls import reverse

from accounts.audit import SystemActor
from healthequiroute.portal.in_view import MOST_AREAS, Box, areas_in_view
from lsoa import tile_sets
from lsoa.models import Area, Place
from lsoa.orientation import orientation_document
from priorities.tests.factories import make_areas, spread

ALL = "-9,49,3,56"
LABELS, PALETTE = ("Low", "High"), ("#ffffcc", "#253494")


@pytest.fixture
def tile_set(city):
    return tile_sets.rebuild(by=SystemActor("tests"))


def box_around(area, degrees=0.0005):
    x, y = area.centroid.coords
    return f"{x - degrees},{y - degrees},{x + degrees},{y + degrees}"


# Values


def test_values_come_packed_and_once(analyst, city, patch):
    plain = analyst.get(reverse("theme"), headers={"accept-encoding": ""})
    zipped = analyst.get(reverse("theme"), headers={"accept-encoding": "gzip"})
    small = analyst.get(reverse("theme"), headers={"accept-encoding": "gzip, br"})
    assert gzip.decompress(zipped.content) == plain.content == brotli.decompress(small.content)
    assert small["Content-Encoding"] == "br"
    assert "Accept-Encoding" in small["Vary"]
    again = analyst.get(reverse("theme"), headers={"if-none-match": f"W/{plain['ETag']}"})
    assert again.status_code == 304
    assert again.content == b""


def test_other_filters_are_other_values(analyst, city, patch):
    one, other = (analyst.get(reverse("theme"), {"priority": number}) for number in ("0", "3"))
    assert one["ETag"] != other["ETag"]


def test_the_summary_and_the_legend_say_what_the_map_paints(analyst, city, patch):
    page = analyst.get(reverse("explore"), {"theme": "low_english_share"}).context["page"]
    values = np.frombuffer(
        analyst.get(reverse("theme"), {"theme": "low_english_share"}, headers={"accept-encoding": ""}).content, np.uint8
    )
    told = {item.label: item.count for item in page.area_map.legend.items}
    assert told["No data"] == str(int((values == 255).sum()))
    assert page.area_map.summary.startswith(page.theme.title)
    assert sum(int(count) for label, count in told.items() if label in page.theme.labels) == int((values < 254).sum())


# Areas in view


def test_the_list_has_the_areas_of_the_box_most_need_first(analyst, city, patch):
    found = analyst.get(reverse("map-in-view"), {"box": ALL, "map_id": "explore-map"})
    rows = found.context["found"]
    assert rows.total == 4
    assert [row.code for row in rows.rows][2:] == [city["deprived"].code, city["quiet"].code]
    assert rows.sentence == "4 areas in view: 2 urgent, 1 standard, 1 routine."
    assert b'data-show-on-map="explore-map"' in found.content


def test_only_what_lies_in_the_box_counts(analyst, city, patch):
    area = city["worst"]
    inside = [row.code for row in analyst.get(reverse("map-in-view"), {"box": box_around(area)}).context["found"].rows]
    assert area.code in inside
    nowhere = analyst.get(reverse("map-in-view"), {"box": "2.5,55.5,2.6,55.6"}).context["found"]
    assert nowhere.sentence == "No area in view."


@pytest.mark.parametrize(
    "box",
    [
        "",
        "1,2,3",
        "a,b,c,d",
        "nan,1,2,3",
        "inf,1,2,3",
        "3,49,-9,56",
        "-9,56,3,49",
        "-999,0,999,1",
        "1,1,1,1",
        "1" * 5000,
    ],
)
def test_a_box_that_makes_no_sense_is_refused_in_words(analyst, city, patch, box):
    answer = analyst.get(reverse("map-in-view"), {"box": box})
    assert answer.status_code == 400
    assert answer.context["problem"]


def test_a_name_of_a_map_cannot_carry_markup(analyst, city, patch):
    answer = analyst.get(reverse("map-in-view"), {"box": ALL, "map_id": 'x" onclick="alert(1)'})
    assert b'" onclick=' not in answer.content


def test_a_long_list_is_cut_and_says_how_many_there_are(city):
    make_areas(*spread(MOST_AREAS + 5))
    indexes = list(Area.objects.current().order_by("index").values_list("index", flat=True))
    values = np.zeros(indexes[-1] + 1, dtype=np.uint8)
    values[indexes[:3]] = 255
    found = areas_in_view(values, LABELS, PALETTE, Box.parse("-180,-90,180,90"))
    assert found.total == len(indexes)
    assert len(found.rows) == MOST_AREAS
    assert found.is_cut
    assert found.counts[-1] == ("No data", 3)


def test_the_list_asks_no_more_for_more_areas(analyst, city, patch, django_assert_max_num_queries):
    analyst.get(reverse("map-in-view"), {"box": ALL})
    with django_assert_max_num_queries(14):
        analyst.get(reverse("map-in-view"), {"box": ALL})


# Places


def test_a_place_says_where_it_is(analyst, city, patch):
    area = city["worst"]
    found = analyst.get(reverse("map-place"), {"place": f"area:{area.code}"}).json()
    assert (found["name"], found["index"]) == (area.name, area.index)
    authority = analyst.get(reverse("map-place"), {"place": "local_authority:E08000025"}).json()
    west, south, east, north = authority["bounds"]
    assert west < area.centroid.x < east
    assert south < area.centroid.y < north
    assert authority["index"] is None


@pytest.mark.parametrize(
    "question", [{}, {"q": "qqqqzzzz"}, {"place": "nonsense"}, {"place": "area:E01999999"}, {"place": "ward:E05000000"}]
)
def test_what_is_no_place_is_not_found(analyst, city, patch, question):
    assert analyst.get(reverse("map-place"), question).status_code == 404


# Names and borders


def test_names_and_borders_are_one_document_that_is_kept(analyst, tile_set, city):
    Place.objects.create(
        kind=Place.Kind.LOCAL_AUTHORITY, code="E08000025", name="Testham", vintage=2021, area_count=4,
        point=city["worst"].centroid, key="TESTHAM", text="TESTHAM",
    )  # fmt: skip
    page = analyst.get(reverse("explore"))
    address = page.context["page"].area_map.places_url
    answer = analyst.get(address, headers={"accept-encoding": ""})
    document = json.loads(answer.content)
    assert [place[0] for place in document["places"]["local_authority"]] == ["Testham"]
    assert "immutable" in answer["Cache-Control"]
    assert analyst.get(address, headers={"if-none-match": answer["ETag"]}).status_code == 304
    unnamed = analyst.get(reverse("map-places", args=[2021]))
    assert "immutable" not in unnamed["Cache-Control"]


def test_run_lengths_name_the_authority_of_every_area(city):
    runs = orientation_document(2021)["borders"]["local_authority"]
    numbers = [number for number, count in zip(runs[::2], runs[1::2], strict=True) for _ in range(count)]
    of_testham = {numbers[area.index] for area in city.values()}
    others = {numbers[a.index] for a in Area.objects.current().exclude(local_authority_code="E08000025")}
    assert len(numbers) == max(Area.objects.current().values_list("index", flat=True)) + 1
    assert len(of_testham) == 1
    assert 0 not in of_testham
    assert not of_testham & others


@pytest.mark.parametrize("vintage", [1999, 2011])
def test_a_vintage_without_a_map_has_no_names(analyst, city, vintage):
    answer = analyst.get(reverse("map-places", args=[vintage]), headers={"accept-encoding": ""})
    assert all(not places for places in json.loads(answer.content)["places"].values())


# Base map


def settings_say(tmp_path, **variables):
    """CSP and page of a process that starts with these variables."""
    nothing = tmp_path / "nothing.env"
    nothing.touch()
    environment = {"PATH": os.environ["PATH"], "HER_ENV_FILE": str(nothing), "DEMO_MODE": "true", **variables}
    program = (
        "import django; django.setup(); from django.conf import settings as s;"
        "print(s.CONTENT_SECURITY_POLICY['DIRECTIVES']['img-src'], s.BASE_MAP_TILES)"
    )
    command = [sys.executable, "-c", program]
    environment["DJANGO_SETTINGS_MODULE"] = "healthequiroute.settings"
    return subprocess.run(command, env=environment, capture_output=True, text=True, cwd=django_settings.BASE_DIR)


def test_without_a_setting_nothing_is_asked_of_other_machines(tmp_path):
    assert "http" not in settings_say(tmp_path).stdout


def test_a_base_map_lets_in_its_own_server_and_no_other(tmp_path):
    tiles = "https://tiles.example.org/outdoor/{z}/{x}/{y}.png"
    done = settings_say(tmp_path, BASE_MAP_TILES=tiles, BASE_MAP_ATTRIBUTION="© Example")
    assert "'https://tiles.example.org'" in done.stdout
    assert done.stdout.count("https://") == 2


@pytest.mark.parametrize(
    "variables",
    [
        {"BASE_MAP_TILES": "https://tiles.example.org/{z}/{x}/{y}.png"},
        {"BASE_MAP_TILES": "http://tiles.example.org/{z}/{x}/{y}.png", "BASE_MAP_ATTRIBUTION": "x"},
        {"BASE_MAP_TILES": "https://{s}.example.org/{z}/{x}/{y}.png", "BASE_MAP_ATTRIBUTION": "x"},
        {"BASE_MAP_TILES": "https://tiles.example.org/{z}.png", "BASE_MAP_ATTRIBUTION": "x"},
        {"BASE_MAP_TILES": "https://a.org *; script-src/{z}/{x}/{y}", "BASE_MAP_ATTRIBUTION": "x"},
    ],
)
def test_a_base_map_that_cannot_be_meant_stops_the_start(tmp_path, variables):
    done = settings_say(tmp_path, **variables)
    assert done.returncode != 0
    assert "BASE_MAP" in done.stderr


def test_the_map_names_the_base_map_where_there_is_one(analyst, city, patch, tile_set, settings):
    assert b"data-base-map-url" not in analyst.get(reverse("explore")).content
    settings.BASE_MAP_TILES = "https://tiles.example.org/{z}/{x}/{y}.png"
    settings.BASE_MAP_ATTRIBUTION = "© Example"
    page = analyst.get(reverse("explore")).content.decode()
    assert 'data-base-map-url="https://tiles.example.org/{z}/{x}/{y}.png"' in page
    assert "Base map: © Example" in page
