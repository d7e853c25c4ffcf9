"""The seven census tables: both header styles, the figures, the quirks."""

import pytest

from lsoa.models import Area, Dataset, Indicator, IndicatorValue, LoadReject

from . import published
from .published import CODES, WELSH


def figures(indicator):
    values = IndicatorValue.objects.filter(indicator__code=indicator).order_by("area__code")
    return [row.value if row.value is not None else row.missing_reason for row in values]


@pytest.mark.parametrize(
    ("table", "cells", "expected"),
    [
        ("TS003", [200, 80, 30], {"lives_alone66_share": 15.0}),
        ("TS007A", [1000, 50, 40, 30, 10], {"population": 1000.0, "age75_share": 8.0}),
        # Parents and children stand side by side: White is not added to White: Irish.
        ("TS021", [1000, 100, 850, 50], {"ethnic_minority_share": 15.0}),
        ("TS029", [800, 6, 2], {"low_english_share": 1.0}),
        ("TS037", [1000, 40, 15], {"bad_health_share": 5.5}),
        ("TS039", [900, 18], {"unpaid_care_50h_share": 2.0}),
        ("TS045", [400, 100], {"households": 400.0, "no_car_share": 25.0}),
    ],
)
def test_each_table_gives_its_indicators(boundaries, load, tmp_path, table, cells, expected):
    outcome = load(published.nomis(tmp_path / "any_name.csv.gz", table, dict.fromkeys([*CODES, WELSH], cells)))
    assert outcome.state == "loaded"
    assert outcome.dataset.publication == f"census2021-{table.lower()}"
    assert outcome.quality["skipped"] == {"Welsh rows": 1}
    assert {code: figures(code) for code in expected} == {code: [figure] * 3 for code, figure in expected.items()}
    assert set(Indicator.objects.values_list("code", flat=True)) == set(expected)


def test_quirks_of_exports_are_read(boundaries, load, tmp_path):
    rows = {CODES[0]: ["1,000", 0, "40.0", "30", "10"], CODES[1]: [500, 0, 0, 0, 0], CODES[2]: [2000, 0, 50, 50, 60]}
    path = published.nomis(tmp_path / "t.csv", "TS007A", rows, bom=True, newline="\r\n", final_newline=False)
    assert load(path).state == "loaded"
    assert figures("age75_share") == [8.0, 0.0, 8.0]
    assert figures("population") == [1000.0, 500.0, 2000.0]


def test_blank_suppressed_and_empty_areas_stay_apart(boundaries, load, tmp_path):
    rows = {CODES[0]: [1000, "", 15], CODES[1]: [1000, "*", ""], CODES[2]: [0, 0, 0]}
    outcome = load(published.nomis(tmp_path / "t.csv", "TS037", rows))
    assert figures("bad_health_share") == ["blank", "suppressed", "not_applicable"]
    assert outcome.quality["indicators"]["bad_health_share"]["missing"] == {
        "blank": 1,
        "suppressed": 1,
        "not_applicable": 1,
    }
    assert not LoadReject.objects.exists()
    profile = Area.objects.with_profile().get(code=CODES[1]).profile
    assert profile.values == {"bad_health_share": None}
    assert profile.missing == {"bad_health_share": "suppressed"}


def test_bad_rows_are_counted_with_line_and_reason_and_good_ones_load(boundaries, load, tmp_path):
    rows = [
        (CODES[0], [1000, 40, 15]),
        (CODES[0], [900, 1, 1]),
        ("E01099999", [1000, 40, 15]),
        ("", [1000, 40, 15]),
        ("Birmingham", [1000, 40, 15]),
        (CODES[1], ["n/a", 40, 15]),
        (CODES[2], [1000, 900, 200]),
    ]
    outcome = load(published.nomis(tmp_path / "t.csv", "TS037", rows))
    assert list(LoadReject.objects.order_by("line").values_list("line", "code", "reason")) == [
        (3, CODES[0], "duplicate of line 2"),
        (4, "E01099999", "unknown area code"),
        (5, "", "no area code"),
        (6, "Birmingham", "not the code of an LSOA"),
        (7, CODES[1], "General health: Total: All usual residents: 'n/a' is not a number"),
        (8, CODES[2], "bad_health_share 110 is not within 0 to 100"),
    ]
    assert figures("bad_health_share") == [5.5, "out_of_range"]
    assert (outcome.dataset.rows_read, outcome.dataset.rows_rejected) == (7, 6)
    assert outcome.quality["indicators"]["bad_health_share"]["areas_without"] == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"headings": ["General health: Total: All usual residents", "General health: Bad health", "Another"]},
            "expected the column 'General health: Very bad health'",
        ),
        ({"rows": {"E01000901": [1, 0, 0], "E01000902": [1, 0, 0], "E01000903": [1, 0, 0]}}, "codes of 2011"),
    ],
)
def test_wrong_columns_and_wrong_vintage_are_refused_whole(boundaries, load, tmp_path, change, message):
    rows = change.get("rows", dict.fromkeys(CODES, [1000, 40, 15]))
    outcome = load(published.nomis(tmp_path / "t.csv", "TS037", rows, headings=change.get("headings")))
    assert outcome.state == "refused"
    assert message in outcome.message
    assert not IndicatorValue.objects.exists()
    assert Dataset.objects.count() == 1


def test_a_city_file_of_the_other_vintage_is_refused_by_the_codes_that_ended(load, tmp_path, monkeypatch, no_map):
    from lsoa.sources import tables

    monkeypatch.setattr(tables, "NATIONAL_AREAS", 3)
    load(published.boundaries(tmp_path / "b.geojson"))
    monkeypatch.setattr(tables, "NATIONAL_AREAS", 30_000)
    rows = dict.fromkeys([CODES[0], "E01000999"], [1000, 40, 15])
    outcome = load(published.nomis(tmp_path / "t.csv", "TS037", rows))
    assert outcome.state == "refused"
    assert "1 codes that ended with 2011" in outcome.message
    assert not IndicatorValue.objects.exists()


def test_another_census_year_is_refused(boundaries, load, tmp_path):
    path = published.nomis(tmp_path / "t.csv", "TS037", dict.fromkeys(CODES, [1000, 40, 15]))
    path.write_text(path.read_text().replace("2021,Test", "2011,Test"))
    assert "expected the date 2021, found 2011" in load(path).message


@pytest.mark.parametrize("where", [2, 3])
def test_a_row_with_too_many_cells_is_rejected(boundaries, load, tmp_path, where):
    path = published.nomis(tmp_path / "t.csv", "TS037", dict.fromkeys(CODES, [1000, 40, 15]))
    lines = path.read_text().splitlines()
    lines[where - 1] = lines[where - 1].replace(",1000,", ",1,000,")
    path.write_text("\n".join(lines))
    outcome = load(path)
    assert list(LoadReject.objects.values_list("line", "reason")) == [(where, "more than 6 cells")]
    assert (outcome.dataset.rows_read, len(figures("bad_health_share"))) == (3, 2)


def test_text_in_another_encoding_is_refused(boundaries, load, tmp_path):
    path = published.nomis(tmp_path / "t.csv", "TS037", dict.fromkeys(CODES, [1000, 40, 15]))
    path.write_bytes(path.read_bytes().replace(b"Testford", b"Testf\xf4rd"))
    assert "UTF-8" in load(path).message


def test_a_truncated_table_is_refused_whole(boundaries, load, tmp_path):
    rows = {f"E0103{n:04d}": [1000 + n, n % 50, n % 7] for n in range(5_000, 9_000)}
    path = published.nomis(tmp_path / "t.csv.gz", "TS037", rows)
    path.write_bytes(path.read_bytes()[:-200])
    outcome = load(path)
    assert outcome.state == "refused" and "truncated" in outcome.message
    assert not IndicatorValue.objects.exists()


def test_without_national_boundaries_other_areas_are_counted_rather_than_rejected(load, tmp_path):
    load(published.boundaries(tmp_path / "b.geojson", codes=CODES[:1]))
    outcome = load(published.nomis(tmp_path / "t.csv", "TS037", dict.fromkeys(CODES, [1000, 40, 15])))
    assert outcome.quality["skipped"] == {"rows about areas that are not loaded": 2}
    assert not LoadReject.objects.exists()
    assert figures("bad_health_share") == [5.5]
