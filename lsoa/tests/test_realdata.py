"""The published files themselves, where ../shared/data is: figures that the publishers state.

pytest -m realdata lsoa
"""

import os
from pathlib import Path

import pytest
from django.conf import settings

from lsoa.models import Area
from lsoa.statistics import national_distribution

DATA = Path(os.environ.get("SHARED_DATA", settings.BASE_DIR.parent / "shared" / "data"))

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"published files are not at {DATA}"),
]
PATHS = [
    "boundaries/lsoa21_bsc_england.geojson.gz",
    "boundaries/variants/westminster_lsoa21_geojson_in_EPSG27700_no_crs.json.gz",
    "boundaries/cities_raw/birmingham_E08000025_lsoa11.geojson.gz",
    "imd/File_1_IoD2025_Index_of_Multiple_Deprivation.xlsx",
    "lookups",
    "gp/gp_practice_postcode_lsoa_mapping_2025.csv.gz",
    "qof/2024-25/PREVALENCE_2425.csv.gz",
    *(
        f"census2021/census2021-{name}-lsoa.csv.gz"
        for name in ("ts003", "ts007a", "ts021", "ts029", "ts037", "ts039", "ts045")
    ),
]
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
# The same for registers, whose way to areas is modelled: near is enough.
MODELLED = {
    "qof_cardiometabolic": (29.22, 33.30),
    "qof_respiratory": (8.88, 10.28),
    "qof_mental_cognitive": (16.16, 19.81),
}


def profile(code):
    return Area.objects.with_profile().get(code=code).profile.values


def test_all_of_england(load):
    outcomes = {outcome.name: outcome for outcome in load(*(DATA / path for path in PATHS))}
    refused = {name: outcome.message for name, outcome in outcomes.items() if outcome.state == "refused"}
    assert set(refused) == {Path(PATHS[1]).name, Path(PATHS[2]).name}
    assert "unknown CRS" in refused[Path(PATHS[1]).name]
    assert sum(outcome.state in ("loaded", "history") for outcome in outcomes.values()) == 14

    assert Area.objects.current().count() == 33_755
    repaired = outcomes[Path(PATHS[0]).name].quality["repaired"]
    assert {"E01017290", "E01019228", "E01024572"} <= {item["code"] for item in repaired} and len(repaired) == 8
    assert profile("E01021988")["imd_rank"] == 1
    assert (profile("E01000001")["imd_rank"], profile("E01000001")["imd_decile"]) == (26_525, 8)
    assert profile("E01000001")["population"] == 1_473
    assert Area.objects.filter(icb_code="", vintage=2021).count() == 0

    spread = national_distribution([*THRESHOLDS, *MODELLED, "population", "households", "imd_rank"])
    assert spread["population"].mean * 33_755 == pytest.approx(56_490_091, abs=1)
    assert spread["households"].mean * 33_755 == pytest.approx(23_435_839, abs=1)
    assert (spread["imd_rank"].minimum, spread["imd_rank"].maximum) == (1, 33_755)
    for figures, tolerance in ((THRESHOLDS, 0.006), (MODELLED, 0.35)):
        for code, expected in figures.items():
            found = (spread[code].median, spread[code].percentile(80))
            assert found == pytest.approx(expected, abs=tolerance), code
    assert outcomes["PREVALENCE_2425.csv.gz"].dataset.rows_rejected == 1
