"""The JSON documents of the standard, as dicts; pages are made of the same."""

from .collections import Collection
from .crs import ALL, CRS84
from .layers import COLLECTIONS
from .links import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, href, link, self_and_alternate

TITLE = "HealthEquiRoute"
DESCRIPTION = (
    "Small areas of England with their priority for home visits, local authorities, patches and bases, as layers for "
    "map programs. Open data under the Open Government Licence v3.0; patches and bases are your organisation's own."
)
_PART1 = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
CONFORMANCE = (
    *(f"{_PART1}{name}" for name in ("core", "oas30", "html", "geojson")),
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
)
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"


def landing(request, want) -> dict:
    return {
        "title": TITLE,
        "description": DESCRIPTION,
        "links": [
            *self_and_alternate(request, want, JSON),
            link(href(request, "api"), "service-desc", OPENAPI, "Description of this interface (OpenAPI 3.0)"),
            link(href(request, "api", {"f": "html"}), "service-doc", HTML, "How to use this interface"),
            link(href(request, "conformance"), "conformance", JSON, "Parts of the standard that are kept"),
            link(href(request, "collections"), "data", JSON, "The layers"),
        ],
    }


def conformance(request, want) -> dict:
    return {"conformsTo": list(CONFORMANCE), "links": self_and_alternate(request, want, JSON)}


def collections(request, want, organisation) -> dict:
    """Those that the person may open: others would be refused by every program that lists them."""
    visible = [each for each in COLLECTIONS.values() if each.is_open_to(request, organisation)]
    return {
        "links": self_and_alternate(request, want, JSON),
        "collections": [_described(request, each, organisation) for each in visible],
    }


def collection(request, want, organisation, layer: Collection) -> dict:
    told = _described(request, layer, organisation)
    return told | {"links": [*self_and_alternate(request, want, JSON), *told["links"][1:]]}


def _described(request, layer: Collection, organisation) -> dict:
    extent = layer.extent(organisation)
    items = href(request, "items", collection=layer.id)
    told = {
        "id": layer.id,
        "title": layer.title,
        "description": layer.description,
        "itemType": "feature",
        "crs": [crs.uri for crs in ALL],
        "storageCrs": CRS84.uri,
        "links": [
            link(href(request, "collection", collection=layer.id), "self", JSON, layer.title),
            link(items, "items", GEOJSON, f"{layer.title}: the features"),
            link(f"{items}?f=html", "items", HTML, f"{layer.title}: the features as a page"),
            link(href(request, "queryables", collection=layer.id), QUERYABLES, SCHEMA, "What can be filtered by"),
            link(href(request, "schema", collection=layer.id), "describedby", SCHEMA, "What a feature says"),
            link(LICENCE, "license", HTML, "Open Government Licence v3.0"),
        ],
    }
    if layer.keywords:
        told["keywords"] = list(layer.keywords)
    if extent:
        told["extent"] = {"spatial": {"bbox": [list(extent)], "crs": CRS84.uri}}
    return told


def queryables(request, layer: Collection) -> dict:
    return _schema(request, layer, "queryables", layer.filters.values())


def schema(request, layer: Collection) -> dict:
    return _schema(request, layer, "schema", layer.properties)


def _schema(request, layer, name, properties) -> dict:
    geometry = {"title": "Place", "x-ogc-role": "primary-geometry", "format": f"geometry-{layer.geometry_type.lower()}"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": href(request, name, collection=layer.id),
        "type": "object",
        "title": layer.title,
        "description": layer.description,
        "properties": {"geometry": geometry} | {prop.name: prop.as_schema() for prop in properties},
        "additionalProperties": False,
    }


def sentences(exc) -> list[str]:
    """What a refusal says about each parameter, for a page."""
    detail = getattr(exc, "detail", "")
    if isinstance(detail, dict):
        return [f"{name}: {' '.join(map(str, said))}" for name, said in detail.items()]
    return [str(each) for each in detail] if isinstance(detail, list) else [str(detail)]
