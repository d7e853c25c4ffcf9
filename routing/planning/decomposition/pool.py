"""Processes that search parts of a plan. One that dies or hangs costs its own part an improvement and nothing else.

They are started as programs of their own rather than by multiprocessing: a Huey worker is a daemon and may not have
such children, and nothing of the parent's main module is run again.
"""

import logging
import os
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from pathlib import Path

from .work import Answer, Request

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[3]
LOOK_EVERY = 0.1  # seconds between questions whether to stop
# Seconds past its time before a search counts as hanging; and past the end of everything, when nobody waits any more.
GRACE, LAST_GRACE = 10.0, 1.5
ATTEMPTS = 2  # a search whose process died is tried once more: the process may have been the victim, not the cause


class Pool:
    """So many processes: one, too, since compiled code that fails takes its process along.

    Use as a context manager. `lost`: keys of searches given up since their processes died or hung. `end`:
    time.monotonic() at which all of it must be over, set by whoever knows.
    """

    def __init__(self, workers: int):
        self.count = max(1, workers)
        self.lost: list[int] = []
        self.end = float("inf")
        self._workers: list[_Worker] = []

    def __enter__(self):
        self._start()
        return self

    def __exit__(self, *exc):
        for worker in self._workers:
            worker.end()
        self._workers = []

    def _start(self):
        self._workers += [_Worker() for _ in range(self.count - len(self._workers))]

    def run(
        self,
        requests: Iterable[Request],
        *,
        until: float,
        should_stop: Callable[[], bool],
        hear: Callable[[Answer], None] | None = None,
        share: bool = False,
    ) -> list[Answer]:
        """Answers in the order of the requests, those that came to nothing left out.

        Requests are taken as processes become free: they may be made at that time.
        `until`: time.monotonic() at which everything ends; no search is begun after it. `share`: each search gets
        its part of the time left in place of its own seconds. `hear` gets each answer as it comes.
        """
        waiting = _Queue(requests if share else iter(requests))
        answers: dict[int, Answer] = {}

        def taken(answer):
            answers[answer.key] = answer
            if answer.fault:
                log.warning("search of part %s came to nothing: %s", answer.key, answer.fault)
            if hear:
                hear(answer)

        if waiting and not should_stop():
            self._start()
            try:
                self._side_by_side(waiting, until, should_stop, taken, share)
            except BaseException:  # of whoever listens: nobody waits for what is being searched
                self.__exit__()
                raise
        return [answers[key] for key in waiting.order if key in answers]

    def _side_by_side(self, waiting, until, should_stop, taken, share):
        while waiting or any(worker.request for worker in self._workers):
            if should_stop():
                self.__exit__()
                return
            for worker in self._workers:
                if worker.request is None and waiting:
                    seconds = until - time.monotonic()
                    if seconds <= 0:
                        waiting.clear()
                        break
                    if share:
                        seconds /= -(-len(waiting) // self.count)
                    worker.ask(waiting.take(), seconds)
            self._listen(waiting, taken)

    def _listen(self, waiting, taken):
        busy = {worker.connection: i for i, worker in enumerate(self._workers) if worker.request}
        for connection in wait(list(busy), timeout=LOOK_EVERY):
            i = busy[connection]
            worker = self._workers[i]
            try:
                answer = connection.recv()
            except (EOFError, OSError):
                self._failed(i, waiting, "died")
            else:
                worker.request = None
                taken(answer)
        now = time.monotonic()
        for i, worker in enumerate(self._workers):
            if worker.request and now > min(worker.due, self.end + LAST_GRACE):
                self._failed(i, waiting, "did not come to its end")

    def _failed(self, i, waiting, how):
        """The process is replaced; what it searched is tried once more, at the end of the queue, or given up."""
        worker = self._workers[i]
        request, attempt = worker.request
        log.warning("the process that searched part %s %s (attempt %s)", request.key, how, attempt)
        if attempt < ATTEMPTS:
            waiting.add(request, attempt + 1)
        else:
            self.lost.append(request.key)
        self._workers[i] = worker.replaced()


class _Queue:
    """(request, attempt) of what is still to be searched. `order`: the keys in which they came."""

    def __init__(self, requests):
        self._source, self._ready = iter(requests), deque()
        self._rest = len(requests) if hasattr(requests, "__len__") else None
        self.order = []

    def __bool__(self):
        if not self._ready:
            for request in self._source:
                self.order.append(request.key)
                self._ready.append((request, 1))
                break
        return bool(self._ready)

    def __len__(self):
        return self._rest

    def take(self):
        if self._rest is not None:
            self._rest -= 1
        return self._ready.popleft()

    def add(self, request, attempt):
        if self._rest is not None:
            self._rest += 1
        self._ready.append((request, attempt))

    def clear(self):
        self._source, self._ready = iter(()), deque()


class _Worker:
    """One process and the socket to it."""

    def __init__(self):
        mine, theirs = socket.socketpair()
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
        for library in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
            environment[library] = "1"  # a process is one thread: there are as many processes as there may be
        self.process = subprocess.Popen(
            [sys.executable, "-m", "routing.planning.decomposition.worker", str(theirs.fileno()), str(os.getpid())],
            pass_fds=[theirs.fileno()],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # the parent's may be somebody's answer
        )
        theirs.close()
        self.connection = Connection(mine.detach())
        self.request = None  # (request, attempt)
        self.due = 0.0

    def ask(self, taken, seconds):
        """Sends a (request, attempt), to be answered within so many seconds, or its own where these are fewer."""
        self.request = taken
        until = time.monotonic() + min(seconds, taken[0].seconds)
        timed, self.due = replace(taken[0], until=until), until + GRACE
        try:
            self.connection.send(timed)
        except OSError:
            return  # it died before it was asked: the connection tells so when it is listened to

    def end(self):
        self.connection.close()
        self.process.kill()
        self.process.wait()

    def replaced(self):
        self.end()
        return _Worker()
