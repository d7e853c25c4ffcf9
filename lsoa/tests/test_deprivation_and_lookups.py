"""IoD 2025 File 1."""

import pytest

from lsoa.models import Area, IndicatorValue, LoadReject

from . import published
from .published import CODES, IOD_HEADINGS

ROWS = [(CODES[0], 1, 1), (CODES[1], 26525, 8), (CODES[2], 33755, 10)]


def test_the_heading_cut_at_80_characters_is_the_published_one():
    assert len(IOD_HEADINGS[5]) == 80


@pytest.mark.parametrize("decile_heading", [IOD_HEADINGS[5], IOD_HEADINGS[5] + "s)"])
def test_rank_and_decile_are_read_under_the_cut_and_the_full_heading(boundaries, load, tmp_path, decile_heading):
    outcome = load(published.iod2025(tmp_path / "f.xlsx", ROWS, headings=[*IOD_HEADINGS[:5], decile_heading]))
    assert outcome.state == "loaded", outcome.message
    profile = Area.objects.with_profile().get(code=CODES[1]).profile
    assert profile.values == {"imd_rank": 26525, "imd_decile": 8}
    assert profile.datasets["imd_rank"] == str(outcome.dataset.pk)
    assert IndicatorValue.objects.filter(period="2025", method="published").count() == 6


def test_text_blank_and_withheld_cells(boundaries, load, tmp_path):
    rows = [(CODES[0], "26,525", "8"), (CODES[1], None, "*"), (CODES[2], 33755, 10)]
    load(published.iod2025(tmp_path / "f.xlsx", rows))
    profiles = {area.code: area.profile for area in Area.objects.with_profile()}
    assert profiles[CODES[0]].values == {"imd_rank": 26525, "imd_decile": 8}
    assert profiles[CODES[1]].missing == {"imd_rank": "blank", "imd_decile": "suppressed"}


def test_impossible_ranks_and_words_are_reported_with_their_line(boundaries, load, tmp_path):
    load(published.iod2025(tmp_path / "f.xlsx", [(CODES[0], 40000, 11), (CODES[1], "first", 1), (CODES[2], 5, 1)]))
    assert set(LoadReject.objects.values_list("line", "reason")) == {
        (2, "imd_rank 40000 is not within 1 to 33755"),
        (2, "imd_decile 11 is not within 1 to 10"),
        (3, "imd_rank: 'first' is not a number"),
    }


def test_a_workbook_of_2019_is_refused(boundaries, load, tmp_path):
    headings = [heading.replace("2021", "2011") for heading in IOD_HEADINGS]
    outcome = load(published.iod2025(tmp_path / "f.xlsx", ROWS, headings=headings))
    assert outcome.state == "refused"
    assert outcome.message == "expected the heading 'LSOA code (2021)', found 'LSOA code (2011)'"
    assert not IndicatorValue.objects.exists()


def test_a_workbook_without_rank_is_refused(boundaries, load, tmp_path):
    outcome = load(published.iod2025(tmp_path / "f.xlsx", ROWS, headings=[*IOD_HEADINGS[:4], "Income Rank", "x"]))
    assert outcome.state == "refused" and "(IMD) Rank" in outcome.message


def test_another_workbook_is_skipped_by_name(boundaries, load, tmp_path):
    outcome = load(published.iod2025(tmp_path / "file_3.xlsx", ROWS, sheet="IoD2025 IDACI & IDAOPI"))
    assert outcome.state == "skipped"
