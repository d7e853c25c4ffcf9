"""Every requirement of the standard that the portal declares to keep, one by one."""

import json
import re

import jsonschema_rs
import pytest
import schemathesis
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point, Polygon

from healthequiroute.ogc import documents
from healthequiroute.ogc.crs import BY_URI, read_box
from lsoa.models import Area

from .conftest import COLLECTED, REQUIREMENTS, requirement

CRS84, EPSG = "http://www.opengis.net/def/crs/OGC/1.3/CRS84", "http://www.opengis.net/def/crs/EPSG/0/{}"
LAYERS = ("areas", "local-authorities", "patches", "bases")
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"


def schema_of(layers, name):
    """A schema of the description, with everything that it refers to."""
    description = layers.get("/api")
    return {"$ref": f"#/components/schemas/{name}", "components": {"schemas": description["components"]["schemas"]}}


def is_as_described(layers, name, told):
    jsonschema_rs.validate(_of_json_schema(schema_of(layers, name)), told)


def _of_json_schema(schema):
    """`nullable` of OpenAPI 3.0 in the words of JSON Schema."""
    if isinstance(schema, list):
        return [_of_json_schema(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    told = {key: _of_json_schema(value) for key, value in schema.items() if key != "nullable"}
    return {"anyOf": [told, {"type": "null"}]} if schema.get("nullable") is True else told


@requirement("/req/core/root-op", "/req/core/root-success")
def test_the_landing_page_leads_everywhere(layers):
    told = layers.get("/")
    is_as_described(layers, "landingPage", told)
    assert {"service-desc", "service-doc", "conformance", "data", "self"} <= {each["rel"] for each in told["links"]}
    for rel in ("service-desc", "conformance", "data"):
        assert layers.follow(layers.link(told, rel))


@requirement("/req/core/api-definition-op", "/req/core/api-definition-success", "/req/oas30/oas-definition-1")
def test_the_description_is_served_as_what_the_link_says(layers):
    told = layers.get("/")
    address = layers.link(told, "service-desc")
    response = layers.client.get(address.removeprefix("http://testserver"))
    assert response["Content-Type"] == OPENAPI == next(e["type"] for e in told["links"] if e["rel"] == "service-desc")
    assert json.loads(response.content)["openapi"].startswith("3.0")
    page = layers.client.get(layers.link(told, "service-doc").removeprefix("http://testserver"))
    assert page["Content-Type"].startswith("text/html")


@requirement("/req/oas30/oas-definition-2", "/req/oas30/oas-common")
def test_the_description_is_valid_openapi(layers):
    description = schemathesis.openapi.from_dict(layers.get("/api"))
    description.validate()
    assert len([each.ok() for each in description.get_all_operations()]) == 4 + 5 * len(LAYERS)


@requirement("/req/core/conformance-op", "/req/core/conformance-success")
def test_the_parts_that_are_kept_are_declared(layers):
    told = layers.get("/conformance")
    is_as_described(layers, "confClasses", told)
    declared = {name.rpartition("/conf/")[2] for name in told["conformsTo"]}
    assert declared == {"core", "oas30", "html", "geojson", "crs"}


@requirement("/req/core/http", "/req/oas30/exceptions-codes")
@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/collections/nothing", "get", 404),
        ("/collections/nothing/items", "get", 404),
        ("/collections/areas/items/E01999999", "get", 404),
        ("/collections/areas/items/x", "get", 404),
        ("/nothing", "get", 404),
        ("/collections/areas/items", "post", 405),
        ("/collections/areas/items", "delete", 405),
        ("/collections/areas/items?limit=0", "get", 400),
    ],
)
def test_what_cannot_be_done_is_told_by_status_and_problem(layers, path, method, status):
    response = getattr(layers.client, method)(f"/ogc{path}")
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert json.loads(response.content)["status"] == status


@requirement("/req/oas30/security")
def test_who_may_ask_is_described_and_asked_for(layers, client):
    described = layers.get("/api")
    schemes = described["components"]["securitySchemes"]
    assert {"bearer", "basic"} <= {each.get("scheme") for each in schemes.values()}
    assert {name for each in described["security"] for name in each} == set(schemes)
    response = client.get("/ogc/")
    assert (response.status_code, response["Content-Type"]) == (401, "application/problem+json")


@requirement("/req/core/query-param-unknown")
@pytest.mark.parametrize("path", ["/", "/conformance", "/api", "/collections", "/collections/areas",
                                  "/collections/areas/items", "/collections/areas/items/E01000001"])  # fmt: skip
def test_a_parameter_that_is_not_described_is_refused(layers, path):
    response = layers.response(path, nothing="1")
    assert response.status_code == 400
    assert json.loads(response.content)["errors"][0]["pointer"] == "/nothing"


@requirement("/req/core/query-param-invalid")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"), ("limit", "-1"), ("limit", "ten"), ("limit", ""), ("limit", "1e3"), ("bbox", "1,2,3"),
        ("bbox", "a,b,c,d"), ("bbox", "0,52,1,51"), ("bbox", "0,0,nan,1"), ("bbox", "-181,0,0,1"),
        ("bbox", "0,-91,1,1"), ("bbox", "0,0,1,1,1"), ("bbox-crs", "EPSG:4326"), ("crs", EPSG.format(9999)),
        ("datetime", "yesterday"), ("datetime", "2026-02-30"), ("datetime", "2026-01-02/2026-01-01"),
        ("datetime", "2026-01-01T10:00:00"), ("datetime", ""), ("datetime", "a/b/c"), ("priority", "urgent"),
        ("priority", "9999999999"), ("core20", "perhaps"), ("f", "xml"), ("after", "nothing"), ("name", "x" * 201),
        ("name", "*a*b*c*"),
    ],
)  # fmt: skip
def test_a_value_that_is_not_described_is_refused_by_its_name(layers, name, value):
    response = layers.client.get("/ogc/collections/areas/items", {name: value})
    assert response.status_code == 400, response.getvalue()
    assert json.loads(response.content)["errors"][0]["pointer"] == f"/{name}"


@requirement("/req/core/crs84", "/req/geojson/definition", "/req/geojson/content")
def test_features_are_geojson_in_longitude_and_latitude(layers, city):
    response = layers.response("/collections/areas/items", limit=1, code=city["worst"].code)
    assert response["Content-Type"] == "application/geo+json"
    told = json.loads(response.getvalue())
    is_as_described(layers, "featureCollection", told)
    shape = GEOSGeometry(json.dumps(told["features"][0]["geometry"]), srid=4326)
    # Six decimals are kept.
    assert shape.equals_exact(city["worst"].geometry, 2e-6)


@requirement("/req/core/fc-md-op", "/req/core/fc-md-success", "/req/core/fc-md-links", "/req/core/fc-md-items")
def test_the_layers_are_listed(layers):
    told = layers.get("/collections")
    is_as_described(layers, "collections", told)
    assert {each["rel"] for each in told["links"]} == {"self", "alternate"}
    assert tuple(each["id"] for each in told["collections"]) == LAYERS


@requirement("/req/core/fc-md-items-links", "/req/core/fc-md-extent")
def test_each_layer_says_where_its_features_are_and_where_it_lies(layers, city):
    for told in layers.get("/collections")["collections"]:
        kinds = {each["type"] for each in told["links"] if each["rel"] == "items"}
        assert kinds == {"application/geo+json", "text/html"}
        assert layers.follow(layers.link(told, "items", "application/geo+json"))["type"] == "FeatureCollection"
        west, south, east, north = told["extent"]["spatial"]["bbox"][0]
        assert -180 <= west <= east <= 180
        assert -90 <= south <= north <= 90
    west, south, east, north = layers.get("/collections/areas")["extent"]["spatial"]["bbox"][0]
    x, y = city["worst"].centroid.coords
    assert west < x < east
    assert south < y < north


@requirement("/req/core/sfc-md-op", "/req/core/sfc-md-success")
@pytest.mark.parametrize("name", LAYERS)
def test_each_layer_tells_the_same_of_itself_alone(layers, name):
    alone = layers.get(f"/collections/{name}")
    is_as_described(layers, "collection", alone)
    among = next(each for each in layers.get("/collections")["collections"] if each["id"] == name)
    assert {k: v for k, v in alone.items() if k != "links"} == {k: v for k, v in among.items() if k != "links"}


@requirement("/req/core/fc-op", "/req/core/fc-response", "/req/core/fc-timeStamp", "/req/core/fc-numberReturned")
@pytest.mark.parametrize("name", LAYERS)
def test_each_layer_has_its_features(layers, name):
    told = layers.get(f"/collections/{name}/items", limit=100)
    is_as_described(layers, "featureCollection", told)
    assert told["numberReturned"] == len(told["features"]) == told["numberMatched"] > 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told["timeStamp"])
    names = list(layers.get(f"/collections/{name}/schema")["properties"])
    assert all(list(each["properties"]) == names[1:] for each in told["features"])


@requirement("/req/core/fc-limit-definition", "/req/core/fc-bbox-definition", "/req/core/fc-time-definition",
             "/req/crs/fc-bbox-crs-definition", "/req/crs/fc-crs-definition")  # fmt: skip
@pytest.mark.parametrize("name", LAYERS)
def test_the_parameters_are_described_for_each_layer(layers, name):
    description = layers.get("/api")
    named = description["components"]["parameters"]
    asked = description["paths"][f"/collections/{name}/items"]["get"]["parameters"]
    found = {each["name"]: each for each in (named[p["$ref"].rpartition("/")[2]] if "$ref" in p else p for p in asked)}
    assert {"limit", "bbox", "bbox-crs", "crs", "datetime", "f", "after"} <= set(found)
    for each in found.values():
        assert (each["in"], each["required"]) == ("query", False)
    for each in ("limit", "bbox", "datetime", "bbox-crs", "crs"):
        assert (found[each]["style"], found[each]["explode"]) == ("form", False)
    assert found["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 10}
    assert found["bbox"]["schema"]["items"] == {"type": "number"}
    assert found["crs"]["schema"]["default"] == found["bbox-crs"]["schema"]["default"] == CRS84


@requirement("/req/core/fc-limit-response-1")
def test_no_more_features_come_than_asked_for(layers):
    assert len(layers.ids(limit=2)) == 2
    assert len(layers.ids()) == 10
    everything = layers.get("/collections/areas/items", limit=99999)
    assert everything["numberReturned"] == Area.objects.current().count()


@requirement("/req/core/fc-links", "/req/core/fc-rel-type", "/req/core/fc-numberMatched")
def test_pages_follow_each_other_without_gap_or_repetition(layers):
    wanted = sorted(Area.objects.current().values_list("code", flat=True))
    address, seen = "http://testserver/ogc/collections/areas/items?limit=3", []
    while address:
        told = layers.follow(address)
        assert {each["rel"] for each in told["links"]} >= {"self", "alternate"}
        assert all(each["type"] for each in told["links"])
        assert told["numberMatched"] == len(wanted)
        seen += [each["id"] for each in told["features"]]
        address = next((each["href"] for each in told["links"] if each["rel"] == "next"), None)
    assert seen == wanted


def test_pages_stay_in_step_while_areas_are_added(layers):
    first = layers.get("/collections/areas/items", limit=2)
    Area.objects.filter(code=first["features"][0]["id"]).update(vintage=2011, index=999_999)
    second = layers.follow(layers.link(first, "next"))
    everything = sorted(Area.objects.current().values_list("code", flat=True))
    # With an offset the second area of what is left would have been passed over.
    assert second["features"][0]["id"] == everything[1]


@requirement("/req/core/fc-bbox-response")
def test_a_box_finds_what_touches_it(layers, city):
    x, y = city["gap"].centroid.coords
    box, expected = box_around(city["gap"].centroid, 4326, 1e-5), touched_by(x, y, 1e-5)
    assert layers.ids(bbox=box, limit=100) == expected
    assert city["gap"].code in expected
    away = city["quiet"]
    there = Polygon.from_bbox((x + 1, y, x + 1.01, y + 0.01))
    Area.objects.filter(pk=away.pk).update(geometry=MultiPolygon(there))
    assert layers.ids(bbox=f"{x + 0.9},{y},{x + 1.1},{y + 0.1}") == [away.code]
    assert layers.ids(bbox=f"{x + 1.02},{y},{x + 1.1},{y + 0.1}") == []
    # Heights count for nothing. The area that was moved may have touched the first box.
    left = [code for code in expected if code != away.code]
    assert layers.ids(bbox=f"{x - 1e-5},{y - 1e-5},0,{x + 1e-5},{y + 1e-5},100", limit=100) == left
    assert layers.ids(bbox="170,80,-170,85") == layers.ids(bbox="0,0,1,1") == []
    assert layers.ids("patches", bbox=box) == ["testham"]
    assert "E08000025" in layers.ids("local-authorities", bbox=box)
    assert layers.ids("bases", bbox="-1.91,52.47,-1.89,52.49") != []
    assert layers.ids("bases", bbox="0,50,1,51") == []


def touched_by(x, y, step) -> list[str]:
    """Codes of the areas that touch a square around a point, found without the database."""
    square = Polygon.from_bbox((x - step, y - step, x + step, y + step))
    return sorted(area.code for area in Area.objects.current() if area.geometry.intersects(square))


def box_around(point, srid, step, *, is_flipped=False) -> str:
    x, y = point.transform(srid, clone=True).coords
    first, second = (y, x) if is_flipped else (x, y)
    return f"{first - step},{second - step},{first + step},{second + step}"


def test_a_box_across_the_antimeridian_is_two(layers, city):
    x, y = city["gap"].centroid.coords
    assert city["gap"].code in layers.ids(bbox=f"{x - 0.001},{y - 0.001},{x - 0.002},{y + 0.001}", limit=100)


@requirement("/req/core/fc-time-response")
@pytest.mark.parametrize("time", ["2026-11-22", "2026-11-22T10:00:00Z", "../2026-11-22", "2026-11-22/..", "/2026-11-22",
                                  "2026-01-01T00:00:00Z/2026-11-22T10:00:00.5+01:00"])  # fmt: skip
def test_features_without_a_time_fit_every_time(layers, time):
    assert layers.ids(datetime=time) == layers.ids()


@requirement("/req/core/f-op", "/req/core/f-success", "/req/core/f-links")
@pytest.mark.parametrize("name", LAYERS)
def test_each_feature_has_an_address(layers, name):
    among = layers.get(f"/collections/{name}/items", limit=1)["features"][0]
    alone = layers.get(f"/collections/{name}/items/{among['id']}")
    is_as_described(layers, "feature", alone)
    assert {each["rel"] for each in alone.pop("links")} == {"self", "alternate", "collection"}
    assert alone == among


@requirement("/req/html/definition", "/req/html/content")
@pytest.mark.parametrize(
    "path",
    ["/", "/conformance", "/api", "/collections", "/collections/areas", "/collections/areas/queryables",
     "/collections/areas/schema", "/collections/areas/items", "/collections/areas/items/{code}",
     "/collections/patches/items", "/collections/local-authorities/items", "/collections/bases/items"],
)  # fmt: skip
def test_everything_is_a_page_for_browsers(layers, city, path):
    path = path.format(code=city["worst"].code)
    by_header = layers.response(path, accept="text/html,application/xhtml+xml,*/*;q=0.8")
    by_address = layers.response(path, f="html")
    for response in (by_header, by_address):
        assert response["Content-Type"].startswith("text/html")
        assert "<h1>" in response.content.decode()
    assert layers.response(path, accept="text/html", f="json")["Content-Type"] != by_header["Content-Type"]
    # Every operation of the description offers a page.
    operations = layers.get("/api")["paths"].values()
    assert all("text/html" in each["get"]["responses"]["200"]["content"] for each in operations)


@requirement("/req/oas30/oas-impl", "/req/oas30/completeness")
def test_the_server_answers_all_that_is_described_as_described(layers, city):
    description = layers.get("/api")
    one = {"areas": city["worst"].code, "local-authorities": "E08000025", "patches": "testham"}
    one["bases"] = layers.ids("bases")[0]
    for path, operations in description["paths"].items():
        assert {"200", "400", "401", "403", "404", "429", "500"} <= set(operations["get"]["responses"])
        layer = path.split("/")[2] if path.count("/") > 1 else ""
        response = layers.response(path.replace("{featureId}", one.get(layer, "")))
        assert response.status_code == 200, path
        kind = response["Content-Type"]
        schema = operations["get"]["responses"]["200"]["content"][kind]["schema"]["$ref"].rpartition("/")[2]
        is_as_described(layers, schema, json.loads(response.getvalue()))


@requirement("/req/crs/crs-uri", "/req/crs/fc-md-crs-list", "/req/crs/fc-md-storageCrs",
             "/req/crs/fc-md-storageCrs-valid-value")  # fmt: skip
@pytest.mark.parametrize("name", LAYERS)
def test_each_layer_lists_its_systems_the_default_first(layers, name):
    told = layers.get(f"/collections/{name}")
    assert told["crs"] == [CRS84, EPSG.format(4326), EPSG.format(3857), EPSG.format(27700)]
    assert told["storageCrs"] in told["crs"]


@requirement("/req/crs/fc-bbox-crs-valid-value", "/req/crs/fc-bbox-crs-valid-defaultValue",
             "/req/crs/fc-bbox-crs-action")  # fmt: skip
def test_a_box_is_read_in_its_system(layers, city):
    point = city["gap"].centroid
    expected = touched_by(*point.coords, 1e-5)
    for uri, srid, is_flipped in ((CRS84, 4326, False), (EPSG.format(4326), 4326, True),
                                  (EPSG.format(3857), 3857, False), (EPSG.format(27700), 27700, False)):  # fmt: skip
        box = box_around(point, srid, 1e-5 if srid == 4326 else 1, is_flipped=is_flipped)
        assert layers.ids(_asked={"bbox": box, "bbox-crs": uri, "limit": 100}) == expected, uri
    # Without bbox-crs the numbers are longitudes and latitudes.
    assert layers.ids(bbox=f"{point.y},{point.x},{point.y},{point.x}") == []
    assert layers.response("/collections/areas/items", bbox="1,1,0,2", bbox_crs=EPSG.format(27700)).status_code == 400


def test_the_edges_of_a_box_are_straight_in_its_own_system():
    # Across the country just below 500 km north: between corners alone it would miss what lies in the middle.
    box = read_box("100000,500000,650000,500200", BY_URI[EPSG.format(27700)])
    there = box.transform(4326, clone=True)
    for easting in range(100_100, 650_000, 10_000):
        middle = Point(easting, 500_100, srid=27700)
        middle.transform(4326)
        assert there.contains(middle), easting
    assert not there.contains(Point(400_000, 501_000, srid=27700).transform(4326, clone=True))


@requirement("/req/crs/fc-crs-valid-value", "/req/crs/fc-crs-default-value", "/req/crs/fc-crs-action",
             "/req/crs/ogc-crs-header", "/req/crs/ogc-crs-header-value", "/req/crs/geojson")  # fmt: skip
@pytest.mark.parametrize("name", LAYERS)
def test_coordinates_come_in_the_system_that_was_asked_for(layers, name):
    base = f"/collections/{name}/items"
    plain = layers.response(base, limit=1)
    assert plain["Content-Crs"] == f"<{CRS84}>"
    feature = json.loads(plain.getvalue())["features"][0]
    there = GEOSGeometry(json.dumps(feature["geometry"]), srid=4326)
    for srid in (4326, 3857, 27700):
        for path, asked in ((base, {"limit": 1}), (f"{base}/{feature['id']}", {})):
            response = layers.client.get(f"/ogc{path}", asked | {"crs": EPSG.format(srid)})
            assert response["Content-Crs"] == f"<{EPSG.format(srid)}>"
            told = json.loads(response.getvalue())
            x, y = first_point((told["features"][0] if "features" in told else told)["geometry"]["coordinates"])
            expected = there.transform(srid, clone=True)
            near = first_point(json.loads(expected.json)["coordinates"])
            # EPSG names the latitude first; metres are rounded to a tenth, degrees to a millionth.
            near = near[::-1] if srid == 4326 else near
            assert abs(x - near[0]) < (1e-5 if srid == 4326 else 0.3)
            assert abs(y - near[1]) < (1e-5 if srid == 4326 else 0.3)


def first_point(coordinates):
    while isinstance(coordinates[0], list):
        coordinates = coordinates[0]
    return coordinates


def test_every_requirement_has_its_test():
    assert sorted(COLLECTED) == sorted(REQUIREMENTS)
    assert len(documents.CONFORMANCE) == 5
