"""The search box: what a person may type, what is found, and in which order."""

import pytest
from django.contrib.gis.geos import Point
from hypothesis import given, settings
from hypothesis import strategies as st

from healthequiroute.testing.shared import shared
from lsoa.models import Area, AreaChange, Place, PlaceWord
from lsoa.search import Fit, PlaceUnreadable, clean, in_place, normalise_postcode, read_place, search
from lsoa.search.gazetteer import place_key
from lsoa.search.reading import code_reading, postcode_readings
from lsoa.search.spelling import distance
from lsoa.services import rebuild_places

from .factories import AreaFactory, DatasetFactory, PatchFactory, PostcodeFactory


def readings(text):
    return [(reading.level, reading.text) for reading in postcode_readings(text)]


@pytest.mark.parametrize(
    "text", ["TE1 1AA", "te1 1aa", "te11aa", " Te1  1Aa ", "te1-1aa", "TEI 1AA", "TE1 IAA", "te1\t1aa", "T E 1 1 A A"]
)
def test_a_postcode_is_read_however_it_is_written(text):
    assert readings(text)[0] == ("unit", "TE1 1AA")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("WN1", [("district", "WN1")]),
        ("wn1 1", [("sector", "WN1 1")]),
        ("WN11", [("district", "WN11"), ("sector", "WN1 1")]),
        ("WN", [("area", "WN")]),
        ("sr1 1a", [("part", "SR1 1A")]),
        ("W1A 1AA", [("unit", "W1A 1AA")]),
        ("Leeds", []),
        ("E01000901", []),
        ("", []),
        ("1", []),
    ],
)
def test_parts_of_postcodes_are_read_as_what_they_can_be(text, expected):
    assert readings(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0X1 1AA", "OX1 1AA"),
        ("OX1 IAA", "OX1 1AA"),
        ("55 7AU", "S5 7AU"),
        ("OX1 1A0", "OX1 1AO"),
        ("B1O 0BB", "B10 0BB"),
    ],
)
def test_keys_that_look_alike_are_put_right_where_they_stand(text, expected):
    assert expected in [reading.text for reading in postcode_readings(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("e01000901", "E01000901"),
        ("E01 000 901", "E01000901"),
        ("EO1OOO9O1", "E01000901"),
        ("Leeds", None),
        ("E0", None),
    ],
)
def test_codes_are_read_however_they_are_written(text, expected):
    assert code_reading(text) == expected


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_no_text_breaks_a_reading(text):
    cleaned = clean(text)
    assert len(cleaned) <= 100 and cleaned == clean(cleaned)
    assert all(reading.text for reading in postcode_readings(text))
    code_reading(text)
    normalise_postcode(text)


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [("LEEDS", "LEEDS", 0), ("LEESD", "LEEDS", 1), ("LEDS", "LEEDS", 1), ("LAEDS", "LEEDS", 1), ("BATH", "LEEDS", 5)],
)
def test_slips_are_counted_a_swap_of_neighbours_as_one(one, other, slips):
    assert distance(one, other, most=9) == slips


# -- the gazetteer ---------------------------------------------------------------------------------------------------

WIGAN = {"local_authority_code": "E08000010", "local_authority_name": "Wigan", "region_name": "North West",
         "region_code": "E12000002"}  # fmt: skip
NORFOLK = {"local_authority_code": "E07000146", "local_authority_name": "King's Lynn and West Norfolk"}
MERSEY = {"local_authority_code": "E08000013", "local_authority_name": "St. Helens"}


def area(code, name, ward=("", ""), **fields):
    fields = {"ward_code": ward[0], "ward_name": ward[1], "icb_code": "", "icb_name": ""} | fields
    return AreaFactory(code=code, name=name, **fields)


@pytest.fixture
@shared
def nation(db):
    """Seven areas of 2021 in three authorities, one area that ended with 2011, and a few postcodes."""
    icb = {"icb_code": "E54000057", "icb_name": "NHS Greater Manchester Integrated Care Board"}
    area("E01006001", "Wigan 001A", ("E05000861", "Wigan Central"), **WIGAN, **icb)
    area("E01006002", "Wigan 001B", ("E05000861", "Wigan Central"), **WIGAN, **icb)
    area("E01006003", "Wigan 002A", ("E05000850", "Leigh Central"), **WIGAN, **icb)
    area("E01006004", "Wigan 002B", ("E05000850", "Leigh Central"), **WIGAN, **icb)
    area("E01006005", "Wigan 003A", ("E05000850", "Leigh Central"), **WIGAN, **icb)
    area("E01026001", "King's Lynn and West Norfolk 001A", ("E05000900", "Saint Margarets"), **NORFOLK)
    area("E01007001", "St. Helens 001A", ("E05000901", "Town Centre"), **MERSEY)
    old = area("E01006900", "Wigan 009Z", ("E05000999", "Old Ward"), vintage=2011, **WIGAN)
    AreaChange.objects.create(code_2011=old.code, code_2021="E01006005", kind="S", weight=1, dataset=DatasetFactory())
    PostcodeFactory(postcode="WN1 1AA", area_code="E01006001")
    PostcodeFactory(postcode="WN1 1AB", area_code="E01006002")
    PostcodeFactory(postcode="WN1 2AA", area_code="E01006003", settlement="Leigh (Wigan)")
    PostcodeFactory(postcode="WN1 1ZZ", area_code="E01006002", terminated=199912)
    PostcodeFactory(postcode="WN1 9ZZ", area_code="", area_method="", point=None, local_authority_code="E08000010")
    rebuild_places()


def found(text, **options):
    return [(hit.kind, hit.code) for hit in search(text, **options).hits]


def test_names_and_questions_are_read_alike(db):
    assert place_key("King’s Lynn & West-Norfolk") == place_key("kings lynn and west norfolk")
    assert place_key("Saint Helens") == place_key("St. Helens") == "ST HELENS"
    assert place_key("Ñandú Çà  et là") == "NANDU CA ET LA"
    assert place_key("?!…") == ""


def test_the_gazetteer_holds_every_kind_with_its_size(nation):
    kinds = dict(Place.objects.filter(vintage=2021).values_list("code", "area_count"))
    assert kinds["E08000010"] == 5 and kinds["E05000850"] == 3 and kinds["E54000057"] == 5 and kinds["E12000002"] == 5
    assert kinds["WN1"] == 3 and kinds["WN1 1"] == 2 and kinds["leigh-wigan"] == 1
    assert Place.objects.get(code="E05000861").detail == "Wigan"
    retired = Place.objects.filter(vintage=2011).values_list("kind", "code")
    assert sorted(retired) == [("area", "E01006900"), ("ward", "E05000999")]


def test_a_second_rebuild_keeps_every_row_and_drops_what_is_gone(nation):
    before = set(Place.objects.values_list("pk", flat=True))
    rebuild_places()
    assert set(Place.objects.values_list("pk", flat=True)) == before
    Area.objects.filter(code="E01007001").delete()
    rebuild_places()
    assert not Place.objects.filter(code__in=["E01007001", "E08000013"]).exists()
    assert not PlaceWord.objects.filter(word="HELENS").exists()


@pytest.mark.parametrize("text", ["E01006001", "e01006001", "E01 006 001", "EO1OO6OO1", "wigan 001a", "001A Wigan"])
def test_an_area_is_found_by_code_and_by_name(nation, text):
    assert found(text) == [("area", "E01006001")]


@pytest.mark.parametrize("text", ["WN1 1AA", "wn11aa", "wn1  1aa", "WNI 1AA", "wn1 iaa"])
def test_a_postcode_is_found_with_its_area(nation, text):
    answer = search(text)
    assert found(text)[0] == ("postcode", "WN1 1AA")
    assert answer.postcodes["WN1 1AA"].area_code == "E01006001"
    assert answer.hits[0].detail == "Wigan 001A, Wigan"


def test_a_terminated_postcode_says_when_it_ended_and_where_it_was(nation):
    hit = search("WN1 1ZZ").hits[0]
    assert hit.detail == "Terminated in December 1999; it was in Wigan 001B, Wigan"


def test_a_postcode_without_an_area_is_found_as_well(nation):
    row = search("wn1 9zz").postcodes["WN1 9ZZ"]
    assert (row.area_code, row.has_point, row.authority) == ("", False, "Wigan")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("WN", ("postcode_area", "WN")),
        ("wn1", ("postcode_district", "WN1")),
        ("WNI", ("postcode_district", "WN1")),
        ("wn1 1", ("postcode_sector", "WN1 1")),
        ("wn11", ("postcode_sector", "WN1 1")),
        ("wn1 1a", ("postcode", "WN1 1AA")),
        ("Wigan", ("local_authority", "E08000010")),
        ("wigan cent", ("ward", "E05000861")),
        ("central wigan", ("ward", "E05000861")),
        ("greater manchester", ("icb", "E54000057")),
        ("NHS Greater Manchester ICB", ("icb", "E54000057")),
        ("kings lynn", ("local_authority", "E07000146")),
        ("KING’S LYNN", ("local_authority", "E07000146")),
        ("saint helens", ("local_authority", "E08000013")),
        ("st helens", ("local_authority", "E08000013")),
        ("St. Margaret's", ("ward", "E05000900")),
        ("leigh (wigan)", ("settlement", "leigh-wigan")),
        ("E05000861", ("ward", "E05000861")),
        ("E0800001", ("local_authority", "E08000010")),
        ("north west", ("region", "E12000002")),
    ],
)
def test_the_best_comes_first(nation, text, first):
    assert found(text)[0] == first


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("wigna", ("local_authority", "E08000010")),
        ("wiggan 001a", ("area", "E01006001")),
        ("kings lyn west norfok", ("local_authority", "E07000146")),
        ("greatr manchster", ("icb", "E54000057")),
        ("helens sait", None),
    ],
)
def test_slips_are_forgiven_and_named(nation, text, first):
    answer = search(text)
    if first is None:
        assert answer.hits == []
    else:
        assert (answer.hits[0].kind, answer.hits[0].code) == first
        assert answer.hits[0].fit == Fit.SIMILAR and answer.meant


def test_larger_places_come_before_smaller_ones(nation):
    wards = [code for kind, code in found("central") if kind == "ward"]
    assert wards == ["E05000850", "E05000861"]


def test_the_organisations_own_places_come_first(nation, organisation, other_organisation):
    PatchFactory(organisation=organisation, areas=[Area.objects.get(code="E01006001")])
    wards = [hit for hit in search("central", organisation=organisation).hits if hit.kind == "ward"]
    assert [(hit.code, hit.is_own) for hit in wards] == [("E05000861", True), ("E05000850", False)]
    assert found("central", organisation=other_organisation) == found("central")


def test_what_2011_had_is_found_after_what_there_is_today(nation):
    area(code="E01006006", name="Wigan 010A", ward=("E05000777", "Old Ward"), **WIGAN)
    rebuild_places()
    assert found("old ward") == [("ward", "E05000777"), ("ward", "E05000999")]
    assert found("E01006900") == [("area", "E01006900")]


def test_kinds_and_numbers_can_be_narrowed(nation):
    answer = search("wigan", kinds=["area"], limit=2)
    assert [hit.kind for hit in answer.hits] == ["area", "area"] and answer.hits[0].of_kind == 6
    assert found("wn1 1aa", kinds=["ward"]) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "x",
        "%",
        "%%%",
        "';--",
        "\\",
        "\x00\x01",
        "()&|!:*",
        "' OR 1=1 --",
        "a" * 5_000,
        "🙂🙂",
        "‮abc",
        "_____",
    ],
)
def test_bad_input_is_answered_politely(nation, text):
    answer = search(text)
    assert answer.hits == []
    assert len(answer.text) <= 100


# -- the areas of a place --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("ward:E05000861", ["E01006001", "E01006002"]),
        ("ward:e05000861", ["E01006001", "E01006002"]),
        ("local_authority:E08000013", ["E01007001"]),
        ("area:E01006001", ["E01006001"]),
        ("postcode_area:WN", ["E01006001", "E01006002", "E01006003"]),
        ("postcode_district:WN1", ["E01006001", "E01006002", "E01006003"]),
        ("postcode_sector:WN1 1", ["E01006001", "E01006002"]),
        ("settlement:leigh-wigan", ["E01006003"]),
        ("ward:E05000999", ["E01006005"]),
        ("area:E01006900", ["E01006005"]),
        ("ward:E05999999", []),
        ("postcode_area:W", []),
    ],
)
def test_a_place_stands_for_its_areas(nation, place, expected):
    assert list(in_place(Area.objects.current(), place).order_by("code").values_list("code", flat=True)) == expected


@pytest.mark.parametrize(
    "text", ["", "ward", "ward:", "planet:E05000861", "ward:%", "ward:" + "A" * 200, "area:a\x00b"]
)
def test_what_is_no_place_says_what_was_expected(text):
    with pytest.raises(PlaceUnreadable, match="expected a kind and a code"):
        read_place(text)


# -- the API ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def client(api_client_as):
    return api_client_as("analyst")


def test_the_api_answers_ranked_with_kind_fit_and_place(nation, client):
    body = client.get("/api/v1/search/", {"q": "wigan", "limit": 2}).json()
    first = body["results"][0]
    assert (first["kind"], first["code"], first["fit"]) == ("local_authority", "E08000010", "name")
    assert first["place"] == "local_authority:E08000010" and first["area_count"] == 5
    assert body["totals"]["area"] == 6 and sum(row["kind"] == "area" for row in body["results"]) == 2
    listed = client.get("/api/v1/areas/", {"place": first["place"]}).json()
    assert listed["count"] == 5


def test_the_api_tells_of_postcodes_and_of_what_replaced_an_area(nation, client):
    row = client.get("/api/v1/search/", {"q": "wn1 1zz"}).json()["results"][0]
    assert (row["area_code"], row["area_method"], row["terminated"]) == ("E01006002", "published", 199912)
    row = client.get("/api/v1/search/", {"q": "E01006900"}).json()["results"][0]
    assert (row["vintage"], row["successors"]) == (2011, [{"code": "E01006005", "name": "Wigan 003A"}])


def test_the_api_narrows_to_kinds(nation, client):
    body = client.get("/api/v1/search/?q=wigan&kind=ward&kind=icb").json()
    assert {row["kind"] for row in body["results"]} == {"ward"}


@pytest.mark.parametrize(
    ("query", "pointer"),
    [("", "/q"), ("q=a", "/q"), ("q=" + "a" * 101, "/q"), ("q=%3F%3F", "/q"), ("q=wigan&kind=moon", "/kind"),
     ("q=wigan&limit=0", "/limit"), ("q=wigan&limit=1e3", "/limit")],
)  # fmt: skip
def test_the_api_names_what_is_wrong(nation, client, query, pointer):
    response = client.get(f"/api/v1/search/?{query}")
    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


def test_the_api_refuses_an_unreadable_place(nation, client):
    response = client.get("/api/v1/areas/", {"place": "ward"})
    assert response.status_code == 400 and "/place" in response.content.decode()


def test_searching_without_end_is_slowed_down(nation, client, monkeypatch):
    from lsoa.search.throttle import SearchThrottle

    monkeypatch.setattr(SearchThrottle, "rate", "2/min")
    assert [client.get("/api/v1/search/?q=wigan").status_code for _ in range(3)] == [200, 200, 429]


def test_postcodes_of_a_place_need_a_point_for_visits(nation):
    from lsoa.models import Postcode

    usable = Postcode.objects.live().located().order_by("pk").values_list("pk", flat=True)
    assert list(usable) == ["WN1 1AA", "WN1 1AB", "WN1 2AA"]
    assert Postcode.objects.get(pk="WN1 1AA").point == Point(-1.9, 52.4, srid=4326)
