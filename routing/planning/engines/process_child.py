"""The other side of `process`: runs engines one after another and tells of each better plan.

Started with two file descriptors: the pipe to the parent, and the file that holds the problem.
"""

import contextlib
import gc
import mmap
import os
import pickle
import queue
import signal
import sys
import threading
import time
import traceback
from dataclasses import replace
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path

from routing.planning.engines import get_engine

# A process that hangs in foreign code hears nothing: so long after the time of a stage the system ends it.
GRACE = 5.0


def main(pipe: int, file: int):
    """Works until the parent closes its end of the pipe."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # the alarm ends the process
    with contextlib.suppress(OSError):  # where memory runs out, this process goes first; Linux only
        Path("/proc/self/oom_score_adj").write_text("500")
    connection = Connection(pipe)
    _, index, warm = connection.recv()
    problem = _read(file, index)
    stop, work = threading.Event(), queue.SimpleQueue()
    threading.Thread(target=_listen, args=(connection, work, stop), daemon=True).start()
    for name in warm:
        _engine(name)
    while True:
        _Run(problem, connection, stop, *work.get()).stages()


def _read(file, index):
    """The problem, its arrays in the mapped file; writing to them would copy a page, the file stays as it is."""
    mapped = memoryview(mmap.mmap(file, 0, access=mmap.ACCESS_COPY))
    head, *buffers = (mapped[start : start + length] for start, length in index)
    problem = pickle.loads(head, buffers=buffers)  # noqa: S301  written by the parent process
    gc.freeze()
    return problem


def _listen(connection, work, stop):
    """Hears the parent while the main thread searches."""
    try:
        while True:
            kind, *what = connection.recv()
            if kind == "stop":
                stop.set()
            else:
                work.put(what)
    except (EOFError, OSError):  # the parent is gone: nobody waits for an answer
        os._exit(0)


def _engine(name):
    """An engine by its registered name, or by "module:Class"."""
    if ":" in name:
        module, attribute = name.split(":")
        return getattr(import_module(module), attribute)()
    return get_engine(name)


class _Run:
    def __init__(self, problem, connection, stop, stages, began, ends, start):
        self.problem, self.connection, self.stop = problem, connection, stop
        self.plan, self.began, self.ends, self.start = stages, began, ends, start

    def stages(self):
        for number, stage in enumerate(self.plan):
            left = self.began + (self.ends - self.began) * stage.until - time.monotonic()
            if self.stop.is_set() or left <= 0:
                continue
            self.connection.send(("stage", number))
            signal.setitimer(signal.ITIMER_REAL, left + GRACE)
            try:
                self.solve(stage, left)
            except Exception as error:
                traceback.print_exc()
                self.connection.send(("failed", f"{type(error).__name__}: {error}"))
            signal.setitimer(signal.ITIMER_REAL, 0)
        self.connection.send(("done", None))

    def solve(self, stage, seconds):
        solution = _engine(stage.engine).solve(
            self.problem,
            stage.options(seconds, start=self.start, should_stop=self.stop.is_set, on_progress=self.report),
        )
        self.start = solution.orders
        self.connection.send(("last plan", _routes(solution)))
        self.connection.send(("solved", replace(solution, routes=[], unserved=[])))

    def report(self, progress):
        self.start = progress.solution.orders
        self.connection.send(("plan", _routes(progress.solution)))


def _routes(solution):
    return {route.staff: route for route in solution.routes}


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
