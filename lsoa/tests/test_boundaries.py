"""Boundaries: what is loaded, mended, counted, refused."""

import gzip
import json

import pytest

from lsoa.models import Area, Dataset, LoadReject
from lsoa.services import refresh_profile

from . import published
from .published import BOW_TIE, CODES, WELSH, square


def nothing_loaded():
    return not Area.objects.exists() and not Dataset.objects.exists() and not LoadReject.objects.exists()


def test_english_areas_are_loaded_and_welsh_ones_counted(boundaries):
    assert boundaries.state == "loaded"
    assert list(Area.objects.values_list("code", "index", "name")) == [
        ("E01000901", 0, "Testford 001A"),
        ("E01000902", 1, "Testford 001B"),
        ("E01035001", 2, "Testford 002A"),
    ]
    assert boundaries.quality["skipped"] == {"Welsh rows": 1}
    area = Area.objects.first()
    assert area.geometry.geom_type == "MultiPolygon" and area.geometry.srid == 4326
    assert area.geometry.contains(area.centroid)
    assert (area.local_authority_name, boundaries.dataset.extent) == ("Testford", "England")


def test_a_plain_file_loads_as_well_as_a_packed_one(load, tmp_path):
    outcome = load(published.boundaries(tmp_path / "plain.json", packed=False))
    assert (outcome.state, outcome.dataset.extent) == ("loaded", "Testford")


def test_an_invalid_ring_is_mended_and_named(load, tmp_path):
    path = published.boundaries(tmp_path / "b.geojson", geometry={CODES[0]: square(1, BOW_TIE)})
    outcome = load(path)
    assert [item["code"] for item in outcome.quality["repaired"]] == [CODES[0]]
    assert Area.objects.get(code=CODES[0]).geometry.valid
    assert Area.objects.count() == 3


def test_features_without_polygon_or_code_are_rejected_with_their_line(load, tmp_path):
    path = published.boundaries(
        tmp_path / "b.geojson",
        codes=[CODES[0], CODES[1], "", "E0100090X", CODES[2]],
        geometry={CODES[1]: {"type": "Point", "coordinates": [-1.9, 52.4]}},
    )
    outcome = load(path)
    assert list(LoadReject.objects.values_list("line", "code", "reason")) == [
        (2, CODES[1], "no polygon"),
        (3, "", "no area code"),
        (4, "E0100090X", "not the code of an LSOA"),
    ]
    assert (outcome.dataset.rows_read, outcome.dataset.rows_loaded, outcome.dataset.rows_rejected) == (5, 2, 3)


def test_a_repeated_code_keeps_its_first_shape(load, tmp_path):
    load(published.boundaries(tmp_path / "b.geojson", codes=[CODES[0], CODES[1], CODES[0]]))
    assert Area.objects.count() == 2
    assert LoadReject.objects.get().reason == "duplicate of line 1"
    assert Area.objects.get(code=CODES[0]).centroid.x < -1.87


@pytest.mark.parametrize(
    ("make", "expected", "found"),
    [
        (
            {"crs": None, "geometry": {c: square(n, west=406000, south=286000, size=1e5) for n, c in enumerate(CODES)}},
            "longitudes and latitudes (WGS 84)",
            "an unknown CRS",
        ),
        (
            {"geometry": {code: square(1, west=406000, south=286000, size=1e5) for code in CODES}},
            "longitudes and latitudes in Great Britain",
            "coordinates from",
        ),
        ({"geometry": {code: square(1, west=52, south=-2) for code in CODES}}, "in Great Britain", "coordinates"),
        ({"prefix": "LSOA11"}, "LSOA boundaries of 2021 (property LSOA21CD)", "boundaries of 2011"),
        ({"codes": [WELSH]}, "English LSOAs", "none"),
        ({"crs": {"type": "name", "properties": {"name": "EPSG:999999"}}}, "a known coordinate", "999999"),
    ],
)
def test_a_file_that_cannot_be_right_is_refused_whole(load, tmp_path, make, expected, found):
    outcome = load(published.boundaries(tmp_path / "b.geojson.gz", **make))
    assert outcome.state == "refused"
    assert expected in outcome.message and found in outcome.message
    assert nothing_loaded()


@pytest.mark.parametrize("keep", [0.97, 0.5, 0.05])
def test_a_truncated_file_is_refused_whole(load, tmp_path, keep):
    path = published.boundaries(tmp_path / "b.geojson.gz")
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    outcome = load(path)
    assert outcome.state == "refused"
    assert "truncated" in outcome.message
    assert nothing_loaded()


def test_unpacked_json_that_ends_too_soon_is_refused(load, tmp_path):
    path = tmp_path / "b.geojson"
    path.write_bytes(gzip.decompress(published.boundaries(tmp_path / "whole.gz").read_bytes())[:-60])
    outcome = load(path)
    assert outcome.state == "refused" and "GeoJSON" in outcome.message
    assert nothing_loaded()


def test_national_codes_of_2011_under_headings_of_2021_are_refused(load, small_nation, tmp_path):
    outcome = load(published.boundaries(tmp_path / "b.geojson", codes=["E01000901", "E01000902", "E01000903"]))
    assert outcome.state == "refused"
    assert "expected LSOA codes of 2021" in outcome.message
    assert nothing_loaded()


def test_a_declared_grid_is_converted(load, tmp_path):
    # A square of 1 km in Birmingham, in British National Grid.
    grid = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    shape = square(0, west=406000, south=286000, size=1e5)
    outcome = load(published.boundaries(tmp_path / "b.geojson", codes=CODES[:1], crs=grid, geometry={CODES[0]: shape}))
    assert outcome.state == "loaded"
    area = Area.objects.get()
    assert area.centroid.x == pytest.approx(-1.905, abs=0.01)
    assert area.centroid.y == pytest.approx(52.476, abs=0.01)


def test_a_city_file_never_replaces_national_geometry(boundaries, load, tmp_path):
    before = Area.objects.get(code=CODES[0]).geometry
    shifted = {CODES[0]: square(1, west=-1.8), CODES[1]: square(2, west=-1.8)}
    outcome = load(published.boundaries(tmp_path / "city.geojson", codes=CODES[:2], geometry=shifted))
    assert outcome.state == "unchanged"
    assert outcome.quality["skipped"] == {"areas whose national geometry is kept": 2}
    assert Area.objects.get(code=CODES[0]).geometry.equals(before)
    assert Dataset.objects.count() == 1


def test_areas_keep_their_index_when_more_arrive(load, tmp_path):
    load(published.boundaries(tmp_path / "a.geojson", codes=[CODES[1]]))
    load(published.boundaries(tmp_path / "b.geojson"))
    assert dict(Area.objects.values_list("code", "index")) == {CODES[1]: 0, CODES[0]: 1, CODES[2]: 2}


def test_every_area_has_a_profile_even_without_values(boundaries):
    refresh_profile()
    assert Area.objects.with_profile().first().profile.values == {}


def test_a_feature_collection_of_something_else_is_skipped_by_name(load, tmp_path):
    path = tmp_path / "trees.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": []}))
    outcome = load(path)
    assert (outcome.state, outcome.name) == ("skipped", "trees.geojson")
