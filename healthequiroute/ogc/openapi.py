"""The description of the interface: OpenAPI 3.0, with a path of its own for each layer, so that programs find what each
can be filtered by (Part 1, /req/oas30).
"""

from django.urls import reverse
from rest_framework.exceptions import ValidationError

from healthequiroute.problems import CONTENT_TYPE, PROBLEM

from . import documents, schemas
from .crs import ALL, CRS84
from .layers import COLLECTIONS
from .links import FORMATS, GEOJSON, HTML, JSON, OPENAPI, SCHEMA
from .parameters import DEFAULT_LIMIT, MOST_FEATURES
from .properties import INTEGER, NUMBER


def checked(name: str, reader, text: str):
    """A parameter as `reader` takes it; ValidationError under its name."""
    try:
        return reader(text)
    except ValueError as error:
        raise ValidationError({name: str(error)}) from None


def description(request) -> dict:
    return {
        "openapi": "3.0.3",
        "info": {
            "title": f"{documents.TITLE}: layers for map programs",
            "version": "1.0.0",
            "description": f"{documents.DESCRIPTION} OGC API - Features 1.0, Part 1 and Part 2.",
            "license": {"name": "Open Government Licence v3.0", "url": documents.LICENCE},
        },
        "servers": [{"url": request.build_absolute_uri(reverse("ogc-landing")).rstrip("/")}],
        "tags": [{"name": "about", "description": "What is here"}, {"name": "data", "description": "The features"}],
        "security": [{"accessToken": []}, {"apiKey": []}, {"apiKeyAsPassword": []}, {"session": []}],
        "paths": _paths(),
        "components": {
            "parameters": PARAMETERS,
            "responses": RESPONSES,
            "schemas": schemas.SCHEMAS | {"problem": PROBLEM},
            "securitySchemes": SECURITY,
        },
    }


SECURITY = {
    "accessToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "apiKey": {"type": "apiKey", "in": "header", "name": "Authorization", "description": "`Api-Key her_...`"},
    "apiKeyAsPassword": {"type": "http", "scheme": "basic", "description": "Any user name, an API key as password."},
    "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
}


def _problem(text):
    return {"description": text, "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/problem"}}}}


RESPONSES = {
    "InvalidParameter": _problem("A parameter is unknown or makes no sense."),
    "NotAuthenticated": _problem("No proof of who asks, or one that is not taken."),
    "Forbidden": _problem("Whoever asks may not see this."),
    "NotFound": _problem("There is nothing at this address."),
    "NotAcceptable": _problem("Nobody makes the form that Accept asks for."),
    "TooManyRequests": _problem("The limit is reached; Retry-After says for how long."),
    "ServerError": _problem("Something went wrong on our side."),
}


def _query(name, schema, text, **more):
    return {"name": name, "in": "query", "required": False, "description": text, "schema": schema} | more


_BOX = {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
_CRS = {"type": "string", "format": "uri", "enum": [crs.uri for crs in ALL], "default": CRS84.uri}
_LIST = {"style": "form", "explode": False}
PARAMETERS = {
    "f": _query("f", {"type": "string", "enum": list(FORMATS)}, "The form of the answer; without it, Accept decides."),
    "limit": _query(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MOST_FEATURES, "default": DEFAULT_LIMIT},
        "How many features a page has at most.",
        **_LIST,
    ),
    "bbox": _query("bbox", _BOX, "Only features that touch this rectangle, in the order of axes of bbox-crs.", **_LIST),
    "bbox-crs": _query("bbox-crs", _CRS, "What the numbers of bbox are.", **_LIST),
    "crs": _query("crs", _CRS, "In which system the features are answered.", **_LIST),
    "datetime": _query(
        "datetime",
        {"type": "string"},
        "A time or an interval. Features have no time of their own, so that all fit.",
        **_LIST,
    ),
    "after": _query("after", {"type": "string"}, "Begin behind the feature of this id: links `next` have it.", **_LIST),
    "feature": {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}},
}


def _reference(kind, name):
    return {"$ref": f"#/components/{kind}/{name}"}


def _operation(operation_id, tag, summary, kind, schema, *, parameters=("f",), **more):
    parameters = [each if isinstance(each, dict) else _reference("parameters", each) for each in parameters]
    content = {kind: {"schema": _reference("schemas", schema)}, HTML: {"schema": {"type": "string"}}}
    names = {"400": "InvalidParameter", "401": "NotAuthenticated", "403": "Forbidden", "404": "NotFound"}
    names |= {"406": "NotAcceptable", "429": "TooManyRequests", "500": "ServerError"}
    responses = {"200": {"description": summary, "content": content} | more}
    responses |= {status: _reference("responses", name) for status, name in names.items()}
    if "headers" in more:
        responses["304"] = {"description": "As If-None-Match has it."}
    told = {"operationId": operation_id, "tags": [tag], "summary": summary, "description": f"{summary}."}
    return {"get": told | {"parameters": parameters, "responses": responses}}


_HEADERS = {
    "Content-Crs": {"description": "The system of the coordinates.", "schema": {"type": "string"}},
    "ETag": {"description": "For If-None-Match.", "schema": {"type": "string"}},
}


def _paths() -> dict:
    paths = {
        "/": _operation("getLandingPage", "about", "Where everything else is", JSON, "landingPage"),
        "/conformance": _operation("getConformance", "about", "Parts of the standard", JSON, "confClasses"),
        "/api": _operation("getApi", "about", "This description", OPENAPI, "object"),
        "/collections": _operation("getCollections", "about", "The layers", JSON, "collections"),
    }
    for layer in COLLECTIONS.values():
        paths |= _paths_of(layer)
    return paths


def _paths_of(layer) -> dict:
    base, name = f"/collections/{layer.id}", "".join(part.capitalize() for part in layer.id.split("-"))
    asked = ["limit", "bbox", "bbox-crs", "crs", "datetime", "after", "f"]
    asked += [_filter_of(prop) for prop in layer.filters.values()]
    collection, schema = ("collection", JSON), ("object", SCHEMA)
    return {
        base: _operation(f"describe{name}", "about", f"{layer.title}: about", collection[1], collection[0]),
        f"{base}/queryables": _operation(
            f"get{name}Queryables", "about", f"{layer.title}: what can be filtered by", schema[1], schema[0]
        ),
        f"{base}/schema": _operation(
            f"get{name}Schema", "about", f"{layer.title}: what features say", schema[1], schema[0]
        ),
        f"{base}/items": _operation(
            f"get{name}", "data", f"{layer.title}: features", GEOJSON, "featureCollection",
            parameters=asked, headers=_HEADERS,
        ),
        f"{base}/items/{{featureId}}": _operation(
            f"get{name}Feature", "data", f"{layer.title}: one feature", GEOJSON, "feature",
            parameters=["feature", "crs", "f"], headers=_HEADERS,
        ),
    }  # fmt: skip


def _filter_of(prop) -> dict:
    schema = {"type": prop.type} | ({"enum": list(prop.values)} if prop.values else {})
    stars = "" if prop.type in (INTEGER, NUMBER) or prop.values else " In texts * stands for any characters."
    about = prop.description and f" {prop.description}."
    return _query(prop.name, schema, f"{prop.title}.{about}{stars if prop.type == 'string' else ''}", **_LIST)
