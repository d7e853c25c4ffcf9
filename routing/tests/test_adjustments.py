"""What people fix in a plan: pins, visits and people left out; the next optimisation keeps to it."""

import random
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEvent
from healthequiroute.testing.shared import shared
from routing import services
from routing.civil_time import moment_of, today
from routing.models import PlanAdjustment, PlanState, RouteStop, StaffMember
from routing.optimisation import search
from routing.planning.check import check
from routing.planning.engines import SolveOptions
from routing.planning.engines.greedy import GreedyEngine
from routing.problem_building import NothingToPlan, build_problem

from . import factories as make

pytestmark = pytest.mark.django_db
TOMORROW = today() + timedelta(days=1)
Kind = PlanAdjustment.Kind


@pytest.fixture
@shared
def team(organisation):
    return make.team(organisation, people=3, day=TOMORROW)


@pytest.fixture
@shared
def plan(team):
    return make.proposed_plan(team, day=TOMORROW)


@pytest.fixture
def planner(make_user):
    return make_user(["planner"])


def nurse(plan, number=1):
    return StaffMember.objects.get(team=plan.team, reference=f"nurse-0{number}")


def stops_of(plan, person=None):
    rows = RouteStop.objects.filter(assignment__plan=plan, visit__isnull=False).select_related(
        "visit", "assignment__staff"
    )
    return list(rows.filter(assignment__staff=person) if person else rows)


def optimised(plan, iterations=50):
    built = build_problem(plan)
    solution = search(built, seconds=5, seed=1, iterations=iterations)
    return services.store_solution(plan=plan, built=built, solution=solution, by=make.SETUP)


def text(answer):
    return " ".join(answer.content.decode().split())


def test_a_pinned_visit_stays_with_its_person_at_its_time(plan, planner):
    visit = plan.visits.filter(skills__isnull=True, window_start__isnull=True).first() or plan.visits.first()
    person = nurse(plan, 1)
    at = moment_of(TOMORROW, 10 * 3600)
    plan.visits.filter(pk=visit.pk).update(window_start=None, window_end=None)
    services.pin_visit(plan=plan, visit=visit, staff=person, starts_at=at, by=planner)
    optimised(plan)
    (stop,) = [stop for stop in stops_of(plan) if stop.visit_id == visit.pk]
    assert (stop.assignment.staff, stop.starts_at) == (person, at)
    services.pin_visit(plan=plan, visit=visit, staff=nurse(plan, 1), by=planner)
    pin = plan.adjustments.get()
    assert (pin.staff, pin.starts_at, pin.made_by) == (person, None, planner)
    services.unpin(plan=plan, visit=visit, by=planner)
    assert not plan.adjustments.exists()
    actions = list(AuditEvent.objects.filter(action__startswith="plan.adjust").values_list("action", flat=True))
    assert sorted(actions) == ["plan.adjusted", "plan.adjusted", "plan.adjustment_removed"]


def test_a_visit_left_out_is_in_no_round_and_counts_as_left_out(plan, planner, make_user):
    visit = plan.visits.filter(tier=1).first()
    services.exclude_visit(plan=plan, visit=visit, reason="In hospital", by=planner)
    with pytest.raises(services.PlanBroken, match=f"{visit.reference} is left out on purpose, but the routes"):
        services.approve_plan(plan=plan, by=make_user(["approver"]))
    plan = optimised(plan)
    left = plan.unserved.get(visit=visit)
    assert (left.reason, left.detail) == ("excluded", "Left out on purpose: In hospital")
    assert visit.pk not in {stop.visit_id for stop in stops_of(plan)}
    with pytest.raises(services.ReasonNeeded, match="1 tier-1 visit"):
        services.approve_plan(plan=plan, by=make_user(["approver"]))
    services.include_visit(plan=plan, visit=visit, by=planner)
    plan = optimised(plan)
    assert visit.pk in {stop.visit_id for stop in stops_of(plan)}


def test_leaving_visits_out_does_not_better_the_coverage(plan, planner):
    for visit in plan.visits.filter(imd_decile__lte=2):
        services.exclude_visit(plan=plan, visit=visit, by=planner)
    quintiles = optimised(plan).equity["quintiles"]
    assert quintiles["1"].get("served", 0) == 0 or quintiles["1"].get("hidden")


def test_a_person_left_out_has_no_round_and_their_pins_go(plan, planner):
    person = stops_of(plan)[0].assignment.staff
    services.pin_visit(plan=plan, visit=stops_of(plan, person)[0].visit, staff=person, by=planner)
    services.exclude_person(plan=plan, staff=person, reason="Training", by=planner)
    assert list(plan.adjustments.values_list("kind", flat=True)) == [Kind.PERSON_EXCLUDED]
    plan = optimised(plan)
    assert not stops_of(plan, person)
    services.include_person(plan=plan, staff=person, by=planner)
    assert not plan.adjustments.exists()


def test_with_everybody_left_out_there_is_nothing_to_plan(plan, planner):
    for person in plan.team.staff.all():
        services.exclude_person(plan=plan, staff=person, by=planner)
    with pytest.raises(NothingToPlan):
        build_problem(plan)


def test_a_locked_day_stays_as_it_is_and_can_be_freed(plan, planner):
    person = stops_of(plan)[0].assignment.staff
    before = {(stop.visit_id, stop.starts_at) for stop in stops_of(plan, person)}
    pins = services.lock_round(plan=plan, staff=person, by=planner)
    assert len(pins) == len(before)
    plan = optimised(plan)
    assert before <= {(stop.visit_id, stop.starts_at) for stop in stops_of(plan, person)}
    services.unlock_round(plan=plan, staff=person, by=planner)
    assert not plan.adjustments.exists()


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_fixed_every_engine_keeps_to_it(plan, planner, seed):
    """Anything at random: what is served stands where it is fixed, and the judge agrees."""
    dice = random.Random(seed)
    stops = stops_of(plan)
    dice.shuffle(stops)
    pinned = stops[: dice.randint(1, 3)]
    for stop in pinned:
        at = stop.starts_at if dice.random() < 0.6 else None
        services.pin_visit(plan=plan, visit=stop.visit, staff=stop.assignment.staff, starts_at=at, by=planner)
    out = stops[-dice.randint(1, 2) :]
    for stop in out:
        services.exclude_visit(plan=plan, visit=stop.visit, by=planner)
    gone = dice.choice(list(plan.team.staff.all()))
    if gone not in {stop.assignment.staff for stop in pinned}:
        services.exclude_person(plan=plan, staff=gone, by=planner)
    built = build_problem(plan)
    answers = [
        GreedyEngine().solve(built.problem, SolveOptions(seconds=1, seed=seed)),
        search(built, seconds=1, seed=seed, iterations=30),
    ]
    for solution in answers:
        assert [each for each in check(built.problem, solution).violations if each.rule != "required"] == []
        where = {
            stop.visit: (route.staff, stop.start)
            for route in solution.routes
            for stop in route.stops
            if hasattr(stop, "visit")
        }
        assert not {stop.visit.reference for stop in out} & where.keys()
        for pin in plan.adjustments.filter(kind=Kind.VISIT_PINNED).select_related("visit", "staff"):
            if pin.visit.reference not in where:
                continue
            staff, start = where[pin.visit.reference]
            assert staff == pin.staff.reference
            assert pin.starts_at is None or moment_of(TOMORROW, start) == pin.starts_at
        if plan.adjustments.filter(kind=Kind.PERSON_EXCLUDED).exists():
            assert gone.reference not in {staff for staff, _ in where.values()}


class TestBadInput:
    def test_neither_person_nor_time(self, plan, planner):
        with pytest.raises(ValidationError, match="with whom or at which time"):
            services.pin_visit(plan=plan, visit=plan.visits.first(), by=planner)

    def test_visits_people_and_times_of_elsewhere(self, plan, planner, other_organisation):
        other = make.draft_plan(
            make.team(other_organisation, list(plan.team.patch.areas.all()), day=TOMORROW), day=TOMORROW
        )
        with pytest.raises(ValidationError, match="not a visit of this plan"):
            services.exclude_visit(plan=plan, visit=other.visits.first(), by=planner)
        with pytest.raises(ValidationError, match="not in the team"):
            services.exclude_person(plan=plan, staff=other.team.staff.first(), by=planner)
        with pytest.raises(ValidationError, match="must be on the plan's day"):
            at = moment_of(TOMORROW + timedelta(days=3), 0)
            services.pin_visit(plan=plan, visit=plan.visits.first(), starts_at=at, by=planner)
        idle = StaffMember.objects.create(
            team=plan.team, reference="idle", display_name="Idle", base=plan.team.staff.first().base
        )
        with pytest.raises(ValidationError, match="has no visits in this plan"):
            services.lock_round(plan=plan, staff=idle, by=planner)
        with pytest.raises(ValidationError, match="belongs to another plan"):
            made = services.exclude_person(plan=other, staff=other.team.staff.first(), by=planner)
            services.remove_adjustment(plan=plan, adjustment=made, by=planner)

    @pytest.mark.parametrize("state", [PlanState.OPTIMISING])
    def test_not_while_it_is_being_optimised(self, plan, planner, state):
        type(plan).objects.filter(pk=plan.pk).update(state=state)
        with pytest.raises(services.PlanStateError, match="Nothing can be fixed"):
            services.exclude_visit(plan=plan, visit=plan.visits.first(), by=planner)

    def test_not_once_it_is_approved(self, plan, planner, make_user):
        plan = services.approve_plan(plan=plan, by=make_user(["approver"]))
        with pytest.raises(services.PlanStateError, match="that is approved"):
            services.lock_round(plan=plan, staff=nurse(plan), by=planner)

    def test_scenario_changes_need_a_scenario(self, plan, planner):
        with pytest.raises(services.PlanStateError, match="in a scenario only"):
            services.extend_shift(plan=plan, staff=nurse(plan), minutes=30, by=planner)

    @pytest.mark.parametrize(
        ("values", "constraint"),
        [
            ("'visit_pinned', NULL, NULL, '{}'", "adjustment_says_what_its_kind_needs"),
            ("'shift_extended', NULL, 10, '{}'", "adjustment_says_what_its_kind_needs"),
            ("'remedy', NULL, NULL, '{}'", "adjustment_"),
            ("'remedy', NULL, NULL, '{\"kind\": \"skill\"}'", "adjustment_says_what_its_kind_needs"),
            ("'visit_excluded', NULL, NULL, '{\"kind\": \"skill\"}'", "adjustment_"),
        ],
    )
    def test_the_database_refuses_what_says_nothing(self, plan, values, constraint):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO routing_planadjustment (plan_id, kind, visit_id, minutes, remedy, reason, made_at) "
                f"VALUES (%s, {values}, '', now())",
                [plan.pk],
            )


class TestPages:
    def test_fix_look_and_take_away(self, plan, client_as):
        client, address = client_as("planner"), f"/plans/{plan.pk}/"
        visit = plan.visits.order_by("reference").first()
        answer = client.post(
            f"{address}fixed/keep/",
            {
                "keep-visit": visit.pk,
                "keep-staff": nurse(plan).pk,
                "keep-starts_at": "9:30",
                "keep-reason": "Asked for",
            },
            follow=True,
        )
        assert f"{visit.reference} is kept with Nurse 01 at 09:30" in text(answer)
        client.post(f"{address}fixed/leave-out/", {"leave-out-visit": plan.visits.last().pk})
        client.post(f"{address}fixed/without/", {"without-staff": nurse(plan, 3).pk, "without-reason": "Training"})
        page = text(client.get(address))
        for words in ("Fixed by hand (3)", "is left out", "Nurse 03 is not used"):
            assert words in page
        for adjustment in plan.adjustments.all():
            client.post(f"{address}fixed/{adjustment.pk}/remove/")
        assert client.post(f"{address}fixed/{adjustment.pk}/remove/", follow=True).status_code == 200
        assert not plan.adjustments.exists()

    def test_a_whole_day_by_one_button(self, plan, client_as):
        person = stops_of(plan)[0].assignment.staff
        client_as("planner").post(f"/plans/{plan.pk}/fixed/lock/", {"lock-staff": person.pk})
        assert plan.adjustments.filter(kind=Kind.VISIT_PINNED, staff=person).count() == len(stops_of(plan, person))

    @pytest.mark.parametrize(
        ("way", "fields", "message"),
        [
            ("keep", {}, "Choose the visit"),
            ("keep", {"starts_at": "9:30"}, "Choose the visit"),
            ("keep", {"visit": True}, "with whom or at which time"),
            ("keep", {"visit": True, "starts_at": "25:10"}, "Enter a time such as 9:30"),
            ("leave-out", {"visit": "nonsense"}, "is not a valid"),
            ("without", {"staff": "00000000-0000-0000-0000-000000000000"}, "Select a valid choice"),
            ("longer", {"staff": True, "minutes": "30"}, "in a scenario only"),
        ],
    )
    def test_what_is_missing_or_wrong_is_said(self, plan, client_as, way, fields, message):
        known = {"visit": plan.visits.first().pk, "staff": nurse(plan).pk}
        asked = {f"{way}-{name}": known[name] if value is True else value for name, value in fields.items()}
        answer = client_as("planner").post(f"/plans/{plan.pk}/fixed/{way}/", asked)
        assert answer.status_code == 422
        assert message in text(answer)

    def test_unknown_ways_and_readers(self, plan, client_as):
        assert client_as("planner").post(f"/plans/{plan.pk}/fixed/magic/").status_code == 404
        analyst = client_as("analyst")
        page = text(analyst.get(f"/plans/{plan.pk}/fixed/"))
        assert "Leave visit out" not in page
        assert analyst.post(f"/plans/{plan.pk}/fixed/lock/").status_code == 403

    def test_the_clocks_go_forward(self, organisation, client_as):
        spring = datetime(2027, 3, 28).date()
        plan = make.draft_plan(make.team(organisation, day=spring), day=spring)
        asked = {"keep-visit": plan.visits.first().pk, "keep-starts_at": "01:30"}
        answer = client_as("planner").post(f"/plans/{plan.pk}/fixed/keep/", asked)
        assert answer.status_code == 422
        assert "does not exist" in text(answer)
