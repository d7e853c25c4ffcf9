"""Figures of an organisation's own: a CSV of area codes and values, as people make them with a spreadsheet.

Not in the registry: such a file says nothing about itself. Who hands it in names the indicator, and sees it before it
is saved.
"""

import csv
import io
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from lsoa.models import Area, MissingReason, Vintage

from .base import Refused
from .tables import NUMBER, SUPPRESSED

MOST_ROWS = 100_000
MOST_LETTERS = 1_000
LSOA = re.compile(r"^[EWX]01[0-9]{6}$")

# Headings as people write them, in lower case without anything but letters and digits.
CODE_HEADINGS = {
    "areacode", "code", "lsoacode", "lsoa", "lsoa21cd", "lsoa21code", "lsoacode2021", "lsoa2021", "lsoa11cd",
    "lsoa11code", "lsoacode2011", "lsoa2011", "area", "geographycode", "gsscode", "onscode",
}  # fmt: skip
VALUE_HEADINGS = {"value", "figure", "rate", "score", "count", "number", "percentage", "percent", "total", "index"}
REASON_HEADINGS = {"reason", "missingreason", "whymissing", "note", "valuenote", "comment"}
PERIOD_HEADINGS = {"period", "year", "timeperiod", "date", "time"}
NOT_APPLICABLE = {"na", "n/a", "not applicable"}


@dataclass
class OwnFigures:
    """What was read. Rows in the order of the file: (line, code, value or None, reason or None, period)."""

    rows: list[tuple[int, str, float | None, str | None, str]] = field(default_factory=list)
    rejects: list[tuple[int, str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rows_read: int = 0
    vintage: int = Vintage.CENSUS_2021

    def reject(self, line: int, code: str, expected: str, found: str) -> None:
        self.rejects.append((line, code[:60], f"expected {expected}, found {found}"[:300]))

    @property
    def values(self) -> list[float]:
        return [row[2] for row in self.rows if row[2] is not None]


def read_own_figures(content: bytes) -> OwnFigures:
    """Read the CSV and hold its codes against the loaded areas of both vintages.

    Raises Refused for a file that is no such table or that mixes vintages; single bad rows become rejects.
    """
    figures = OwnFigures()
    text = _text(content, figures)
    delimiter = _delimiter(text)
    lines = _records(text, delimiter)
    headings = next(lines, (1, []))[1]
    columns = _columns(headings)
    seen: dict[str, int] = {}
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        figures.rows_read += 1
        if figures.rows_read > MOST_ROWS:
            raise Refused(expected=f"at most {MOST_ROWS:,} rows", found="more")
        _read_row(figures, columns, len(headings), line, cells, seen, commas=delimiter != ";")
    if not figures.rows and not figures.rejects:
        raise Refused(expected="rows below the headings", found="none")
    _find_vintage(figures)
    return figures


def _text(content: bytes, figures) -> str:
    if b"\0" in content[:4096]:
        raise Refused(expected="a CSV file (text)", found="something else; save the sheet as CSV")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        figures.notes.append("The file is not in UTF-8; it was read as Windows text.")
        return content.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    """The one that the first line has most of."""
    first = text.split("\n", 1)[0]
    return max(",;\t", key=first.count)


def _records(text: str, delimiter: str) -> Iterable[tuple[int, list[str]]]:
    """(line, cells) of every record."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise Refused(expected="rows of cells", found=f"{error} in line {line}") from error


def _plain(heading: str) -> str:
    return re.sub(r"[^a-z0-9]", "", heading.lower())


def _columns(headings) -> dict[str, int | None]:
    plain = [_plain(heading) for heading in headings]
    shown = ", ".join(heading.strip() for heading in headings if heading.strip())[:200] or "none"
    code = _first(plain, CODE_HEADINGS)
    if code is None:
        raise Refused(expected="a column “area code” in line 1", found=f"the headings {shown}")
    reason, period = _first(plain, REASON_HEADINGS), _first(plain, PERIOD_HEADINGS)
    value = _first(plain, VALUE_HEADINGS)
    if value is None:
        # One column is left that could be it, names of areas apart.
        known = {code, reason, period}
        left = [n for n, name in enumerate(plain) if n not in known and name and "name" not in name]
        if len(left) != 1:
            raise Refused(expected="a column “value” in line 1", found=f"the headings {shown}")
        value = left[0]
    return {"code": code, "value": value, "reason": reason, "period": period}


def _first(plain, wanted) -> int | None:
    return next((n for n, name in enumerate(plain) if name in wanted), None)


def _read_row(figures, columns, width, line, cells, seen, *, commas: bool) -> None:
    def cell(name):
        place = columns[name]
        return cells[place].strip() if place is not None and place < len(cells) else ""

    code = cell("code").upper()
    if len(cells) > width and any(extra.strip() for extra in cells[width:]):
        return figures.reject(line, code, f"{width} cells", f"{len(cells)}")
    if not LSOA.match(code):
        return figures.reject(line, code, "an LSOA code such as E01000001", f"“{code[:40]}”" if code else "nothing")
    if code in seen:
        return figures.reject(line, code, "each area once", f"the area of line {seen[code]:,} again")
    value, reason, problem = _value(cell("value"), cell("reason"), commas)
    if problem:
        wanted = "a number with a decimal point" if "," in problem else "a number"
        return figures.reject(line, code, wanted, f"“{problem[:40]}”")
    seen[code] = line
    figures.rows.append((line, code, value, reason, cell("period")[:20]))
    return None


def _value(text: str, why: str, commas: bool) -> tuple[float | None, str | None, str]:
    """(value, reason why there is none, text that is neither). `commas` may stand between thousands: not in a file
    with semicolons, where 0,5 is a half and 1,234 may be one and a bit."""
    plain = text.replace(" ", "").replace("\xa0", "").removesuffix("%")
    if not plain:
        return None, _reason(why), ""
    if plain.lower() in SUPPRESSED or plain.startswith("<"):
        return None, MissingReason.SUPPRESSED.value, ""
    if text.lower() in NOT_APPLICABLE:
        return None, MissingReason.NOT_APPLICABLE.value, ""
    # float() would take 1_0 for 10, and a spreadsheet has rounded 1.2E+05.
    if not NUMBER.fullmatch(plain) or ("," in plain and not commas):
        return None, None, text
    number = float(plain.replace(",", ""))
    return (number, None, "") if math.isfinite(number) else (None, None, text)


def _reason(why: str) -> str:
    words = why.lower()
    if "suppress" in words or "small" in words or "disclos" in words:
        return MissingReason.SUPPRESSED.value
    if "not applicable" in words or words in NOT_APPLICABLE:
        return MissingReason.NOT_APPLICABLE.value
    return MissingReason.BLANK.value


def _find_vintage(figures: OwnFigures) -> None:
    """Which census the codes are of: those that exist in one vintage only decide. Unknown codes become rejects."""
    known: dict[str, set[int]] = {}
    codes = [row[1] for row in figures.rows]
    for code, vintage in Area.objects.filter(code__in=codes).order_by().values_list("code", "vintage"):
        known.setdefault(code, set()).add(vintage)
    unknown = [row for row in figures.rows if row[1] not in known]
    for line, code, *_ in unknown:
        figures.reject(line, code, "the code of an area that is loaded", "one that is not")
    figures.rows = [row for row in figures.rows if row[1] in known]
    if not figures.rows:
        line, _, reason = figures.rejects[0]
        raise Refused(expected="at least one row that can be used", found=f"none; in line {line}: {reason}")
    old = [row for row in figures.rows if known[row[1]] == {Vintage.CENSUS_2011}]
    new = [row for row in figures.rows if known[row[1]] == {Vintage.CENSUS_2021}]
    if old and new:
        raise Refused(
            expected="codes of one census",
            found=f"{old[0][1]} of 2011 in line {old[0][0]:,} and {new[0][1]} of 2021 in line {new[0][0]:,}",
        )
    if old and not new:
        figures.vintage = Vintage.CENSUS_2011
