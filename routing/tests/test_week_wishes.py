"""What a week is asked to keep beyond its cost, told of the days as they are stored, and what equity costs it."""

from datetime import time, timedelta

import pytest

from accounts.models import AuditEvent, Job, JobState
from routing import services, tasks
from routing.equitable_search import Wishes
from routing.models import RouteStop, StaffMember, Visit, WeekPlan
from routing.planning.engines import SolveOptions
from routing.pricing import price_of
from routing.problem_building.weeks import build_week
from routing.services.week_proposals import versions_of
from routing.week_optimisation import search_week_with_wishes

from . import factories as make

pytestmark = pytest.mark.django_db

DAYS = [make.DAY + timedelta(days=ahead) for ahead in range(2)]
MENDING = SolveOptions(seconds=60, iterations=40)


@pytest.fixture
def team(organisation):
    """One person for two short days."""
    areas = make.town((1,) * 12, (1, 2, 1, 2, 1, 6, 7, 8, 9, 10, 10, 10))
    team = make.team(organisation, areas, people=1, starts=time(8), ends=time(14))
    services.add_shifts(people=list(team.staff.all()), days=DAYS[1:], starts=time(8), ends=time(14), by=make.SETUP)
    return team


@pytest.fixture
def week(team):
    """Too much for both days; long visits in Core20 are the first to go where as few as possible are left out."""
    week = services.week_from_priorities(team=team, first_day=DAYS[0], days=2, count=12, seconds=1, by=make.SETUP)
    common = {"tier": 3, "window_start": None, "window_end": None, "clinical_limit": None}
    Visit.objects.filter(imd_decile__lte=2).update(minutes=90, **common)
    Visit.objects.filter(imd_decile__gt=2).update(minutes=60, **common)
    return week


def planned(week, *, seconds=60, **wishes):
    WeekPlan.objects.filter(pk=week.pk).update(**wishes)
    week.refresh_from_db()
    built = build_week(week)
    solution, found = search_week_with_wishes(built, seconds=seconds, seed=1, iterations=60)
    return services.store_week(
        week=week, built=built, solution=solution, wishes=found, mending=MENDING, note="Searched.", by=make.SETUP
    )


def coverage(week):
    served = set(RouteStop.objects.filter(assignment__plan__week=week).values_list("visit", flat=True))
    parts = []
    for visits in (week.visits.filter(imd_decile__lte=2), week.visits.filter(imd_decile__gt=2)):
        need = sum(visit.minutes for visit in visits)
        parts.append(sum(visit.minutes for visit in visits if visit.pk in served) / need)
    return parts


def test_core20_is_covered_at_least_as_well_over_all_days_and_it_is_said(week):
    plain = planned(week)
    assert "lever" not in plain.price
    core20, rest = coverage(plain)
    assert core20 < rest
    week = planned(week, holds_core20=True)
    core20, rest = coverage(week)
    lever = week.price["lever"]
    assert lever["reached"] == (core20 >= rest)
    assert lever["reached"]
    assert (lever["core20"], lever["rest"]) == pytest.approx((core20, rest))
    assert "Core20 coverage is at least as high as elsewhere" in week.outcome_note
    assert week.equity["gap"] == pytest.approx(core20 - rest)


def test_a_wish_that_could_not_be_kept_is_said(week, organisation, client_as):
    rare = services.create_skill(organisation=organisation, code="rare", name="Rare", by=make.SETUP)
    for visit in week.visits.filter(imd_decile__lte=2):
        visit.skills.set([rare])
    week = planned(week, holds_core20=True)
    assert week.price["lever"]["reached"] is False
    assert "could not be reached" in week.outcome_note
    page = client_as("planner").get(f"/weeks/{week.pk}/").content.decode()
    assert "Not reached: Core20 homes are covered" in page
    assert "Over the days that are planned together, not for each of them." in page


def test_the_work_is_shared_out_over_people_and_days(team, week):
    other = StaffMember.objects.create(
        team=team, reference="nurse-02", display_name="Nurse 02", base=team.staff.first().base
    )
    services.add_shifts(people=[other], days=DAYS, starts=time(8), ends=time(18), by=make.SETUP)
    Visit.objects.filter(week_plans=week).update(minutes=30)
    # Shares out for as long as it may.
    week = planned(week, seconds=10, shares_work=True)
    before, after = week.price["sharing"]["fullest"]
    assert after <= before
    assert ("Work shared out" in week.outcome_note) == (after < before)
    assert not week.unserved


def test_what_became_of_it_is_told_of_the_days_as_they_are_stored(week):
    """A day that had to be searched by itself may have lost what the week's search had reached."""
    built = build_week(WeekPlan.objects.get(pk=week.pk))
    WeekPlan.objects.filter(pk=week.pk).update(holds_core20=True)
    built = build_week(WeekPlan.objects.get(pk=week.pk))
    solution, found = search_week_with_wishes(built, seconds=60, seed=1, iterations=60)
    assert found.is_reached
    for route in solution.routes:  # as if no Core20 visit had survived
        route.stops = [stop for stop in route.stops if not _is_core20(built, stop)]
    week = services.store_week(
        week=week, built=built, solution=solution, wishes=found, mending=MENDING, note="Searched.", by=make.SETUP
    )
    assert week.price["lever"]["reached"] is False
    assert "could not be reached" in week.outcome_note


def _is_core20(built, stop):
    return getattr(stop, "visit", None) in built.visits and built.visits[stop.visit].is_core20


def test_wishes_by_the_page_and_the_price_behind_them(week, client_as):
    planner = client_as("planner")
    WeekPlan.objects.update(seconds_allowed=1)
    answer = planner.post(f"/weeks/{week.pk}/wishes/", {"holds_core20": "on"})
    assert answer.status_code == 302
    week.refresh_from_db()
    assert (week.holds_core20, week.shares_work, week.state) == (True, False, "optimising")
    tasks.optimise_week(str(week.job_id))
    week.refresh_from_db()
    assert week.price_job.state == JobState.QUEUED
    assert "being worked out" in planner.get(f"/weeks/{week.pk}/").content.decode()
    stops = set(RouteStop.objects.values_list("pk", flat=True))
    tasks.price_week(str(week.price_job_id))
    week.refresh_from_db()
    assert week.price_job.state == JobState.SUCCEEDED
    assert {"lever", "without"} <= set(week.price)
    assert set(RouteStop.objects.values_list("pk", flat=True)) == stops
    page = planner.get(f"/weeks/{week.pk}/").content.decode()
    assert "The same days planned without equity, and this week" in page
    assert "Equity costs" in page
    actions = AuditEvent.objects.about(week).order_by("sequence").values_list("action", flat=True)
    assert list(actions)[1:] == ["week.wishes_set", "week.optimisation_queued", "week.optimised", "week.priced"]
    assert client_as("analyst").post(f"/weeks/{week.pk}/price/").status_code == 403


def test_without_equity_more_is_served_and_visits_may_still_move(week):
    week = planned(week, holds_core20=True)
    built = build_week(week)
    stands = built.stands()
    assert {name for route in stands.routes for name in route.visits} == {
        name for name, visit in built.visits.items() if visit.stops.exists()
    }
    found = price_of(built, seconds=60, iterations=60)
    assert found["served"][0] >= found["served"][1] == len({v for route in stands.routes for v in route.visits})
    assert found["core20"][1] >= found["rest"][1]
    again = price_of(build_week(week), seconds=60, iterations=60)
    assert {**again, "seconds": 0} == {**found, "seconds": 0}


def test_days_that_changed_meanwhile_are_not_priced(week):
    week = planned(week)
    week = services.queue_week_price(week=week, by=make.SETUP)
    assert services.queue_week_price(week=week, by=make.SETUP).price_job_id == week.price_job_id
    assert Job.objects.filter(kind=services.WEEK_PRICE_KIND).count() == 1
    versions = versions_of(week)
    plan = week.plans.first()
    plan.version += 1
    plan.save()
    args = {"week": week, "job": week.price_job, "found": {"price": 0.1}, "by": make.SETUP}
    assert not services.store_week_price(versions=versions, **args)
    assert services.store_week_price(versions=versions_of(week), **args)


def test_a_draft_or_decided_week_has_no_price(week, make_user, client_as):
    planner = client_as("planner")
    answer = planner.post(f"/weeks/{week.pk}/price/", follow=True)
    assert "Only a week with proposals can be compared" in answer.content.decode()
    week = planned(week)
    for plan in week.plans.all():
        services.approve_plan(plan=plan, by=make_user(["approver"]), reason="Agreed.")
    with pytest.raises(services.PlanStateError, match="Every day of this week is decided"):
        services.queue_week_price(week=week, by=make.SETUP)


def test_nothing_asked_nothing_told(week):
    assert Wishes().as_dict() == {}
    week = planned(week)
    assert week.outcome_note == "Searched."
    assert set(week.price) == {"versions"}
