"""Parts of one search, shared out between workers through Redis.

The worker that has the job puts parts on a list, calls for help, and works through the list itself. Workers that are
free take parts from the same list. So nothing waits for a worker that is not there, and with a single worker the job
does everything alone. What a worker took and did not bring back is done again by the job, or left as it was. When Redis
goes away in the middle, the job searches the rest alone.

Nothing is kept: the lists are gone when the search ends, and expire by themselves when the job's worker dies. They hold
references, places and times of visits, no names.
"""

import atexit
import json
import time
import zlib
from collections.abc import Callable
from dataclasses import replace

import structlog
from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from routing.planning.decomposition.pool import Pool
from routing.planning.decomposition.work import Answer, Request
from routing.planning.io import parse_problem, parse_solution, problem_json, solution_json
from routing.planning.solution import Route, Solution

log = structlog.get_logger(__name__)

# A list that its job has not touched for so long is nobody's any more.
ALIVE_SECONDS = 20
BEAT_SECONDS = 2
ASK_EVERY = 0.5  # seconds between a helper's questions whether its part is still wanted
LOOK_EVERY = 0.05  # seconds between looks for answers, where the job itself has nothing to do
GRACE = 3.0  # seconds past its time after which a part counts as lost
ATTEMPTS = 2
REDIS_SECONDS = 5  # after which a Redis that says nothing counts as gone


def packed(data) -> bytes:
    return zlib.compress(json.dumps(data).encode(), 1)


def unpacked(value: bytes):
    return json.loads(zlib.decompress(value))


def request_data(request: Request) -> dict:
    """The request as plain data; times become the seconds left, since another machine has another clock."""
    fields = {name: getattr(request, name) for name in ("key", "engine", "seconds", "seed", "iterations")}
    plans = {name: routes_data(getattr(request, name)) for name in ("start", "beat")}
    return {**fields, **plans, "problem": problem_json(request.problem)}


def request_of(data: dict) -> Request:
    plans = {name: routes_of(data[name]) for name in ("start", "beat")}
    return Request(**{**data, **plans, "problem": parse_problem(data["problem"])})


def answer_data(answer: Answer) -> dict:
    fields = {name: getattr(answer, name) for name in ("key", "before", "after", "seconds", "fault")}
    return {**fields, "routes": routes_data(answer.routes)}


def answer_of(data: dict) -> Answer:
    ranks = {name: None if data[name] is None else tuple(data[name]) for name in ("before", "after")}
    return Answer(**{**data, **ranks, "routes": routes_of(data["routes"])})


def routes_data(routes: dict[str, Route] | None) -> list | None:
    return None if routes is None else solution_json(Solution(list(routes.values())))["routes"]


def routes_of(data: list | None) -> dict[str, Route] | None:
    return None if data is None else {route.staff: route for route in parse_solution({"routes": data}).routes}


class Lists:
    """The lists of one search in Redis: parts that wait, who took which until when, answers."""

    def __init__(self, name: str, client: Redis | None = None):
        self.name = name
        self.client = client or Redis.from_url(
            settings.REDIS_URL, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS
        )
        self.waiting, self.taken, self.answers, self.alive = (
            f"{name}:{part}" for part in ("waiting", "taken", "answers", "alive")
        )

    def put(self, parts: list[bytes]):
        with self.client.pipeline() as pipe:
            pipe.rpush(self.waiting, *parts)
            for key in (self.waiting, self.taken, self.answers):
                pipe.expire(key, ALIVE_SECONDS)
            pipe.set(self.alive, 1, ex=ALIVE_SECONDS)
            pipe.execute()

    def keep_alive(self):
        with self.client.pipeline() as pipe:
            for key in (self.waiting, self.taken, self.answers):
                pipe.expire(key, ALIVE_SECONDS)
            pipe.set(self.alive, 1, ex=ALIVE_SECONDS)
            pipe.execute()

    @property
    def is_alive(self) -> bool:
        return bool(self.client.exists(self.alive))

    def take(self) -> bytes | None:
        return self.client.lpop(self.waiting)

    def count_waiting(self) -> int:
        return self.client.llen(self.waiting)

    def count_taken(self) -> int:
        return self.client.hlen(self.taken)

    def note_taken(self, number: str, until: float):
        self.client.hset(self.taken, number, until)
        self.client.expire(self.taken, ALIVE_SECONDS)

    def taken_until(self) -> dict[str, float]:
        """By number of the part, the time.time() at which it must be back."""
        return {number.decode(): float(until) for number, until in self.client.hgetall(self.taken).items()}

    def answer(self, number: str, data: dict):
        with self.client.pipeline() as pipe:
            pipe.rpush(self.answers, packed(data))
            pipe.expire(self.answers, ALIVE_SECONDS)
            pipe.hdel(self.taken, number)
            pipe.execute()

    def answered(self) -> list[dict]:
        found = []
        while value := self.client.lpop(self.answers):
            found.append(unpacked(value))
        return found

    def clear(self):
        """Ends the search for everybody: helpers stop at their next question."""
        self.client.delete(self.alive, self.waiting, self.taken, self.answers)


def help_with(name: str) -> bool:
    """Takes one part of a search and brings its answer back. Returns whether there is more to do."""
    lists = Lists(name)
    value = lists.take() if lists.is_alive else None
    if value is None:
        return False
    data = unpacked(value)
    seconds = _seconds(lists, data)
    lists.note_taken(data["number"], time.time() + seconds)
    request = replace(request_of(data["request"]), seconds=seconds)
    outcome = _searched(request, _Wanted(lists))
    if lists.is_alive:
        # That there is no answer is told as well: nobody should wait for it.
        told = {"why": outcome} if isinstance(outcome, str) else {"answer": answer_data(outcome)}
        lists.answer(data["number"], {"number": data["number"], **told})
    return lists.count_waiting() > 0


_own: list[Pool] = []
# Why a part has no answer.
UNTIMELY, LOST = "untimely", "lost"


def _searched(request, should_stop) -> Answer | str:
    """The answer of a process beside this worker, which is kept: loading compiled code takes as long as a part.

    LOST where it died twice: so does not the worker. UNTIMELY where it was stopped, or no time was left.
    """
    if not _own:
        _own.append(Pool(1).__enter__())
        atexit.register(_own[0].__exit__)
    lost = len(_own[0].lost)
    found = _own[0].run([request], until=time.monotonic() + request.seconds, should_stop=should_stop)
    if found:
        return found[0]
    return LOST if len(_own[0].lost) > lost else UNTIMELY


def _seconds(lists, data) -> float:
    """How long a part may be searched: its own time, or its share of what is left among those who work at it."""
    left = max(0.0, data["until"] - time.time())
    if not data["share"]:
        return min(data["request"]["seconds"], left)
    working = 1 + lists.count_taken()
    return left / -(-(lists.count_waiting() + 1) // working)


class _Wanted:
    """Asks now and then whether the search is over; a search calls it many times a second."""

    def __init__(self, lists):
        self.lists, self.asked_at, self.over = lists, time.monotonic(), False

    def __call__(self):
        if not self.over and time.monotonic() - self.asked_at >= ASK_EVERY:
            self.asked_at = time.monotonic()
            self.over = not self.lists.is_alive
        return self.over


class SharedPool:
    """What `decomposition.pool.Pool` is, with workers of the queue in place of processes.

    `call_for_help(name)` queues one helper, who calls for the next while parts wait. `lost`: parts that were taken and
    never came back, and were left as they were. `cut_off`: Redis went away, and the job searched the rest alone.
    """

    def __init__(self, name: str, helpers: int, call_for_help: Callable[[str], object]):
        self.lists = Lists(name)
        self.helpers, self.call_for_help = max(0, helpers), call_for_help
        self.count = 1 + self.helpers
        self.end = float("inf")
        self.lost: list[int] = []
        self.helped = 0  # answers that others brought
        self.cut_off = False
        self._round = 0

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        try:
            self.lists.clear()
        except RedisError as error:  # the lists expire by themselves, and helpers find nothing
            self.cuts_off(error)

    def cuts_off(self, error: RedisError):
        if not self.cut_off:
            log.warning("parts_not_shared", error=type(error).__name__)
        self.cut_off = True

    def run(self, requests, *, until, should_stop, hear=None, share=False) -> list[Answer]:
        """See Pool.run."""
        self._round += 1
        batch = _Batch(self, list(requests), until, should_stop, hear, share)
        answers = batch.run()
        self.lost += batch.lost
        return [answers[request.key] for request in batch.requests if request.key in answers]


class _Batch:
    """The parts of one call of `run`."""

    def __init__(self, pool, requests, until, should_stop, hear, share):
        self.pool, self.lists, self.requests = pool, pool.lists, requests
        self.should_stop, self.hear, self.share = should_stop, hear, share
        # Helpers may sit on another machine: what they are told is a time of day.
        self.until = time.time() + until - time.monotonic()
        self.by_number = {f"{pool._round}.{request.key}": request for request in requests}
        self.tries = dict.fromkeys(self.by_number, 0)
        self.answers, self.lost, self.untimely = {}, [], set()
        self.unclear_since, self._beaten = {}, float("-inf")

    def run(self):
        try:
            if self.requests and not self.pool.cut_off:
                self._share_out()
        except RedisError as error:
            self.pool.cuts_off(error)
        if self.pool.cut_off:
            self._go_on_alone()
        return self.answers

    def _share_out(self):
        self.lists.put([self._message(number) for number in self.by_number])
        for _ in range(min(self.pool.helpers, len(self.requests) - 1)):
            self.pool.call_for_help(self.lists.name)
        while self.outstanding and not self.should_stop():
            self._beat()
            self._collect()
            if not self._work() and self.outstanding:
                self._look_after()
                time.sleep(LOOK_EVERY)

    def _go_on_alone(self):
        while self.outstanding and not self.should_stop():
            number, left = self.outstanding[0], max(0.0, self.until - time.time())
            own = left / len(self.outstanding) if self.share else self.by_number[number].seconds
            self._search(number, min(own, left))

    @property
    def outstanding(self):
        over = self.untimely.union(self.lost)
        return [n for n, request in self.by_number.items() if request.key not in self.answers and n not in over]

    def _message(self, number):
        self.tries[number] += 1
        request = request_data(self.by_number[number])
        return packed({"number": number, "until": self.until, "share": self.share, "request": request})

    def _collect(self):
        for data in self.lists.answered():
            if data["number"] not in self.by_number:
                continue
            if "why" in data:
                self._came_to_nothing(data["number"], data["why"])
            else:
                self.pool.helped += 1
                self._taken(answer_of(data["answer"]))

    def _came_to_nothing(self, number, why):
        if why == LOST:
            self.lost.append(number)
        else:
            self.untimely.add(number)

    def _taken(self, answer):
        if answer.key in self.answers:
            return  # it came back after all, when it had been done again
        self.answers[answer.key] = answer
        if answer.fault:
            log.warning("part_search_failed", part=answer.key, fault=answer.fault)
        if self.hear:
            self.hear(answer)

    def _work(self):
        """Takes on the next part that waits. Returns whether there was one."""
        value = self.lists.take()
        if value is None:
            return False
        data = unpacked(value)
        if data["number"] in self.by_number:
            self._search(data["number"], _seconds(self.lists, data))
        return True

    def _search(self, number, seconds):
        outcome = _searched(replace(self.by_number[number], seconds=seconds), self._stop_or_beat)
        if isinstance(outcome, str):
            self._came_to_nothing(number, outcome)
        else:
            self._taken(outcome)

    def _stop_or_beat(self):
        self._beat()
        return self.should_stop()

    def _beat(self):
        if self.pool.cut_off or time.monotonic() - self._beaten <= BEAT_SECONDS:
            return
        self._beaten = time.monotonic()
        try:
            self.lists.keep_alive()
        except RedisError as error:  # in the middle of a part, which goes on
            self.pool.cuts_off(error)

    def _look_after(self):
        """Parts that others hold beyond their time are put on the list again, or given up."""
        now, held = time.time(), self.lists.taken_until()
        for number in self.outstanding:
            # Taken and not yet noted, or noted by somebody who died between the two: a moment tells.
            due = held.get(number) or self._unclear(number, now)
            if now <= due + GRACE:
                continue
            log.warning("part_search_lost", part=number, attempt=self.tries[number])
            self.lists.client.hdel(self.lists.taken, number)
            if self.tries[number] < ATTEMPTS and self.until - now > GRACE:
                self.lists.put([self._message(number)])
            else:
                self.lost.append(number)

    def _unclear(self, number, now):
        """Since when a part has been neither on the list nor with somebody."""
        return self.unclear_since.setdefault(number, now)
