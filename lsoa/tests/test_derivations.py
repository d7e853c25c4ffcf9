"""Figures of areas that are derived from registers, practices and where patients live: through load()."""

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from lsoa.models import Area, Dataset, IndicatorValue

from . import published, published_practices
from .published import CODES

DERIVED = "qof-area-prevalence"


@pytest.fixture
def practices(boundaries, load, tmp_path):
    rows = [("A81001", CODES[0], "ACTIVE"), ("A81002", CODES[2], "ACTIVE"), ("A81003", CODES[1], "INACTIVE")]
    return load(published.practices(tmp_path / "mapping_2025.csv.gz", rows))


@pytest.fixture
def qof(load, tmp_path):
    """`qof({practice: (register, list)}, year="2425")` loads registers and gives the derived dataset."""

    def run(registers, year="2425", **options):
        load(published.qof(tmp_path / f"PREVALENCE_{year}.csv", registers, **options))
        return newest(f"20{year[:2]}-{year[2:]}")

    return run


def newest(release="2024-25", publication=DERIVED):
    return Dataset.objects.filter(publication=publication, release=release).order_by("-loaded_at").first()


def profile(code):
    return Area.objects.with_profile().get(code=code).profile.values


def values(dataset, indicator):
    return dict(dataset.values.filter(indicator__code=indicator).values_list("area__code", "value"))


def test_registers_reach_areas_with_the_denominator_of_their_list(practices, qof):
    # 80 of 1,000 patients; registers of adults count against the adults (800).
    dataset = qof({"A81001": (80, 1000), "A81002": (80, 1000)})
    assert (dataset.state, dataset.release, dataset.is_provisional) == (Dataset.State.CURRENT, "2024-25", True)
    for code in CODES:
        figures = profile(code)
        assert figures["qof_cardiometabolic"] == pytest.approx(8 * 3 + 10, abs=0.001)
        assert figures["qof_respiratory"] == pytest.approx(8 + 10, abs=0.001)
        assert figures["qof_mental_cognitive"] == pytest.approx(8 * 2 + 10, abs=0.001)
        assert (figures["qof_dm_prevalence"], figures["qof_hyp_prevalence"]) == (10, 8)
    methods = dict(IndicatorValue.objects.values_list("indicator__code", "method").distinct())
    assert methods["qof_respiratory"] == "distance_decay"
    assert methods["gp_travel_minutes"] == methods["nearest_gp_km"] == "straight_line"
    assert not dataset.values.filter(uncertainty__isnull=True).exists()


def test_inputs_are_recorded(practices, qof):
    dataset = qof({"A81001": (80, 1000)})
    assert {row.publication for row in dataset.inputs.all()} >= {"qof-prevalence", "gp-practice-locations"}
    assert any(row.areas.exists() for row in dataset.inputs.all())


def test_a_near_practice_counts_more_than_a_far_one(practices, qof):
    qof({"A81001": (10, 1000), "A81002": (100, 1000)})
    shares = [profile(code)["qof_respiratory"] for code in CODES]
    assert shares == sorted(shares) and shares[0] < shares[2]


def test_a_closed_practice_is_not_near_anybody(practices, qof):
    qof({"A81001": (80, 1000), "A81003": (80, 1000)})
    assert profile(CODES[1])["nearest_gp_km"] > profile(CODES[0])["nearest_gp_km"] > 0


def test_a_practice_nobody_can_place_does_not_vanish(practices, qof):
    dataset = qof({"A81001": (50, 1000), "A89999": (90, 1000)})
    assert dataset.quality["counts"]["practices by commissioner"] == 1
    (hyp,) = [entry for entry in dataset.quality["validation"]["national"] if entry["register"] == "HYP"]
    assert hyp["prevalence"] == pytest.approx(7.0) and abs(hyp["difference"]) < 1e-6


def test_registered_patients_go_before_distance(practices, qof, load, tmp_path):
    rows = [("A81001", CODES[2], "ALL", 1000), ("A81002", CODES[0], "ALL", 500), ("A81002", CODES[1], "ALL", 500)]
    load(published_practices.patients_by_area(tmp_path / "lsoa.csv", rows))
    dataset = qof({"A81001": (10, 1000), "A81002": (100, 1000)})
    assert not dataset.is_provisional
    assert values(dataset, "qof_copd_prevalence") == pytest.approx(dict(zip(CODES, [10.0, 10.0, 1.0], strict=True)))
    assert set(dataset.values.values_list("method", flat=True)) == {"registered_patients"}
    # All of the first practice's list is in one area: nothing is left to chance.
    only = dataset.values.get(indicator__code="qof_copd_prevalence", area__code=CODES[2])
    assert only.uncertainty == 0


def test_a_modelled_file_stays_provisional(practices, qof, load, tmp_path):
    rows = [("A81001", CODES[2], "ALL", 1000)]
    path = published_practices.patients_by_area(tmp_path / "lsoa.csv", rows, publication="MODELLED_NOT_NHS_DATA")
    load(path)
    dataset = qof({"A81001": (10, 1000)})
    assert dataset.is_provisional
    assert dataset.values.get(indicator__code="qof_copd_prevalence", area__code=CODES[2]).method == "modelled_patients"


def test_ratios_need_lists_by_age_and_compare_with_them(practices, qof, load, tmp_path):
    registers = {"A81001": (40, 1000), "A81002": (80, 1000)}
    dataset = qof(registers)
    assert not values(dataset, "qof_hyp_ratio")
    assert any("5-year age" in title for title in dataset.quality["validation"]["missing"])
    load(published_practices.quinary(tmp_path / "ages.csv", {"A81001": (25, 25), "A81002": (25, 25)}))
    dataset = newest()
    ratios = values(dataset, "qof_hyp_ratio")
    # Of the same ages, and one with twice the register: expected is the mean of both, 60.
    assert 100 * 40 / 60 < ratios[CODES[0]] < ratios[CODES[2]] < 100 * 80 / 60
    crude = values(dataset, "qof_cardiometabolic")
    standardised = values(dataset, "qof_cardiometabolic_standardised")
    assert standardised == pytest.approx(crude, rel=0.02)
    assert dataset.quality["validation"]["rates"]


def test_years_stand_side_by_side_and_the_newest_is_in_force(practices, qof):
    newer = qof({"A81001": (80, 1000)})
    older = qof({"A81001": (40, 1000)}, year="2021")
    newer = newest()
    assert (older.state, newer.state) == (Dataset.State.SUPERSEDED, Dataset.State.CURRENT)
    assert values(older, "qof_hyp_prevalence")[CODES[0]] == 4 and profile(CODES[0])["qof_hyp_prevalence"] == 8


def test_new_practice_places_make_new_figures_and_nothing_new_makes_none(practices, qof, load, tmp_path):
    first = qof({"A81001": (10, 1000), "A81002": (100, 1000)})
    qof({"A81001": (10, 1000), "A81002": (100, 1000)})
    assert newest().pk == first.pk
    load(published.practices(tmp_path / "mapping_2026.csv", [("A81001", CODES[2], "ACTIVE")]))
    second = newest()
    assert second.pk != first.pk and second.state == Dataset.State.CURRENT
    assert Dataset.objects.in_force().filter(publication=DERIVED).count() == 1


def test_without_practices_nothing_is_derived_and_the_registers_stay(boundaries, qof):
    assert qof({"A81001": (80, 1000)}) is None
    assert Dataset.objects.in_force().filter(publication="qof-prevalence").exists()


def test_validation_names_what_is_not_loaded(practices, qof):
    validation = qof({"A81001": (80, 1000)}).quality["validation"]
    assert validation["wards"] is None and validation["authorities"] is None and validation["networks"] == []
    missing = " ".join(validation["missing"])
    for title in ("House of Commons Library", "Sussex", "Birmingham and Solihull", "indices of deprivation", "TS007A"):
        assert title in missing


def test_the_command_prints_the_validation_and_writes_nothing(practices, qof):
    qof({"A81001": (80, 1000), "A81002": (90, 1000)})
    before = Dataset.objects.count()
    out = io.StringIO()
    call_command("validate_attribution", stdout=out)
    text = out.getvalue()
    assert "Registers of 2024-25" in text and "9 of 9 reproduced to 0.01 points" in text
    assert "distance_decay: 2 practices, 100.0% of patients" in text and "not loaded:" in text
    assert Dataset.objects.count() == before


def test_the_command_says_what_it_needs(db, practices, qof):
    with pytest.raises(CommandError, match="registers of practices"):
        call_command("validate_attribution")
    qof({"A81001": (80, 1000)})
    with pytest.raises(CommandError, match=r"2024-25\), found 1999-00"):
        call_command("validate_attribution", release="1999-00")
