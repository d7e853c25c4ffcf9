"""Pages about datasets, indicators and figures: where every figure comes from, in words."""

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.tests.files import csv_rows
from healthequiroute.testing.shared import shared
from lsoa.models import Area, AreaChange, Dataset, Indicator, IndicatorValue
from lsoa.presenters import wording
from lsoa.presenters.lineage import Lineage
from lsoa.presenters.wording import rejects
from lsoa.quality.spread import spread_by_indicator
from lsoa.services import refresh_profile

from . import published
from .conftest import load_files, three_areas
from .factories import AreaFactory, DatasetFactory, IndicatorFactory, IndicatorValueFactory
from .published import CODES


def text_of(response) -> str:
    assert response.status_code == 200, response.status_code
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return " ".join(content.decode().split())


def rows_of(response) -> list[dict]:
    return csv_rows(response)


@pytest.fixture
@shared
def loaded_care(loaded_boundaries, tmp_path_factory):
    rows = {CODES[0]: [900, 18], CODES[1]: [800, 40], CODES[2]: [500, 5], "E01999999": [1, 0]}
    with three_areas():
        return load_files(published.nomis(tmp_path_factory.mktemp("care") / "t.csv", "TS039", rows)).dataset


@pytest.fixture
def care(boundaries, loaded_care):
    """Unpaid care of the three areas, and one row that is no area."""
    return loaded_care


@pytest.fixture
def code(care):
    return next(iter(care.quality["indicators"]))


def test_the_list_names_every_dataset_in_force(care, client_as):
    page = text_of(client_as("viewer").get("/data/"))
    assert care.title in page and "Office for National Statistics" in page
    assert "Open Government Licence" in page and "Official publication" in page


def test_the_list_is_searched_by_its_address(care, client_as):
    client = client_as("viewer")
    assert care.title in text_of(client.get("/data/", {"q": "ts039"}))
    page = text_of(client.get("/data/", {"q": "nothing like it"}))
    assert "No dataset fits" in page and care.title not in page.split("<main")[1]
    assert care.title in text_of(client.get("/data/", {"publisher": care.publisher}))
    assert client.get("/data/", {"q": "%", "theme": "x" * 5000}).status_code == 200


def test_earlier_releases_show_when_asked_for(care, client_as):
    DatasetFactory(title="An old publication", state=Dataset.State.SUPERSEDED, publication=care.publication)
    client = client_as("viewer")
    assert "An old publication" not in text_of(client.get("/data/"))
    assert "An old publication" in text_of(client.get("/data/", {"history": "1"}))


def test_a_dataset_says_what_it_is_and_what_is_wrong_with_it(care, client_as):
    page = text_of(client_as("viewer").get(reverse("dataset", args=[care.pk])))
    assert care.file_sha256 in page and "t.csv" in page
    assert "4 read, 3 loaded, 1 rejected" in page
    assert "that there could be (100%)" in page
    assert "Rejected rows (1)" in page


def test_rejects_are_listed_and_downloaded_whole(care, client_as):
    client = client_as("viewer")
    assert "E01999999" in text_of(client.get(reverse("dataset-rejects", args=[care.pk])))
    rows = rows_of(client.get(reverse("dataset-rejects-csv", args=[care.pk])))
    assert [(row["line"], row["code"]) for row in rows] == [("5", "E01999999")]


@pytest.mark.parametrize(
    ("read", "rejected", "words"),
    [
        (29_160, 0, "No rows were rejected. 29,160 rows were read."),
        (1, 0, "No rows were rejected. 1 row was read."),
        (1_000, 1, "1 of 1,000 rows of file.csv was rejected, so it was not loaded."),
        (4_000, 1_200, "1,200 of 4,000 rows of file.csv were rejected, so they were not loaded."),
    ],
)
def test_how_many_rows_were_rejected_is_a_sentence(read, rejected, words):
    assert rejects(Dataset(rows_read=read, rows_rejected=rejected, file_name="file.csv")) == words


def test_many_rejects_come_page_by_page(care, client_as):
    care.rejects.all().delete()
    from lsoa.models import LoadReject

    LoadReject.objects.bulk_create(LoadReject(dataset=care, line=n, code="", reason="no") for n in range(1, 251))
    client, address, lines = client_as("viewer"), reverse("dataset-rejects", args=[care.pk]), []
    after = ""
    for _ in range(4):
        response = client.get(address, {"after": after} if after else {})
        lines += [row.line for row in response.context["rows"]]
        after = response.context["next"]
        if after is None:
            break
    assert lines == list(range(1, 251))


def test_the_figures_of_a_dataset_download_with_their_lines(care, code, client_as):
    rows = rows_of(client_as("analyst").get(reverse("dataset-figures-csv", args=[care.pk]), {"indicator": code}))
    assert [(row["area_code"], row["line"]) for row in rows] == [(CODES[0], "2"), (CODES[1], "3"), (CODES[2], "4")]
    assert (
        float(rows[0]["value"])
        == IndicatorValue.objects.get(dataset=care, area__code=CODES[0], indicator__code=code).value
    )
    assert client_as("viewer").get(reverse("dataset-figures-csv", args=[care.pk])).status_code == 403


def test_cells_that_a_spreadsheet_would_run_are_text(care, client_as):
    care.rejects.update(reason='=HYPERLINK("http://x")')
    rows = rows_of(client_as("viewer").get(reverse("dataset-rejects-csv", args=[care.pk])))
    assert rows[0]["reason"].startswith("'=")


def test_a_figure_leads_to_its_dataset_and_line(care, code, client_as):
    client = client_as("viewer")
    area = text_of(client.get(reverse("area", args=[CODES[0]])))
    address = reverse("figure", args=[code, CODES[0]])
    assert address in area
    page = text_of(client.get(address))
    assert reverse("dataset", args=[care.pk]) in page
    assert "Line 2 of t.csv" in page and "2.0%" in page and "A share worked out" in page
    assert "England" in page and "Median" in page


def test_a_carried_figure_names_its_parents(care, client_as):
    indicator = IndicatorFactory(code="imd_score", name="IMD score", unit="score")
    dataset = DatasetFactory(release="2019", vintage=2011, quality={"indicators": {"imd_score": {"values": 3}}})
    parents = [AreaFactory(code=f"E0100095{n}", vintage=2011) for n in (1, 2)]
    for parent, value, weight in zip(parents, (10.0, 30.0), (0.25, 0.75), strict=True):
        IndicatorValueFactory(area=parent, indicator=indicator, dataset=dataset, value=value, line=7)
        AreaChange.objects.create(
            code_2011=parent.code, code_2021=CODES[2], kind="M", weight=weight, dataset=dataset, basis="population"
        )
    area = Area.objects.get(code=CODES[2])
    IndicatorValueFactory(area=area, indicator=indicator, dataset=dataset, value=25.0, method="carried", line=None)
    page = text_of(client_as("viewer").get(reverse("figure", args=["imd_score", CODES[2]])))
    assert "Carried over from areas of 2011" in page and "75%" in page and "25%" in page
    assert all(parent.code in page for parent in parents) and "30.0" in page and "10.0" in page


def test_uncertainty_is_an_interval(care, client_as):
    indicator = IndicatorFactory(code="dm", name="Diabetes", unit="%")
    dataset = DatasetFactory(quality={"indicators": {"dm": {"values": 1}}})
    area = Area.objects.get(code=CODES[0])
    IndicatorValueFactory(area=area, indicator=indicator, dataset=dataset, value=10.0, uncertainty=0.5)
    page = text_of(client_as("viewer").get(reverse("figure", args=["dm", CODES[0]])))
    assert "9.0% to 11.0% (95% interval" in page


def test_blank_is_said_in_words(care, client_as):
    indicator = IndicatorFactory(code="sup", name="Suppressed thing", unit="%")
    dataset = DatasetFactory(quality={"indicators": {"sup": {"values": 0, "missing": {"suppressed": 1}}}})
    area = Area.objects.get(code=CODES[0])
    IndicatorValueFactory(area=area, indicator=indicator, dataset=dataset, value=None, missing_reason="suppressed")
    refresh_profile()
    page = text_of(client_as("viewer").get(reverse("figure", args=["sup", CODES[0]])))
    assert "Suppressed" in page and "0.0%" not in page


@pytest.fixture
def two_releases(boundaries):
    """An indicator in two releases: one area of thirty jumps."""
    indicator = IndicatorFactory(code="rate", name="A rate", unit="%")
    report = {"indicators": {"rate": {"values": 30, "missing": {}, "minimum": 1, "mean": 2, "maximum": 3}}}
    before = DatasetFactory(publication="rates", release="2023", state=Dataset.State.SUPERSEDED, quality=report)
    after = DatasetFactory(publication="rates", release="2024", quality=report)
    for n, area in enumerate(AreaFactory.create_batch(30, dataset=boundaries.dataset)):
        IndicatorValueFactory(area=area, indicator=indicator, dataset=before, value=float(n))
        jump = 50.0 if n == 7 else 0.0
        IndicatorValueFactory(area=area, indicator=indicator, dataset=after, value=n + 0.1 * (n % 3) + jump)
    refresh_profile()
    return indicator, before, after


def test_an_indicator_shows_its_spread_and_who_jumped(two_releases, client_as):
    page = text_of(client_as("viewer").get(reverse("indicator", args=["rate"])))
    assert "1 area jumped" in page and "57.1%" in page and "+50.1 points" in page
    assert "How areas are spread" in page and "/explore/?theme=rate" in page


def test_only_areas_that_did_not_change_are_compared_across_vintages(boundaries, client_as):
    indicator = IndicatorFactory(code="rate", name="A rate", unit="%")
    report = {"indicators": {"rate": {"values": 2}}}
    before = DatasetFactory(publication="old", release="2019", vintage=2011, quality=report)
    after = DatasetFactory(publication="new", release="2025", quality=report)
    for code, kind in ((CODES[0], "U"), (CODES[1], "S")):
        old = AreaFactory(code=code, vintage=2011)
        AreaChange.objects.create(code_2011=code, code_2021=code, kind=kind, weight=1, dataset=before)
        IndicatorValueFactory(area=old, indicator=indicator, dataset=before, value=1.0)
        new = Area.objects.get(code=code, vintage=2021)
        IndicatorValueFactory(area=new, indicator=indicator, dataset=after, value=3.0)
    page = text_of(client_as("viewer").get(reverse("indicator", args=["rate"])))
    assert "over 1 areas that did not change" in page


def test_a_platform_administrator_switches_releases_with_a_reason(two_releases, platform_client, client_as):
    _, before, after = two_releases
    address = reverse("dataset-put-in-force", args=[before.pk])
    assert client_as("administrator").post(address, {"reason": "x"}).status_code == 403
    assert "Say why" in text_of(platform_client.post(address, {}, follow=True))
    assert "stays so" in text_of(platform_client.post(address, {"reason": "2024 was withdrawn"}, follow=True))
    before.refresh_from_db()
    after.refresh_from_db()
    assert (before.state, before.is_pinned, after.state) == ("current", True, "superseded")
    event = AuditEvent.objects.filter(target_id=str(before.pk)).order_by("-sequence").first()
    assert event.details["reason"] == "2024 was withdrawn"
    platform_client.post(reverse("dataset-unpin", args=[before.pk]), {"reason": "it is back"})
    after.refresh_from_db()
    assert after.state == "current"


def test_lineage_is_shown_both_ways(care, client_as):
    made = DatasetFactory(title="Derived figures")
    made.inputs.add(care)
    client = client_as("viewer")
    source = text_of(client.get(reverse("dataset", args=[care.pk])))
    assert "Used for" in source and reverse("dataset", args=[made.pk]) in source
    derived = text_of(client.get(reverse("dataset", args=[made.pk])))
    assert "Made from" in derived and reverse("dataset", args=[care.pk]) in derived


def test_what_is_not_there_is_not_found(care, client_as):
    client = client_as("viewer")
    for address in (
        "/data/figures/nothing/E01000901/",
        "/data/figures/imd_rank/E01999999/",
        "/data/indicators/nothing/",
        "/data/datasets/00000000-0000-0000-0000-000000000000/",
    ):
        assert client.get(address).status_code == 404


def test_the_list_of_datasets_costs_the_same_whatever_their_number(care, client_as, django_assert_max_num_queries):
    DatasetFactory.create_batch(30, quality={"indicators": {"x": {"values": 1}}})
    client = client_as("viewer")
    client.get("/data/")
    with django_assert_max_num_queries(14):
        client.get("/data/")


def test_numbers_read_as_people_write_them():
    assert wording.share(1, 10_000) == "under 0.1%" and wording.share(9_999, 10_000) == "over 99.9%"
    assert wording.share(1, 1) == "100%" and wording.share(1, 0) == ""
    percent = Indicator(decimals=1, unit="%")
    assert wording.figure(-0.01, percent) == "0%"
    assert wording.figure(None, percent) == ""


def test_deciles_are_counted_one_by_one_and_not_in_steps_that_cut_them(client_as):
    indicator, dataset = IndicatorFactory(code="x_decile", unit="decile"), DatasetFactory(vintage=2021)
    for number in range(1, 31):
        area = AreaFactory(vintage=2021)
        IndicatorValueFactory(area=area, indicator=indicator, dataset=dataset, value=float((number - 1) % 10 + 1))
    spread = spread_by_indicator(dataset, [indicator])["x_decile"]
    assert (spread.counts, spread.is_whole) == ((3,) * 10, True)
    assert [spread.bounds(step)[0] for step in range(10)] == list(range(1, 11))
    IndicatorValue.objects.filter(indicator=indicator, value=10).update(value=9.5)
    dataset.quality = {"carried": {"x": {"areas": 1}}}
    assert len(spread_by_indicator(dataset, [indicator])["x_decile"].counts) == 12


def test_a_dataset_of_many_indicators_folds_all_but_the_first(client_as):
    rows = [IndicatorFactory(code=f"x_{number}") for number in range(30)]
    dataset = DatasetFactory(quality={"indicators": {row.code: {"values": 1, "missing": {}} for row in rows}})
    page = client_as("viewer").get(reverse("dataset", args=[dataset.pk])).context["page"]
    assert (len(page.first_indicators), len(page.further_indicators)) == (12, 18)


def test_derived_figures_are_said_to_be_worked_out_here(client_as):
    dataset = DatasetFactory(publisher="Derived here from practices' places", release="2025", extent="England")
    page = client_as("viewer").get(reverse("dataset", args=[dataset.pk])).context["page"]
    assert page.sentences[0].startswith("This service works these figures out, for 2025 and all of England.")
    assert not any("The file" in sentence for sentence in page.sentences)


def test_a_diagram_has_no_column_for_nothing(care):
    made = DatasetFactory(title="Derived figures")
    made.inputs.add(care)
    source, derived = (Lineage.of(row, None) for row in (care, made))
    assert [box.x for box in source.boxes] == [box.x for box in derived.boxes] == [0, 252]
    assert source.width == 252 + source.box_width


def test_a_release_in_force_is_kept_and_another_one_put_there(care, platform_client):
    DatasetFactory(publication=care.publication, extent=care.extent, release="2001", state=Dataset.State.SUPERSEDED)
    page = platform_client.get(reverse("dataset", args=[care.pk])).context["page"]
    assert [row.choice for row in page.releases] == ["Keep in force", "Put in force"]
