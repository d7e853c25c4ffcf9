"""Forecasts of published activity: made from all that is loaded, and kept only when all of them could be stored."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import structlog
from django.db import connection, transaction

from accounts import audit, jobs
from accounts.models import Job, User
from insights import forecasting
from insights.models import HORIZON, ForecastModel, ForecastRun, SeriesForecast
from insights.months import first_day
from insights.panels import Group, groups, newest_month
from lsoa.models import ActivitySeries, Dataset

log = structlog.get_logger(__name__)

FORECAST_KIND = "insights.forecasts"
# One number for the advisory lock: two runs at once would both take themselves for the newest.
FORECAST_LOCK = 0xF0CA
# Of how many runs the forecasts are kept, so that what came can be held against them; models are kept for good.
KEPT_RUNS = 6
UNFIT = "not_measurable"
Progress = Callable[[int, str], None]


class NothingToForecast(ValueError):
    """No monthly activity is loaded, or no series of it is long enough."""


@dataclass(frozen=True)
class _Made:
    """One group's models, champion first, and the forecasts of its series (without model)."""

    models: list[ForecastModel]
    forecasts: list[SeriesForecast]
    left_out: dict[str, int]


@transaction.atomic
def request_forecasts(*, by) -> Job:
    """Queue new forecasts of everything that is loaded."""
    return jobs.enqueue(kind=FORECAST_KIND, title="Make forecasts of published activity", payload={}, by=by)


def run_queued_forecasts(*, run: jobs.JobRun) -> ForecastRun | None:
    """Do what `request_forecasts` queued, reporting progress to the job."""
    by = run.job.created_by or audit.SystemActor("huey:make_forecasts")
    try:
        made = make_forecasts(by=by, progress=run.progress)
    except NothingToForecast as refusal:
        if run.job.created_by is not None:
            raise
        # A first publication may be too short: nobody asked, so that is no failure.
        run.progress(99, str(refusal))
        return None
    run.progress(99, f"{made.series_count:,} series", result={"run": str(made.pk), "series": made.series_count})
    return made


def make_forecasts(*, by, progress: Progress = lambda percent, message: None, anew: bool = False) -> ForecastRun:
    """Learn, forecast and bring the forecasts into force in one transaction; the run that is in force then.

    A model in use is replaced only by one whose error on held-out months is lower. When neither figures nor engine have
    changed the run in force stays, unless `anew`. NothingToForecast. `progress` may raise to stop before anything is
    stored.
    """
    clock, newest = time.perf_counter(), newest_month()
    if newest is None:
        raise NothingToForecast("No monthly activity is loaded. Load a publication of activity first.")
    progress(5, "Reading published activity")
    found, left_out = [], Counter()
    for _, _, group, left in groups(newest):
        left_out.update(left)
        found += [group] if group is not None else []
    digest = sha256(b"".join(group.digest() for group in found)).hexdigest()
    current = ForecastRun.objects.current().first()
    same = current is not None and (current.data_sha256, current.engine_version) == (digest, forecasting.VERSION)
    if same and not anew:
        return current
    made = []
    for number, group in enumerate(found):
        progress(10 + 80 * number // len(found), f"Forecasting {group.measure} by {group.organisation_kind}")
        made.append(_forecast(group, _in_use(group)))
    if not any(one.forecasts for one in made):
        raise NothingToForecast("No series is long enough: two and a half years of months are needed.")
    for one in made:
        left_out.update(one.left_out)
    run = ForecastRun(
        made_by=by if isinstance(by, User) else None,
        horizon=HORIZON,
        data_until=first_day(newest),
        engine_version=forecasting.VERSION,
        data_sha256=digest,
        series_count=sum(len(one.forecasts) for one in made),
        left_out={reason: number for reason, number in sorted(left_out.items()) if number},
        sources=_sources(found),
        is_current=True,
    )
    progress(92, "Storing forecasts")
    return _store(run=run, made=made, by=by, clock=clock)


@transaction.atomic
def _store(*, run: ForecastRun, made: list[_Made], by, clock: float) -> ForecastRun:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FORECAST_LOCK])
    ForecastRun.objects.current().update(is_current=False)
    run.seconds = round(time.perf_counter() - clock, 3)
    run.save(force_insert=True)
    for one in made:
        for model in one.models:
            model.run = run
        ForecastModel.objects.bulk_create(one.models)
        for forecast in one.forecasts:
            forecast.model = one.models[0]
        SeriesForecast.objects.bulk_create(one.forecasts, batch_size=2_000)
    kept = ForecastRun.objects.order_by("-made_at").values_list("pk", flat=True)[:KEPT_RUNS]
    SeriesForecast.objects.exclude(model__run__in=list(kept)).delete()
    models = [model for one in made for model in one.models]
    verdicts = Counter(model.reason for model in models if model.stage == ForecastModel.Stage.CHAMPION)
    details = {"series": run.series_count, "data_until": run.data_until.isoformat(), "models": dict(verdicts)}
    audit.record(action="forecasts.made", by=by, target=run, details=details | {"left_out": run.left_out})
    return run


def _sources(found: list[Group]) -> list[dict]:
    read = frozenset().union(*(group.datasets for group in found))
    rows = Dataset.objects.filter(pk__in=read).order_by("title")
    fields = ("id", "title", "publisher", "release", "licence", "standing")
    return [dict(zip(fields, (str(row[0]), *row[1:]), strict=True)) for row in rows.values_list(*fields)]


def _in_use(group: Group) -> forecasting.Settings | None:
    """Settings of the champion of the run in force; None where there is none, or an older engine wrote it."""
    kind = group.measure, group.organisation_kind, ActivitySeries.Interval.MONTH
    model = ForecastModel.objects.current().of_kind(*kind).first()
    if model is None:
        return None
    try:
        return forecasting.Settings.from_dicts(model.settings, model.members)
    except (KeyError, TypeError, ValueError) as error:
        log.warning("forecast_settings_unreadable", model=str(model.pk), error=str(error))
        return None


def _forecast(group: Group, in_use) -> _Made:
    choice = forecasting.choose(group.panel, HORIZON, in_use)
    if np.isnan(choice.reach).any():
        return _Made([], [], {UNFIT: len(group.series)})
    forecasts, unfit = [], 0
    # Series end in different months; each is forecast from its own end, with what was known of the others by then.
    for end in np.unique(group.ends):
        expected = forecasting.forecast(group.panel.until(int(end)), choice.settings, choice.reach, HORIZON)
        known = (group.ends == end) & np.isfinite(expected.upper_90).all(axis=1)
        unfit += int((group.ends == end).sum() - known.sum())
        forecasts += [_row(group, expected, choice, row, int(end)) for row in np.flatnonzero(known).tolist()]
    return _Made(_models(group, choice), forecasts, {UNFIT: unfit})


def _row(group, expected, choice, row, end) -> SeriesForecast:
    intervals = ("mean", "lower_80", "upper_80", "lower_90", "upper_90")
    return SeriesForecast(
        series_id=group.series[row],
        origin=group.month(end - 1),
        **{name: getattr(expected, name)[row].tolist() for name in intervals},
        year_change=_or_none(expected.year_change[row]),
        seasonal=expected.seasonal[row].tolist(),
        mase=_or_none(choice.accuracy.series_mase[row]),
        flags=list(expected.flags[row]),
    )


def _models(group: Group, choice: forecasting.Choice) -> list[ForecastModel]:
    """The champion, then what it was compared with."""
    stage, reason = ForecastModel.Stage, ForecastModel.Reason
    words = {
        "first": (reason.FIRST, stage.CHALLENGER, reason.NOT_LOWER),
        "first_simple": (reason.FIRST, stage.CHALLENGER, reason.NOT_LOWER),
        "lower_error": (reason.LOWER_ERROR, stage.RETIRED, reason.REPLACED),
        "kept": (reason.KEPT, stage.CHALLENGER, reason.NOT_LOWER),
    }
    taken, rival_stage, rival_reason = words[choice.verdict]
    compared = {
        "champion": _or_none(choice.accuracy.mase),
        "challenger": _or_none(choice.rival_accuracy.mase) if choice.rival_accuracy else None,
        "seasonal_naive": _or_none(choice.accuracy.naive),
        "mean_of_year": _or_none(choice.accuracy.mean_of_year),
    }
    models = [_model(group, choice.settings, choice.accuracy, stage.CHAMPION, taken, compared, choice.reach)]
    if choice.rival is not None:
        models.append(_model(group, choice.rival, choice.rival_accuracy, rival_stage, rival_reason, compared, None))
    return models


def _model(group, settings, accuracy, stage, reason, compared, reach) -> ForecastModel:
    measured = not np.isnan(np.hstack([accuracy.error_by_horizon, accuracy.naive_error_by_horizon])).any()
    return ForecastModel(
        measure=group.measure,
        organisation_kind=group.organisation_kind,
        interval=ActivitySeries.Interval.MONTH,
        members=settings.members_dict(),
        settings=settings.settings_dict() | _totals(reach),
        series_count=len(group.series),
        origins=accuracy.origins,
        mase=_or_none(accuracy.mase),
        mase_naive=_or_none(accuracy.naive),
        error_by_horizon=accuracy.error_by_horizon.tolist() if measured else [],
        naive_error_by_horizon=accuracy.naive_error_by_horizon.tolist() if measured else [],
        coverage_80=_or_none(accuracy.coverage_80),
        coverage_90=_or_none(accuracy.coverage_90),
        stage=stage,
        reason=reason,
        comparison=compared,
    )


def _totals(reach) -> dict:
    """How far the interval of all months reaches, in reaches of the first month; nothing where that one is 0."""
    if reach is None:
        return {}
    return {f"total_{level}": row[-1] / row[0] for level, row in zip((80, 90), reach.tolist(), strict=True) if row[0]}


def _or_none(value) -> float | None:
    return None if np.isnan(value) else float(value)
