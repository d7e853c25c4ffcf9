"""Scenarios: copies of a plan to try something in. They take nobody's time, and what is made up stays made up."""

from datetime import time, timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from healthequiroute.testing.shared import shared
from routing import services
from routing.civil_time import instant, today
from routing.models import PlanAdjustment, PlanState, RoutePlan, RouteStop, StaffMember, UnservedVisit, Visit
from routing.optimisation import search
from routing.problem_building import build_problem, working_shifts

from . import factories as make

pytestmark = pytest.mark.django_db
TOMORROW = today() + timedelta(days=1)
Kind = PlanAdjustment.Kind


@pytest.fixture
def short_day(organisation):
    """Two nurses for two hours and more visits than fit."""
    town = make.town((3,) * 12, (1,) * 12)
    return make.team(organisation, town, day=TOMORROW, starts=time(8, 0), ends=time(10, 0))


@pytest.fixture
@shared
def plan(organisation):
    return make.proposed_plan(make.team(organisation, day=TOMORROW), day=TOMORROW)


@pytest.fixture
def planner(make_user):
    return make_user(["planner"])


@pytest.fixture
def approver(make_user):
    return make_user(["approver"])


def optimised(plan):
    built = build_problem(plan)
    solution = search(built, seconds=5, seed=1, iterations=50)
    return services.store_solution(plan=plan, built=built, solution=solution, by=make.SETUP)


def full_plan(team):
    return optimised(make.draft_plan(team, day=TOMORROW, count=12))


def routes(plan):
    rows = RouteStop.objects.filter(assignment__plan=plan).order_by("assignment__staff__reference", "sequence")
    return list(rows.values_list("assignment__staff__reference", "visit__reference", "starts_at"))


def nurse(plan, scenario, **changes):
    values = {
        "plan": scenario,
        "name": "One more nurse",
        "base": plan.team.staff.first().base,
        "skills": list(plan.team.staff.first().skills.all()),
        "starts_at": instant(TOMORROW, time(8)),
        "ends_at": instant(TOMORROW, time(16)),
    }
    return services.add_made_up_person(**values | changes)


def text(answer):
    return " ".join(answer.content.decode().split())


def test_a_copy_has_visits_routes_and_what_was_fixed(plan, planner):
    visit = plan.visits.first()
    services.pin_visit(plan=plan, visit=visit, starts_at=instant(TOMORROW, time(9)), reason="Asked", by=planner)
    copy = services.copy_as_scenario(plan=plan, by=planner)
    assert (copy.scenario_of, copy.state, copy.version) == (plan, PlanState.PROPOSED, 1)
    assert copy.versions.get().origin == "copied"
    assert set(copy.visits.all()) == set(plan.visits.all())
    assert routes(copy) == routes(plan)
    assert copy.adjustments.get().starts_at == plan.adjustments.get().starts_at
    again = services.copy_as_scenario(plan=copy, by=planner)
    assert again.scenario_of == plan
    assert again.name != copy.name
    assert AuditEvent.objects.filter(action="plan.copied_as_scenario").count() == 2


def test_a_draft_is_copied_without_routes_and_a_search_under_way_not_at_all(plan, planner):
    draft = make.draft_plan(plan.team, day=TOMORROW, count=3)
    assert services.copy_as_scenario(plan=draft, by=planner).state == PlanState.DRAFT
    running = services.optimise_plan(plan=draft, by=planner)
    with pytest.raises(services.PlanStateError, match="optimising cannot be copied"):
        services.copy_as_scenario(plan=running, by=planner)


def test_a_scenario_of_an_approved_plan_may_use_its_people_and_visits_and_takes_none(plan, planner, approver):
    plan = services.approve_plan(plan=plan, by=approver)
    copy = optimised(services.copy_as_scenario(plan=plan, by=planner))
    assert len({reference for _, reference, _ in routes(copy) if reference}) == plan.visits.count()
    with pytest.raises(services.PlanStateError, match="visits are in an approved plan already"):
        services.approve_plan(plan=copy, by=approver)
    services.reopen_plan(plan=plan, by=approver, reason="The other one is better")
    assert services.approve_plan(plan=copy, by=approver).state == PlanState.APPROVED
    with pytest.raises(services.PlanStateError):
        services.approve_plan(plan=plan, by=approver)


def test_one_more_nurse_serves_more_and_exists_in_the_scenario_alone(short_day, planner, approver):
    plan = full_plan(short_day)
    left = plan.unserved.count()
    assert left
    copy = services.copy_as_scenario(plan=plan, by=planner)
    person = nurse(plan, copy, by=planner)
    copy = optimised(copy)
    assert copy.unserved.count() < left
    assert person.reference in {staff for staff, _, _ in routes(copy)}
    assert person not in short_day.staff.active()
    assert person.pk not in {shift.staff_id for shift in working_shifts(plan)}
    with pytest.raises(services.PlanStateError, match="people who are made up: One more nurse"):
        services.approve_plan(plan=copy, by=approver, reason="We wish")
    assert not Visit.objects.filter(state=Visit.State.PLANNED).exists()
    deeper = services.copy_as_scenario(plan=copy, by=planner)
    assert deeper.extra_people.get() != person
    assert {staff for staff, _, _ in routes(deeper)} & {deeper.extra_people.get().reference}
    services.remove_made_up_person(plan=copy, staff=person, by=planner)
    assert not copy.extra_people.exists()
    assert optimised(copy).unserved.count() == left


def test_a_longer_shift_and_another_window(short_day, planner, approver):
    plan = full_plan(short_day)
    copy = services.copy_as_scenario(plan=plan, by=planner)
    for person in short_day.staff.active():
        services.extend_shift(plan=copy, staff=person, minutes=240, by=planner)
    visit = copy.visits.first()
    opens, closes = instant(TOMORROW, time(12)), instant(TOMORROW, time(12, 30))
    services.change_window(plan=copy, visit=visit, starts_at=opens, ends_at=closes, by=planner)
    copy = optimised(copy)
    assert copy.unserved.count() < plan.unserved.count()
    stop = RouteStop.objects.filter(assignment__plan=copy, visit=visit).first()
    assert stop is None or opens <= stop.starts_at <= closes
    # Nobody is made up: an approver may make it the day's work.
    approved = services.approve_plan(plan=copy, by=approver, reason="Agreed with both")
    assert approved.state == PlanState.APPROVED


def test_every_remedy_that_is_stated_serves_its_visit_when_it_is_tried(short_day, planner):
    plan = full_plan(short_day)
    kinds = {}
    for left in plan.unserved.all():
        for number, remedy in enumerate(left.remedies):
            kinds.setdefault(remedy["kind"], (left, number))
    assert len(kinds) >= 3
    for kind, (left, number) in kinds.items():
        scenario = services.try_remedy(left_out=left, number=number, by=planner)
        assert scenario.scenario_of == plan
        scenario = optimised(scenario)
        served = len({reference for _, reference, _ in routes(scenario) if reference})
        before = len({reference for _, reference, _ in routes(plan) if reference})
        moved = len(left.remedies[number]["moved"])
        assert served >= before + 1 - moved, kind


@pytest.mark.parametrize(
    ("remedy", "kind", "values"),
    [
        ({"kind": "shift_end", "staff": "nurse-01", "amount": 1501}, Kind.SHIFT_EXTENDED, {"minutes": 26}),
        ({"kind": "pin_staff", "staff": "nurse-02"}, Kind.VISIT_PINNED, {"staff__reference": "nurse-02"}),
        ({"kind": "skill", "staff": "nurse-02", "skills": ["insulin"]}, Kind.REMEDY, {"remedy__staff": "nurse-02"}),
        ({"kind": "max_visits", "staff": "nurse-02", "amount": 1}, Kind.REMEDY, {"remedy__amount": 1}),
        ({"kind": "shift_start", "staff": "nurse-01", "amount": 600}, Kind.REMEDY, {"remedy__kind": "shift_start"}),
        ({"kind": "gap", "amount": 60, "other": "nobody"}, Kind.REMEDY, {"remedy__other": "nobody"}),
    ],
)
def test_remedies_become_what_can_be_read_and_removed(plan, planner, approver, remedy, kind, values):
    visit = plan.visits.first()
    left = UnservedVisit.objects.create(
        plan=plan, visit=visit, reason="full", remedies=[{"visit": visit.reference} | remedy]
    )
    scenario = services.try_remedy(left_out=left, number=0, by=planner)
    assert scenario.adjustments.filter(kind=kind, **values).count() == 1
    build_problem(scenario)
    if kind == Kind.REMEDY:
        with pytest.raises(services.PlanStateError, match="tries a change that has not been made for real"):
            services.approve_plan(plan=scenario, by=approver, reason="x")
    with pytest.raises(ValidationError, match="no such remedy"):
        services.try_remedy(left_out=left, number=1, by=planner)


class TestBadInput:
    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"ends_at": instant(TOMORROW, time(8, 10))}, "from half an hour"),
            ({"ends_at": instant(TOMORROW, time(7))}, "ends after it starts"),
            ({"starts_at": instant(TOMORROW - timedelta(days=2), time(8))}, "must be on the plan's day"),
        ],
    )
    def test_hours_that_cannot_be(self, plan, planner, changes, message):
        copy = services.copy_as_scenario(plan=plan, by=planner)
        with pytest.raises(ValidationError, match=message):
            nurse(plan, copy, by=planner, **changes)

    def test_only_scenarios_have_made_up_people(self, plan, planner):
        with pytest.raises(services.PlanStateError, match="in a scenario only"):
            nurse(plan, plan, by=planner)

    def test_bases_of_others(self, plan, planner, other_organisation):
        copy = services.copy_as_scenario(plan=plan, by=planner)
        foreign = make.team(other_organisation, list(plan.team.patch.areas.all()), day=TOMORROW)
        with pytest.raises(ValidationError, match="does not belong to"):
            nurse(plan, copy, by=planner, base=foreign.staff.first().base)

    def test_at_most_five(self, plan, planner):
        copy = services.copy_as_scenario(plan=plan, by=planner)
        for _ in range(5):
            nurse(plan, copy, by=planner)
        with pytest.raises(ValidationError, match="at most 5"):
            nurse(plan, copy, by=planner)

    @pytest.mark.parametrize("minutes", [0, -5, 481])
    def test_minutes(self, plan, planner, minutes):
        copy = services.copy_as_scenario(plan=plan, by=planner)
        with pytest.raises(ValidationError, match="1 to 480"):
            services.extend_shift(plan=copy, staff=plan.team.staff.first(), minutes=minutes, by=planner)

    def test_a_window_that_ends_before_it_starts(self, plan, planner):
        copy = services.copy_as_scenario(plan=plan, by=planner)
        with pytest.raises(ValidationError, match="ends at 09:00, before it starts at 10:00"):
            services.change_window(
                plan=copy,
                visit=copy.visits.first(),
                starts_at=instant(TOMORROW, time(10)),
                ends_at=instant(TOMORROW, time(9)),
                by=planner,
            )


class TestPages:
    def test_copy_change_and_compare(self, plan, client_as):
        client = client_as("planner")
        page = text(client.post(f"/plans/{plan.pk}/copy/", follow=True))
        assert "What this scenario tries" in page
        copy = RoutePlan.objects.get(scenario_of=plan)
        base = plan.team.staff.first().base
        asked = {"name": "Bank nurse", "base": base.pk, "starts_at": "09:00", "ends_at": "15:00"}
        page = text(
            client.post(f"/plans/{copy.pk}/fixed/nurse/", {f"nurse-{key}": asked[key] for key in asked}, follow=True)
        )
        assert "Bank nurse, made up: 09:00 to 15:00" in page
        page = text(client.get(f"/plans/{copy.pk}/"))
        assert "It cannot be approved: 1 person of it is made up." in page
        assert "Scenario of" in page
        assert f"/plans/{copy.pk}/compare/?with={plan.pk}" in page
        answer = client_as("approver").post(f"/plans/{copy.pk}/decision/", {"decision": "approve"}, follow=True)
        assert "people who are made up: Bank nurse" in text(answer)
        person = StaffMember.objects.get(only_in=copy)
        client.post(f"/plans/{copy.pk}/made-up/{person.pk}/remove/")
        assert not copy.extra_people.exists()
        assert ">Scenario</span>" in text(client.get("/plans/?state=scenarios"))
        assert plan.name in text(client.get(f"/plans/{copy.pk}/compare/?with={plan.pk}"))

    def test_try_this_beside_a_remedy(self, short_day, client_as):
        plan = full_plan(short_day)
        left = plan.unserved.first()
        client = client_as("planner")
        page = text(client.get(f"/plans/{plan.pk}/"))
        assert f"/plans/{plan.pk}/left-out/{left.pk}/try/0/" in page
        assert "Try this" not in text(client_as("analyst").get(f"/plans/{plan.pk}/"))
        answer = client.post(f"/plans/{plan.pk}/left-out/{left.pk}/try/0/", follow=True)
        assert "This copy has the change." in text(answer)
        assert client.post(f"/plans/{plan.pk}/left-out/{left.pk}/try/999/", follow=True).status_code == 200
        assert client.post(f"/plans/{plan.pk}/left-out/999999999/try/0/").status_code == 404

    def test_approvers_are_not_asked_about_scenarios(self, plan, client_as, planner):
        copy = services.copy_as_scenario(plan=plan, by=planner)
        approver = text(client_as("approver").get("/"))
        assert plan.name in approver
        assert copy.name not in approver
        assert copy.name in text(client_as("planner").get("/"))
