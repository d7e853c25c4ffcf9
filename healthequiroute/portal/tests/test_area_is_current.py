"""What the process keeps for the pages of an area is never behind what is stored: change a row, ask again."""

from statistics import fmean

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.audit import SystemActor
from insights.tests.factories import make_forecast
from lsoa.models import Area, AreaProfile, Dataset, Indicator, IndicatorDistribution
from lsoa.similar.standing import authority_means
from priorities import services
from priorities.models import PriorityScore, ScoreRun
from priorities.tests.factories import QUIET, WORST, make_dataset, make_figures

from .conftest import CITY
from .test_explore import text_of

SYSTEM = SystemActor("tests")
PAGES = ("area", "area-priority", "area-priority-sheet")


@pytest.fixture
def texts(analyst, city, patch):
    """`texts(area)` -> text of each page of an area, all of which have been open before."""

    def read(area=city["worst"], pages=PAGES):
        return {name: text_of(analyst.get(reverse(name, args=[area.code]))) for name in pages}

    read()
    return read


@pytest.fixture
def answer(analyst, city, patch):
    """The area in the API."""

    def read():
        found = analyst.get(reverse("area-detail", args=[city["worst"].code])).json()
        return {row["code"]: row for row in found["indicators"]}, {row["id"]: row for row in found["sources"]}

    read()
    return read


def test_another_name_of_an_indicator_shows_at_once(texts, answer):
    Indicator.objects.filter(code="imd_decile").update(name="Decile by another name")
    assert "Decile by another name" in texts()["area"]
    assert answer()[0]["imd_decile"]["name"] == "Decile by another name"
    Indicator.objects.filter(code="imd_decile").update(decimals=2, unit="tenths")
    assert answer()[0]["imd_decile"]["unit"] == "tenths"
    assert "tenths" in texts()["area"]


def test_a_corrected_dataset_shows_at_once(texts, answer):
    assert all("Corrected title" not in text for text in texts().values())
    Dataset.objects.update(title="Corrected title", is_provisional=True)
    assert all("Corrected title" in text for text in texts().values())
    assert {row["title"] for row in answer()[1].values()} == {"Corrected title"}


def test_another_distribution_shows_at_once(answer):
    before = answer()[0]["imd_decile"]["national"]
    IndicatorDistribution.objects.filter(code="imd_decile").update(mean=before["mean"] + 1, areas=before["areas"] + 1)
    after = answer()[0]["imd_decile"]["national"]
    assert after["mean"] == before["mean"] + 1 and after["areas"] == before["areas"] + 1
    IndicatorDistribution.objects.all().delete()
    assert answer()[0]["imd_decile"]["national"] is None


def test_a_score_run_shows_at_once(texts, city):
    assert texts(city["quiet"])["area"].count("explanation of that calculation") == 1
    make_figures({city["quiet"]: WORST}, make_dataset(title="Newer figures", release="2026"))
    services.score_areas(by=SYSTEM)
    after = texts(city["quiet"])
    assert PriorityScore.objects.current().get(area=city["quiet"]).priority == 3
    assert all("Urgent" in text and "Newer figures" in text for text in after.values())
    assert after["area"].count("explanation of that calculation") == 2


def test_a_run_that_is_out_of_date_says_so_at_once(texts):
    assert all("The data have changed since" not in text for text in texts().values())
    ScoreRun.objects.update(outdated_at=timezone.now(), outdated_because="a load of figures")
    assert all("The data have changed since this calculation: a load of figures" in text for text in texts().values())


def test_a_model_that_is_out_of_date_says_so_at_once(texts):
    version = ScoreRun.objects.get().model_version
    type(version).objects.filter(pk=version.pk).update(outdated_at=timezone.now(), outdated_because="a load")
    assert all("computed from older data: a load" in text for text in texts().values())


def test_a_score_that_is_taken_back_is_gone_at_once(texts, city):
    ScoreRun.objects.all().delete()
    assert "No run has scored this area" in texts(pages=["area"])["area"]


def test_averages_of_an_authority_follow_the_figures(city):
    codes = sorted(set(WORST) - {"age75_share"})

    def plain():
        profiles = AreaProfile.objects.filter(area__local_authority_code=CITY["local_authority_code"])
        columns = {code: [row.values.get(code) for row in profiles] for code in codes}
        known = {code: [value for value in column if value is not None] for code, column in columns.items()}
        return {code: pytest.approx(fmean(column)) for code, column in known.items() if column}

    before = plain()
    assert before and authority_means(city["worst"], codes) == before
    make_figures({city["worst"]: QUIET}, make_dataset(title="Newer figures", release="2026"))
    assert authority_means(city["worst"], codes) == plain() != before


def test_another_forecast_of_the_board_shows_at_once(analyst, city):
    Area.objects.filter(pk=city["worst"].pk).update(icb_code="E54000055")
    address = reverse("area", args=[city["worst"].code])
    assert "Outlook of" not in text_of(analyst.get(address))
    forecast = make_forecast()
    series = forecast.series
    type(series).objects.filter(pk=series.pk).update(
        organisation_kind="icb", organisation_code="E54000055", organisation_name="The board"
    )
    assert "Outlook of" in text_of(analyst.get(address))
    type(series).objects.filter(pk=series.pk).update(organisation_name="The renamed board")
    assert "Outlook of The renamed board" in text_of(analyst.get(address))
    type(forecast).objects.all().delete()
    assert "Outlook of" not in text_of(analyst.get(address))
