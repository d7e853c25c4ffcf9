"""Versions of a plan: undo, redo, restore, and two of them side by side."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, Job, JobState
from healthequiroute.testing.shared import shared
from routing import services
from routing.civil_time import today
from routing.models import Absence, PlanState, PlanVersion, RouteStop, UnservedVisit
from routing.optimisation import search
from routing.presenters.comparison import Comparison
from routing.problem_building import build_problem, solution_of
from routing.services.proposals import record_version, store_routes

from . import factories as make

pytestmark = pytest.mark.django_db
TOMORROW = today() + timedelta(days=1)


@pytest.fixture
@shared
def plan(organisation):
    return make.proposed_plan(make.team(organisation, day=TOMORROW), day=TOMORROW)


@pytest.fixture
def planner(make_user):
    return make_user(["planner"])


def take_off(plan, by):
    """A change by hand: the last visit of the fullest round is taken off it. Returns its reference."""
    built = build_problem(plan)
    solution = solution_of(built)
    route = max(solution.routes, key=lambda route: len(route.visits))
    gone = route.visits[-1]
    route.stops = [stop for stop in route.stops if getattr(stop, "visit", None) != gone]
    verdict = services.accepted(built, solution)
    store_routes(plan, built, solution, verdict)
    record_version(plan, solution, verdict, origin=PlanVersion.Origin.MOVED, summary=f"{gone} taken off.", by=by)
    return gone


def served(plan):
    return set(
        RouteStop.objects.filter(assignment__plan=plan, visit__isnull=False).values_list("visit__reference", flat=True)
    )


def stops(plan):
    rows = RouteStop.objects.filter(assignment__plan=plan).order_by("assignment__staff__reference", "sequence")
    return list(rows.values_list("assignment__staff__reference", "visit__reference", "starts_at", "leaves_at"))


def text(answer):
    return " ".join(answer.content.decode().split())


def test_undo_twice_and_redo_twice_lead_back_to_the_same_stops(plan, planner):
    seen = [stops(plan)]
    for _ in range(2):
        take_off(plan, planner)
        seen.append(stops(plan))
    plan = services.undo_change(plan=plan, by=planner)
    assert stops(plan) == seen[1]
    plan = services.undo_change(plan=plan, by=planner)
    assert stops(plan) == seen[0]
    with pytest.raises(services.PlanStateError, match="no earlier version"):
        services.undo_change(plan=plan, by=planner)
    plan = services.redo_change(plan=plan, by=planner)
    assert stops(plan) == seen[1]
    plan = services.redo_change(plan=plan, by=planner)
    assert stops(plan) == seen[2]
    with pytest.raises(services.PlanStateError, match="Nothing was undone"):
        services.redo_change(plan=plan, by=planner)
    assert list(plan.versions.order_by("number").values_list("number", "undoes")) == [
        *((1, None), (2, None), (3, None)),
        *((4, 2), (5, 1), (6, 2), (7, 3)),
    ]
    assert AuditEvent.objects.filter(action="plan.version_restored").count() == 4


def test_a_new_change_forgets_what_was_undone(plan, planner):
    take_off(plan, planner)
    plan = services.undo_change(plan=plan, by=planner)
    take_off(plan, planner)
    assert services.history_of(plan).redo_to is None
    with pytest.raises(services.PlanStateError, match="Nothing was undone"):
        services.redo_change(plan=plan, by=planner)


def test_restoring_an_old_version_can_be_undone_itself(plan, planner):
    for _ in range(3):
        take_off(plan, planner)
    last = stops(plan)
    plan = services.restore_version(plan=plan, number=1, by=planner)
    assert plan.versions.first().undoes == 1
    assert stops(services.undo_change(plan=plan, by=planner)) == last


def test_what_was_left_out_keeps_its_reason_on_the_way_back(plan, planner):
    gone = take_off(plan, planner)
    UnservedVisit.objects.filter(plan=plan, visit__reference=gone).update(reason="full", detail="No room at all.")
    version = plan.versions.first()
    version.unserved = [{"visit": gone, "reason": "full", "detail": "No room at all.", "remedies": []}]
    version.save()
    plan = services.undo_change(plan=plan, by=planner)
    plan = services.redo_change(plan=plan, by=planner)
    assert plan.unserved.get().detail == "No room at all."


def test_refused_with_the_judges_words_when_it_no_longer_holds(plan, planner, client_as):
    absent = plan.assignments.order_by("-staff__reference").first().staff
    take_off(plan, planner)
    Absence.objects.create(staff=absent, first_day=TOMORROW, last_day=TOMORROW)
    before = stops(plan)
    with pytest.raises(services.PlanBroken) as refused:
        services.undo_change(plan=plan, by=planner)
    assert f"{absent.display_name} is absent on that day." in refused.value.messages
    page = text(client_as("planner").post(f"/plans/{plan.pk}/undo/", follow=True))
    assert f"{absent.display_name} is absent on that day." in page
    plan.refresh_from_db()
    assert stops(plan) == before
    assert plan.version == 2


def test_an_approved_plan_is_not_changed_back(plan, planner, make_user):
    gone = take_off(plan, planner)
    plan = services.approve_plan(plan=plan, by=make_user(["approver"]), reason=f"{gone} can wait")
    for go in (services.undo_change, lambda **values: services.restore_version(number=1, **values)):
        with pytest.raises(services.PlanStateError, match="approved cannot be changed back"):
            go(plan=plan, by=planner)


def test_going_back_in_a_rejected_plan_makes_it_a_proposal(plan, planner, make_user):
    take_off(plan, planner)
    plan = services.reject_plan(plan=plan, by=make_user(["approver"]), reason="Too few")
    plan = services.undo_change(plan=plan, by=planner)
    assert (plan.state, plan.approved_by, plan.decision_reason) == (PlanState.PROPOSED, None, "")


def test_somebody_who_was_faster_is_not_overwritten(plan, planner):
    take_off(plan, planner)
    stale = type(plan).objects.get(pk=plan.pk)
    take_off(plan, planner)
    with pytest.raises(services.PlanStateError, match="Somebody else has changed the plan"):
        services.restore_version(plan=stale, number=1, by=planner)


def test_what_a_worker_had_found_when_it_died_is_a_version(organisation, planner):
    plan = make.draft_plan(make.team(organisation, day=TOMORROW), day=TOMORROW)
    plan = services.optimise_plan(plan=plan, by=planner)
    long_ago = timezone.now() - timedelta(minutes=5)
    Job.objects.update(state=JobState.RUNNING, started_at=long_ago, heartbeat_at=timezone.now())
    plan.job.refresh_from_db()
    built = build_problem(plan)
    found = search(built, seconds=5, seed=1, iterations=20)
    services.keep_best_so_far(plan=plan, built=built, solution=found, by=make.SETUP, job=plan.job)
    assert not plan.versions.exists()
    Job.objects.update(heartbeat_at=long_ago)
    (settled,) = services.settle_interrupted_plans()
    version = settled.versions.get()
    assert (settled.state, settled.version, version.origin) == (PlanState.PROPOSED, 1, "optimised")
    assert {stop["visit"] for route in version.routes for stop in route["stops"] if "visit" in stop} == served(plan)
    assert "was interrupted" in version.summary


class TestComparison:
    def test_one_visit_less_is_told_from_every_side(self, plan, planner):
        gone = take_off(plan, planner)
        first, second = plan.versions.get(number=1), plan.versions.get(number=2)
        told = Comparison(first, second)
        assert [(row["gains"], row["losses"]) for row in told.people] == [([], [gone])]
        assert [(row["reference"], row["change"]) for row in told.unserved] == [(gone, "now left out")]
        figures = {row["label"]: row for row in told.figures}
        assert figures["Visits served"]["change"] == "−1"
        assert figures["Visits served"]["css"] == "her-change--worse"
        back = Comparison(second, first)
        assert [row["change"] for row in back.unserved] == ["now served"]
        assert {row["label"]: row["change"] for row in back.figures}["Visits served"] == "+1"
        assert Comparison(first, first).is_same

    def test_times_that_move_are_listed_and_seconds_are_not(self, plan):
        first = plan.versions.get()
        second = PlanVersion(plan=plan, number=2, routes=[dict(route) for route in first.routes], cost=first.cost)
        moved = second.routes[0]["stops"] = [dict(stop) for stop in second.routes[0]["stops"]]
        visits = [stop for stop in moved if "visit" in stop]
        visits[-1]["start"] += 900
        visits[0]["start"] += 30
        told = Comparison(first, second)
        assert [(row["reference"], row["shift"]) for row in told.moved] == [(visits[-1]["visit"], "15 min later")]
        assert not told.people

    def test_two_plans_of_a_day_and_team(self, plan, planner, client_as, organisation):
        other = make.proposed_plan(plan.team, count=4, day=TOMORROW)
        page = text(client_as("analyst").get(f"/plans/{plan.pk}/compare/?with={other.pk}"))
        assert other.name in page
        assert f"only in {plan.name}, version 1" in text(
            client_as("analyst").get(f"/plans/{other.pk}/compare/?with={plan.pk}")
        )


class TestPages:
    def test_list_view_compare_and_go_back(self, plan, planner, client_as):
        gone = take_off(plan, planner)
        client, address = client_as("planner"), f"/plans/{plan.pk}/"
        page = text(client.get(f"{address}versions/"))
        assert f"Changed by hand: {gone} taken off." in page
        assert planner.get_full_name() in page
        assert "Go back to this" in page
        assert gone in text(client.get(f"{address}versions/2/"))
        compared = text(client.get(f"{address}compare/?from=1&to=2"))
        assert "1 visit more left out" in compared and 'her-verdict her-verdict--warning"><p><strong>' in compared
        assert "The last change is undone." in text(client.post(f"{address}undo/", follow=True))
        assert "Redo" in text(client.get(address))
        assert "is there again" in text(client.post(f"{address}redo/", follow=True))
        assert "version 1 are there again" in text(client.post(f"{address}versions/1/restore/", follow=True))
        analyst = client_as("analyst")
        assert "Go back to this" not in text(analyst.get(f"{address}versions/"))
        assert analyst.post(f"{address}undo/").status_code == 403

    @pytest.mark.parametrize("query", ["from=99", "from=abc", "to=-1", "with=nobody", "to=9999999999", "to=²"])
    def test_what_is_not_there_is_not_found(self, plan, client_as, query):
        assert client_as("planner").get(f"/plans/{plan.pk}/compare/?{query}").status_code == 404

    def test_versions_of_others_and_versions_that_never_were(self, plan, client_as, other_organisation):
        client = client_as("planner")
        assert (
            client_as("planner", organisation=other_organisation).get(f"/plans/{plan.pk}/versions/").status_code == 404
        )
        assert client.get(f"/plans/{plan.pk}/versions/7/").status_code == 404
        assert "no version 7" in text(client.post(f"/plans/{plan.pk}/versions/7/restore/", follow=True))

    def test_a_draft_has_no_versions_yet(self, organisation, client_as):
        plan = make.draft_plan(make.team(organisation, day=TOMORROW), day=TOMORROW)
        client = client_as("planner")
        assert "no routes yet" in text(client.get(f"/plans/{plan.pk}/versions/"))
        assert "no routes yet" in text(client.get(f"/plans/{plan.pk}/compare/"))
        assert "cannot be changed back" in text(client.post(f"/plans/{plan.pk}/versions/1/restore/", follow=True))
