"""Server-sent events: a page follows a job without asking again and again.

A view checks who asks, and answers with `stream`. What is sent then runs in the event loop: a watcher holds one
connection to Redis, which tells it that the job has moved on, and neither a thread nor a connection to the database
while it waits. What happened is read in a thread of the common pool, as the page itself would read it.

    event: panel    the panel as HTML, with the identifier of what it shows: a browser that comes back names the last
                    one it has (Last-Event-ID) and is sent the panel only if there is another by now
    event: beat     nothing new; a page that hears nothing for long takes the stream for dead and asks by itself
    event: over     nothing more will come: the page shows the outcome
"""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import md5
from uuid import uuid4

import structlog
from asgiref.sync import SyncToAsync, sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from redis.asyncio import Redis
from redis.exceptions import RedisError

from .job_news import channel_of, redis_client
from .middleware import organisation_for
from .models import User

log = structlog.get_logger(__name__)

BEAT_SECONDS = 10
# News may get lost, and a worker that dies tells none.
LOOK_SECONDS = 3
# A job may tell news faster than anybody can read them.
SHORTEST_SECONDS = 0.5
# A browser that is told nothing else comes back after three seconds.
RETRY_MILLISECONDS = 1000
# Browsers open six connections to one address; a person with many tabs must still be able to open a page.
MOST_OPEN = 3
# A watcher that went without a word (a killed server) holds its place so long.
PLACE_SECONDS = 3 * BEAT_SECONDS


@dataclass(frozen=True)
class News:
    """What a watcher is to see: `mark` changes whenever `html` says something else."""

    mark: str = ""
    html: str = ""
    is_over: bool = False


def stream(request, *, job_id, read: Callable[[], News], may_watch: Callable[[User], bool]) -> HttpResponseBase:
    """Answers with the events of one job. The caller has checked who asks; `may_watch` is asked again now and then,
    with the user as they are by then. `read` may raise Http404: it is over.

    429 where the person has too many streams open already, 503 where this server cannot send any (no ASGI, no Redis):
    in both cases the page goes on by asking.
    """
    if not isinstance(request, ASGIRequest):
        return _refusal("This server answers one request at a time: no stream.", 503)
    place = Place(request.user.pk)
    try:
        if not place.take():
            return _refusal(f"At most {MOST_OPEN} streams at a time for one person.", 429)
    except (RedisError, OSError):
        log.exception("stream_without_redis")
        return _refusal("The news of jobs cannot be reached.", 503)
    watcher = Watcher(request, channel_of(job_id), read, may_watch, place)
    response = StreamingHttpResponse(watcher.events(), content_type="text/event-stream; charset=utf-8")
    response["Cache-Control"] = "no-store"
    # A proxy that collects an answer before it hands it on would keep the news to itself.
    response["X-Accel-Buffering"] = "no"
    return response


def ended() -> HttpResponse:
    """Answers whoever wants to follow what is over already."""
    response = HttpResponse(_event("over", "over"), content_type="text/event-stream; charset=utf-8")
    response["Cache-Control"] = "no-store"
    return response


def mark_of(job, *more) -> str:
    """Changes whenever the progress of a job, or anything in `more` that JSON can tell, says something else."""
    said = [job.state, job.attempt, job.progress, job.message, job.cancel_requested_at, job.result, *more]
    return md5(json.dumps(said, default=str).encode(), usedforsecurity=False).hexdigest()


def _refusal(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


class Place:
    """One of the streams that a person may have open, over all servers. Kept in Redis until it is given back, or
    nobody has confirmed it for `PLACE_SECONDS`.
    """

    def __init__(self, user_id):
        self.key, self.name = f"{settings.HUEY['name']}:streams:{user_id}", uuid4().hex

    def take(self) -> bool:
        """Whether there is one left."""
        now = time.time()
        with redis_client().pipeline() as asked:
            asked.zremrangebyscore(self.key, "-inf", now)
            asked.zadd(self.key, {self.name: now + PLACE_SECONDS})
            asked.expire(self.key, PLACE_SECONDS)
            asked.zcard(self.key)
            is_free = asked.execute()[-1] <= MOST_OPEN
        if not is_free:
            self.give_back()
        return is_free

    def keep(self) -> None:
        with redis_client().pipeline() as asked:
            asked.zadd(self.key, {self.name: time.time() + PLACE_SECONDS})
            asked.expire(self.key, PLACE_SECONDS)
            asked.execute()

    def give_back(self) -> None:
        redis_client().zrem(self.key, self.name)


class Watcher:
    """What one open stream does."""

    def __init__(self, request, channel, read, may_watch, place):
        self.request, self.channel, self.read, self.may_watch, self.place = request, channel, read, may_watch, place
        self.organisation = request.organisation
        self.shown = request.headers.get("Last-Event-ID", "")

    async def events(self):
        """Bytes to send. Ends with the job, with the right to see it, and with Redis; the browser then comes back."""
        try:
            await _let_go_of_the_request()
            yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
            async with Redis.from_url(settings.REDIS_URL) as client, client.pubsub() as heard:
                await heard.subscribe(self.channel)
                async for told in self._follow(heard):
                    yield told
        except (RedisError, OSError) as error:
            log.warning("stream_ended_early", error=str(error))
        finally:
            await sync_to_async(self._leave, thread_sensitive=False)()

    async def _follow(self, heard):
        beaten = time.monotonic()
        if not await _in_thread(self._may_still_watch):
            return
        while True:
            news = await _in_thread(self._look)
            if news.is_over:
                yield _event("over", "over")
                return
            if news.mark != self.shown:
                self.shown = news.mark
                yield _event("panel", news.html, news.mark)
            if time.monotonic() - beaten >= BEAT_SECONDS:
                if not await _in_thread(self._may_still_watch):
                    return
                beaten = time.monotonic()
                yield _event("beat", "beat")
            if await heard.get_message(ignore_subscribe_messages=True, timeout=LOOK_SECONDS):
                await asyncio.sleep(SHORTEST_SECONDS)

    def _look(self) -> News:
        try:
            return self.read()
        except Http404:
            return News(is_over=True)

    def _may_still_watch(self) -> bool:
        """Whether the session lives, and its person may see the job still, in the organisation that it began in."""
        now = HttpRequest()
        now.META, now.session = self.request.META, type(self.request.session)(self.request.session.session_key)
        user = get_user(now)
        if organisation_for(now, user) != self.organisation or not self.may_watch(user):
            return False
        self.place.keep()
        return True

    def _leave(self):
        try:
            self.place.give_back()
        except (RedisError, OSError) as error:
            log.warning("stream_place_not_given_back", error=str(error))


def _event(kind: str, data: str, mark: str = "") -> bytes:
    lines = [f"event: {kind}", *([f"id: {mark}"] if mark else []), *(f"data: {line}" for line in data.splitlines())]
    return "\n".join([*lines, "", ""]).encode()


async def _in_thread(work):
    return await sync_to_async(_with_own_connection, thread_sensitive=False)(work)


def _with_own_connection(work):
    try:
        return work()
    finally:
        _close_connections()


async def _let_go_of_the_request():
    """What answered the request keeps a thread and a connection until the answer is sent whole: minutes, here."""
    await sync_to_async(_close_connections)()
    context = SyncToAsync.thread_sensitive_context.get(None)
    executor = SyncToAsync.context_to_thread_executor.pop(context, None) if context is not None else None
    if executor is not None:
        executor.shutdown(wait=False)


def _close_connections():
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
