"""Boundaries, look-ups and classifications in the published layouts, about a made-up nation in both vintages.

    2011     901 | 902     | 903 | 904 | 905 | 906
    2021     901 | 5001 5002 | 5003    | 5004 ... | 5005

901 is unchanged, 902 was split 3 : 7, 903 and 904 were merged, 905 with a quarter of 906 became 5004.
"""

import json
import zipfile

import numpy as np
import pyogrio
import shapely
from pyproj import Transformer

from .published import csv_file

U, S, M1, M2, X1, X2 = (f"E0100090{n}" for n in range(1, 7))
S_LEFT, S_RIGHT, M, X_LEFT, X_RIGHT = (f"E0103500{n}" for n in range(1, 6))
WIDTH, SOUTH, NORTH, WEST = 0.01, 52.4, 52.41, -1.9


def _box(west: float, east: float):
    """A rectangle between two places, in widths of an area from the west."""
    return shapely.box(WEST + WIDTH * west, SOUTH, WEST + WIDTH * east, NORTH)


AREAS_2011 = {U: _box(0, 1), S: _box(1, 2), M1: _box(2, 3), M2: _box(3, 4), X1: _box(4, 5), X2: _box(5, 6)}
AREAS_2021 = {
    U: _box(0, 1),
    S_LEFT: _box(1, 1.3),
    S_RIGHT: _box(1.3, 2),
    M: _box(2, 4),
    X_LEFT: _box(4, 5.25),
    X_RIGHT: _box(5.25, 6),
}
AREAS = {2011: AREAS_2011, 2021: AREAS_2021}
PAIRS = [
    (U, "U", U),
    (S, "S", S_LEFT),
    (S, "S", S_RIGHT),
    (M1, "M", M),
    (M2, "M", M),
    (X1, "X", X_LEFT),
    (X2, "X", X_LEFT),
    (X2, "X", X_RIGHT),
]
# British National Grid as a program writes it that knows no EPSG codes.
GRID_WKT = (
    'PROJCS["British_National_Grid",GEOGCS["GCS_OSGB_1936",DATUM["D_OSGB_1936",SPHEROID["Airy_1830",6377563.396,'
    '299.3249646]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    'PARAMETER["False_Easting",400000.0],PARAMETER["False_Northing",-100000.0],PARAMETER["Central_Meridian",-2.0],'
    'PARAMETER["Scale_Factor",0.999601272],PARAMETER["Latitude_Of_Origin",49.0],UNIT["Meter",1.0]]'
)


def name_of(code: str) -> str:
    return f"Testford {int(code[-4:]):03d}"[:12] + "A"


def to_grid(geometry):
    """The same in eastings and northings (EPSG 27700)."""
    transform = Transformer.from_crs(4326, 27700, always_xy=True).transform
    return shapely.transform(geometry, lambda xy: np.column_stack(transform(xy[:, 0], xy[:, 1])))


def geojson(path, vintage=2021, *, areas=None, crs="urn:ogc:def:crs:OGC:1.3:CRS84", properties=None, digits=None):
    """ONS boundaries: `areas` maps codes to geometries (EPSG 4326, or whatever the file shall hold)."""
    digits = digits or vintage % 100
    features = []
    for number, (code, shape) in enumerate((areas or AREAS[vintage]).items(), 1):
        given = {"FID": number, f"LSOA{digits}CD": code, f"LSOA{digits}NM": name_of(code)} | (properties or {})
        features.append(feature(shape, given))
    stated = f'"crs":{{"type":"name","properties":{{"name":"{crs}"}}}},' if crs else ""
    path.write_text(f'{{"type":"FeatureCollection","name":"lsoa",{stated}"features":[{",".join(features)}]}}')
    return path


def feature(shape, properties) -> str:
    geometry = "null" if shape is None else shapely.to_geojson(shape)
    return f'{{"type":"Feature","properties":{json.dumps(properties)},"geometry":{geometry}}}'


def shapefile(path, vintage=2021, *, columns=None, prj=GRID_WKT, without=(), areas=None, folder="", grid=True, more=()):
    """An ESRI shapefile in a zip archive. `without` names extensions to leave out; `more` adds (name, bytes)."""
    areas = areas or AREAS[vintage]
    columns = columns or (f"LSOA{vintage % 100}CD", f"LSOA{vintage % 100}NM")
    shapes = np.array(list(areas.values()), dtype=object)
    shapes = to_grid(shapes) if grid else shapes
    values = [np.array(list(areas), dtype=object), np.array([name_of(code) for code in areas], dtype=object)]
    workshop = path.parent / f"{path.stem}-parts"
    workshop.mkdir()
    pyogrio.raw.write(
        workshop / "layer.shp",
        shapely.to_wkb(shapes),
        values[: len(columns)],
        list(columns),
        geometry_type="Polygon",
        crs="EPSG:27700",
        driver="ESRI Shapefile",
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for extension in (".shp", ".shx", ".dbf"):
            if extension not in without:
                archive.writestr(
                    f"{folder}LSOA_{vintage}.{extension[1:]}", (workshop / f"layer{extension}").read_bytes()
                )
        if ".prj" not in without:
            archive.writestr(f"{folder}LSOA_{vintage}.prj", prj)
        for name, data in more:
            archive.writestr(name, data)
    return path


def changes(path, pairs=PAIRS, *, official=True, **options):
    """LSOA (2011) to LSOA (2021): the ONS headings, or those of the converted table."""
    if official:
        rows = [["LSOA11CD", "LSOA11NM", "CHGIND", "LSOA21CD", "LSOA21NM", "LAD22CD", "LAD22NM", "ObjectId"]]
        rows += [
            [old, name_of(old), kind, new, name_of(new), "E08000001", "Testford", n]
            for n, (old, kind, new) in enumerate(pairs, 1)
        ]
        return csv_file(path, rows, bom=True, newline="\r\n", **options)
    rows = [["lsoa11_name", "lsoa11_code", "change_code", "lsoa21_name", "lsoa21_code", "ltla22_name", "ltla22_code"]]
    rows += [[name_of(old), old, kind, name_of(new), new, "Testford", "E08000001"] for old, kind, new in pairs]
    return csv_file(path, rows, **options)


def lookup(path, headings, codes, cells, **options):
    """A look-up: `headings` as published, first the area's code and name; the other `cells` are the same for all."""
    return csv_file(path, [list(headings), *([code, name_of(code), *cells] for code in codes)], **options)


def rural_urban(path, vintage, classes, *, code_heading=None):
    """The classification: `classes` maps codes to (code, name)."""
    if vintage == 2011:
        rows = [[code_heading or "LSOA11CD", "LSOA11NM", "RUC11CD", "RUC11", "FID"]]
        rows += [[area, name_of(area), code, name, n] for n, (area, (code, name)) in enumerate(classes.items(), 1)]
        return csv_file(path, rows, bom=True)
    rows = [["lsoa21_code", "ruc21_code", "classification", "ruc"]]
    rows += [[area, code, name, name.split(":")[0]] for area, (code, name) in classes.items()]
    return csv_file(path, rows)


def centroids(path, points, *, vintage=2021, axes=("x", "y")):
    """ONS population-weighted centroids: `points` maps codes to (x, y) as they shall stand in the file."""
    rows = [["FID", f"LSOA{vintage % 100}CD", "GlobalID", *axes]]
    rows += [[n, code, f"{n:08d}-0000-4000-8000-000000000000", x, y] for n, (code, (x, y)) in enumerate(points.items())]
    return csv_file(path, rows, bom=True, newline="\r\n")


def populations_2019(path, people):
    """File 6 of the indices of 2019: `people` maps 2011 codes to residents."""
    headings = [
        "LSOA code (2011)",
        "LSOA name (2011)",
        "Local Authority District code (2019)",
        "Local Authority District name (2019)",
        "Total population: mid 2015 (excluding prisoners)",
        "Dependent Children aged 0-15: mid 2015 (excluding prisoners)",
        "Population aged 16-59: mid 2015 (excluding prisoners)",
        "Older population aged 60 and over: mid 2015 (excluding prisoners)",
        "Working age population 18-59/64: for use with Employment Deprivation Domain (excluding prisoners)",
    ]
    rows = [headings]
    rows += [[code, name_of(code), "E08000001", "Testford", f"{n:,}", 1, 1, 1, 1] for code, n in people.items()]
    return csv_file(path, rows, bom=True, final_newline=False)


def index_2019(path, figures):
    """File 1 of the indices of 2019: `figures` maps 2011 codes to (rank, decile)."""
    headings = [
        "LSOA code (2011)",
        "LSOA name (2011)",
        "Local Authority District code (2019)",
        "Local Authority District name (2019)",
        "Index of Multiple Deprivation (IMD) Rank",
        "Index of Multiple Deprivation (IMD) Decile",
    ]
    rows = [headings]
    rows += [[code, name_of(code), "E08000001", "Testford", f"{r:,}", d] for code, (r, d) in figures.items()]
    return csv_file(path, rows, bom=True, final_newline=False)
