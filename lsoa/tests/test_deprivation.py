"""Both releases of the indices of deprivation: every file, every wording of its headings, every contradiction."""

import pytest

from lsoa.catalogue import CATALOGUE
from lsoa.models import Area, Dataset, IndicatorValue, LoadReject
from lsoa.sources.base import Refused

from . import published, published_deprivation
from .published import CODES, IOD_HEADINGS
from .published_deprivation import AREAS, DOMAINS, IMD, KEYS, decile_heading, headings, rank_heading
from .reading import read

RANKS = [("E01000901", 1), ("E01000902", 26_525), ("E01000903", 30_000)]
KINDS = ["index", "domains", "supplementary", "scores", "populations", "all", "transformed"]
MEASURES = {"imd", "income", "employment", "education", "health", "crime", "barriers", "environment"}
SUB_DOMAINS = {
    "children_young_people",
    "adult_skills",
    "geographical_barriers",
    "wider_barriers",
    "indoors",
    "outdoors",
}
EVERY = MEASURES | {"idaci", "idaopi"} | SUB_DOMAINS
POPULATIONS = {f"imd_population_{part}" for part in ("total", "children", "adults", "older", "working_age")}


def expected_indicators(kind, release):
    def of(measures, *parts):
        return {f"{measure}_{part}" for measure in measures for part in parts}

    populations = POPULATIONS - ({"imd_population_adults"} if release == "2025" else set())
    return {
        "index": of({"imd"}, "rank", "decile"),
        "domains": of(MEASURES, "rank", "decile"),
        "supplementary": of({"imd", "idaci", "idaopi"}, "rank", "decile"),
        "scores": of(EVERY, "score"),
        "populations": populations,
        "all": of(EVERY, "score", "rank", "decile") | populations,
        "transformed": of(MEASURES - {"imd"}, "transformed_score"),
    }[kind]


@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".csv.gz"])
@pytest.mark.parametrize("release", ["2019", "2025"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_file_of_both_releases_gives_its_indicators(tmp_path, kind, release, ending):
    found = read(published_deprivation.published(tmp_path / f"some_name{ending}", kind, release, RANKS))
    assert found.source.key == f"deprivation-{kind}"
    assert (found.release.release, found.release.vintage) == (release, 2011 if release == "2019" else 2021)
    assert (found.release.standing, found.release.method) == (Dataset.Standing.OFFICIAL, "")
    assert found.indicators == expected_indicators(kind, release) <= set(CATALOGUE)
    assert not found.report.rejects
    for indicator in found.indicators:
        figures = found.figures(indicator)
        assert list(figures) == [code for code, _ in RANKS]
        definition = CATALOGUE[indicator]
        assert all(definition.minimum <= figure <= definition.maximum for figure in figures.values())
    if kind in ("index", "domains", "supplementary", "all"):
        assert found.figures("imd_rank") == dict(RANKS)
        assert found.figures("imd_decile") == {
            "E01000901": 1,
            "E01000902": 8 if release == "2025" else 9,
            "E01000903": 9 if release == "2025" else 10,
        }


def test_the_published_file_7_has_57_columns_in_2019():
    assert len(KEYS["2019"]) + len(headings("all", "2019")) == 57
    assert len(KEYS["2025"]) + len(headings("all", "2025")) == 56
    assert [len(name) for name in headings("all", "2025") if name.endswith("LSO")] == [80]


@pytest.mark.parametrize("cut", [80, 90, None])
@pytest.mark.parametrize("bracket", [True, False])
def test_headings_are_known_with_and_without_what_stands_in_brackets_and_cut(tmp_path, cut, bracket):
    columns = [name if bracket else name.partition(" (where")[0] for name in headings("domains", "2019")]
    table = published_deprivation.rows("domains", "2019", RANKS, columns=[name[:cut] for name in columns])
    found = read(published.csv_file(tmp_path / "f.csv", table))
    assert found.indicators == expected_indicators("domains", "2019")


def test_columns_may_stand_in_any_order(tmp_path):
    table = [line[::-1] for line in published_deprivation.rows("domains", "2025", RANKS)]
    found = read(published.csv_file(tmp_path / "f.csv", table))
    assert found.figures("imd_rank") == dict(RANKS)
    assert found.extent == "Elsewhere, Testford"


@pytest.mark.parametrize("written", ['"{:,}"', "{:.2f}", " {} ", "{:.0f}"])
def test_ranks_are_read_however_exports_write_them(tmp_path, written):
    path = published_deprivation.published(tmp_path / "f.csv", "index", "2019", RANKS, newline="\r\n")
    data = path.read_bytes().decode()
    for _, rank in RANKS[1:]:
        data = data.replace(f",{rank},", f",{written.format(rank)},")
    path.write_bytes(data.encode())
    assert read(path).figures("imd_rank") == dict(RANKS)


def test_a_rank_where_1_is_least_deprived_is_no_such_rank(tmp_path):
    columns = [f"{IMD} Rank (where 1 is least deprived)", decile_heading(IMD)]
    path = published.csv_file(tmp_path / "f.csv", published_deprivation.rows("index", "2025", RANKS, columns=columns))
    with pytest.raises(Refused, match=r"expected the heading 'Index of Multiple Deprivation \(IMD\) Rank"):
        read(path)


@pytest.mark.parametrize("kind", ["index", "domains", "supplementary", "populations", "transformed"])
def test_a_missing_column_is_named_with_the_headings_found(tmp_path, kind):
    columns = headings(kind, "2019")
    gone = columns[-1]
    path = published.csv_file(tmp_path / "f.csv", published_deprivation.rows(kind, "2019", RANKS, columns=columns[:-1]))
    with pytest.raises(Refused) as refusal:
        read(path)
    assert gone.partition(" (where")[0] in refusal.value.expected
    assert columns[0] in refusal.value.found


def test_one_figure_under_two_headings_is_refused(tmp_path):
    columns = [*headings("domains", "2025"), "Income Rank"]
    path = published.csv_file(tmp_path / "f.csv", published_deprivation.rows("domains", "2025", RANKS, columns=columns))
    with pytest.raises(Refused, match="expected one column for each figure, found another one: 'Income Rank'"):
        read(path)
    table = published_deprivation.rows("domains", "2025", RANKS)
    table = [[*line, line[4]] for line in table]
    with pytest.raises(Refused, match="found 2 of them"):
        read(published.csv_file(tmp_path / "g.csv", table))


def test_headings_of_two_releases_in_one_file_are_refused(tmp_path):
    table = published_deprivation.rows("index", "2019", RANKS)
    table[0][2:4] = KEYS["2025"][2:4]
    with pytest.raises(Refused, match=r"headings of one release.*found LSOA \(2011\) and districts \(2024\)"):
        read(published.csv_file(tmp_path / "f.csv", table))
    table[0][0] = "LSOA code (2031)"
    with pytest.raises(Refused, match="headings of one release"):
        read(published.csv_file(tmp_path / "g.csv", table))


def test_the_layout_of_file_7_with_columns_missing_is_not_the_published_file(tmp_path):
    columns = [name for name in headings("all", "2019") if name not in ("Crime Score", "Indoors Sub-domain Score")]
    path = published.csv_file(tmp_path / "f.csv", published_deprivation.rows("all", "2019", RANKS, columns=columns))
    found = read(path)
    assert found.release.standing == Dataset.Standing.ASSEMBLED
    assert found.release.method == (
        "Not the published file: 2 of its 57 columns are not there (Crime Score; Indoors Sub-domain Score)."
    )
    assert "crime_rank" in found.indicators and "crime_score" not in found.indicators


def test_titles_above_the_headings_and_a_second_line_of_them(tmp_path):
    table = published_deprivation.rows("index", "2025", RANKS)
    units = ["", "", "", "", "rank", "decile"]
    book = published_deprivation.workbook(
        tmp_path / "f.xlsx", [table[0], units, *table[1:]], above=[["English indices"], [], ["Table 1"]]
    )
    text = published.csv_file(tmp_path / "f.csv", [["English indices"], [], ["Table 1"], table[0], units, *table[1:]])
    for path in (book, text):
        found = read(path)
        assert found.figures("imd_rank") == dict(RANKS)
        assert found.rejects == [(5, "no area code")]
        assert list(found.chunks[0].line) == [6, 7, 8]


def national(release, change=lambda rank: rank):
    """A thousand areas spread over all ranks."""
    step = AREAS[release] // 1000
    return [(f"E0100{n:04d}", 1 + n * step) for n in range(1000)]


def test_a_file_whose_deciles_contradict_its_ranks_is_refused(tmp_path):
    table = published_deprivation.rows("domains", "2025", national("2025"))
    for line in table[1:]:
        line[7] = 11 - line[7]
    with pytest.raises(Refused) as refusal:
        read(published.csv_file(tmp_path / "f.csv", table))
    assert refusal.value.expected == "income_decile to be the tenth that income_rank falls into"
    assert "1,000 of 1,000 rows that contradict it, the first in line 2: rank 1 of 33,755 with decile 10" in (
        refusal.value.found
    )


def test_ranks_of_one_release_under_headings_of_the_other_contradict_the_deciles(tmp_path):
    table = published_deprivation.rows("index", "2025", national("2025"))
    table[0] = [*KEYS["2019"], *headings("index", "2019")]
    with pytest.raises(Refused, match="to be the tenth"):
        read(published.csv_file(tmp_path / "f.csv", table))


def test_scores_that_rise_with_the_rank_are_refused(tmp_path):
    table = published_deprivation.rows("all", "2025", national("2025"))
    place = table[0].index("Crime Score")
    for line in table[1:]:
        line[place] = -line[place]
    with pytest.raises(Refused, match="expected crime_score to fall from rank to rank"):
        read(published.csv_file(tmp_path / "f.csv", table))


def test_ranks_that_are_nearly_all_the_same_are_refused(tmp_path, small_nation):
    table = published_deprivation.rows("index", "2025", [("E01000901", 5), ("E01000902", 5), ("E01035001", 5)])
    with pytest.raises(Refused, match="expected imd_rank nearly unique, found 1 ranks for 3 areas"):
        read(published.csv_file(tmp_path / "f.csv", table))


def test_single_contradictions_and_impossible_cells_are_reported_with_their_line(tmp_path):
    table = published_deprivation.rows("index", "2019", national("2019"))
    cells = {
        2: (1, 5),
        3: (33_000, 10),
        4: (0, 1),
        5: (12.5, 1),
        6: ("01/09/2020", 1),
        7: ("1.2E+04", 1),
        8: ("#REF!", 1),
    }
    cells |= {9: ("first", 1), 10: (100, 2.5), 11: ("", 1), 12: (100, "*"), 13: ("0,5", 1), 14: ("inf", 1)}
    for line, (rank, decile) in cells.items():
        table[line - 1][4:6] = [rank, decile]
    found = read(published.csv_file(tmp_path / "f.csv", table))
    assert found.rejects == [
        (2, "imd_decile 5 contradicts imd_rank 1 (decile 1)"),
        (3, "imd_rank 33000 is not within 1 to 32844"),
        (4, "imd_rank 0 is not within 1 to 32844"),
        (5, "imd_rank 12.5 is not a whole number"),
        (6, "imd_rank: '01/09/2020' is a date, not a number"),
        (7, "imd_rank: '1.2E+04' is rounded (scientific notation of a spreadsheet)"),
        (8, "imd_rank: '#REF!' is a spreadsheet's error, not a number"),
        (9, "imd_rank: 'first' is not a number"),
        (10, "imd_decile 2.5 is not a whole number"),
        (13, "imd_rank: '0,5' is not a number"),
        (14, "imd_rank: 'inf' is not a finite number"),
    ]
    ranks, deciles = found.figures("imd_rank"), found.figures("imd_decile")
    assert "E01000000" not in ranks and "E01000000" not in deciles
    assert ranks["E01000001"] == "out_of_range"
    assert (ranks["E01000009"], deciles["E01000009"]) == ("blank", 1)
    assert (ranks["E01000010"], deciles["E01000010"]) == (100, "suppressed")
    assert found.report.counts == {"imd_rank without imd_decile": 1, "imd_decile without imd_rank": 3}


def test_a_workbooks_dates_and_errors_are_not_read_as_blanks(tmp_path):
    import datetime

    import openpyxl

    path = published_deprivation.published(tmp_path / "f.xlsx", "index", "2025", [*RANKS, ("E01000904", 40)])
    book = openpyxl.load_workbook(path)
    sheet = book["IMD25"]
    sheet["E2"] = datetime.date(2020, 9, 1)
    sheet["E3"], sheet["E3"].data_type = "#REF!", "e"
    sheet["E4"] = True
    book.save(path)
    found = read(path)
    assert found.rejects == [
        (2, "imd_rank: '2020-09-01' is a date, not a number"),
        (3, "imd_rank: '#REF!' is a spreadsheet's error, not a number"),
        (4, "imd_rank: 'True' is not a number"),
    ]
    assert found.figures("imd_rank") == {"E01000904": 40}


INDICATORS = [
    "income_domain_numerator",
    "income_deprivation_affecting_children_index_idaci_numerator",
    "income_deprivation_affecting_older_people_index_idaopi_numerator",
    "employment_domain_numerator",
    "staying_on_in_education_post_16_indicator",
    "entry_to_higher_education_indicator",
    "adult_skills_and_english_language_proficiency_indicator",
    "years_of_potential_life_lost_indicator",
    "comparative_illness_and_disability_ratio_indicator",
    "acute_morbidity_indicator",
    "mood_and_anxiety_disorders_indicator",
    "road_distance_to_a_post_office_indicator_km",
    "road_distance_to_a_primary_school_indicator_km",
    "road_distance_to_general_store_or_supermarket_indicator_km",
    "road_distance_to_a_gp_surgery_indicator_km",
    "household_overcrowding_indicator",
    "homelessness_indicator_rate_per_1000_households",
    "owner_occupation_affordability_component_of_housing_affordability_indicator",
    "private_rental_affordability_component_of_housing_affordability_indicator",
    "housing_affordability_indicator",
    "housing_in_poor_condition_indicator",
    "houses_without_central_heating_indicator",
    "road_traffic_accidents_indicator",
    "nitrogen_dioxide_component_of_air_quality_indicator",
    "benzene_component_of_air_quality_indicator",
    "sulphur_dioxide_component_of_air_quality_indicator",
    "particulates_component_of_air_quality_indicator",
    "air_quality_indicator",
]


def test_small_numbers_of_underlying_indicators_are_suppressed_and_other_blanks_are_not(tmp_path):
    table = [["lsoa11_code", *INDICATORS], ["E01000901", *[""] * 4, 0.1, "", *[0.5] * 22]]
    table.append(["E01000902", 40.0, 15.0, 10.0, 15.0, *[0.25] * 24])
    found = read(published.csv_file(tmp_path / "f.csv", table))
    assert (found.source.key, found.release.standing) == ("iod2019-indicators", Dataset.Standing.CONVERTED)
    assert found.figures("income_deprived_people") == {"E01000901": "suppressed", "E01000902": 40.0}
    assert found.figures("not_entering_university") == {"E01000901": "blank", "E01000902": 0.25}
    assert len(found.indicators) == 28 and "gp_distance_km" in found.indicators


def test_converted_scores_in_per_cent_become_rates(tmp_path):
    table = [["lsoa", "overall_local_score", "income_score", "employment_score", "original_decile"]]
    table.append(["E01000901", 6.208, 0.7000000000000001, 1.0, 9])
    found = read(published.csv_file(tmp_path / "f.csv", table))
    assert (found.release.release, found.release.vintage) == ("2019", 2011)
    assert [found.figures(f"{key}_score")["E01000901"] for key in ("imd", "income", "employment")] == [
        6.208,
        0.007,
        0.01,
    ]


@pytest.mark.parametrize(
    ("code", "names", "parts", "key"),
    [
        ("lsoa21_code", ["IMD", "Income", "Employment", "Education", "Health", "Crime", "Housing_and_Services",
         "Environment"], ["score", "rank", "decile"], "deprivation-domains-converted"),
        ("lsoa21_code", sorted(SUB_DOMAINS - {"children_young_people"}) + ["children_and_young_people"],
         ["score", "rank", "decile"], "deprivation-subdomains-converted"),
        ("lsoa11_code", ["Education", "Children_and_young_people", "Adult_skills", "Housing_and_Access",
         "Geographical_barriers", "Wider_barriers", "Environment", "Indoors", "Outdoors"],
         ["rank", "decile"], "deprivation-subdomains-converted"),
    ],
)  # fmt: skip
def test_converted_tables_are_told_apart_and_checked_like_the_publishers(tmp_path, code, names, parts, key):
    headings_of = [f"{name}_{part}" for part in parts for name in names]
    values = {"score": 0.5, "rank": 100, "decile": 1}
    line = ["E01000901", *[values[name.rpartition("_")[2]] for name in headings_of]]
    found = read(published.csv_file(tmp_path / "f.csv", [[code, *headings_of], line]))
    assert (found.source.key, len(found.indicators)) == (key, len(headings_of))
    assert found.indicators <= set(CATALOGUE)
    line[1 + headings_of.index(f"{names[0]}_decile")] = 3
    assert "contradicts" in read(published.csv_file(tmp_path / "g.csv", [[code, *headings_of], line])).rejects[0][1]


def test_rank_and_decile_reach_the_profile_with_their_dataset(boundaries, load, tmp_path):
    rows = [(CODES[0], 1, 1), (CODES[1], "26,525", "8"), (CODES[2], None, "*")]
    outcome = load(published.iod2025(tmp_path / "f.xlsx", rows))
    assert outcome.state == "loaded", outcome.message
    profiles = {area.code: area.profile for area in Area.objects.with_profile()}
    assert profiles[CODES[1]].values == {"imd_rank": 26525, "imd_decile": 8}
    assert profiles[CODES[2]].missing == {"imd_rank": "blank", "imd_decile": "suppressed"}
    assert profiles[CODES[1]].datasets["imd_rank"] == str(outcome.dataset.pk)
    assert IndicatorValue.objects.filter(period="2025", method="published").count() == 6


def test_impossible_ranks_and_words_are_kept_as_rejects(boundaries, load, tmp_path):
    load(published.iod2025(tmp_path / "f.xlsx", [(CODES[0], 40000, 11), (CODES[1], "first", 1), (CODES[2], 5, 1)]))
    assert set(LoadReject.objects.values_list("line", "reason")) == {
        (2, "imd_rank 40000 is not within 1 to 33755"),
        (2, "imd_decile 11 is not within 1 to 10"),
        (3, "imd_rank: 'first' is not a number"),
    }


def test_a_workbook_without_rank_is_refused_whole(boundaries, load, tmp_path):
    columns = [*IOD_HEADINGS[:4], rank_heading(DOMAINS[0]), "x"]
    outcome = load(published.iod2025(tmp_path / "f.xlsx", [(CODES[0], 1, 1)], headings=columns))
    assert outcome.state == "refused" and "(IMD) Rank" in outcome.message
    assert not IndicatorValue.objects.exists()
