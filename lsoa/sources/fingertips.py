"""Figures of practices, networks, authorities and England as OHID publishes them: context, never joined to areas."""

import re

import numpy as np
import pandas as pd
from django.utils.text import slugify

from lsoa.loading.report import QualityReport
from lsoa.models import Dataset
from lsoa.models.indicators import MissingReason

from .base import Refused, Release, Source, Stage
from .rows import RecordRows
from .tables import as_numbers, read_csv

PUBLISHER = "Office for Health Improvement and Disparities"
TEXT = {
    "indicator": "Indicator ID",
    "name": "Indicator Name",
    "place_code": "Area Code",
    "place_name": "Area Name",
    "place_kind": "Area Type",
    "sex": "Sex",
    "age": "Age",
    "category_type": "Category Type",
    "category": "Category",
    "period": "Time period",
    "note": "Value note",
}
NUMBERS = {
    "value": "Value",
    "lower": "Lower CI 95.0 limit",
    "upper": "Upper CI 95.0 limit",
    "count": "Count",
    "denominator": "Denominator",
}
KEY = ("indicator", "place_kind", "place_code", "period", "sex", "age", "category")
LENGTHS = {
    "indicator": 80, "name": 300, "place_kind": 20, "place_code": 20, "place_name": 200, "period": 30, "sex": 20,
    "age": 40, "category": 200, "note": 200,
}  # fmt: skip
# Beginnings of "Area Type", whose editions stand behind ("PCNs (v. 27/10/23)"), and what kind of place each is.
KINDS = (
    ("gp", "practice"),
    ("pcn", "network"),
    ("icb sub", "sub_icb"),
    ("icb", "icb"),
    ("sub-icb", "sub_icb"),
    ("ccg", "ccg"),
    ("stp", "stp"),
    ("england", "country"),
    ("district", "local_authority"),
    ("ua", "local_authority"),
    ("county", "local_authority"),
    ("counties", "local_authority"),
    ("upper tier", "local_authority"),
    ("lower tier", "local_authority"),
    ("nhs region", "nhs_region"),
    ("regions", "region"),
    ("region", "region"),
    ("combined authorit", "combined_authority"),
    ("phe centre", "phe_centre"),
    ("ons", "area_group"),
    ("msoa", "msoa"),
    ("ward", "ward"),
)


class FingertipsExport(Source):
    """The export of 27 columns. The heading of column 23 changes with each download, so it decides nothing."""

    key = "fingertips"
    stage = Stage.VALUES

    def recognises(self, material):
        wanted = {*TEXT.values(), *NUMBERS.values()}
        return material.kind == "csv" and wanted <= set(material.columns)

    def release(self, material):
        # The same rows are read, and what is wrong with them reported, when they are loaded.
        frame = self._read(material, QualityReport())
        numbers = sorted(set(frame["indicator"]) - {""})
        periods = sorted(set(frame["period"]) - {""})
        if not numbers or not periods:
            raise Refused(expected="an Indicator ID and a Time period", found="none")
        names = sorted(set(frame["name"]) - {""})
        title = names[0] if len(numbers) == 1 and names else f"{len(numbers)} indicators"
        return Release(
            title=f"Fingertips: {title}"[:200],
            publisher=PUBLISHER,
            release=periods[-1].replace("/", "-")[:40],
            standing=Dataset.Standing.OFFICIAL,
            # One download holds one indicator as a rule: another one's download does not take its place.
            extent=f"England, indicator {', '.join(numbers)}"[:100],
            vintage=None,
        )

    def rows(self, material, context):
        report = context.report
        frame = self._read(material, report)
        report.read(len(frame))
        frame = _named_indicators(frame, report)
        frame = _complete(frame, report)
        frame = _with_kinds(frame, report)
        frame["category"] = [
            f"{kind}: {name}" if kind and name else kind or name
            for kind, name in zip(frame["category_type"], frame["category"], strict=True)
        ]
        frame = _figures(frame, report)
        frame = _without_repeats(frame, report)
        yield _records(frame)

    def _read(self, material, report) -> pd.DataFrame:
        columns = {**TEXT, **NUMBERS}
        text = list(columns.values())
        frame = read_csv(material, text, text_columns=text, report=report).fillna("")
        frame.columns = list(columns)
        frame = frame.apply(lambda column: column.str.strip())
        # "91547.0" where a spreadsheet has been at it.
        frame["indicator"] = frame["indicator"].str.removesuffix(".0")
        return frame


def _named_indicators(frame, report):
    """Rows appended without an Indicator ID take that of the rows with the same name, if there is exactly one."""
    known = frame[frame["indicator"] != ""].groupby("name")["indicator"].unique()
    ids = {name: found[0] for name, found in known.items() if len(found) == 1}
    blank = frame["indicator"] == ""
    frame.loc[blank, "indicator"] = frame.loc[blank, "name"].map(ids).fillna("")
    filled = int((blank & (frame["indicator"] != "")).sum())
    if filled:
        report.note_count("rows without an Indicator ID, which is that of the indicator of the same name", filled)
    return frame


def _complete(frame, report):
    """Rows that say what, where and when; the others are rejected."""
    for field in ("indicator", "name", "place_code", "place_kind", "period"):
        for line in frame.index[frame[field] == ""]:
            report.reject(line, frame.at[line, "place_code"], f"no {TEXT[field]}")
        frame = frame[frame[field] != ""]
    return frame


def _with_kinds(frame, report):
    kinds = {text: _kind(text) for text in frame["place_kind"].unique()}
    unknown = frame["place_kind"].map(kinds).isna()
    for line in frame.index[unknown]:
        found = repr(frame.at[line, "place_kind"][:60])
        report.reject(line, frame.at[line, "place_code"], f"expected a known Area Type, found {found}")
    frame = frame[~unknown]
    return frame.assign(place_kind=frame["place_kind"].map(kinds))


def _kind(text: str) -> str | None:
    words = text.lower()
    return next((kind for start, kind in KINDS if words.startswith(start)), None)


def _figures(frame, report):
    """The frame with numbers in place of text, and the reason where there is no value."""
    bad = np.zeros(len(frame), dtype=bool)
    numbers = {}
    for field, heading in NUMBERS.items():
        numbers[field], _, unreadable = as_numbers(frame[field])
        for line in frame.index[unreadable]:
            found = repr(frame.at[line, field][:40])
            report.reject(line, frame.at[line, "place_code"], f"{heading}: {found} is not a number")
        bad |= unreadable
    frame = frame.assign(**numbers)[~bad]
    missing = frame["value"].isna()
    reasons = [_reason(note) if gap else None for note, gap in zip(frame["note"], missing, strict=True)]
    outside = (frame["lower"] > frame["value"]) | (frame["upper"] < frame["value"])
    report.note_count("figures outside their own 95 % interval", int(outside.sum()))
    return frame.assign(missing_reason=pd.Series(reasons, index=frame.index, dtype=object))


def _reason(note: str) -> str:
    """Why there is no value, from the publisher's words."""
    words = note.lower()
    if "suppress" in words or "disclosure" in words:
        return MissingReason.SUPPRESSED.value
    if "not applicable" in words or "cannot be calculated" in words or "not calculated" in words:
        return MissingReason.NOT_APPLICABLE.value
    return MissingReason.BLANK.value


def _without_repeats(frame, report):
    """The same place again (England above every group) is dropped when it says the same, rejected when it differs."""
    keys = list(KEY)
    first = frame.drop_duplicates(keys)
    again = frame[frame.duplicated(keys)]
    if len(again):
        lines = first.assign(first_line=first.index).set_index(keys)
        before = lines.loc[list(again[keys].itertuples(index=False, name=None))]
        same = np.array(
            [_equal(now, then) for now, then in zip(again["value"], before["value"], strict=True)], dtype=bool
        )
        report.skip("rows that repeat an earlier one with the same value", int(same.sum()))
        for line, value, earlier in zip(
            again.index[~same], again["value"][~same], before[~same].itertuples(), strict=True
        ):
            said = f"differs from line {earlier.first_line}: expected {_words(earlier.value)}, found {_words(value)}"
            report.reject(line, again.at[line, "place_code"], said)
    return first


def _equal(now: float, then: float) -> bool:
    return (np.isnan(now) and np.isnan(then)) or bool(np.isclose(now, then, rtol=1e-6, atol=1e-9))


def _words(value: float) -> str:
    return "no value" if np.isnan(value) else f"{value:g}"


def _records(frame) -> RecordRows:
    columns = {field: frame[field].str.slice(0, length).to_numpy() for field, length in LENGTHS.items()}
    for field in NUMBERS:
        values = frame[field].astype(object)
        columns[field] = values.where(frame[field].notna(), None).to_numpy()
    columns["missing_reason"] = frame["missing_reason"].to_numpy()
    return RecordRows(model="PlaceFigure", line=frame.index.to_numpy(), columns=columns, key=KEY)


# Heading of the ratios: what, for which ages, over which years.
RATIO = re.compile(r"(?P<name>.+?) (?P<age>All ages|<75 yrs) (?P<period>\d{4}(?:/\d\d)? - \d\d(?:/\d\d)?)")
# Headings without years, as the file has them: name, age, sex. They state no period.
OTHERS = {
    "Unemployment": ("Unemployment (%)", "", ""),
    "Long_term_unemployment": ("Long-term unemployment (per 1,000)", "", ""),
    "HH_in_fuel_poverty": ("Households in fuel poverty (%)", "", ""),
    "Male_LE_at_birth": ("Life expectancy at birth (years)", "All ages", "Male"),
    "Female_LE_at_birth": ("Life expectancy at birth (years)", "All ages", "Female"),
}
NO_PERIOD = "not stated"


class LocalHealthMsoas(Source):
    """Local Health by MSOA of 2011: one row a place, one column an indicator. Missing cells are blank."""

    key = "local-health-msoa"
    stage = Stage.VALUES

    def recognises(self, material):
        headings = material.columns
        return (
            material.kind == "csv"
            and headings[:2] == ["Area_Code", "Area_Name"]
            and any(RATIO.fullmatch(heading) for heading in headings)
        )

    def release(self, material):
        ends = [match["period"] for heading in material.columns if (match := RATIO.fullmatch(heading))]
        return Release(
            title="Local Health: emergency admission and mortality ratios by MSOA",
            publisher=PUBLISHER,
            release=max(ends).replace("/", "-"),
            standing=Dataset.Standing.CONVERTED,
            vintage=2011,
            method="Standardised ratios: 100 is the rate of England at the same ages.",
        )

    def rows(self, material, context):
        report = context.report
        headings = [name for name in material.columns[2:] if RATIO.fullmatch(name) or name in OTHERS]
        unknown = [name for name in material.columns[2:] if name not in headings]
        if unknown:
            report.note(f"columns not loaded: {', '.join(unknown)[:200]}")
        keys = material.columns[:2]
        frame = read_csv(material, [*keys, *headings], text_columns=[*keys, *headings], report=report).fillna("")
        report.read(len(frame))
        codes = frame[keys[0]].str.strip()
        known = codes.str.match(r"^E02[0-9]{6}$")
        for line in frame.index[~known]:
            report.reject(line, codes[line], "expected the code of an MSOA, E02 and six digits")
        repeated = known & codes.duplicated()
        for line in frame.index[repeated]:
            report.reject(line, codes[line], f"duplicate of line {frame.index[codes == codes[line]][0]}")
        frame = frame[known & ~repeated]
        context.extent = _extent(codes[frame.index])
        for heading in headings:
            yield _msoa_records(frame, heading, report)


def _extent(codes) -> str:
    return f"{len(codes)} MSOAs, {codes.min()} to {codes.max()}" if len(codes) else "no MSOA"


def _msoa_records(frame, heading, report) -> RecordRows:
    code, name = frame.columns[:2]
    values, reasons, unreadable = as_numbers(frame[heading])
    for line in frame.index[unreadable]:
        found = repr(str(frame.at[line, heading])[:40])
        report.reject(line, frame.at[line, code], f"{heading[:120]}: {found} is not a number")
    reasons[unreadable] = MissingReason.OUT_OF_RANGE.value
    match = RATIO.fullmatch(heading)
    words, age, sex = (match["name"], match["age"], "") if match else OTHERS[heading]
    same = {
        "indicator": _slug(words),
        "name": words[:300],
        "place_kind": "msoa",
        "period": match["period"] if match else NO_PERIOD,
        "sex": sex,
        "age": age,
        "category": "",
        "note": "",
    }
    columns = {field: np.full(len(frame), text, dtype=object) for field, text in same.items()}
    columns |= {
        "place_code": frame[code].str.strip().to_numpy(),
        "place_name": frame[name].str.strip().str.slice(0, 200).to_numpy(),
        "value": np.where(np.isnan(values), None, values.astype(object)),
        "missing_reason": np.where(np.isnan(values), reasons, None),
    }
    columns |= dict.fromkeys(("lower", "upper", "count", "denominator"), np.full(len(frame), None, dtype=object))
    return RecordRows(model="PlaceFigure", line=frame.index.to_numpy(), columns=columns, key=KEY)


def _slug(words: str) -> str:
    for long, short in (
        ("standardised admission ratio", "SAR"),
        ("standardised mortality ratio", "SMR"),
        ("(SMR)", ""),
    ):
        words = words.replace(long, short)
    return slugify(words)[:80].rstrip("-")


FINGERTIPS = [FingertipsExport(), LocalHealthMsoas()]
