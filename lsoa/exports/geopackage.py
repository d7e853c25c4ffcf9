"""Areas as an OGC GeoPackage: a layer of areas, and tables that say what its columns are and where they come from."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio

from .about import About, source_json
from .contents import Contents

LAYER = "areas"
PIECE_BYTES = 1 << 18


def geopackage(contents: Contents) -> Iterator[bytes]:
    """Yield the bytes of a finished GeoPackage. It is SQLite, whose first page is written last, so the file is made
    on disk, block by block, and sent from there; it disappears with the iterator."""
    with tempfile.TemporaryDirectory(prefix="areas-") as folder:
        path = Path(folder) / "areas.gpkg"
        _write(contents, path)
        with path.open("rb") as stream:
            while piece := stream.read(PIECE_BYTES):
                yield piece


def _write(contents: Contents, path: Path) -> None:
    about = About.of(contents)
    description = "\n".join(about.sentences())
    columns = {column.heading: column.kind for column in contents.columns}
    written = False
    for block in contents.blocks("wkb"):
        fields = [*contents.headings, *contents.codes]
        texts = [_column([row[name] for row in block.rows], columns.get(name, str)) for name in contents.headings]
        pyogrio.raw.write(
            path,
            np.array([bytes(shape) for shape in block.shapes], dtype=object),
            [*texts, *block.values.T],
            fields,
            layer=LAYER,
            driver="GPKG",
            geometry_type="MultiPolygon",
            crs="EPSG:4326",
            append=written,
            **({} if written else {"layer_metadata": {"DESCRIPTION": description}}),
        )
        written = True
    if not written:
        raise ValueError("A GeoPackage needs at least one area.")
    _table(path, "indicators", _indicators(about))
    _table(path, "sources", pd.DataFrame([source_json(dataset) for dataset in about.sources]))
    _table(path, "notes", pd.DataFrame({"note": list(about.sentences())}))


def _column(values: list, kind: type) -> np.ndarray:
    if kind in (int, float):
        return np.array([np.nan if value is None else value for value in values], dtype=float)
    return np.array(values, dtype=object)


def _indicators(about: About) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "code": indicator.code,
                "name": indicator.name,
                "unit": indicator.unit,
                "description": indicator.description,
                "datasets": ", ".join(str(dataset.pk) for dataset in about.indicator_sources.get(indicator.code, [])),
            }
            for indicator in about.contents.indicators
        ]
    )


def _table(path: Path, layer: str, frame: pd.DataFrame) -> None:
    if len(frame):
        pyogrio.write_dataframe(frame, path, layer=layer, driver="GPKG", append=True)
