"""A whole national load: every published file is recognised or refused as meant, and what concerns all of it holds."""

import re

import pytest
from django.db.models import Count, Q

from lsoa.models import Area, AreaChange, Dataset, IndicatorValue, Postcode
from lsoa.statistics import national_distribution

from .conftest import DATA

# Every file that data.md names (by a pattern of its path) and what is to become of it. A re-saved copy of a file that
# is there already, or a city's boundaries where the nation's are loaded, is "unchanged".
LOADED = ("loaded", "history", "unchanged")
EXPECTED = {
    r"boundaries/lsoa(11|21_bsc)_england\.geojson\.gz": ("loaded",),
    r"boundaries/cities_raw/.*": LOADED,
    r"boundaries/variants/.*shapefile.*\.zip": LOADED,
    r"boundaries/variants/westminster.*": ("refused",),
    r"census2021/.*\.csv\.gz": ("loaded",),
    r"imd/.*\.(xlsx|csv\.gz)": LOADED,
    r"lookups/(Lower_Layer|converted_geographr|commons_library).*": LOADED,
    r"postcodes/NSPL.*|postcodes/bsol.*": ("loaded",),
    r"rural_access/.*\.gz": ("loaded",),
    r"qof/20(20-21|24-25)/PREVALENCE.*": LOADED,
    r"gp/(epraccur|gp-reg-pat|ePCN|nhspayments).*": LOADED,
    r"fingertips/indicator.*": LOADED,
    r"time_series/(Monthly-AE|england_|monthly_hospital_activity_commissioner).*": LOADED,
}
# Median and 80th percentile over England's areas, as the default model states them.
THRESHOLDS = {
    "age75_share": (8.22, 12.59),
    "bad_health_share": (4.82, 6.98),
    "lives_alone66_share": (12.48, 16.61),
    "unpaid_care_50h_share": (2.58, 3.49),
    "ethnic_minority_share": (8.50, 31.21),
    "low_english_share": (0.71, 2.64),
    "no_car_share": (18.81, 35.35),
}


@pytest.mark.parametrize("pattern", EXPECTED)
def test_every_file_that_is_named_becomes_what_is_meant(england, pattern):
    states = {path: outcome for path, outcome in england.items() if re.fullmatch(pattern, path)}
    states = {path: outcome for path, outcome in states.items() if not path.endswith((".md", ".txt"))}
    assert states
    wrong = {
        path: (found.state, found.message) for path, found in states.items() if found.state not in EXPECTED[pattern]
    }
    assert not wrong


def test_no_file_is_refused_by_accident(england):
    refused = {path: outcome.message for path, outcome in england.items() if outcome.state == "refused"}
    # Eastings and northings without a statement; points that are no centroids; workbooks that are only a layout.
    meant = {path for path in refused if any(word in path for word in ("westminster", "latlong", "TEMPLATE-"))}
    assert set(refused) == meant, refused
    assert "unknown CRS" in next(message for path, message in refused.items() if "westminster" in path)


def test_every_file_has_an_outcome(england):
    files = [path for path in DATA.rglob("*") if path.is_file() and not path.name.startswith(".")]
    assert {str(path.relative_to(DATA)) for path in files} <= {path.partition(":")[0] for path in england}


def test_both_vintages_are_whole_and_share_their_codes(england):
    codes = {year: set(Area.objects.filter(vintage=year).values_list("code", flat=True)) for year in (2011, 2021)}
    assert (len(codes[2011]), len(codes[2021])) == (32_844, 33_755)
    assert len(codes[2011] & codes[2021]) == 31_810
    indexes = set(Area.objects.filter(vintage=2021).values_list("index", flat=True))
    assert indexes == set(range(33_755))


@pytest.mark.parametrize(
    ("indicator", "release", "vintage"),
    [("imd_rank", "2019", 2011), ("imd_rank", "2025", 2021), ("population", "2021", 2021)],
)
def test_figures_and_boundaries_have_the_same_areas(england, indicator, release, vintage):
    figures = IndicatorValue.objects.filter(
        indicator__code=indicator, dataset__release=release, area__vintage=vintage, dataset__standing=1
    )
    datasets = set(figures.values_list("dataset", flat=True))
    assert datasets
    for dataset in datasets:
        found = set(figures.filter(dataset=dataset).values_list("area__code", flat=True))
        assert found == set(Area.objects.filter(vintage=vintage).values_list("code", flat=True))


def test_changes_between_the_vintages(england):
    kinds = dict(
        AreaChange.objects.filter(code_2011__startswith="E").values_list("kind").annotate(n=Count("id")).order_by()
    )
    assert (kinds["S"], kinds["M"], kinds["X"]) == (1_842, 194, 9)
    assert sum(kinds.values()) == 33_855


def test_the_profile_holds_every_area_of_2021_and_says_where_each_figure_comes_from(england):
    areas = Area.objects.current()
    assert areas.filter(profile__isnull=False).count() == 33_755
    first = areas.with_profile().get(code="E01000001").profile
    assert set(first.datasets) == set(first.values)
    assert set(first.datasets.values()) <= set(map(str, Dataset.objects.in_force().values_list("pk", flat=True)))
    assert (first.values["imd_rank"], first.values["imd_decile"], first.values["population"]) == (26_525, 8, 1_473)


def test_thresholds_of_the_default_model(england):
    spread = national_distribution([*THRESHOLDS, "population", "households", "imd_rank"])
    assert spread["population"].mean * 33_755 == pytest.approx(56_490_091, abs=1)
    assert spread["households"].mean * 33_755 == pytest.approx(23_435_839, abs=1)
    assert (spread["imd_rank"].minimum, spread["imd_rank"].maximum) == (1, 33_755)
    for code, expected in THRESHOLDS.items():
        found = (spread[code].median, spread[code].percentile(80))
        assert found == pytest.approx(expected, abs=0.006), code


def test_geometries_that_the_publisher_left_invalid_are_repaired_and_listed(england):
    quality = england["boundaries/lsoa21_bsc_england.geojson.gz"].dataset.quality
    repaired = {item["code"] for item in quality["repaired"]}
    assert {"E01017290", "E01019228", "E01024572"} <= repaired and len(repaired) == 8


def test_every_area_has_its_authority_and_board(england):
    assert not Area.objects.current().filter(Q(icb_code="") | Q(local_authority_code="")).exists()


def test_every_figure_knows_its_line(england):
    figures = IndicatorValue.objects.filter(dataset__publication="census2021-ts007a", area__code="E01000001")
    assert figures.count() > 1
    assert not figures.filter(line__isnull=True).exists()


def test_postcodes_lie_in_loaded_areas(england):
    known = Postcode.objects.exclude(area_code="")
    assert known.exists()
    assert (
        not known.exclude(area_code__in=Area.objects.current().values("code"))
        .filter(area_code__startswith="E")
        .exists()
    )


def test_the_same_directory_again_changes_nothing(england):
    from accounts.audit import SystemActor
    from lsoa.services import load_paths

    before = (Dataset.objects.count(), IndicatorValue.objects.count())
    again = load_paths(paths=[DATA / "census2021", DATA / "qof", DATA / "lookups"], by=SystemActor("test"))
    assert {outcome.state for outcome in again} <= {"unchanged", "skipped", "refused"}
    assert (Dataset.objects.count(), IndicatorValue.objects.count()) == before
