"""Areas side by side: what the address says is what is shown, and it can always be taken back."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.http import QueryDict
from django.urls import reverse

from accounts.models import Organisation
from healthequiroute.portal.compare_query import CompareQuery
from healthequiroute.portal.presenters.compare import ComparePage
from lsoa.models import Indicator
from lsoa.tests.factories import PatchFactory
from priorities.models import PriorityScore
from routing.models import Visit

from .test_explore import text_of


def address(*areas, **more) -> str:
    asked = QueryDict(mutable=True)
    asked.setlist("area", [area.code for area in areas])
    asked.update(more)
    return f"/compare/?{asked.urlencode()}"


def codes_of(url) -> list[str]:
    return [value for name, value in parse_qsl(urlsplit(url).query) if name == "area"]


def test_the_address_is_read_without_repeats_rubbish_or_a_seventh():
    codes = [f"E0100000{n}" for n in range(8)]
    asked = QueryDict("&".join(f"area={code}" for code in ["x", codes[0].lower(), *codes, codes[1]]))
    query = CompareQuery.from_querydict(asked)
    assert query.areas == tuple(codes[:6])
    assert query.is_full
    assert CompareQuery.from_querydict(QueryDict(query.url.partition("?")[2])) == query


@pytest.mark.parametrize("place", range(3))
def test_what_was_removed_comes_back_where_it_was(place):
    query = CompareQuery(areas=("E01000001", "E01000002", "E01000003"), against="england", differs=True)
    after = CompareQuery.from_querydict(QueryDict(query.without_url(query.areas[place]).partition("?")[2]))
    assert len(after.areas) == 2
    assert after.undo_url == query.url


def test_an_empty_comparison_teaches(analyst, city, patch):
    text = text_of(analyst.get("/compare/"))
    assert "No areas chosen yet" in text
    assert "Find an area" in text


def test_two_areas_side_by_side(analyst, city, patch):
    worst, quiet = city["worst"], city["quiet"]
    html = analyst.get(address(worst, quiet)).content.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    for expected in (worst.name, quiet.name, "Urgent", "Routine", "Rules that tell them apart", "Suggested visit time"):
        assert expected in text
    # Words beside the symbol.
    assert re.search(r'aria-hidden="true">▼</span> (better|worse)', html)
    assert "from routine to urgent" in text


def test_against_england_has_a_column_of_medians(analyst, city, patch):
    html = analyst.get(address(city["worst"], against="england")).content.decode()
    assert 'data-label="England"' in html
    assert "her-compare__verdict--worse" in html


def test_better_and_worse_follow_the_meaning_of_the_indicator(city, organisation):
    Indicator.objects.update(polarity=Indicator.Polarity.HIGH_IS_NEED)
    query = CompareQuery(areas=(city["quiet"].code, city["worst"].code))

    def verdicts():
        rows = [row for section in ComparePage(query, organisation).sections for row in section.rows]
        return {cell.verdict for row in rows if row.url for cell in row.cells if cell.css == "is-up"}

    assert verdicts() == {"worse"}
    Indicator.objects.update(polarity=Indicator.Polarity.LOW_IS_NEED)
    assert verdicts() == {"better"}
    Indicator.objects.update(polarity=Indicator.Polarity.NEUTRAL)
    assert verdicts() == {"higher"}


def test_only_what_differs_leaves_out_the_rest_and_says_how_much(city, organisation):
    codes = (city["worst"].code, city["gap"].code)
    every = ComparePage(CompareQuery(areas=codes), organisation).sections
    some = ComparePage(CompareQuery(areas=codes, differs=True), organisation).sections
    assert all(row.differs for section in some for row in section.rows)
    for whole, part in zip(every, some, strict=True):
        assert len(whole.rows) == len(part.rows) + part.left_out
    assert sum(section.left_out for section in some) > 0


def test_the_rules_that_part_them_are_those_whose_classes_differ(city, organisation):
    page = ComparePage(CompareQuery(areas=(city["worst"].code, city["quiet"].code)), organisation)
    assert page.rules
    for rule in page.rules:
        assert len({name for _, name, _ in rule.sentences}) > 1
        assert all(sentence for *_, sentence in rule.sentences)
    same = ComparePage(CompareQuery(areas=(city["worst"].code,)), organisation)
    assert same.rules == []


def test_removing_offers_the_way_back(analyst, city, patch):
    first = address(city["worst"], city["quiet"])
    html = analyst.get(first).content.decode()
    remove = re.findall(r'href="([^"]+)">Remove<', html)[1].replace("&amp;", "&")
    after = analyst.get(remove).content.decode()
    assert f"{city['quiet'].name} is removed" in after
    back = re.search(r'href="([^"]+)">Undo<', after)[1].replace("&amp;", "&")
    assert codes_of(back) == codes_of(first)
    assert "is removed" not in analyst.get(back).content.decode()


def test_an_area_is_added_to_the_last_comparison(analyst, city, patch):
    analyst.get(address(city["worst"]))
    answer = analyst.get(f"/compare/?add={city['quiet'].code}")
    assert answer.status_code == 302
    assert codes_of(answer["Location"]) == [city["worst"].code, city["quiet"].code]
    # Twice is once.
    analyst.get(answer["Location"])
    assert analyst.get(f"/compare/?add={city['quiet'].code}")["Location"] == answer["Location"]


def test_a_search_that_can_only_mean_one_area_adds_it(analyst, city, patch):
    base = address(city["worst"])
    answer = analyst.get(f"{base}&q={city['quiet'].code}")
    assert answer.status_code == 302
    assert codes_of(answer["Location"]) == [city["worst"].code, city["quiet"].code]
    assert "No area has" in text_of(analyst.get(f"{base}&q=zzzzzzzz"))
    many = analyst.get(f"{base}&q=Testham").content.decode()
    assert "choose one to add" in many


def test_an_unknown_code_is_named_and_the_others_are_shown(analyst, city, patch):
    text = text_of(analyst.get(f"{address(city['worst'])}&area=E01999999"))
    assert "There is no area E01999999" in text
    assert city["worst"].name in text


def test_no_more_queries_for_six_areas_than_for_two(analyst, city, patch, django_assert_max_num_queries):
    areas = list(city.values())
    analyst.get(address(*areas[:2]))
    with django_assert_max_num_queries(45):
        analyst.get(address(*areas[:2]))
    with django_assert_max_num_queries(45):
        analyst.get(address(*areas))


def test_the_map_colours_those_areas_alone(analyst, city, patch):
    import gzip

    areas = [city["worst"], city["quiet"]]
    answer = analyst.get(reverse("compare-theme") + "?" + address(*areas).partition("?")[2])
    body = answer.content
    if answer.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    assert len(body) >= max(area.index for area in areas) + 1
    score = PriorityScore.objects.current().get(area=city["worst"]).priority
    assert body[city["worst"].index] == score
    assert {body[at] for at in range(len(body))} - {body[area.index] for area in areas} == {254}


# The page of one area.


def test_the_area_page_has_contents_medians_similar_areas_and_ways_to_compare(analyst, city, patch):
    html = analyst.get(reverse("area", args=[city["worst"].code])).content.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    for expected in ("On this page", "Local authority", "Similar areas", "How similar areas are found", "RightCare"):
        assert expected in text
    targets = re.findall(r'<li><a href="#([\w-]+)"', html)
    assert len(targets) >= 5
    assert all(f'id="{target}"' in html for target in targets)
    assert f'href="/compare/?add={city["worst"].code}"' in html
    assert "Compare with" in text


def test_visits_are_for_those_who_may_see_plans(client_as, city, patch, organisation):
    from routing.civil_time import today
    from routing.models import Team

    team = Team.objects.create(organisation=organisation, name="Round", patch=patch)
    area = city["worst"]
    Visit.objects.create(
        organisation=organisation, team=team, reference="V-77", day=today(), area=area, point=area.centroid,
        minutes=30, tier=1, source="manual",
    )  # fmt: skip
    other = Organisation.objects.create(name="Elsewhere")
    their_patch = PatchFactory(organisation=other, name="Elsewhere", slug="elsewhere", areas=[area])
    their_team = Team.objects.create(organisation=other, name="Theirs", patch=their_patch)
    Visit.objects.create(
        organisation=other, team=their_team, reference="V-SECRET", day=today(), area=area, point=area.centroid,
        minutes=30, tier=1, source="manual",
    )  # fmt: skip
    page = reverse("area", args=[area.code])
    seen = text_of(client_as("planner").get(page))
    assert "V-77" in seen
    assert "V-SECRET" not in seen
    assert "V-77" not in text_of(client_as("viewer").get(page))


def test_the_area_page_asks_a_bounded_number_of_questions(analyst, city, patch, django_assert_max_num_queries):
    page = reverse("area", args=[city["worst"].code])
    analyst.get(page)
    with django_assert_max_num_queries(55):
        analyst.get(page)
