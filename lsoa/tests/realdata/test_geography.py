"""The published files about areas: facts that the publishers state, in the database after a whole load."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest
import shapely
from django.conf import settings
from django.db.models import Count, Sum

from lsoa.loading.context import LoadContext
from lsoa.loading.report import QualityReport
from lsoa.models import Area, AreaChange, AuthorityCode, Dataset, IndicatorValue
from lsoa.simplification import PUBLISHED_LEVEL, simplified_levels, to_web_mercator
from lsoa.sources.base import Refused
from lsoa.sources.material import FileMaterial
from lsoa.sources.registry import source_for
from lsoa.vintages import Changes, carry

pytestmark = pytest.mark.usefixtures("england")
FOLDER = Path(os.environ.get("SHARED_DATA", settings.BASE_DIR.parent / "shared" / "data")) / "boundaries"
# Areas of 2021 and of 2011 in the files of one local authority each.
CITIES = {
    "birmingham_E08000025": (659, 639),
    "solihull_E08000029": (134, 134),
    "liverpool_E08000012": (302, 298),
    "leeds_E08000035": (488, 482),
    "manchester_E08000003": (295, 282),
    "bradford_E08000032": (312, 310),
    "sunderland_E08000024": (185, 185),
    "wigan_E08000010": (200, 200),
    "brighton_and_hove_E06000043": (165, 165),
    "tower_hamlets_E09000030": (169, 144),
}
# Invalid as published (seven), and one more since the coordinates were rounded.
INVALID_2021 = {
    "E01017290",
    "E01019228",
    "E01019900",
    "E01020312",
    "E01020541",
    "E01024572",
    "E01025169",
    "E01031952",
}


def codes(vintage):
    return set(Area.objects.filter(vintage=vintage).values_list("code", flat=True))


def boundaries(vintage):
    return Dataset.objects.in_force().get(publication=f"lsoa{vintage % 100}-boundaries", extent="England")


def read(path, **options):
    """(chunk of areas, its release) of a boundaries' file, without loading it."""
    material, context = FileMaterial(path), LoadContext(report=QualityReport(), options=options)
    source = source_for(material)
    release = source.release(material)
    [chunk] = source.rows(material, context)
    return chunk, release


def stored(indicator, release, vintage):
    rows = IndicatorValue.objects.filter(
        indicator__code=indicator, dataset__release=release, dataset__state="current", area__vintage=vintage
    )
    return {code: rest for code, *rest in rows.values_list("area__code", "value", "missing_reason", "method")}


def test_areas_of_both_vintages_and_what_they_share():
    old, new = codes(2011), codes(2021)
    assert (len(new), len(old)) == (33_755, 32_844)
    assert (len(old & new), len(old - new), len(new - old)) == (31_810, 1_034, 1_945)


def test_invalid_geometry_was_mended_and_is_listed():
    assert {item["code"] for item in boundaries(2021).quality["repaired"]} == INVALID_2021
    assert len(boundaries(2011).quality["repaired"]) == 5
    shapes = Area.objects.filter(vintage=2021, code__in=INVALID_2021)
    assert all(area.geometry.valid for area in shapes)


def test_changes_by_kind_and_their_weights():
    kinds = dict(AreaChange.objects.values_list("kind").annotate(Count("pk")))
    assert kinds == {"U": 31_810, "S": 1_842, "M": 194, "X": 9}
    for name, part in (("code_2021", "weight"), ("code_2011", "share")):
        sums = AreaChange.objects.values(name).annotate(total=Sum(part)).values_list("total", flat=True)
        assert max(abs(total - 1) for total in sums) < 1e-9
    assert set(AreaChange.objects.filter(kind="M").values_list("basis", flat=True)) == {"population"}
    assert set(AreaChange.objects.filter(kind="X").values_list("basis", flat=True)) == {"overlap_population"}
    assert set(AreaChange.objects.filter(kind="S").values_list("share_basis", flat=True)) == {"population"}


@pytest.mark.parametrize(
    "field", ["ward_code", "local_authority_code", "sub_icb_code", "icb_code", "region_code", "rural_urban_code"]
)
@pytest.mark.parametrize("vintage", [2021, 2011])
def test_every_area_knows_what_it_belongs_to(vintage, field):
    assert not Area.objects.filter(vintage=vintage, is_synthetic=False, **{field: ""}).exists()


def test_editions_of_codes_are_those_of_the_newest_lookups():
    # Barnsley and Sheffield got new codes in 2025, which the boundaries' files have and the look-ups of 2024 have not.
    assert not Area.objects.filter(local_authority_code__in=["E08000038", "E08000039"]).exists()
    assert Area.objects.filter(vintage=2021, local_authority_code="E08000016").count() > 100
    # Cumbria became unitary in 2023: look-ups of 2022 do not know of it.
    assert Area.objects.filter(vintage=2021, local_authority_code="E06000063").exists()
    assert not Area.objects.filter(vintage=2011, local_authority_code="E06000063").exists()
    assert AuthorityCode.objects.current_codes(["E06000028"]) == {"E06000028": "E06000058"}


def test_the_grid_without_a_word_is_refused_unless_it_is_named():
    path = FOLDER / "variants" / "westminster_lsoa21_geojson_in_EPSG27700_no_crs.json.gz"
    with pytest.raises(Refused, match="--crs 27700"):
        read(path)
    chunk, release = read(path, crs="27700")
    assert (len(chunk), release.vintage) == (123, 2021)
    assert_near_national(chunk, 2021)


@pytest.mark.parametrize(
    ("name", "areas", "vintage"),
    [
        ("bsol_LSOA21_shapefile_EPSG27700.zip", 793, 2021),
        ("gla_LSOA_2011_London_gen_MHW_shapefile_EPSG27700.zip", 4_835, 2011),
    ],
)
def test_shapefiles_lie_where_the_national_file_has_the_same_areas(name, areas, vintage):
    chunk, release = read(FOLDER / "variants" / name)
    assert (len(chunk), release.vintage) == (areas, vintage)
    assert shapely.is_valid(chunk.geometry).all()
    assert_near_national(chunk, vintage)


@pytest.mark.parametrize("city", sorted(CITIES))
@pytest.mark.parametrize("vintage", [2021, 2011])
def test_ten_cities_are_recognised_with_all_their_areas(city, vintage):
    chunk, release = read(FOLDER / "cities_raw" / f"{city}_lsoa{vintage % 100}.geojson.gz")
    assert len(chunk) == CITIES[city][vintage == 2011]
    assert release.vintage == vintage
    assert set(chunk.code) <= codes(vintage)


def assert_near_national(chunk, vintage):
    """Every area's middle lies within some hundred metres of where the national file has it."""
    national = dict(Area.objects.filter(vintage=vintage, code__in=list(chunk.code)).values_list("code", "geometry"))
    assert len(national) == len(chunk)
    ours = shapely.centroid(chunk.geometry)
    theirs = np.array([shapely.centroid(shapely.from_wkb(bytes(national[code].wkb))) for code in chunk.code])
    assert np.quantile(shapely.distance(ours, theirs), 0.99) < 0.002


def test_the_index_of_2019_on_areas_of_2021():
    for indicator in ("imd_rank", "imd_decile"):
        before, after = stored(indicator, "2019", 2011), stored(indicator, "2019", 2021)
        assert len(after) == 33_755
        for old, new, kind in AreaChange.objects.values_list("code_2011", "code_2021", "kind"):
            value, reason, method = after[new]
            if kind == "U":
                assert (value, method) == (before[old][0], "carried_unchanged")
            else:
                assert (value, reason) == (None, "unavailable")


@pytest.mark.parametrize("indicator", ["imd_score", "imd_population_total"])
def test_scores_and_counts_of_2019_follow_the_weights(indicator):
    before, after = stored(indicator, "2019", 2011), stored(indicator, "2019", 2021)
    rows = AreaChange.objects.values_list("code_2011", "code_2021", "kind", "weight", "share")
    changes = Changes(*zip(*rows, strict=True))
    figures = [np.nan if value is None else value for value, *_ in before.values()]
    kind = "count" if "population" in indicator else "score"
    expected = carry(list(before), figures, changes, kind=kind)
    assert sorted(after) == list(expected.code)
    assert [after[code][0] for code in expected.code] == pytest.approx(expected.value)
    if kind == "count":
        assert sum(value for value, *_ in after.values()) == pytest.approx(54_728_204, abs=0.01)
    unchanged = {new for new, letter in zip(changes.code_2021, changes.kind, strict=True) if letter == "U"}
    assert all(after[code][0] == before[code][0] for code in unchanged)


def test_map_geometry_of_birmingham_has_no_slivers_at_any_zoom():
    places = Area.objects.filter(vintage=2021, local_authority_code__in=["E08000025", "E08000029"])
    shapes = np.array([shapely.from_wkb(bytes(shape.wkb)) for shape in places.values_list("geometry", flat=True)])
    assert len(shapes) == 793
    published = to_web_mercator(shapes)
    for level, shapes in [(PUBLISHED_LEVEL, published), *simplified_levels(published)]:
        whole = shapely.union_all(shapes)
        assert shapely.coverage_is_valid(shapes), level
        assert whole.geom_type == "Polygon" and not len(whole.interiors), level
        assert shapely.area(shapes).sum() == pytest.approx(whole.area, rel=1e-9), level


def test_a_city_cut_short_is_refused(tmp_path):
    data = gzip.decompress((FOLDER / "cities_raw" / "solihull_E08000029_lsoa21.geojson.gz").read_bytes())
    path = tmp_path / "short.geojson"
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(Refused, match="GeoJSON"):
        read(path)
