"""From a proposal to a closed plan: who may do what when, what happens to visits, and what the judge has to say."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import AuditEvent, Notification
from healthequiroute.testing.shared import shared
from routing import due_visits, services
from routing.civil_time import today
from routing.models import Absence, PlanState, RoundEvent, RoutePlan, RouteStop, Shift, UnservedVisit, Visit
from routing.services import Deferral

from . import factories as make

pytestmark = pytest.mark.django_db
TOMORROW = today() + timedelta(days=1)
Decision = UnservedVisit.Decision


@pytest.fixture
@shared
def team(organisation):
    return make.team(organisation, day=TOMORROW)


@pytest.fixture
@shared
def plan(team):
    return make.proposed_plan(team, day=TOMORROW)


@pytest.fixture
def approver(make_user):
    return make_user(["approver"])


@pytest.fixture
def planner(make_user):
    return make_user(["planner"])


@pytest.fixture
def approved(plan, approver):
    return services.approve_plan(plan=plan, by=approver)


@pytest.fixture
def published(approved, planner):
    return services.publish_plan(plan=approved, by=planner)


def leave_out(plan, count=1, tier=1):
    """Takes visits of a tier off their routes, as a search that had no room would."""
    rows = []
    for visit in plan.visits.filter(tier=tier, unserved_in__isnull=True).order_by("reference")[:count]:
        visit.stops.all().delete()
        remedies = [{"change": "", "kind": "shift_end", "staff": "nurse-01", "amount": 1500, "bound": 61_000}]
        rows.append(UnservedVisit.objects.create(plan=plan, visit=visit, reason="full", remedies=remedies))
    return rows


def text(answer):
    return " ".join(answer.content.decode().split())


class TestPublishing:
    def test_field_workers_of_the_plan_are_told_and_nobody_else(self, approved, planner, make_user):
        worker, other = make_user(["field_worker"]), make_user(["field_worker"])
        first = approved.assignments.first().staff
        first.user = worker
        first.save()
        plan = services.publish_plan(plan=approved, by=planner)
        assert (plan.state, plan.published_by) == (PlanState.PUBLISHED, planner)
        assert "is published" in Notification.objects.get(user=worker).text
        assert not Notification.objects.filter(user=other).exists()
        assert AuditEvent.objects.get(action="plan.published").details == {"version": plan.version, "told": 1}

    @pytest.mark.parametrize("role", ["analyst", "viewer", "field_worker", "auditor", "administrator"])
    def test_only_planners_and_approvers_publish_withdraw_and_close(self, published, make_user, role):
        person = make_user([role])
        for service, values in (
            (services.publish_plan, {}),
            (services.withdraw_publication, {"reason": "No."}),
            (services.close_plan, {}),
        ):
            with pytest.raises(PermissionDenied):
                service(plan=published, by=person, **values)

    def test_a_proposal_is_not_published_and_a_published_plan_not_again(self, plan, approver):
        with pytest.raises(services.PlanStateError, match="this one is proposed"):
            services.publish_plan(plan=plan, by=approver)
        services.publish_plan(plan=services.approve_plan(plan=plan, by=approver), by=approver)
        with pytest.raises(services.PlanStateError, match="this one is published"):
            services.publish_plan(plan=plan, by=approver)

    def test_withdrawn_with_a_reason_before_anybody_sets_off(self, published, planner):
        with pytest.raises(services.ReasonNeeded):
            services.withdraw_publication(plan=published, by=planner, reason=" ")
        plan = services.withdraw_publication(plan=published, by=planner, reason="Wrong day.")
        assert (plan.state, plan.published_by, plan.returned_by) == (PlanState.APPROVED, None, planner)
        assert Visit.objects.filter(state=Visit.State.PLANNED).exists()
        plan = services.publish_plan(plan=plan, by=planner)
        assert plan.returned_reason == ""

    def test_not_withdrawn_once_somebody_has_begun(self, published, planner):
        staff = published.assignments.first().staff
        RoundEvent.objects.create(plan=published, staff=staff, kind="set_off", happened_at=timezone.now())
        with pytest.raises(services.PlanStateError, match="has begun a round"):
            services.withdraw_publication(plan=published, by=planner, reason="Late idea")
        services.begin_plan(plan=published, by=planner)
        with pytest.raises(services.PlanStateError, match="in progress"):
            services.withdraw_publication(plan=published, by=planner, reason="Later idea")


class TestTheJudgeHasTheLastWord:
    def test_an_absence_entered_since_stops_approval_and_names_the_person(self, plan, approver):
        staff = plan.assignments.first().staff
        Absence.objects.create(staff=staff, first_day=TOMORROW, last_day=TOMORROW)
        with pytest.raises(services.PlanBroken) as refused:
            services.approve_plan(plan=plan, by=approver)
        assert f"{staff.display_name} is absent on that day." in refused.value.messages
        plan.refresh_from_db()
        assert plan.state == PlanState.PROPOSED
        assert not Visit.objects.filter(state=Visit.State.PLANNED).exists()

    def test_everything_that_broke_since_the_approval_is_listed_on_the_page(self, approved, client_as):
        first, second = RouteStop.objects.filter(visit__isnull=False, assignment__plan=approved)[:2]
        Visit.objects.filter(pk=first.visit_id).update(minutes=480)
        Visit.objects.filter(pk=second.visit_id).update(
            window_start=second.starts_at + timedelta(hours=3), window_end=second.starts_at + timedelta(hours=4)
        )
        page = text(client_as("approver").post(f"/plans/{approved.pk}/publish/", follow=True))
        assert "The plan no longer works" in page
        assert f"{second.visit.reference}, {second.assignment.staff.display_name}: starts outside its window." in page
        assert first.visit.reference in page
        approved.refresh_from_db()
        assert approved.state == PlanState.APPROVED

    def test_a_shift_cut_short_or_a_skill_lost(self, approved, planner):
        stop = RouteStop.objects.filter(visit__skills__isnull=False, assignment__plan=approved).first()
        stop.assignment.staff.skill_records.all().delete()
        Shift.objects.update(ends_at=RouteStop.objects.order_by("starts_at").last().starts_at, break_minutes=0)
        with pytest.raises(services.PlanBroken) as refused:
            services.publish_plan(plan=approved, by=planner)
        lines = " ".join(refused.value.messages)
        assert "needs a skill that this person does not have" in lines
        assert "does not fit the shift" in lines

    def test_a_visit_cancelled_since(self, plan, approver):
        visit = plan.assignments.first().stops.filter(visit__isnull=False).first().visit
        Visit.objects.filter(pk=visit.pk).update(state=Visit.State.CANCELLED)
        with pytest.raises(services.PlanBroken, match=f"{visit.reference} is cancelled already"):
            services.approve_plan(plan=plan, by=approver)

    def test_a_visit_that_came_since_is_not_forgotten(self, plan, approver):
        visit = plan.visits.first()
        visit.pk, visit.reference = None, "NEW-1"
        visit._state.adding = True
        visit.pk = visit._meta.pk.get_default()
        visit.save(force_insert=True)
        plan.visits.add(visit)
        with pytest.raises(services.PlanBroken, match=f"{visit.reference} came to the plan since"):
            services.approve_plan(plan=plan, by=approver)

    def test_the_api_answers_409_with_what_is_broken(self, approved, api_client_as):
        staff = approved.assignments.first().staff
        Absence.objects.create(staff=staff, first_day=TOMORROW, last_day=TOMORROW)
        answer = api_client_as("planner").post(f"/api/v1/route-plans/{approved.pk}/publish/")
        assert answer.status_code == 409
        assert f"{staff.display_name} is absent on that day." in answer.json()["detail"]


class TestNamedDeferral:
    def test_each_visit_has_its_own_decision_or_that_for_all(self, plan, approver):
        one, two = leave_out(plan, 2)
        to = TOMORROW + timedelta(days=2)
        plan = services.approve_plan(
            plan=plan,
            by=approver,
            decisions={one.visit.reference: Deferral(Decision.DEFERRED, "Daughter is there", to)},
            for_all=Deferral(Decision.NOT_NEEDED, "In hospital"),
        )
        one.refresh_from_db()
        two.refresh_from_db()
        assert (one.decision, one.deferred_to, one.decided_by) == (Decision.DEFERRED, to, approver)
        assert (two.decision, two.decision_reason) == (Decision.NOT_NEEDED, "In hospital")
        assert one.visit.state == Visit.State.OPEN
        assert two.visit.state == Visit.State.CANCELLED
        event = AuditEvent.objects.get(action="plan.approved")
        assert event.details["decisions"] == {"deferred": 1, "not_needed": 1}
        assert "Daughter" not in str(event.details)

    def test_one_decision_short_and_nothing_is_approved(self, plan, approver):
        one, two = leave_out(plan, 2)
        with pytest.raises(services.ReasonNeeded, match="1 tier-1 visit is unserved"):
            services.approve_plan(
                plan=plan, by=approver, decisions={one.visit.reference: Deferral(Decision.OTHER, "Seen today")}
            )
        one.refresh_from_db()
        assert one.decision == ""

    def test_a_visit_at_its_limit_needs_a_decision_whatever_its_tier(self, plan, approver):
        (left,) = leave_out(plan, tier=2)
        Visit.objects.filter(pk=left.visit_id).update(first_due=TOMORROW, clinical_limit=TOMORROW)
        with pytest.raises(services.ReasonNeeded, match="1 overdue visit is unserved"):
            services.approve_plan(plan=plan, by=approver)

    @pytest.mark.parametrize(
        ("deferral", "message"),
        [
            (Deferral("later", "Because"), "is no decision"),
            (Deferral(Decision.OTHER, "  "), "Give a reason"),
            (Deferral(Decision.OTHER, "x" * 501), "at most 500 characters"),
            (Deferral(Decision.DEFERRED, "Because"), "to which day"),
            (Deferral(Decision.DEFERRED, "Because", TOMORROW), "within a year after"),
            (Deferral(Decision.DEFERRED, "Because", date(2200, 1, 1)), "within a year after"),
            (Deferral(Decision.OTHER, "Because", TOMORROW + timedelta(days=1)), "Only a visit that is deferred"),
        ],
    )
    def test_decisions_that_cannot_be(self, plan, approver, deferral, message):
        leave_out(plan)
        with pytest.raises(ValidationError, match=message):
            services.approve_plan(plan=plan, by=approver, for_all=deferral)

    def test_a_decision_on_a_visit_that_is_served_is_refused(self, plan, approver):
        served = plan.assignments.first().stops.filter(visit__isnull=False).first().visit
        with pytest.raises(ValidationError, match="not among the visits that this plan leaves out"):
            services.approve_plan(plan=plan, by=approver, decisions={served.reference: Deferral("other", "x")})

    def test_the_page_lists_each_with_reason_and_remedy_and_takes_both_kinds(self, plan, client_as):
        one, two = leave_out(plan, 2)
        approver = client_as("approver")
        page = text(approver.get(f"/plans/{plan.pk}/"))
        for left in (one, two):
            assert f"Decide on {left.visit.reference} alone" in page
        day = (TOMORROW + timedelta(days=3)).isoformat()
        own = {f"visit-{one.pk}-kind": "deferred", f"visit-{one.pk}-day": day, f"visit-{one.pk}-reason": "Away"}
        all_others = {"decision": "approve", "kind": "handed_over", "reason": "Hospice team goes"}
        answer = approver.post(f"/plans/{plan.pk}/decision/", own | all_others, follow=True)
        one.refresh_from_db()
        two.refresh_from_db()
        assert (one.decision, one.deferred_to.isoformat(), two.decision) == ("deferred", day, "handed_over")
        assert f"Deferred to {one.deferred_to:%A %-d %B}" in text(answer)
        assert "Hospice team goes" in text(answer)

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"kind": "deferred", "reason": "Away"}, "Choose the day to which"),
            ({"kind": "other"}, "Give the reason of the decision for"),
            ({"reason": "Away"}, "Choose the decision for"),
            ({"kind": "nonsense", "reason": "Away"}, "Select a valid choice"),
            ({"kind": "deferred", "day": "2020-02-30", "reason": "Away"}, "Select a valid choice"),
        ],
    )
    def test_half_a_decision_is_asked_for_beside_its_visit(self, plan, client_as, fields, message):
        (left,) = leave_out(plan)
        asked = {f"visit-{left.pk}-{name}": value for name, value in fields.items()}
        answer = client_as("approver").post(f"/plans/{plan.pk}/decision/", {"decision": "approve"} | asked)
        assert answer.status_code == 422
        assert message in text(answer)
        assert f'<a href="#id_visit-{left.pk}-' in text(answer), "the summary leads to the field"
        asked = {"decision": "reject", "reason": "Too few"} | asked
        client_as("approver").post(f"/plans/{plan.pk}/decision/", asked)
        plan.refresh_from_db()
        assert plan.state == PlanState.REJECTED, "half a decision does not matter to a rejection"

    def test_the_api_takes_and_shows_decisions(self, plan, api_client_as):
        one, two = leave_out(plan, 2)
        approver, address = api_client_as("approver"), f"/api/v1/route-plans/{plan.pk}/approve/"
        to = str(TOMORROW + timedelta(days=2))
        single = {"visit": one.visit.reference, "decision": "deferred", "deferred_to": to, "reason": "Away"}
        for bad in (
            {"decisions": [single, single]},
            {"decisions": [single | {"decision": "later"}]},
            {"decisions": [single | {"reason": 5}]},
            {"decisions": [single | {"visit": "nobody"}]},
            {"decisions": "all"},
            {"for_all": {"decision": "other"}},
            {"decisions": [single]},
        ):
            assert approver.post(address, bad, format="json").status_code == 400, bad
        good = {"decisions": [single], "for_all": {"decision": "other", "reason": "Seen by the GP"}}
        answer = approver.post(address, good, format="json")
        assert answer.status_code == 200, answer.content
        shown = {row["visit"]: row for row in answer.json()["unserved"]}
        assert shown[one.visit.reference]["deferred_to"] == to
        assert shown[two.visit.reference]["decision_reason"] == "Seen by the GP"


class TestTheWayBack:
    def test_reopened_the_plan_is_a_proposal_and_everything_is_free(self, plan, approver):
        leave_out(plan)
        plan = services.approve_plan(plan=plan, by=approver, for_all=Deferral("not_needed", "In hospital"))
        plan = services.reopen_plan(plan=plan, by=approver, reason="Come home again")
        assert (plan.state, plan.approved_by, plan.returned_reason) == (PlanState.PROPOSED, None, "Come home again")
        assert set(plan.visits.values_list("state", flat=True)) == {Visit.State.OPEN}
        assert not plan.unserved.exclude(decision="").exists()
        assert services.approve_plan(plan=plan, by=approver, reason="Now").returned_reason == ""

    def test_only_an_approver_reopens_and_only_what_is_approved(self, published, approver, planner):
        with pytest.raises(PermissionDenied):
            services.reopen_plan(plan=published, by=planner, reason="x")
        with pytest.raises(services.PlanStateError, match="this one is published"):
            services.reopen_plan(plan=published, by=approver, reason="x")


class TestTheDay:
    def test_the_first_to_set_off_begins_it_once(self, published, make_user):
        at = timezone.now() - timedelta(minutes=3)
        plan = services.begin_plan(plan=published, by=make_user(["field_worker"]), at=at)
        assert (plan.state, plan.started_at) == (PlanState.IN_PROGRESS, at)
        assert services.begin_plan(plan=plan, by=make.SETUP).started_at == at
        assert AuditEvent.objects.filter(action="plan.begun").count() == 1

    def test_what_is_not_published_does_not_begin(self, approved):
        with pytest.raises(services.PlanStateError, match="Only a published plan can begin"):
            services.begin_plan(plan=approved, by=make.SETUP)

    def test_a_plan_of_a_day_to_come_is_not_closed(self, published, planner):
        with pytest.raises(services.PlanStateError, match="still to come: withdraw its publication"):
            services.close_plan(plan=published, by=planner)

    def test_closing_settles_visits_and_keeps_what_was_put_off(self, published, planner, team):
        RoutePlan.objects.filter(pk=published.pk).update(day=today())
        visits = list(Visit.objects.filter(stops__assignment__plan=published).order_by("reference"))
        done, no_access, missed = visits[:3]
        Visit.objects.filter(pk=done.pk).update(state=Visit.State.DONE)
        Visit.objects.filter(pk=no_access.pk).update(state=Visit.State.NO_ACCESS)
        plan = services.close_plan(plan=published, by=planner)
        assert (plan.state, plan.closed_by) == (PlanState.CLOSED, planner)
        states = dict(published.visits.values_list("reference", "state"))
        assert states[done.reference] == Visit.State.DONE
        assert states[no_access.reference] == states[missed.reference] == Visit.State.OPEN
        event = AuditEvent.objects.get(action="plan.closed")
        assert event.details == {"done": 1, "not_done": len(visits) - 1}
        histories = due_visits.histories(team, TOMORROW + timedelta(days=1))
        assert histories[missed.reference].deferred_since == missed.first_due
        assert done.reference not in {name for name, known in histories.items() if known.deferred_since}
        with pytest.raises(services.PlanStateError, match="this one is closed"):
            services.close_plan(plan=published, by=planner)

    def test_the_night_closes_plans_of_days_that_are_over(self, published, capsys):
        call_command("close_plans")
        published.refresh_from_db()
        assert published.state == PlanState.PUBLISHED
        RoutePlan.objects.filter(pk=published.pk).update(day=today())
        assert len(services.close_past_plans(before=TOMORROW + timedelta(days=1))) == 1
        published.refresh_from_db()
        assert (published.state, published.closed_by) == (PlanState.CLOSED, None)
        assert capsys.readouterr().out == ""

    def test_the_command_tells_what_it_closed(self, organisation, approver, capsys):
        yesterday = today() - timedelta(days=1)
        plan = make.proposed_plan(make.team(organisation, day=yesterday), day=yesterday)
        services.publish_plan(plan=services.approve_plan(plan=plan, by=approver), by=approver)
        call_command("close_plans")
        assert plan.name in capsys.readouterr().out

    @pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "2999-01-01"])
    def test_the_command_refuses_days_that_cannot_be(self, day):
        with pytest.raises(CommandError, match="--before"):
            call_command("close_plans", before=day)


class TestPages:
    def test_from_approved_to_closed_with_one_step_offered_at_a_time(self, plan, client_as):
        approver, planner, analyst = client_as("approver"), client_as("planner"), client_as("analyst")
        address = f"/plans/{plan.pk}/"
        approver.post(f"{address}decision/", {"decision": "approve", "reason": ""})
        assert "Publish plan" in text(planner.get(address))
        assert "Publish plan" not in text(analyst.get(address))
        assert "To publish" in text(planner.get("/"))
        assert "Published by" in text(planner.post(f"{address}publish/", follow=True))
        page = text(planner.get(address))
        assert "Withdraw publication" in page
        assert "Take the approval back" not in page
        assert "Say why." in text(planner.post(f"{address}withdraw/", {"reason": " "}, follow=True))
        assert "is withdrawn" in text(planner.post(f"{address}withdraw/", {"reason": "Typo"}, follow=True))
        assert "Publication taken back" in text(planner.get(address))
        assert planner.post(f"{address}reopen/", {"reason": "x"}).status_code == 403
        assert "is a proposal again" in text(approver.post(f"{address}reopen/", {"reason": "x"}, follow=True))
        assert "Only a published plan can be closed" in text(planner.post(f"{address}close/", follow=True))

    def test_the_api_walks_the_same_way(self, plan, api_client_as):
        approver, planner = api_client_as("approver"), api_client_as("planner")
        address = f"/api/v1/route-plans/{plan.pk}/"
        assert planner.post(f"{address}publish/").status_code == 409
        assert approver.post(f"{address}approve/", {}, format="json").status_code == 200
        assert planner.post(f"{address}reopen/", {"reason": "x"}, format="json").status_code == 403
        assert planner.post(f"{address}publish/").json()["state"] == "published"
        assert planner.post(f"{address}withdraw/", {}, format="json").status_code == 400
        assert planner.post(f"{address}withdraw/", {"reason": "x"}, format="json").json()["state"] == "approved"
        assert approver.post(f"{address}reopen/", {"reason": "x"}, format="json").json()["state"] == "proposed"
        approver.post(f"{address}approve/", {}, format="json")
        planner.post(f"{address}publish/")
        assert planner.post(f"{address}close/").status_code == 409
        RoutePlan.objects.filter(pk=plan.pk).update(day=today())
        assert planner.post(f"{address}close/").json()["state"] == "closed"
        assert planner.post(f"{address}close/").status_code == 409

    def test_the_list_is_filtered_by_every_state(self, plan, client_as):
        planner = client_as("planner")
        assert plan.name in text(planner.get("/plans/?state=proposed"))
        for state in ("published", "in_progress", "closed", "scenarios"):
            assert f">{plan.name}<" not in text(planner.get(f"/plans/?state={state}"))
        assert planner.get("/plans/?state=nonsense").status_code == 200
