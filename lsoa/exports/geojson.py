"""Areas as one GeoJSON feature collection (RFC 7946, WGS 84)."""

from collections.abc import Iterator

import numpy as np
import orjson

from .about import About
from .contents import Block, Contents


def feature_collection(contents: Contents, name: str = "areas") -> Iterator[bytes]:
    """Yield the pieces of a FeatureCollection. Properties: geography, further columns, every indicator by its code
    (null when missing), and in `missing` the reasons. The member `metadata` holds sources, licence, date, filters."""
    about = orjson.dumps(About.of(contents).as_json())
    yield b'{"type":"FeatureCollection","name":' + orjson.dumps(name) + b',"metadata":' + about + b',"features":[\n'
    first = True
    for block in contents.blocks("geojson"):
        piece = b",\n".join(_features(block, contents.codes))
        yield piece if first else b",\n" + piece
        first = False
    yield b"\n]}\n"


def _features(block: Block, codes: list[str]) -> Iterator[bytes]:
    figures, gaps = block.values.tolist(), np.isnan(block.values)
    for place, row in enumerate(block.rows):
        reasons = {codes[i]: block.missing[place, i] for i in np.flatnonzero(gaps[place]) if block.missing[place, i]}
        # orjson writes NaN as null.
        properties = row | dict(zip(codes, figures[place], strict=True)) | ({"missing": reasons} if reasons else {})
        head = b'{"type":"Feature","id":' + orjson.dumps(row["area_code"]) + b',"properties":'
        yield head + orjson.dumps(properties) + b',"geometry":' + block.shapes[place].encode() + b"}"
