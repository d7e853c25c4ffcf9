"""Postcodes: the National Statistics Postcode Lookup in its layouts, and a list with coordinates alone.

A national file has 2.7 million rows, so rows are read and yielded in blocks; memory does not grow with the file.
"""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyproj

from lsoa.models import Dataset
from lsoa.postcodes import CANONICAL, canonical

from .base import ONS, Refused, Release, Source, Stage
from .rows import PostcodeRows
from .tables import LAST_CODE_OF_2011, NATIONAL_AREAS, iter_csv

# From so many rows on a file is taken for all of England.
NATIONAL_POSTCODES = 1_000_000
# Farther than this apart, the two coordinates of a row cannot both be right; rounding makes them differ by metres.
FARTHEST_METRES = 100
NO_LATITUDE = 99.0
NO_GRID_REFERENCE = "9"
COUNTRIES = {
    "W": "Welsh postcodes",
    "S": "Scottish postcodes",
    "N": "Northern Irish postcodes",
    "L": "postcodes of the Channel Islands",
    "M": "postcodes of the Isle of Man",
}
# What a column is called in the editions: up to 2024 without a vintage, since 2025 with one that moves every year.
COLUMNS = {
    "postcode": r"pcds",
    "introduced": r"dointr",
    "terminated": r"doterm",
    "user_type": r"usertype|usrtypind",
    "easting": r"oseast1m|east1m",
    "northing": r"osnrth1m|north1m",
    "grid": r"osgrdind|gridind",
    "country": r"ctry(\d\dcd)?",
    "local_authority_code": r"laua|lad\d\dcd",
    "ward_code": r"ward|wd\d\dcd",
    "latitude": r"lat",
    "longitude": r"long",
}
AREA_2011, AREA_2021 = r"lsoa11(cd)?", r"lsoa21(cd)?"
HEADINGS = {
    "postcode": "pcds", "introduced": "dointr", "terminated": "doterm", "user_type": "usertype or usrtypind",
    "easting": "oseast1m or east1m", "northing": "osnrth1m or north1m", "grid": "osgrdind or gridind",
    "country": "ctry or ctry26cd", "local_authority_code": "laua or lad26cd", "ward_code": "ward or wd26cd",
    "latitude": "lat", "longitude": "long",
}  # fmt: skip


def _blocks(material, columns: dict[str, str], report):
    """Frames of the columns (our name -> heading) as stripped text, index = line in the file, some megabytes each."""
    headings = list(columns.values())
    empty = True
    for block in iter_csv(material, headings, headings, report):
        empty = False
        yield block.set_axis(list(columns), axis=1).fillna("").apply(_stripped)
    if empty:
        raise Refused(expected="rows below the headings", found="none")


def _stripped(column):
    # Few texts, many rows; what differs in every row is read as a number or a postcode, spaces or not.
    if column.name in ("postcode", "latitude", "longitude", "easting", "northing"):
        return column
    known = {text: text.strip() for text in column.unique()}
    return column if all(text == bare for text, bare in known.items()) else column.map(known)


def _canonical_postcodes(block, report) -> pd.DataFrame:
    """Postcodes written with one space; rows without a postcode are rejected with their line."""
    codes = block["postcode"].str.upper()
    odd = ~codes.str.fullmatch(CANONICAL.pattern)
    if odd.any():
        codes = codes.where(~odd, [canonical(text) or "" for text in codes.where(odd, "")])
        for line, text in block.loc[codes == "", "postcode"].items():
            report.reject(line, text, "not a postcode" if text else "no postcode")
        block, codes = block[codes != ""], codes[codes != ""]
    return block.assign(postcode=codes)


def _coordinates(block, report) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude in degrees (EPSG 4326), NaN where the publisher gives none."""
    lat = pd.to_numeric(block["latitude"], errors="coerce").to_numpy(dtype=float, copy=True)
    lon = pd.to_numeric(block["longitude"], errors="coerce").to_numpy(dtype=float, copy=True)
    absent = ((block["latitude"] == "") & (block["longitude"] == "")).to_numpy() | (lat >= NO_LATITUDE)
    with np.errstate(invalid="ignore"):
        # The whole of the United Kingdom lies in there.
        inside = (lat > 49) & (lat < 62) & (lon > -9) & (lon < 3)
    for place in np.flatnonzero(~absent & ~inside):
        row = block.iloc[place]
        found = f"latitude “{row['latitude']}”, longitude “{row['longitude']}”"
        report.reject(block.index[place], row["postcode"], f"{found} lie outside the country: kept without a point")
    lat[absent | ~inside] = lon[absent | ~inside] = np.nan
    return lon, lat


@dataclass(frozen=True)
class _Layout:
    """Headings of one edition: our names -> the file's. `year` is the newest vintage in them, 0 when none has one."""

    columns: dict[str, str]
    lacking: tuple[str, ...]
    year: int

    @property
    def has_areas_of_2021(self) -> bool:
        return "area_code" in self.columns


def _layout(headings: list[str]) -> _Layout:
    by_name = {}
    patterns = COLUMNS | {"area_code_2011": AREA_2011, "area_code": AREA_2021}
    for heading in headings:
        for name, pattern in patterns.items():
            if re.fullmatch(pattern, heading.lower()):
                by_name.setdefault(name, heading)
    years = [int(found.group(1)) for h in headings if (found := re.fullmatch(r"(?:lad|wd|icb)(\d\d)cd", h.lower()))]
    lacking = tuple(HEADINGS[name] for name in COLUMNS if name not in by_name)
    return _Layout(by_name, lacking, 2000 + max(years) if years else 0)


class NationalPostcodes(Source):
    """National Statistics Postcode Lookup: the 41 columns up to 2024 and the 35 since 2025, whole or a part of it."""

    key = "nspl"
    stage = Stage.POSTCODES

    def recognises(self, material):
        headings = {heading.lower() for heading in material.columns}
        return (
            material.kind == "csv"
            and {"pcds", "dointr", "doterm"} <= headings
            and len(headings) == len([heading for heading in headings if heading.isidentifier()])
        )

    def release(self, material):
        layout = _layout(material.columns)
        if layout.lacking:
            raise Refused(expected=f"a column {layout.lacking[0]}", found=f"{', '.join(material.columns)[:200]}")
        if not {"area_code", "area_code_2011"} & set(layout.columns):
            found = [h for h in material.columns if h.lower().startswith("lsoa")]
            raise Refused(expected="a column lsoa11 or lsoa21cd", found=", ".join(found) or "none")
        return Release(
            title="National Statistics Postcode Lookup",
            publisher=ONS,
            # No edition is named inside: the rows tell the latest month, see `rows`.
            release=str(layout.year or 2021),
            standing=Dataset.Standing.OFFICIAL,
            vintage=2021 if layout.has_areas_of_2021 else 2011,
        )

    def rows(self, material, context):
        layout = _layout(material.columns)
        seen = _Seen()
        for block in _blocks(material, layout.columns, context.report):
            chunk = self._chunk(block, layout, context.report, seen)
            if len(chunk):
                yield chunk
        seen.check(layout)
        context.extent = seen.extent
        if seen.latest:
            # The newest change in the rows: a month or two before the edition, and in order of time as text.
            month = f"{seen.latest // 100}-{seen.latest % 100:02d}"
            context.release = max(month, str(layout.year or month))
            context.report.note(f"latest change in the file: {month}; the file itself does not name its edition")

    def _chunk(self, block, layout, report, seen) -> PostcodeRows:
        report.read(len(block))
        block = _english(block, report)
        block = _canonical_postcodes(block, report)
        for name, known in (("area_code", layout.has_areas_of_2021), ("area_code_2011", "area_code_2011" in block)):
            if known:
                block = _with_area(block, name, report)
        introduced, terminated, block = _dates(block, report)
        lon, lat = _checked_coordinates(block, report)
        seen.note(block, layout, introduced, terminated)
        blank = np.full(len(block), "", dtype=object)
        published = block["area_code"].to_numpy() if layout.has_areas_of_2021 else blank
        return PostcodeRows(
            line=block.index.to_numpy(),
            postcode=block["postcode"].to_numpy(),
            area_code=published,
            lon=lon,
            lat=lat,
            is_residential=(block["user_type"] != "1").to_numpy(),
            details={
                "area_code_2011": block["area_code_2011"].to_numpy() if "area_code_2011" in block else blank,
                "area_method": np.where(published != "", "published", ""),
                "local_authority_code": _real_codes(block["local_authority_code"]),
                "ward_code": _real_codes(block["ward_code"]),
                "introduced": introduced,
                "terminated": terminated,
            },
        )


class _Seen:
    """What only the whole file tells: its extent, its latest month, the vintage of its area codes."""

    def __init__(self):
        self.rows, self.latest = 0, 0
        self.codes: set[str] = set()
        self.parts: set[str] = set()

    def note(self, block, layout, introduced, terminated) -> None:
        self.rows += len(block)
        months = {*introduced, *terminated} - {None}
        self.latest = max(months | {self.latest})
        self.parts.update(block["postcode"].str.extract(r"^([A-Z]+)", expand=False).unique())
        if layout.has_areas_of_2021:
            self.codes.update(block["area_code"].unique())

    def check(self, layout) -> None:
        if layout.has_areas_of_2021 and len(self.codes) >= NATIONAL_AREAS and max(self.codes) <= LAST_CODE_OF_2011:
            raise Refused(expected="LSOA codes of 2021", found=f"codes of 2011 under {layout.columns['area_code']}")

    @property
    def extent(self) -> str:
        if self.rows >= NATIONAL_POSTCODES:
            return "England"
        parts = sorted(self.parts)
        named = f"Postcode area {parts[0]}" if len(parts) == 1 else f"Postcode areas {', '.join(parts)}"
        return named if len(named) <= 100 else f"{len(parts)} postcode areas, {parts[0]} to {parts[-1]}"


def _english(block, report) -> pd.DataFrame:
    """The rows of England, and those of no country because nobody knows where they are (no grid reference); those of
    other countries are counted, other rows without a country rejected."""
    first = block["country"].str.slice(0, 1)
    for letter, what in COUNTRIES.items():
        report.skip(what, int((first == letter).sum()))
    nowhere = (first == "") & (block["grid"] == NO_GRID_REFERENCE)
    unknown = ~first.isin(["E", *COUNTRIES]) & ~nowhere
    for line, row in block[unknown].iterrows():
        found = f"“{row['country'][:20]}” is no country code" if row["country"] else "no country"
        report.reject(line, row["postcode"], found)
    return block[(first == "E") | nowhere]


def _with_area(block, column, report) -> pd.DataFrame:
    """Rows whose area code is one of England or blank: 99999999 stands for none."""
    codes = block[column].where(~block[column].str.endswith("99999999"), "")
    wrong = ~codes.str.fullmatch(r"(E01[0-9]{6})?")
    if column == "area_code_2011":
        wrong |= codes > LAST_CODE_OF_2011
    for line, row in block[wrong].iterrows():
        report.reject(line, row["postcode"], f"“{row[column][:20]}” is not the code of an English LSOA of its vintage")
    return block.assign(**{column: codes})[~wrong]


def _dates(block, report) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Months of introduction and termination as 199001, None where blank; rows with another date are rejected."""
    wrong = pd.Series(False, index=block.index)
    for column in ("introduced", "terminated"):
        odd = ~block[column].str.fullmatch(r"((19|20)[0-9]{2}(0[1-9]|1[0-2]))?")
        for line, row in block[odd & ~wrong].iterrows():
            report.reject(line, row["postcode"], f"“{row[column][:20]}” is no month such as 199001")
        wrong |= odd
    block = block[~wrong]
    return _months(block["introduced"]), _months(block["terminated"]), block


def _months(column) -> np.ndarray:
    # Few months, many rows: each text is read once.
    known = {text: int(text) if text else None for text in column.unique()}
    return np.array([known[text] for text in column], dtype=object)


def _real_codes(column) -> np.ndarray:
    return column.where(~column.str.endswith("99999999"), "").to_numpy()


def _checked_coordinates(block, report) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude that agree with the grid reference; the others are rejected, their rows kept."""
    lon, lat = _coordinates(block, report)
    none = (block["grid"] == NO_GRID_REFERENCE).to_numpy()
    lon[none] = lat[none] = np.nan
    # Zero-padded text, or numbers where a spreadsheet has been at it: the value is the same.
    east = pd.to_numeric(block["easting"], errors="coerce").to_numpy(dtype=float)
    north = pd.to_numeric(block["northing"], errors="coerce").to_numpy(dtype=float)
    both = np.flatnonzero(~np.isnan(lon) & ~np.isnan(east) & ~np.isnan(north))
    if len(both):
        x, y = _TO_GRID.transform(lon[both], lat[both])
        apart = np.hypot(x - east[both], y - north[both])
        for place, metres in zip(both[apart > FARTHEST_METRES], apart[apart > FARTHEST_METRES], strict=True):
            found = f"{metres / 1000:,.1f} km" if np.isfinite(metres) else "another planet's distance"
            reason = f"latitude and longitude lie {found} from easting and northing: kept without a point"
            report.reject(block.index[place], block["postcode"].iloc[place], reason)
        lon[both[~(apart <= FARTHEST_METRES)]] = lat[both[~(apart <= FARTHEST_METRES)]] = np.nan
    return lon, lat


_TO_GRID = pyproj.Transformer.from_crs(4326, 27700, always_xy=True)


class PostcodeCoordinates(Source):
    """Postcodes with coordinates and the town they stand in, as kept by the Birmingham and Solihull ICS."""

    key = "postcode-coordinates"
    stage = Stage.POSTCODES
    columns = {
        "postcode": "Postcode",
        "latitude": "LAT",
        "longitude": "LONG",
        "district": "District",
        "built_up": "Built up area",
        "part": "Built up sub-division",
    }

    def recognises(self, material):
        return material.kind == "csv" and set(self.columns.values()) <= set(material.columns)

    def release(self, material):
        return Release(
            title="Postcodes of the West Midlands with coordinates and built-up areas",
            publisher="NHS Birmingham and Solihull ICS",
            # The file names no date; it was kept with the boundaries of 2021.
            release="2021",
            standing=Dataset.Standing.CONVERTED,
            extent="West Midlands",
            method="The area of a postcode is the one whose outline holds its point.",
        )

    def rows(self, material, context):
        seen = _Seen()
        for block in _blocks(material, self.columns, context.report):
            context.report.read(len(block))
            block = _canonical_postcodes(block, context.report)
            lon, lat = _coordinates(block, context.report)
            settlement = block["part"].where(block["part"] != "", block["built_up"])
            blank = np.full(len(block), "", dtype=object)
            seen.rows += len(block)
            seen.parts.update(block["postcode"].str.extract(r"^([A-Z]+)", expand=False).unique())
            yield PostcodeRows(
                line=block.index.to_numpy(),
                postcode=block["postcode"].to_numpy(),
                area_code=blank,
                lon=lon,
                lat=lat,
                is_residential=np.ones(len(block), dtype=bool),
                details={"settlement": settlement.str[:100].to_numpy()},
            )
        context.extent = seen.extent


POSTCODE_LOOKUP, POSTCODE_COORDINATES = NationalPostcodes(), PostcodeCoordinates()
