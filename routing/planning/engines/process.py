"""Engines in processes of their own, which can be killed: foreign code may hang, crash or take all memory.

A process is started anew (never forked: other threads and open connections stay out of it), knows nothing of Django,
reads the problem from memory that all processes of a `Crew` share, and tells each better plan at once, so that whatever
becomes of it, what it found is there. A process whose parent is gone, or that outlives its time, ends by itself.
"""

import logging
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from multiprocessing.connection import Pipe, wait
from pathlib import Path

from routing.planning.engines.answer import Best
from routing.planning.engines.base import SolveOptions
from routing.planning.problem import Problem
from routing.planning.solution import Solution

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[3]
ALIGNED = 64
# Seconds between looks at the clock and at whoever wants the search to stop.
PATIENCE = 0.1
# So long after its time a process may still be busy with its last plan before it counts as hanging.
GRACE = 1.5
# Somebody who stops a search gets the last plans of processes that answer within so many seconds.
LAST_WORDS = 0.2


@dataclass(frozen=True, slots=True)
class Stage:
    """One search: an engine's name (or "module:Class"), the share of the time at which it ends, and how it searches.

    Each stage begins from the best plan of the one before.
    """

    engine: str
    until: float = 1.0
    seed: int = 1
    iterations: int | None = None
    solution_limit: int | None = None

    def options(self, seconds: float, **how) -> SolveOptions:
        """What its engine is told: `how` are the start, who may stop it and who hears of better plans."""
        limits = {"iterations": self.iterations, "solution_limit": self.solution_limit}
        return SolveOptions(seconds=seconds, seed=self.seed, **limits, **how)


class Shared:
    """A problem in an unnamed file, which any number of processes map into their memory: arrays are held once."""

    def __init__(self, problem: Problem):
        self.file = tempfile.TemporaryFile()  # noqa: SIM115  closed with the crew
        buffers = []
        head = pickle.dumps(problem, protocol=5, buffer_callback=buffers.append)
        self.index = [self._write(head), *(self._write(buffer.raw()) for buffer in buffers)]
        self.file.flush()

    def _write(self, data):
        """(offset, length) of the data in the file."""
        at = -self.file.tell() % ALIGNED
        self.file.write(bytes(at))
        at = self.file.tell()
        self.file.write(data)
        return at, len(data)

    def close(self):
        self.file.close()


class Worker:
    """One process. `state`: "ready", "running", "finished", or how it ended: "failed", "crashed", "overdue".

    `detail`: why it did not come to a proper end, in words; `routes`: of its best plan so far, by staff id; `solved`:
    the last Solution of an engine without its routes (trace, certificate).
    """

    def __init__(self, shared: Shared, warm=()):
        self.shared, self.warm = shared, tuple(warm)
        self.state, self.detail = "ready", ""
        self.routes = self.solved = None
        self.finished_routes = None
        self.stages, self.stage, self.began, self.ends = (), 0, 0.0, 0.0
        self._spawn()

    def _spawn(self):
        self.connection, theirs = Pipe()
        with theirs:
            fds = (theirs.fileno(), self.shared.file.fileno())
            # The same order of sets in every process; one thread for linear algebra, of which there is none.
            settings = {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"}
            self.process = subprocess.Popen(
                [sys.executable, "-m", "routing.planning.engines.process_child", *map(str, fds)],
                pass_fds=fds,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd=ROOT,
                env={**os.environ, **settings},
                start_new_session=True,  # Ctrl-C is for the parent, which ends its processes
            )
        self._send(("problem", self.shared.index, self.warm))

    def run(self, stages, seconds, start=None):
        """Begins the stages, which end after `seconds`. `start`: visit ids in order by staff id."""
        self.began = time.monotonic()
        self.ends = self.began + seconds
        self.detail = ""
        self._begin(stages, start)

    def _begin(self, stages, start):
        self.stages, self.stage, self.state = tuple(stages), 0, "running"
        self._send(("run", self.stages, self.began, self.ends, start))

    def stop(self):
        """Asks for the end of all stages."""
        self._send(("stop",))

    def _send(self, message):
        try:
            self.connection.send(message)
        except OSError:  # it is gone: `hear` finds out how
            return

    def hear(self):
        """Takes what the process has said; returns the plans among it (routes by staff id) in order."""
        plans = []
        try:
            while self.connection.poll():
                self._understand(*self.connection.recv(), plans)
        except (EOFError, OSError):
            self._gone("crashed", f"The process of {self._engine()} ended: {self._how()}.")
        return plans

    def _understand(self, kind, what, plans):
        if kind == "stage":
            self.stage = what
        elif kind == "failed":
            self.detail = f"{self._engine()} failed: {what}"
        elif kind == "solved":
            self.solved = what
        elif kind == "done":
            self.state = "failed" if self.detail and self.finished_routes is None else "finished"
        else:
            self.routes = what
            plans.append(what)
            if kind == "last plan":
                self.finished_routes = what

    def check_time(self):
        """Kills a process that is busy well beyond the end of its stage."""
        if self.state == "running" and time.monotonic() > self._stage_ends() + GRACE:
            self._gone("overdue", f"{self._engine()} did not stop at the end of its time.")

    def _stage_ends(self):
        return self.began + (self.ends - self.began) * self.stages[self.stage].until

    def _gone(self, state, detail):
        """After a crash or a kill: what is left of the stages goes on in a new process, from the best plan so far."""
        self.kill()
        self.detail = detail
        log.warning(detail)
        rest = self.stages[self.stage + 1 :]
        if rest and time.monotonic() < self.ends:
            self._spawn()
            self._begin(rest, self.orders)
        else:
            self.state = state

    @property
    def orders(self):
        """Visit ids in order by staff id of the best plan so far, or None."""
        return self.routes and {name: route.visits for name, route in self.routes.items()}

    def _engine(self):
        return self.stages[self.stage].engine if self.stages else "an engine"

    def _how(self):
        code = self.process.wait()
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    def kill(self):
        """Ends the process, whatever it does."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.connection.close()


class Crew:
    """Processes that search the same problem. A context manager: at its end all of them are gone."""

    def __init__(self, problem: Problem):
        self.shared = Shared(problem)
        self.workers: list[Worker] = []

    def __enter__(self):
        return self

    def __exit__(self, *error):
        for worker in self.workers:
            worker.kill()
        self.shared.close()

    def hire(self, warm=()) -> Worker:
        """A new process that waits for work. `warm`: engines whose libraries it loads meanwhile."""
        worker = Worker(self.shared, warm)
        self.workers.append(worker)
        return worker

    @property
    def running(self):
        return [worker for worker in self.workers if worker.state == "running"]

    def plans(self, patience=PATIENCE):
        """Plans (routes by staff id) that workers told of; waits up to `patience` seconds for news."""
        busy = self.running
        wait([worker.connection for worker in busy], patience)
        found = [plan for worker in busy for plan in worker.hear()]
        for worker in busy:
            worker.check_time()
        return found

    def follow(self, best: Best, ends=float("inf")):
        """Judges better plans as they come, until everybody has finished, `best.elapsed` reaches `ends`, or somebody
        stops the search.
        """
        while self.running and best.elapsed < ends and not best.should_stop():
            for plan in self.plans():
                best.take(plan)
        if self.running and best.stopped:
            self._last_words(best)

    def _last_words(self, best):
        for worker in self.running:
            worker.stop()
        until = time.monotonic() + LAST_WORDS
        while self.running and time.monotonic() < until:
            for plan in self.plans(until - time.monotonic()):
                best.take(plan)


def solve_apart(problem: Problem, options: SolveOptions, engine: str) -> Solution:
    """What the engine finds in a process of its own, judged here.

    Never raises for what happens there and never waits much longer than `options.seconds`: `stopped` says "failed",
    "crashed" or "overdue" where the engine did not come to a proper end, and the plan is the best one until then (at
    worst nobody is visited).
    """
    best = Best(problem, options, engine)
    if options.start:
        best.take(options.start)
    stage = Stage(engine, 1.0, options.seed, options.iterations, options.solution_limit)
    with Crew(problem) as crew:
        worker = crew.hire()
        worker.run([stage], options.seconds, options.start)
        crew.follow(best, options.seconds + GRACE)
    if best.solution is None:
        best.take({})
    solution = best.finished()
    solution.certificate = worker.solved and worker.solved.certificate
    if not best.stopped and worker.state != "finished":
        return replace(solution, stopped="overdue" if worker.state == "running" else worker.state)
    return solution
