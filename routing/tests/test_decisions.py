"""A plan is a proposal: who may decide, when, and with which reason."""

import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from accounts.models import AuditEvent
from healthequiroute.testing.shared import shared
from routing import services
from routing.models import PlanState, UnservedVisit, Visit

from . import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def approver(make_user):
    return make_user(["approver"])


@pytest.fixture
@shared
def plan(organisation):
    return make.proposed_plan(make.team(organisation))


def leave_out_a_tier_one_visit(plan):
    visit = plan.visits.filter(tier=1).first()
    visit.stops.all().delete()
    UnservedVisit.objects.create(plan=plan, visit=visit, reason="full", detail="No room.")


def test_approval_names_the_approver_and_takes_the_visits(plan, approver):
    plan = services.approve_plan(plan=plan, by=approver)
    assert (plan.state, plan.approved_by) == (PlanState.APPROVED, approver)
    served = set(Visit.objects.filter(stops__assignment__plan=plan))
    assert served
    assert {visit.state for visit in served} == {Visit.State.PLANNED}
    event = AuditEvent.objects.get(action="plan.approved")
    assert event.details == {"served": len(served), "tier_one_unserved": 0, "reason_given": False}


@pytest.mark.parametrize("roles", [["planner"], ["analyst"], ["viewer"], ["auditor"], ["administrator"]])
def test_only_an_approver_decides(plan, make_user, roles):
    person = make_user(roles)
    with pytest.raises(PermissionDenied):
        services.approve_plan(plan=plan, by=person, reason="Because")
    with pytest.raises(PermissionDenied):
        services.reject_plan(plan=plan, by=person, reason="Because")


def test_an_approver_of_another_organisation_decides_nothing_here(plan, make_user, other_organisation):
    with pytest.raises(PermissionDenied):
        services.approve_plan(plan=plan, by=make_user(["approver"], organisation=other_organisation))


def test_deferring_a_tier_one_visit_needs_a_typed_reason(plan, approver):
    leave_out_a_tier_one_visit(plan)
    with pytest.raises(services.ReasonNeeded, match="1 tier-1 visit is unserved: give a reason"):
        services.approve_plan(plan=plan, by=approver, reason="   ")
    plan = services.approve_plan(plan=plan, by=approver, reason="Family is there today.")
    assert plan.decision_reason == "Family is there today."
    assert AuditEvent.objects.get(action="plan.approved").details["tier_one_unserved"] == 1


def test_the_reason_stays_out_of_the_audit_trail(plan, approver):
    services.approve_plan(plan=plan, by=approver, reason="Mrs Smith is away")
    assert "Smith" not in str(list(AuditEvent.objects.values_list("details", flat=True)))


def test_rejection_needs_a_reason_and_leaves_the_visits_open(plan, approver):
    with pytest.raises(services.ReasonNeeded):
        services.reject_plan(plan=plan, by=approver, reason="")
    plan = services.reject_plan(plan=plan, by=approver, reason="Too far for one person.")
    assert (plan.state, plan.approved_by) == (PlanState.REJECTED, approver)
    assert not Visit.objects.filter(state=Visit.State.PLANNED).exists()
    assert AuditEvent.objects.filter(action="plan.rejected").exists()


def test_a_rejected_plan_can_be_optimised_again_and_forgets_the_decision(plan, approver, make_user):
    services.reject_plan(plan=plan, by=approver, reason="No.")
    plan = services.optimise_plan(plan=plan, by=make_user(["planner"]))
    plan.refresh_from_db()
    assert (plan.state, plan.approved_by, plan.decision_reason) == (PlanState.OPTIMISING, None, "")


@pytest.mark.parametrize("state", [PlanState.DRAFT, PlanState.OPTIMISING])
def test_only_a_proposal_can_be_decided(plan, approver, state):
    plan.state = state
    plan.save()
    with pytest.raises(services.PlanStateError, match="Only a proposed plan"):
        services.approve_plan(plan=plan, by=approver)


def test_a_plan_is_approved_once(plan, approver):
    services.approve_plan(plan=plan, by=approver)
    with pytest.raises(services.PlanStateError):
        services.approve_plan(plan=plan, by=approver)


def test_two_plans_may_not_both_have_the_same_visits(organisation, approver):
    team = make.team(organisation)
    first, second = make.proposed_plan(team), make.proposed_plan(team)
    services.approve_plan(plan=first, by=approver)
    with pytest.raises(services.PlanStateError, match="visits are in an approved plan already"):
        services.approve_plan(plan=second, by=approver)
    second.refresh_from_db()
    assert second.state == PlanState.PROPOSED


def test_two_plans_may_not_both_have_the_same_people(organisation, approver):
    team = make.team(organisation, people=1)
    first = make.proposed_plan(team, count=2)
    second = make.proposed_plan(team, count=4)
    for stop in second.assignments.get().stops.filter(visit__in=first.visits.all()):
        stop.delete()
    services.approve_plan(plan=first, by=approver)
    with pytest.raises(services.PlanStateError, match="people are in an approved plan already"):
        services.approve_plan(plan=second, by=approver)


@pytest.mark.django_db(transaction=True)
def test_two_plans_with_the_same_people_approved_at_the_same_moment(organisation, approver):
    team = make.team(organisation, people=1)
    plans = [make.proposed_plan(team, count=2), make.proposed_plan(team, count=4)]
    for stop in plans[1].assignments.get().stops.filter(visit__in=plans[0].visits.all()):
        stop.delete()
    together, outcomes = threading.Barrier(2), []

    def approve(plan):
        try:
            together.wait(timeout=60)
            services.approve_plan(plan=plan, by=approver)
            outcomes.append("approved")
        except services.PlanStateError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=approve, args=[plan]) for plan in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert sorted(outcomes) == ["approved", "refused"]


def test_a_plan_belongs_to_the_organisation_of_its_team(organisation, other_organisation):
    team = make.team(organisation)
    intake = services.make_visits_from_priorities(team=team, day=make.DAY, count=2, by=make.SETUP)
    with pytest.raises(ValidationError, match="does not belong to"):
        services.create_plan(
            organisation=other_organisation, team=team, day=make.DAY, name="", intake=intake, by=make.SETUP
        )


def test_a_person_has_skills_and_a_base_of_their_own_organisation(organisation, other_organisation):
    team = make.team(organisation, people=0)
    foreign = services.create_skill(organisation=other_organisation, code="x", name="X", by=make.SETUP)
    base = team.organisation.depots.get()
    with pytest.raises(ValidationError, match="X does not belong to"):
        services.add_staff(team=team, reference="nurse-9", display_name="N", base=base, skills=[foreign], by=make.SETUP)
