"""The live curve as server-sent events, through the ASGI application as a server runs it."""

import asyncio
import re
import time
from contextlib import asynccontextmanager

import pytest
from asgiref.sync import SyncToAsync, sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.core.asgi import get_asgi_application
from redis.exceptions import ConnectionError as RedisGone

from accounts import job_news, jobs, streams
from accounts.models import Job, JobState, Membership
from accounts.tests.factories import JobFactory
from routing.models import PlanState

from . import factories as make

pytestmark = pytest.mark.django_db(transaction=True)
TRACE = [[0.4, 720_000], [1.0, 540_000]]


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(streams, "SHORTEST_SECONDS", 0)
    monkeypatch.setattr(streams, "LOOK_SECONDS", 0.1)


@pytest.fixture
def plan(organisation):
    team = make.team(organisation, people=2)
    made = make.draft_plan(team)
    made.job = JobFactory(organisation=organisation, running=True, kind="routing.optimise")
    made.state = PlanState.OPTIMISING
    made.save()
    return made


def found(plan, trace=TRACE, percent=20):
    """What a worker does when it has found a better plan."""
    best = {"served": 5, "unserved": 1, "elapsed": 1.0, "cost": 1, "tiers": {"1": [2, 2]}}
    result = {"elapsed": 2.0, "seconds": 10, "best": best, "trace": trace}
    jobs.JobRun(plan.job).progress(percent, "5 of 6 visits placed", result)


class Events:
    """One open stream."""

    def __init__(self, client, plan, **headers):
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        headers = {"host": "testserver", "cookie": cookies, "sec-fetch-mode": "cors"} | headers
        self.server = ApplicationCommunicator(
            get_asgi_application(),
            {
                "type": "http", "method": "GET", "http_version": "1.1", "query_string": b"", "scheme": "http",
                "path": f"/plans/{plan.pk}/progress/stream/", "server": ("testserver", 80), "client": ("127.0.0.1", 9),
                "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
            },
        )  # fmt: skip
        self.left = ""

    async def open(self):
        await self.server.send_input({"type": "http.request", "body": b"", "more_body": False})
        start = await self.server.receive_output(10)
        self.status = start["status"]
        self.headers = {name.decode().lower(): value.decode() for name, value in start["headers"]}
        return self

    async def next(self) -> dict | None:
        """The next event as {event, data, id}; None at the end."""
        while "\n\n" not in self.left:
            body = await self.server.receive_output(10)
            self.left += body.get("body", b"").decode()
            if not body.get("more_body"):
                break
        if "\n\n" not in self.left:
            return None
        told, self.left = self.left.split("\n\n", 1)
        fields = {}
        for line in told.splitlines():
            name, value = line.split(": ", 1)
            fields[name] = f"{fields[name]}\n{value}" if name in fields else value
        return fields if "event" in fields else await self.next()

    async def leave(self):
        await self.server.send_input({"type": "http.disconnect"})
        await self.server.wait(10)


@asynccontextmanager
async def opened(client, plan, **headers):
    stream = await Events(client, plan, **headers).open()
    try:
        yield stream
    finally:
        if not stream.server.future.done():
            await stream.leave()


def watched(told):
    """Runs an async function in a loop of its own."""
    return asyncio.run(told())


async def in_worker(work, *arguments, **named):
    return await sync_to_async(streams._with_own_connection, thread_sensitive=False)(lambda: work(*arguments, **named))


def test_the_curve_grows_as_the_worker_tells_and_the_end_is_told(plan, client_as, monkeypatch):
    monkeypatch.setattr(streams, "LOOK_SECONDS", 120)  # what comes sooner was told by the worker
    monkeypatch.setattr(streams, "BEAT_SECONDS", 1000)
    client = client_as("planner")

    async def told():
        async with opened(client, plan) as stream:
            assert (stream.status, stream.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
            assert "no-store" in stream.headers["cache-control"]
            assert stream.headers["x-accel-buffering"] == "no"
            assert "content-security-policy" in stream.headers
            first = await stream.next()
            assert first["event"] == "panel"
            assert "Searching for a good plan" in first["data"]
            began = time.monotonic()
            await in_worker(found, plan)
            second = await stream.next()
            assert "The best plan costs" in second["data"]
            assert 'id="plan-stop"' in second["data"]
            assert "csrfmiddlewaretoken" in second["data"]
            assert second["id"] != first["id"]
            await in_worker(_settle, plan)
            assert (await stream.next())["event"] == "over"
            assert time.monotonic() - began < 100
            assert await stream.next() is None

    watched(told)


def _settle(plan):
    plan.state = PlanState.DRAFT
    plan.save()
    jobs._finish(plan.job, JobState.SUCCEEDED)


def test_a_browser_that_comes_back_is_sent_only_what_it_has_not(plan, client_as):
    client = client_as("planner")

    async def told():
        async with opened(client, plan) as stream:
            shown = (await stream.next())["id"]
        async with opened(client, plan, last_event_id=shown) as stream:
            await in_worker(found, plan)
            again = await stream.next()
            assert "The best plan costs" in again["data"]
        async with opened(client, plan, last_event_id=again["id"]) as stream:
            await in_worker(_settle, plan)
            assert (await stream.next())["event"] == "over"

    watched(told)


def test_what_is_over_says_so_at_once(plan, client_as):
    client = client_as("viewer", "analyst")
    plan.state = PlanState.DRAFT
    plan.save()
    answer = client.get(f"/plans/{plan.pk}/progress/stream/")
    assert answer.status_code == 200
    assert answer.content == b"event: over\ndata: over\n\n"


def test_a_dead_worker_is_noticed_without_news(plan, client_as):
    client = client_as("planner")

    async def told():
        async with opened(client, plan) as stream:
            await stream.next()
            long_ago = plan.job.heartbeat_at - 2 * jobs.STALE_AFTER
            await in_worker(Job.objects.filter(pk=plan.job_id).update, heartbeat_at=long_ago)
            assert (await stream.next())["event"] == "over"

    watched(told)


def test_neither_thread_nor_connection_is_held_while_nothing_happens(plan, client_as, owner_connection, monkeypatch):
    monkeypatch.setattr(streams, "LOOK_SECONDS", 120)  # the first look is the only one
    client = client_as("planner")

    def connected() -> set[int]:
        owner_connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = 'her_app'"
        )
        return {pid for (pid,) in owner_connection.fetchall()}

    def come_and_stayed(before):
        # A connection is closed before the event is sent; the server's own process takes its time to go.
        patience = time.monotonic() + 60
        while (stayed := connected() - before) and time.monotonic() < patience:
            owner_connection.execute("SELECT pg_sleep(0.05)")
        return stayed

    before = connected()

    async def told():
        async with opened(client, plan) as stream:
            await stream.next()
            assert not SyncToAsync.context_to_thread_executor
            assert not await in_worker(come_and_stayed, before)

    watched(told)


def test_it_beats_and_ends_with_the_right_to_see_it(plan, client_as, monkeypatch):
    monkeypatch.setattr(streams, "BEAT_SECONDS", 0)
    client = client_as("planner")

    async def told():
        async with opened(client, plan) as stream:
            assert (await stream.next())["event"] == "panel"
            assert (await stream.next())["event"] == "beat"
            await in_worker(Membership.objects.filter(user=client.user).delete)
            while (event := await stream.next()) is not None:
                assert event["event"] == "beat"

    watched(told)


def test_it_ends_with_the_session(plan, client_as, monkeypatch):
    monkeypatch.setattr(streams, "BEAT_SECONDS", 0)
    client = client_as("planner")

    async def told():
        async with opened(client, plan) as stream:
            await stream.next()
            await in_worker(client.session.flush)
            while (event := await stream.next()) is not None:
                assert event["event"] == "beat"
        async with opened(client, plan) as stream:
            assert stream.status == 401

    watched(told)


def test_streams_of_one_person_are_few_and_places_come_back(plan, client_as):
    client, other = client_as("planner"), client_as("planner")

    async def told():
        async with opened(client, plan) as first, opened(client, plan) as second:
            async with opened(client, plan), opened(client, plan) as refused, opened(other, plan) as theirs:
                assert (first.status, second.status, refused.status, theirs.status) == (200, 200, 429, 200)
                await first.next()
            async with opened(client, plan) as again:
                assert again.status == 200

    watched(told)


def test_strangers_get_no_stream(plan, client_as, other_organisation):
    elsewhere, worker = client_as("planner", organisation=other_organisation), client_as("field_worker")

    async def told():
        for client, status in ((elsewhere, 404), (worker, 403)):
            async with opened(client, plan) as stream:
                assert stream.status == status

    watched(told)


def test_without_redis_or_asgi_the_page_is_told_to_ask(plan, client_as, monkeypatch):
    client = client_as("planner")
    assert client.get(f"/plans/{plan.pk}/progress/stream/").status_code == 503

    class Gone:
        def pipeline(self):
            raise RedisGone("no Redis")

        def publish(self, *told):
            raise RedisGone("no Redis")

    gone = Gone()
    monkeypatch.setattr(streams, "redis_client", lambda: gone)
    monkeypatch.setattr(job_news, "redis_client", lambda: gone)

    async def told():
        async with opened(client, plan) as stream:
            assert stream.status == 503

    watched(told)
    found(plan)  # the work goes on
    plan.job.refresh_from_db()
    assert plan.job.progress == 20


def test_the_panel_names_its_stream_and_still_asks_where_there_is_none(plan, client_as):
    page = client_as("planner").get(f"/plans/{plan.pk}/").content.decode()
    panel = re.search(r'<section[^>]*id="plan-progress"[^>]*>', page)[0]
    assert 'hx-trigger="every 1s"' in panel
    assert f'data-stream="/plans/{plan.pk}/progress/stream/"' in panel
