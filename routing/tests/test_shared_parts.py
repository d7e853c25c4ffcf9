"""Parts of one search shared out between real workers of the queue, over real Redis."""

import os
import signal
import subprocess
import sys
import time
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone
from huey.contrib.djhuey import HUEY
from redis.backoff import NoBackoff
from redis.retry import Retry

from accounts.models import Job, JobState
from routing import optimisation, services, shared_parts, tasks
from routing.models import PlanState, RouteStop
from routing.planning.decomposition.parts import part_problem
from routing.planning.decomposition.work import Request, search
from routing.planning.engines import Progress
from routing.planning.instances import home_visits
from routing.planning.solution import Solution
from routing.problem_building import build_problem
from routing.shared_parts import (
    Lists,
    SharedPool,
    answer_data,
    answer_of,
    help_with,
    packed,
    request_data,
    request_of,
    unpacked,
)

from . import factories as make


@pytest.fixture
def name():
    name = f"{settings.HUEY['name']}:test-parts:{uuid.uuid4()}"
    yield name
    Lists(name).clear()


def requests(parts=4, seconds=5):
    """Small plans that do not depend on each other, searched by an engine that needs no compiler."""
    problem = home_visits(12 * parts, 2 * parts, seed=3)
    visits, staff = [v.id for v in problem.visits], [p.id for p in problem.staff]
    return [
        Request(i, "greedy", part_problem(problem, visits[i::parts], staff[i::parts]), seconds=seconds)
        for i in range(parts)
    ]


def run(pool, wanted, *, seconds=20, should_stop=lambda: False, **options):
    with pool:
        return pool.run(wanted, until=time.monotonic() + seconds, should_stop=should_stop, **options)


def alone(wanted):
    return [(request.key, search(request).orders) for request in wanted]


def test_a_request_is_the_same_on_the_other_side():
    wanted = requests()[0]
    there = request_of(unpacked(packed(request_data(wanted))))
    assert there.problem.visits == wanted.problem.visits
    assert there.problem.staff == wanted.problem.staff
    assert (there.problem.duration == wanted.problem.duration).all()
    assert (there.engine, there.seed, there.seconds) == (wanted.engine, wanted.seed, wanted.seconds)
    answer = search(wanted)
    begun = replace(wanted, start=answer.routes)
    assert request_of(unpacked(packed(request_data(begun)))).start == answer.routes
    assert answer_of(unpacked(packed(answer_data(answer)))) == answer


def test_without_any_helper_the_job_does_everything_itself(name):
    """A single worker is busy with the job: whoever is called for help never comes."""
    called, wanted = [], requests()
    answers = run(SharedPool(name, 0, called.append), wanted)
    assert [(a.key, a.orders) for a in answers] == alone(wanted)
    answers = run(pool := SharedPool(name, 3, called.append), wanted)
    assert [(a.key, a.orders) for a in answers] == alone(wanted)
    assert called == [name] * 3
    assert (pool.helped, pool.lost) == (0, [])


def test_a_helper_takes_a_part_and_the_next_is_a_task_of_its_own(name):
    wanted, helped = requests(), []
    pool = SharedPool(name, 1, lambda name: helped.append(help_with(name)))
    answers = run(pool, wanted)
    assert [(a.key, a.orders) for a in answers] == alone(wanted)
    assert helped == [True]
    assert pool.helped == 1


def test_a_helper_that_comes_when_all_is_over_has_nothing_to_do(name):
    wanted = requests()
    run(SharedPool(name, 0, None), wanted)
    assert help_with(name) is False
    assert Lists(name).client.keys(f"{name}*") == []


def test_a_part_that_its_worker_took_along_is_done_again(name, monkeypatch):
    monkeypatch.setattr(shared_parts, "GRACE", 0.1)
    lists = Lists(name)

    def take_and_die(_):
        number = unpacked(lists.take())["number"]
        lists.note_taken(number, time.time())

    wanted = requests()
    pool = SharedPool(name, 1, take_and_die)
    answers = run(pool, wanted)
    assert [(a.key, a.orders) for a in answers] == alone(wanted)
    assert (pool.helped, pool.lost) == (0, [])


def test_a_part_that_cannot_be_done_again_in_time_is_left_as_it_was(name, monkeypatch):
    monkeypatch.setattr(shared_parts, "GRACE", 0.3)
    lists = Lists(name)
    wanted = requests()
    pool = SharedPool(name, 1, lambda _: lists.take())  # died before it said so
    answers = run(pool, wanted, seconds=0.5)
    assert len(answers) == len(wanted) - 1
    assert len(pool.lost) == 1


def test_parts_for_which_no_time_is_left_are_not_lost(name):
    pool = SharedPool(name, 0, None)
    assert run(pool, requests(), seconds=0) == []
    assert pool.lost == []


def test_a_helper_without_any_time_says_so_and_nobody_waits_for_it(name, monkeypatch):
    """At the end of a search parts are taken up with next to no time."""
    monkeypatch.setattr(shared_parts.time, "sleep", lambda seconds: pytest.fail("the job waits"))
    helped = []
    pool = SharedPool(name, 1, lambda name: helped.append(help_with(name)))
    assert run(pool, requests(seconds=1e-9)) == []
    assert (helped, pool.helped, pool.lost) == ([True], 0, [])


def test_stopping_ends_the_helpers_too(name):
    seen = []

    def stop():
        return bool(seen)

    wanted = requests()
    with SharedPool(name, 0, None) as pool:
        answers = pool.run(wanted, until=time.monotonic() + 20, should_stop=stop, hear=seen.append)
        assert len(answers) == 1
        assert pool.lists.is_alive
    assert not pool.lists.is_alive
    assert help_with(name) is False


def test_a_part_that_fails_is_no_answer_and_harms_no_other(name):
    wanted = requests()
    broken = Request(1, "no such engine", wanted[1].problem, seconds=1)
    answers = run(SharedPool(name, 0, None), [wanted[0], broken, wanted[2]])
    assert [answer.routes is None for answer in answers] == [False, True, False]
    assert "no such engine" in answers[1].fault


@pytest.mark.parametrize("goes", ["before anything was shared", "after the first part"])
def test_when_redis_goes_away_the_job_searches_the_rest_alone(own_redis, goes):
    wanted, heard = requests(), []

    def hear(answer):
        heard.append(answer.key)
        own_redis.stop()

    pool = SharedPool("her", 3, lambda name: None)
    own_redis.client.set_retry(Retry(NoBackoff(), 0))  # which only takes longer
    pool.lists = Lists("her", own_redis.client)
    if goes.startswith("before"):
        own_redis.stop()
    answers = run(pool, wanted, hear=hear)
    assert [(a.key, a.orders) for a in answers] == alone(wanted)
    assert sorted(heard) == [request.key for request in wanted]
    assert (pool.cut_off, pool.lost) == (True, [])
    assert len(run(pool, wanted)) == len(wanted), "nobody asks for it again"


@pytest.fixture
def real_queue(monkeypatch):
    """The queue that worker processes listen to, of a name that nobody else uses."""
    queue = f"test-her-parts-{uuid.uuid4()}"
    monkeypatch.setattr(HUEY, "name", queue)
    HUEY.immediate = False
    yield queue
    HUEY.storage.flush_queue()
    HUEY.immediate = True


@pytest.fixture
def worker(real_queue, tmp_path):
    """Starts processes that take tasks; killed at the end, as they are in the test of killing. They go by the clock of
    the machine, and so does the test.
    """
    started = []

    def start(workers):
        environment = os.environ | {"HUEY_NAME": real_queue, "HUEY_IMMEDIATE": "false", "DATABASE_AS_OWNER": "false"}
        with (tmp_path / "worker.log").open("ab") as log:
            command = [sys.executable, "manage.py", "run_huey", f"--workers={workers}", "--no-periodic"]
            process = subprocess.Popen(
                command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        started.append(process)
        return process

    with time_machine.travel(time_machine.escape_hatch.time.time()):
        yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_real_workers_bring_real_answers(name, worker, monkeypatch):
    worker(2)
    # The job itself leaves everything to the others.
    monkeypatch.setattr(shared_parts._Batch, "_work", lambda batch: batch.lists.count_waiting() > 0)
    wanted = requests()
    pool = SharedPool(name, 2, tasks.help_with_parts)
    answers = run(pool, wanted, seconds=60)
    assert [(a.key, a.orders) for a in answers] == alone(wanted)
    assert pool.helped == len(wanted)


def test_a_killed_worker_loses_no_part(name, worker):
    """The worker dies with a part in hand; the job itself does what is missing."""
    process = worker(1)
    wanted = requests(parts=6, seconds=2)

    def until_taken():
        tasks.help_with_parts(name)
        give_up = time.monotonic() + 60
        while lists.count_taken() + lists.client.llen(lists.answers) == 0:
            assert time.monotonic() < give_up, "no worker came"
            lists.keep_alive()
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)

    lists = Lists(name)
    pool = SharedPool(name, 1, lambda _: until_taken())
    answers = run(pool, wanted, seconds=60)
    assert [(a.key, a.orders) for a in answers] == alone(wanted)
    assert pool.lost == []


@pytest.fixture
def plan(organisation):
    return make.draft_plan(make.team(organisation))


@pytest.mark.django_db
class TestPlans:
    def test_a_large_plan_is_shared_out_and_says_so(self, plan, make_user, monkeypatch):
        monkeypatch.setattr(optimisation, "LARGE", 5)
        queued = services.optimise_plan(plan=plan, by=make_user(["planner"]))
        tasks.optimise(str(queued.job_id))
        plan.refresh_from_db()
        assert plan.state == PlanState.PROPOSED
        assert plan.engine == "decomposed"
        assert Job.objects.get(pk=plan.job_id).state == JobState.SUCCEEDED
        served = RouteStop.objects.filter(assignment__plan=plan, visit__isnull=False)
        assert served.count() + plan.unserved.count() == plan.visits.count()

    def test_a_large_plan_without_redis_is_made_by_one_worker_and_says_so(
        self, plan, make_user, client_as, monkeypatch, settings
    ):
        monkeypatch.setattr(optimisation, "LARGE", 5)
        queued = services.optimise_plan(plan=plan, by=make_user(["planner"]))
        settings.REDIS_URL = "redis://127.0.0.1:1"
        tasks.optimise(str(queued.job_id))
        plan.refresh_from_db()
        assert (plan.state, plan.engine) == (PlanState.PROPOSED, "decomposed")
        page = client_as("planner").get(f"/plans/{plan.pk}/").content.decode()
        assert "Other workers could not be reached: this one searched alone." in page

    def test_a_killed_worker_leaves_the_best_plan_that_was_stored(self, plan, make_user):
        queued = services.optimise_plan(plan=plan, by=make_user(["planner"]))
        began = timezone.now() - timedelta(minutes=2)
        Job.objects.filter(pk=queued.job_id).update(state=JobState.RUNNING, started_at=began, heartbeat_at=began)
        built = build_problem(plan)
        best = optimisation.search(built, seconds=5, seed=1, iterations=50)
        services.keep_best_so_far(plan=queued, built=built, solution=best, by=make.SETUP, job=queued.job)
        plan.refresh_from_db()
        assert plan.state == PlanState.OPTIMISING
        assert services.settle_interrupted_plans() == [plan]
        plan.refresh_from_db()
        assert plan.state == PlanState.PROPOSED
        assert plan.outcome_note == (
            "The search was interrupted before it was done. The best plan found until then was kept."
        )
        assert plan.assignments.exists()

    def test_the_best_plan_so_far_is_stored_now_and_then(self, plan, make_user, monkeypatch):
        monkeypatch.setattr(optimisation, "KEEP_SECONDS", 0)
        kept = []
        report = optimisation.SearchReport(None, seconds=10, visits=8)
        report.keep = kept.append
        first, missing = Solution([], feasible=True), Solution([], feasible=False)
        report.improved(Progress(0.1, 9, 0, first))
        report.keep_best()
        report.keep_best()
        report.improved(Progress(0.2, 8, 0, missing))
        report.keep_best()
        assert kept == [first]
