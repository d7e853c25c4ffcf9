"""The engine: against plain versions that take one series at a time, and rules that must hold whatever the figures."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.forecasting import BadPanel, Panel, Rolling, Settings, choose, forecast
from insights.forecasting.intervals import quantiles
from insights.forecasting.panel import mean_of, median_of
from insights.forecasting.ratio import learn, predict
from insights.forecasting.season import blend, ratios, season_of
from insights.forecasting.settings import MEMBERS, UNLEARNED, expect
from insights.forecasting.shifts import last_shift
from insights.forecasting.simple import mean_of_year, seasonal_naive
from insights.forecasting.theta import Ground, theta

H = 6
SETTINGS = Settings(UNLEARNED.theta, (0.4, 0.3, 0.2, 0.1))
REACH = np.array([[1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 4.0], [1.5, 1.6, 1.7, 1.8, 1.9, 2.0, 6.0]])


def simulated(series=12, months=48, seed=1, noise=0.05, growth=0.002, missing=0.0):
    rng = np.random.default_rng(seed)
    time = np.arange(months)
    level = rng.lognormal(6, 0.8, (series, 1))
    season = 1 + 0.15 * np.cos(2 * np.pi * time / 12 + rng.normal(0, 0.2, (series, 1)))
    common = np.cumsum(rng.normal(0, 0.005, months))
    values = level * season * (1 + growth * time) * np.exp(common + rng.normal(0, noise, (series, months)))
    values = np.round(values)
    values[rng.random(values.shape) < missing] = np.nan
    return values


def panels(least=26, most=40):
    figure = st.one_of(st.just(np.nan), st.floats(0, 1e5), st.integers(0, 30).map(float))
    shape = st.tuples(st.integers(1, 4), st.integers(least, most), st.integers(0, 11))
    return shape.flatmap(
        lambda size: st.lists(figure, min_size=size[0] * size[1], max_size=size[0] * size[1]).map(
            lambda flat: Panel(np.array(flat).reshape(size[:2]), size[2])
        )
    )


# Plain versions: loops over series and months, as one would write them down.


def plain_ratios(row):
    out = [np.nan] * len(row)
    for at in range(6, len(row) - 6):
        total = weight = 0.0
        for step in range(-6, 7):
            share = 0.5 if abs(step) == 6 else 1.0
            if not np.isnan(row[at + step]):
                total, weight = total + share * row[at + step], weight + share
        if weight >= 10 and total > 0 and not np.isnan(row[at]):
            out[at] = min(row[at] / (total / weight), 5.0)
    return out


def plain_theta(row, factors, first, chosen, start):
    seen = [(m, row[m] / factors[(m + first) % 12]) for m in range(start, len(row)) if not np.isnan(row[m])]
    level = np.mean([value for _, value in seen[:3]])
    mean = np.mean([value for _, value in seen])
    for _, value in seen:
        level += chosen.smoothing * (value - level)
    recent = [(m, value) for m, value in seen if m >= len(row) - 36]
    slope = np.polyfit(*zip(*recent, strict=True), 1)[0] if len(recent) >= 12 else 0.0
    slope = min(max(slope, -0.02 * mean), 0.02 * mean)
    behind = (1 - (1 - chosen.smoothing) ** len(seen)) / chosen.smoothing
    out = []
    for step in range(H):
        further = sum(chosen.damping**one for one in range(1, step + 1))
        drift = 0.5 * slope * (behind + further) if chosen.damping else 0.0
        out.append(max(level + drift, 0.0) * factors[(len(row) + step + first) % 12])
    return out


@given(panels(13, 40))
@settings(max_examples=40, deadline=None)
def test_ratios_to_the_year_around_are_those_of_the_plain_version(panel):
    np.testing.assert_allclose(ratios(panel.values), [plain_ratios(row) for row in panel.values], rtol=1e-6)


@pytest.mark.parametrize("missing", [0.0, 0.1])
@pytest.mark.parametrize("damping", [0.0, 0.8, 1.0])
def test_theta_is_that_of_the_plain_version(missing, damping):
    panel = Panel(simulated(missing=missing), 3)
    chosen = type(UNLEARNED.theta)(0.5, 0.35, damping)
    ground = Ground.of(panel)
    found, _ = theta(ground, chosen.pool, [chosen.smoothing], [damping], H)
    factors = ground.factors(chosen.pool)
    for row in range(panel.series):
        expected = plain_theta(panel.values[row], factors[row], 3, chosen, ground.start[row])
        np.testing.assert_allclose(found[0, 0, row], expected, rtol=1e-9)


def test_the_season_is_found_and_pooled():
    time = np.arange(60)
    season = 1 + 0.2 * np.cos(2 * np.pi * time / 12)
    panel = Panel(np.outer([100.0, 900.0], season), 4)
    pooled, own = season_of(panel)
    turned = np.roll(season[:12], 4)
    np.testing.assert_allclose(pooled, turned, rtol=0.02)
    np.testing.assert_allclose(own, [turned, turned], rtol=0.02)
    np.testing.assert_allclose(blend(pooled, own, 0.3).mean(axis=1), 1.0)


def test_simple_rules_are_what_they_are_called():
    panel = Panel(np.arange(30.0)[None])
    assert seasonal_naive(panel, H, np.ones((1, 12))).tolist() == [[18, 19, 20, 21, 22, 23]]
    assert mean_of_year(panel, H).tolist() == [[23.5] * H]
    panel.values[0, 19] = np.nan
    assert seasonal_naive(panel, H, np.ones((1, 12)))[0, 1] == pytest.approx(mean_of(panel.values[0, -12:]))


def test_the_regression_finds_how_next_months_follow_from_the_last_year():
    panel = Panel(simulated(60, 60, noise=0.01))
    known = panel.until(54)
    pooled, _ = season_of(known)
    found, outside = predict(known, pooled, learn(known, pooled, H))
    off = np.abs(found / panel.values[:, 54:] - 1).mean()
    naive = np.abs(seasonal_naive(known, H, pooled[None]) / panel.values[:, 54:] - 1).mean()
    assert off < naive and outside.mean() < 0.2


@pytest.mark.parametrize("axis", [0, 1])
def test_sums_that_know_of_missing_months(axis):
    values = simulated(7, 9, missing=0.3)
    np.testing.assert_allclose(mean_of(values, axis), np.nanmean(values, axis))
    np.testing.assert_allclose(median_of(values, axis), np.nanmedian(values, axis))
    assert np.isnan(mean_of(np.full((2, 3), np.nan))).all() and np.isnan(median_of(np.full((2, 3), np.nan))).all()


def test_a_level_shift_is_found_at_its_month_and_a_season_or_trend_is_none():
    values = simulated(20, 60, noise=0.02)
    values[3, 40:] *= 0.6
    values[5, 20:] *= 1.5
    panel = Panel(values)
    start = last_shift(values / season_of(panel)[0][panel.months_of_year()])
    assert abs(start[3] - 40) <= 1 and abs(start[5] - 20) <= 1
    assert not np.delete(start, [3, 5]).any()


def test_after_a_shift_the_new_level_is_forecast():
    values = simulated(20, 60, noise=0.02, growth=0)
    after = values[3, 50:].copy()
    values[3, 48:] *= 0.5
    expected = expect(Ground.of(Panel(values)), Settings.only("theta"), H)
    assert expected.start[3] == 48 and expected.mean[3].mean() == pytest.approx(0.5 * after.mean(), rel=0.2)


@given(panels())
@settings(max_examples=40, deadline=None)
def test_forecasts_are_nested_and_never_negative(panel):
    found = forecast(panel, SETTINGS, REACH, H)
    known = np.isfinite(found.mean).all(axis=1)
    assert known.tolist() == (~np.isnan(panel.values[:, -12:]).all(axis=1)).tolist()
    rows = (found.lower_90, found.lower_80, found.mean, found.upper_80, found.upper_90)
    for low, high in zip(rows, rows[1:], strict=False):
        assert (low[known] <= high[known]).all()
    assert (found.lower_90[known] >= 0).all() and np.isfinite(found.upper_90[known]).all()
    assert np.allclose(found.seasonal.mean(axis=1), 1)


@given(panels(), st.sampled_from([0.01, 7.0, 1e4]))
@settings(max_examples=30, deadline=None)
def test_another_unit_gives_the_same_forecast_in_that_unit(panel, times):
    found, other = (forecast(Panel(panel.values * k, panel.first_month), SETTINGS, REACH, H) for k in (1.0, times))
    for name in ("mean", "lower_80", "upper_90"):
        np.testing.assert_allclose(getattr(other, name), times * getattr(found, name), rtol=1e-6, atol=1e-9)


def test_the_order_of_series_does_not_matter():
    values = simulated(9, 40, missing=0.05)
    found, turned = (forecast(Panel(one), SETTINGS, REACH, H).mean for one in (values, values[::-1]))
    np.testing.assert_allclose(turned[::-1], found, rtol=1e-9)


def test_no_past_origin_knows_the_future():
    """Whatever comes after an origin: what was learned, expected and promised there stays the same to the last bit."""
    values = simulated(15, 48)
    changed = values.copy()
    changed[:, 40:] = np.random.default_rng(7).permuted(values[:, 40:], axis=1) * 5
    one, two = Rolling(Panel(values), H), Rolling(Panel(changed), H)
    for origin in (30, 36, 40):
        chosen = one.learn(origin)
        assert chosen == two.learn(origin)
        assert np.array_equal(one.reach(chosen, origin), two.reach(chosen, origin))
        known, other = Panel(values).until(origin), Panel(changed).until(origin)
        expected = (expect(Ground.of(panel), chosen, H).mean for panel in (known, other))
        assert np.array_equal(*expected)
    assert one.learn(48) != two.learn(48) or one.judge().mase != two.judge().mase


def test_missing_months_are_neither_zero_nor_an_error():
    values = simulated(15, 48)
    gaps = values.copy()
    gaps[2, [30, 41, 46]] = np.nan
    found = forecast(Panel(gaps), SETTINGS, REACH, H)
    whole = forecast(Panel(values), SETTINGS, REACH, H)
    np.testing.assert_allclose(found.mean[2], whole.mean[2], rtol=0.1)
    assert "gaps" in found.flags[2] and "gaps" not in found.flags[3]


def test_flags_of_short_and_small_series_and_of_zeros():
    values = simulated(6, 48)
    values[0, :30] = np.nan
    values[1] = np.round(values[1] / values[1].mean() * 2)
    values[2] = 0
    found = forecast(Panel(values), SETTINGS, REACH, H)
    assert "short_history" in found.flags[0] and "gaps" not in found.flags[0]
    assert "rounded_small" in found.flags[1]
    assert (found.mean[2] == 0).all() and (found.upper_90[2] == 0).all() and "rounded_small" in found.flags[2]
    assert np.isnan(found.year_change[2])


def test_year_change_compares_the_same_months():
    values = np.tile(np.arange(1.0, 13), 4)[None] * 100
    found = forecast(Panel(values), Settings.only("seasonal_naive"), REACH, H)
    assert found.year_change.tolist() == [0.0]


def test_intervals_of_a_panel_cover_what_they_promise_on_months_that_nobody_saw():
    inside = {0.8: [], 0.9: []}
    for seed in range(4):
        values = simulated(120, 60, seed=seed, noise=0.06)
        known = Panel(values[:, :54])
        choice = choose(known, H)
        found = forecast(known, choice.settings, choice.reach, H)
        truth = values[:, 54:]
        inside[0.8].append(((truth >= found.lower_80) & (truth <= found.upper_80)).mean())
        inside[0.9].append(((truth >= found.lower_90) & (truth <= found.upper_90)).mean())
        assert choice.accuracy.mase < choice.accuracy.naive and choice.verdict == "first"
        assert sum(choice.settings.weights) == pytest.approx(1) and len(choice.settings.weights) == len(MEMBERS)
    assert 0.75 < np.mean(inside[0.8]) < 0.86 and 0.86 < np.mean(inside[0.9]) < 0.94


def test_conformal_quantiles_are_those_of_the_definition():
    scores = np.random.default_rng(3).exponential(size=(99, 2))
    found = quantiles(scores)
    for level, row in zip((0.8, 0.9), found, strict=True):
        assert row[0] == np.sort(scores[:, 0])[int(np.ceil(100 * level)) - 1]
        assert row[1] >= row[0]
    assert np.isnan(quantiles(scores[:10, :1])).all()
    # Few scores of a month share those of all months; scores that overlap widen.
    assert np.isfinite(quantiles(scores[:25])).all()
    assert (quantiles(scores[:, :1], 6) > found[:, :1]).all()


def test_settings_in_use_stay_unless_the_error_is_lower():
    panel = Panel(simulated(20, 54))
    learned = choose(panel, H)
    worse = choose(panel, H, Settings.only("mean_of_year"))
    assert worse.verdict == "lower_error" and worse.rival == Settings.only("mean_of_year")
    assert worse.accuracy.mase < worse.rival_accuracy.mase
    kept = choose(panel, H, learned.settings)
    assert kept.verdict == "kept" and kept.settings == learned.settings
    assert kept.accuracy.mase <= kept.rival_accuracy.mase


def test_a_simple_rule_is_used_where_learning_does_not_beat_it():
    rng = np.random.default_rng(5)
    values = np.tile(rng.uniform(50, 500, (8, 12)), (1, 4)) * rng.normal(1, 1e-3, (8, 48))
    choice = choose(Panel(values), H)
    assert choice.accuracy.mase <= min(choice.accuracy.naive, choice.accuracy.mean_of_year)


def test_settings_survive_being_stored_and_nonsense_is_refused():
    assert Settings.from_dicts(SETTINGS.settings_dict(), SETTINGS.members_dict()) == SETTINGS
    for members in ({"theta": 0.5}, {"theta": 2.0, "ratio": -1.0}, {"oracle": 1.0}):
        with pytest.raises(ValueError, match="weights"):
            Settings.from_dicts(SETTINGS.settings_dict(), members)


@pytest.mark.parametrize("values", [np.zeros((0, 5)), np.zeros(5), np.array([[1.0, -1.0]]), np.array([[np.inf, 1.0]])])
def test_bad_panels_are_refused(values):
    with pytest.raises(BadPanel):
        Panel(values)
    with pytest.raises(BadPanel, match="first month"):
        Panel(np.ones((1, 3)), 12)


def test_a_panel_too_short_for_intervals_says_so():
    panel = Panel(simulated(3, 20))
    choice = choose(panel, H)
    assert choice.accuracy.origins == 0 and np.isnan(choice.accuracy.mase)
    with pytest.raises(BadPanel, match="too few past months"):
        forecast(panel, choice.settings, choice.reach, H)
