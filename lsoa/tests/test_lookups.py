"""Look-ups: what an area belongs to, in every layout and edition, and how areas changed."""

import pytest

from healthequiroute.testing.shared import shared
from lsoa.models import Area, AreaChange, AuthorityCode, Dataset, IndicatorValue, LoadReject

from . import published
from . import published_geography as geography
from .conftest import load_files, without_map
from .published import CODES, WELSH

ONS_21 = ("LSOA21CD", "LSOA21NM")
ONS_11 = ("LSOA11CD", "LSOA11NM")
WARD_22 = (*ONS_21, "WD22CD", "WD22NM", "LAD22CD", "LAD22NM")


@pytest.fixture
@shared
def nation(db, tmp_path_factory):
    """The made-up nation's areas of both vintages."""
    folder = tmp_path_factory.mktemp("nation")
    with without_map():
        load_files(geography.geojson(folder / "new.geojson"), geography.geojson(folder / "old.geojson", 2011))


def area(code=geography.U, vintage=2021):
    return Area.objects.get(code=code, vintage=vintage)


def test_local_authorities_and_care_boards_fill_the_columns_of_areas(boundaries, load, tmp_path):
    rows = [(code, "E08000025", "Birmingham") for code in CODES] + [(WELSH, "W06000001", "Ynys Môn")]
    outcome = load(published.local_authorities(tmp_path / "a.csv.gz", rows))
    assert outcome.quality["skipped"] == {"Welsh rows": 1}
    load(published.care_boards(tmp_path / "b.csv.gz", CODES))
    found = area(CODES[0])
    assert (found.local_authority_code, found.local_authority_name) == ("E08000025", "Birmingham")
    assert (found.ward_code, found.ward_name) == ("E05000001", "Ward")
    assert (found.sub_icb_code, found.icb_code) == ("E38000999", "E54000999")
    assert found.icb_name == "NHS Testshire Integrated Care Board"
    assert "BIRMINGHAM" in found.search_text


LAYOUTS = [
    (2021, WARD_22, "2022"),
    (2021, (*ONS_21, "WD24CD", "WD24NM", "LAD24CD", "LAD24NM"), "2024"),
    (2021, ("lsoa21_code", "lsoa21_name", "ward24_code", "ward24_name", "ltla24_code", "ltla24_name"), "2024"),
    (2021, (*ONS_21, "SICBL24CD", "SICBL24NM", "ICB24CD", "ICB24NM", "LAD24CD", "LAD24NM"), "2024-04"),
    (2021, ("lsoa21_code", "lsoa21_name", "sicbl24_code", "sicbl24_name", "icb24_code", "icb24_name"), "2024-04"),
    (2011, (*ONS_11, "CCG21CD", "CCG21NM", "LAD21CD", "LAD21NM"), "2021-04"),
    (2011, (*ONS_11, "WD19CD", "WD19NM", "LAD19CD", "LAD19NM"), "2019"),
    (2011, ("lsoa11_code", "lsoa11_name", "msoa11_code", "msoa11_name"), "2011"),
    (
        2011,
        ("lsoa11_code", "lsoa11_name")
        + ("sicbl22_code", "sicbl22_name", "icb22_code", "icb22_name", "ltla22_code", "ltla22_name"),
        "2022-07",
    ),
]
FIELDS = {
    "WD": "ward",
    "ward": "ward",
    "LAD": "local_authority",
    "ltla": "local_authority",
    "SICBL": "sub_icb",
    "sicbl": "sub_icb",
    "CCG": "sub_icb",
    "ICB": "icb",
    "icb": "icb",
    "msoa": "msoa",
}


@pytest.mark.parametrize(("vintage", "headings", "release"), LAYOUTS)
def test_every_layout_fills_its_columns_and_names_its_edition(nation, load, tmp_path, vintage, headings, release):
    cells = [
        f"E{n:08d}" if heading.lower().endswith(("cd", "code")) else f"Place {n}" for n, heading in enumerate(headings)
    ]
    outcome = load(geography.lookup(tmp_path / "l.csv", headings, geography.AREAS[vintage], cells[2:], bom=True))
    assert outcome.state == "loaded", outcome.message
    assert (outcome.dataset.release, outcome.dataset.vintage) == (release, vintage)
    found = area(vintage=vintage)
    for heading, cell in list(zip(headings, cells, strict=True))[2:]:
        kind = "code" if heading.lower().endswith(("cd", "code")) else "name"
        prefix = heading.removesuffix("_code").removesuffix("_name").removesuffix("CD").removesuffix("NM")[:-2]
        assert getattr(found, f"{FIELDS[prefix]}_{kind}") == cell
        assert heading in outcome.dataset.method
    assert not area(vintage=4032 - vintage).msoa_code


def test_columns_in_another_order_and_more_of_them(nation, load, tmp_path):
    rows = [["LAD23NM", "ObjectId", "WD23NM", "LSOA21NM", "LSOA21CD", "WD23CD", "LAD23CD", "Shape__Area"]]
    rows += [["Here", 1, "Ward", "Testford 001A", geography.U, "E05000007", "E06000007", 0.5]]
    outcome = load(published.csv_file(tmp_path / "l.csv", rows))
    assert (outcome.dataset.release, area().ward_code, area().local_authority_name) == ("2023", "E05000007", "Here")


def test_an_older_lookup_does_not_overwrite_a_newer_one(boundaries, load, tmp_path):
    newer = [["lsoa21_name", "lsoa21_code", "ward24_name", "ward24_code", "ltla24_name", "ltla24_code"]]
    newer += [[published.NAMES[code], code, "Ward", "E05", "New name", "E06000060"] for code in CODES]
    load(published.csv_file(tmp_path / "new.csv", newer))
    old = published.local_authorities(tmp_path / "old.csv", [(code, "E07000001", "Old name") for code in CODES])
    outcome = load(old)
    assert outcome.state == "history"
    assert set(Area.objects.values_list("local_authority_name", flat=True)) == {"New name"}
    assert Dataset.objects.in_force().get(publication="lsoa21-local-authority").release == "2024"


@pytest.mark.parametrize("newest_first", [True, False])
def test_the_newest_of_several_publications_fills_a_column_whatever_the_order(nation, load, tmp_path, newest_first):
    codes = geography.AREAS_2021
    sub = (*ONS_21, "SICBL24CD", "SICBL24NM", "ICB24CD", "ICB24NM", "LAD24CD", "LAD24NM")
    cells = ("E38000001", "Sub", "E54000001", "Board", "E08000024", "Of 2024")
    paths = [
        geography.lookup(tmp_path / "a.csv", sub, codes, cells),
        geography.lookup(tmp_path / "b.csv", WARD_22, codes, ("E05000001", "Ward", "E08000022", "Of 2022")),
    ]
    for path in paths if newest_first else paths[::-1]:
        outcome = load(path)
        assert outcome.state == "loaded"
    found = area()
    assert (found.local_authority_name, found.ward_name, found.icb_name) == ("Of 2024", "Ward", "Board")
    assert any("A newer look-up holds" in note for note in outcome.quality["notes"]) == newest_first


def test_a_newer_lookup_without_a_column_does_not_keep_others_from_filling_it(nation, load, tmp_path):
    sub = (*ONS_21, "SICBL24CD", "SICBL24NM", "ICB24CD", "ICB24NM")
    codes = geography.AREAS_2021
    load(geography.lookup(tmp_path / "a.csv", sub, codes, ("E38000001", "Sub", "E54000001", "Board")))
    load(geography.lookup(tmp_path / "b.csv", WARD_22, codes, ("E05000001", "Ward", "E08000022", "Of 2022")))
    assert (area().local_authority_name, area().icb_name) == ("Of 2022", "Board")


def test_a_blank_cell_leaves_what_stands_and_is_told_with_its_line(boundaries, load, tmp_path):
    load(published.local_authorities(tmp_path / "a.csv", [(CODES[0], "", ""), (CODES[1], "E08000025", "Birmingham")]))
    rejected = LoadReject.objects.get()
    assert (rejected.line, rejected.reason) == (2, "local authority code, local authority name: blank")
    assert (area(CODES[0]).local_authority_name, area(CODES[0]).ward_code) == ("Testford", "E05000001")


def test_a_cell_too_long_for_a_code_is_refused_with_its_line(nation, load, tmp_path):
    cells = ("E05000001", "Ward", "E08000001, and more", "Testford")
    outcome = load(geography.lookup(tmp_path / "l.csv", WARD_22, [geography.U], cells))
    assert outcome.state == "refused" and "in line 2" in outcome.message and "LAD22CD" in outcome.message


def test_a_lookup_without_one_of_its_columns_is_refused_by_its_name(nation, load, tmp_path):
    outcome = load(geography.lookup(tmp_path / "l.csv", WARD_22[:-1], [geography.U], ("E05", "Ward", "E08")))
    assert outcome.state == "refused" and "LAD22NM" in outcome.message


def test_codes_of_2011_under_headings_of_2021_are_refused_or_converted_as_asked(nation, load, tmp_path):
    load(geography.changes(tmp_path / "changes.csv"))
    path = geography.lookup(tmp_path / "l.csv", WARD_22, geography.AREAS_2011, ("E05", "Ward", "E08", "Testford"))
    outcome = load(path)
    assert outcome.state == "refused"
    assert "5 that ended with 2011 (E01000902, E01000903, ...)" in outcome.message
    assert not Area.objects.filter(ward_code="E05").exists()


def test_a_mixture_of_both_vintages_is_refused_with_examples_of_each(nation, load, tmp_path):
    load(geography.changes(tmp_path / "changes.csv"))
    both = [*geography.AREAS_2011, *geography.AREAS_2021][1:]
    outcome = load(geography.lookup(tmp_path / "l.csv", WARD_22, both, ("E05", "Ward", "E08", "Testford")))
    assert outcome.state == "refused"
    assert "a mixture of both: 5 that ended with 2011 (E01000902, E01000903, ...)" in outcome.message
    assert "and 5 that 2011 did not have (E01035001, E01035002, ...)" in outcome.message


def test_the_commons_library_names_regions(nation, load, tmp_path):
    headings = ["LSOA_CODE", "MSOA_CODE", "PCON_CODE", "PCON_NAME", "LAD_CODE", "LAD_NAME", "COUNTY_CONURBATION"]
    rows = [[*headings, "REGION", "IMD_INCOME", "IMD_OVERALL"]]
    rows += [[geography.U, "E02000001", "E14", "There", "E06000001", "Testford", "Shire", "South East", 1, 1]]
    rows += [[WELSH, "W02000001", "W07", "Prawf", "W06000001", "Prawf", "Gwent", "Wales", 1, 1]]
    outcome = load(published.csv_file(tmp_path / "c.csv", rows))
    assert outcome.quality["skipped"] == {"Welsh rows": 1}
    found = area(vintage=2011)
    assert (found.region_code, found.region_name, found.msoa_code) == ("E12000008", "South East", "E02000001")


@pytest.mark.parametrize("official", [True, False])
def test_changes_in_both_layouts(nation, load, tmp_path, official):
    outcome = load(geography.changes(tmp_path / "c.csv", official=official))
    assert outcome.state == "loaded", outcome.message
    kinds = {kind: AreaChange.objects.filter(kind=kind).count() for kind in "USMX"}
    assert kinds == {"U": 1, "S": 2, "M": 2, "X": 3}
    assert outcome.quality["counts"]["pairs: split"] == 2


def test_changes_with_rows_that_cannot_be_are_told(nation, load, tmp_path):
    pairs = [*geography.PAIRS, (geography.U, "Z", geography.U), (WELSH, "U", WELSH), geography.PAIRS[1]]
    outcome = load(geography.changes(tmp_path / "c.csv", pairs))
    assert AreaChange.objects.count() == 8
    assert list(LoadReject.objects.values_list("line", flat=True)) == [10, 12]
    assert outcome.quality["skipped"] == {"Welsh rows": 1}


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ([(geography.U, "U", geography.S_LEFT)], "one area and the same code"),
        ([(geography.S, "M", geography.S_LEFT), (geography.S, "M", geography.S_RIGHT)], "one area that it went into"),
        ([(geography.M1, "S", geography.M), (geography.M2, "S", geography.M)], "one parent"),
        ([(WELSH, "U", WELSH)], "pairs of English LSOAs"),
    ],
)
def test_changes_that_contradict_themselves_are_refused(nation, load, tmp_path, pairs, words):
    outcome = load(geography.changes(tmp_path / "c.csv", pairs))
    assert outcome.state == "refused" and words in outcome.message
    assert not AreaChange.objects.exists()


RURAL = {geography.U: ("A1", "Urban major conurbation"), geography.S: ("D2", "Rural town and fringe")}


@pytest.mark.parametrize("code_heading", ["LSOA11CD", "LSOA.code"])
def test_the_rural_urban_classification_of_2011(nation, load, tmp_path, code_heading):
    path = geography.rural_urban(tmp_path / "r.csv", 2011, RURAL, code_heading=code_heading)
    assert load(path).state == "loaded"
    assert area(vintage=2011).rural_urban_name == "Urban major conurbation"
    values = IndicatorValue.objects.filter(indicator__code="is_rural").values_list("area__code", "value")
    assert dict(values) == {geography.U: 0, geography.S: 1}


def test_the_rural_urban_classification_of_2021(nation, load, tmp_path):
    classes = {
        geography.U: ("UN1", "Urban: Nearer to a major town or city"),
        geography.M: ("RSF1", "Smaller rural: Further from a major town or city"),
        geography.S_LEFT: ("Q", "Neither"),
    }
    outcome = load(geography.rural_urban(tmp_path / "r.csv", 2021, classes))
    assert (area().rural_urban_code, area(geography.M).rural_urban_code) == ("UN1", "RSF1")
    values = IndicatorValue.objects.filter(indicator__code="is_rural").values_list("area__code", "value")
    assert dict(values) == {geography.U: 0, geography.M: 1}
    assert LoadReject.objects.get(dataset=outcome.dataset).reason == "'Q' is no class of 2021"


@pytest.mark.parametrize("axes", [("x", "y"), ("X", "Y"), ("LONG", "LAT")])
def test_population_weighted_centroids_on_the_grid_or_in_degrees(nation, load, tmp_path, axes):
    middle = geography.AREAS_2021[geography.U].centroid
    point = geography.to_grid(middle) if axes[0].lower() == "x" else middle
    points = {geography.U: (point.x, point.y), geography.M: ("", ""), WELSH: (300_000, 200_000)}
    outcome = load(geography.centroids(tmp_path / "p.csv", points, axes=axes))
    assert outcome.state == "loaded", outcome.message
    found = area().population_centroid
    assert (found.x, found.y) == pytest.approx((middle.x, middle.y), abs=1e-6)
    assert LoadReject.objects.get().code == geography.M
    assert area(geography.M).population_centroid is None


def test_centre_points_of_unknown_method_are_refused_with_the_reason(nation, load, tmp_path):
    rows = [["LSOACD", "latitude", "longitude", "lsoa11cd"], [geography.U, 52.4, -1.9, geography.U]]
    outcome = load(published.csv_file(tmp_path / "p.csv", rows))
    assert outcome.state == "refused" and "unknown method" in outcome.message


AUTHORITY = ["LADCD", "LADNM", "LADCD_ACTIVE", "LADNM_ACTIVE", "UTLACD", "UTLANM", "RGNCD", "RGNNM"]


def test_an_old_code_of_an_authority_finds_the_current_one_and_the_region(nation, load, tmp_path):
    rows = [AUTHORITY]
    rows += [["E08000016", "Barnsley", "E08000038", "Barnsley", "E08000038", "Barnsley", "E12000003", "Yorkshire"]]
    rows += [["E08000038", "Barnsley", "E08000038", "Barnsley", "E08000038", "Barnsley", "E12000003", "Yorkshire"]]
    rows += [["", "Nowhere", "", "", "", "", "", ""]]
    cells = ("E05000001", "Ward", "E08000016", "Barnsley")
    load(geography.lookup(tmp_path / "l.csv", WARD_22, geography.AREAS_2021, cells))
    outcome = load(published.csv_file(tmp_path / "codes.csv", rows))
    assert outcome.dataset.release == "2025"
    assert AuthorityCode.objects.current_codes(["E08000016", "E09999999"]) == {"E08000016": "E08000038"}
    assert area().region_code == "E12000003"
    assert LoadReject.objects.get().line == 4


def test_the_longer_list_of_codes_holds_authorities_among_other_places(nation, load, tmp_path):
    rows = [["areacode", "areaname", "areatype", *AUTHORITY]]
    current = ["E06000058", "BCP", "E06000058", "BCP", "E06000058", "BCP", "E12000009", "South West"]
    rows += [["E06000028", "Bournemouth", "la", *current], ["E12000009", "South West", "rgn", *[""] * 8]]
    outcome = load(published.csv_file(tmp_path / "codes.csv", rows))
    assert outcome.quality["skipped"] == {"codes of counties, regions and countries": 1}
    assert AuthorityCode.objects.current_codes(["E06000028"]) == {"E06000028": "E06000058"}


def test_an_authority_that_came_later_has_its_own_name(load, tmp_path):
    rows = [
        AUTHORITY,
        ["E06000063", "Cumberland", "E06000063", "Cumberland", "E06000063", "Cumberland", "E12000002", "NW"],
    ]
    load(published.csv_file(tmp_path / "codes.csv", rows))
    load(geography.geojson(tmp_path / "b.geojson", properties={"LADCD_ACTIVE": "E06000063"}))
    assert area().local_authority_name == "Cumberland"


def test_msoas_follow_from_names_and_changes(nation, load, tmp_path):
    headings = ("lsoa11_code", "lsoa11_name", "msoa11_code", "msoa11_name")
    rows = [headings]
    for n, code in enumerate(geography.AREAS_2011):
        rows.append([code, geography.name_of(code), f"E0200000{n}", geography.name_of(code)[:-1]])
    load(published.csv_file(tmp_path / "m.csv", rows))
    load(geography.changes(tmp_path / "c.csv"))
    # 001 has the borders it had; two MSOAs went into the merged area, so no old code is its own.
    assert (area().msoa_code, area().msoa_name) == ("E02000000", geography.name_of(geography.U)[:-1])
    assert (area(geography.M).msoa_code, area(geography.M).msoa_name) == ("", geography.name_of(geography.M)[:-1])
