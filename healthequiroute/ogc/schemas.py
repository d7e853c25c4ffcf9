"""Schemas of the documents, as the standard has them (Part 1, Annex; RFC 7946)."""

_STRING, _URI = {"type": "string"}, {"type": "string", "format": "uri"}
_LINKS = {"type": "array", "items": {"$ref": "#/components/schemas/link"}}


def _object(required, **properties):
    return {"type": "object", "required": list(required), "properties": properties}


SCHEMAS = {
    "object": {"type": "object"},
    "link": _object(
        ["href", "rel"], href=_STRING, rel=_STRING, type=_STRING, title=_STRING, hreflang=_STRING,
        length={"type": "integer"},
    ),
    "landingPage": _object(["links"], title=_STRING, description=_STRING, links=_LINKS),
    "confClasses": _object(["conformsTo"], conformsTo={"type": "array", "items": _STRING}),
    "collections": _object(
        ["links", "collections"], links=_LINKS,
        collections={"type": "array", "items": {"$ref": "#/components/schemas/collection"}},
    ),
    "collection": _object(
        ["id", "links"], id=_STRING, title=_STRING, description=_STRING, links=_LINKS,
        extent={"$ref": "#/components/schemas/extent"}, itemType=_STRING,
        keywords={"type": "array", "items": _STRING}, crs={"type": "array", "items": _URI}, storageCrs=_URI,
    ),
    "extent": {
        "type": "object",
        "properties": {
            "spatial": {
                "type": "object",
                "properties": {
                    "bbox": {
                        "type": "array", "minItems": 1,
                        "items": {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}},
                    },
                    "crs": _STRING,
                },
            }
        },
    },
    "geometry": {
        "nullable": True,
        "type": "object",
        "required": ["type", "coordinates"],
        "properties": {
            "type": {"type": "string", "enum": ["Point", "MultiPolygon"]},
            "coordinates": {"type": "array", "items": {}},
        },
    },
    "feature": _object(
        ["type", "id", "geometry", "properties"], type={"type": "string", "enum": ["Feature"]}, id=_STRING,
        geometry={"$ref": "#/components/schemas/geometry"}, properties={"type": "object", "nullable": True},
        links=_LINKS,
    ),
    "featureCollection": _object(
        ["type", "features"], type={"type": "string", "enum": ["FeatureCollection"]},
        features={"type": "array", "items": {"$ref": "#/components/schemas/feature"}}, links=_LINKS,
        timeStamp={"type": "string", "format": "date-time"}, numberMatched={"type": "integer", "minimum": 0},
        numberReturned={"type": "integer", "minimum": 0},
    ),
}  # fmt: skip
