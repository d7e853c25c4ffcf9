"""Postcode files in the exact published layouts, with made-up postcodes."""

import csv

from .published import csv_file

_OLD_HEADINGS = (
    "pcd,pcd2,pcds,dointr,doterm,usertype,oseast1m,osnrth1m,osgrdind,oa11,cty,ced,laua,ward,hlthau,nhser,ctry,rgn,pcon,"
    "eer,teclec,ttwa,pct,itl,park,lsoa11,msoa11,wz11,ccg,bua11,buasd11,ru11ind,oac11,lat,long,lep1,lep2,pfa,imd,calncv,"
    "stp"
)
NSPL_2021 = _OLD_HEADINGS.split(",")
NSPL_2025 = (
    "pcd7,pcd8,pcds,dointr,doterm,usrtypind,east1m,north1m,gridind,oa21cd,cty{v}cd,ced{v}cd,lad{v}cd,wd{v}cd,nhser24cd,"
    "ctry{v}cd,rgn{v}cd,pcon24cd,ttwa15cd,itl25cd,npark16cd,lsoa21cd,msoa21cd,wz11cd,sicbl{v}cd,bua24cd,ruc21ind,"
    "oac21ind,lat,long,lep21cd1,lep21cd2,pfa23cd,imd25ind,icb{v}cd"
)
# Aliases under which the tests name cells, by layout.
OLD = {"user": "usertype", "east": "oseast1m", "north": "osnrth1m", "grid": "osgrdind", "country": "ctry",
       "authority": "laua", "ward": "ward", "area": "lsoa11"}  # fmt: skip
# The middle of the squares that `published.boundaries` draws, in degrees and on the national grid.
PLACES = {
    1: (-1.885, 52.405, 407921, 278561),
    2: (-1.875, 52.405, 408601, 278562),
    3: (-1.865, 52.405, 409281, 278563),
}


def row(postcode, area="", *, at=1, **cells):
    """A live small-user postcode in the middle of one of the three squares (`at`), or nowhere (None)."""
    lon, lat, east, north = PLACES[at] if at else (0.0, 99.999999, "", "")
    return {
        "pcds": postcode, "dointr": "198001", "doterm": "", "user": "0", "lat": f"{lat:.6f}", "long": f"{lon:.6f}",
        "east": f"{east}" if at else "", "north": f"{north:07d}" if at else "", "grid": "1" if at else "9",
        "country": "E92000001", "authority": "E08000001", "ward": "E05000001", "area": area,
    } | cells  # fmt: skip


def nspl_2021(path, rows, *, headings=NSPL_2021, **options):
    """November 2021: 41 columns, every text in quotation marks."""
    return _nspl(path, rows, headings, OLD, csv.QUOTE_ALL, options)


def nspl_2025(path, rows, *, vintage="26", **options):
    """Since 2025: 35 columns; the vintage in the headings moves with the edition."""
    headings = NSPL_2025.format(v=vintage).split(",")
    names = {"user": "usrtypind", "east": "east1m", "north": "north1m", "grid": "gridind",
             "country": f"ctry{vintage}cd", "authority": f"lad{vintage}cd", "ward": f"wd{vintage}cd",
             "area": "lsoa21cd"}  # fmt: skip
    return _nspl(path, rows, headings, names, csv.QUOTE_MINIMAL, options)


def _nspl(path, rows, headings, names, quoting, options):
    lines = [headings]
    for cells in rows:
        named = {names.get(name, name): value for name, value in cells.items()}
        compact = named["pcds"].replace(" ", "")
        named |= {headings[0]: f"{compact[:-3]:<4}{compact[-3:]}", headings[1]: f"{compact[:-3]:<5}{compact[-3:]}"}
        lines.append([named.get(heading, "") for heading in headings])
    return csv_file(path, lines, quoting=quoting, **options)


def coordinates(path, rows):
    """Postcodes with coordinates and towns: `rows` are (postcode, at, town, part of the town)."""
    lines = [["Postcode", "LAT", "LONG", "District", "Built up area", "Built up sub-division", "Postcode area"]]
    for postcode, at, town, part in rows:
        lon, lat, *_ = PLACES[at]
        lines.append([postcode, lat, lon, "Testford", town, part, postcode[:2]])
    return csv_file(path, lines)
