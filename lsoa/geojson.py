"""Areas as one GeoJSON feature collection, written piece by piece: all of England never sits in memory at once."""

from collections.abc import Iterator

import orjson
from django.contrib.gis.db.models.functions import AsGeoJSON

# A thousand LSOAs are about one megabyte.
FEATURES_PER_PIECE = 1_000
# Six decimals are about ten centimetres; the published boundaries are coarser.
DECIMALS = 6
FIELDS = ("code", "name", "local_authority_code", "local_authority_name", "icb_code", "icb_name")


def feature_collection(areas, name: str = "areas") -> Iterator[bytes]:
    """Yield the pieces of a FeatureCollection (RFC 7946, WGS 84) of a queryset of areas, ordered by code.

    Properties: code, name, local authority, ICB, and every indicator in force by its code (null when missing).
    """
    yield b'{"type":"FeatureCollection","name":' + orjson.dumps(name) + b',"features":[\n'
    first, last_code = True, ""
    while rows := _rows_after(areas, last_code):
        piece = b",\n".join(_feature(row) for row in rows)
        yield piece if first else b",\n" + piece
        first, last_code = False, rows[-1]["code"]
    yield b"\n]}\n"


def _rows_after(areas, code) -> list[dict]:
    # By code rather than by a cursor: nothing stays open while a slow client reads.
    rows = areas.order_by("code").filter(code__gt=code).annotate(shape=AsGeoJSON("geometry", precision=DECIMALS))
    return list(rows.values(*FIELDS, "shape", "profile__values")[:FEATURES_PER_PIECE])


def _feature(row: dict) -> bytes:
    properties = {field: row[field] for field in FIELDS} | (row["profile__values"] or {})
    head = b'{"type":"Feature","id":' + orjson.dumps(row["code"]) + b',"properties":' + orjson.dumps(properties)
    return head + b',"geometry":' + row["shape"].encode() + b"}"
