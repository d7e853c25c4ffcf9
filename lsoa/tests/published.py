"""Small files in the exact published layouts: headings, encodings and quirks real, the areas in them made up."""

import csv
import gzip
import io
import json

import openpyxl

# Three English areas, the last with a code that 2011 did not have, and a Welsh one.
CODES = ["E01000901", "E01000902", "E01035001"]
WELSH = "W01000101"
NAMES = dict(zip([*CODES, WELSH], ["Testford 001A", "Testford 001B", "Testford 002A", "Prawf 001A"], strict=True))
CRS84 = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}

SQUARE = [[0, 0], [0.01, 0], [0.01, 0.01], [0, 0.01], [0, 0]]
# A ring that crosses itself.
BOW_TIE = [[0, 0], [0.01, 0.01], [0.01, 0], [0, 0.01], [0, 0]]


def square(place: int, ring=SQUARE, west=-1.9, south=52.4, size=1):
    """A polygon `place` squares to the east, so that squares of neighbouring places touch."""
    return {
        "type": "Polygon",
        "coordinates": [[[west + size * (0.01 * place + x), south + size * y] for x, y in ring]],
    }


def boundaries(path, codes=(*CODES, WELSH), *, crs=CRS84, geometry=None, prefix="LSOA21", packed=True):
    """ONS boundaries as GeoJSON. `geometry` maps a code to another geometry (or None)."""
    features = [
        {
            "type": "Feature",
            "properties": {"FID": n, f"{prefix}CD": code, f"{prefix}NM": NAMES.get(code, f"Other {n:03d}A")},
            "geometry": (geometry or {}).get(code, square(n)),
        }
        for n, code in enumerate(codes, 1)
    ]
    collection = {"type": "FeatureCollection", "name": "lsoa"}
    if crs is not None:
        collection["crs"] = crs
    text = json.dumps(collection | {"features": features}).encode()
    path.write_bytes(gzip.compress(text) if packed else text)
    return path


def csv_file(path, rows, *, bom=False, newline="\n", final_newline=True, quoting=csv.QUOTE_MINIMAL, packed=None):
    """Write rows (the first one the headings) the way that publishers do. Packed when the name ends in .gz."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator=newline, quoting=quoting).writerows(rows)
    text = buffer.getvalue() if final_newline else buffer.getvalue().removesuffix(newline)
    data = (b"\xef\xbb\xbf" if bom else b"") + text.encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


NOMIS = {
    "TS007A": [
        "Age: Total",
        "Age: Aged 4 years and under",
        "Age: Aged 75 to 79 years",
        "Age: Aged 80 to 84 years",
        "Age: Aged 85 years and over",
    ],
    "TS003": [
        "Household composition: Total; measures: Value",
        "Household composition: One person household; measures: Value",
        "Household composition: One person household: Aged 66 years and over; measures: Value",
    ],
    "TS021": [
        "Ethnic group: Total: All usual residents",
        "Ethnic group: Asian, Asian British or Asian Welsh",
        "Ethnic group: White",
        "Ethnic group: White: Irish",
    ],
    "TS029": [
        "Proficiency in English language: Total: All usual residents aged 3 years and over",
        "Proficiency in English language: Main language is not English (English or Welsh in Wales): "
        "Cannot speak English well",
        "Proficiency in English language: Main language is not English (English or Welsh in Wales): "
        "Cannot speak English",
    ],
    "TS037": [
        "General health: Total: All usual residents",
        "General health: Bad health",
        "General health: Very bad health",
    ],
    "TS039": [
        "Provision of unpaid care: Total: All usual residents aged 5 and over",
        "Provision of unpaid care: Provides 50 or more hours unpaid care a week",
    ],
    "TS045": [
        "Number of cars or vans: Total: All households",
        "Number of cars or vans: No cars or vans in household",
    ],
}


def nomis(path, table, rows, *, headings=None, **options):
    """A Nomis bulk table under all its published headings. `rows` maps an area code to figures of the headings in NOMIS
    (or is a list of such pairs, for duplicates); the other figures are 0. `headings` puts others in their place."""
    from .published_census import headings as published_headings

    columns = headings or published_headings(table)
    places = list(range(len(columns))) if headings else [columns.index(name) for name in NOMIS[table]]
    quoted = columns[0].endswith("measures: Value")
    pairs = rows.items() if isinstance(rows, dict) else rows
    lines = [["date", "geography", "geography code", *columns]]
    for code, figures in pairs:
        cells = [0] * len(columns)
        for place, figure in zip(places, figures, strict=False):
            cells[place] = figure
        lines.append(["2021", NAMES.get(code, "Elsewhere 001A"), code, *cells])
    return csv_file(path, lines, quoting=csv.QUOTE_NONNUMERIC if quoted else csv.QUOTE_MINIMAL, **options)


IOD_HEADINGS = [
    "LSOA code (2021)",
    "LSOA name (2021)",
    "Local Authority District code (2024)",
    "Local Authority District name (2024)",
    "Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)",
    # Published cut at 80 characters.
    "Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOA",
]


def iod2025(path, rows, *, headings=IOD_HEADINGS, sheet="IMD25"):
    """File 1 of the English indices of deprivation 2025: `rows` are (code, rank, decile)."""
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    book.active.append(["English indices of deprivation 2025"])
    table = book.create_sheet(sheet)
    table.append(headings)
    for code, rank, decile in rows:
        table.append([code, NAMES.get(code, "Elsewhere 001A"), "E08000001", "Testford", rank, decile])
    book.save(path)
    return path


def local_authorities(path, rows, **options):
    """LSOA (2021) to ward (2022) to local authority (2022): `rows` are (code, authority code, authority name)."""
    lines = [
        [
            "LSOA21CD",
            "LSOA21NM",
            "LSOA21NMW",
            "WD22CD",
            "WD22NM",
            "WD22NMW",
            "LAD22CD",
            "LAD22NM",
            "LAD22NMW",
            "ObjectId",
        ]
    ]
    for n, (code, authority, name) in enumerate(rows, 1):
        lines.append([code, NAMES.get(code, ""), "", "E05000001", "Ward", "", authority, name, "", n])
    return csv_file(path, lines, bom=True, newline="\r\n", **options)


def care_boards(path, codes):
    headings = ["lsoa21_name", "lsoa21_code", "sicbl24_name", "sicbl24_code", "sicbl24_code_nhs"]
    lines = [[*headings, "icb24_name", "icb24_code", "icb24_code_nhs"]]
    for code in codes:
        sub = ["NHS Testshire ICB - 99X", "E38000999", "99X"]
        lines.append([NAMES[code], code, *sub, "NHS Testshire Integrated Care Board", "E54000999", "QZZ"])
    return csv_file(path, lines)


def practices(path, rows):
    """Practices with the LSOA of their postcode: `rows` are (code, LSOA, status)."""
    headings = ["PracticeCode", "PracticeName", "Address", "PostCode", "Status", "RegionCode", "RegionName", "ICBID"]
    headings += ["ICBName", "MSOAID", "MSOAName", "LSOAID", "LSOAName", "LSOA11ID", "LSOA11Name", "CountryName"]
    lines = [headings]
    for code, area, status in rows:
        where = ["Y60", "Midlands", "QZZ", "NHS Testshire", "E02000001", "Testford 001", area, "", area, "", "England"]
        lines.append([code, f"Practice {code}", "1 High Street", "TE1 1ST", status, *where])
    return csv_file(path, lines, bom=True)


GROUPS = {
    "HYP": "TOTAL", "DM": "17OV", "CHD": "TOTAL", "STIA": "TOTAL", "COPD": "TOTAL", "AST": "06OV", "MH": "TOTAL",
    "DEM": "TOTAL", "DEP": "18OV",
}  # fmt: skip


def qof(path, registers, *, extra=()):
    """QOF raw prevalence: `registers` maps a practice to (register of every group, whole list). Adults are 80 %."""
    lines = [["PRACTICE_CODE", "GROUP_CODE", "REGISTER", "PATIENT_LIST_TYPE", "PRACTICE_LIST_SIZE"]]
    for practice, (register, size) in registers.items():
        for group, kind in GROUPS.items():
            lines.append([practice, group, f"{register:.1f}", kind, size if kind == "TOTAL" else int(size * 0.8)])
    return csv_file(path, [*lines, *extra], final_newline=False)
