"""Reading published tables: columns as numbers, missing values with their reason, codes of other countries apart."""

import numpy as np
import pandas as pd

from lsoa.models.indicators import MissingReason

from .base import Refused

# Publishers write these where they withhold a small or unreliable number.
SUPPRESSED = {"*", "-", "c", "[c]", "[x]", ":"}
LSOA_PATTERN = r"^[EWX]01[0-9]{6}$"
# The English codes up to this one existed in 2011; all above it were made for 2021, none of them is older.
LAST_CODE_OF_2011 = "E01033768"
NATIONAL_AREAS = 30_000


def read_csv(material, columns: list[str], text_columns: list[str], report) -> pd.DataFrame:
    """The named columns of a CSV, in that order, blanks as NaN, other columns unread. Index = line in the file.

    Columns are numeric where every cell is a number. Rows with more cells than headings are rejected: their figures
    may stand under the wrong heading. Raises Refused for what is no table and for text that is not UTF-8.
    """
    positions = {name: material.columns.index(name) for name in columns}
    beyond = len(material.columns)
    try:
        with material.open() as stream:
            frame = pd.read_csv(
                stream,
                header=None,
                skiprows=1,
                # One column more than there are headings shows which rows are too wide.
                names=range(beyond + 1),
                dtype={positions[name]: str for name in text_columns} | {beyond: str},
                keep_default_na=False,
                na_values=[""],
                encoding="utf-8-sig",
                low_memory=False,
                index_col=False,
                skip_blank_lines=False,
            )
    except UnicodeDecodeError as error:
        raise Refused(expected="text in UTF-8", found=f"bytes that are not ({error.reason})") from error
    except pd.errors.EmptyDataError as error:
        raise Refused(expected="rows below the headings", found="none") from error
    except pd.errors.ParserError as error:
        raise Refused(expected="rows of comma-separated values", found=str(error).strip()) from error
    frame.index = np.arange(2, len(frame) + 2)
    wide = frame[beyond].notna()
    report.read(int(wide.sum()))
    for line in frame.index[wide]:
        report.reject(line, "", f"more than {beyond} cells")
    frame = frame.loc[~wide, [positions[name] for name in columns]]
    frame.columns = columns
    # A blank line at the end (or in between) is no row.
    return frame[~frame.isna().all(axis=1)]


def as_numbers(column) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Column -> (float array, NaN where missing; object array of reasons, '' where present; mask of unreadable cells).

    Reads `"29,199"`, `29199.00` and `113.0`; blank and withheld cells are missing, anything else is unreadable.
    """
    series = pd.Series(column)
    reasons = np.full(len(series), "", dtype=object)
    if pd.api.types.is_numeric_dtype(series):
        values = series.to_numpy(dtype=float, copy=True)
        infinite = np.isinf(values)
        values[infinite] = np.nan
        reasons[np.isnan(values) & ~infinite] = MissingReason.BLANK.value
        return values, reasons, infinite
    text = series.astype(object).where(series.notna(), "").astype(str).str.strip().str.replace(",", "", regex=False)
    values = pd.to_numeric(text, errors="coerce").to_numpy(dtype=float, copy=True)
    values[np.isinf(values)] = np.nan
    absent = np.isnan(values)
    blank, withheld = (text == "").to_numpy(), text.str.lower().isin(SUPPRESSED).to_numpy()
    reasons[blank] = MissingReason.BLANK.value
    reasons[withheld] = MissingReason.SUPPRESSED.value
    return values, reasons, absent & ~blank & ~withheld


def first_reason(*reasons: np.ndarray) -> np.ndarray:
    """Why a figure made of several cells is missing: suppressed before blank."""
    stacked = np.array(reasons, dtype=object)
    out = np.where((stacked != "").any(axis=0), MissingReason.BLANK.value, "").astype(object)
    out[(stacked == MissingReason.SUPPRESSED.value).any(axis=0)] = MissingReason.SUPPRESSED.value
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


def check_vintage_2021(codes) -> None:
    """Raises Refused when a national set of codes is that of 2011: codes shared by both say nothing, so the codes
    that exist in one vintage only decide."""
    codes = pd.Series(codes)
    if codes.nunique() >= NATIONAL_AREAS and not (codes > LAST_CODE_OF_2011).any():
        raise Refused(
            expected="LSOA codes of 2021",
            found=f"codes of 2011 (none of {codes.nunique():,} is newer than {LAST_CODE_OF_2011})",
        )


def extent_of(codes, names) -> str:
    """What part of the country a file covers: "England", or local authorities read from names like "Leeds 047A"."""
    if len(codes) >= NATIONAL_AREAS:
        return "England"
    names = pd.Series(names, dtype=object).fillna("").astype(str)
    towns = sorted(set(names.str.replace(r"\s\d{3}[A-Z]$", "", regex=True)))
    if len(towns) <= 3:
        return ", ".join(towns)[:100]
    return f"{len(codes)} areas, {min(codes)} to {max(codes)}"
