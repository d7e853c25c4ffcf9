"""What the API says of one forecast and of one model."""

from insights.models import ForecastModel, ForecastRun, SeriesForecast
from insights.months import month_after
from insights.published import months_of
from lsoa.models import Dataset

OBSERVED_MONTHS = 24
EARLIER_MODELS = 12
INTERVALS = ("mean", "lower_80", "upper_80", "lower_90", "upper_90")


def forecast_json(forecast: SeriesForecast, horizon: int) -> dict:
    """As `ForecastSerializer` has it; two queries. `forecast`: with names."""
    series, first = forecast.series, month_after(forecast.origin, 1 - OBSERVED_MONTHS)
    published = months_of([series.pk], first).get(series.pk, {})
    months = forecast.months()
    total = forecast.total()
    return {
        "service": series.measure,
        "name": series.name,
        "unit": series.unit,
        "breakdown": series.breakdown,
        "place": {"kind": series.organisation_kind, "code": series.organisation_code, "name": forecast.place_name},
        "is_estimate": True,
        "data_until": forecast.origin,
        "observed": [
            {"month": month, "value": one.value, "missing_reason": one.reason}
            for month, one in sorted(published.items())
        ],
        "expected": [
            {"month": month, **{name: getattr(forecast, name)[step] for name in INTERVALS}}
            for step, month in enumerate(months[:horizon])
        ],
        "total": {"months": len(months), **{name: getattr(total, name) for name in INTERVALS}},
        "year_change": forecast.year_change,
        "seasonal": forecast.seasonal,
        "mase": forecast.mase,
        "flags": forecast.flags,
        "model": forecast.model,
        "sources": sources_json(forecast.model.run, {str(one.dataset_id) for one in published.values()}),
    }


def sources_json(run: ForecastRun, wanted: set[str]) -> list[dict]:
    """Of the datasets that a run read, those that are wanted (ids as text)."""
    return [
        source | {"is_synthetic": source["standing"] == Dataset.Standing.SYNTHETIC}
        for source in run.sources
        if source["id"] in wanted
    ]


def performance_json(model: ForecastModel) -> dict:
    """As `PerformanceSerializer` has it; two queries. `model`: with its run."""
    same = ForecastModel.objects.like(model).select_related("run")
    earlier = same.filter(stage=ForecastModel.Stage.CHAMPION, run__made_at__lt=model.run.made_at)
    errors = zip(model.error_by_horizon, model.naive_error_by_horizon, strict=True)
    return {
        "model": model,
        "by_month_ahead": [
            {"months_ahead": ahead, "error": own, "seasonal_naive": naive}
            for ahead, (own, naive) in enumerate(errors, start=1)
        ],
        "coverage": [
            {"promised": 0.8, "measured": model.coverage_80},
            {"promised": 0.9, "measured": model.coverage_90},
        ],
        "comparison": model.comparison,
        "rivals": list(same.filter(run=model.run).exclude(pk=model.pk)),
        "earlier": list(earlier.order_by("-run__made_at")[:EARLIER_MODELS]),
    }
