"""Forecasts from loaded activity to stored rows."""

from datetime import date

import numpy as np
import pytest

from accounts.audit import SystemActor
from accounts.jobs import Job
from accounts.models import AuditEvent
from insights import tasks
from insights.models import ForecastModel, ForecastRun, SeriesForecast
from insights.services import forecasts as service
from insights.tests.factories import make_series
from lsoa.models import ActivityValue, Dataset
from lsoa.signals import dataset_loaded
from lsoa.tests.factories import DatasetFactory

pytestmark = pytest.mark.django_db
BY = SystemActor("test:forecasts")


def month(number, first=2021):
    return date(first + number // 12, number % 12 + 1, 1)


def activity(series, dataset, values, start=0):
    ActivityValue.objects.bulk_create(
        ActivityValue(
            series=series,
            dataset=dataset,
            period=month(start + place),
            value=None if np.isnan(value) else value,
            missing_reason="blank" if np.isnan(value) else None,
            line=place + 1,
        )
        for place, value in enumerate(values)
    )


def figures(months, level=800.0, seed=1):
    rng = np.random.default_rng(seed)
    time = np.arange(months)
    return np.round(
        level * (1 + 0.12 * np.cos(2 * np.pi * time / 12)) * (1 + 0.002 * time) * rng.normal(1, 0.02, months)
    )


@pytest.fixture
def dataset(db):
    return DatasetFactory(publication="ae-by-icb", title="Activity by board")


@pytest.fixture
def boards(dataset):
    """Twelve boards with four years of months."""
    found = [make_series() for _ in range(12)]
    for number, series in enumerate(found):
        activity(series, dataset, figures(48, 400 + 100 * number, number))
    return found


def test_every_series_is_forecast_from_its_last_month(boards):
    run = service.make_forecasts(by=BY)
    assert run.is_current and run.series_count == 12 and run.data_until == date(2024, 12, 1)
    forecast = SeriesForecast.objects.current().with_names().get(series=boards[3])
    assert forecast.origin == date(2024, 12, 1) and len(forecast.mean) == run.horizon == 6
    assert forecast.months() == [date(2025, 1 + step, 1) for step in range(6)]
    # January is the height of the season, June its depth.
    assert forecast.mean[0] > 1.15 * forecast.mean[5]
    model = forecast.model
    assert model.mase < model.mase_naive and model.origins == 6 and 0.6 < model.coverage_80 <= model.coverage_90
    total = forecast.total()
    apart = sum(high - middle for high, middle in zip(forecast.upper_80, forecast.mean, strict=True))
    assert total.mean == pytest.approx(sum(forecast.mean)) and 0 < total.upper_80 - total.mean < apart
    assert total.lower_90 <= total.lower_80 <= total.mean <= total.upper_80 <= total.upper_90


def test_the_run_names_its_sources_and_is_audited(boards, dataset):
    run = service.make_forecasts(by=BY)
    assert [source["id"] for source in run.sources] == [str(dataset.pk)]
    assert run.sources[0]["title"] == dataset.title
    event = AuditEvent.objects.filter(action="forecasts.made").get()
    assert event.target_id == str(run.pk) and event.details["series"] == 12


def test_nothing_is_done_when_nothing_changed(boards, dataset):
    run = service.make_forecasts(by=BY)
    assert service.make_forecasts(by=BY) == run and ForecastRun.objects.count() == 1
    activity(boards[0], dataset, [900.0], start=48)
    newer = service.make_forecasts(by=BY)
    assert newer != run and list(ForecastRun.objects.current()) == [newer]
    # The one board that has another month is forecast from there, the others from their own last month.
    origins = SeriesForecast.objects.current().values_list("series", "origin")
    assert dict(origins) == {one.pk: date(2025, 1, 1) if one == boards[0] else date(2024, 12, 1) for one in boards}


def test_closed_and_short_series_are_left_out_and_counted(boards, dataset):
    activity(make_series(), dataset, figures(30))
    activity(make_series(), dataset, figures(8), start=40)
    run = service.make_forecasts(by=BY)
    assert run.left_out == {"closed": 1, "too_short": 1} and run.series_count == 12


def test_datasets_out_of_force_are_not_read_and_the_better_standing_wins(boards, dataset):
    wrong = figures(48) * 50
    rolled_back = DatasetFactory(publication="other", state=Dataset.State.ROLLED_BACK)
    activity(boards[0], rolled_back, wrong)
    converted = DatasetFactory(publication="third", standing=Dataset.Standing.ASSEMBLED)
    activity(boards[1], converted, wrong)
    service.make_forecasts(by=BY)
    for board in boards[:2]:
        assert SeriesForecast.objects.current().get(series=board).mean[0] < 2_000


def test_a_champion_is_replaced_only_by_a_lower_error(boards, dataset):
    service.make_forecasts(by=BY)
    champion = ForecastModel.objects.current().get()
    assert champion.reason == "first"
    again = service.make_forecasts(by=BY, anew=True)
    kept = ForecastModel.objects.current().get()
    assert kept.run == again and kept.reason == "kept"
    assert (kept.members, kept.settings["pool"]) == (champion.members, champion.settings["pool"])
    rival = again.models.get(stage="challenger")
    assert rival.reason == "not_lower" and rival.mase >= kept.mase
    # Somebody puts a model in use that takes every month for the mean of the year: it does not stay.
    ForecastModel.objects.filter(pk=kept.pk).update(members={"mean_of_year": 1.0})
    newest = service.make_forecasts(by=BY, anew=True)
    better = ForecastModel.objects.current().get()
    retired = newest.models.get(stage="retired")
    assert better.reason == "lower_error" and retired.members == {"mean_of_year": 1.0} and better.mase < retired.mase
    assert better.comparison == {
        "champion": better.mase,
        "challenger": retired.mase,
        "seasonal_naive": better.mase_naive,
        "mean_of_year": pytest.approx(retired.mase),
    }


def test_settings_that_cannot_be_read_are_learned_anew(boards):
    service.make_forecasts(by=BY)
    ForecastModel.objects.update(settings={"pool": "half"})
    service.make_forecasts(by=BY, anew=True)
    assert ForecastModel.objects.current().get().reason == "first"


def test_without_activity_there_is_nothing_to_forecast(db):
    with pytest.raises(service.NothingToForecast, match="No monthly activity"):
        service.make_forecasts(by=BY)


def test_too_short_a_publication_is_refused(dataset):
    activity(make_series(), dataset, figures(14))
    with pytest.raises(service.NothingToForecast, match="long enough"):
        service.make_forecasts(by=BY)
    assert not ForecastRun.objects.exists()


def test_old_forecasts_go_and_models_stay(boards, monkeypatch):
    monkeypatch.setattr(service, "KEPT_RUNS", 2)
    for _ in range(3):
        service.make_forecasts(by=BY, anew=True)
    assert ForecastRun.objects.count() == 3 and SeriesForecast.objects.count() == 24
    assert ForecastModel.objects.filter(stage="champion").count() == 3


def test_loads_of_activity_ask_for_one_run_together(boards, dataset, monkeypatch, django_capture_on_commit_callbacks):
    asked = []
    monkeypatch.setattr(tasks.forecast_soon, "schedule", lambda **when: asked.append(when))
    dataset_loaded.send(sender=Dataset, dataset=DatasetFactory(publication="without-activity"))
    assert not asked
    for _ in range(2):
        dataset_loaded.send(sender=Dataset, dataset=dataset)
    assert asked == [{"delay": tasks.WAIT_SECONDS}]
    with django_capture_on_commit_callbacks(execute=True):
        tasks.forecast_soon.call_local()
    job = Job.objects.get(kind=service.FORECAST_KIND)
    assert job.state == "succeeded" and job.result["series"] == 12
    assert ForecastRun.objects.get().made_by is None
