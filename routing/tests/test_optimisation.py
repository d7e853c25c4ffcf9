"""Optimising in the background: progress, stopping, failing, a worker that dies, and what is stored."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import jobs
from accounts.jobs import JobCancelled
from accounts.models import AuditEvent, Job, JobState
from healthequiroute.testing.shared import shared
from routing import optimisation, services, tasks
from routing.models import PlanState, RoutePlan, RouteStop, Shift, Visit
from routing.planning.engines import Progress
from routing.planning.solution import Certificate, Route, Solution, VisitStop
from routing.problem_building import NothingToPlan, build_problem

from . import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
@shared
def team(organisation):
    return make.team(organisation)


@pytest.fixture
@shared
def plan(team):
    return make.draft_plan(team)


@pytest.fixture
def planner(make_user):
    return make_user(["planner"])


def queued(plan, planner):
    """Queued, with no worker to take it: the test's transaction never commits."""
    return services.optimise_plan(plan=plan, by=planner)


def test_a_worker_turns_a_draft_into_a_judged_proposal(plan, planner):
    plan = queued(plan, planner)
    assert plan.state == PlanState.OPTIMISING
    assert plan.job.state == JobState.QUEUED
    tasks.optimise(str(plan.job_id))
    plan.refresh_from_db()
    job = Job.objects.get(pk=plan.job_id)
    assert plan.state == PlanState.PROPOSED
    assert job.state == JobState.SUCCEEDED
    assert plan.engine == "portfolio"
    assert plan.is_travel_estimated
    assert plan.trace
    assert plan.cost["total"] == sum(value for name, value in plan.cost.items() if name != "total")
    served = RouteStop.objects.filter(assignment__plan=plan, visit__isnull=False)
    assert served.count() + plan.unserved.count() == plan.visits.count()
    assert plan.outcome_note.startswith("Searched for ")


@pytest.mark.parametrize(
    ("accepted", "told"),
    [(True, "OR-Tools takes the plan"), (False, "OR-Tools does not take the plan"), (None, "Searched for")],
)
def test_whether_ortools_takes_the_plan_is_told_with_the_outcome(plan, planner, monkeypatch, accepted, told):
    found = optimisation.search
    certificate = Certificate("ortools", accepted)
    monkeypatch.setattr(optimisation, "search", lambda *a, **kw: replace(found(*a, **kw), certificate=certificate))
    tasks.optimise(str(queued(plan, planner).job_id))
    plan.refresh_from_db()
    assert told in plan.outcome_note
    assert ("OR-Tools" in plan.outcome_note) == (accepted is not None)


def test_stops_keep_windows_skills_shifts_and_the_lunch_break(team):
    plan = make.proposed_plan(team)
    for assignment in plan.assignments.all():
        skills = set(assignment.staff.skills.all())
        shift = assignment.shift
        assert shift.starts_at <= assignment.departs_at
        assert assignment.returns_at <= shift.ends_at
        lunch = assignment.stops.get(visit=None)
        assert shift.break_earliest <= lunch.starts_at <= shift.break_latest
        for stop in assignment.stops.filter(visit__isnull=False):
            assert set(stop.visit.skills.all()) <= skills
            assert (stop.leaves_at - stop.starts_at) == timedelta(minutes=stop.visit.minutes)
            if stop.visit.window_start:
                assert stop.visit.window_start <= stop.starts_at <= stop.visit.window_end
        assert assignment.travel_seconds >= sum(stop.travel_seconds for stop in assignment.stops.all())


def test_every_step_is_in_the_audit_trail(plan, planner):
    tasks.optimise(str(queued(plan, planner).job_id))
    actions = list(AuditEvent.objects.about(plan).order_by("sequence").values_list("action", "actor_kind"))
    assert actions == [
        ("plan.created", "system"),
        ("plan.optimisation_queued", "user"),
        ("plan.optimised", "system"),
    ]


def test_an_unserved_visit_has_a_reason(organisation):
    team = make.team(organisation, people=1)
    rare = services.create_skill(organisation=organisation, code="rare", name="Rare", by=make.SETUP)
    plan = make.draft_plan(team, count=4)
    needy = plan.visits.first()
    needy.skills.set([rare])
    built = build_problem(plan)
    plan = services.store_solution(
        plan=plan,
        built=built,
        solution=optimisation.search(built, seconds=5, seed=1, iterations=50),
        by=make.SETUP,
    )
    left = plan.unserved.get(visit=needy)
    assert left.reason == "skill"
    assert "rare" in left.detail


def test_coverage_counts_core20_against_the_rest(organisation):
    town = make.town((3,) * 12, (1,) * 6 + (9,) * 6)
    plan = make.proposed_plan(make.team(organisation, town, people=3), count=12)
    assert plan.equity["core20"]["n"] == 6
    assert plan.equity["rest"]["n"] == 6
    assert plan.equity["not_known"] == 0


def test_a_plan_that_breaks_a_rule_is_never_stored(plan):
    built = build_problem(plan)
    person, visit = built.problem.staff[0].id, built.problem.visits[0].id
    wrong = Solution(routes=[Route(person, [VisitStop(visit, arrive=0, start=0, leave=60)])])
    with pytest.raises(services.SolutionRefused, match="broken rules"):
        services.store_solution(plan=plan, built=built, solution=wrong, by=make.SETUP)
    plan.refresh_from_db()
    assert plan.state == PlanState.DRAFT
    assert not plan.assignments.exists()


def test_progress_tells_the_job_what_was_found(plan, planner, monkeypatch):
    monkeypatch.setattr(optimisation, "REPORT_SECONDS", 0)
    seen = []
    update = jobs.JobRun.progress
    monkeypatch.setattr(jobs.JobRun, "progress", lambda run, *given: (seen.append(given), update(run, *given))[1])
    tasks.optimise(str(queued(plan, planner).job_id))
    assert seen[0][1] == "Reading visits, shifts and travel times"
    percent, message, result = seen[-1]
    assert 0 <= percent <= 99
    assert message.endswith("of 8 visits placed")
    assert result["best"]["served"] + result["best"]["unserved"] == 8
    assert result["trace"]


def stopping(monkeypatch, *, when):
    """Somebody asks for the end: `when` is "searching" or "before"."""

    def search(built, *, report, **kwargs):
        if when == "searching":
            solution = found(built, **kwargs)
            report.improved(Progress(0.1, solution.cost.total, 0, solution))
        Job.objects.update(cancel_requested_at=timezone.now())
        if when == "before":
            raise JobCancelled
        report.reported = float("-inf")
        assert report.should_stop()
        return solution

    found = optimisation.search
    monkeypatch.setattr(optimisation, "search", lambda built, **kwargs: search(built, **kwargs))


def test_stopping_keeps_the_best_plan_found_so_far_and_says_so(plan, planner, monkeypatch):
    stopping(monkeypatch, when="searching")
    tasks.optimise(str(queued(plan, planner).job_id))
    plan.refresh_from_db()
    assert plan.state == PlanState.PROPOSED
    assert "Stopped on request" in plan.outcome_note
    assert Job.objects.get(pk=plan.job_id).state == JobState.CANCELLED


def test_cancelling_before_anything_was_found_leaves_a_draft(plan, planner, monkeypatch):
    stopping(monkeypatch, when="before")
    tasks.optimise(str(queued(plan, planner).job_id))
    plan.refresh_from_db()
    assert plan.state == PlanState.DRAFT
    assert plan.outcome_note == "The optimisation was cancelled before a plan was found."
    services.optimise_plan(plan=plan, by=planner)


def test_a_failure_is_told_and_can_be_tried_again(plan, planner, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("the engine fell over")

    monkeypatch.setattr(optimisation, "search_with_wishes", broken)
    with pytest.raises(RuntimeError):
        tasks.optimise.call_local(str(queued(plan, planner).job_id))
    plan.refresh_from_db()
    assert plan.state == PlanState.DRAFT
    assert plan.outcome_note == "The optimisation failed: the engine fell over"
    monkeypatch.undo()
    tasks.optimise(str(services.optimise_plan(plan=plan, by=planner).job_id))
    plan.refresh_from_db()
    assert plan.state == PlanState.PROPOSED


def kill_the_worker(plan):
    """What is left behind by a worker that died: a running job without a heartbeat."""
    long_ago = timezone.now() - timedelta(minutes=2)
    Job.objects.filter(pk=plan.job_id).update(state=JobState.RUNNING, started_at=long_ago, heartbeat_at=long_ago)


def test_a_killed_worker_leaves_a_draft_that_can_be_tried_again(plan, planner):
    plan = queued(plan, planner)
    kill_the_worker(plan)
    assert services.settle_interrupted_plans() == [plan]
    plan.refresh_from_db()
    assert plan.state == PlanState.DRAFT
    assert plan.outcome_note == "The search was interrupted before there was a plan. The visits are kept: try again."
    assert Job.objects.get(pk=plan.job_id).state == JobState.INTERRUPTED
    assert services.settle_interrupted_plans() == []
    tasks.optimise(str(services.optimise_plan(plan=plan, by=planner).job_id))
    plan.refresh_from_db()
    assert plan.state == PlanState.PROPOSED


def test_a_killed_worker_does_not_take_the_earlier_proposal_away(team, planner):
    plan = make.proposed_plan(team)
    RoutePlan.objects.update(optimised_at=timezone.now() - timedelta(hours=1))
    stops = RouteStop.objects.filter(assignment__plan=plan).count()
    plan = queued(plan, planner)
    kill_the_worker(plan)
    services.settle_interrupted_plans()
    plan.refresh_from_db()
    assert plan.state == PlanState.PROPOSED
    assert plan.outcome_note.endswith("The earlier proposal is kept.")
    assert RouteStop.objects.filter(assignment__plan=plan).count() == stops


def test_a_killed_worker_leaves_the_best_plan_found_until_then(plan, planner, monkeypatch):
    class Killed(BaseException):
        pass

    def search(built, *, report, **kwargs):
        solution = found(built, **kwargs)
        report.improved(Progress(0.1, solution.cost.total, 0, solution))
        report.reported = report.kept = float("-inf")
        assert not report.should_stop()
        raise Killed

    found = optimisation.search
    monkeypatch.setattr(optimisation, "search", search)
    plan = queued(plan, planner)
    with pytest.raises(Killed):
        tasks.optimise.call_local(str(plan.job_id))
    services.settle_interrupted_plans()
    plan.refresh_from_db()
    assert plan.state == PlanState.PROPOSED
    assert plan.outcome_note.endswith("The best plan found until then was kept.")
    assert RouteStop.objects.filter(assignment__plan=plan, visit__isnull=False).exists()
    assert AuditEvent.objects.about(plan).filter(action="plan.best_so_far_kept").count() == 1


def test_a_running_optimisation_is_left_alone(plan, planner):
    plan = queued(plan, planner)
    Job.objects.filter(pk=plan.job_id).update(
        state=JobState.RUNNING, started_at=timezone.now(), heartbeat_at=timezone.now()
    )
    assert services.settle_interrupted_plans() == []


def test_a_job_cancelled_while_it_waited_frees_the_plan(plan, planner):
    plan = queued(plan, planner)
    jobs.request_cancel(job=plan.job, by=planner)
    services.settle_interrupted_plans()
    plan.refresh_from_db()
    assert plan.state == PlanState.DRAFT


def test_a_job_tried_again_from_the_list_of_jobs_takes_the_plan_on(plan, planner):
    plan = queued(plan, planner)
    kill_the_worker(plan)
    services.settle_interrupted_plans()
    jobs.retry(job=Job.objects.get(pk=plan.job_id), by=planner)
    tasks.optimise(str(plan.job_id))
    plan.refresh_from_db()
    assert plan.state == PlanState.PROPOSED


def test_a_worker_taken_for_dead_cannot_overwrite_what_came_after(plan, planner):
    plan = queued(plan, planner)
    late, built = plan.job, build_problem(plan)
    kill_the_worker(plan)
    services.settle_interrupted_plans()
    queued(plan, planner)
    solution = optimisation.search(built, seconds=5, seed=1, iterations=50)
    with pytest.raises(services.PlanMoved):
        services.store_solution(plan=plan, built=built, solution=solution, by=make.SETUP, job=late)


def test_a_plan_is_optimised_once_at_a_time_and_not_after_approval(team, planner, make_user):
    plan = make.proposed_plan(team)
    queued(plan, planner)
    with pytest.raises(services.PlanStateError, match="optimising cannot be optimised"):
        queued(plan, planner)
    services.release_plan(plan=plan, job=RoutePlan.objects.get().job, note="", by=make.SETUP)
    services.approve_plan(plan=plan, by=make_user(["approver"]), reason="Seen")
    with pytest.raises(services.PlanStateError, match="approved cannot be optimised"):
        queued(plan, planner)


def test_without_anybody_on_shift_it_says_so(plan, planner):
    Shift.objects.all().delete()
    with pytest.raises(services.PlanStateError, match="Nobody of .* is free to work on Monday 23 November 2026"):
        queued(plan, planner)
    with pytest.raises(NothingToPlan):
        build_problem(plan)


def test_people_and_visits_of_an_approved_plan_are_not_planned_again(team, make_user):
    other = make.draft_plan(team, count=8)
    first = make.proposed_plan(team, count=3)
    services.approve_plan(plan=first, by=make_user(["approver"]), reason="Seen")
    assert Visit.objects.filter(state=Visit.State.PLANNED).exists()
    free = {person.reference for person in team.staff.all()} - {
        assignment.staff.reference for assignment in first.assignments.all()
    }
    if not free:
        pytest.fail("The fixture should leave somebody free")
    built = build_problem(other)
    assert set(built.shifts) == free
    taken = {visit.reference for visit in built.taken}
    assert taken == set(Visit.objects.filter(state=Visit.State.PLANNED).values_list("reference", flat=True))
    solution = optimisation.search(built, seconds=5, seed=1, iterations=50)
    other = services.store_solution(plan=other, built=built, solution=solution, by=make.SETUP)
    assert set(other.unserved.filter(reason="planned").values_list("visit__reference", flat=True)) == taken
