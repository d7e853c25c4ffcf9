"""The judge reproduces the cost of every published plan, where the published instances are.

pytest routing/tests/planning/test_published_plans.py

Home-care sets (github.com/iolab-uniud/uhhc): its folders instances and solutions below shared/data/uhhc, or below the
folder that UHHC names.
"""

import os
from pathlib import Path

import pytest
from django.conf import settings

from routing.planning.benchmarks import (
    best_known,
    judged_plan,
    plan_files,
    published_plans,
    read_folder,
    read_instance,
    read_sol,
    stated_cost,
)
from routing.planning.fields import InputError

FOLDER = Path(os.environ.get("SHARED_DATA", settings.BASE_DIR.parent / "shared" / "data")) / "vrp"
PLANS = published_plans(FOLDER)

HOME_CARE = Path(os.environ.get("UHHC", FOLDER.parent / "uhhc"))
# Sets with published plans. Those of bazirha-caie weigh the spread of work, which a planning problem cannot state.
HOME_CARE_FILES = sorted(
    [*HOME_CARE.glob("instances/validation/*.json"), *HOME_CARE.glob("instances/*/bazirha/*.json")]
)
HOME_CARE_PLANS = [(path, plan) for path in HOME_CARE_FILES for plan in plan_files(path)]

pytestmark = pytest.mark.realdata
has_plans = pytest.mark.skipif(not PLANS, reason=f"published instances are not at {FOLDER}")
has_home_care = pytest.mark.skipif(not HOME_CARE_PLANS, reason=f"published home-care sets are not at {HOME_CARE}")


@has_plans
@pytest.mark.parametrize(("instance", "plan"), PLANS, ids=[plan.stem for _, plan in PLANS])
def test_the_judge_finds_the_published_cost(instance, plan):
    instance, published = read_instance(instance), read_sol(plan)
    assert stated_cost(instance, published) in (published.cost, round(published.cost * instance.rounding.scale))


@has_plans
def test_every_instance_has_a_best_known_value():
    assert [instance.name for instance in read_folder(FOLDER) if best_known(instance) is None] == []


@has_home_care
@pytest.mark.parametrize(("instance", "plan"), HOME_CARE_PLANS, ids=[plan.stem for _, plan in HOME_CARE_PLANS])
def test_the_judge_finds_the_published_cost_of_home_care(instance, plan):
    assert judged_plan(read_instance(instance), plan).feasible  # raises where a stated cost is another


@has_home_care
def test_sets_with_a_rule_that_cannot_be_stated_are_refused():
    with pytest.raises(InputError, match="workload_balance"):
        read_folder(HOME_CARE / "instances" / "converted" / "bazirha-caie")
