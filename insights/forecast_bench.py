"""`manage.py bench forecasts`: forecasts of 35,000 monthly series, six months ahead with intervals.

Peers in the same run: the Theta method as a plain loop over series and months, on a sample whose time is scaled to all,
and last year's month. What each is worth is measured on the same six months, which none of them has seen.
"""

import time

import numpy as np

from insights.forecasting import Panel, choose, forecast
from insights.forecasting.accuracy import scale_of
from insights.forecasting.simple import seasonal_naive

SEED, MONTHS, HORIZON, YEAR = 20_261_123, 48, 6, 12
# A goal of the product, on two cores.
SECONDS = 5.0


def add_arguments(parser):
    parser.add_argument("--series", type=int, default=35_000)
    parser.add_argument("--sample", type=int, default=500, help="series that the plain loop forecasts")


def run(options, write):
    values = _series(options["series"])
    known, truth = Panel(values[:, :MONTHS]), values[:, MONTHS:]
    scale = scale_of(known.values)[:, None]
    sample = slice(0, options["sample"])

    choice, learning = _timed(lambda: choose(known, HORIZON))
    found, ours = _timed(lambda: forecast(known, choice.settings, choice.reach, HORIZON))
    plain, loop = _timed(lambda: np.array([_plain_theta(row) for row in known.values[sample]]))
    loop *= known.series / len(plain)
    naive, simple = _timed(lambda: seasonal_naive(known, HORIZON, np.ones((1, YEAR))))

    write(f"{known.series:,} series of {MONTHS} months with a mean of {values.mean():,.0f}, {HORIZON} months ahead")
    write(f"forecasts with intervals and flags: {ours:.2f} s, {1000 * ours / known.series:.3f} ms a series")
    write(f"settings, weights, intervals and accuracy, once for all: {learning:.2f} s")
    write(f"plain loop Theta: {loop:.1f} s ({len(plain)} series, scaled): {loop / ours:.0f} times as long")
    write(f"last year's month: {simple:.4f} s")
    everything = slice(None)
    for name, one, rows in (
        ("ours", found.mean, everything),
        ("ours, same sample", found.mean[sample], sample),
        ("plain loop Theta", plain, sample),
        ("last year's month", naive, everything),
    ):
        write(f"MASE {name}: {np.nanmean(np.abs(one - truth[rows]) / scale[rows]):.3f}")
    for level in (80, 90):
        low, high = getattr(found, f"lower_{level}"), getattr(found, f"upper_{level}")
        write(f"{level} % interval covers {100 * ((truth >= low) & (truth <= high)).mean():.1f} %")
    verdict = "met" if ours <= SECONDS else "missed"
    write(f"goal of {SECONDS:.0f} s for the forecasts {verdict}; with all that is learned {ours + learning:.2f} s")


def _timed(work):
    started = time.perf_counter()
    return work(), time.perf_counter() - started


def _series(count):
    """Counts with a season that is the panel's in part, a trend, months busy everywhere and chance of their own."""
    rng, when = np.random.default_rng(SEED), np.arange(MONTHS + HORIZON)
    level = rng.lognormal(5, 1, (count, 1))
    season = 1 + 0.15 * np.sin(2 * np.pi * when / YEAR + rng.normal(0, 0.3, (count, 1)))
    busy = np.exp(np.cumsum(rng.normal(0, 0.006, len(when))))
    own = np.exp(np.cumsum(rng.normal(0, 0.01, (count, len(when))), axis=1))
    return rng.poisson(level * season * busy * own * (1 + 0.002 * when)).astype(float)


def _plain_theta(row):
    """Hyndman and Billah (2003) for one series, as in textbooks: own season, smoothing by the smallest error."""
    around = [(sum(row[at - 5 : at + 6]) + (row[at - 6] + row[at + 6]) / 2) / YEAR for at in range(6, len(row) - 6)]
    months = [[] for _ in range(YEAR)]
    for place, level in enumerate(around):
        if level > 0:
            months[(place + 6) % YEAR].append(row[place + 6] / level)
    season = [sum(one) / len(one) if one else 1.0 for one in months]
    season = [max(one * YEAR / sum(season), 0.05) for one in season]
    level = [value / season[month % YEAR] for month, value in enumerate(row)]
    best = None
    for rate in (0.1, 0.2, 0.35, 0.5, 0.7, 0.9):
        state, errors = level[0], 0.0
        for value in level[1:]:
            errors += (value - state) ** 2
            state += rate * (value - state)
        if best is None or errors < best[0]:
            best = (errors, rate, state)
    _, rate, state = best
    middle, mean = (len(level) - 1) / 2, sum(level) / len(level)
    slope = sum((month - middle) * (value - mean) for month, value in enumerate(level))
    slope /= sum((month - middle) ** 2 for month in range(len(level)))
    behind = (1 - (1 - rate) ** len(level)) / rate
    return [(state + slope / 2 * (step + behind)) * season[(len(row) + step) % YEAR] for step in range(HORIZON)]
