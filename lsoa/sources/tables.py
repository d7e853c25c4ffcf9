"""Reading published tables: columns as numbers, missing values with their reason, codes of other countries apart."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lsoa.models.indicators import MissingReason

from .base import Refused
from .delimited import BLOCK, read_blocks

# Publishers write these where they withhold a small or unreliable number.
SUPPRESSED = {"*", "-", "c", "[c]", "[x]", ":"}
LSOA_PATTERN = r"^[EWX]01[0-9]{6}$"
# The English codes up to this one existed in 2011; all above it were made for 2021, none of them is older.
LAST_CODE_OF_2011 = "E01033768"
NATIONAL_AREAS = 30_000
# A number as publishers write it: 1234, 29,199, 29199.00, -0.5, 1e-04. Not 0,5 nor 1 234.
NUMBER = re.compile(
    r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?(?:e[+-]?\d{1,3})?|[+-]?\.\d+(?:e[+-]?\d{1,3})?", re.ASCII
)
# How Excel saves 119,876 that was shown in a narrow column.
ROUNDED = re.compile(r"[+-]?\d+(?:\.\d*)?E\+?\d+", re.ASCII)
ROUNDED_CELL = re.compile(rb"(?:^|[,;\t|\n\"])[+-]?\d+(?:\.\d*)?E\+?\d+(?=[,;\t|\n\"]|$)")
DATE = re.compile(r"\d{1,2}/\d{1,2}/\d{2,4}|\d{4}-\d{2}-\d{2}.*|\d{1,2}-[A-Z][a-z]{2}(-\d{2,4})?", re.ASCII)
DECIMAL_COMMA = re.compile(r"\s*[+-]?\d*,\d+\s*", re.ASCII)


@dataclass(frozen=True)
class Headings:
    """Where a table's headings stand: line of the last of them (from 1), and the sheet unless it is text."""

    names: tuple[str, ...]
    line: int
    sheet: str | None = None

    def place(self, name: str) -> int:
        """Position of a heading. Raises Refused when it is absent or stands there twice."""
        places = [n for n, heading in enumerate(self.names) if heading == name]
        if len(places) == 1:
            return places[0]
        if places:
            raise Refused(expected=f"one column {name!r}", found=f"{len(places)} of them")
        raise Refused(expected=f"the column {name!r}", found=_listed(self.names))


def _listed(names, width=300) -> str:
    text = ", ".join(name for name in names if name)
    return text if len(text) <= width else text[:width].rsplit(", ", 1)[0] + ", ..."


def headings_of(material) -> Headings:
    """The headings of a text table: the first row with two filled cells. Raises Refused when there is none."""
    if not material.columns:
        material.check_packing()
        raise Refused(expected="a row of headings", found="none")
    return Headings(tuple(material.columns), material.first_rows[material.heading_place][0])


def find_headings(material, wanted: Callable[[list[str]], bool]) -> Headings | None:
    """The first row near the top, of text or of any sheet, of which `wanted(cells)` is true: titles may stand above."""
    for line, cells in material.first_rows:
        if wanted(cells):
            return Headings(tuple(cells), line)
    for sheet, rows in material.sheet_heads.items():
        for line, row in enumerate(rows, 1):
            cells = [" ".join(str(cell).split()) for cell in row]
            if wanted(cells):
                return Headings(tuple(cells), line, sheet)
    return None


def read_csv(material, columns: list[str], text_columns: list[str], report) -> pd.DataFrame:
    """The named columns of a text table, in that order, blanks as NaN, other columns unread. Index = line in the file.

    Columns are numeric where every cell is a number. Rows with more or fewer cells than headings are rejected: their
    figures may stand under the wrong heading. Raises Refused for what is no table and for text that is not UTF-8.
    """
    return read_table(material, headings_of(material), columns, text_columns, report)


def read_table(material, headings: Headings, columns: list[str], text_columns: list[str], report) -> pd.DataFrame:
    """The same for headings that `find_headings` found, be it text or a sheet of a workbook."""
    if headings.sheet is not None:
        return _read_sheet(material, headings, columns)
    before = len(report.rejects)
    frames = list(_frames(material, headings, columns, text_columns, report, BLOCK))
    if not frames:
        bad = report.rejects[before:]
        found = f"none: {len(bad):,} others, the first in line {bad[0][0]:,}: {bad[0][2]}" if bad else "none"
        raise Refused(expected="rows below the headings", found=found)
    return frames[0] if len(frames) == 1 else pd.concat(frames)


def iter_csv(material, columns, text_columns, report, *, block: int = BLOCK) -> Iterator[pd.DataFrame]:
    """The same as `read_csv`, some megabytes at a time, for files of millions of rows."""
    return _frames(material, headings_of(material), columns, text_columns, report, block)


def _frames(material, headings, columns, text_columns, report, block) -> Iterator[pd.DataFrame]:
    with closing(material.open_text()) as stream:
        blocks = read_blocks(
            stream, delimiter=material.delimiter, cells=len(headings.names), skip_lines=headings.line, size=block
        )
        yield from _parsed(blocks, material, headings, columns, text_columns, report)


def _parsed(blocks, material, headings, columns, text_columns, report) -> Iterator[pd.DataFrame]:
    places = [headings.place(name) for name in columns]
    texts = {headings.place(name) for name in text_columns if name in columns}
    for piece in blocks:
        report.read(len(piece.bad))
        for line, reason in piece.bad:
            report.reject(line, "", reason)
        if not len(piece.lines):
            continue
        frame = _parse(piece, places, texts, material.delimiter, len(headings.names))
        frame.columns = columns
        # A line without any of the wanted cells is no row.
        frame = frame[~frame.isna().all(axis=1)]
        if material.delimiter == ";":
            _refuse_decimal_commas(frame, [name for name in columns if name not in text_columns])
        if len(frame):
            yield frame


def _parse(piece, places, texts, delimiter, width) -> pd.DataFrame:
    # Rounded figures would pass for numbers: then every cell is read as text and judged by `as_numbers`.
    rounded = _has_rounded(piece.data)
    try:
        frame = pd.read_csv(
            io.BytesIO(piece.data),
            sep=delimiter,
            header=None,
            names=range(width),
            usecols=sorted(set(places)),
            dtype=str if rounded else dict.fromkeys(texts, str),
            keep_default_na=False,
            na_values=[""],
            index_col=False,
            skip_blank_lines=False,
            lineterminator="\n",
            low_memory=False,
            # The last digit counts: a figure is held against the published one.
            float_precision="round_trip",
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError, OverflowError) as error:
        raise Refused(expected="rows of separated values", found=str(error).strip()[:200]) from error
    if len(frame) != len(piece.lines):
        raise Refused(expected=f"{len(piece.lines):,} rows", found=f"{len(frame):,} (quotation marks out of place)")
    frame.index = piece.lines
    return frame[places]


def _has_rounded(data: bytes) -> bool:
    array = np.frombuffer(data, np.uint8)
    places = np.flatnonzero(array == ord("E"))
    places = places[(places > 0) & (places < len(array) - 1)]
    before, after = array[places - 1], array[places + 1]
    digits = ((before >= 48) & (before <= 57)) | (before == 46)
    suspect = digits & ((after == 43) | ((after >= 48) & (after <= 57)))
    return bool(suspect.any()) and ROUNDED_CELL.search(data) is not None


def _refuse_decimal_commas(frame, columns):
    """A semicolon between cells means a comma within numbers in many countries: 1,234 may be one and a bit."""
    for name in columns:
        if pd.api.types.is_numeric_dtype(frame[name]):
            continue
        commas = frame[name].dropna().astype(str).str.fullmatch(DECIMAL_COMMA)
        if commas.any():
            line = commas.index[commas.to_numpy()][0]
            cell = frame.loc[line, name]
            raise Refused(
                expected="numbers with a decimal point in a file with semicolons", found=f"{cell!r} in line {line:,}"
            )


def _read_sheet(material, headings, columns) -> pd.DataFrame:
    places = [headings.place(name) for name in columns]
    rows = material.sheet(headings.sheet)[headings.line :]
    # Cells are blank, or text, or numbers, or dates; what is blank throughout is no row.
    cells = {name: [row[place] for row in rows] for name, place in zip(columns, places, strict=True)}
    frame = pd.DataFrame(cells, index=np.arange(headings.line + 1, headings.line + 1 + len(rows)), dtype=object)
    frame = frame[~(frame == "").all(axis=1)]
    if not len(frame):
        raise Refused(expected="rows below the headings", found="none")
    return frame


def as_numbers(column) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Column -> (float array, NaN where missing; object array of reasons, '' where present; mask of unreadable cells).

    Reads `"29,199"`, `29199.00` and `113.0`; blank and withheld cells are missing, anything else is unreadable: words,
    dates, error values, `0,5`, and `1.2E+05`, which a spreadsheet has rounded.
    """
    series = pd.Series(column)
    reasons = np.full(len(series), "", dtype=object)
    if pd.api.types.is_bool_dtype(series):
        return np.full(len(series), np.nan), reasons, np.ones(len(series), dtype=bool)
    if pd.api.types.is_numeric_dtype(series):
        values = series.to_numpy(dtype=float, copy=True)
    elif set(map(type, series)) <= {int, float}:
        values = series.to_numpy(dtype=object).astype(float)
    else:
        return _text_as_numbers(series, reasons)
    infinite = np.isinf(values)
    values[infinite] = np.nan
    reasons[np.isnan(values) & ~infinite] = MissingReason.BLANK.value
    return values, reasons, infinite


def _text_as_numbers(series, reasons):
    text = series.astype(object).where(series.notna(), "").astype(str).str.strip()
    readable = text.str.fullmatch(NUMBER).to_numpy(dtype=bool)
    values = np.full(len(text), np.nan)
    values[readable] = text[readable].str.replace(",", "", regex=False).to_numpy(dtype=object).astype(float)
    values[np.isinf(values)] = np.nan
    blank, withheld = (text == "").to_numpy(), text.str.lower().isin(SUPPRESSED).to_numpy()
    reasons[blank] = MissingReason.BLANK.value
    reasons[withheld] = MissingReason.SUPPRESSED.value
    return values, reasons, np.isnan(values) & ~blank & ~withheld


def why_unreadable(cell) -> str:
    """What is wrong with a cell that `as_numbers` cannot read, in words."""
    text = str(cell).strip()
    if ROUNDED.fullmatch(text):
        return f"{text[:40]!r} is rounded (scientific notation of a spreadsheet)"
    if DATE.fullmatch(text):
        return f"{text[:40]!r} is a date, not a number"
    if text.startswith("#"):
        return f"{text[:40]!r} is a spreadsheet's error, not a number"
    if text.lower() in ("inf", "-inf", "infinity", "-infinity"):
        return f"{text!r} is not a finite number"
    return f"{text[:40]!r} is not a number"


def reject_unreadable(frame, column: str, mask: np.ndarray, code_column: str, label: str, report) -> None:
    """Report the cells of `column` under `mask` (from `as_numbers`) with their line, their area and what is wrong."""
    for place in np.flatnonzero(mask):
        line, code, cell = frame.index[place], frame[code_column].iloc[place], frame[column].iloc[place]
        report.reject(line, code, f"{label[:120]}: {why_unreadable(cell)}")


def first_reason(*reasons: np.ndarray) -> np.ndarray:
    """Why a figure made of several cells is missing: suppressed before blank."""
    out = np.full(len(reasons[0]), "", dtype=object)
    for kind in (MissingReason.BLANK.value, MissingReason.SUPPRESSED.value):
        for column in reasons:
            out[column == kind] = kind
    return out


def english_rows(frame: pd.DataFrame, column: str, report) -> pd.DataFrame:
    """The rows about English areas. Welsh and other countries' rows are counted, others rejected with their line."""
    codes = frame[column].fillna("").astype(str).str.strip()
    frame = frame.assign(**{column: codes})
    english, welsh = codes.str.match(r"^E01[0-9]{6}$"), codes.str.match(r"^W01[0-9]{6}$")
    elsewhere = codes.str.match(r"^(S01[0-9]{6}|N[0-9]{8}|95[A-Z0-9]{6})$")
    report.read(len(frame))
    report.skip("Welsh rows", int(welsh.sum()))
    report.skip("Scottish and Northern Irish rows", int(elsewhere.sum()))
    for line, code in codes[~(english | welsh | elsewhere)].items():
        report.reject(line, code, "no area code" if not code else "not the code of an LSOA")
    return frame[english]


def check_vintage(codes, vintage: int) -> None:
    """Raises Refused when a national set of codes is of the other vintage: most codes are shared by both, so those
    that exist in one vintage only decide. Smaller sets are checked against the areas when they are loaded."""
    codes = pd.Series(codes)
    if codes.nunique() < NATIONAL_AREAS:
        return
    newer = int((codes > LAST_CODE_OF_2011).sum())
    if vintage == 2021 and not newer:
        found = f"codes of 2011 (none of {codes.nunique():,} is newer than {LAST_CODE_OF_2011})"
        raise Refused(expected="LSOA codes of 2021", found=found)
    if vintage == 2011 and newer:
        found = f"codes of 2021 ({newer:,} of {codes.nunique():,} are newer than {LAST_CODE_OF_2011})"
        raise Refused(expected="LSOA codes of 2011", found=found)


def check_vintage_2021(codes) -> None:
    """The same for 2021."""
    check_vintage(codes, 2021)


def extent_of(codes, names) -> str:
    """What part of the country a file covers: "England", or local authorities read from names like "Leeds 047A"."""
    if len(codes) >= NATIONAL_AREAS:
        return "England"
    names = pd.Series(names, dtype=object).fillna("").astype(str)
    towns = sorted(set(names.str.replace(r"\s\d{3}[A-Z]$", "", regex=True)))
    if len(towns) <= 3 and any(towns):
        return ", ".join(towns)[:100]
    return f"{len(codes)} areas, {min(codes, default='none')} to {max(codes, default='none')}"
