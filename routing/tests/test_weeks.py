"""Several days planned together: visits move within their days, every day is judged, and nothing is half done."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, Job, JobState
from routing import services, tasks
from routing.civil_time import seconds_into
from routing.models import (
    Absence,
    PlanState,
    RoutePlan,
    RouteStop,
    Shift,
    StaffMember,
    UnservedVisit,
    Visit,
    WeekPlan,
    WeekState,
)
from routing.planning.check import check
from routing.problem_building import NothingToPlan
from routing.problem_building.weeks import build_week, days_between
from routing.services.week_proposals import spoken, store_week
from routing.week_optimisation import search_week

from . import factories as make

pytestmark = pytest.mark.django_db

MONDAY = make.DAY
DAYS = [MONDAY + timedelta(days=ahead) for ahead in range(5)]


@pytest.fixture
def team(organisation):
    """Two nurses from Monday to Friday; the second is away on Tuesday."""
    team = make.team(organisation, people=2)
    staff = list(StaffMember.objects.filter(team=team).order_by("reference"))
    services.add_shifts(people=staff, days=DAYS[1:], starts=time(8), ends=time(16, 30), by=make.SETUP)
    Absence.objects.create(staff=staff[1], first_day=DAYS[1], last_day=DAYS[1])
    return team


@pytest.fixture
def week(team):
    return services.week_from_priorities(team=team, first_day=MONDAY, days=5, count=12, seconds=1, by=make.SETUP)


def planned(week, iterations=60):
    built = build_week(week)
    solution = search_week(built, seconds=60, seed=1, iterations=iterations)
    return store_week(week=week, built=built, solution=solution, by=make.SETUP)


def test_visits_move_within_their_days_and_each_day_becomes_a_proposal(week):
    Visit.objects.filter(week_plans=week).update(minutes=120)  # too much for one day
    week = planned(week)
    assert week.state == WeekState.PROPOSED
    plans = list(week.plans.order_by("day"))
    assert len(plans) > 1
    assert {plan.state for plan in plans} == {PlanState.PROPOSED}
    for plan in plans:
        assert plan.version == 1
        assert plan.versions.get().origin == "optimised"
        for stop in RouteStop.objects.filter(assignment__plan=plan, visit__isnull=False):
            assert stop.visit.day == plan.day
            assert stop.visit.earliest_day <= plan.day <= stop.visit.latest_day
            assert 0 <= seconds_into(plan.day, stop.starts_at) < 24 * 3600
    served = (
        RouteStop.objects.filter(assignment__plan__week=week, visit__isnull=False).values("visit").distinct().count()
    )
    left = UnservedVisit.objects.filter(plan__week=week).count()
    assert served + left == week.visits.count()
    assert left == len(week.unserved)


def test_nobody_works_while_away_and_the_same_plan_comes_out_twice(week):
    built = build_week(week)
    assert f"nurse-02@{DAYS[1]}" not in built.shifts
    assert f"nurse-01@{DAYS[1]}" in built.shifts
    first = search_week(built, seconds=60, seed=3, iterations=40)
    second = search_week(built, seconds=60, seed=3, iterations=40)
    assert first.orders == second.orders
    assert check(built.problem, first).feasible or not first.feasible


def test_a_visit_that_may_not_move_stays_and_windows_keep_their_time_of_day(week):
    fixed, timed = list(week.visits.order_by("reference"))[:2]
    Visit.objects.filter(pk=fixed.pk).update(earliest_day=None, latest_day=None)
    start = timezone.datetime(2026, 11, 23, 9, tzinfo=timezone.get_default_timezone())
    Visit.objects.filter(pk=timed.pk).update(window_start=start, window_end=start + timedelta(hours=1))
    built = build_week(week)
    names = {visit.pk: name for name, visit in built.visits.items()}
    assert len(built.problem.visit_by_id[names[fixed.pk]].windows) == 1
    windows = built.problem.visit_by_id[names[timed.pk]].windows
    assert {opens % 86_400 for opens, _ in windows} == {9 * 3600}
    planned(week)
    fixed.refresh_from_db()
    timed.refresh_from_db()
    assert fixed.day == MONDAY
    assert timed.window_start.date() == timed.day


def test_two_visits_of_one_person_keep_their_distance(team, week):
    first = week.visits.order_by("reference").first()
    copy = Visit.objects.get(pk=first.pk)
    copy.pk, copy._state.adding = None, True
    copy.day = copy.latest_day = DAYS[4]
    copy.clinical_limit = None
    copy.save()
    week.visits.add(copy)
    built = build_week(week)
    link = next(link for link in built.problem.links if link.second == f"{copy.reference}@{copy.day}")
    assert days_between(first, copy) == 2
    assert link.min_gap == 2 * 86_400 - 12 * 3600
    planned(week)
    first.refresh_from_db()
    copy.refresh_from_db()
    assert (copy.day - first.day).days >= 1


def test_decided_days_stay_and_the_others_are_planned_again(week, make_user):
    Visit.objects.filter(week_plans=week).update(minutes=120)
    week = planned(week)
    monday = week.plans.order_by("day").first()
    services.approve_plan(plan=monday, by=make_user(["approver"]), reason="Agreed.")
    stops = list(RouteStop.objects.filter(assignment__plan=monday).values_list("pk", flat=True))
    others = set(week.plans.exclude(pk=monday.pk).values_list("pk", flat=True))
    built = build_week(week)
    assert monday.day not in built.days
    assert not any(name.endswith(str(monday.day)) for name in built.shifts)
    solution = search_week(built, seconds=60, seed=2, iterations=60)
    week = store_week(week=week, built=built, solution=solution, by=make.SETUP)
    assert list(RouteStop.objects.filter(assignment__plan=monday).values_list("pk", flat=True)) == stops
    monday.refresh_from_db()
    assert monday.state == PlanState.APPROVED
    assert others >= set(week.plans.exclude(pk=monday.pk).values_list("pk", flat=True)) or week.plans.count() > 1


def test_what_no_day_holds_is_listed_with_the_reason(week, organisation):
    rare = services.create_skill(organisation=organisation, code="rare", name="Rare", by=make.SETUP)
    hopeless = week.visits.order_by("reference").first()
    hopeless.skills.set([rare])
    week = planned(week)
    row = next(row for row in week.unserved if row["visit"] == hopeless.reference)
    assert row["reason"] == "skill"
    left = UnservedVisit.objects.get(visit=hopeless)
    assert left.plan.week == week
    assert left.detail.startswith("No day of the week holds it.")


def test_from_the_form_to_the_days_by_a_worker(team, client_as):
    planner = client_as("planner")
    form = {"team": team.pk, "days": 5, "source": "priorities", "count": 8, "seconds": 30, "name": "Advent"}
    form |= {"first_day_day": 23, "first_day_month": 11, "first_day_year": 2026}
    answer = planner.post("/weeks/new/", form)
    week = WeekPlan.objects.get()
    assert answer.headers["Location"] == f"/weeks/{week.pk}/"
    WeekPlan.objects.update(seconds_allowed=1)
    assert "Optimise the week" in planner.get(f"/weeks/{week.pk}/").content.decode()
    planner.post(f"/weeks/{week.pk}/optimise/")
    assert "Waiting for its turn" in planner.get(f"/weeks/{week.pk}/").content.decode()
    assert planner.get(f"/weeks/{week.pk}/progress/", headers={"HX-Request": "true"}).status_code == 200
    week.refresh_from_db()
    tasks.optimise_week(str(week.job_id))
    page = planner.get(f"/weeks/{week.pk}/").content.decode()
    assert "8 of 8 visits have a day" in page
    assert "Who does what when" in page
    assert f'<td data-label="{MONDAY:%a} {MONDAY.day} {MONDAY:%b}" class="her-numeric">' in page
    assert "not at work" in page
    assert "Advent" in planner.get("/weeks/").content.decode()
    actions = AuditEvent.objects.about(week).order_by("sequence").values_list("action", flat=True)
    assert list(actions) == ["week.created", "week.optimisation_queued", "week.optimised"]


def test_bad_input_is_answered_with_what_was_expected(team, client_as):
    planner = client_as("planner")
    form = {"team": team.pk, "days": 5, "source": "priorities", "count": 8, "seconds": 30, "name": ""}
    form |= {"first_day_day": 23, "first_day_month": 11, "first_day_year": 2026}
    for change, told in (
        ({"days": 1}, "2 days at least"),
        ({"days": 15}, "14 days at most"),
        ({"days": "many"}, "in figures"),
        ({"first_day_year": 2020}, "The day is in the past."),
        ({"first_day_day": 31}, "Enter a day that exists"),
        ({"count": ""}, "Say how many visits"),
        ({"source": "file"}, "Choose the file of visits."),
        ({"source": "caseload"}, "Nobody on the caseload"),
    ):
        answer = planner.post("/weeks/new/", form | change)
        assert answer.status_code == 422, change
        assert told in answer.content.decode(), change
    assert not WeekPlan.objects.exists()
    assert client_as("analyst").get("/weeks/new/").status_code == 403


def test_a_killed_worker_harms_nothing(week, client_as):
    planner = client_as("planner")
    week = planned(week)
    stops = set(RouteStop.objects.values_list("pk", flat=True))
    week = services.optimise_week(week=week, by=planner.user)
    long_ago = timezone.now() - timedelta(hours=1)
    Job.objects.filter(pk=week.job_id).update(state=JobState.RUNNING, started_at=long_ago, heartbeat_at=long_ago)
    page = planner.get(f"/weeks/{week.pk}/").content.decode()
    assert "The search was interrupted before there was a plan" in page
    week.refresh_from_db()
    assert week.state == WeekState.PROPOSED
    assert set(RouteStop.objects.values_list("pk", flat=True)) == stops


def test_a_queued_week_can_be_cancelled_and_tried_again(week, client_as):
    planner = client_as("planner")
    planner.post(f"/weeks/{week.pk}/optimise/")
    planner.post(f"/weeks/{week.pk}/stop/")
    week.refresh_from_db()
    assert week.state == WeekState.DRAFT
    assert "Try again" in planner.get(f"/weeks/{week.pk}/").content.decode()


def test_a_day_that_is_decided_meanwhile_is_not_overwritten(week, make_user):
    Visit.objects.filter(week_plans=week).update(minutes=120)
    week = planned(week)
    built = build_week(week)
    solution = search_week(built, seconds=60, seed=2, iterations=20)
    monday = week.plans.order_by("day").first()
    services.approve_plan(plan=monday, by=make_user(["approver"]), reason="Agreed.")
    with pytest.raises(services.PlanMoved):
        store_week(week=week, built=built, solution=solution, by=make.SETUP)


def test_a_week_without_people_or_visits_says_so(team, week):
    Shift.objects.all().delete()
    with pytest.raises(NothingToPlan, match="Nobody"):
        build_week(week)
    with pytest.raises(services.PlanStateError, match="Nobody"):
        services.optimise_week(week=week, by=make.SETUP)
    Visit.objects.update(state=Visit.State.CANCELLED)
    with pytest.raises(services.PlanStateError, match="Every visit"):
        services.optimise_week(week=week, by=make.SETUP)


def test_times_and_names_are_said_as_people_say_them():
    assert (
        spoken("nurse-01@2026-11-24 is full until 33:15", MONDAY)
        == "nurse-01 on Tue 24 Nov is full until 09:15 on Tue 24 Nov"
    )
    assert spoken("from 9:00", MONDAY) == "from 9:00"


def test_a_visit_in_another_proposal_is_left_to_it(team, week):
    visit = week.visits.order_by("reference").first()
    other = RoutePlan.objects.create(
        organisation=team.organisation, team=team, day=MONDAY, name="Another", state=PlanState.PROPOSED
    )
    other.visits.add(visit)
    built = build_week(week)
    assert visit not in built.visits.values()
    assert "Another" in {each.pk: why for each, why in built.closed}[visit.pk]


def test_a_draft_lets_go_of_what_moves_to_another_day(team, week):
    Visit.objects.filter(week_plans=week).update(minutes=120)
    draft = RoutePlan.objects.create(organisation=team.organisation, team=team, day=MONDAY, name="Draft")
    draft.visits.set(week.visits.all())
    planned(week)
    assert {visit.day for visit in draft.visits.all()} == {MONDAY}


def test_what_people_left_out_of_a_day_stays_out(week, make_user):
    week = planned(week)
    plan = week.plans.order_by("day").first()
    stop = RouteStop.objects.filter(assignment__plan=plan, visit__isnull=False).first()
    plan.adjustments.create(kind="visit_excluded", visit=stop.visit, reason="In hospital")
    week = planned(week)
    assert not RouteStop.objects.filter(assignment__plan=plan, visit=stop.visit).exists()
    assert plan.adjustments.count() == 1


def test_a_week_whose_visits_wait_in_another_plan_says_so_before_and_after(week, client_as):
    """Before anybody waits for a search that cannot have them, and in the words of the refusal."""
    waiting = RoutePlan.objects.create(
        organisation=week.organisation, team=week.team, day=MONDAY, name="Monday's own", state=PlanState.PROPOSED
    )
    waiting.visits.set(week.visits.all())
    page = client_as("planner").get(f"/weeks/{week.pk}/").content.decode()
    assert f"{week.visits.count()} visits wait for a decision in Monday&#x27;s own" in page
    count = week.visits.count()
    with pytest.raises(NothingToPlan, match=f"Of {count} of {count} this is said: It is in another plan"):
        build_week(week)
