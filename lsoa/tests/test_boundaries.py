"""Boundaries: what is loaded, mended, counted, refused."""

import gzip
import json

import pytest
import shapely

from lsoa.models import Area, Dataset, LoadReject
from lsoa.services import refresh_profile

from . import published
from . import published_geography as geography
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
        ({"prefix": "LSOA11"}, "LSOA codes of 2011", "1 that 2011 did not have (E01035001)"),
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


def test_both_vintages_stand_side_by_side(load, tmp_path):
    load(geography.geojson(tmp_path / "new.geojson"), geography.geojson(tmp_path / "old.geojson", 2011))
    assert Area.objects.filter(vintage=2021).count() == Area.objects.filter(vintage=2011).count() == 6
    assert {dataset.publication: dataset.vintage for dataset in Dataset.objects.all()} == {
        "lsoa21-boundaries": 2021,
        "lsoa11-boundaries": 2011,
    }
    assert list(Area.objects.filter(vintage=2011).order_by("index").values_list("index", flat=True)) == list(range(6))


def test_later_editions_with_more_properties(load, tmp_path):
    more = {"LSOA21NMW": " ", "BNG_E": 406_000, "BNG_N": 286_000, "LAT": 52.4, "LONG": -1.9, "GlobalID": "x"}
    outcome = load(geography.geojson(tmp_path / "b.geojson", properties=more))
    assert outcome.dataset.rows_loaded == 6


def test_authority_and_region_of_the_file_stand_until_a_lookup_says_more(load, tmp_path):
    told = {"LADCD_ACTIVE": "E08000038", "UTLACD": "E08000038", "RGNCD": "E12000003"}
    load(geography.geojson(tmp_path / "b.geojson", properties=told))
    area = Area.objects.get(code=geography.U)
    assert (area.local_authority_code, area.region_code) == ("E08000038", "E12000003")
    assert area.region_name == "Yorkshire and The Humber"
    headings = ("LSOA21CD", "LSOA21NM", "WD22CD", "WD22NM", "LAD22CD", "LAD22NM")
    cells = ("E05000001", "Ward", "E08000016", "Barnsley")
    load(geography.lookup(tmp_path / "l.csv", headings, geography.AREAS_2021, cells))
    # The same place has another code in another edition: the look-up's is kept when boundaries come again.
    load(geography.geojson(tmp_path / "again.geojson", properties=told | {"GlobalID": "y"}))
    assert Area.objects.get(code=geography.U).local_authority_code == "E08000016"


@pytest.mark.parametrize("columns", [("LSOA21CD", "LSOA21NM"), ("LSOA21", "LSOA21NM"), ("lsoa21cd", "lsoa21nm")])
@pytest.mark.parametrize("folder", ["", "deep/down/"])
def test_a_shapefile_in_a_zip_is_read_where_it_lies(load, tmp_path, columns, folder):
    outcome = load(geography.shapefile(tmp_path / "b.zip", columns=columns, folder=folder))
    assert outcome.state == "loaded", outcome.message
    found = Area.objects.get(code=geography.M).geometry
    assert found.distance(Area.objects.get(code=geography.S_RIGHT).geometry) < 1e-9
    # The grid's transformation is good to some metres.
    assert found.extent == pytest.approx(geography.AREAS_2021[geography.M].bounds, abs=1e-4)


def test_a_name_that_leads_out_of_the_archive_is_refused(load, tmp_path):
    outcome = load(geography.shapefile(tmp_path / "b.zip", folder="../../outside/"))
    assert outcome.state == "refused" and "../../outside/" in outcome.message
    assert not (tmp_path.parent.parent / "outside").exists()


def test_a_shapefile_of_2011(load, tmp_path):
    outcome = load(geography.shapefile(tmp_path / "b.zip", 2011))
    assert (outcome.dataset.publication, outcome.dataset.vintage) == ("lsoa11-boundaries", 2011)
    assert Area.objects.filter(vintage=2011).count() == 6


@pytest.mark.parametrize("part", [".shx", ".dbf"])
def test_a_shapefile_without_one_of_its_parts_is_refused_by_name(load, tmp_path, part):
    outcome = load(geography.shapefile(tmp_path / "b.zip", without=[part]))
    assert outcome.state == "refused"
    assert f"expected a {part} " in outcome.message and "beside LSOA_2021.shp" in outcome.message
    assert nothing_loaded()


def test_a_shapefile_without_prj_is_refused_unless_the_grid_is_named(load, tmp_path):
    path = geography.shapefile(tmp_path / "b.zip", without=[".prj"])
    outcome = load(path)
    assert outcome.state == "refused" and "--crs 27700" in outcome.message
    assert nothing_loaded()
    assert load(path, options={"crs": "27700"}).state == "loaded"


@pytest.mark.parametrize(
    ("prj", "words"),
    [
        (geography.GRID_WKT.replace("D_OSGB_1936", "D_Unknown"), "British_National_Grid"),
        (geography.GRID_WKT.replace("400000.0", "500000.0"), "British_National_Grid"),
        ("no projection", "no projection"),
    ],
)
def test_a_prj_that_is_not_known_is_refused(load, tmp_path, prj, words):
    outcome = load(geography.shapefile(tmp_path / "b.zip", prj=prj))
    assert outcome.state == "refused" and words in outcome.message
    assert nothing_loaded()


def test_a_prj_in_degrees_is_taken_as_it_is(load, tmp_path):
    prj = (
        'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
        'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
    )
    load(geography.shapefile(tmp_path / "b.zip", prj=prj, grid=False))
    assert Area.objects.get(code=geography.M).geometry.extent == pytest.approx(
        geography.AREAS_2021[geography.M].bounds, abs=1e-12
    )


def test_two_shapefiles_of_areas_in_one_archive_are_refused(load, tmp_path):
    other = geography.shapefile(tmp_path / "other.zip", 2011)
    with geography.zipfile.ZipFile(other) as archive:
        more = [(name, archive.read(name)) for name in archive.namelist()]
    outcome = load(geography.shapefile(tmp_path / "b.zip", more=more))
    assert outcome.state == "refused" and "expected one shapefile" in outcome.message


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_a_truncated_shapefile_is_refused(load, tmp_path, keep):
    path = geography.shapefile(tmp_path / "b.zip")
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    assert load(path).state == "refused"
    assert nothing_loaded()


def test_a_shapefile_of_something_else_is_skipped(load, tmp_path):
    assert load(geography.shapefile(tmp_path / "wards.zip", columns=("WD22CD", "WD22NM"))).state == "skipped"


def test_the_grid_without_a_word_is_refused_and_loaded_when_named(load, tmp_path):
    areas = {code: geography.to_grid(shape) for code, shape in geography.AREAS_2021.items()}
    path = geography.geojson(tmp_path / "b.geojson", areas=areas, crs=None)
    outcome = load(path)
    assert outcome.state == "refused" and "--crs 27700" in outcome.message
    assert load(path, options={"crs": "99999999"}).state == "refused"
    assert nothing_loaded()
    assert load(path, options={"crs": "27700"}).state == "loaded"
    assert Area.objects.get(code=geography.U).centroid.x == pytest.approx(-1.895, abs=1e-4)


def test_the_named_grid_does_not_touch_files_in_degrees(load, tmp_path):
    load(geography.geojson(tmp_path / "b.geojson", crs=None), options={"crs": "27700"})
    assert Area.objects.get(code=geography.U).geometry.extent == pytest.approx(geography.AREAS_2021[geography.U].bounds)


def test_latitude_before_longitude_is_refused_by_name(load, tmp_path):
    areas = {code: shapely.transform(shape, lambda xy: xy[:, ::-1]) for code, shape in geography.AREAS_2021.items()}
    outcome = load(geography.geojson(tmp_path / "b.geojson", areas=areas))
    assert outcome.state == "refused" and "latitude before longitude" in outcome.message


def test_heights_repeated_points_and_mixed_kinds_of_polygons(load, tmp_path):
    areas = dict(geography.AREAS_2021)
    areas[geography.U] = shapely.force_3d(areas[geography.U], 12.0)
    ring = shapely.get_coordinates(areas[geography.M])
    areas[geography.M] = shapely.Polygon(ring.repeat(2, axis=0))
    areas[geography.S_LEFT] = shapely.MultiPolygon([areas[geography.S_LEFT], geography._box(20, 20.1)])
    outcome = load(geography.geojson(tmp_path / "b.geojson", areas=areas))
    assert outcome.quality["counts"]["points left out that repeat the one before"] == 5
    assert outcome.quality["repaired"] == []
    shapes = {area.code: area.geometry for area in Area.objects.all()}
    assert not shapes[geography.U].hasz and shapes[geography.M].num_coords == 5
    assert len(shapes[geography.S_LEFT]) == 2
    assert {shape.geom_type for shape in shapes.values()} == {"MultiPolygon"}


def test_features_without_shape_and_those_elsewhere_are_rejected_one_by_one(load, tmp_path):
    many = {f"E0100{n:04d}": shapely.box(-1.9 + n / 1000, 52, -1.899 + n / 1000, 52.001) for n in range(1, 41)}
    many |= {"E01000901": None, "E01000902": shapely.Polygon(), "E01000903": shapely.box(0, 0, 0.01, 0.01)}
    outcome = load(geography.geojson(tmp_path / "b.geojson", areas=many))
    assert outcome.dataset.rows_loaded == 40
    assert list(LoadReject.objects.values_list("line", "code", "reason")) == [
        (41, "E01000901", "no polygon"),
        (42, "E01000902", "no polygon"),
        (43, "E01000903", "outside Great Britain"),
    ]


def test_a_shell_within_another_is_mended_and_the_surface_drawn_twice_is_told(load, tmp_path):
    outer, inner = geography._box(0, 1), shapely.box(-1.897, 52.403, -1.893, 52.407)
    areas = geography.AREAS_2021 | {geography.U: shapely.MultiPolygon([outer, inner])}
    outcome = load(geography.geojson(tmp_path / "b.geojson", areas=areas))
    [repaired] = outcome.quality["repaired"]
    assert repaired == {"code": geography.U, "problem": "Nested shells; 13.8% of the surface was drawn twice"}
    assert Area.objects.get(code=geography.U).geometry.area == pytest.approx(outer.area)


@pytest.mark.parametrize("digits", [11, 21])
def test_headings_and_codes_of_different_vintages_are_refused(load, tmp_path, digits):
    load(geography.geojson(tmp_path / "new.geojson"), geography.geojson(tmp_path / "old.geojson", 2011))
    load(geography.changes(tmp_path / "changes.csv"))
    before = Area.objects.count()
    vintage = 2021 if digits == 11 else 2011
    outcome = load(geography.geojson(tmp_path / "b.geojson", vintage, digits=digits, properties={"x": 1}))
    assert outcome.state == "refused" and f"expected LSOA codes of 20{digits}" in outcome.message
    assert Area.objects.count() == before
