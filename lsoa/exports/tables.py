"""CSV: a table with one row per area, or one row per figure with its own source."""

import csv
import io
from collections.abc import Iterable, Iterator

import numpy as np
from django.db import connection

from lsoa.models import Dataset

from .about import SIGNS, About
from .contents import Block, Contents

FIGURE_HEADINGS = (
    "area_code", "area_name", "indicator", "indicator_name", "unit", "period", "value", "missing", "method",
    "uncertainty", "line", "dataset", "title", "release", "publisher", "licence",
)  # fmt: skip
# The figures of a block as rows of the table of values, found through its unique index.
FIGURES = """
SELECT w.area, w.indicator, v.period, v.method, v.uncertainty, v.line
FROM unnest(%s::bigint[], %s::bigint[], %s::uuid[]) AS w(area, indicator, dataset)
JOIN lsoa_indicatorvalue v ON v.dataset_id = w.dataset AND v.indicator_id = w.indicator AND v.area_id = w.area
"""


def area_table(contents: Contents, *, notes: bool = True) -> Iterator[bytes]:
    """Yield a CSV with one row per area and one column per indicator (UTF-8 with a byte order mark for Excel).

    With notes the first lines, each after "# ", say source, licence, date and filters, and missing figures carry
    the sign of their reason; without notes the table starts in the first line and missing figures are empty.
    """
    yield b"\xef\xbb\xbf"
    if notes:
        yield _notes(About.of(contents))
    yield _lines([[*contents.headings, *contents.codes]])
    for block in contents.blocks():
        cells = _cells(block, notes)
        yield _lines([*row.values(), *figures] for row, figures in zip(block.rows, cells, strict=True))


def figure_table(contents: Contents, *, notes: bool = True) -> Iterator[bytes]:
    """Yield a CSV with one row per figure, each with unit, period, method, line in the file, source and licence."""
    yield b"\xef\xbb\xbf"
    about = About.of(contents)
    if notes:
        yield _notes(about)
    yield _lines([FIGURE_HEADINGS])
    sources = {str(dataset.pk): dataset for dataset in about.sources}
    for block in contents.blocks():
        yield _lines(_figures(block, contents, sources))


def _notes(about: About) -> bytes:
    return "".join(f"# {' '.join(sentence.split())}\r\n" for sentence in about.sentences()).encode()


def _lines(rows: Iterable[Iterable]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([safe_cell(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode()


def safe_cell(cell):
    """Text that a spreadsheet would run as a formula is kept text (OWASP, CSV injection)."""
    if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{cell}"
    return "" if cell is None else cell


def _cells(block: Block, notes: bool) -> list[list]:
    """Figures as they were published: repr of a float is the shortest text that reads back the same."""
    cells = np.array([[_number(value) for value in row] for row in block.values.tolist()], dtype=object)
    cells = cells.reshape(block.values.shape)
    gaps = np.isnan(block.values)
    if gaps.any():
        cells[gaps] = [SIGNS[reason] for reason in block.missing[gaps]] if notes else ""
    return cells.tolist()


def _number(value: float):
    return int(value) if value == value and value.is_integer() else value


def _figures(block: Block, contents: Contents, sources: dict[str, Dataset]) -> Iterator[list]:
    details = _details(block, contents)
    for row, (area, headings) in enumerate(zip(block.area_ids.tolist(), block.rows, strict=True)):
        for column, indicator in enumerate(contents.indicators):
            dataset = sources.get(block.datasets[row, column])
            if dataset is None:
                # Nothing was ever loaded of this indicator for this area.
                continue
            value = block.values[row, column]
            period, method, uncertainty, line = details[area, indicator.pk]
            yield [
                headings["area_code"], headings["area_name"], indicator.code, indicator.name, indicator.unit, period,
                "" if np.isnan(value) else _number(float(value)), block.missing[row, column], method, uncertainty, line,
                str(dataset.pk), dataset.title, dataset.release, dataset.publisher, dataset.licence,
            ]  # fmt: skip


def _details(block: Block, contents: Contents) -> dict[tuple[int, int], tuple]:
    """(period, method, uncertainty, line) by area and indicator."""
    rows, columns = np.nonzero(block.datasets != "")
    keys = np.array([indicator.pk for indicator in contents.indicators])
    with connection.cursor() as cursor:
        cursor.execute(
            FIGURES,
            [block.area_ids[rows].tolist(), keys[columns].tolist() if len(columns) else [],
             block.datasets[rows, columns].tolist()],
        )  # fmt: skip
        return {(area, indicator): tuple(rest) for area, indicator, *rest in cursor.fetchall()}
