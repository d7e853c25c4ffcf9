"""Published postcodes and names: every postcode has its area of 2021, and every kind of place is found."""

import pytest
from django.db.models import F

from lsoa.models import Area, AreaChange, Dataset, Place, Postcode
from lsoa.search import search

pytestmark = pytest.mark.django_db


def lookup():
    return Postcode.objects.filter(dataset__publication="nspl")


def test_every_row_of_the_three_official_files_is_held(england):
    extents = Dataset.objects.in_force().filter(publication="nspl").values_list("extent", "rows_read", "rows_rejected")
    assert sorted(extents) == [
        ("Postcode area HX", 7_442, 0),
        ("Postcode area SR", 8_765, 0),
        ("Postcode area WN", 9_235, 0),
    ]
    assert lookup().count() == 25_442
    # A quarter of the rows are terminated postcodes.
    assert 0.2 < lookup().exclude(terminated=None).count() / lookup().count() < 0.45


def test_every_postcode_that_is_somewhere_has_an_area_of_2021(england):
    nowhere = Postcode.objects.filter(area_code="")
    assert not nowhere.exclude(point=None).exists()
    assert nowhere.count() == 7 + 77 + 24
    known = Area.objects.current().values("code")
    assert not Postcode.objects.exclude(area_code="").exclude(area_code__in=known).exists()


def test_an_unchanged_area_keeps_its_code_and_a_part_comes_from_its_own_area(england):
    assert not lookup().filter(area_method="unchanged").exclude(area_code=F("area_code_2011")).exists()
    parts = lookup().filter(area_method="nearest_part").values_list("area_code_2011", "area_code").distinct()
    pairs = set(AreaChange.objects.values_list("code_2011", "code_2021"))
    assert parts and set(parts) <= pairs


def test_coordinates_alone_lie_in_the_outline_of_their_area(england):
    some = Postcode.objects.filter(area_method="containing").order_by("postcode")[:2_000]
    outlines = dict(Area.objects.current().filter(code__in={p.area_code for p in some}).values_list("code", "geometry"))
    assert len(some) == 2_000
    assert all(outlines[p.area_code].intersects(p.point) for p in some)


def test_any_live_postcode_of_wigan_leads_to_an_area_of_wigan(england):
    areas = set(Area.objects.current().filter(local_authority_code="E08000010").values_list("code", flat=True))
    live = lookup().live().filter(postcode__startswith="WN1 ", local_authority_code="E08000010")
    for row in live.order_by("postcode")[::50]:
        for text in (row.postcode, row.postcode.replace(" ", "").lower()):
            (hit,) = search(text).hits
            assert (hit.kind, hit.code) == ("postcode", row.postcode)
        assert row.area_code in areas


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("E01021988", "area", "E01021988"),
        ("Wigan", "local_authority", "E08000010"),
        ("wigna", "local_authority", "E08000010"),
        ("Brimingham", "local_authority", "E08000025"),
        ("kings lynn", "local_authority", "E07000146"),
        ("St. Helens", "local_authority", "E08000013"),
        ("saint helens", "local_authority", "E08000013"),
        ("bristol", "local_authority", "E06000023"),
        ("Birmingham and Solihull", "icb", "E54000055"),
        ("NHS Birmingham & Solihull ICB", "icb", "E54000055"),
        ("solihull birmingham nhs", "icb", "E54000055"),
        ("WN1", "postcode_district", "WN1"),
        ("sr", "postcode_area", "SR"),
        ("hx11", "postcode_sector", "HX1 1"),
        ("sutton coldfeild", "settlement", "sutton-coldfield"),
        ("north west", "region", "E12000002"),
    ],
)
def test_what_people_type_is_found(england, text, kind, code):
    found = [(hit.kind, hit.code) for hit in search(text).hits]
    assert (kind, code) in found
    assert next(hit for hit in found if hit[0] == kind) == (kind, code)


def test_the_gazetteer_knows_all_of_england(england):
    kinds = ("area", "icb", "sub_icb", "region")
    counts = {kind: Place.objects.filter(kind=kind, vintage=2021).count() for kind in kinds}
    assert counts == {"area": 33_755, "icb": 42, "sub_icb": 106, "region": 9}
    assert Place.objects.filter(kind="local_authority", vintage=2021).count() == 296
    # The areas that exist in 2011 only.
    assert Place.objects.filter(kind="area", vintage=2011).count() == 1_034


def test_an_area_that_ended_with_2011_leads_to_what_it_became(england):
    from lsoa.search import successors

    old = Place.objects.filter(kind="area", vintage=2011).order_by("code")[0]
    assert [hit.vintage for hit in search(old.code).hits] == [2011]
    assert successors(old.code)
