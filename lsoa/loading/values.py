"""Indicator values from arrays straight into their table: checked in memory, written by one binary COPY."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lsoa.models import Area, Dataset, Indicator, MissingReason
from lsoa.sources.rows import ValueRows
from lsoa.sources.tables import LAST_CODE_OF_2011

from .copying import write_copy
from .memory import let_database_use_more
from .vintages import KnownAreas

# Why rows are left out while only part of the country is loaded.
OTHER_AREAS = "rows about areas that are not loaded"
OUTSIDE_PATCH = "rows outside the patch"
COLUMNS = "area_id, indicator_id, dataset_id, period, value, missing_reason, method, uncertainty, line"
COPY = f"COPY lsoa_indicatorvalue ({COLUMNS}) FROM STDIN (FORMAT BINARY)"
HEADER, TRAILER = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
REASONS = tuple(reason.value for reason in MissingReason)


@dataclass
class Placement:
    """Rows of one code column that have an area: positions in the chunk in the order of area ids, and those ids."""

    rows: np.ndarray
    area_ids: np.ndarray


class ValueWriter:
    """All figures of one dataset. `add` every chunk, then `finish`; both in the caller's transaction."""

    def __init__(self, *, dataset: Dataset, report, areas: KnownAreas, national: bool, patch_codes: set[str] | None):
        self.dataset, self.report, self.areas = dataset, report, areas
        self.national, self.patch_codes = national, patch_codes
        # Columns by indicator: written in the order of the key, which then grows at its end.
        self._columns: dict[int, list[tuple]] = {}
        self._placements: dict[tuple[int, int], tuple[object, Placement]] = {}
        self._codes: set[int] = set()
        self._lines: dict[str, set[int]] = {OUTSIDE_PATCH: set(), OTHER_AREAS: set()}
        self._rejected: set[tuple[int, str, str]] = set()

    def add(self, chunk: ValueRows, indicator: Indicator) -> None:
        placement = self._place(chunk)
        rows = placement.rows
        value = np.asarray(chunk.value, dtype=float)[rows]
        line = np.asarray(chunk.line, dtype=np.int64)[rows]
        reason = self._reasons(chunk, rows, value)
        self._check_range(chunk, indicator, rows, value, line, reason)
        method = np.asarray(chunk.method, dtype=object)
        method = np.full(len(rows), chunk.method, dtype=object) if method.ndim == 0 else method[rows]
        uncertainty = np.full(len(rows), np.nan)
        if chunk.uncertainty is not None:
            uncertainty = np.asarray(chunk.uncertainty, dtype=float)[rows]
        self._summarise(indicator, value, reason)
        self._codes.update(placement.area_ids.tolist())
        columns = (indicator, chunk.period, placement.area_ids, value, reason, method, uncertainty, line)
        self._columns.setdefault(indicator.pk, []).append(columns)

    def finish(self) -> int:
        """Write everything; returns how many areas have figures now."""
        for line, code, reason in sorted(self._rejected):
            self.report.reject(line, code, reason)
        for what, lines in self._lines.items():
            self.report.skip(what, len(lines))
        if self._columns:
            let_database_use_more()
            write_copy(COPY, self._in_order())
        return len(self._codes)

    def _in_order(self) -> Iterator[bytes]:
        """All rows for COPY, encoded while the database is at work with those before, and held no longer."""
        yield HEADER
        for indicator in sorted(self._columns):
            for columns in self._columns.pop(indicator):
                yield from self._encode(*columns)
        yield TRAILER

    def count_areas_without(self, *, patch=None) -> None:
        """How many areas should have a figure and have no row: of the patch, or all loaded ones of the kind."""
        if patch is not None:
            expected = len(self.patch_codes)
        else:
            synthetic = self.dataset.standing == Dataset.Standing.SYNTHETIC
            expected = Area.objects.filter(vintage=self.areas.vintage, is_synthetic=synthetic).count()
        for figures in self.report.indicators.values():
            figures["areas_without"] = max(0, expected - figures.pop("rows"))

    def _place(self, chunk) -> Placement:
        """The rows that have an area, worked out once for chunks that share their columns."""
        key = (id(chunk.code), id(chunk.line))
        if key not in self._placements:
            # The columns are kept as well, so that their identity is not given to others.
            self._placements[key] = ((chunk.code, chunk.line), self._find_areas(chunk))
        return self._placements[key][1]

    def _find_areas(self, chunk) -> Placement:
        codes = np.asarray(chunk.code, dtype=object)
        lines = np.asarray(chunk.line, dtype=np.int64)
        place = self.areas.positions(codes)
        keep = self._without_duplicates(codes, lines)
        if self.patch_codes is not None:
            outside = keep & ~pd.Series(codes).isin(self.patch_codes).to_numpy()
            self._lines[OUTSIDE_PATCH].update(lines[outside].tolist())
            keep &= ~outside
        unknown = keep & (place < 0)
        if self.national:
            for line, code in zip(lines[unknown].tolist(), codes[unknown].tolist(), strict=True):
                self._rejected.add((line, code, self._why_unknown(code)))
        else:
            self._lines[OTHER_AREAS].update(lines[unknown].tolist())
        rows = np.flatnonzero(keep & ~unknown)
        ids = self.areas.ids[place[rows]]
        # In the order of the unique index, which then grows at its end.
        order = np.argsort(ids, kind="stable")
        return Placement(rows=rows[order], area_ids=ids[order])

    def _without_duplicates(self, codes, lines) -> np.ndarray:
        frame = pd.DataFrame({"code": codes, "line": lines}).sort_values("line", kind="stable")
        repeated = frame.duplicated("code")
        if repeated.any():
            first = frame.groupby("code", sort=False)["line"].transform("first")
            for line, code, original in zip(
                frame["line"][repeated], frame["code"][repeated], first[repeated], strict=True
            ):
                self._rejected.add((int(line), code, f"duplicate of line {original}"))
        return ~repeated.sort_index().to_numpy()

    def _why_unknown(self, code) -> str:
        if self.areas.vintage == 2021 and code <= LAST_CODE_OF_2011:
            return "a code of 2011 that 2021 does not have"
        if self.areas.vintage == 2011 and code > LAST_CODE_OF_2011:
            return "a code of 2021 that 2011 does not have"
        return "unknown area code"

    def _reasons(self, chunk, rows, value) -> np.ndarray:
        reason = np.full(len(rows), "", dtype=object)
        missing = np.isnan(value)
        if chunk.reason is not None and missing.any():
            reason[missing] = np.asarray(chunk.reason, dtype=object)[rows][missing]
        unexplained = missing & ((reason == "") | pd.isna(reason))
        reason[unexplained] = MissingReason.BLANK.value
        return reason

    def _check_range(self, chunk, indicator, rows, value, line, reason) -> None:
        low = -np.inf if indicator.minimum is None else indicator.minimum
        high = np.inf if indicator.maximum is None else indicator.maximum
        with np.errstate(invalid="ignore"):
            beyond = (value < low) | (value > high)
        if not beyond.any():
            return
        least, most = ("..." if limit is None else f"{limit:.15g}" for limit in (indicator.minimum, indicator.maximum))
        codes = np.asarray(chunk.code, dtype=object)[rows]
        for where in np.flatnonzero(beyond):
            text = f"{indicator.code} {value[where]:.15g} is not within {least} to {most}"
            self._rejected.add((int(line[where]), codes[where], text))
        value[beyond] = np.nan
        reason[beyond] = MissingReason.OUT_OF_RANGE.value

    def _summarise(self, indicator, value, reason) -> None:
        present = value[~np.isnan(value)]
        counts = {name: int((reason == name).sum()) for name in REASONS} if len(present) < len(value) else {}
        figures = {"values": len(present), "missing": {name: n for name, n in counts.items() if n}}
        if len(present):
            figures |= {
                "minimum": float(present.min()),
                "mean": float(present.mean()),
                "maximum": float(present.max()),
            }
            figures = {
                key: float(figure) if isinstance(figure, np.generic) else figure for key, figure in figures.items()
            }
        figures["rows"] = len(value)
        self.report.indicators[indicator.code] = figures

    def _encode(self, indicator, period, area_ids, value, reason, method, uncertainty, line):
        """Binary COPY rows. Rows alike in what is null and in their words have one length: a structured array."""
        kinds = pd.DataFrame(
            {"reason": reason, "method": method, "no_error": np.isnan(uncertainty), "no_line": line <= 0}
        )
        uniform = len(kinds) and all(
            (column == column.iat[0]).all() for column in (kinds[name] for name in kinds.columns)
        )
        groups = (
            [(tuple(kinds.iloc[0]), slice(None))]
            if uniform
            else (
                (key, kinds.index.get_indexer(group))
                for key, group in kinds.groupby(list(kinds.columns)).groups.items()
            )
        )
        for (why, how, no_error, no_line), rows in groups:
            count = len(area_ids[rows])
            fields = [
                (">i8", area_ids[rows]),
                (">i8", indicator.pk),
                ("S16", self.dataset.pk.bytes),
                _word(period),
                (">f8", value[rows]) if not why else None,
                _word(why) if why else None,
                _word(how),
                None if no_error else (">f8", uncertainty[rows]),
                None if no_line else (">i4", line[rows]),
            ]
            yield _rows(fields, count)


def _word(text: str):
    data = text.encode()
    return f"S{len(data)}", data


def _rows(fields, count: int) -> bytes:
    """Rows in PostgreSQL's binary COPY format: number of fields, then of each its length (-1 for null) and bytes."""
    layout = [("fields", ">i2")]
    for place, field in enumerate(fields):
        layout.append((f"length{place}", ">i4"))
        if field is not None and field[0] != "S0":
            layout.append((f"value{place}", field[0]))
    table = np.zeros(count, dtype=layout)
    table["fields"] = len(fields)
    for place, field in enumerate(fields):
        if field is None:
            table[f"length{place}"] = -1
            continue
        kind, content = field
        table[f"length{place}"] = 0 if kind == "S0" else table.dtype[f"value{place}"].itemsize
        if kind != "S0":
            table[f"value{place}"] = content
    return table.tobytes()
