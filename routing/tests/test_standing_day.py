"""The day of a published plan as it stands: what was recorded has begun, and the plan keeps the rules all the same."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.civil_time import moment_of
from routing.mending import Budget, happening, mended_plans
from routing.models import Disruption, VisitRecord
from routing.planning import replanning
from routing.planning.check import check
from routing.planning.replanning import day_of
from routing.standing_day import standing_day

from .published_days import at, published_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(organisation):
    return published_plan(organisation)


def visits_of(assignment):
    return [stop for stop in assignment.stops.select_related("visit") if stop.visit_id]


def test_what_stands_at_a_moment_keeps_the_rules_all_day_long(plan):
    for hour in range(7, 18):
        standing = standing_day(plan, hour * 3600)
        assert check(standing.problem, standing.solution).feasible, hour


def test_taps_minutes_apart_are_facts_whatever_the_roads_say(plan):
    nurse = max(plan.assignments.select_related("staff"), key=lambda each: each.stops.count())
    for number, stop in enumerate(visits_of(nurse)):
        moment = at(plan, 10, number)
        VisitRecord.objects.create(
            plan=plan, staff=nurse.staff, visit=stop.visit, arrived_at=moment, finished_at=moment, outcome="done"
        )
    standing = standing_day(plan, 10 * 3600 + 600)
    assert check(standing.problem, standing.solution).feasible
    assert standing.begun[nurse.staff.reference] == [stop.visit.reference for stop in visits_of(nurse)]


@pytest.fixture
def recorded_day(organisation):
    return published_plan(organisation, people=3, count=9)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_whatever_people_recorded_the_day_stands(recorded_day, data):
    """Records in any order and at any time: the day as it stands keeps the rules, and what was recorded has begun."""
    plan = recorded_day
    VisitRecord.objects.filter(plan=plan).delete()
    now = data.draw(st.integers(7 * 60, 17 * 60), label="now") * 60
    recorded = set()
    for assignment in plan.assignments.select_related("staff"):
        stops = visits_of(assignment)
        for stop in data.draw(st.lists(st.sampled_from(stops), unique=True), label=assignment.staff.reference):
            arrived = moment_of(plan.day, data.draw(st.integers(6 * 60, now // 60)) * 60)
            over = data.draw(st.booleans())
            VisitRecord.objects.create(
                plan=plan,
                staff=assignment.staff,
                visit=stop.visit,
                arrived_at=arrived,
                finished_at=arrived + timedelta(minutes=data.draw(st.integers(0, 90))) if over else None,
                outcome="done" if over else "",
            )
            recorded.add((assignment.staff.reference, stop.visit.reference))
    standing = standing_day(plan, now)
    verdict = check(standing.problem, standing.solution)
    assert not [each for each in verdict.violations if each.rule != "required"]
    assert recorded <= {(name, visit) for name, visits in standing.begun.items() for visit in visits}
    day = day_of(standing.problem, standing.solution, replanning.Disruption(now, standing.events))
    assert recorded <= {(name, stop.visit) for name, each in day.positions.items() for stop in each.visits_begun}


def test_who_has_been_sick_since_the_morning_did_nothing_since(plan):
    """Said at noon: visits planned after half past eight that nobody recorded are given to others from noon on."""
    nurse = max(plan.assignments.select_related("staff"), key=lambda each: each.stops.count())
    since, noon = at(plan, 8, 30), 12 * 3600
    done = [stop.visit.reference for stop in visits_of(nurse) if stop.starts_at <= since]
    sick = Disruption(plan=plan, kind=Disruption.Kind.SICK, staff=nurse.staff, at=since, based_on=plan.version)
    happened = happening(sick, noon)
    assert happened.standing.begun.get(nurse.staff.reference, []) == done
    _, plans = mended_plans(happened, Budget(few=5, best=5, iterations=20))
    routes = {route.staff: route for route in plans[0].solution.routes}
    assert (routes[nurse.staff.reference].visits if done else []) == done
    moved = {stop.visit.reference for stop in visits_of(nurse)} - set(done)
    for route in routes.values():
        assert all(stop.start >= noon for stop in route.stops if getattr(stop, "visit", None) in moved)
