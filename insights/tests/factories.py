"""Forecasts to test with."""

from datetime import date

from insights.models import ForecastModel, ForecastRun, SeriesForecast
from lsoa.models import ActivitySeries


def make_run(**values) -> ForecastRun:
    fields = {
        "data_until": date(2026, 9, 1), "engine_version": "1", "data_sha256": "0" * 64, "is_current": True, **values,
    }  # fmt: skip
    return ForecastRun.objects.create(**fields)


def make_model(**values) -> ForecastModel:
    """A champion of a run of its own unless `run` is named."""
    fields = {
        "measure": "emergency_admissions", "organisation_kind": "icb", "interval": "month",
        "members": {"theta": 1.0}, "series_count": 1, "origins": 6, "mase": 0.8, "mase_naive": 1.2,
        "error_by_horizon": [0.03] * 6, "naive_error_by_horizon": [0.06] * 6, "coverage_80": 0.8, "coverage_90": 0.9,
        "stage": ForecastModel.Stage.CHAMPION, "reason": ForecastModel.Reason.FIRST, **values,
    }  # fmt: skip
    fields.setdefault("run", None)
    fields["run"] = fields["run"] or make_run(is_current=not ForecastRun.objects.current().exists())
    return ForecastModel.objects.create(**fields)


def make_series(**values) -> ActivitySeries:
    fields = {
        "measure": "emergency_admissions", "name": "Emergency admissions", "unit": "admissions",
        "organisation_kind": "icb", "organisation_code": f"E548{ActivitySeries.objects.count():05d}",
        "interval": "month", **values,
    }  # fmt: skip
    return ActivitySeries.objects.create(**fields)


def make_forecast(**values) -> SeriesForecast:
    """Ten a month, for a series and a model of its own unless they are named."""
    fields = {
        "origin": date(2026, 9, 1), "lower_90": [6.0] * 6, "lower_80": [8.0] * 6, "mean": [10.0] * 6,
        "upper_80": [12.0] * 6, "upper_90": [16.0] * 6, **values,
    }  # fmt: skip
    fields["model"] = values.get("model") or make_model()
    fields["series"] = values.get("series") or make_series()
    return SeriesForecast.objects.create(**fields)
