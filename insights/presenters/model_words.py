"""What a model is made of and how well it did, in words."""

from insights.models import ForecastModel
from lsoa.written_numbers import decimal, percent

# What each member does. A forecast is their weighted mean.
MEMBERS = {
    "theta": ("Level and drift", "The level of late and where it moves, with the seasons put back (Theta method)."),
    "ratio": ("Ratio to its own last year", "How months stand to the year before, over all series (ridge regression)."),
    "seasonal_naive": ("Last year again", "The same month of the year before."),
    "mean_of_year": ("Mean of the last year", "The mean of the last twelve months."),
}  # fmt: skip
PROMISED = {"coverage_80": 0.8, "coverage_90": 0.9}
# So far from what was promised, in shares, ranges are said to keep it.
KEPT = 0.03


def member_rows(model: ForecastModel) -> list[dict]:
    """The largest weight first; members that earned none are not in the forecast and not in the list."""
    rows = sorted(model.members.items(), key=lambda item: -item[1])
    return [
        {"name": _member(code)[0], "text": _member(code)[1], "share": weight, "weight": percent(weight)}
        for code, weight in rows
        if weight > 0
    ]


def _member(code: str) -> tuple[str, str]:
    return MEMBERS.get(code, (code.replace("_", " ").capitalize(), ""))


def coverage_sentence(model: ForecastModel) -> str:
    """How many of the held-out months the ranges held, beside what they promise."""
    if model.coverage_80 is None:
        return "Too few months have been published to check how often the ranges hold."
    times = f"{model.origins} earlier date{'s' if model.origins != 1 else ''}"
    text = f"Checked on {times}, on months not seen before: ranges for 8 of 10 cases held {percent(model.coverage_80)}"
    if model.coverage_90 is not None:
        text += f" of them, those for 9 of 10 held {percent(model.coverage_90)}"
    return f"{text}."


def error_sentence(model: ForecastModel) -> str:
    """The error beside that of the simplest way."""
    if not model.mase or not model.mase_naive:
        return ""
    ratio = model.mase / model.mase_naive
    if ratio < 0.995:
        return (
            f"The usual error is {percent(1 - ratio)} smaller than that of expecting the same month of the year before."
        )
    return "The usual error is no smaller than that of expecting the same month of the year before."


def coverage_rows(model: ForecastModel) -> list[dict]:
    """Promised and held, for 8 and for 9 of 10."""
    rows = []
    for field, promised in PROMISED.items():
        held = getattr(model, field)
        label = f"{round(promised * 10)} of 10"
        if held is None:
            rows.append(
                {"label": label, "promised": percent(promised), "held": "not checked", "verdict": "", "share": None}
            )
            continue
        away = held - promised
        verdict = "as promised" if abs(away) <= KEPT else "too narrow" if away < 0 else "wider than needed"
        rows.append(
            {"label": label, "promised": percent(promised), "held": percent(held, 1), "verdict": verdict, "share": held}
        )
    return rows


def error_rows(model: ForecastModel) -> list[dict]:
    """Mean absolute error as a share of the level, by how many months ahead."""
    pairs = zip(model.error_by_horizon, model.naive_error_by_horizon, strict=True)
    return [
        {"ahead": str(k), "model": percent(own, 1), "naive": percent(naive, 1)}
        for k, (own, naive) in enumerate(pairs, 1)
    ]


def scaled(value: float | None) -> str:
    """A scaled error (MASE)."""
    return "not checked" if value is None else decimal(value, 2)
