"""The pages of the outlook and of its models, through the client."""

from datetime import date
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import Job
from accounts.permissions import Role
from accounts.tests.factories import MembershipFactory, PlatformAdministratorFactory
from accounts.tests.files import csv_rows
from accounts.tests.sessions import sign_in
from insights.models import ForecastModel
from insights.months import month_after
from lsoa.models import ActivityValue
from lsoa.tests.factories import AreaFactory, DatasetFactory, PatchFactory

from .factories import make_forecast, make_model, make_run, make_series

ORIGIN = date(2026, 9, 1)
OURS, OTHERS = "E54900001", "E54900002"
SEASONAL = [1.1, *[1.0] * 5, 0.9, *[1.0] * 5]


def publish(series, values, dataset=None):
    """Figures of the months up to the origin; None for one that was not given."""
    dataset = dataset or DatasetFactory()
    first = month_after(ORIGIN, 1 - len(values))
    ActivityValue.objects.bulk_create(
        ActivityValue(
            series=series,
            dataset=dataset,
            period=month_after(first, k),
            value=value,
            missing_reason="blank" if value is None else None,
            line=k + 2,
        )
        for k, value in enumerate(values)
    )
    return dataset


def foreseen(model, code, level, change, **values):
    """A forecast of `level` a month, `change` above what was published a year before."""
    series = make_series(measure=model.measure, organisation_code=code, **values)
    publish(series, [level / (1 + change)] * 36)
    spread = {f"{side}_{width}": [level + way * apart] * 6 for side, way in (("lower", -1), ("upper", 1))
              for width, apart in ((80, level / 10), (90, level / 5))}  # fmt: skip
    return make_forecast(
        model=model, series=series, mean=[level] * 6, year_change=change, seasonal=SEASONAL, mase=0.7, **spread
    )


@pytest.fixture
def board(organisation):
    area = AreaFactory(icb_code=OURS, icb_name="NHS Northgate Integrated Care Board")
    PatchFactory(organisation=organisation).areas.add(area)
    return area


@pytest.fixture
def model(db):
    run = make_run(series_count=3, left_out={"closed": 2}, sources=[{"id": str(uuid4()), "title": "Activity"}])
    return make_model(run=run, members={"theta": 0.7, "seasonal_naive": 0.3}, coverage_80=0.79, coverage_90=0.91)


@pytest.fixture
def forecast(board, model):
    return foreseen(model, OURS, 9_000.0, 0.25, organisation_name=board.icb_name)


@pytest.fixture
def viewer(client, organisation):
    sign_in(client, MembershipFactory(organisation=organisation, roles=[Role.VIEWER.value]).user)
    return client


def text_of(client, address, **question) -> str:
    answer = client.get(address, question)
    assert answer.status_code == 200
    return " ".join(unescape(answer.content.decode()).split())


def test_the_list_says_first_what_rises_most_and_how_sure_that_is(viewer, forecast, model):
    foreseen(model, OTHERS, 700.0, 0.5, organisation_name="NHS Elsewhere ICB")
    page = text_of(viewer, reverse("insights"))
    assert (
        "The largest rise is expected in emergency admissions, NHS Northgate ICB: 54,000 admissions from October 2026 "
        "to March 2027, 25.0% more than in the same months a year before. In 8 of 10 cases it will be between 48,600 "
        "and 59,400. Published figures run to September 2026." in page
    )
    # Of one's own places alone, with the last twelve months as they were published.
    assert "NHS Elsewhere" not in page and "1 outlook of 1 place" in page
    assert "86,400" in page and "+12.5% to +37.5%" in page and "Fairly sure, ±10%" in page


def test_places_measures_words_and_order_are_in_the_address(viewer, forecast, model):
    foreseen(model, OTHERS, 700.0, 0.5, organisation_name="NHS Elsewhere ICB")
    address = reverse("insights")
    every = text_of(viewer, address, place="all-icb")
    assert every.index("NHS Elsewhere ICB</span>") < every.index("NHS Northgate ICB</span>")
    falling = text_of(viewer, address, place="all-icb", sort="change")
    assert falling.index("NHS Northgate ICB</span>") < falling.index("NHS Elsewhere ICB</span>")
    assert "NHS Elsewhere" not in text_of(viewer, address, place=f"icb:{OURS}")
    assert "NHS Northgate ICB</span>" not in text_of(viewer, address, place="all-icb", q="elsewhere")
    assert "Nothing matches" in text_of(viewer, address, q="dentists")
    assert "Nothing matches" in text_of(viewer, address, measure="ae_attendances")
    # What nobody offers is no error.
    assert "Nothing matches" in text_of(viewer, address, place="icb:'", sort="nothing", page="x")


def test_the_list_has_pages(viewer, board, model):
    for number in range(21):
        foreseen(model, f"E5490{number:04d}", 100.0 + number, number / 100)
    first = text_of(viewer, reverse("insights"), place="all-icb")
    assert "1 to 20 of 21" in first and "+20.0%" in first and "place=all-icb&page=2" in first
    assert "21 to 21 of 21" in text_of(viewer, reverse("insights"), place="all-icb", page="2")


def test_the_list_as_a_file_has_the_figures_of_the_page(viewer, forecast):
    (row,) = csv_rows(viewer.get(reverse("insights"), {"file": "csv"}))
    assert (row["place_code"], row["unit"], row["published_until"]) == (OURS, "admissions", "2026-09-01")
    assert (float(row["expected"]), float(row["low_80"]), float(row["high_80"])) == (54_000, 48_600, 59_400)
    assert (float(row["year_before"]), float(row["change"])) == (43_200, 0.25)


def test_without_activity_the_page_says_who_loads_it(viewer, client):
    page = text_of(viewer, reverse("insights"))
    assert "No activity has been loaded" in page and "Platform administrators load data" in page
    assert "No activity has been loaded" in text_of(viewer, reverse("insights-models"))
    sign_in(client, PlatformAdministratorFactory())
    assert reverse("load-data") in text_of(client, reverse("insights"))


def test_without_a_forecast_the_page_says_who_makes_one(viewer, client):
    make_series()
    assert "No forecast has been made yet" in text_of(viewer, reverse("insights"))
    assert "Make forecasts anew" not in text_of(viewer, reverse("insights-models")).replace("“Make forecasts anew”", "")
    sign_in(client, PlatformAdministratorFactory())
    assert reverse("forecasts-make") in text_of(client, reverse("insights-models"))


def test_who_has_no_places_with_a_forecast_sees_those_of_all_boards(client, forecast):
    sign_in(client, PlatformAdministratorFactory())
    page = text_of(client, reverse("insights"))
    assert "all ICBs" in page and "NHS Northgate ICB" in page and "Your places" not in page


def test_one_outlook_says_what_is_expected_how_sure_and_from_where(viewer, forecast):
    dataset = forecast.series.values.first().dataset
    page = text_of(viewer, reverse("outlook", args=[forecast.series_id]))
    assert (
        "We expect 54,000 admissions from October 2026 to March 2027, 25.0% more than in the same months a year "
        "before. In 8 of 10 cases it will be between 48,600 and 59,400. Published figures run to September 2026."
        in page
    )
    assert "ranges for 8 of 10 cases held 79% of them, those for 9 of 10 held 91%" in page
    assert "The usual error is 33% smaller" in page
    assert "January is usually the highest month, 10% above an ordinary one; July the lowest, 10% below." in page
    assert reverse("dataset", args=[dataset.pk]) in page and dataset.publisher in page
    assert "8,100 to 9,900" in page and "7,200 to 10,800" in page and "+25.0%" in page


def test_what_was_not_published_is_a_gap_and_no_nought(viewer, board, model):
    series = make_series(organisation_code=OURS)
    publish(series, [10.0] * 30 + [None] + [10.0] * 5)
    make_forecast(model=model, series=series, flags=["gaps", "short_history"])
    address = reverse("outlook", args=[series.pk])
    page = text_of(viewer, address)
    assert 'April 2026</th><td class="is-number" data-label="Published">no figure' in page
    assert page.count('class="her-outlook__seen"') == 3  # two runs, and the key
    assert "Months are missing" in page and "Short history" in page
    months = csv_rows(viewer.get(address, {"file": "csv"}))
    (gap,) = [row for row in months if row["month"] == "2026-04-01"]
    assert (gap["kind"], gap["figure"]) == ("published", "")
    assert [row["figure"] for row in months if row["kind"] == "expected"] == ["10"] * 6


def test_an_outlook_is_held_against_others_by_its_change_and_not_by_its_size(viewer, forecast, model):
    foreseen(model, OTHERS, 90.0, 0.5, organisation_name="NHS Elsewhere ICB")
    page = text_of(viewer, reverse("outlook", args=[forecast.series_id]))
    assert "number 2 of 2 ICBs" in page
    # Added up: 54,540 expected where 43,560 were.
    assert "All 2 ICBs together" in page and "+25.2%" in page


def test_the_better_of_two_datasets_gives_the_month(viewer, forecast):
    publish(forecast.series, [1.0] * 36, DatasetFactory(standing=3))
    publish(forecast.series, [2.0] * 36, DatasetFactory(state="superseded"))
    assert "54,000 admissions from October 2026 to March 2027, 25.0% more" in text_of(
        viewer, reverse("outlook", args=[forecast.series_id])
    )


def test_a_series_without_a_forecast_in_use_has_no_page(viewer, forecast):
    retired = make_model(run=forecast.model.run, stage=ForecastModel.Stage.RETIRED, reason="replaced")
    tried = make_forecast(model=retired, series=make_series(organisation_code=OTHERS))
    assert viewer.get(reverse("outlook", args=[tried.series_id])).status_code == 404
    assert viewer.get(reverse("outlook", args=[uuid4()])).status_code == 404


def test_models_are_told_with_what_they_are_worth(viewer, forecast, model):
    rival = make_model(
        run=model.run, stage=ForecastModel.Stage.CHALLENGER, reason="not_lower", mase=0.95, members={"ratio": 1.0}
    )
    listed = text_of(viewer, reverse("insights-models"))
    assert "1 of 1 foresaw months" in listed and "2 ended more than a year before the newest figures" in listed
    page = text_of(viewer, reverse("insights-model", args=[model.pk]))
    assert "Level and drift, 70%" in page and "Last year again, 30%" in page
    assert "as promised" in page and "3.0%" in page and "6.0%" in page
    assert reverse("insights-model", args=[rival.pk]) in page and "0.95" in page
    assert "never about persons" in page
    assert "Tried, not used" in text_of(viewer, reverse("insights-model", args=[rival.pk]))


def test_a_model_that_could_not_be_checked_says_so(viewer, model):
    bare = make_model(
        run=model.run, measure="ae_attendances", mase=None, mase_naive=None, coverage_80=None, coverage_90=None,
        error_by_horizon=[], naive_error_by_horizon=[],
    )  # fmt: skip
    page = text_of(viewer, reverse("insights-model", args=[bare.pk]))
    assert "Too few months have been published" in page and "not checked" in page


def test_the_models_as_a_file(viewer, forecast):
    (row,) = csv_rows(viewer.get(reverse("insights-models"), {"file": "csv"}))
    assert (row["place_kind"], float(row["mase"]), float(row["held_80"])) == ("icb", 0.8, 0.79)


@pytest.mark.django_db(transaction=True)
def test_forecasts_are_made_anew_as_a_job(client):
    make_series()
    sign_in(client, PlatformAdministratorFactory())
    answer = client.post(reverse("forecasts-make"))
    job = Job.objects.get(kind="insights.forecasts")
    assert answer.status_code == 302 and answer["Location"] == reverse("job-panel", args=[job.pk])


def test_home_and_an_area_show_the_outlook_where_there_is_one(viewer, board, model, django_assert_max_num_queries):
    area = reverse("area", args=[board.code])
    assert "The next six months" not in text_of(viewer, reverse("home"))
    assert 'id="outlook-title"' not in text_of(viewer, area)
    forecast = foreseen(model, OURS, 9_000.0, 0.25, organisation_name=board.icb_name)
    from django.core.cache import cache

    cache.clear()
    for page in (text_of(viewer, reverse("home")), text_of(viewer, area)):
        assert reverse("outlook", args=[forecast.series_id]) in page
        assert "54,000 from Oct 2026 to Mar 2027; in 8 of 10 cases 48,600 to 59,400" in page
    assert "no outlook for this one" in text_of(viewer, area)
    from insights.presenters.outlook_panel import panel_of_organisation

    organisation = board.patches.first().organisation
    with django_assert_max_num_queries(1):
        assert panel_of_organisation(organisation).lines[0].change == "+25.0%"
