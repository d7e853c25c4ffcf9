"""Features of an ESRI shapefile inside a zip archive, read in memory: no member is ever unpacked under its own name."""

import io
import struct
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS

from ..base import Refused
from .coordinates import known_crs

PARTS = {".shp": "shapes", ".shx": "index of the shapes", ".dbf": "table of attributes"}
OPTIONAL = (".prj", ".cpg")
# Generalised boundaries of England and Wales are 30 MB; those in full detail would take more memory than a load may.
LARGEST = 400_000_000
DBF_HEADER, DBF_FIELD = 32, 32


@dataclass(frozen=True)
class Layer:
    """The members of one shapefile by their extension, and the fields of its table."""

    members: dict[str, zipfile.ZipInfo]
    fields: list[str]


def is_shapefile(material) -> bool:
    return material.kind == "shapefile"


def field_names(material) -> list[str]:
    """Names of the attributes; empty when the table is missing or no table."""
    return _layer(material).fields


def check_members(material) -> None:
    """Raises Refused for a shapefile of which a part is missing, by the part's name."""
    members = _layer(material).members
    for extension, what in PARTS.items():
        if extension not in members:
            name = PurePosixPath(members[".shp"].filename).name
            raise Refused(expected=f"a {extension} ({what}) beside {name}", found=", ".join(sorted(members)))


def read(material, columns):
    """(columns with the record's number from 1 as index, shapely geometries, CRS of the .prj or None)."""
    members = _layer(material).members
    size = sum(member.file_size for member in members.values())
    if size > LARGEST:
        raise Refused(
            expected=f"generalised boundaries of at most {LARGEST // 1_000_000} MB",
            found=f"{size / 1e6:,.0f} MB unpacked; take the generalised (BGC) or super generalised (BSC) edition",
        )
    parts = _contents(material, members)
    crs = _stated_crs(parts.get(".prj"))
    try:
        meta, _, wkb, values = pyogrio.raw.read(_archive(parts), columns=columns)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise Refused(expected="a complete shapefile", found=f"a damaged one ({error})") from error
    frame = pd.DataFrame(dict(zip(meta["fields"], values, strict=True)))
    stated = _records(parts[".dbf"])
    if len(frame) != stated:
        raise Refused(expected=f"{stated:,} shapes, as the table has", found=f"{len(frame):,}")
    frame.index = np.arange(1, len(frame) + 1)
    return frame, shapely.from_wkb(wkb), crs


def _layer(material) -> Layer:
    """The layer of the archive, kept with the material. Raises Refused when there are several of LSOAs."""
    if "shapefile_layer" not in vars(material):
        material.shapefile_layer = _find_layer(material)
    return material.shapefile_layer


def _find_layer(material) -> Layer:
    try:
        with zipfile.ZipFile(material.path) as archive:
            stems: dict[str, dict[str, zipfile.ZipInfo]] = {}
            for member in archive.infolist():
                path = PurePosixPath(member.filename)
                if path.suffix.lower() in (*PARTS, *OPTIONAL):
                    stems.setdefault(str(path.with_suffix("")).lower(), {})[path.suffix.lower()] = member
            layers = [Layer(m, _fields(archive, m.get(".dbf"))) for m in stems.values() if ".shp" in m]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise Refused(expected="a complete zip archive", found=f"a damaged one ({error})") from error
    if len(layers) == 1:
        return layers[0]
    areas = [layer for layer in layers if any(name.upper().startswith("LSOA") for name in layer.fields)]
    if len(areas) == 1:
        return areas[0]
    names = ", ".join(sorted(layer.members[".shp"].filename for layer in layers))
    raise Refused(expected="one shapefile in the archive", found=f"{len(layers)}: {names[:150]}")


def _fields(archive, member) -> list[str]:
    """Names in the header of a dBASE table (version 3: 32 bytes, then 32 bytes a field until a carriage return)."""
    if member is None:
        return []
    with archive.open(member) as stream:
        head = stream.read(DBF_HEADER)
        if len(head) < DBF_HEADER:
            return []
        (length,) = struct.unpack_from("<H", head, 8)
        described = stream.read(max(0, length - DBF_HEADER))
    rows = [described[at : at + DBF_FIELD] for at in range(0, len(described) - DBF_FIELD + 1, DBF_FIELD)]
    return [row[:11].split(b"\0")[0].decode("latin-1") for row in rows if row[:1] != b"\r"]


def _records(table: bytes) -> int:
    return struct.unpack_from("<I", table, 4)[0]


def _contents(material, members) -> dict[str, bytes]:
    parts = {}
    try:
        with zipfile.ZipFile(material.path) as archive:
            for extension, member in members.items():
                with archive.open(member) as stream:
                    # Never more than the archive's own table of contents says: a bomb lies there.
                    parts[extension] = stream.read(member.file_size + 1)
                if len(parts[extension]) != member.file_size:
                    raise Refused(expected=f"{member.file_size:,} bytes in {extension}", found="another number")
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise Refused(expected="a complete zip archive", found=f"a damaged one ({error})") from error
    return parts


def _archive(parts) -> bytes:
    """The parts under plain names in an archive in memory, which the reader opens there."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for extension, data in parts.items():
            archive.writestr(f"layer{extension}", data)
    return buffer.getvalue()


def _stated_crs(prj: bytes | None) -> CRS | None:
    return None if prj is None else known_crs(prj.decode("utf-8", errors="replace"))
