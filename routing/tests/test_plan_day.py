"""`manage.py plan_day`."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from routing.models import PlanState, RoutePlan

from . import factories as make

pytestmark = pytest.mark.django_db


def run(organisation, team="", **options):
    out = StringIO()
    call_command(
        "plan_day",
        organisation=organisation,
        team=team,
        day=make.DAY,
        visits=4,
        seconds=1,
        stdout=out,
        stderr=StringIO(),
        **options,
    )
    return out.getvalue()


def test_it_prints_only_the_answer(organisation):
    team = make.team(organisation)
    answer = json.loads(run(organisation.name, team.name))
    plan = RoutePlan.objects.get()
    assert answer["plan"] == str(plan.pk)
    assert (answer["visits"], answer["served"]) == (4, 4)
    assert plan.state == PlanState.PROPOSED


def test_an_unknown_team_is_an_error(organisation):
    with pytest.raises(CommandError, match="has no team Nobody"):
        run(organisation.name, "Nobody")


def test_a_day_without_shifts_is_an_error_and_says_why(organisation):
    team = make.team(organisation, people=0)
    with pytest.raises(CommandError, match="Add shifts first"):
        run(organisation.name, team.name)
