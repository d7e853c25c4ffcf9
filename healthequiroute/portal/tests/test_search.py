"""The search page and its suggestions, without and with JavaScript; Explore narrowed to a place; facts of an area."""

import re

import pytest
from django.urls import reverse

from healthequiroute.testing.shared import shared
from lsoa.models import Area, AreaChange
from lsoa.search.throttle import SearchThrottle
from lsoa.services import rebuild_places
from lsoa.tests.factories import AreaFactory, DatasetFactory, PatchFactory, PostcodeFactory


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def hrefs(response):
    return re.findall(r'href="([^"]+)"', response.content.decode())


@pytest.fixture
@shared
def places(city):
    """The four scored areas in two wards, postcodes, and an area that ended with 2011."""
    for name, ward in (("quiet", "E05011118"), ("deprived", "E05011118"), ("worst", "E05011151"), ("gap", "E05011151")):
        names = {"E05011118": "Acocks Green", "E05011151": "Ladywood"}
        Area.objects.filter(pk=city[name].pk).update(
            ward_code=ward, ward_name=names[ward], region_name="West Midlands", region_code="E12000005",
            msoa_code="E02001827", msoa_name="Testham 001", rural_urban_name="Urban: major conurbation",
        )  # fmt: skip
    PostcodeFactory(postcode="ZZ1 2AB", area_code=city["quiet"].code)
    PostcodeFactory(postcode="ZZ1 2AC", area_code=city["quiet"].code, terminated=200806)
    PostcodeFactory(postcode="ZZ1 2AD", area_code="", area_method="", point=None)
    old = AreaFactory(code="E01008999", name="Testham 099Z", vintage=2011)
    AreaChange.objects.create(
        code_2011=old.code, code_2021=city["gap"].code, kind="S", weight=1, dataset=DatasetFactory()
    )
    rebuild_places()
    return city


def find(client, text, **more):
    return client.get(reverse("search"), {"q": text} | more)


def test_a_code_a_whole_name_and_a_postcode_lead_to_the_area(analyst, places):
    area = places["worst"]
    for text in (area.code, area.code.lower(), area.name):
        assert find(analyst, text)["Location"] == reverse("area", args=[area.code])
    for text in ("ZZ1 2AB", "zz12ab", "zzi 2ab"):
        assert find(analyst, text)["Location"] == reverse("area", args=[places["quiet"].code])


def test_a_terminated_postcode_is_shown_as_such_with_its_area(analyst, places):
    response = find(analyst, "ZZ1 2AC")
    assert response.status_code == 200
    assert "Terminated in June 2008" in text_of(response)
    assert reverse("area", args=[places["quiet"].code]) in hrefs(response)


def test_a_postcode_without_a_place_says_so(analyst, places):
    response = find(analyst, "ZZ1 2AD")
    assert "no publication says where it is" in text_of(response)


def test_an_area_of_2011_leads_to_what_it_became(analyst, places):
    response = find(analyst, "E01008999")
    assert "2011 census that has been replaced. It became:" in text_of(response)
    assert reverse("area", args=[places["gap"].code]) in hrefs(response)
    assert reverse("area", args=["E01008999"]) not in hrefs(response)


def test_results_are_grouped_by_kind_and_lead_to_explore(analyst, places):
    response = find(analyst, "testham")
    page = text_of(response)
    assert "Local authority" in page and "Areas (LSOA)" in page
    assert "/explore/?patch=all&amp;place=local_authority:E08000025" in hrefs(response)
    areas = text_of(find(analyst, "testham", kind="area"))
    assert places["worst"].code in areas and "Urgent" in areas


def test_a_partial_postcode_leads_to_the_areas_of_its_district(analyst, places):
    response = find(analyst, "zz1")
    assert "/explore/?patch=all&amp;place=postcode_district:ZZ1" in hrefs(response)


def test_places_of_the_own_patch_are_marked(analyst, places, organisation):
    PatchFactory(organisation=organisation, areas=[places["worst"]])
    assert "In your patch" in text_of(find(analyst, "ladywood"))
    assert "In your patch" not in text_of(find(analyst, "acocks green"))


def test_a_misspelt_name_is_found_and_told(analyst, places):
    page = text_of(find(analyst, "ladywodo"))
    assert "Nothing is called “ladywodo”. These fit “Ladywood”." in page


def test_more_of_a_kind_are_one_link_away(analyst, places):
    for number in range(12):
        AreaFactory(code=f"E0100{7100 + number}", name=f"Elsewhere {number:03d}A", local_authority_name="")
    rebuild_places()
    response = find(analyst, "elsewhere")
    assert "/search/?q=elsewhere&amp;kind=area" in hrefs(response)
    alone = find(analyst, "elsewhere", kind="area")
    assert text_of(alone).count("Elsewhere 0") >= 12


@pytest.mark.parametrize("text", ["Atlantis", "ZZ99 9ZZ", "E01999999"])
def test_nothing_found_says_what_one_could_do(analyst, places, text):
    page = text_of(find(analyst, text))
    assert "Nothing found for" in page and "check the spelling" in page


@pytest.mark.parametrize(
    ("text", "said"),
    [("x", "Enter at least 2 letters or figures"), ("?!;--", "letters or figures"), ("\x01\x02", "Find a place"),
     ("' OR 1=1; DROP TABLE lsoa_place --", "Nothing found"), ("a" * 5000, "Nothing found")],
)  # fmt: skip
def test_bad_input_is_answered_politely(analyst, places, text, said):
    response = find(analyst, text)
    assert response.status_code == 200 and said in text_of(response)


def test_the_text_is_escaped(analyst, places):
    for name in ("search", "search-suggestions"):
        assert b"<script>alert" not in analyst.get(reverse(name), {"q": "<script>alert(1)</script>"}).content


def test_an_unknown_kind_counts_for_nothing(analyst, places):
    assert "Local authority" in text_of(find(analyst, "testham", kind="planet"))


def test_the_box_works_as_a_form_and_carries_what_was_typed(analyst, places):
    html = find(analyst, "testham").content.decode()
    form = re.search(r'<form class="her-search".*?</form>', html, re.DOTALL).group()
    assert 'method="get"' in form and 'value="testham"' in form and 'type="submit"' in form
    # The pattern's roles are set by the script: without it the box is a plain field.
    assert "combobox" not in form


def test_suggestions_are_options_that_lead_somewhere(analyst, places):
    response = analyst.get(reverse("search-suggestions"), {"q": "lady"})
    html = response.content.decode()
    assert 'role="option"' in html and 'data-href="/explore/?patch=all&amp;place=ward:E05011151"' in html
    assert "1 suggestion." in html and "Ward, Testham" in text_of(response)


def test_suggestions_for_nothing_are_said_to_be_none(analyst, places):
    assert "No suggestions" in analyst.get(reverse("search-suggestions"), {"q": "zzzz"}).content.decode()
    assert not text_of(analyst.get(reverse("search-suggestions"), {"q": ""})).strip()


def test_a_terminated_postcode_is_suggested_to_its_explanation(analyst, places):
    html = analyst.get(reverse("search-suggestions"), {"q": "zz1 2ac"}).content.decode()
    assert 'data-href="/search/?q=ZZ1+2AC"' in html


def test_searching_without_end_is_slowed_down(analyst, places, monkeypatch):
    monkeypatch.setattr(SearchThrottle, "rate", "2/min")
    assert [find(analyst, "zz1").status_code for _ in range(3)] == [200, 200, 429]
    assert analyst.get(reverse("search-suggestions"), {"q": "zz1"}).status_code == 429
    assert "searched very often" in text_of(find(analyst, "zz1"))


# -- Explore and the page of an area ---------------------------------------------------------------------------------


def test_explore_narrows_to_a_place_and_names_it(analyst, places):
    response = analyst.get(reverse("explore"), {"patch": "all", "place": "ward:E05011151"})
    page = text_of(response)
    assert "2 of " in page and "Ladywood (ward)" in page
    assert places["worst"].code in page and places["quiet"].code not in page
    assert 'name="place" value="ward:E05011151"' in response.content.decode()


def test_explore_says_when_a_place_cannot_be_read(analyst, places):
    assert "is no place: expected a kind and a code" in text_of(analyst.get(reverse("explore"), {"place": "ward"}))


def test_the_page_of_an_area_says_what_it_belongs_to(analyst, places):
    page = text_of(analyst.get(reverse("area", args=[places["quiet"].code])))
    for fact in ("Acocks Green", "Testham 001", "West Midlands", "Urban: major conurbation", "Postcodes in use 1"):
        assert fact in page
