"""Properties of the adapters of census and deprivation: whatever the bytes, they answer in words or with rows.

A file is either read (bad rows reported with their line), refused, or not recognised; nothing else may happen. And what
the writers of the tests write is what comes out again.
"""

import csv
import io
import random
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lsoa.loading.report import QualityReport
from lsoa.sources.base import Refused
from lsoa.sources.census import NOMIS_TABLES
from lsoa.sources.delimited import delimiter_of, first_rows
from lsoa.sources.deprivation import DEPRIVATION
from lsoa.sources.material import FileMaterial
from lsoa.sources.tables import as_numbers, read_csv

from . import published_census, published_deprivation
from .published_census import HEADINGS
from .reading import read

MINE = {source.key for source in [*NOMIS_TABLES, *DEPRIVATION]}
CODES = [f"E0100{n:04d}" for n in range(40)]
KINDS = ["index", "domains", "supplementary", "scores", "populations", "all", "transformed"]
quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def outcome_of(data: bytes, name: str):
    """Rows, or the words of the refusal; every chunk is whole and every reject has a line of the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        try:
            found = read(path)
        except Refused as refusal:
            assert refusal.expected and refusal.found
            assert "\n" not in refusal.expected
            return str(refusal)
    if found is None:
        return None
    assert found.source.key in MINE
    for chunk in found.chunks:
        missing = np.isnan(chunk.value)
        assert not np.isinf(chunk.value).any()
        assert all((reason != "") == gap for reason, gap in zip(chunk.reason, missing, strict=True))
        assert all(line > 1 for line in chunk.line)
    assert all(line > 1 and reason for line, _, reason in found.report.rejects)
    return found


def seed_files() -> dict[str, bytes]:
    """One small valid file of each kind and packing."""
    made = []
    with tempfile.TemporaryDirectory() as folder:
        for table in ("TS003", "TS007A", "TS037"):
            rows = {code: dict.fromkeys(HEADINGS[table][1:], 10 + n) for n, code in enumerate(CODES)}
            made.append(published_census.nomis(Path(folder) / f"{table}.csv", table, rows))
        made.append(published_census.nomis(Path(folder) / "packed.csv.gz", "TS021", {CODES[0]: {}}))
        ranks = [(code, 1 + 700 * n) for n, code in enumerate(CODES)]
        for name, kind, release in (
            ("a.csv", "index", "2019"),
            ("b.csv", "domains", "2025"),
            ("c.csv", "all", "2025"),
            ("d.xlsx", "index", "2025"),
            ("e.csv.gz", "populations", "2019"),
        ):
            made.append(published_deprivation.published(Path(folder) / name, kind, release, ranks))
        return {path.name: path.read_bytes() for path in made}


SEEDS = seed_files()
INSERTED = [b'"', b",", b"\n", b"\r\n", b"\r", b"\0", b";", b"\xe9", b"#REF!", b"1.2E+05", b"\xef\xbb\xbf"]


@given(st.binary(max_size=400), st.sampled_from(["f.csv", "f.csv.gz", "f.xlsx", "f.zip"]))
@settings(quick, max_examples=150)
def test_arbitrary_bytes_never_crash(data, name):
    outcome_of(data, name)
    for magic in (b"\x1f\x8b\x08\0", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"\xef\xbb\xbf"):
        outcome_of(magic + data, name)


@given(st.text(alphabet='ab1,;"\n\r\t| .é\0', max_size=200))
@settings(quick, max_examples=200)
def test_arbitrary_text_has_rows_of_as_many_cells_as_headings_or_is_refused(text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "f.csv"
        path.write_bytes(text.encode())
        material = FileMaterial(path)
        report = QualityReport()
        names = list(dict.fromkeys(material.columns))
        try:
            frame = read_csv(material, names, names, report)
        except Refused:
            return
        lines = text.count("\n") + 1
        assert all(1 < line <= lines for line in frame.index)
        assert list(frame.index) == sorted(set(frame.index))
        assert all(1 < line <= lines for line, _, _ in report.rejects)
        assert not set(frame.index) & {line for line, _, _ in report.rejects}


@given(st.sampled_from(sorted(SEEDS)), st.data())
@settings(quick, max_examples=200)
def test_cut_flipped_and_repeated_bytes_never_crash(name, data):
    content = bytearray(SEEDS[name])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, max(len(content) - 1, 0)))
        match data.draw(st.sampled_from(["cut", "flip", "insert", "repeat", "drop"])):
            case "cut":
                content = content[:place]
            case "flip" if content:
                content[min(place, len(content) - 1)] ^= data.draw(st.integers(1, 255))
            case "insert":
                content[place:place] = data.draw(
                    st.sampled_from([b'"', b",", b"\n", b"\r\n", b"\0", b";", b"\xe9", b"#REF!"])
                )
            case "repeat":
                content[place:place] = content[place : place + 200]
            case _:
                del content[place : place + data.draw(st.integers(1, 50))]
    outcome_of(bytes(content), name)


@given(st.sampled_from([name for name in sorted(SEEDS) if name.endswith(".csv")]), st.randoms(use_true_random=False))
@quick
def test_shuffled_columns_and_repeated_rows_give_the_same_figures(name, chance: random.Random):
    content = SEEDS[name]
    before = outcome_of(content, name)
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    order = list(range(len(lines[0])))
    chance.shuffle(order)
    rows = lines[1:] + [chance.choice(lines[1:]) for _ in range(3)]
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([[line[place] for place in order] for line in [lines[0], *rows]])
    after = outcome_of(buffer.getvalue().encode(), name)
    assert after.indicators == before.indicators
    for indicator in before.indicators:
        assert after.figures(indicator) == before.figures(indicator)
    assert after.report.rows_read == before.report.rows_read + 3


@given(
    st.sampled_from(sorted(HEADINGS)),
    st.lists(st.integers(0, 5000), min_size=1, max_size=25),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["\n", "\r\n"]),
)
@quick
def test_what_the_writer_of_census_tables_writes_is_what_comes_out(table, totals, bom, final_newline, newline):
    first = HEADINGS[table][1]
    part = HEADINGS[table][-1]
    rows = {code: {first: total, part: total // 3} for code, total in zip(CODES, totals, strict=False)}
    with tempfile.TemporaryDirectory() as folder:
        path = published_census.nomis(
            Path(folder) / "f.csv.gz", table, rows, bom=bom, newline=newline, final_newline=final_newline
        )
        found = read(path)
    adapter = next(source for source in NOMIS_TABLES if source.key == found.source.key)
    for share in adapter.table.shares:
        figures = found.figures(share.indicator)
        assert list(figures) == list(rows)
        for code, cells in rows.items():
            whole = cells[first]
            counted = sum(cells.get(category, 0) for category in share.parts)
            if not share.parts:
                assert figures[code] == whole
            elif not whole:
                assert figures[code] == "not_applicable"
            else:
                expected = 100 * (whole - counted if share.complement else counted) / whole
                assert figures[code] == pytest.approx(expected, abs=5.1e-5)


@given(
    st.sampled_from(KINDS),
    st.sampled_from(["2019", "2025"]),
    st.lists(st.integers(1, 32_844), min_size=1, max_size=25, unique=True),
    st.sampled_from(["f.csv", "f.csv.gz", "f.xlsx"]),
)
@quick
def test_what_the_writer_of_the_indices_writes_is_what_comes_out(kind, release, ranks, name):
    pairs = list(zip(CODES, ranks, strict=False))
    with tempfile.TemporaryDirectory() as folder:
        found = read(published_deprivation.published(Path(folder) / name, kind, release, pairs))
    assert not found.report.rejects
    assert len(found.chunks) == len(published_deprivation.headings(kind, release))
    for chunk, heading in zip(found.chunks, published_deprivation.headings(kind, release), strict=True):
        expected = [published_deprivation.figure(heading, rank, release) for _, rank in pairs]
        assert list(chunk.value) == expected and list(chunk.code) == [code for code, _ in pairs]


@given(
    st.lists(
        st.one_of(st.floats(allow_nan=False, allow_infinity=False, width=32), st.integers(-(10**9), 10**9)), min_size=1
    )
)
@quick
def test_numbers_survive_every_way_of_writing_them(numbers):
    for style in ("{!r}", "{:,}", " {} "):
        values, reasons, unreadable = as_numbers([style.format(number) for number in numbers])
        exact = [not u for u in unreadable]
        # Python itself writes very large floats as 1e+16: small e, all digits kept.
        assert all(exact) and list(values) == [float(number) for number in numbers] and set(reasons) == {""}


@given(st.text(max_size=30))
@settings(quick, max_examples=300)
def test_a_cell_is_a_number_or_blank_or_withheld_or_unreadable(cell):
    values, reasons, unreadable = as_numbers([cell])
    states = [not np.isnan(values[0]), reasons[0] != "", bool(unreadable[0])]
    assert sum(states) == 1


@given(st.text(max_size=300))
@quick
def test_heads_of_text_are_looked_at_without_a_crash(text):
    assert len(first_rows(text, delimiter_of(text))) <= 20
