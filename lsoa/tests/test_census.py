"""The nineteen census tables: both header styles, the figures, the quirks."""

import pytest

from lsoa.catalogue import CATALOGUE
from lsoa.models import Area, Dataset, Indicator, IndicatorValue, LoadReject
from lsoa.sources.base import Refused
from lsoa.sources.census.tables import TABLES

from . import published, published_census
from .published import CODES, WELSH
from .published_census import HEADINGS
from .reading import read


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
    shares = next(each.shares for each in TABLES if each.name == table)
    assert set(Indicator.objects.values_list("code", flat=True)) == {share.indicator for share in shares}


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
    assert profile.values["bad_health_share"] is None
    assert profile.missing["bad_health_share"] == "suppressed"


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
    assert list(LoadReject.objects.values_list("line", "reason")) == [(where, "more than 9 cells")]
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


@pytest.mark.parametrize("suffix", [True, False])
@pytest.mark.parametrize("table", list(HEADINGS))
def test_every_table_is_read_in_both_header_styles(tmp_path, table, suffix):
    rows = {code: dict.fromkeys(HEADINGS[table][1:], 10) for code in CODES}
    found = read(published_census.nomis(tmp_path / "f.csv.gz", table, rows, suffix=suffix))
    shares = next(each.shares for each in TABLES if each.name == table)
    assert found.source.key == f"census2021-{table.lower()}"
    assert found.indicators == {share.indicator for share in shares} <= set(CATALOGUE)
    assert all(len(chunk) == 3 for chunk in found.chunks)
    assert not found.report.rejects


# What each table makes of an area whose parents and children add up.
WORKED = [
    ("TS001", {"Total": 200, "Lives in a communal establishment": 10}, {"communal_share": 5}),
    (
        "TS003",
        {
            "Total": 200,
            "One person household": 60,
            "One person household: Aged 66 years and over": 20,
            "One person household: Other": 40,
            "Single family household: Lone parent family": 30,
            "Single family household: Lone parent family: With dependent children": 10,
            "Single family household: Cohabiting couple family": 20,
            "Single family household: Cohabiting couple family: No children": 6,
            "Single family household: Married or civil partnership couple: No children": 14,
        },
        {
            "lives_alone_share": 30,
            "lives_alone66_share": 10,
            "lives_alone_under66_share": 20,
            "lone_parent_share": 15,
            "lone_parent_dependent_children_share": 5,
            "couple_no_children_share": 10,
        },
    ),
    ("TS006", {"Persons per square kilometre": 5432.9}, {"population_density": 5432.9}),
    (
        "TS007A",
        {"Total": 1000, "Aged 4 years and under": 50, "Aged 65 to 69 years": 40, "Aged 85 years and over": 20},
        {
            "population": 1000,
            "age0_4_share": 5,
            "age65_69_share": 4,
            "age65_share": 6,
            "age75_share": 2,
            "age85_share": 2,
        },
    ),
    (
        "TS011",
        {
            "Total: All households": 50,
            "Household is deprived in three dimensions": 4,
            "Household is deprived in four dimensions": 1,
        },
        {"household_deprived3_share": 10, "household_deprived2_share": 0},
    ),
    (
        "TS017",
        {
            "Total: All household spaces": 100,
            "5 people in household": 3,
            "8 or more people in household": 1,
            "3 people in household": 9,
        },
        {"household_size5_share": 4, "household_size3_4_share": 9},
    ),
    (
        "TS021",
        {
            "Total: All usual residents": 100,
            "White": 80,
            "White: Irish": 5,
            "White: Roma": 1,
            "Mixed or Multiple ethnic groups": 20,
            "Mixed or Multiple ethnic groups: White and Asian": 20,
        },
        {"white_share": 80, "ethnic_minority_share": 20, "mixed_ethnic_share": 20, "gypsy_roma_traveller_share": 1},
    ),
    (
        "TS025",
        {"Total: All households": 100, HEADINGS["TS025"][-1]: 6, HEADINGS["TS025"][-2]: 4},
        {"no_english_household_share": 6, "no_english_adult_share": 10, "mixed_language_household_share": 0},
    ),
    (
        "TS037",
        {"Total: All usual residents": 100, "Very good health": 50, "Good health": 30, "Very bad health": 2},
        {"good_health_share": 80, "very_bad_health_share": 2, "bad_health_share": 2},
    ),
    (
        "TS038",
        {
            "Total: All usual residents": 100,
            "Disabled under the Equality Act": 20,
            "Disabled under the Equality Act: Day-to-day activities limited a lot": 9,
        },
        {"disabled_share": 20, "disabled_lot_share": 9, "disabled_little_share": 0},
    ),
    (
        "TS039",
        {
            "Total: All usual residents aged 5 and over": 100,
            "Provides no unpaid care": 90,
            "Provides 20 to 49 hours unpaid care a week": 4,
            "Provides 20 to 34 hours unpaid care a week": 4,
        },
        {"unpaid_care_share": 10, "unpaid_care_20h_share": 4},
    ),
    (
        "TS040",
        {
            "Total: All households": 100,
            "No people disabled under the Equality Act in household": 70,
            "2 or more people disabled under the Equality Act in household": 8,
        },
        {"disabled_household_share": 30, "disabled2_household_share": 8},
    ),
    ("TS041", {"Number of households": 966}, {"households_total": 966}),
    (
        "TS054",
        {
            "Total: All households": 100,
            "Owned": 60,
            "Owned: Owns outright": 40,
            "Social rented": 20,
            "Social rented: Other social rented": 20,
        },
        {"owned_share": 60, "owned_outright_share": 40, "social_rented_share": 20, "private_rented_share": 0},
    ),
    (
        "TS062",
        {
            HEADINGS["TS062"][1]: 100,
            "L12 Semi-routine occupations": 6,
            "L13 Routine occupations": 4,
            "L15 Full-time students": 5,
        },
        {"routine_share": 10, "student_share": 5, "managerial_share": 0},
    ),
    (
        "TS067",
        {
            HEADINGS["TS067"][1]: 100,
            "No qualifications": 18,
            "Level 2 qualifications": 10,
            "Level 1 and entry level qualifications": 5,
        },
        {"no_qualifications_share": 18, "low_qualifications_share": 15, "degree_share": 0},
    ),
]


@pytest.mark.parametrize(("table", "cells", "expected"), WORKED)
def test_parents_and_children_are_never_counted_twice(tmp_path, table, cells, expected):
    found = read(published_census.nomis(tmp_path / "f.csv", table, {CODES[0]: cells}))
    assert {code: found.figures(code)[CODES[0]] for code in expected} == expected


def test_columns_may_stand_in_any_order(tmp_path):
    rows = {code: {"Total: All usual residents": 100, "Bad health": 7} for code in CODES}
    path = published_census.nomis(tmp_path / "f.csv", "TS037", rows, order=[8, 3, 5, 2, 4, 1, 0, 7, 6])
    assert read(path).figures("bad_health_share") == dict.fromkeys(CODES, 7)


def test_single_years_of_age_are_another_table(tmp_path):
    columns = ["Age: Total", "Age: Aged under 1 year", *(f"Age: Aged {age} years" for age in range(1, 100))]
    assert (
        read(published.nomis(tmp_path / "f.csv", "TS007A", dict.fromkeys(CODES, [1] * 101), headings=columns)) is None
    )


def test_people_come_in_whole_numbers_and_none_below_zero(tmp_path):
    rows = {
        CODES[0]: {"Total: All usual residents": 100, "Bad health": -7},
        CODES[1]: {"Total: All usual residents": 100.5},
        CODES[2]: {"Total: All usual residents": 100, "Fair health": "01/09/2020"},
    }
    found = read(published_census.nomis(tmp_path / "f.csv", "TS037", rows))
    assert found.rejects == [
        (2, "General health: Bad health: -7 is no count"),
        (3, "General health: Total: All usual residents: 100.5 is no count"),
        (4, "General health: Fair health: '01/09/2020' is a date, not a number"),
    ]
    assert found.figures("bad_health_share") == {}
    density = {CODES[0]: {"Persons per square kilometre": -0.1}, CODES[1]: {"Persons per square kilometre": 0.1}}
    found = read(published_census.nomis(tmp_path / "g.csv", "TS006", density))
    assert found.rejects == [(2, "Population Density: Persons per square kilometre: -0.1 is no density")]


def test_rows_of_other_countries_are_counted_apart(tmp_path):
    rows = dict.fromkeys([CODES[0], WELSH, "S01006506", "N20000001", "95AA01S1", "K04000001"], {"Total": 10})
    found = read(published_census.nomis(tmp_path / "f.csv", "TS007A", rows))
    assert found.report.skipped == {"Welsh rows": 1, "Scottish and Northern Irish rows": 3}
    assert found.rejects == [(7, "not the code of an LSOA")]


def test_a_missing_category_is_named_with_the_headings_found(tmp_path):
    columns = published_census.headings("TS054")
    columns.remove("Tenure of household: Private rented")
    path = published.nomis(tmp_path / "f.csv", "TS054", dict.fromkeys(CODES, [1] * 12), headings=columns)
    with pytest.raises(Refused) as refusal:
        read(path)
    assert refusal.value.expected == "the column 'Tenure of household: Private rented'"
    assert "Tenure of household: Owned" in refusal.value.found


def test_every_indicator_of_the_census_is_in_the_catalogue_once():
    named = [share.indicator for table in TABLES for share in table.shares]
    assert len(named) == len(set(named)) == 90
    assert {CATALOGUE[code].unit for code in named} == {
        "%", "residents", "households", "people per km²",
    }  # fmt: skip
    assert all(CATALOGUE[code].description and CATALOGUE[code].theme for code in named)
