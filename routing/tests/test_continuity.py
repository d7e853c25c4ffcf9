"""The person who came last comes again where that costs little."""

from datetime import timedelta

import pytest

from routing import services
from routing.continuity import DAYS_REMEMBERED, usual_carers
from routing.models import RouteStop, Visit
from routing.problem_building import build_problem
from routing.problem_building.tasks import CONTINUITY_SECONDS

from . import factories as make

pytestmark = pytest.mark.django_db

LATER = make.DAY + timedelta(days=2)


@pytest.fixture
def team(organisation):
    return make.team(organisation, people=2)


@pytest.fixture
def seen(team, make_user):
    """A visit of an approved plan, and who did it."""
    plan = services.approve_plan(plan=make.proposed_plan(team, count=4), by=make_user(["approver"]))
    stop = RouteStop.objects.filter(assignment__plan=plan, visit__isnull=False).first()
    return stop.visit, stop.assignment.staff


def due_again(visit, day=LATER):
    """The same person's visit on a later day, in a draft."""
    skills = list(visit.skills.all())
    again = Visit.objects.get(pk=visit.pk)
    again.pk, again.day, again.state, again._state.adding = None, day, Visit.State.OPEN, True
    again.window_start = again.window_end = again.first_due = again.clinical_limit = None
    again.save()
    again.skills.set(skills)
    intake = services.VisitIntake(visits=[again])
    return services.create_plan(
        organisation=visit.organisation, team=visit.team, day=day, name="Later", intake=intake, by=make.SETUP
    )


def at_work(people):
    services.add_shifts(people=people, days=[LATER], starts=make.time(8), ends=make.time(16), by=make.SETUP)


def test_whoever_came_last_is_preferred(team, seen):
    visit, carer = seen
    plan = due_again(visit)
    at_work(list(team.staff.all()))
    task = build_problem(plan).problem.visit_by_id[visit.reference]
    assert task.preferred_staff == {carer.reference}
    assert task.preference_cost == CONTINUITY_SECONDS


def test_somebody_who_is_not_at_work_is_not_missed(team, seen):
    visit, carer = seen
    plan = due_again(visit)
    at_work(list(team.staff.exclude(pk=carer.pk)))
    task = build_problem(plan).problem.visit_by_id[visit.reference]
    assert task.preferred_staff == frozenset()
    assert task.preference_cost == 0


def test_only_approved_plans_of_days_before_count_and_not_for_ever(team, seen):
    visit, carer = seen
    assert usual_carers(team, LATER, [visit.reference]) == {visit.reference: carer.reference}
    assert usual_carers(team, make.DAY, [visit.reference]) == {}
    assert usual_carers(team, make.DAY + timedelta(days=DAYS_REMEMBERED + 1), [visit.reference]) == {}
    assert usual_carers(team, LATER, ["somebody-else"]) == {}
    proposed = make.proposed_plan(
        make.team(team.organisation, areas=list(team.patch.areas.all()), day=LATER), count=2, day=LATER
    )
    references = list(proposed.visits.values_list("reference", flat=True))
    assert usual_carers(proposed.team, LATER + timedelta(days=1), references) == {}
