"""Visits that were put off: due since the day they first were, dearer each day, required at their clinical limit."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from healthequiroute.testing.shared import shared
from routing import services
from routing.caseload import History
from routing.due_visits import area_demands, due_visits, histories
from routing.models import RoutePlan, Shift, UnservedVisit, Visit
from routing.optimisation import search
from routing.problem_building import build_problem
from routing.problem_building.tasks import PRIZE_HOURS

from . import factories as make

pytestmark = pytest.mark.django_db

TOMORROW = make.DAY + timedelta(days=1)


@pytest.fixture
@shared
def team(organisation):
    return make.team(organisation)


def approved_without(team, visit, approver, day=make.DAY):
    """An approved plan of the day that leaves this visit out."""
    plan = RoutePlan.objects.create(organisation=team.organisation, team=team, day=day, name="Monday")
    plan.visits.set([visit])
    UnservedVisit.objects.create(plan=plan, visit=visit, reason="full")
    RoutePlan.objects.filter(pk=plan.pk).update(state="proposed")
    return services.approve_plan(plan=plan, by=approver, reason="Nobody was there.")


def first_visit(team, **fields):
    services.make_visits_from_priorities(team=team, day=make.DAY, count=8, by=make.SETUP)
    visit = Visit.objects.order_by("tier", "reference").first()
    Visit.objects.filter(pk=visit.pk).update(**{"first_due": make.DAY, "clinical_limit": TOMORROW} | fields)
    visit.refresh_from_db()
    return visit


def test_visits_know_when_they_fell_due_and_how_long_they_can_wait(team):
    services.make_visits_from_priorities(team=team, day=make.DAY, count=8, by=make.SETUP)
    for visit in Visit.objects.all():
        assert visit.first_due >= make.DAY
        assert visit.clinical_limit >= visit.first_due
        assert visit.days_deferred == 0
        assert not visit.is_at_limit or visit.clinical_limit == make.DAY


def test_what_an_approved_plan_left_out_is_due_since_then(team, make_user):
    visit = first_visit(team)
    approved_without(team, visit, make_user(["approver"]))
    assert histories(team, TOMORROW)[visit.reference] == History(None, make.DAY)
    assert visit.reference not in histories(team, make.DAY)
    services.make_visits_from_priorities(team=team, day=TOMORROW, count=1, by=make.SETUP)
    again = Visit.objects.get(day=TOMORROW, reference=visit.reference)
    assert again.first_due == make.DAY
    assert again.clinical_limit == visit.clinical_limit
    assert again.days_deferred == 1


def test_somebody_visited_is_due_one_interval_later(team):
    visit = first_visit(team, state=Visit.State.PLANNED)
    demands, _ = area_demands(team.patch)
    known = histories(team, TOMORROW)
    assert known[visit.reference] == History(make.DAY, None)
    due = next(due for due in due_visits(demands, TOMORROW, known) if due.reference == visit.reference)
    assert due.first_due <= make.DAY + timedelta(days=due.demand.interval_days)


def test_what_was_put_off_before_the_last_visit_is_over(team, make_user):
    visit = first_visit(team)
    approved_without(team, visit, make_user(["approver"]))
    services.make_visits_from_priorities(team=team, day=TOMORROW, count=1, by=make.SETUP)
    Visit.objects.filter(day=TOMORROW, reference=visit.reference).update(state=Visit.State.PLANNED)
    known = histories(team, TOMORROW + timedelta(days=1))
    assert known[visit.reference] == History(TOMORROW, None)


def test_each_day_put_off_makes_leaving_a_visit_out_dearer(team):
    visit = first_visit(team, clinical_limit=None)
    plan = make.draft_plan(team)
    before = {task.id: task.prize for task in build_problem(plan).problem.visits}
    Visit.objects.filter(pk=visit.pk).update(first_due=make.DAY - timedelta(days=5))
    after = {task.id: task.prize for task in build_problem(plan).problem.visits}
    assert before[visit.reference] == PRIZE_HOURS[visit.tier] * 3600
    assert after[visit.reference] == 1.5 * before[visit.reference]
    assert all(after[name] == before[name] for name in before if name != visit.reference)


def test_at_its_limit_a_visit_is_required_and_before_it_is_not(team):
    visit = first_visit(team)
    plan = make.draft_plan(team)
    assert not build_problem(plan).problem.visit_by_id[visit.reference].required
    Visit.objects.filter(pk=visit.pk).update(clinical_limit=make.DAY)
    assert build_problem(plan).problem.visit_by_id[visit.reference].required


def test_what_nobody_can_do_is_not_required_of_a_plan(team):
    visit = first_visit(team, clinical_limit=make.DAY)
    rare = services.create_skill(organisation=team.organisation, code="rare", name="Rare", by=make.SETUP)
    visit.skills.add(rare)
    built = build_problem(make.draft_plan(team))
    assert not built.problem.visit_by_id[visit.reference].required
    solution = search(built, seconds=5, seed=1, iterations=50)
    plan = services.store_solution(plan=built.plan, built=built, solution=solution, by=make.SETUP)
    assert plan.unserved.get(visit=visit).reason == "skill"


def test_a_plan_that_cannot_do_all_that_is_overdue_is_proposed_and_needs_a_reason(organisation, make_user):
    team = make.team(organisation, make.town((1,) * 12, (8,) * 12), people=1)
    services.make_visits_from_priorities(team=team, day=make.DAY, count=12, by=make.SETUP)
    Visit.objects.update(first_due=make.DAY, clinical_limit=make.DAY, minutes=120, window_start=None, window_end=None)
    assert Shift.objects.count() == 1
    built = build_problem(make.draft_plan(team, count=12))
    solution = search(built, seconds=5, seed=1, iterations=50)
    plan = services.store_solution(plan=built.plan, built=built, solution=solution, by=make.SETUP)
    left = plan.unserved.count()
    assert 0 < left < 12
    assert all(row.detail.startswith("It must not wait any longer.") for row in plan.unserved.all())
    approver = make_user(["approver"])
    with pytest.raises(services.ReasonNeeded, match=f"{left} overdue visits are unserved: give a reason"):
        services.approve_plan(plan=plan, by=approver)
    assert services.approve_plan(plan=plan, by=approver, reason="One nurse for all.").state == "approved"


def test_a_limit_before_the_due_day_is_refused_by_the_database(team):
    visit = first_visit(team)
    for first_due, limit in ((make.DAY, make.DAY - timedelta(days=1)), (None, make.DAY)):
        with pytest.raises(IntegrityError, match="visit_limit_not_before_due"), transaction.atomic():
            Visit.objects.filter(pk=visit.pk).update(first_due=first_due, clinical_limit=limit)
