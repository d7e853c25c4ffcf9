"""Features of a GeoJSON file."""

import json
import re

import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS

from ..base import Refused

PROPERTY = re.compile(rb'"([A-Za-z][A-Za-z0-9_ ]{0,30})"\s*:')
CRS_MEMBER = re.compile(rb'"crs"\s*:\s*(null|\{.*?\}\s*\})', re.DOTALL)
# A first feature with a very long coast comes before its own properties when those are written last.
FAR_HEAD = 4_194_304


def property_names(material) -> list[str]:
    """Names of members in the head of the file: those of the properties are among them."""
    head = material.head
    if b'"properties"' not in head:
        try:
            with material.open() as stream:
                head = stream.read(FAR_HEAD)
        except Refused:
            return []
    return list(dict.fromkeys(name.decode() for name in PROPERTY.findall(head)))


def read(material, columns):
    """(columns with the feature's number from 1 as index, shapely geometries, CRS declared in the file or None)."""
    data = material.read()
    try:
        meta, _, wkb, values = pyogrio.raw.read(data, columns=columns)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise Refused(expected="a complete GeoJSON feature collection", found=f"something else ({error})") from error
    frame = pd.DataFrame(dict(zip(meta["fields"], values, strict=True)))
    lacking = [name for name in columns if name not in frame]
    if lacking:
        raise Refused(expected=f"features with the properties {', '.join(columns)}", found=f"no {lacking[0]}")
    frame.index = np.arange(1, len(frame) + 1)
    return frame, shapely.from_wkb(wkb), _declared_crs(data)


def _declared_crs(data: bytes) -> CRS | None:
    """The CRS that the file itself states; the reader's own guess (WGS 84 for anything) is not evidence."""
    match = CRS_MEMBER.search(data[:65_536]) or CRS_MEMBER.search(data[-4_096:])
    if match is None or match.group(1) == b"null":
        return None
    try:
        return CRS.from_user_input(json.loads(match.group(1))["properties"]["name"])
    except (ValueError, KeyError, TypeError, RuntimeError) as error:
        raise Refused(expected="a known coordinate reference system", found=match.group(1).decode()[:120]) from error
