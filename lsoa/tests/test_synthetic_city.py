"""The fictional city: the same bytes for the same seed, a sound coverage, England's shares, neighbours alike."""

import hashlib

import numpy as np
import orjson
import pytest
import shapely

from lsoa.sources.synthetic import build_city
from lsoa.sources.synthetic.city import fingerprint

# Shares of areas below the first and from the second threshold of the default model, in England.
ENGLAND = {
    "age75_share": (8, 12.5, 0.48, 0.20),
    "bad_health_share": (5, 7, 0.53, 0.20),
    "lives_alone66_share": (12.5, 16.5, 0.50, 0.20),
    "unpaid_care_50h_share": (2.6, 3.5, 0.51, 0.20),
    "ethnic_minority_share": (10, 30, 0.54, 0.21),
    "low_english_share": (0.7, 2.6, 0.50, 0.20),
    "no_car_share": (19, 35, 0.50, 0.20),
}
MEANS = {
    "age75_share": 8.56,
    "bad_health_share": 5.15,
    "lives_alone66_share": 12.81,
    "ethnic_minority_share": 18.95,
    "low_english_share": 1.86,
    "no_car_share": 23.54,
}


@pytest.fixture(scope="module")
def city():
    return build_city(seed=1)


def content(city):
    digest = hashlib.sha256(b"".join(shapely.to_wkb(city.geometry)))
    digest.update(orjson.dumps([city.codes, city.names, city.practices, city.postcodes]))
    for code, column in sorted(city.society.values.items()):
        digest.update(code.encode() + column.tobytes())
    return digest.hexdigest()


def rank_correlation(a, b):
    known = ~np.isnan(a) & ~np.isnan(b)
    return np.corrcoef(a[known].argsort().argsort(), b[known].argsort().argsort())[0, 1]


def morans_i(city, column):
    """Moran's I with equal weights for areas that touch."""
    one, other = shapely.STRtree(city.geometry).query(city.geometry, predicate="touches")
    z = column - column.mean()
    return (z[one] * z[other]).sum() / len(one) * len(z) / (z**2).sum()


def test_the_same_seed_gives_the_same_bytes(city):
    assert content(build_city(seed=1)) == content(city)
    assert content(build_city(seed=2)) != content(city)


def test_the_fingerprint_names_seed_and_size():
    assert fingerprint(1, 1200) == fingerprint(1, 1200)
    assert len({fingerprint(1, 1200), fingerprint(2, 1200), fingerprint(1, 1201)}) == 3


@pytest.mark.parametrize(("seed", "areas"), [(1, 1200), (7, 300), (42, 700)])
def test_areas_leave_no_gap_and_do_not_overlap(seed, areas):
    geometry = build_city(seed=seed, areas=areas).geometry
    assert len(geometry) == areas
    assert shapely.is_valid(geometry).all()
    assert shapely.coverage_is_valid(geometry)
    whole = shapely.coverage_union_all(geometry)
    # The island and three skerries, without a hole between areas.
    assert len(whole.geoms) == 4
    assert all(not part.interiors for part in whole.geoms)


def test_the_island_is_far_from_every_real_area(city):
    west, south, east, north = shapely.total_bounds(city.geometry)
    # England's easternmost point is at 1.77 E, at 52.5 N; at 54.7 N the coast ends at 1.0 W.
    assert south > 54.5
    assert west > 1.5
    assert (east, north) < (3.0, 55.5)


def test_central_areas_are_small_and_rural_ones_large(city):
    size = shapely.area(city.geometry)
    assert np.quantile(size, 0.9) > 20 * np.quantile(size, 0.1)


def test_codes_and_names_are_unique_and_in_the_pattern(city):
    assert city.codes[0] == "E01900001"
    assert len(set(city.codes)) == len(set(city.names)) == 1200
    assert city.names[0].startswith("Aldermoor 001A (")
    assert {city.local_authority(i)[1] for i in range(1200)} == {
        "Aldermoor",
        "Kelderness",
        "Thornmarch Vale",
        "Saltholme",
    }
    assert len({city.sub_icb(i) for i in range(1200)}) == 3
    assert len({city.icb(i) for i in range(1200)}) == 2


@pytest.mark.parametrize("code", ENGLAND)
def test_shares_of_low_and_high_are_englands(city, code):
    low, high, share_low, share_high = ENGLAND[code]
    column = city.society.values[code]
    known = column[~np.isnan(column)]
    assert np.mean(known < low) == pytest.approx(share_low, abs=0.015)
    assert np.mean(known >= high) == pytest.approx(share_high, abs=0.015)


@pytest.mark.parametrize("code", MEANS)
def test_means_are_near_englands(city, code):
    assert np.nanmean(city.society.values[code]) == pytest.approx(MEANS[code], rel=0.06)


def test_a_tenth_of_the_areas_is_in_each_decile(city):
    values = city.society.values
    assert np.bincount(values["imd_decile"].astype(int), minlength=11)[1:].tolist() == [120] * 10
    assert len(np.unique(values["imd_rank"])) == 1200
    assert values["imd_decile"][np.argmin(values["imd_rank"])] == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_neighbours_are_alike(seed):
    city = build_city(seed=seed)
    assert morans_i(city, -city.society.values["imd_rank"]) > 0.5
    for code in ("age75_share", "bad_health_share", "no_car_share", "ethnic_minority_share", "lives_alone66_share"):
        assert morans_i(city, city.society.values[code]) > 0.3, code


def test_indicators_go_together_as_in_england(city):
    values = city.society.values
    deprivation = -values["imd_rank"]
    for code in ("no_car_share", "bad_health_share", "low_english_share", "unpaid_care_50h_share"):
        assert rank_correlation(deprivation, values[code]) > 0.3, code
    assert rank_correlation(deprivation, values["age75_share"]) < -0.2
    assert rank_correlation(values["age75_share"], values["lives_alone66_share"]) > 0.5
    assert rank_correlation(values["age75_share"], values["gp_travel_minutes"]) > 0.2


def test_some_figures_are_missing_for_each_reason(city):
    missing = city.society.missing
    assert {reason for gaps in missing.values() for reason in gaps.values()} == {
        "blank",
        "suppressed",
        "not_applicable",
    }
    for code, gaps in missing.items():
        assert set(np.flatnonzero(np.isnan(city.society.values[code]))) == set(gaps)
        assert len(gaps) <= 12


def test_practices_and_postcodes_stand_inside_their_areas(city):
    assert len(city.practices) == 180
    assert len({p.postcode for p in city.postcodes}) == len(city.postcodes) == 4 * 1200 + 180
    for places in (city.practices, city.postcodes):
        points = shapely.points([(p.x, p.y) for p in places])
        assert shapely.within(points, city.geometry[[p.area for p in places]]).all()
    assert all(p.postcode.startswith("ZY") and len(p.postcode) <= 8 for p in city.postcodes)


@pytest.mark.parametrize(("seed", "areas"), [(1, 5), (1, 1_000_000), (-1, 1200)])
def test_impossible_cities_are_refused(seed, areas):
    with pytest.raises(ValueError, match="synthetic city"):
        build_city(seed=seed, areas=areas)
