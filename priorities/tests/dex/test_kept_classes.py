"""Draws that leave a class as it is: counted fast and counted by the full analysis, the numbers are the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorities.dex.analyses.kept_classes import kept_draws
from priorities.dex.analyses.perturbation import Perturbation, draws, threshold_draws
from priorities.dex.analyses.sensitivity import class_stability
from priorities.dex.thresholds import Thresholds
from priorities.tests.dex.models import default_model, models

WITHIN = Perturbation(thresholds=1.0)


def limits_of(model, random) -> list[Thresholds | None]:
    """Bounds one apart with soft zones of different widths, some sharp, some classes from the top downwards; now and
    then an input without bounds."""
    found = []
    for index in model.inputs:
        count = model.attributes[index].size - 1
        widths = random.choice([0.0, 0.1, 0.4], count) if count else ()
        limits = Thresholds(tuple(float(k) for k in range(count)), tuple(widths), descending=bool(random.integers(2)))
        found.append(None if random.random() < 0.1 else limits)
    return found


@settings(max_examples=30, deadline=None)
@given(models(), st.integers(0, 2**20), st.sampled_from([0.0, 0.3]))
def test_both_ways_count_alike(model, seed, gaps):
    random = np.random.default_rng(seed)
    limits = limits_of(model, random)
    figures = random.uniform(-1, 4, (25, len(model.inputs)))
    figures[random.random(figures.shape) < gaps] = np.nan
    # On a bound, and on the edge of a soft zone.
    figures[:2] = np.round(figures[:2])
    figures[2] = np.round(figures[2]) + 0.4
    whole = class_stability(model, limits, figures, WITHIN, count=12, seed=seed)
    kept = kept_draws(model, limits, figures, whole.published, count=12, seed=seed)
    expected = np.where(whole.published >= 0, whole.counts[np.arange(len(figures)), whole.published], 0)
    assert kept.tolist() == expected.tolist()


@given(st.integers(0, 2**20))
@settings(max_examples=20, deadline=None)
def test_thresholds_are_those_of_the_full_draws(seed):
    model = default_model()
    limits = tuple(limits_of(model, np.random.default_rng(seed)))
    nothing = np.empty((0, len(model.inputs)))
    full = [draw.thresholds for draw in draws(model, limits, nothing, WITHIN, count=5, seed=seed)]
    assert list(threshold_draws(limits, 1.0, count=5, seed=seed)) == full


def test_what_is_not_published_is_never_kept():
    model = default_model()
    limits = [None] * len(model.inputs)
    figures = np.full((2, len(model.inputs)), np.nan)
    published = np.array([-1, class_stability(model, limits, figures, WITHIN, count=1).published[0]])
    assert kept_draws(model, limits, figures, published, count=7).tolist() == [0, 7]


def test_thresholds_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="12 inputs"):
        kept_draws(default_model(), [None], np.zeros((1, 12)), np.zeros(1, dtype=int))
