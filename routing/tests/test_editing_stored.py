"""Changes by hand on stored plans: versions, refusals, two planners at once."""

import random
import threading
from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import AuditEvent
from healthequiroute.testing.shared import shared
from routing import services
from routing.editing import Clear, EditError, Move, PutIn, SetStart, TakeOut
from routing.models import PlanState, PlanVersion
from routing.plan_editing import OpenPlan

from . import factories as make
from .random_edits import random_edit

pytestmark = pytest.mark.django_db


@pytest.fixture
def planner(make_user):
    return make_user(["planner"])


@pytest.fixture
@shared
def plan(organisation):
    return make.proposed_plan(make.team(organisation, people=3), count=8)


def routes(plan):
    return {
        each.staff.reference: [(s.visit and s.visit.reference, s.starts_at) for s in each.stops.all()]
        for each in plan.assignments.select_related("staff").prefetch_related("stops__visit")
    }


def kept_as(proposal, plan):
    return {route.staff: [getattr(s, "visit", None) for s in route.stops] for route in proposal.verdict.routes}


def test_a_change_that_is_kept_is_a_new_version_with_its_words(plan, planner):
    opened = OpenPlan(plan)
    visit = next(iter(opened.draft.served_by))
    version = plan.version
    changed, proposal = services.apply_edit(plan=plan, edit=TakeOut(visit), version=version, by=planner)
    assert changed.version == version + 1 and changed.state == PlanState.PROPOSED
    made = changed.versions.get(number=changed.version)
    assert (made.origin, made.summary, made.made_by) == (PlanVersion.Origin.MOVED, f"{visit} taken out", planner)
    left = changed.unserved.get(visit__reference=visit)
    assert left.reason == "hand" and "by hand" in left.detail
    assert changed.cost["total"] == round(proposal.verdict.cost.total)
    event = AuditEvent.objects.get(action="plan.changed_by_hand")
    assert event.details["change"] == "take_out" and event.details["version"] == changed.version
    back, _ = services.apply_edit(plan=changed, edit=PutIn(visit), version=changed.version, by=planner)
    assert not back.unserved.filter(visit__reference=visit).exists()
    assert services.undo_change(plan=back, by=planner).unserved.filter(visit__reference=visit).exists()


def test_random_changes_are_stored_as_they_were_shown_or_not_at_all(plan, planner):
    dice = random.Random(7)
    for _ in range(25):
        opened = OpenPlan(plan)
        before = routes(plan)
        try:
            edit = random_edit(dice, opened.draft)
            shown = opened.draft.proposed(edit)
        except EditError:
            continue
        try:
            plan, kept = services.apply_edit(plan=plan, edit=edit, version=plan.version, by=planner)
        except services.EditRefused as refused:
            assert not shown.feasible and refused.messages
            assert routes(plan) == before
            continue
        assert shown.feasible and kept.verdict.cost == shown.verdict.cost
        again = OpenPlan(plan).draft.standing
        assert again.violations == shown.before.violations[:0] or not shown.broken
        assert again.cost == shown.verdict.cost
        assert {name: [visit for visit, _ in stops] for name, stops in routes(plan).items()} == {
            name: stops for name, stops in kept_as(kept, plan).items() if stops
        }


def test_a_change_that_breaks_a_rule_is_never_stored(plan, planner):
    opened = OpenPlan(plan)
    name, order = next((name, order) for name, order in opened.draft.orders.items() if order)
    before, version = routes(plan), plan.version
    with pytest.raises(services.EditRefused) as refused:
        services.apply_edit(plan=plan, edit=SetStart(order[0], 60), version=version, by=planner)
    assert refused.value.messages and opened.people[name] in refused.value.messages[0]
    plan.refresh_from_db()
    assert routes(plan) == before and plan.version == version
    assert plan.versions.count() == 1


def test_the_version_must_be_the_one_that_was_looked_at(plan, planner):
    visit, other = sorted(OpenPlan(plan).draft.served_by)[:2]
    services.apply_edit(plan=plan, edit=TakeOut(visit), version=plan.version, by=planner)
    with pytest.raises(services.PlanChangedMeanwhile, match="Somebody else changed the plan in the meantime"):
        services.apply_edit(plan=plan, edit=TakeOut(other), version=plan.version, by=planner)


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_the_same_moment_one_is_kept(plan, planner):
    visits = sorted(OpenPlan(plan).draft.served_by)[:2]
    answers, ready = [], threading.Barrier(2)

    def change(visit):
        ready.wait()
        try:
            services.apply_edit(plan=plan, edit=TakeOut(visit), version=1, by=planner)
            answers.append("kept")
        except services.PlanChangedMeanwhile:
            answers.append("meanwhile")
        finally:
            connection.close()

    threads = [threading.Thread(target=change, args=[visit]) for visit in visits]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["kept", "meanwhile"]
    assert plan.versions.count() == 2


@pytest.mark.parametrize("state", [PlanState.DRAFT, PlanState.OPTIMISING])
def test_only_a_proposal_can_be_changed(plan, planner, state):
    visit = next(iter(OpenPlan(plan).draft.served_by))
    type(plan).objects.filter(pk=plan.pk).update(state=state)
    with pytest.raises(services.PlanStateError):
        services.apply_edit(plan=plan, edit=TakeOut(visit), version=plan.version, by=planner)


def test_an_approved_plan_has_to_be_opened_again(plan, planner, make_user):
    visit = next(iter(OpenPlan(plan).draft.served_by))
    plan = services.approve_plan(plan=plan, by=make_user(["approver"]), reason="As proposed.")
    with pytest.raises(services.PlanStateError, match="Take the approval back"):
        services.apply_edit(plan=plan, edit=TakeOut(visit), version=plan.version, by=planner)


def test_a_visit_that_is_kept_with_somebody_stays_there(plan, planner):
    opened = OpenPlan(plan)
    reference, (staff,) = next((v, s) for v, s in opened.draft.served_by.items() if len(s) == 1)
    person = opened.built.shifts[staff].staff
    services.pin_visit(plan=plan, visit=opened.built.visits[reference], staff=person, by=planner)
    other = next(name for name in opened.draft.orders if name != staff)
    with pytest.raises(services.EditRefused) as refused:
        services.apply_edit(plan=plan, edit=Move(reference, other, 0), version=plan.version, by=planner)
    assert any("is kept with" in words for words in refused.value.messages)


def test_what_is_left_out_on_purpose_leaves_its_round(plan, planner):
    opened = OpenPlan(plan)
    reference = next(iter(opened.draft.served_by))
    visit = opened.built.visits[reference]
    plan = services.leave_out(plan=plan, visit=visit, version=plan.version, reason="In hospital", by=planner)
    assert not visit.stops.filter(assignment__plan=plan).exists()
    left = plan.unserved.get(visit=visit)
    assert (left.reason, left.detail) == ("excluded", "Left out on purpose: In hospital")
    assert not OpenPlan(plan).draft.standing.violations


def test_the_round_of_somebody_who_is_absent_now_goes_to_others(plan, planner):
    """The plan as it stands breaks a rule then: what does not mend it is not kept."""
    opened = OpenPlan(plan)
    name, order = max(opened.draft.orders.items(), key=lambda each: len(each[1]))
    opened.built.shifts[name].staff.absences.create(first_day=plan.day, last_day=plan.day + timedelta(days=1))
    broken = OpenPlan(plan)
    assert broken.broken(broken.draft.standing)
    with pytest.raises(services.EditRefused):
        services.apply_edit(plan=plan, edit=TakeOut(order[0]), version=plan.version, by=planner)
    plan, _ = services.apply_edit(plan=plan, edit=Clear(name), version=plan.version, by=planner)
    assert not OpenPlan(plan).draft.standing.violations
    assert {left.visit.reference for left in plan.unserved.all()} == set(order)
    assert plan.versions.first().summary == f"All visits of {opened.people[name]} taken out"
