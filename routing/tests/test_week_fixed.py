"""What people fixed in the days of a week stays there; what a day's judge refuses is mended, or nothing changes."""

from datetime import time, timedelta

import numpy as np
import pytest

from routing import services, travel_sources
from routing.civil_time import seconds_into
from routing.models import PlanState, RouteStop, StaffMember, UnservedVisit, Visit
from routing.planning.engines import SolveOptions
from routing.planning.problem import Pin
from routing.problem_building.weeks import build_week
from routing.services import week_proposals
from routing.week_optimisation import search_week

from . import factories as make

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY, WEDNESDAY = DAYS = [make.DAY + timedelta(days=ahead) for ahead in range(3)]
STEADY = SolveOptions(seconds=60, iterations=40)


@pytest.fixture
def team(organisation):
    """Two nurses from Monday to Wednesday."""
    areas = make.town((3,) * 14, (1, 4, 2, 5, 7, 8, 9, 10, 3, 6, 1, 2, 8, 9))
    team = make.team(organisation, areas, people=2)
    services.add_shifts(people=list(team.staff.all()), days=DAYS[1:], starts=time(8), ends=time(16, 30), by=make.SETUP)
    return team


@pytest.fixture
def week(team):
    """A proposed week: two visits for everybody on every day, and no room for more."""
    week = services.week_from_priorities(team=team, first_day=MONDAY, days=3, count=9, seconds=1, by=make.SETUP)
    Visit.objects.filter(week_plans=week).update(minutes=200, window_start=None, window_end=None)
    return planned(week)


def planned(week, seed=1):
    built = build_week(week)
    solution = search_week(built, seconds=60, seed=seed, iterations=40)
    return services.store_week(week=week, built=built, solution=solution, mending=STEADY, by=make.SETUP)


def stops(week, day):
    found = RouteStop.objects.filter(assignment__plan__week=week, assignment__plan__day=day, visit__isnull=False)
    return list(found.order_by("assignment__staff__reference", "sequence"))


def test_pins_and_locked_rounds_are_in_the_weeks_problem_and_stay_where_they_are(week):
    plan = week.plans.order_by("day").last()
    stop = stops(week, plan.day)[0]
    nurse = stop.assignment.staff
    services.lock_round(plan=plan, staff=nurse, by=make.SETUP)
    before = {(each.visit_id, each.starts_at) for each in stops(week, plan.day) if each.assignment.staff == nurse}
    built = build_week(week)
    names = {visit.pk: name for name, visit in built.visits.items()}
    task = built.problem.visit_by_id[names[stop.visit_id]]
    assert task.pinned == Pin(f"{nurse.reference}@{plan.day}", seconds_into(MONDAY, stop.starts_at))
    assert len(task.windows) == 1
    week = planned(week, seed=5)
    after = {(each.visit_id, each.starts_at) for each in stops(week, plan.day) if each.assignment.staff == nurse}
    assert before <= after


def test_a_visit_kept_with_a_person_stays_on_its_day(week):
    stop = stops(week, MONDAY)[0]
    plan, other = stop.assignment.plan, StaffMember.objects.exclude(pk=stop.assignment.staff_id).get()
    stop.visit.skills.clear()
    services.pin_visit(plan=plan, visit=stop.visit, staff=other, by=make.SETUP)
    week = planned(week)
    now = RouteStop.objects.get(visit=stop.visit)
    assert (now.assignment.plan.day, now.assignment.staff) == (MONDAY, other)


def test_people_who_are_not_used_on_a_day_get_nothing_there(week):
    plan = week.plans.get(day=MONDAY)
    nurse = stops(week, MONDAY)[0].assignment.staff
    services.exclude_person(plan=plan, staff=nurse, by=make.SETUP)
    built = build_week(week)
    assert f"{nurse.reference}@{MONDAY}" not in built.shifts
    assert f"{nurse.reference}@{TUESDAY}" in built.shifts
    week = planned(week)
    assert not RouteStop.objects.filter(assignment__plan=plan, assignment__staff=nurse).exists()
    served = RouteStop.objects.filter(assignment__plan__week=week, visit__isnull=False).count()
    assert served + len(week.unserved) == week.visits.count()


def test_what_is_left_out_on_purpose_stays_on_its_plan_with_the_reason(week):
    stop = stops(week, MONDAY)[0]
    plan = stop.assignment.plan
    services.exclude_visit(plan=plan, visit=stop.visit, reason="In hospital", by=make.SETUP)
    week = planned(week)
    left = UnservedVisit.objects.get(plan=plan, visit=stop.visit)
    assert (left.reason, left.detail) == ("excluded", "Left out on purpose: In hospital")
    row = next(row for row in week.unserved if row["visit"] == stop.visit.reference)
    assert row["detail"] == "Somebody left it out of its day on purpose: In hospital"


def test_a_day_that_becomes_empty_keeps_what_was_fixed_in_it(week):
    plan = week.plans.get(day=MONDAY)
    visit = stops(week, MONDAY)[0].visit
    services.exclude_visit(plan=plan, visit=visit, by=make.SETUP)
    for nurse in week.team.staff.all():
        services.exclude_person(plan=plan, staff=nurse, by=make.SETUP)
    week = planned(week)
    plan.refresh_from_db()
    assert plan.state == PlanState.DRAFT
    assert list(plan.visits.all()) == [visit]
    assert plan.adjustments.count() == 3


def test_a_kept_visit_whose_day_nobody_works_waits_and_says_so(week, team):
    plan = week.plans.get(day=MONDAY)
    stop = stops(week, MONDAY)[0]
    services.pin_visit(plan=plan, visit=stop.visit, starts_at=stop.starts_at, by=make.SETUP)
    for nurse in team.staff.all():
        services.exclude_person(plan=plan, staff=nurse, by=make.SETUP)
    services.pin_visit(plan=plan, visit=stop.visit, starts_at=stop.starts_at, by=make.SETUP)
    week = planned(week)
    row = next(row for row in week.unserved if row["visit"] == stop.visit.reference)
    assert "It is kept on Monday 23 November, when nobody is at work any more." in row["detail"]
    plan.refresh_from_db()
    assert plan.state == PlanState.DRAFT
    assert stop.visit in plan.visits.all()


class SlowDay:
    """Travel times that are many times longer on one day than on the others."""

    def __init__(self, day, times):
        self.day, self.times, self.usual = day, times, travel_sources.travel_times()

    def __getattr__(self, name):
        return getattr(self.usual, name)

    def matrix(self, points, departure, profile):
        from dataclasses import replace

        found = self.usual.matrix(points, departure, profile)
        if departure.date() != self.day:
            return found
        return replace(found, duration=np.asarray(found.duration) * self.times)


@pytest.fixture
def slow_tuesday(monkeypatch):
    slow = SlowDay(TUESDAY, 12)
    monkeypatch.setattr("routing.problem_building.building.travel_times", lambda: slow)
    monkeypatch.setattr("routing.problem_building.weeks.travel_times", lambda: slow)


@pytest.fixture
def crowded(team):
    """A week whose days are full: two visits for everybody on every day."""
    week = services.week_from_priorities(team=team, first_day=MONDAY, days=3, count=14, seconds=1, by=make.SETUP)
    Visit.objects.filter(week_plans=week).update(minutes=200, window_start=None, window_end=None)
    return week


def test_a_day_with_slower_roads_is_mended_and_says_what_it_lost(slow_tuesday, crowded):
    week = planned(crowded)
    tuesday = week.plans.get(day=TUESDAY)
    assert tuesday.outcome_note.endswith(week_proposals.MENDED)
    assert "Searched again by itself, since its travel times differ: Tue 24 Nov." in week.outcome_note
    assert week.plans.get(day=MONDAY).outcome_note == week_proposals.TOGETHER
    left = UnservedVisit.objects.filter(plan=tuesday)
    assert left
    told = {row["visit"]: row for row in week.unserved}
    for each in left:
        assert "this day's travel times do not allow" in each.detail or "No day of the week" in each.detail
        assert each.visit.reference in told
    served = RouteStop.objects.filter(assignment__plan__week=week, visit__isnull=False).count()
    assert served + len(week.unserved) == week.visits.count()


def test_a_day_that_cannot_be_mended_leaves_the_week_as_it_was(slow_tuesday, crowded, monkeypatch):
    before = set(crowded.visits.values_list("pk", "day"))
    built = build_week(crowded)
    solution = search_week(built, seconds=60, seed=1, iterations=40)
    routes = built.by_day(solution)[TUESDAY]
    monkeypatch.setattr(week_proposals, "solve", lambda problem, options: routes)
    with pytest.raises(services.SolutionRefused):
        services.store_week(week=crowded, built=built, solution=solution, by=make.SETUP)
    assert set(crowded.visits.values_list("pk", "day")) == before
    assert not crowded.plans.exists()


def test_a_locked_round_survives_slower_roads_where_that_is_possible(week, monkeypatch):
    """The week is planned with Monday's times; Tuesday's are longer, and its locked round must hold all the same."""
    plan = week.plans.get(day=TUESDAY)
    nurse = stops(week, TUESDAY)[0].assignment.staff
    services.lock_round(plan=plan, staff=nurse, by=make.SETUP)
    before = {(each.visit_id, each.starts_at) for each in stops(week, TUESDAY) if each.assignment.staff == nurse}
    slow = SlowDay(MONDAY, 3)
    monkeypatch.setattr("routing.problem_building.weeks.travel_times", lambda: slow)
    week = planned(week)
    after = {(each.visit_id, each.starts_at) for each in stops(week, TUESDAY) if each.assignment.staff == nurse}
    assert before <= after
