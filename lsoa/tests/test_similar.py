"""Similar areas: the quick search finds what the plain definition says, gaps stay gaps, the answer names its method."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.audit import SystemActor
from lsoa.catalogue import CATALOGUE
from lsoa.models import Area
from lsoa.services import load_paths
from lsoa.similar import GROUPS, similar_areas
from lsoa.similar.distances import distances, nearest, standardised
from lsoa.similar.variables import LEAST_SHARE, MOST_AREAS, chosen

SETUP = SystemActor("test")


def plain_standardised(columns, most):
    """Column by column, number by number; None where there is no figure."""
    found = []
    for column in columns:
        known = [value for value in column if value is not None]
        mean = math.fsum(known) / len(known) if known else 0.0
        deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in known) / len(known)) if known else 0.0
        scale = (lambda value: 0.0) if deviation <= 1e-12 * max(abs(mean), 1) else None
        found.append(
            [
                None if value is None else max(-most, min(most, scale(value) if scale else (value - mean) / deviation))
                for value in column
            ]
        )
    return found


def plain_neighbours(rows, place, weights, least, count):
    """[(place, distance)] of the nearest, by the definition."""
    found = []
    for other, row in enumerate(rows):
        if other == place:
            continue
        both = [k for k in range(len(weights)) if row[k] is not None and rows[place][k] is not None]
        weight = math.fsum(weights[k] for k in both)
        if not weight or weight / math.fsum(weights) + 1e-12 < least:
            continue
        square = math.fsum(weights[k] * (row[k] - rows[place][k]) ** 2 for k in both) / weight
        found.append((round(math.sqrt(square), 10), other))
    return [(other, distance) for distance, other in sorted(found)[:count]]


figure = st.one_of(st.none(), st.integers(-20, 20).map(lambda number: number / 4))


@st.composite
def tables(draw):
    areas, variables = draw(st.integers(2, 14)), draw(st.integers(1, 5))
    rows = [[draw(figure) for _ in range(variables)] for _ in range(areas)]
    weights = [draw(st.sampled_from([0.25, 0.5, 1.0])) for _ in range(variables)]
    return rows, weights, draw(st.integers(0, areas - 1)), draw(st.integers(1, areas))


@given(tables())
def test_the_quick_search_finds_what_the_definition_says(table):
    rows, weights, place, count = table
    matrix = np.array([[np.nan if value is None else value for value in row] for row in rows], dtype=float)
    scaled = standardised(matrix, 4.0)
    plain = plain_standardised(list(zip(*rows, strict=True)), 4.0)
    expected_rows = [list(row) for row in zip(*plain, strict=True)]
    for row, expected in zip(scaled.tolist(), expected_rows, strict=True):
        assert [None if math.isnan(value) else pytest.approx(value, abs=1e-9) for value in row] == expected
    found, share = distances(scaled, place, np.array(weights), LEAST_SHARE)
    found[place] = np.nan
    places = nearest(found, count)
    # From the same standardised rows, so that equal distances are equal on both sides.
    same = [[None if math.isnan(value) else value for value in row] for row in scaled.tolist()]
    expected = plain_neighbours(same, place, weights, LEAST_SHARE, count)
    assert found[places].tolist() == pytest.approx([distance for _, distance in expected], abs=1e-9)
    assert len(places) == len(expected)
    assert place not in places.tolist()
    assert ((share >= 0) & (share <= 1 + 1e-12)).all()


@given(tables())
def test_distance_is_the_same_both_ways(table):
    rows, weights, place, _ = table
    matrix = np.array([[np.nan if value is None else value for value in row] for row in rows], dtype=float)
    scaled = standardised(matrix, 4.0)
    there, _ = distances(scaled, place, np.array(weights), LEAST_SHARE)
    for other in range(len(rows)):
        back, _ = distances(scaled, other, np.array(weights), LEAST_SHARE)
        assert np.isnan(there[other]) == np.isnan(back[place])
        assert np.isnan(there[other]) or there[other] == pytest.approx(back[place], abs=1e-9)


def test_every_variable_is_an_indicator_and_what_is_compared_by_them_is_none():
    codes = {code for group in GROUPS for code in (*group.codes, *group.instead)}
    assert codes <= set(CATALOGUE)
    assert not [code for code in codes if code.startswith(("qof", "health", "bad_health", "disabled"))]


def test_what_is_not_loaded_is_replaced_or_left_out():
    found = {group.title: codes for group, codes in chosen({"imd_rank", "age75_share", "is_rural"})}
    assert found == {"Age structure": ("age75_share",), "Deprivation": ("imd_rank",), "Place": ("is_rural",)}
    assert chosen(set()) == []


@pytest.fixture
def city(db):
    assert load_paths(paths=["synthetic:seed=3,areas=120"], by=SETUP)[0].ok


def test_of_a_city_the_nearest_come_first_and_the_area_is_not_its_own_neighbour(city):
    area = Area.objects.current().order_by("code")[5]
    found = similar_areas(area)
    assert len(found.areas) == 10
    gaps = [each.distance for each in found.areas]
    assert gaps == sorted(gaps)
    assert area.pk not in {each.area_id for each in found.areas}
    assert all(LEAST_SHARE <= each.share <= 1 for each in found.areas)
    assert {group.title for group, _ in found.variables} >= {"Age structure", "Deprivation", "Households"}
    assert len(similar_areas(area, 500).areas) == MOST_AREAS


def test_where_nothing_is_loaded_the_answer_says_so(db):
    found = similar_areas(Area(pk=1, is_synthetic=False))
    assert found.areas == ()
    assert "loaded" in found.why


def test_the_api_names_areas_variables_and_method(city, api_client_as, django_assert_max_num_queries):
    area = Area.objects.current().order_by("code")[5]
    client = api_client_as("viewer")
    address = f"/api/v1/areas/{area.code.lower()}/similar/"
    assert client.get(address).status_code == 200
    with django_assert_max_num_queries(12):
        answer = client.get(address, {"count": 3}).json()
    assert answer["area"] == area.code
    assert len(answer["areas"]) == 3
    assert {"code", "name", "distance", "share", "differs", "local_authority_name"} == set(answer["areas"][0])
    assert answer["variables"][0]["title"] == "Age structure"
    assert "RightCare" in answer["method"][0]
    for wrong in ("0", "51", "many", "-1", "1.5"):
        refused = client.get(address, {"count": wrong})
        assert refused.status_code == 400
        assert refused.json()["errors"][0]["pointer"] == "/count"
    assert client.get("/api/v1/areas/E01999999/similar/").status_code == 404
