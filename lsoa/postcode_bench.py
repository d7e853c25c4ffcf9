"""`manage.py bench postcodes`: a national postcode file, made up at run time in the published layout, is read, checked
and loaded, then everything is taken back. Needs areas (of 2011 for the layout of 2021)."""

import csv
import itertools
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pyproj
from django.contrib.gis.db.models.functions import AsWKT
from django.db.models import F

from accounts.audit import SystemActor

from .models import Area, Vintage
from .services import load_file

HEADINGS = (
    "pcd,pcd2,pcds,dointr,doterm,usertype,oseast1m,osnrth1m,osgrdind,oa11,cty,ced,laua,ward,hlthau,nhser,ctry,rgn,pcon,"
    "eer,teclec,ttwa,pct,itl,park,lsoa11,msoa11,wz11,ccg,bua11,buasd11,ru11ind,oac11,lat,long,lep1,lep2,pfa,imd,calncv,"
    "stp"
)
# As in the lookup of November 2021: a quarter terminated, one row in six of another country.
TERMINATED, ELSEWHERE = 0.25, 0.165
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
UNITS_OF_SECTOR = len(LETTERS) ** 2
BLOCK = 100_000


def add_arguments(parser):
    parser.add_argument("--rows", type=int, default=2_700_000)
    parser.add_argument("--write", metavar="PATH", help="only write the file there")


def run(options, write):
    if options["write"]:
        synthesise(Path(options["write"]), options["rows"])
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "postcodes.csv"
        synthesise(path, options["rows"])
        write(f"{options['rows']:,} rows, {path.stat().st_size / 1e6:,.0f} MB")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.perf_counter()
        outcome = load_file(path=path, by=SystemActor("bench"), dry_run=True)
        seconds = time.perf_counter() - started
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    write(f"{outcome.state}: {outcome.message}")
    write(f"read, checked and loaded in {seconds:.1f} s ({options['rows'] / seconds:,.0f} rows a second)")
    write(f"memory: {before / 1024:,.0f} MiB before, at most {after / 1024:,.0f} MiB")


def synthesise(path: Path, rows: int) -> None:
    """Write a made-up lookup in the layout of November 2021: postcodes that nobody has, around the areas loaded."""
    areas = Area.objects.filter(vintage=Vintage.CENSUS_2011, is_synthetic=False).order_by("code")
    known = list(areas.annotate(at=AsWKT(F("centroid"))).values_list("code", "local_authority_code", "at"))
    if not known:
        raise ValueError("no areas of 2011 are loaded")
    dice = np.random.default_rng(1)
    points = np.array([[float(part) for part in wkt[wkt.index("(") + 1 : -1].split()] for _, _, wkt in known])
    to_grid = pyproj.Transformer.from_crs(4326, 27700, always_xy=True)
    sectors = _sectors()
    with path.open("w", newline="") as stream:
        stream.write(HEADINGS + "\r\n")
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        for start in range(0, rows, BLOCK):
            number = np.arange(start, min(start + BLOCK, rows))
            place = number * len(known) // rows
            lon, lat = (points[place] + dice.normal(0, 0.002, (len(number), 2))).T
            east, north = to_grid.transform(lon, lat)
            ended, elsewhere = dice.random(len(number)) < TERMINATED, dice.random(len(number)) < ELSEWHERE
            for n, row in enumerate(number):
                if row % UNITS_OF_SECTOR == 0:
                    sector = next(sectors)
                unit = divmod(int(row) % UNITS_OF_SECTOR, len(LETTERS))
                outward, inward = sector[0], f"{sector[1]}{LETTERS[unit[0]]}{LETTERS[unit[1]]}"
                code, authority, _ = known[place[n]]
                cells = [""] * 41
                cells[:9] = [
                    f"{outward:<4}{inward}", f"{outward:<5}{inward}", f"{outward} {inward}", "198001",
                    "201508" if ended[n] else "", "0", str(round(east[n])), f"{round(north[n]):07d}", "1",
                ]  # fmt: skip
                cells[12], cells[13] = authority or "E99999999", "E05000001"
                cells[16] = "S92000003" if elsewhere[n] else "E92000001"
                cells[25] = code
                cells[33], cells[34] = f"{lat[n]:.6f}", f"{lon[n]:.6f}"
                writer.writerow(cells)


def _sectors():
    """(outward code, sector): eighteen million postcodes of areas that start with Q or Z, as no real one does."""
    for first, second in itertools.product("QZ", "ABCDEFGHJKLMNOPQRSTUVWXY"):
        for district, sector in itertools.product(range(1, 100), range(10)):
            yield f"{first}{second}{district}", sector
