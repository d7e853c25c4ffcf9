"""Forecasts and their models in the API."""

from datetime import date

import pytest

from insights.models import ForecastModel
from insights.tests.factories import make_forecast, make_model, make_run, make_series
from lsoa.models import ActivityValue
from lsoa.tests.factories import AreaFactory, DatasetFactory

pytestmark = pytest.mark.django_db
FORECAST, MODELS = "/api/v1/ml/predictions/forecast/", "/api/v1/ml/models/"
QUESTION = {"service": "emergency_admissions", "place": "E54900001"}


@pytest.fixture
def api(api_client_as):
    return api_client_as("viewer")


@pytest.fixture
def forecast():
    dataset = DatasetFactory(publication="ae-by-icb", title="Activity by board", standing=4)
    fields = ("title", "publisher", "release", "licence", "standing")
    source = {"id": str(dataset.pk), **{name: getattr(dataset, name) for name in fields}}
    other = source | {"id": "0" * 8, "title": "Another one"}
    model = make_model(run=make_run(sources=[source, other]))
    series = make_series(organisation_code="E54900001", organisation_name="Made-up board")
    ActivityValue.objects.bulk_create(
        ActivityValue(series=series, dataset=dataset, period=date(2026, month, 1), line=month, **what)
        for month, what in ((8, {"missing_reason": "blank"}), (9, {"value": 11.0}))
    )
    return make_forecast(
        model=model, series=series, mean=[10.0, 11, 12, 13, 14, 15], upper_80=[20.0] * 6, upper_90=[30.0] * 6,
        year_change=0.1, flags=["gaps"],
    )  # fmt: skip


def test_a_forecast_says_what_is_expected_how_sure_that_is_and_whence(api, forecast):
    answer = api.get(FORECAST, QUESTION | {"horizon": 2}).json()
    assert answer["place"] == {"kind": "icb", "code": "E54900001", "name": "Made-up board"}
    assert (answer["is_estimate"], answer["data_until"], answer["unit"]) == (True, "2026-09-01", "admissions")
    assert answer["observed"] == [
        {"month": "2026-08-01", "value": None, "missing_reason": "blank"},
        {"month": "2026-09-01", "value": 11.0, "missing_reason": None},
    ]
    ranges = {"lower_80": 8.0, "upper_80": 20.0, "lower_90": 6.0, "upper_90": 30.0}
    assert answer["expected"] == [
        {"month": "2026-10-01", "mean": 10.0} | ranges,
        {"month": "2026-11-01", "mean": 11.0} | ranges,
    ]
    assert answer["total"]["months"] == 6 and answer["total"]["mean"] == 75.0
    assert (answer["year_change"], answer["flags"]) == (0.1, ["gaps"])
    assert answer["model"]["members"] == [{"name": "theta", "weight": 1.0}]
    assert [(one["title"], one["is_synthetic"]) for one in answer["sources"]] == [("Activity by board", True)]


def test_an_area_means_its_board(api, forecast):
    area = AreaFactory(icb_code="E54900001")
    found = api.get(FORECAST, {"service": "emergency_admissions", "area": area.code.lower()}).json()
    assert found["place"]["code"] == "E54900001"


@pytest.mark.parametrize(
    ("question", "status", "member"),
    [
        ({"place": "E54900001"}, 400, "service"),
        ({"service": "emergency_admissions"}, 400, "place"),
        (QUESTION | {"area": "E01000001"}, 400, "place"),
        (QUESTION | {"horizon": 7}, 400, "horizon"),
        (QUESTION | {"horizon": "six"}, 400, "horizon"),
        (QUESTION | {"kind": "hospital"}, 400, "kind"),
        ({"service": "emergency_admissions", "area": "Leeds"}, 400, "area"),
        ({"service": "emergency_admissions", "area": "E01999999"}, 404, None),
        (QUESTION | {"service": "unicorns"}, 404, None),
        (QUESTION | {"breakdown": "Type 1"}, 404, None),
    ],
)
def test_bad_questions_are_told_what_is_wrong(api, forecast, question, status, member):
    answer = api.get(FORECAST, question)
    assert answer.status_code == status and answer["Content-Type"] == "application/problem+json"
    if member:
        assert f"/{member}" in {error["pointer"] for error in answer.json()["errors"]}


def test_one_code_of_two_kinds_needs_the_kind(api, forecast):
    make_forecast(
        model=make_model(run=forecast.model.run, organisation_kind="trust"),
        series=make_series(organisation_kind="trust", organisation_code="E54900001"),
    )
    assert [error["pointer"] for error in api.get(FORECAST, QUESTION).json()["errors"]] == ["/kind"]
    assert api.get(FORECAST, QUESTION | {"kind": "trust"}).json()["place"]["kind"] == "trust"


def test_models_and_how_well_they_did(api, forecast):
    run = forecast.model.run
    rival = make_model(run=run, stage=ForecastModel.Stage.CHALLENGER, reason="not_lower", members={"mean_of_year": 1})
    before = make_model(run=make_run(is_current=False, made_at=run.made_at.replace(year=2025)))
    listed = api.get(MODELS).json()
    assert [one["id"] for one in listed["results"]] == [str(forecast.model_id)]
    found = api.get(f"{MODELS}{forecast.model_id}/performance/").json()
    assert found["by_month_ahead"][5] == {"months_ahead": 6, "error": 0.03, "seasonal_naive": 0.06}
    assert found["coverage"] == [{"promised": 0.8, "measured": 0.8}, {"promised": 0.9, "measured": 0.9}]
    assert [one["id"] for one in found["rivals"]] == [str(rival.pk)]
    assert [one["id"] for one in found["earlier"]] == [str(before.pk)]
    assert api.get(f"{MODELS}{run.pk}/performance/").status_code == 404


@pytest.mark.parametrize("address", [FORECAST, MODELS])
def test_whoever_has_the_answer_is_told_so_until_there_are_new_forecasts(api, forecast, address):
    first = api.get(address, QUESTION)
    assert api.get(address, QUESTION, headers={"If-None-Match": first["ETag"]}).status_code == 304
    type(forecast.model.run).objects.update(is_current=False)
    make_run()
    assert api.get(address, QUESTION, headers={"If-None-Match": first["ETag"]}).status_code != 304


def test_queries_do_not_grow_with_what_is_stored(api, forecast, django_assert_max_num_queries):
    api.get(FORECAST, QUESTION)
    for _ in range(5):
        make_forecast(model=forecast.model)
    with django_assert_max_num_queries(14):
        api.get(FORECAST, QUESTION)
