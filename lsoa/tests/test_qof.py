"""Registers of practices carried to areas, and the way to the nearest practice."""

import numpy as np
import pytest

from lsoa.models import Area, Dataset, IndicatorValue, LoadReject, Practice
from lsoa.sources.distance import attribute, distance_bands, nearest_km, travel_minutes

from . import published
from .published import CODES


@pytest.fixture
def practices(boundaries, load, tmp_path):
    rows = [("A81001", CODES[0], "ACTIVE"), ("A81002", CODES[2], "ACTIVE"), ("A81003", CODES[1], "INACTIVE")]
    return load(published.practices(tmp_path / "mapping_2025.csv.gz", [*rows, ("W95001", "W01000101", "ACTIVE")]))


def profile(code):
    return Area.objects.with_profile().get(code=code).profile.values


def test_practices_stand_at_the_centre_of_their_area(practices):
    assert practices.quality["skipped"] == {"Welsh practices": 1}
    practice = Practice.objects.get(code="A81001")
    assert practice.point.equals(Area.objects.get(code=CODES[0]).centroid)
    assert practice.is_active and not Practice.objects.get(code="A81003").is_active
    assert practices.dataset.release == "2025"


def test_registers_reach_areas_with_the_denominator_of_their_list(practices, load, tmp_path):
    # 80 of 1,000 patients; registers of adults count against the adults (800).
    outcome = load(published.qof(tmp_path / "PREVALENCE_2425.csv", {"A81001": (80, 1000), "A81002": (80, 1000)}))
    assert (outcome.state, outcome.dataset.release, outcome.dataset.is_provisional) == ("loaded", "2024-25", True)
    values = profile(CODES[1])
    assert values["qof_cardiometabolic"] == pytest.approx(8 * 3 + 10, abs=0.001)
    assert values["qof_respiratory"] == pytest.approx(8 + 10, abs=0.001)
    assert values["qof_mental_cognitive"] == pytest.approx(8 * 2 + 10, abs=0.001)
    methods = dict(IndicatorValue.objects.values_list("indicator__code", "method").distinct())
    assert methods["qof_respiratory"] == "distance_decay"
    assert methods["gp_travel_minutes"] == methods["nearest_gp_km"] == "straight_line"


def test_a_near_practice_counts_more_than_a_far_one(practices, load, tmp_path):
    load(published.qof(tmp_path / "PREVALENCE_2425.csv", {"A81001": (10, 1000), "A81002": (100, 1000)}))
    shares = [profile(code)["qof_respiratory"] for code in CODES]
    assert shares == sorted(shares) and shares[0] < 5 < shares[2]


def test_a_closed_practice_is_not_near_anybody(practices, load, tmp_path):
    load(published.qof(tmp_path / "PREVALENCE_2425.csv", {"A81001": (80, 1000), "A81003": (80, 1000)}))
    assert profile(CODES[1])["nearest_gp_km"] > profile(CODES[0])["nearest_gp_km"] > 0


def test_bad_rows_are_counted_and_registers_above_their_list_left_out(practices, load, tmp_path):
    extra = [
        ["A81001", "LD", "120.0", "TOTAL", "119"],
        ["A81002", "LD", "*", "TOTAL", "1000"],
        ["A81002", "AF", "5", "TOTAL", "0"],
        ["A81001", "HYP", "5", "TOTAL", "100"],
        ["", "AF", "5", "TOTAL", "100"],
        ["A81002", "CAN", "many", "TOTAL", "100"],
    ]
    lists = {"A81001": (80, 1000), "A81002": (80, 1000), "A89999": (80, 1000)}
    outcome = load(published.qof(tmp_path / "PREVALENCE_2425.csv", lists, extra=extra))
    first = 2 + 9 * len(lists)
    assert list(LoadReject.objects.order_by("line").values_list("line", "code", "reason")) == [
        (first, "A81001", "LD: more patients on the register than on the list"),
        (first + 1, "A81002", "LD: register is blank or withheld"),
        (first + 2, "A81002", "AF: register or list size is not positive"),
        (first + 3, "A81001", "HYP: duplicate of an earlier line"),
        (first + 4, "", "no practice code"),
        (first + 5, "A81002", "CAN: register or list size is not a number"),
    ]
    assert outcome.quality["counts"] == {"practices": 3, "practices without a known place": 1, "practices used": 2}
    assert any("A89999" in note for note in outcome.quality["notes"])


@pytest.mark.parametrize(
    ("name", "message"),
    [("PREVALENCE.csv", "the year in the file's name"), ("PREVALENCE_2427.csv", "the year in the file's name")],
)
def test_a_file_that_does_not_tell_its_year_is_refused(practices, load, tmp_path, name, message):
    outcome = load(published.qof(tmp_path / name, {"A81001": (80, 1000)}))
    assert outcome.state == "refused" and message in outcome.message
    assert not IndicatorValue.objects.exists()


def test_registers_are_kept_when_no_practice_has_a_place(boundaries, load, tmp_path):
    outcome = load(published.qof(tmp_path / "PREVALENCE_2425.csv", {"A81001": (80, 1000)}))
    assert outcome.state == "loaded" and not IndicatorValue.objects.exists()
    assert "practice locations loaded before" in outcome.quality["notes"][-1]
    headings = ["PRACTICE_CODE", "GROUP_CODE", "REGISTER", "LIST"]
    odd = published.csv_file(tmp_path / "PREVALENCE_2021.csv", [headings, ["A81001", "AF", "5", "100"]])
    assert "expected the column 'PATIENT_LIST_TYPE'" in load(odd).message


def test_new_practice_places_make_the_same_registers_new(practices, load, tmp_path):
    path = published.qof(tmp_path / "PREVALENCE_2425.csv", {"A81001": (80, 1000)})
    assert load(path).state == "loaded"
    assert load(path).state == "unchanged"
    load(published.practices(tmp_path / "mapping_2026.csv", [("A81001", CODES[2], "ACTIVE")]))
    assert load(path).state == "loaded"
    assert Dataset.objects.in_force().filter(publication="qof-prevalence").count() == 1


# The arithmetic, without a database.


def test_distances_are_kilometres_on_the_globe():
    (band,) = distance_bands([0.0], [52.0], [0.0, 1.0], [52.4, 52.0])
    assert band[2][0] == pytest.approx([44.48, 68.46], abs=0.01)


def test_areas_in_many_bands_keep_their_order():
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(-3, 1, 1_300), rng.uniform(50, 55, 1_300)
    at = rng.permutation(1_300)[:40]
    km = nearest_km(distance_bands(lon, lat, lon[at], lat[at]), 1_300, np.zeros(1_300), np.zeros(40))
    assert km[at] == pytest.approx(0, abs=1e-3)
    assert not np.isnan(km).any()


def test_a_practice_without_a_figure_does_not_count_for_it():
    figures = np.array([[10.0, np.nan], [20.0, 5.0]])
    out = attribute(distance_bands([0.0], [52.0], [0.0, 0.0], [52.0, 52.0]), 1, [100, 300], figures)
    assert out[0] == pytest.approx([17.5, 5.0])


def test_travel_is_the_quicker_of_walking_and_public_transport():
    # 1.3 km of street: 16 minutes on foot; 6.5 km: 12 minutes of waiting and walking and 22 on the bus.
    assert travel_minutes([1.0, 5.0]) == pytest.approx([16.25, 12 + 6.5 / 18 * 60])
