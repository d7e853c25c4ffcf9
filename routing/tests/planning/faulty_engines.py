"""Engines that go wrong in every way that foreign code can, for tests of the processes that run them."""

import os
import signal
import threading

from routing.planning.engines.answer import Best
from routing.planning.engines.base import Progress
from routing.planning.engines.greedy import first_orders


class _Faulty:
    """Finds the first plan, tells of it, then goes wrong."""

    name = "faulty"

    def unsupported(self, problem):
        return []

    def solve(self, problem, options):
        best = Best(problem, options, self.name)
        best.offer(first_orders(problem))
        self.go_wrong()
        return best.finished()


class Raises(_Faulty):
    def go_wrong(self):
        raise ValueError("it went wrong")


class Hangs(_Faulty):
    """Hears nothing and comes to no end."""

    def go_wrong(self):
        threading.Event().wait()


class Crashes(_Faulty):
    def go_wrong(self):
        os.kill(os.getpid(), signal.SIGSEGV)


class OutOfMemory(_Faulty):
    """What the system does to a process when memory runs out."""

    def go_wrong(self):
        os.kill(os.getpid(), signal.SIGKILL)


class CrashesAtOnce(_Faulty):
    def solve(self, problem, options):
        os._exit(3)


class BreaksRules(_Faulty):
    """Gives everything to one person."""

    def solve(self, problem, options):
        best = Best(problem, options, self.name)
        best.offer(first_orders(problem))
        solution = best.finished()
        route = solution.routes[0]
        route.stops = [stop for other in solution.routes for stop in other.stops]
        options.on_progress(Progress(0.1, 0, 0, solution))
        solution.routes = [route]
        return solution


class Proper(_Faulty):
    def go_wrong(self):
        pass
