"""Map tiles: the right areas, for those who may see them, again only when something changed."""

import gzip
from functools import cache

import pytest
import shapely
from django.contrib.gis.geos import MultiPolygon
from django.db import connection
from django.urls import reverse

from accounts.audit import SystemActor
from accounts.models import AuditEvent
from healthequiroute.testing.shared import shared
from lsoa import tile_sets, tiles
from lsoa.models import Area, Dataset, Tile, TileGeometry, TileSet, Vintage
from lsoa.sources.synthetic import build_city

from .vector_tiles import read_tile

BY = SystemActor("test:tiles")
# Tiles over the middle of the island: (z, x, y).
CITY_TILE = {4: (4, 8, 5), 8: (8, 129, 81), 10: (10, 518, 324), 13: (13, 4148, 2595)}


@cache
def small_city():
    return build_city(seed=1, areas=150)


@pytest.fixture
def city():
    return small_city()


@pytest.fixture
@shared
def areas(db):
    return make_areas(small_city())


def make_areas(city):
    dataset = Dataset.objects.create(
        publication="synthetic", title="Island", publisher="Nobody", release="1", licence="None", vintage=2021,
        standing=Dataset.Standing.SYNTHETIC, file_name="synthetic:", file_sha256="0" * 64,
    )  # fmt: skip
    rows = []
    for index, geometry in enumerate(city.geometry):
        shape = shapely.MultiPolygon(list(shapely.get_parts(geometry)))
        inside = shapely.point_on_surface(shape)
        rows.append(
            Area(
                code=city.codes[index],
                vintage=Vintage.CENSUS_2021,
                index=index,
                name=city.names[index],
                geometry=shape.wkt,
                centroid=inside.wkt,
                is_synthetic=True,
                dataset=dataset,
                local_authority_code=city.local_authority(index)[0],
                local_authority_name=city.local_authority(index)[1],
            )  # fmt: skip
        )
    return Area.objects.bulk_create(rows)


@pytest.fixture
@shared
def tile_set(areas):
    return tile_sets.rebuild(by=BY)


def address(z, x, y, vintage=2021):
    return reverse("area-tile", kwargs={"vintage": vintage, "z": z, "x": x, "y": y})


def areas_touching(z, x, y):
    """Indices of the areas whose published geometry touches the tile, by another way than the server's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT index FROM lsoa_area"
            " WHERE ST_Intersects(ST_Transform(geometry, 3857), ST_TileEnvelope(%s, %s, %s))",
            [z, x, y],
        )
        return {row[0] for row in cursor.fetchall()}


def test_every_seeded_tile_together_shows_every_area(tile_set, areas):
    for z in (7, 9):
        shown = set()
        for data in Tile.objects.filter(tile_set=tile_set, z=z).values_list("data", flat=True):
            if data:
                shown |= {feature.id for feature in read_tile(bytes(data))["areas"]}
        assert shown == {area.index for area in areas}


def test_a_tile_holds_the_areas_that_lie_in_it(tile_set):
    tile = CITY_TILE[10]
    shown = read_tile(tiles.tile_data(tile_set, *tile))["areas"]
    expected = areas_touching(*tile)
    ids = [feature.id for feature in shown]
    assert len(ids) == len(set(ids))
    assert expected <= set(ids)
    # Beyond the tile only what reaches into its margin.
    assert len(set(ids) - expected) < 20
    assert all(feature.kind == "polygon" and feature.tags == b"" for feature in shown)


def test_rings_reach_the_margin_and_not_beyond(tile_set):
    shown = read_tile(tiles.tile_data(tile_set, *CITY_TILE[13]))["areas"]
    values = [c for feature in shown for ring in feature.geometry for point in ring for c in point]
    assert min(values) == -tile_sets.BUFFER
    assert max(values) == tile_sets.EXTENT + tile_sets.BUFFER


def test_district_outlines_are_drawn_below_zoom_9_only(tile_set):
    low = read_tile(tiles.tile_data(tile_set, *CITY_TILE[8]))
    assert {feature.kind for feature in low["districts"]} == {"line"}
    assert set(read_tile(tiles.tile_data(tile_set, *CITY_TILE[10]))) == {"areas"}


def test_a_viewer_gets_a_gzipped_private_tile(tile_set, client_as):
    response = client_as("viewer").get(address(*CITY_TILE[8]), headers={"Accept-Encoding": "gzip"})
    assert response.status_code == 200
    assert response["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert response["Content-Encoding"] == "gzip"
    assert response["Cache-Control"] == "private, no-cache"
    assert read_tile(gzip.decompress(response.content))["areas"]


def test_a_browser_without_gzip_gets_it_plain(tile_set, client_as):
    response = client_as("viewer").get(address(*CITY_TILE[8]))
    assert "Content-Encoding" not in response
    assert read_tile(response.content)["areas"]


def test_the_anonymous_and_people_without_a_role_are_refused(tile_set, client, client_as):
    assert client.get(address(*CITY_TILE[8])).status_code == 302
    assert client_as().get(address(*CITY_TILE[8])).status_code == 403


def test_an_unchanged_tile_is_not_sent_again(tile_set, client_as):
    client = client_as("viewer")
    etag = client.get(address(*CITY_TILE[10]))["ETag"]
    again = client.get(address(*CITY_TILE[10]), headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == etag
    assert client.get(address(*CITY_TILE[10]), headers={"If-None-Match": '"other"'}).status_code == 200


def test_an_address_with_the_version_may_be_kept(tile_set, client_as):
    template = tiles.tile_url_template()
    assert template == f"/tiles/areas/2021/{{z}}/{{x}}/{{y}}.pbf?v={tile_set.version}"
    response = client_as("viewer").get(template.format(z=8, x=129, y=81))
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"
    stale = client_as("viewer").get(address(*CITY_TILE[8]) + "?v=old")
    assert stale["Cache-Control"] == "private, no-cache"


def test_the_open_sea_is_empty(tile_set, client_as):
    client = client_as("viewer")
    assert client.get(address(9, 0, 0)).status_code == 204
    assert client.get(address(14, 0, 0)).status_code == 204


@pytest.mark.parametrize("tile", [(3, 0, 0), (15, 0, 0), (4, 16, 0), (4, 0, 16)])
def test_tiles_outside_the_scheme_do_not_exist(tile_set, client_as, tile):
    assert client_as("viewer").get(address(*tile)).status_code == 404


def test_without_boundaries_there_is_no_map(db, client_as):
    assert tiles.tile_url_template() == ""
    assert client_as("viewer").get(address(*CITY_TILE[8])).status_code == 404
    assert tile_sets.rebuild(by=BY) is None


def test_building_again_without_a_change_does_nothing(tile_set):
    geometry = set(TileGeometry.objects.values_list("pk", flat=True))
    events = AuditEvent.objects.count()
    again = tile_sets.rebuild(by=BY)
    assert (again.pk, again.version) == (tile_set.pk, tile_set.version)
    assert set(TileGeometry.objects.values_list("pk", flat=True)) == geometry
    assert AuditEvent.objects.count() == events


def test_moved_boundaries_make_a_new_version_and_nothing_old_stays(tile_set, areas):
    area = Area.objects.get(pk=areas[0].pk)
    area.geometry = MultiPolygon(area.geometry[0].simplify(0.0005), srid=4326)
    area.save()
    after = tile_sets.rebuild(by=BY)
    assert after.version != tile_set.version
    assert TileSet.objects.get() == after
    assert set(TileGeometry.objects.values_list("tile_set", flat=True)) == {after.pk}
    assert set(Tile.objects.values_list("tile_set", flat=True)) == {after.pk}


def test_other_districts_make_new_outlines_from_the_same_geometry(tile_set):
    geometry = set(TileGeometry.objects.values_list("pk", flat=True))
    before = tiles.tile_data(tile_set, *CITY_TILE[8])
    Area.objects.update(local_authority_code="E08900009")
    after = tile_sets.rebuild(by=BY)
    assert (after.pk, after.version != tile_set.version) == (tile_set.pk, True)
    assert set(TileGeometry.objects.values_list("pk", flat=True)) == geometry
    outlines = [read_tile(data)["districts"] for data in (before, tiles.tile_data(after, *CITY_TILE[8]))]
    assert len(outlines[1]) < len(outlines[0])


def test_districts_follow_from_names_until_a_lookup_is_loaded(areas):
    Area.objects.update(local_authority_code="")
    Area.objects.filter(index__lt=10).update(name="Aldermoor 001A")
    Area.objects.filter(index__gte=10).update(name="Saltholme 001A")
    assert set(tile_sets.read_boundaries(2021).district) == {"Aldermoor", "Saltholme"}


def test_an_interrupted_build_is_not_shown_and_goes_with_the_next(areas):
    TileSet.objects.create(vintage=2021, geometry_digest=tile_sets.read_boundaries(2021).geometry_digest)
    assert tile_sets.current_set(2021) is None
    built = tile_sets.rebuild(by=BY)
    assert TileSet.objects.get() == built


def test_the_hook_brings_the_map_in_step_when_it_finishes(areas):
    finish = tiles.keep_map_in_step(by=BY, progress=lambda fraction, message: None)
    assert tile_sets.current_set(2021) is None
    finish()
    assert tile_sets.current_set(2021).area_count == 150
    assert AuditEvent.objects.filter(action="tiles.built").count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_areas_are_simplified_by_a_second_process_meanwhile(city, monkeypatch):
    monkeypatch.setattr(tiles, "WORTH_A_PROCESS", 100)
    make_areas(city)
    finish = tiles.keep_map_in_step(by=BY, progress=lambda fraction, message: None)
    monkeypatch.setattr(tile_sets, "simplified_levels", lambda geometry: pytest.fail("simplified a second time"))
    finish()
    assert tile_sets.current_set(2021).area_count == 150
    assert TileGeometry.objects.count() == 7 * 150


@pytest.mark.django_db(transaction=True)
def test_when_the_second_process_fails_the_work_is_done_here(city, monkeypatch):
    monkeypatch.setattr(tiles, "WORTH_A_PROCESS", 100)
    monkeypatch.setattr(tiles.sys, "executable", "/bin/false")
    make_areas(city)
    tiles.keep_map_in_step(by=BY, progress=lambda fraction, message: None)()
    assert tile_sets.current_set(2021).area_count == 150
