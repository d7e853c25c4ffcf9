"""Simplified areas stay a coverage: nothing between neighbours, at every zoom."""

import numpy as np
import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry

from lsoa.models import TileGeometry
from lsoa.simplification import (
    LOWEST_LEVEL,
    PUBLISHED_LEVEL,
    TOLERANCES,
    district_outlines,
    level_for,
    simplified_levels,
    to_web_mercator,
)
from lsoa.sources.synthetic import build_city
from lsoa.tile_sets import build_geometry, read_boundaries

from .factories import AreaFactory


@pytest.fixture(scope="module")
def city():
    return build_city(seed=3, areas=600)


@pytest.fixture(scope="module")
def levels(city):
    return dict(simplified_levels(to_web_mercator(city.geometry)))


def test_projection_agrees_with_the_definition_of_epsg_3857():
    # Worked example of EPSG guidance note 7-2, method 1024, on the WGS 84 ellipsoid's semi-major axis.
    point = to_web_mercator(np.array([shapely.Point(-100.33333333333333, 24.381786944444446)]))[0]
    assert (point.x, point.y) == pytest.approx((-11169055.58, 2800000.00), abs=0.01)


def test_a_self_crossing_polygon_is_repaired_first():
    bow_tie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    repaired = to_web_mercator(np.array([bow_tie], dtype=object))
    assert shapely.is_valid(repaired).all()
    assert shapely.area(repaired)[0] > 0


def test_every_level_is_a_coverage_without_slivers(levels, city):
    whole = shapely.coverage_union_all(to_web_mercator(city.geometry))
    for level, geometry in levels.items():
        assert shapely.is_valid(geometry).all(), level
        assert shapely.coverage_is_valid(geometry), level
        union = shapely.coverage_union_all(geometry)
        # A sliver between two areas would be a hole, or a part, of the whole.
        assert len(shapely.get_parts(union)) == len(shapely.get_parts(whole)), level
        assert not any(len(part.interiors) for part in shapely.get_parts(union)), level
        assert shapely.area(geometry).sum() == pytest.approx(union.area, rel=1e-9)


def test_neighbours_have_their_edges_in_common_at_every_level(levels):
    for level, geometry in levels.items():
        rings = shapely.get_rings(shapely.get_parts(geometry))
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        same = ring[:-1] == ring[1:]
        edges = np.sort(np.stack([xy[:-1][same], xy[1:][same]], axis=1).view(complex), axis=1)[..., 0]
        unique, count = np.unique(edges, axis=0, return_counts=True)
        # An edge belongs to two areas, or to one and the outline of the whole: never to none and never to three.
        assert set(count) == {1, 2}, level
        outline = np.abs(unique[count == 1][:, 0] - unique[count == 1][:, 1]).sum()
        assert outline == pytest.approx(shapely.coverage_union_all(geometry).length, rel=1e-9), level


def _multi(shape):
    return shape if shape.geom_type == "MultiPolygon" else shapely.multipolygons([shape])


def test_every_level_is_stored_as_the_coverage_that_it_is(db):
    made = build_city(seed=3, areas=100)
    for index, shape in enumerate(made.geometry):
        AreaFactory(index=index, geometry=GEOSGeometry(memoryview(shapely.to_wkb(_multi(shape))), srid=4326))
    tile_set = build_geometry(read_boundaries(2021))
    expected = dict(simplified_levels(to_web_mercator(made.geometry)))
    for level in range(LOWEST_LEVEL, PUBLISHED_LEVEL + 1):
        rows = TileGeometry.objects.filter(tile_set=tile_set, level=level).order_by("index")
        shapes = np.array([shapely.from_wkb(bytes(row.geometry.wkb)) for row in rows])
        assert len(shapes) == len(made.geometry), level
        assert shapely.coverage_is_valid(shapes), level
        if level in expected:
            assert shapely.area(shapes) == pytest.approx(shapely.area(expected[level]), rel=1e-6)


def test_lower_zooms_have_fewer_points_and_no_area_vanishes(levels):
    points = [shapely.get_num_coordinates(levels[level]).sum() for level in (9, 7, 5)]
    assert points[0] > 1.3 * points[1] > 1.3 * points[2]
    for geometry in levels.values():
        assert not shapely.is_empty(geometry).any()


def test_simplifying_from_the_level_before_is_as_good_as_from_the_published_geometry(levels, city):
    published = to_web_mercator(city.geometry)
    for level in (8, 7, 6):
        direct = shapely.coverage_simplify(published, TOLERANCES[level])
        difference = shapely.area(shapely.symmetric_difference(direct, levels[level])).sum()
        assert difference / shapely.area(published).sum() < 0.03


def test_zooms_beyond_the_simplified_ones_show_published_geometry():
    assert [level_for(zoom) for zoom in (2, 4, 9, 10, 14)] == [4, 4, 9, 10, 10]


def test_district_outlines_are_the_edges_of_the_dissolved_districts(city):
    geometry = to_web_mercator(city.geometry)
    lines = district_outlines(geometry, city.authority)
    dissolved = [shapely.coverage_union_all(geometry[city.authority == a]) for a in np.unique(city.authority)]
    expected = shapely.unary_union([d.boundary for d in dissolved])
    assert shapely.length(lines).sum() == pytest.approx(expected.length, rel=1e-9)
    assert shapely.unary_union(lines).symmetric_difference(expected).length < 1


def test_one_district_has_the_coast_as_its_outline(city):
    geometry = to_web_mercator(city.geometry)
    lines = district_outlines(geometry, np.zeros(len(geometry)))
    assert shapely.length(lines).sum() == pytest.approx(shapely.coverage_union_all(geometry).length, rel=1e-9)


def test_no_areas_have_no_outline():
    assert len(district_outlines(np.array([], dtype=object), np.array([]))) == 0
