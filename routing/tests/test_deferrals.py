"""A visit that an approver defers to a day: there once, with its age, and gone with the decision."""

from datetime import time, timedelta

import pytest

from accounts.models import AuditEvent
from routing import services
from routing.civil_time import clock, instant, today
from routing.models import PlanState, UnservedVisit, Visit, VisitLink
from routing.services import Deferral

from . import factories as make

pytestmark = pytest.mark.django_db
DAY = today() + timedelta(days=3)
LATER = DAY + timedelta(days=2)


@pytest.fixture
def approver(make_user):
    return make_user(["approver"])


@pytest.fixture
def team(organisation):
    return make.team(organisation, day=DAY)


@pytest.fixture
def plan(team):
    """Proposed, its visits from a file, one of tier 1 left out."""
    plan = make.proposed_plan(team, day=DAY)
    plan.visits.update(source=Visit.Source.CSV)
    visit = plan.visits.filter(tier=1).order_by("reference").first()
    visit.stops.all().delete()
    UnservedVisit.objects.create(plan=plan, visit=visit, reason="full", detail="No room.")
    return plan


@pytest.fixture
def left_out(plan):
    return plan.unserved.get().visit


def approved(plan, approver, visit, kind="deferred", to=LATER):
    decisions = {visit.reference: Deferral(kind, "No room that day.", to if kind == "deferred" else None)}
    return services.approve_plan(plan=plan, by=approver, decisions=decisions)


def made(visit):
    return Visit.objects.get(team=visit.team, day=LATER, reference=visit.reference)


def test_it_is_made_for_that_day_and_is_due_since_it_first_was(plan, approver, left_out):
    left_out.first_due = DAY - timedelta(days=4)
    left_out.save()
    approved(plan, approver, left_out)
    visit = made(left_out)
    assert (visit.deferred_from, visit.state, visit.minutes, visit.tier) == (left_out, "open", left_out.minutes, 1)
    assert (visit.first_due, visit.days_deferred) == (left_out.first_due, 6)
    assert set(visit.skills.all()) == set(left_out.skills.all())
    event = AuditEvent.objects.get(action="visit.deferred")
    assert event.details == {"from": str(DAY), "to": str(LATER)}


def test_one_that_never_was_due_before_is_due_since_its_own_day(plan, approver, left_out):
    Visit.objects.filter(pk=left_out.pk).update(first_due=None, clinical_limit=None)
    approved(plan, approver, left_out)
    assert made(left_out).first_due == DAY and made(left_out).days_deferred == 2


def test_its_window_is_at_the_same_time_of_day(plan, approver, left_out):
    left_out.window_start, left_out.window_end = instant(DAY, time(9)), instant(DAY, time(11))
    left_out.save()
    approved(plan, approver, left_out)
    visit = made(left_out)
    assert [clock(moment) for moment in (visit.window_start, visit.window_end)] == ["09:00", "11:00"]
    assert visit.window_start - left_out.window_start >= timedelta(hours=47)


def test_it_is_made_once_and_goes_with_the_decision(plan, approver, left_out):
    plan = approved(plan, approver, left_out)
    first = made(left_out)
    plan = services.reopen_plan(plan=plan, by=approver, reason="Wrong day.")
    assert not Visit.objects.filter(pk=first.pk).exists()
    approved(plan, approver, left_out)
    services.defer_visit(visit=left_out, to=LATER, by=approver)
    assert Visit.objects.filter(team=plan.team, day=LATER).count() == 1


def test_one_that_a_plan_speaks_of_is_cancelled_and_open_again(plan, approver, left_out):
    plan = approved(plan, approver, left_out)
    visit = made(left_out)
    other = services.create_plan(
        organisation=plan.organisation, team=plan.team, day=LATER, name="", intake=intake_of(plan.team), by=make.SETUP
    )
    UnservedVisit.objects.create(plan=other, visit=visit, reason="full")
    plan = services.reopen_plan(plan=plan, by=approver, reason="Wrong day.")
    visit.refresh_from_db()
    assert visit.state == Visit.State.CANCELLED
    approved(plan, approver, left_out)
    visit.refresh_from_db()
    assert visit.state == Visit.State.OPEN


def test_the_decision_stands_once_the_visit_is_planned_there(plan, approver, left_out):
    plan = approved(plan, approver, left_out)
    Visit.objects.filter(pk=made(left_out).pk).update(state=Visit.State.PLANNED)
    with pytest.raises(services.PlanStateError, match="is in an approved plan there: take that back first"):
        services.reopen_plan(plan=plan, by=approver, reason="Wrong day.")
    plan.refresh_from_db()
    assert plan.state == PlanState.APPROVED


def test_who_is_due_by_themselves_gets_no_second_visit(plan, approver, left_out):
    Visit.objects.filter(pk=left_out.pk).update(source=Visit.Source.CASELOAD)
    left_out.refresh_from_db()
    approved(plan, approver, left_out)
    assert not Visit.objects.filter(day=LATER).exists()


def test_another_decision_makes_none(plan, approver, left_out):
    approved(plan, approver, left_out, "handed_over")
    assert not Visit.objects.filter(day=LATER).exists()


def test_two_linked_visits_stay_linked(plan, approver, left_out):
    other = plan.visits.exclude(pk=left_out.pk).first()
    VisitLink.objects.create(first=left_out, second=other, min_gap_minutes=60, same_staff=True)
    for visit in (left_out, other):
        services.defer_visit(visit=visit, to=LATER, by=approver)
    link = VisitLink.objects.get(first__day=LATER)
    assert (link.first.reference, link.second.reference) == (left_out.reference, other.reference)
    assert (link.min_gap_minutes, link.same_staff) == (60, True)


def intake_of(team):
    return services.make_visits_from_priorities(team=team, day=LATER, count=2, by=make.SETUP)


def test_both_plans_show_it_with_a_link(plan, approver, left_out, client_as):
    Visit.objects.filter(pk=left_out.pk).update(first_due=DAY, clinical_limit=None)
    left_out.refresh_from_db()
    plan = approved(plan, approver, left_out)
    client = client_as("planner")
    page = client.get(f"/plans/{plan.pk}/").content.decode()
    assert f"/teams/{plan.team_id}/visits/{made(left_out).pk}/" in page
    Visit.objects.filter(pk=made(left_out).pk).update(reference="X-9")
    Visit.objects.filter(pk=left_out.pk).update(reference="X-9")
    other = services.create_plan(
        organisation=plan.organisation, team=plan.team, day=LATER, name="", intake=intake_of(plan.team), by=make.SETUP
    )
    assert other.visits.filter(reference="X-9").exists()
    there = client.get(f"/plans/{other.pk}/").content.decode()
    assert "Deferred to this day" in there and f'href="/plans/{plan.pk}/"' in there and "2 days overdue" in there
    assert f'href="/plans/{other.pk}/"' in client.get(f"/plans/{plan.pk}/").content.decode()
