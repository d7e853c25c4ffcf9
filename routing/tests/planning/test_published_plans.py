"""The judge reproduces the cost of every published plan, where the published instances are.

pytest routing/tests/planning/test_published_plans.py
"""

import os
from pathlib import Path

import pytest
from django.conf import settings

from routing.planning.benchmarks import best_known, published_plans, read_folder, read_instance, read_sol, stated_cost

FOLDER = Path(os.environ.get("SHARED_DATA", settings.BASE_DIR.parent / "shared" / "data")) / "vrp"
PLANS = published_plans(FOLDER)

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not PLANS, reason=f"published instances are not at {FOLDER}"),
]


@pytest.mark.parametrize(("instance", "plan"), PLANS, ids=[plan.stem for _, plan in PLANS])
def test_the_judge_finds_the_published_cost(instance, plan):
    instance, published = read_instance(instance), read_sol(plan)
    assert stated_cost(instance, published) in (published.cost, round(published.cost * instance.rounding.scale))


def test_every_instance_has_a_best_known_value():
    assert [instance.name for instance in read_folder(FOLDER) if best_known(instance) is None] == []
