"""Readers of files about practices, with whatever may stand in them: they refuse or reject, and never break."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lsoa.loading.context import LoadContext
from lsoa.loading.report import QualityReport
from lsoa.sources.base import Refused
from lsoa.sources.material import FileMaterial
from lsoa.sources.practices.dates import read_date, read_dates
from lsoa.sources.registry import source_for

from . import published
from . import published_practices as files

ANYTHING = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0\r\n"), max_size=12)
DAYS = st.dates(date(1948, 7, 5), date(2047, 12, 31))
STYLES = ["%Y-%m-%d", "%Y%m%d", "%d/%m/%Y", "%d%b%Y", "%d-%b-%y", "%d %B %Y"]
CODES = st.integers(0, 99_999).map(lambda n: f"A{n:05d}")
QUICK = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def chunks(path):
    """What the adapter of a file yields, and its report."""
    material, report = FileMaterial(path), QualityReport()
    source = source_for(material)
    source.release(material)
    return list(source.rows(material, LoadContext(report=report))), report


@given(DAYS, st.sampled_from(STYLES), st.booleans())
def test_every_day_is_read_back_from_every_style(day, style, upper):
    text = day.strftime(style)
    assert read_date(text.upper() if upper else text) == day


@given(st.lists(ANYTHING, max_size=20))
@example(["²³²³-²²-²²", "١٢/١٢/٢٠٢٠", "0000-00-00", "99999999"])
def test_no_cell_breaks_the_reader_of_days(cells):
    days, unreadable = read_dates(pd.Series(cells, dtype=object))
    assert len(days) == len(unreadable) == len(cells)
    assert all(day is None or isinstance(day, date) for day in days)


@QUICK
@given(st.dictionaries(CODES, st.tuples(st.integers(0, 999), st.integers(0, 999)), min_size=1, max_size=5))
def test_lists_come_back_as_they_were_written(tmp_path, lists):
    (chunk,), report = chunks(files.quinary(tmp_path / "q.zip", lists))
    found = zip(chunk.columns["practice_code"], chunk.columns["female"], chunk.columns["male"], strict=True)
    assert {code: (female, male) for code, female, male in found} == {
        code: ([float(female)] * 20, [float(male)] * 20) for code, (female, male) in lists.items()
    }
    assert report.rows_read == 3 * 43 * len(lists) and not report.rejects


@QUICK
@given(st.dictionaries(CODES, st.integers(0, 100), min_size=1, max_size=8))
def test_registers_come_back_as_they_were_written(tmp_path, registers):
    rows = [[code, "AF", f"{number}.0", "TOTAL", 100] for code, number in registers.items()]
    headings = ["PRACTICE_CODE", "GROUP_CODE", "REGISTER", "PATIENT_LIST_TYPE", "PRACTICE_LIST_SIZE"]
    (chunk, *_), report = chunks(published.csv_file(tmp_path / "PREVALENCE_2425.csv", [headings, *rows]))
    found = dict(zip(chunk.columns["practice_code"], chunk.columns["patients"], strict=True))
    assert found == registers and not report.rejects


@pytest.mark.django_db
@QUICK
@given(st.data(), st.sampled_from(["map", "quinary", "totals", "patients", "payments", "directory"]))
def test_whatever_stands_in_a_cell_is_rejected_or_read(tmp_path, data, kind):
    one = "A99001"
    path = {
        "map": lambda: files.practice_map(tmp_path / "f.csv", [(one, "TE1 1ST", "U99001")] * 2),
        "quinary": lambda: files.quinary(tmp_path / "f.csv", {one: (1, 2)}, levels=()),
        "totals": lambda: files.list_totals(tmp_path / "f.csv", [(one, 5), ("A99002", 6)]),
        "patients": lambda: files.patients_by_area(tmp_path / "f.csv", [(one, "E01000901", "ALL", 3)] * 2),
        "payments": lambda: files.payments(
            tmp_path / "f.csv", [(one, "U1", "01/04/1974", "", "GP practice", "Urban", 9)]
        ),
        "directory": lambda: files.epraccur(
            tmp_path / "f.csv", [(one, "ACTIVE", "RO76"), ("A99002", "ACTIVE", "RO76")]
        ),
    }[kind]()
    frame = pd.read_csv(path, header=None, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    row, column = data.draw(st.integers(1, len(frame) - 1)), data.draw(st.integers(0, frame.shape[1] - 1))
    frame.iat[row, column] = data.draw(ANYTHING)
    frame.to_csv(path, header=False, index=False)
    try:
        found, report = chunks(path)
    except Refused as refusal:
        assert refusal.expected and refusal.found
        return
    assert all(line <= len(frame) for line, _, _ in report.rejects)
    assert all(len(chunk) <= len(frame) for chunk in found)


def test_a_day_after_is_a_day_later():
    assert read_date("01MAR2024") - read_date("29FEB2024") == timedelta(days=1)
