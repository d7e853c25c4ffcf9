"""Profiles as arrays, distributions, search."""

import numpy as np
import pytest

from lsoa.models import Area, Patch, Postcode
from lsoa.profiles import read_matrix
from lsoa.search import normalise_postcode, search_areas
from lsoa.services import refresh_profile
from lsoa.statistics import national_distribution

from . import published
from .factories import AreaFactory, DatasetFactory, IndicatorFactory, IndicatorValueFactory, PatchFactory
from .published import CODES


@pytest.fixture
def loaded(boundaries, load, tmp_path):
    rows = {CODES[0]: [900, 9], CODES[1]: [900, "*"], CODES[2]: [900, 36]}
    care = load(published.nomis(tmp_path / "a.csv", "TS039", rows))
    iod = load(published.iod2025(tmp_path / "b.xlsx", [(CODES[0], 1, 1), (CODES[1], 2, 1), (CODES[2], 33755, 10)]))
    return care.dataset, iod.dataset


def test_a_matrix_has_figures_reasons_and_sources(loaded, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        matrix = read_matrix(["imd_decile", "unpaid_care_50h_share", "never_loaded"])
    assert matrix.area_codes.tolist() == CODES
    assert matrix.area_index.tolist() == [0, 1, 2]
    expected = [[1, 1, np.nan], [1, np.nan, np.nan], [10, 4, np.nan]]
    np.testing.assert_array_equal(matrix.values, expected)
    assert matrix.missing.tolist() == [["", "", ""], ["", "suppressed", ""], ["", "", ""]]
    care, iod = (str(dataset.pk) for dataset in loaded)
    assert matrix.datasets[1].tolist() == [iod, care, ""]


def test_a_matrix_of_a_patch_and_of_nothing(loaded):
    patch = PatchFactory(areas=[Area.objects.get(code=CODES[2])])
    assert read_matrix(["imd_rank"], Area.objects.in_patch(patch)).values.tolist() == [[33755]]
    empty = read_matrix(["imd_rank"], Area.objects.filter(code="E01999999"))
    assert empty.values.shape == (0, 1)


def test_the_distribution_is_over_areas_with_a_figure(loaded):
    found = national_distribution(["unpaid_care_50h_share", "imd_rank", "no_car_share"])
    assert set(found) == {"unpaid_care_50h_share", "imd_rank"}
    care = found["unpaid_care_50h_share"]
    assert (care.areas, care.missing, care.mean, care.median) == (2, 1, 2.5, 2.5)
    assert care.percentile(10) == pytest.approx(1.3)
    assert care.share_below(2.5) == pytest.approx(50)
    assert care.share_below(0.5) == 0 and care.share_below(9) == 100


def test_fictional_areas_are_compared_with_fictional_ones(loaded):
    area = AreaFactory(code="E01900001", is_synthetic=True)
    IndicatorValueFactory(area=area, indicator=IndicatorFactory(code="imd_rank"), value=7, dataset=DatasetFactory())
    refresh_profile()
    assert national_distribution(["imd_rank"])["imd_rank"].areas == 3
    assert national_distribution(["imd_rank"], synthetic=True)["imd_rank"].mean == 7


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("b13 8ql", "B13 8QL"),
        (" B138QL ", "B13 8QL"),
        ("sw1a1aa", "SW1A 1AA"),
        ("b13 8", "B13 8"),
        ("E01000901", None),
        ("Leeds", None),
    ],
)
def test_postcodes_are_recognised_with_and_without_space(text, expected):
    assert normalise_postcode(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("E01000901", [CODES[0]]),
        ("e01000901", [CODES[0]]),
        ("E01999999", []),
        ("testford 001", CODES[:2]),
        ("001b TESTFORD", [CODES[1]]),
        ("Tesford", CODES),
        ("te1 1st", [CODES[2]]),
        ("TE11", [CODES[2]]),
        ("x", []),
        ("%", []),
        ("nowhere at all", []),
    ],
)
def test_search_finds_codes_names_postcodes_and_forgives(boundaries, text, expected):
    point = Area.objects.get(code=CODES[2]).centroid
    Postcode.objects.create(postcode="TE1 1ST", area_code=CODES[2], point=point, dataset=DatasetFactory())
    assert [area.code for area in search_areas(text)] == expected


@pytest.mark.django_db
def test_counted_patches_come_in_the_order_of_their_names(organisation):
    for name in ("Westham", "Eastham", "Northam"):
        PatchFactory(organisation=organisation, name=name, areas=[AreaFactory()])
    counted = Patch.objects.for_organisation(organisation).with_area_count()
    assert [(patch.name, patch.area_count) for patch in counted] == [("Eastham", 1), ("Northam", 1), ("Westham", 1)]
