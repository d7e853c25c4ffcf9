"""Explore: one query decides summary, table, address and the colours of the map."""

import re

import numpy as np
import pytest
from django.urls import reverse

from accounts.audit import SystemActor
from lsoa.models import Indicator
from lsoa.tests.factories import PatchFactory
from priorities import services

HTMX = {"HX-Request": "true"}


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def names(response):
    return re.findall(r'<a href="/areas/(E\d+)/">', response.content.decode())


def codes(city, *kinds):
    return [city[kind].code for kind in kinds]


def test_the_first_patch_is_shown_most_urgent_first(analyst, city, patch):
    response = analyst.get(reverse("explore"))
    assert response.status_code == 200
    assert set(names(response)[:2]) == set(codes(city, "worst", "gap"))
    assert names(response)[2:] == codes(city, "deprived", "quiet")
    assert "2 of 4 areas (50%) in Testham are urgent" in text_of(response)


def test_without_a_patch_all_areas_are_shown(analyst, city):
    assert "24 areas" in text_of(analyst.get(reverse("explore")))


def test_another_organisations_patch_is_not_shown(analyst, city, patch, other_organisation):
    theirs = PatchFactory(organisation=other_organisation, slug="theirs", areas=[city["quiet"]])
    response = analyst.get(reverse("explore"), {"patch": theirs.slug})
    assert theirs.name not in text_of(response)
    # An unknown name means the organisation's own first patch.
    assert len(names(response)) == 4


@pytest.mark.parametrize(
    ("filters", "kinds"),
    [
        ({"priority": "3"}, {"worst", "gap"}),
        ({"priority": ["0", "1"]}, {"quiet", "deprived"}),
        ({"core20": "1"}, {"deprived", "worst", "gap"}),
        ({"core20": "1", "priority": "1"}, {"deprived"}),
        ({"authority": "E99999999"}, set()),
        ({"range": "low_english_share:1:"}, {"worst"}),
        ({"range": "low_english_share::0"}, {"quiet", "deprived"}),
    ],
)
def test_filters_decide_the_rows_and_the_map_alike(analyst, city, patch, filters, kinds):
    page = analyst.get(reverse("explore"), filters)
    assert set(names(page)) == set(codes(city, *kinds))
    colours = np.frombuffer(analyst.get(reverse("theme"), filters).content, dtype=np.uint8)
    inside = {index for index in range(len(colours)) if colours[index] not in (254, 255)}
    assert inside == {city[kind].index for kind in kinds}


def test_a_figure_that_is_missing_says_why_and_is_never_nought(analyst, city, patch):
    response = analyst.get(reverse("explore"), {"theme": "low_english_share", "priority": "3"})
    assert "Suppressed" in text_of(response)


def test_a_missing_figure_passes_no_range(analyst, city, patch):
    response = analyst.get(reverse("explore"), {"range": "low_english_share:0:100"})
    assert city["gap"].code not in names(response)


def test_the_map_shows_the_class_of_each_area_by_index(analyst, city, patch):
    colours = np.frombuffer(analyst.get(reverse("theme"), {"patch": "all"}).content, dtype=np.uint8)
    assert colours[city["quiet"].index] == 0
    assert colours[city["deprived"].index] == 1
    assert colours[city["worst"].index] == 3


def test_areas_without_a_figure_are_no_data_on_the_map(analyst, city, patch):
    colours = np.frombuffer(analyst.get(reverse("theme"), {"theme": "low_english_share"}).content, dtype=np.uint8)
    assert colours[city["gap"].index] == 255
    assert colours[city["worst"].index] not in (254, 255)


@pytest.mark.parametrize("theme", ["priority", "change", "clinical_need", "imd_decile", "age75_share", "no-such-theme"])
def test_every_theme_has_a_word_and_a_colour_for_each_class(analyst, city, patch, theme):
    page = analyst.get(reverse("explore"), {"theme": theme}).context["page"]
    colours = np.frombuffer(analyst.get(reverse("theme"), {"theme": theme, "patch": "all"}).content, dtype=np.uint8)
    shown = set(colours) - {254, 255}
    assert shown <= set(range(len(page.theme.labels)))
    assert len(page.area_map.palette) >= len(page.theme.labels)


def test_more_deprived_is_darker_although_the_decile_is_lower(analyst, city, patch):
    Indicator.objects.filter(code="imd_decile").update(polarity=Indicator.Polarity.LOW_IS_NEED)
    colours = np.frombuffer(analyst.get(reverse("theme"), {"theme": "imd_decile"}).content, dtype=np.uint8)
    assert colours[city["deprived"].index] > colours[city["quiet"].index]


def test_an_unchanged_theme_is_not_sent_again(analyst, city, patch):
    first = analyst.get(reverse("theme"))
    again = analyst.get(reverse("theme"), headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


def test_a_new_run_is_a_new_theme(analyst, city, patch):
    first = analyst.get(reverse("theme"))
    services.score_areas(by=SystemActor("tests"))
    again = analyst.get(reverse("theme"), headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200


def test_sorting_both_ways(analyst, city, patch):
    up = names(analyst.get(reverse("explore"), {"sort": "name"}))
    down = names(analyst.get(reverse("explore"), {"sort": "-name"}))
    assert up == down[::-1] == sorted(up)


def test_areas_without_the_figure_come_last_either_way(analyst, city, patch):
    for order in ("low_english_share", "-low_english_share"):
        assert names(analyst.get(reverse("explore"), {"sort": order}))[-1] == city["gap"].code


def test_a_page_beyond_the_last_is_the_last(analyst, city, patch):
    assert len(names(analyst.get(reverse("explore"), {"page": "99"}))) == 4


def test_what_the_form_sends_becomes_an_address_worth_sharing(analyst, city, patch):
    response = analyst.get(reverse("explore"), {"patch": "", "core20": "on", "indicator": "", "low": "", "high": ""})
    assert response.status_code == 302
    assert response["Location"] == "/explore/?core20=1"


def test_a_range_that_makes_no_sense_is_said_and_kept_to_be_mended(analyst, city, patch):
    response = analyst.get(reverse("explore"), {"indicator": "age75_share", "low": "abc", "high": ""})
    assert "“abc” is not a number." in text_of(response)
    assert 'value="abc"' in response.content.decode()


def test_htmx_gets_the_parts_that_change_and_the_address(analyst, city, patch):
    response = analyst.get(reverse("explore"), {"core20": "on", "low": ""}, headers=HTMX)
    html = response.content.decode()
    assert "<html" not in html
    assert 'id="explore-head" hx-swap-oob="true"' in html
    assert 'data-theme-url="/explore/theme.bin?core20=1"' in html
    assert response["HX-Push-Url"] == "/explore/?core20=1"


def test_each_filter_can_be_taken_off_alone(analyst, city, patch):
    page = analyst.get(reverse("explore"), {"core20": "1", "priority": ["2", "3"]}).context["page"]
    assert {item["label"]: item["remove_url"] for item in page.applied} == {
        "Elevated": "/explore/?priority=3&core20=1",
        "Urgent": "/explore/?priority=2&core20=1",
        "Core20 only": "/explore/?priority=2&priority=3",
    }


def test_the_panel_of_an_area_says_why(analyst, city, patch):
    text = text_of(analyst.get(reverse("area-panel"), {"index": city["worst"].index}))
    assert city["worst"].name in text
    assert "Urgent" in text
    assert "Social vulnerability" in text


@pytest.mark.parametrize("asked", [{}, {"index": "999999"}, {"index": "-1"}, {"index": "x"}, {"code": "E01999999"}])
def test_the_panel_of_no_area_is_not_found(analyst, city, asked):
    assert analyst.get(reverse("area-panel"), asked).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_rows(analyst, city, patch, django_assert_max_num_queries):
    analyst.get(reverse("explore"), {"patch": "all"})
    with django_assert_max_num_queries(30):
        analyst.get(reverse("explore"), {"patch": "all"})


def test_before_anything_is_loaded_the_page_says_so(analyst, organisation):
    response = analyst.get(reverse("explore"))
    assert response.status_code == 200
    assert "No area" in text_of(response)
    assert analyst.get(reverse("theme")).content == b""
