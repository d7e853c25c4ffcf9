"""What must be true of plans, shifts and visits is refused by the database itself, whatever code asks."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from healthequiroute.testing.shared import shared
from routing.models import RouteAssignment, RoutePlan, RouteStop, Shift, StaffMember, UnservedVisit, Visit

from . import factories as make

pytestmark = pytest.mark.django_db


def refused(sql, parameters, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


@pytest.fixture
def shift(organisation):
    make.team(organisation, people=1)
    return Shift.objects.get()


@pytest.fixture
@shared
def plan(organisation):
    return make.draft_plan(make.team(organisation, people=1))


def test_a_shift_ends_after_it_starts(shift):
    refused(
        "UPDATE routing_shift SET ends_at = starts_at, break_minutes = 0 WHERE id = %s",
        [shift.pk],
        "shift_ends_after_start",
    )


def test_a_shift_belongs_to_the_civil_day_of_its_start(shift):
    refused("UPDATE routing_shift SET day = day + 1 WHERE id = %s", [shift.pk], "shift_day_is_its_civil_day")


@pytest.mark.parametrize("column", ["break_earliest", "break_latest"])
def test_a_break_needs_both_ends_of_its_window(shift, column):
    refused(f"UPDATE routing_shift SET {column} = NULL WHERE id = %s", [shift.pk], "shift_break_inside")


def test_a_break_lies_inside_the_shift(shift):
    refused(
        "UPDATE routing_shift SET break_earliest = starts_at - interval '1 hour' WHERE id = %s",
        [shift.pk],
        "shift_break_inside",
    )


def test_nobody_works_twice_at_the_same_time(shift):
    refused(
        "INSERT INTO routing_shift (staff_id, day, starts_at, ends_at, break_minutes) "
        "SELECT staff_id, day, starts_at + interval '1 hour', ends_at, 0 FROM routing_shift WHERE id = %s",
        [shift.pk],
        "shift_no_overlap",
    )


def test_a_night_shift_may_follow_at_the_minute_the_day_shift_ends(shift):
    Shift.objects.create(
        staff=shift.staff,
        day=shift.day,
        starts_at=shift.ends_at,
        ends_at=shift.ends_at + timedelta(hours=4),
        break_minutes=0,
    )
    assert StaffMember.objects.get().shifts.count() == 2


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("window_start = now(), window_end = NULL", "visit_window_both_or_none"),
        ("window_start = NULL, window_end = now()", "visit_window_both_or_none"),
        ("window_start = now(), window_end = now() - interval '1 minute'", "visit_window_both_or_none"),
        ("minutes = 4", "visit_minutes_plausible"),
        ("minutes = 481", "visit_minutes_plausible"),
        ("tier = 0", "visit_tier_valid"),
        ("tier = 5", "visit_tier_valid"),
        ("priority = 4", "visit_priority_valid"),
        ("imd_decile = 0", "visit_imd_decile_valid"),
        ("imd_decile = 11", "visit_imd_decile_valid"),
    ],
)
def test_a_visit_is_plausible(plan, change, constraint):
    visit = plan.visits.first()
    refused(f"UPDATE routing_visit SET {change} WHERE id = %s", [visit.pk], constraint)


def test_a_reference_names_one_visit_of_a_day(plan):
    first, second = plan.visits.all()[:2]
    refused(
        "UPDATE routing_visit SET reference = %s WHERE id = %s",
        [first.reference, second.pk],
        "visit_reference_once_per_day",
    )


@pytest.mark.parametrize(
    "change",
    [
        "state = 'approved'",
        "state = 'approved', approved_at = now()",
        "state = 'rejected', decision_reason = 'her1:late'",
        "approved_at = now()",
    ],
)
def test_a_decision_has_a_name_and_a_time(plan, change):
    refused(f"UPDATE routing_routeplan SET {change} WHERE id = %s", [plan.pk], "plan_decision_has_a_name")


def test_only_a_decided_plan_has_a_name_under_it(plan, make_user):
    refused(
        "UPDATE routing_routeplan SET approved_by_id = %s, approved_at = now() WHERE id = %s",
        [make_user(["approver"]).pk, plan.pk],
        "plan_decision_has_a_name",
    )


def test_a_rejection_has_a_reason(plan, make_user):
    refused(
        "UPDATE routing_routeplan SET state = 'rejected', approved_by_id = %s, approved_at = now() WHERE id = %s",
        [make_user(["approver"]).pk, plan.pk],
        "plan_rejection_has_a_reason",
    )


@pytest.mark.parametrize("seconds", [0, 601])
def test_the_search_time_is_bounded(plan, seconds):
    refused(
        "UPDATE routing_routeplan SET seconds_allowed = %s WHERE id = %s",
        [seconds, plan.pk],
        "plan_search_time_plausible",
    )


def test_stops_have_times_in_order_and_each_visit_once(organisation):
    plan = make.proposed_plan(make.team(organisation, people=1), count=4)
    assignment = RouteAssignment.objects.get(plan=plan)
    first, second = assignment.stops.filter(visit__isnull=False)[:2]
    refused(
        "UPDATE routing_routestop SET leaves_at = starts_at - interval '1 second' WHERE id = %s",
        [first.pk],
        "stop_times_in_order",
    )
    refused("UPDATE routing_routestop SET visit_id = %s WHERE id = %s", [first.visit_id, second.pk], "stop_visit_once")
    refused(
        "UPDATE routing_routestop SET sequence = %s WHERE id = %s", [first.sequence, second.pk], "stop_sequence_once"
    )
    refused(
        "UPDATE routing_routeassignment SET returns_at = departs_at - interval '1 second' WHERE id = %s",
        [assignment.pk],
        "assignment_returns_after_departing",
    )


def test_a_person_is_in_a_plan_once(organisation):
    plan = make.proposed_plan(make.team(organisation, people=1), count=2)
    assignment = RouteAssignment.objects.get(plan=plan)
    with pytest.raises(IntegrityError, match="assignment_once_per_person"), transaction.atomic():
        RouteAssignment.objects.create(plan=plan, staff=assignment.staff, shift=assignment.shift)


def test_staff_must_be_allowed_at_least_one_visit(shift):
    refused("UPDATE routing_staffmember SET max_visits = 0 WHERE id = %s", [shift.staff_id], "staff_may_visit_somebody")


def test_lists_of_plans_keep_their_order_and_count_without_multiplying(organisation):
    team = make.team(organisation, people=1)
    proposed, draft = make.proposed_plan(team, count=3), make.draft_plan(team, count=5)
    listed = list(RoutePlan.objects.for_organisation(organisation).with_counts())
    assert listed == [draft, proposed]
    assert [plan.visit_count for plan in listed] == [5, 3]
    assert all(plan.unserved_count == plan.unserved.count() for plan in listed)
    assert RouteStop.objects.for_organisation(organisation).count() > 0
    assert Visit.objects.for_organisation(None).count() == 0
    assert datetime.now(UTC) >= listed[0].created_at


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("state = 'closed'", "plan_"),
        ("closed_at = now()", "plan_closing_has_a_time"),
        ("published_at = now()", "plan_publication_has_a_name"),
        ("state = 'published'", "plan_"),
        ("state = 'in_progress'", "plan_"),
        ("returned_reason = 'her1:why'", "plan_return_has_a_name_and_a_reason"),
        ("returned_at = now()", "plan_return_has_a_name_and_a_reason"),
    ],
)
def test_a_plan_is_nowhere_in_its_life_without_what_belongs_there(plan, change, constraint):
    refused(f"UPDATE routing_routeplan SET {change} WHERE id = %s", [plan.pk], constraint)


@pytest.fixture
def left_out(plan):
    return UnservedVisit.objects.create(plan=plan, visit=plan.visits.first(), reason="full")


@pytest.mark.parametrize(
    "change",
    [
        "decision = 'other'",
        "decision_reason = 'her1:why'",
        "decided_at = now()",
        "decision = 'later', decision_reason = 'her1:why', decided_at = now(), decided_by_id = %(user)s",
        "decision = 'other', decision_reason = '', decided_at = now(), decided_by_id = %(user)s",
        "decision = 'other', decision_reason = 'her1:why', decided_by_id = %(user)s",
    ],
)
def test_a_decision_on_a_visit_left_out_has_a_name_and_a_reason(left_out, make_user, change):
    refused(
        f"UPDATE routing_unservedvisit SET {change} WHERE id = %(pk)s",
        {"pk": left_out.pk, "user": make_user().pk},
        "unserved_decision_has_a_name_and_a_reason",
    )


@pytest.mark.parametrize(("decision", "day"), [("deferred", None), ("other", "2027-01-05")])
def test_deferred_means_to_a_day_and_nothing_else_does(left_out, make_user, decision, day):
    refused(
        "UPDATE routing_unservedvisit SET decision = %s, deferred_to = %s, decision_reason = 'her1:why', "
        "decided_at = now(), decided_by_id = %s WHERE id = %s",
        [decision, day, make_user().pk, left_out.pk],
        "unserved_deferred_to_a_day",
    )
