"""Where patients live and what registers say about areas: the arithmetic, without a database."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsoa.attribution import gravity, validation
from lsoa.attribution.places import Areas, Practices, globe_points, near_pairs, nearest_km, travel_minutes
from lsoa.attribution.prevalence import add_up, carry, national
from lsoa.attribution.rates import BANDS, at_risk, fit_rates
from lsoa.attribution.standardisation import expected_registers, people_of_year
from lsoa.attribution.wards import wards_by_name
from lsoa.attribution.weights import (
    COMMISSIONER,
    DISTANCE,
    MIXED,
    MODELLED,
    REGISTERED,
    WARD_SHARES,
    Evidence,
    area_methods,
    attribute_lists,
)


def make_areas(rng, number, **fields):
    columns = {
        "code": np.array([f"A{n:03d}" for n in range(number)], dtype=object),
        "lon": rng.uniform(-2.0, -1.8, number),
        "lat": rng.uniform(52.4, 52.5, number),
        "km2": rng.uniform(0.2, 3.0, number),
        "residents": rng.uniform(500, 3000, number),
        "ward": np.array([f"W{n % 4}" for n in range(number)], dtype=object),
        "deprivation": np.full(number, np.nan),
    }
    return Areas(**(columns | fields))


def make_practices(rng, number, **fields):
    columns = {
        "code": np.array([f"P{n:02d}" for n in range(number)], dtype=object),
        "patients": rng.uniform(1000, 20000, number),
        "lon": rng.uniform(-2.0, -1.8, number),
        "lat": rng.uniform(52.4, 52.5, number),
        "km2": np.zeros(number),
        "sub_icb": np.array(["S1"] * number, dtype=object),
        "icb": np.array(["I1"] * number, dtype=object),
        "deprivation": np.full(number, np.nan),
    }
    return Practices(**(columns | fields))


@st.composite
def worlds(draw):
    """Areas, practices (some without a place) and evidence about some of them."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    areas = make_areas(rng, draw(st.integers(1, 25)))
    number = draw(st.integers(1, 8))
    practices = make_practices(rng, number)
    nowhere = rng.random(number) < 0.2
    nowhere[0] = False
    practices.lon[nowhere] = practices.lat[nowhere] = np.nan
    if draw(st.booleans()):
        areas.deprivation[:] = rng.uniform(1, 80, len(areas))
        practices.deprivation[:] = np.where(rng.random(number) < 0.7, rng.uniform(1, 80, number), np.nan)
    counted = rng.choice(practices.code, draw(st.integers(0, 2)))
    registered = pd.DataFrame(
        [(code, area, rng.uniform(0, 50)) for code in np.unique(counted) for area in areas.code],
        columns=["practice", "area", "patients"],
    )
    listed = rng.choice(practices.code, draw(st.integers(0, 3)))
    shares = pd.DataFrame(
        [(code, f"W{n}", share) for code in np.unique(listed) for n, share in enumerate(rng.dirichlet(np.ones(4)))],
        columns=["practice", "ward", "share"],
    )
    evidence = Evidence(registered if len(registered) else None, shares if len(shares) else None)
    return rng, areas, practices, evidence


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_every_list_is_shared_out_whole(world):
    rng, areas, practices, evidence = world
    weights = attribute_lists(areas, practices, evidence)
    assert weights.shares.min() >= 0
    assert np.asarray(weights.shares.sum(axis=1)).ravel() == pytest.approx(1)
    counts = rng.uniform(0, 500, (len(practices), 3))
    assert (weights.shares.T @ counts).sum(axis=0) == pytest.approx(counts.sum(axis=0))
    assert set(weights.method) <= {REGISTERED, WARD_SHARES, DISTANCE, COMMISSIONER}


@settings(max_examples=40, deadline=None)
@given(worlds())
def test_a_prevalence_that_is_the_same_everywhere_stays_the_same(world):
    rng, areas, practices, evidence = world
    shares = attribute_lists(areas, practices, evidence).shares
    figures = carry(shares, 0.07 * practices.patients, practices.patients, np.ones(len(practices)))
    known = ~np.isnan(figures.value[:, 0])
    assert figures.value[known, 0] == pytest.approx(0.07)
    assert figures.attribution[known, 0] == pytest.approx(0, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(worlds())
def test_the_order_of_areas_and_practices_does_not_matter(world):
    rng, areas, practices, evidence = world
    there, here = rng.permutation(len(areas)), rng.permutation(len(practices))
    moved_areas = Areas(*(getattr(areas, name)[there] for name in Areas.__dataclass_fields__))
    moved = Practices(*(getattr(practices, name)[here] for name in Practices.__dataclass_fields__))
    first = attribute_lists(areas, practices, evidence)
    second = attribute_lists(moved_areas, moved, evidence)
    assert second.shares.toarray() == pytest.approx(first.shares.toarray()[here][:, there], abs=1e-6)
    assert list(second.method) == list(first.method[here])


def slow_balance(areas, practices, rounds):
    """The gravity model in plain loops over everybody."""
    homes, surgeries = globe_points(areas.lon, areas.lat), globe_points(practices.lon, practices.lat)
    pull = np.empty((len(practices), len(areas)))
    for p in range(len(practices)):
        for a in range(len(areas)):
            square = ((surgeries[p] - homes[a]) ** 2).sum() + (areas.km2[a] + practices.km2[p]) / (2 * np.pi)
            km = square**0.5
            pull[p, a] = np.exp(-km / 0.3) + 0.05 * np.exp(-km / 0.8)
    residents = areas.residents * practices.patients.sum() / areas.residents.sum()
    of_practice = practices.patients.copy()
    for _ in range(rounds):
        of_area = [
            residents[a] / sum(pull[p, a] * of_practice[p] for p in range(len(practices))) for a in range(len(areas))
        ]
        of_practice = np.array(
            [
                practices.patients[p] / sum(pull[p, a] * of_area[a] for a in range(len(areas)))
                for p in range(len(practices))
            ]
        )
    shares = pull * of_practice[:, None] * np.array(of_area)[None, :]
    return shares / shares.sum(axis=1, keepdims=True)


def test_the_plain_slow_way_says_the_same():
    rng = np.random.default_rng(4)
    areas, practices = make_areas(rng, 20), make_practices(rng, 5)
    fast = gravity.spread_by_distance(areas, practices, near_pairs(areas, practices))
    assert fast.toarray() == pytest.approx(slow_balance(areas, practices, gravity.ROUNDS), abs=2e-5)


def test_balanced_to_the_end_residents_and_lists_both_hold():
    rng = np.random.default_rng(5)
    areas, practices = make_areas(rng, 30), make_practices(rng, 6)
    shares = gravity.spread_by_distance(areas, practices, near_pairs(areas, practices), rounds=2000)
    expected = areas.residents * practices.patients.sum() / areas.residents.sum()
    assert shares.T @ practices.patients == pytest.approx(expected, rel=0.02)


def test_the_published_deprivation_of_a_practice_is_met_where_it_can_be():
    rng = np.random.default_rng(6)
    areas = make_areas(rng, 40, deprivation=rng.uniform(5, 60, 40))
    practices = make_practices(rng, 3)
    before = gravity.spread_by_distance(areas, practices, near_pairs(areas, practices)) @ areas.deprivation
    practices.deprivation[:] = [before[0] + 3, np.nan, before[2] - 3]
    after = attribute_lists(areas, practices, Evidence()).shares @ areas.deprivation
    assert after == pytest.approx([before[0] + 3, before[1], before[2] - 3], abs=0.05)


def test_counted_patients_go_before_wards_and_those_before_a_model_and_distance():
    rng = np.random.default_rng(7)
    areas, practices = make_areas(rng, 8), make_practices(rng, 5)
    practices.lon[4] = np.nan
    everywhere = pd.DataFrame(
        [(code, "A000", 1.0) for code in practices.code[:3]], columns=["practice", "area", "patients"]
    )
    shares = pd.DataFrame([("P00", "W1", 1.0), ("P01", "W1", 1.0)], columns=["practice", "ward", "share"])
    evidence = Evidence(registered=everywhere[:1], ward_shares=shares, modelled=everywhere)
    weights = attribute_lists(areas, practices, evidence)
    assert list(weights.method) == [REGISTERED, WARD_SHARES, MODELLED, DISTANCE, COMMISSIONER]
    assert weights.shares[0].toarray().ravel() == pytest.approx([1, *[0] * 7])
    assert weights.shares[1].toarray().ravel()[areas.ward == "W1"].sum() == pytest.approx(1)
    others = practices.patients[:4] @ weights.shares[:4] / practices.patients[:4].sum()
    assert weights.shares[4].toarray().ravel() == pytest.approx(np.asarray(others).ravel())
    assert weights.notes == {"practices without a place, spread like their sub-ICB location": 1}


def test_a_ward_that_is_out_of_reach_is_shared_by_residents():
    rng = np.random.default_rng(8)
    areas = make_areas(rng, 4, ward=np.array(["W1", "W1", "W2", "W2"], dtype=object))
    areas.lon[2:] = 1.5
    areas.residents[2:] = [1000, 3000]
    practices = make_practices(rng, 2)
    practices.lon[1] = 1.5
    shares = pd.DataFrame([("P00", "W2", 0.8), ("P00", "W1", 0.1)], columns=["practice", "ward", "share"])
    row = attribute_lists(areas, practices, Evidence(ward_shares=shares)).shares[0].toarray().ravel()
    assert row[2:] == pytest.approx([8 / 36, 24 / 36]) and row[:2].sum() == pytest.approx(1 / 9)


def test_nothing_to_go_by_is_an_error():
    rng = np.random.default_rng(9)
    nowhere = make_practices(rng, 2, lon=np.full(2, np.nan), lat=np.full(2, np.nan))
    with pytest.raises(ValueError, match="place"):
        attribute_lists(make_areas(rng, 3), nowhere, Evidence())
    with pytest.raises(ValueError, match="no areas"):
        attribute_lists(make_areas(rng, 0), make_practices(rng, 1), Evidence())


def test_an_area_with_the_patients_of_one_practice_has_its_prevalence():
    rng = np.random.default_rng(10)
    areas, practices = make_areas(rng, 2), make_practices(rng, 2)
    rows = [("P00", "A000", 10.0), ("P01", "A001", 10.0)]
    evidence = Evidence(registered=pd.DataFrame(rows, columns=["practice", "area", "patients"]))
    shares = attribute_lists(areas, practices, evidence).shares
    figures = carry(shares, [[50.0], [30.0]], [[1000.0], [400.0]], [0.0, 0.0])
    assert figures.value[:, 0] == pytest.approx([0.05, 0.075])
    # The whole list lives there: nothing is left to chance.
    assert figures.error[:, 0] == pytest.approx([0, 0])


def test_a_practice_without_a_register_counts_for_neither_side():
    rng = np.random.default_rng(11)
    shares = attribute_lists(make_areas(rng, 1), make_practices(rng, 2), Evidence()).shares
    counts, lists = np.array([[10.0, np.nan], [20.0, 6.0]]), np.array([[100.0, np.nan], [300.0, 100.0]])
    assert carry(shares, counts, lists, [0, 0]).value[0] == pytest.approx([30 / 400, 0.06])
    assert national(counts, lists) == pytest.approx([30 / 400, 0.06])


def test_errors_grow_with_doubt_and_with_how_much_practices_differ():
    rng = np.random.default_rng(12)
    shares = attribute_lists(make_areas(rng, 3), make_practices(rng, 4), Evidence()).shares
    lists = np.full((4, 1), 1000.0)
    alike, unlike = np.full((4, 1), 100.0), np.array([[10.0], [400.0], [50.0], [300.0]])
    assert (carry(shares, alike, lists, np.ones(4)).attribution < 1e-9).all()
    little, much = (carry(shares, unlike, lists, np.full(4, doubt)).error for doubt in (0.1, 1.0))
    assert (much > little).all()


def test_sums_add_values_and_draws():
    rng = np.random.default_rng(13)
    shares = attribute_lists(make_areas(rng, 3), make_practices(rng, 3), Evidence()).shares
    counts, lists = rng.uniform(1, 50, (3, 2)), np.full((3, 2), 1000.0)
    figures = carry(shares, counts, lists, np.zeros(3))
    total = add_up(figures, [0, 1], [1, 2], carry(shares, counts.sum(axis=1), lists[:, 0], np.zeros(3)))
    assert total.value[:, 0] == pytest.approx(figures.value @ [1, 2])
    assert total.sampling[:, 0] == pytest.approx(figures.sampling @ [1, 4])


def lists_by_age(rng, number):
    """People by age of practices that differ: students, families, pensioners."""
    kinds = np.array([np.exp(-((np.arange(BANDS) - middle) ** 2) / 40) for middle in (4, 8, 14)])
    return rng.dirichlet(np.ones(3), number) @ kinds * rng.uniform(500, 3000, (number, 1))


@pytest.mark.parametrize("list_type", ["TOTAL", "17OV", "50OV"])
def test_registers_that_are_exactly_rates_times_lists_give_one_hundred(list_type):
    rng = np.random.default_rng(14)
    people = lists_by_age(rng, 200)
    rates = at_risk(list_type) / (1 + np.exp(4 - 0.3 * np.arange(BANDS)))
    count = people @ rates
    fitted = fit_rates(count, people, list_type)
    patients = people.sum(axis=1)
    areas, practices = make_areas(rng, 30), make_practices(rng, 200, patients=patients)
    shares = attribute_lists(areas, practices, Evidence()).shares
    expected = expected_registers(shares, people, patients, count[:, None], [fitted])
    ratio = 100 * carry(shares, count[:, None], expected, np.zeros(200)).value
    assert ratio == pytest.approx(100, abs=3)
    assert expected.sum() == pytest.approx(count.sum())
    assert (fitted.rate >= 0).all() and (fitted.rate <= 1).all() and (fitted.rate[at_risk(list_type) == 0] == 0).all()


def test_deprivation_is_held_apart_from_age():
    rng = np.random.default_rng(15)
    people = lists_by_age(rng, 400)
    # The young practices are the deprived ones, and half as much again is ill there for every ten points.
    score = 60 - 40 * (people @ np.arange(BANDS)) / people.sum(axis=1) / BANDS * 2 + rng.normal(0, 4, 400)
    true = 0.3 / (1 + np.exp(4 - 0.4 * np.arange(BANDS)))
    count = (people @ true) * np.exp(np.log(1.5) * (score - score.mean()) / 10)
    with_score = fit_rates(count, people, "TOTAL", deprivation=score)
    without = fit_rates(count, people, "TOTAL")
    assert with_score.deprivation == pytest.approx(1.5, abs=0.15) and without.deprivation == 1.0
    off = [
        np.abs(found.rate[4:16] / found.rate.max() - true[4:16] / true.max()).mean() for found in (with_score, without)
    ]
    assert off[0] < off[1]


def test_groups_may_code_differently():
    rng = np.random.default_rng(16)
    people = lists_by_age(rng, 300)
    group = np.array(["I1", "I2", ""], dtype=object)[rng.integers(0, 3, 300)]
    factor = np.where(group == "I1", 2.0, 1.0)
    count = people @ (0.2 / (1 + np.exp(5 - 0.5 * np.arange(BANDS)))) * factor
    found = fit_rates(count, people, "TOTAL", group=group)
    ratio = count / found.expected(people)
    assert ratio[group == "I1"].mean() > 1.5 * ratio[group == "I2"].mean()


def test_no_rates_without_lists_by_age():
    with pytest.raises(ValueError, match="list by age"):
        fit_rates([5.0, np.nan], np.full((2, BANDS), np.nan), "TOTAL")


def test_ages_are_scaled_to_the_list_of_the_year():
    structure = np.vstack((np.full(BANDS, 10.0), np.full(BANDS, np.nan), np.zeros(BANDS)))
    people = people_of_year(structure, [400.0, 100.0, 100.0])
    assert people[0] == pytest.approx(np.full(BANDS, 20.0)) and np.isnan(people[1:]).all()


def test_a_practice_without_ages_expects_what_its_areas_expect():
    rng = np.random.default_rng(17)
    people = lists_by_age(rng, 100)
    patients = people.sum(axis=1)
    count = people @ (0.3 / (1 + np.exp(4 - 0.4 * np.arange(BANDS))))
    fitted = fit_rates(count, people, "TOTAL")
    areas = make_areas(rng, 1)
    shares = attribute_lists(areas, make_practices(rng, 100, patients=patients), Evidence()).shares
    without = people.copy()
    without[0] = np.nan
    expected = expected_registers(shares, without, patients, count[:, None], [fitted])
    assert expected[0, 0] / patients[0] == pytest.approx(expected[1:, 0].sum() / patients[1:].sum())


def test_part_of_a_band_is_at_risk():
    assert at_risk("17OV")[:5] == pytest.approx([0, 0, 0, 0.6, 1])
    assert at_risk("TOTAL").min() == 1 and at_risk("50OV")[:10].max() == 0


def test_the_ward_meant_is_the_namesake_near_the_practices():
    rng = np.random.default_rng(18)
    areas = make_areas(rng, 3, ward=np.array(["E05000001", "E05000002", "E05000003"], dtype=object))
    areas.lon[1], areas.lat[1] = -0.1, 51.5
    names = np.array(["Aston", "Aston", "Castle Vale"], dtype=object)
    practices = make_practices(rng, 1)
    rows = [("P00", "ASTON ", 0.5), ("P00", "Castle Vale", 0.2), ("P00", "Elsewhere", 0.1), ("P00", "E05000002", 0.2)]
    shares = pd.DataFrame(rows, columns=["practice", "ward", "share"])
    assert wards_by_name(shares, names, areas, practices) == {
        "ASTON ": "E05000001", "Castle Vale": "E05000003", "E05000002": "E05000002",
    }  # fmt: skip


def test_areas_carry_the_word_of_the_prevailing_method():
    rng = np.random.default_rng(19)
    areas, practices = make_areas(rng, 3), make_practices(rng, 2, patients=np.array([1000.0, 1000.0]))
    rows = [("P00", "A000", 10.0), ("P00", "A001", 10.0), ("P01", "A001", 5.0), ("P01", "A002", 5.0)]
    table = pd.DataFrame(rows, columns=["practice", "area", "patients"])
    weights = attribute_lists(areas, practices, Evidence(registered=table[:2], modelled=table[2:]))
    assert list(area_methods(weights, practices.patients)) == [REGISTERED, MIXED, MODELLED]


def test_the_way_to_the_nearest_practice():
    km = nearest_km([0.0], [52.0], [0.0], [0.0, 1.0], [52.4, 52.0], [0.0, 0.0])
    assert km == pytest.approx([44.48], abs=0.01)
    # A practice in the middle of its own area is not at distance zero from the people there.
    assert nearest_km([0.0], [52.0], [2 * np.pi], [0.0], [52.0], [0.0]) == pytest.approx([1.0])
    assert np.isnan(nearest_km([0.0], [52.0], [1.0], [], [], [])).all()
    # 1.3 km of street: 16 minutes on foot; 6.5 km: 12 minutes of waiting and walking and 22 on the bus.
    assert travel_minutes([1.0, 5.0]) == pytest.approx([16.25, 12 + 6.5 / 18 * 60])


def test_validation_of_shares():
    real = np.array([[0.5, 0.5], [0.0, 1.0]])
    same = validation.overlap(real, real, [100, 300])
    assert (same["overlap"], same["correlation"]) == (1.0, pytest.approx(1.0))
    assert validation.overlap(np.array([[1.0, 0.0], [0.0, 1.0]]), real, [100, 300])["overlap"] == pytest.approx(0.875)
    assert validation.doubt(real, real, np.ones(2)) == 0.0
    # All of a practice's patients put into the wrong one of two places whose practices differ.
    assert validation.doubt(np.array([[0.5], [0.5]]), np.array([[1.0], [0.0]]), np.ones(1)) == pytest.approx(1.0)
    patients, figures = np.array([100.0, 100.0]), np.array([[10.0], [20.0]])
    assert validation.prevalence_difference(real, real, patients, figures) == pytest.approx([0])
    share = validation.largest_holder(np.array([0.5, 0.8]), np.array([0.7, 0.8]), np.array([1.0, 3.0]))
    assert (share["difference"], share["overlap"]) == (pytest.approx(0.05), pytest.approx(0.95))


def test_validation_of_figures():
    ours, theirs = np.array([1.0, 2.0, 3.0, np.nan]), np.array([2.0, 3.0, 4.0, 9.0])
    found = validation.against(ours, theirs)
    assert (found["places"], found["correlation"], found["difference"]) == (3, pytest.approx(1), pytest.approx(1))
    assert validation.against(ours[:2], theirs[:2])["correlation"] is None
    assert validation.rank_correlation(np.array([1.0, 2.0, 9.0]), np.array([1.0, 8.0, 9.0])) == pytest.approx(1)
    assert validation.rank_correlation(np.array([1.0, 1.0, 1.0]), np.array([1.0, 8.0, 9.0])) is None
    low = validation.low_share(np.array([1.0, 2.0, 3.0, 4.0]), np.array([True, False, False, True]))
    assert low == 0.5 and validation.low_share(ours, np.zeros(4, dtype=bool)) is None
