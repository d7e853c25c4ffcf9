"""Postcodes: both layouts of the national lookup, the area of 2021 where only less is published, and what stays."""

import pytest
from django.db import IntegrityError, transaction

from lsoa.loading import postcodes
from lsoa.models import Area, AreaChange, Place, Postcode
from lsoa.postcodes import canonical

from .factories import AreaFactory, DatasetFactory, PostcodeFactory
from .published import CODES, csv_file
from .published_postcodes import NSPL_2021, coordinates, nspl_2021, nspl_2025, row


def held(postcode):
    return Postcode.objects.get(postcode=postcode)


def test_the_layout_of_2021_gives_live_and_terminated_postcodes(boundaries, load, tmp_path):
    rows = [
        row("TE1 1AA", CODES[0]),
        row("TE1 1AB", CODES[0], doterm="199912", user="1"),
        row("TE1 1AC", CODES[1], at=2, ward="E99999999"),
    ]
    outcome = load(nspl_2021(tmp_path / "a.csv", rows))
    assert (outcome.state, outcome.dataset.rows_loaded, outcome.dataset.rows_rejected) == ("loaded", 3, 0)
    assert (outcome.dataset.release, outcome.dataset.extent) == ("1999-12", "Postcode area TE")
    first, second, third = (held(postcode) for postcode in ("TE1 1AA", "TE1 1AB", "TE1 1AC"))
    assert (first.area_code, first.area_code_2011, first.area_method) == (CODES[0], CODES[0], "unchanged")
    assert (first.introduced, first.terminated, first.is_residential) == (198001, None, True)
    assert (first.local_authority_code, first.ward_code) == ("E08000001", "E05000001")
    assert first.point.coords == pytest.approx((-1.885, 52.405))
    assert (second.terminated, second.is_residential) == (199912, False)
    assert third.ward_code == ""
    assert [p.postcode for p in Postcode.objects.live().order_by("pk")] == ["TE1 1AA", "TE1 1AC"]


@pytest.mark.parametrize("vintage", ["25", "26", "27"])
def test_the_layout_since_2025_is_known_whatever_the_year_in_its_headings(boundaries, load, tmp_path, vintage):
    outcome = load(nspl_2025(tmp_path / "a.csv", [row("TE1 1AA", CODES[2], at=3)], vintage=vintage, bom=True))
    assert outcome.state == "loaded"
    assert outcome.dataset.release == f"20{vintage}"
    found = held("TE1 1AA")
    assert (found.area_code, found.area_code_2011, found.area_method) == (CODES[2], "", "published")


def test_columns_in_another_order_read_the_same(boundaries, load, tmp_path):
    load(nspl_2021(tmp_path / "a.csv", [row("TE1 1AA", CODES[0])], headings=[*NSPL_2021[:2], *reversed(NSPL_2021[2:])]))
    assert held("TE1 1AA").area_code == CODES[0]


def test_other_countries_are_counted_and_postcodes_that_are_nowhere_kept(boundaries, load, tmp_path):
    rows = [
        row("TE1 1AA", CODES[0]),
        row("CF1 1AA", "W01000101", country="W92000004"),
        row("EH1 1AA", "S01000101", country="S92000003"),
        row("BT1 1AA", "", country="N92000002"),
        row("TE1 9AA", "", at=None, country="", authority="", ward=""),
        row("TE1 9AB", "", country=""),
    ]
    outcome = load(nspl_2021(tmp_path / "a.csv", rows))
    skipped = outcome.quality["skipped"]
    assert {what: skipped[what] for what in skipped if "postcodes" in what} == {
        "Welsh postcodes": 1, "Scottish postcodes": 1, "Northern Irish postcodes": 1,
    }  # fmt: skip
    nowhere = held("TE1 9AA")
    assert (nowhere.point, nowhere.area_code, nowhere.area_method) == (None, "", "")
    assert outcome.quality["rejected_by_reason"] == {"no country": 1}


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"pcds": "NOT ONE"}, "not a postcode"),
        ({"dointr": "Jan-80"}, "“Jan-80” is no month such as 199001"),
        ({"doterm": "199913"}, "“199913” is no month such as 199001"),
        ({"area": "E01999999"}, "“E01999999” is not the code of an English LSOA of its vintage"),
        ({"area": "1006369"}, "“1006369” is not the code of an English LSOA of its vintage"),
        ({"country": "England"}, ""),
    ],
)
def test_bad_rows_are_named_and_the_others_loaded(boundaries, load, tmp_path, cells, reason):
    rows = [row("TE1 1AA", CODES[0]), row("TE1 1AB", CODES[0]) | cells]
    outcome = load(nspl_2021(tmp_path / "a.csv", rows))
    assert outcome.dataset.rows_loaded == (1 if reason else 2)
    if reason:
        assert [(r.line, r.reason) for r in outcome.dataset.rejects.all()] == [(3, reason)]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"lat": "52.905"}, "latitude and longitude lie 55"),
        ({"lat": "52,405"}, "lie outside the country: kept without a point"),
        ({"north": "0000001"}, "km from easting and northing: kept without a point"),
    ],
)
def test_coordinates_that_disagree_are_not_believed(boundaries, load, tmp_path, cells, reason):
    outcome = load(nspl_2021(tmp_path / "a.csv", [row("TE1 1AA", CODES[0]) | cells]))
    assert (held("TE1 1AA").point, held("TE1 1AA").area_code) == (None, CODES[0])
    assert reason in outcome.dataset.rejects.get().reason


def test_northings_that_lost_their_zeros_are_the_same_numbers(boundaries, load, tmp_path):
    outcome = load(nspl_2021(tmp_path / "a.csv", [row("TE1 1AA", CODES[0], north="278561.0")]))
    assert outcome.dataset.rows_rejected == 0 and held("TE1 1AA").point is not None


def test_a_repeated_postcode_is_taken_once(boundaries, load, tmp_path):
    outcome = load(nspl_2021(tmp_path / "a.csv", [row("TE1 1AA", CODES[0]), row("TE1 1AA", CODES[1])]))
    assert outcome.quality["rejected_by_reason"] == {"duplicate of line 2": 1}
    assert held("TE1 1AA").area_code == CODES[0]


@pytest.mark.parametrize(
    ("lacking", "expected"),
    [("osgrdind", "expected a column osgrdind or gridind"), ("lsoa11", "expected a column lsoa11 or lsoa21cd")],
)
def test_a_file_without_a_column_is_refused_whole(boundaries, load, tmp_path, lacking, expected):
    headings = [name for name in NSPL_2021 if name != lacking]
    outcome = load(nspl_2021(tmp_path / "a.csv", [row("TE1 1AA", CODES[0])], headings=headings))
    assert outcome.state == "refused" and expected in outcome.message


def test_codes_of_2011_under_a_heading_of_2021_are_refused(boundaries, load, tmp_path, monkeypatch):
    monkeypatch.setattr("lsoa.sources.postcodes.NATIONAL_AREAS", 1)
    outcome = load(nspl_2025(tmp_path / "a.csv", [row("TE1 1AA", CODES[0])]))
    assert outcome.state == "refused" and "codes of 2011 under lsoa21cd" in outcome.message


# -- the area of 2021 ------------------------------------------------------------------------------------------------


@pytest.fixture
def divided(boundaries):
    """E01000999 of 2011 became the second and third square."""
    dataset = DatasetFactory()
    for code in CODES[1:]:
        AreaChange.objects.create(code_2011="E01000999", code_2021=code, kind="S", weight=1, dataset=dataset)
    return dataset


def test_a_divided_area_gives_the_part_that_holds_or_is_nearest(divided, load, tmp_path):
    rows = [
        row("TE1 1AA", "E01000999", at=2),
        row("TE1 1AB", "E01000999", at=3),
        # In the first square, which is none of the parts: the second one is next to it.
        row("TE1 1AC", "E01000999", at=1),
        row("TE1 1AD", "E01000999", at=None, country="E92000001"),
    ]
    outcome = load(nspl_2021(tmp_path / "a.csv", rows))
    found = {p.postcode: (p.area_code, p.area_method) for p in Postcode.objects.all()}
    assert found == {
        "TE1 1AA": (CODES[1], "nearest_part"),
        "TE1 1AB": (CODES[2], "nearest_part"),
        "TE1 1AC": (CODES[1], "nearest_part"),
        "TE1 1AD": ("", ""),
    }
    assert outcome.quality["counts"]["area: none known (yet)"] == 1


def test_a_merged_area_needs_no_point(boundaries, load, tmp_path):
    AreaChange.objects.create(code_2011="E01000998", code_2021=CODES[2], kind="M", weight=0.5, dataset=DatasetFactory())
    load(nspl_2021(tmp_path / "a.csv", [row("TE1 1AA", "E01000998", at=None, country="E92000001")]))
    assert (held("TE1 1AA").area_code, held("TE1 1AA").area_method) == (CODES[2], "merged")


def test_changes_of_areas_that_come_later_complete_what_waits(boundaries, load, tmp_path):
    load(nspl_2021(tmp_path / "a.csv", [row("TE1 1AA", "E01000999", at=3)]))
    assert held("TE1 1AA").area_code == ""
    AreaChange.objects.create(code_2011="E01000999", code_2021=CODES[2], kind="S", weight=1, dataset=DatasetFactory())
    assert postcodes.complete(anew=True) == 1
    assert held("TE1 1AA").area_code == CODES[2]


def test_a_part_that_is_not_loaded_leaves_the_area_open(divided, load, tmp_path):
    AreaChange.objects.create(
        code_2011="E01000999", code_2021="E01035999", kind="S", weight=1, dataset=DatasetFactory()
    )
    load(nspl_2021(tmp_path / "a.csv", [row("TE1 1AA", "E01000999", at=3)]))
    assert held("TE1 1AA").area_code == ""


def test_coordinates_alone_find_the_area_around_them(boundaries, load, tmp_path):
    rows = [("TE1 1AA", 1, "Testford", "Old Testford"), ("TE1 1AB", 3, "Testford", "")]
    outcome = load(coordinates(tmp_path / "a.csv", rows))
    assert outcome.dataset.standing == outcome.dataset.Standing.CONVERTED
    first, second = held("TE1 1AA"), held("TE1 1AB")
    assert (first.area_code, first.area_method, first.settlement) == (CODES[0], "containing", "Old Testford")
    assert (second.area_code, second.settlement) == (CODES[2], "Testford")


def test_fictional_areas_hold_no_real_postcode(load, tmp_path, small_nation):
    Area.objects.filter(pk=AreaFactory().pk).update(is_synthetic=True)
    PostcodeFactory(postcode="TE1 1AA", area_method="", point=Area.objects.get().centroid)
    postcodes.complete()
    assert held("TE1 1AA").area_code == ""


# -- which edition stays ---------------------------------------------------------------------------------------------


def test_an_older_edition_never_overwrites_a_newer_row(boundaries, load, tmp_path):
    load(nspl_2025(tmp_path / "new.csv", [row("TE1 1AA", CODES[2], at=3), row("QQ1 1AA", CODES[0])]))
    rows = [row("TE1 1AA", CODES[0], doterm="202110"), row("TE1 1AB", CODES[0])]
    outcome = load(nspl_2021(tmp_path / "old.csv", rows))
    assert outcome.dataset.rows_loaded == 1
    assert outcome.quality["skipped"]["postcodes that a newer or better publication holds"] == 1
    assert (held("TE1 1AA").area_code, held("TE1 1AA").terminated) == (CODES[2], None)
    assert held("TE1 1AB").area_code == CODES[0]


def test_a_newer_edition_overwrites_an_older_row(boundaries, load, tmp_path):
    load(nspl_2021(tmp_path / "old.csv", [row("TE1 1AA", CODES[0], dointr="202109")]))
    load(nspl_2025(tmp_path / "new.csv", [row("TE1 1AA", CODES[2], at=3, doterm="202601")]))
    found = held("TE1 1AA")
    assert (found.area_code, found.area_code_2011, found.terminated) == (CODES[2], CODES[0], 202601)


@pytest.mark.parametrize("official_first", [True, False])
def test_coordinates_add_the_town_to_what_the_national_lookup_says(boundaries, load, tmp_path, official_first):
    files = [
        nspl_2021(tmp_path / "a.csv", [row("TE1 1AA", CODES[0])]),
        coordinates(tmp_path / "b.csv", [("TE1 1AA", 3, "Testford", "")]),
    ]
    for path in files if official_first else reversed(files):
        load(path)
    found = held("TE1 1AA")
    assert (found.area_code, found.area_method, found.settlement) == (CODES[0], "unchanged", "Testford")


def test_the_same_file_again_changes_nothing(boundaries, load, tmp_path):
    path = nspl_2021(tmp_path / "a.csv", [row("TE1 1AA", CODES[0])])
    load(path)
    assert load(path).state == "unchanged"


def test_loading_postcodes_fills_the_gazetteer(boundaries, load, tmp_path):
    load(nspl_2021(tmp_path / "a.csv", [row("TE1 1AA", CODES[0]), row("TE1 2AA", CODES[1], at=2)]))
    counts = dict(Place.objects.filter(kind__startswith="postcode").values_list("code", "area_count"))
    assert counts == {"TE": 2, "TE1": 2, "TE1 1": 1, "TE1 2": 1}


def test_a_text_that_talks_about_the_lookup_is_no_lookup(boundaries, load, tmp_path):
    path = csv_file(
        tmp_path / "readme.csv", [["the columns are pcds", "dointr", "doterm", "pcds"], ["a", "b", "c", "d"]]
    )
    assert load(path).state != "loaded"


# -- constraints -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["TE11AA", "te1 1aa", "TE1  1AA", "TE1 1A", ""])
def test_the_database_keeps_postcodes_in_one_spelling(text):
    with pytest.raises(IntegrityError), transaction.atomic():
        PostcodeFactory(postcode=text)


def test_the_database_keeps_no_postcode_without_its_dataset(db):
    from uuid import uuid4

    with pytest.raises(IntegrityError), transaction.atomic():
        Postcode.objects.create(postcode="TE1 1AA", dataset_id=uuid4())
    place = PostcodeFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        type(place.dataset).objects.filter(pk=place.dataset_id)._raw_delete("default")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("te11aa", "TE1 1AA"), (" t e1 1a a ", "TE1 1AA"), ("w1a1aa", "W1A 1AA"), ("TE1 1A", None), ("", None)],
)
def test_postcodes_are_brought_into_one_spelling(text, expected):
    assert canonical(text) == expected
