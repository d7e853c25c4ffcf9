"""Indices of deprivation and Census 2021 as published: what the publishers state about them, read by the adapters.

Nothing here needs a database: `read` is the adapter's own rows.
"""

import functools
import os
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

from lsoa.catalogue import CATALOGUE
from lsoa.models import Dataset
from lsoa.sources.census.tables import TABLES

from ..reading import read

DATA = Path(os.environ.get("SHARED_DATA", settings.BASE_DIR.parent / "shared" / "data"))
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"published files are not at {DATA}"),
]
AREAS = {"2019": 32_844, "2025": 33_755}
INDEX_2019 = "File_1_-_IMD2019_Index_of_Multiple_Deprivation"
SUPPLEMENTARY_2019 = "File_3_-_IoD2019_Supplementary_Indices_-_IDACI_and_IDAOPI"
POPULATIONS_2019 = "File_6_-_IoD2019_Population_Denominators"
INDEX_2025 = "File_1_IoD2025_Index_of_Multiple_Deprivation.xlsx"
SUPPLEMENTARY_2025 = "File_3_IoD2025_Supplementary_Indices_IDACI_and_IDAOPI.xlsx"
FILE_7 = {release: f"assembled/File_7_layout_partial_IoD{release}.csv.gz" for release in AREAS}
FILES = {
    f"{INDEX_2019}.xlsx": ("deprivation-index", "2019", 2),
    f"{INDEX_2019}.csv.gz": ("deprivation-index", "2019", 2),
    "File_2_-_IoD2019_Domains_of_Deprivation.csv.gz": ("deprivation-domains", "2019", 16),
    f"{SUPPLEMENTARY_2019}.xlsx": ("deprivation-supplementary", "2019", 6),
    f"variant_float_ranks/{SUPPLEMENTARY_2019}.csv.gz": ("deprivation-supplementary", "2019", 6),
    f"{POPULATIONS_2019}.xlsx": ("deprivation-populations", "2019", 5),
    f"{POPULATIONS_2019}.csv.gz": ("deprivation-populations", "2019", 5),
    f"variant_float_ranks/{POPULATIONS_2019}.csv.gz": ("deprivation-populations", "2019", 5),
    "File_9_-_IoD2019_Transformed_Scores.csv.gz": ("deprivation-transformed", "2019", 7),
    INDEX_2025: ("deprivation-index", "2025", 2),
    SUPPLEMENTARY_2025: ("deprivation-supplementary", "2025", 6),
    FILE_7["2019"]: ("deprivation-all", "2019", 41),
    FILE_7["2025"]: ("deprivation-all", "2025", 46),
    "converted/imd2019_england_lsoa11_indicators.csv.gz": ("iod2019-indicators", "2019", 28),
    "converted/imd2025_england_lsoa21_indicators.csv.gz": ("iod2025-indicators", "2025", 28),
    "converted/imd2019_england_lsoa11_subdomains.csv.gz": ("deprivation-subdomains-converted", "2019", 18),
    "converted/imd2025_england_lsoa21_subdomains.csv.gz": ("deprivation-subdomains-converted", "2025", 18),
    "converted/imd2025_england_lsoa21.csv.gz": ("deprivation-domains-converted", "2025", 24),
    "converted/imd2019_scores_mysociety.csv.gz": ("deprivation-scores-converted", "2019", 3),
}


@functools.lru_cache(maxsize=4)
def found(path):
    return read(DATA / path)


def iod(name):
    return found(f"imd/{name}")


@pytest.mark.parametrize("name", FILES)
def test_every_file_of_the_indices_is_recognised_and_read_whole(name):
    key, release, indicators = FILES[name]
    file = iod(name)
    assert (file.source.key, file.release.release, len(file.chunks)) == (key, release, indicators)
    assert (file.release.vintage, file.extent) == (2011 if release == "2019" else 2021, "England")
    assert all(len(chunk) == len(set(chunk.code)) == AREAS[release] for chunk in file.chunks)
    assert not file.report.rejects and not file.report.skipped and not file.report.counts
    for chunk in file.chunks:
        definition = CATALOGUE[chunk.indicator]
        assert definition.minimum <= np.nanmin(chunk.value) and np.nanmax(chunk.value) <= definition.maximum
    standing = {"assembled": Dataset.Standing.ASSEMBLED, "converted": Dataset.Standing.CONVERTED}
    assert file.release.standing == standing.get(Path(name).parent.name, Dataset.Standing.OFFICIAL)


def test_ranks_scores_and_deciles_of_2019_that_the_publisher_states():
    ranks, deciles = iod(f"{INDEX_2019}.xlsx").figures("imd_rank"), iod(f"{INDEX_2019}.xlsx").figures("imd_decile")
    assert (ranks["E01021988"], ranks["E01000001"], deciles["E01000001"]) == (1, 29_199, 9)
    assert len(set(ranks.values())) == 32_818
    assert sorted(np.bincount([int(decile) for decile in deciles.values()])[1:]) == [3_284] * 6 + [3_285] * 4
    assert iod(FILE_7["2019"]).figures("imd_score")["E01021988"] == 92.735


def test_ranks_scores_and_deciles_of_2025_that_the_publisher_states():
    ranks, deciles = iod(INDEX_2025).figures("imd_rank"), iod(INDEX_2025).figures("imd_decile")
    assert (ranks["E01021988"], ranks["E01000001"], deciles["E01000001"]) == (1, 26_525, 8)
    assert sorted(ranks.values()) == list(range(1, 33_756))
    assert sorted(np.bincount([int(decile) for decile in deciles.values()])[1:]) == [3_375] * 5 + [3_376] * 5
    assert iod(FILE_7["2025"]).figures("imd_score")["E01021988"] == 94.223


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{INDEX_2019}.xlsx", f"{INDEX_2019}.csv.gz"),
        (f"{SUPPLEMENTARY_2019}.xlsx", f"variant_float_ranks/{SUPPLEMENTARY_2019}.csv.gz"),
        (f"{POPULATIONS_2019}.xlsx", f"{POPULATIONS_2019}.csv.gz"),
        (f"{POPULATIONS_2019}.xlsx", f"variant_float_ranks/{POPULATIONS_2019}.csv.gz"),
    ],
)
def test_workbook_and_text_give_the_same_figures(one, other):
    for chunk, twin in zip(iod(one).chunks, iod(other).chunks, strict=True):
        assert chunk.indicator == twin.indicator
        assert list(chunk.code) == list(twin.code)
        # The workbook holds fractions of people of working age that its copies as text have rounded.
        rounded = 0.5 if chunk.indicator == "imd_population_working_age" else 0
        assert np.abs(chunk.value - twin.value).max() <= rounded


@pytest.mark.parametrize(
    ("name", "all_of_them"),
    [
        (f"{INDEX_2019}.xlsx", "2019"),
        ("File_2_-_IoD2019_Domains_of_Deprivation.csv.gz", "2019"),
        (f"{SUPPLEMENTARY_2019}.xlsx", "2019"),
        (f"{POPULATIONS_2019}.csv.gz", "2019"),
        ("converted/imd2019_england_lsoa11_subdomains.csv.gz", "2019"),
        ("converted/imd2019_scores_mysociety.csv.gz", "2019"),
        (INDEX_2025, "2025"),
        (SUPPLEMENTARY_2025, "2025"),
        ("converted/imd2025_england_lsoa21.csv.gz", "2025"),
        ("converted/imd2025_england_lsoa21_subdomains.csv.gz", "2025"),
    ],
)
def test_file_7_agrees_with_the_others(name, all_of_them):
    whole = iod(FILE_7[all_of_them])
    shared = {chunk.indicator for chunk in iod(name).chunks} & whole.indicators
    assert shared
    chunks = {chunk.indicator: chunk for chunk in whole.chunks}
    for chunk in (chunk for chunk in iod(name).chunks if chunk.indicator in shared):
        twin = chunks[chunk.indicator]
        mine, theirs = np.argsort(chunk.code), np.argsort(twin.code)
        assert np.array_equal(chunk.code[mine], twin.code[theirs])
        assert np.array_equal(chunk.value[mine], twin.value[theirs]), chunk.indicator


def test_small_numerators_are_suppressed():
    figures = iod("converted/imd2019_england_lsoa11_indicators.csv.gz").figures("income_deprived_children")
    assert sum(value == "suppressed" for value in figures.values()) == 4_553
    assert min(value for value in figures.values() if value != "suppressed") == 10


def test_the_sets_of_areas_are_those_of_the_censuses():
    codes_2019, codes_2025 = set(iod(f"{INDEX_2019}.csv.gz").chunks[0].code), set(iod(INDEX_2025).chunks[0].code)
    assert codes_2025 == set(found("census2021/census2021-ts007a-lsoa.csv.gz").chunks[0].code)
    assert (len(codes_2019 & codes_2025), len(codes_2019 - codes_2025), len(codes_2025 - codes_2019)) == (
        31_810,
        1_034,
        1_945,
    )


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_census_table_is_read_whole(table):
    file = found(f"census2021/census2021-{table.name.lower()}-lsoa.csv.gz")
    assert file.source.key == f"census2021-{table.name.lower()}"
    assert file.indicators == {share.indicator for share in table.shares}
    assert file.report.skipped == {"Welsh rows": 1_917} and not file.report.rejects
    assert file.report.rows_read == 35_672 and file.extent == "England"
    for chunk in file.chunks:
        assert len(chunk) == 33_755 and not np.isnan(chunk.value).any()
        definition = CATALOGUE[chunk.indicator]
        assert definition.minimum <= chunk.value.min() and chunk.value.max() <= definition.maximum


# Totals of England, and of E01000001, by table.
def wholes(name):
    """Area code -> the figure of a table's whole."""
    from lsoa.loading.report import QualityReport
    from lsoa.sources.material import FileMaterial
    from lsoa.sources.tables import english_rows, read_csv

    table = next(table for table in TABLES if table.name == name)
    material = FileMaterial(DATA / f"census2021/census2021-{name.lower()}-lsoa.csv.gz")
    heading = next(name for name in material.columns if name.startswith(f"{table.variable}: {table.whole}"))
    report = QualityReport()
    frame = english_rows(
        read_csv(material, ["geography code", heading], ["geography code"], report), "geography code", report
    )
    return dict(zip(frame["geography code"], frame[heading], strict=True))


@pytest.mark.parametrize(
    ("name", "england", "first"),
    [
        ("TS007A", 56_490_091, 1_473),
        ("TS029", 54_685_992, 1_449),
        ("TS045", 23_435_839, 837),
        ("TS037", None, 1_475),
        ("TS025", None, 839),
    ],
)
def test_totals_of_england_and_of_one_area(name, england, first):
    figures = wholes(name)
    assert figures["E01000001"] == first
    assert england is None or sum(figures.values()) == england


def test_the_bands_of_age_make_up_everybody_and_give_back_the_counts():
    file = found("census2021/census2021-ts007a-lsoa.csv.gz")
    bands = [f"age{first}_{first + 4}_share" for first in range(0, 85, 5)] + ["age85_share"]
    total = sum(np.asarray(next(chunk.value for chunk in file.chunks if chunk.indicator == band)) for band in bands)
    # Every cell is perturbed a little on its own to protect privacy.
    assert np.abs(total - 100).max() < 2
    people = file.figures("population")["E01000001"]
    assert round(people * file.figures("age85_share")["E01000001"] / 100) == 35
    assert round(people * file.figures("age0_4_share")["E01000001"] / 100) == 52


def test_medians_of_the_census_are_those_of_the_default_model():
    for table, indicator, median in (
        ("ts007a", "age75_share", 8.22),
        ("ts037", "bad_health_share", 4.82),
        ("ts003", "lives_alone66_share", 12.48),
        ("ts039", "unpaid_care_50h_share", 2.58),
        ("ts021", "ethnic_minority_share", 8.50),
        ("ts029", "low_english_share", 0.71),
        ("ts045", "no_car_share", 18.81),
    ):
        figures = found(f"census2021/census2021-{table}-lsoa.csv.gz").figures(indicator)
        assert np.median(list(figures.values())) == pytest.approx(median, abs=0.006), indicator
