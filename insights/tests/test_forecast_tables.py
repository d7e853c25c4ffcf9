"""What the database refuses of forecasts, and the reads that pages build on."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from insights.models import ForecastModel, ForecastRun, SeriesForecast
from insights.tests.factories import make_forecast, make_model, make_run

pytestmark = pytest.mark.django_db


def refused(constraint, make, **values):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make(**values)


def test_one_run_is_current():
    make_run()
    refused("forecast_run_current", make_run)
    make_run(is_current=False)


@pytest.mark.parametrize(
    "members", [{}, {"theta": 0.5}, {"theta": 1.5, "mean": -0.5}, {"theta": "1"}, ["theta"], {"theta": None}]
)
def test_weights_are_shares(members):
    refused("forecast_model_weights", make_model, members=members)


def test_weights_that_are_shares_are_taken():
    assert make_model(members={"theta": 0.7, "seasonal_naive": 0.2, "mean": 0.1}).pk


def test_errors_have_one_figure_for_each_month():
    refused("forecast_model_errors", make_model, error_by_horizon=[0.1] * 6, naive_error_by_horizon=[0.1] * 5)


@pytest.mark.parametrize("coverage", [(0.8, 0.7), (-0.1, 0.9), (0.8, 1.1)])
def test_coverage_is_a_share_and_the_wider_interval_covers_more(coverage):
    refused("forecast_model_coverage", make_model, coverage_80=coverage[0], coverage_90=coverage[1])


@pytest.mark.parametrize(
    "values",
    [
        {"mean": [10, 11, 12, 13, 14]},
        {"lower_80": [8, 8, 8, 8, 8, 15]},
        {"lower_90": [-1, 6, 6, 6, 6, 6]},
        {"upper_90": [10, 16, 16, 16, 16, 16]},
        {"upper_90": [16, 16, 16, 16, 16, float("nan")]},
        {"mean": [10, None, 10, 10, 10, 10]},
        dict.fromkeys(("lower_90", "lower_80", "mean", "upper_80", "upper_90"), []),
    ],
)
def test_intervals_are_nested_equally_long_and_not_negative(values):
    refused("series_forecast_nested", make_forecast, **values)


def test_origin_and_season():
    refused("series_forecast_first_of_month", make_forecast, origin=date(2026, 1, 2))
    refused("series_forecast_season", make_forecast, seasonal=[1.0] * 11)


def test_only_champions_of_the_current_run_are_shown():
    run = make_run()
    shown = make_forecast(model=make_model(run=run))
    make_forecast(model=make_model(run=run, stage=ForecastModel.Stage.CHALLENGER))
    make_forecast(model=make_model(run=make_run(is_current=False)))
    assert list(SeriesForecast.objects.current()) == [shown]
    assert list(ForecastModel.objects.current()) == [shown.model]
    assert run.models.count() == 2
    assert ForecastRun.objects.count() == 2
