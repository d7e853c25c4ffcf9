"""Plans that are too large for one search: parts solved side by side, then neighbourhoods across their borders."""

import time

from routing.planning.engines.answer import Best
from routing.planning.engines.base import SolveOptions
from routing.planning.problem import Problem
from routing.planning.solution import Solution


class DecomposedEngine:
    """Parts of 150 to 300 visits on `workers` processes. With `iterations` the plan is the same whatever their number.

    Memory: 0.9 MB for each part of 300 visits, and about 150 MB for each process; the whole matrix is read, never
    copied.
    """

    name = "decomposed"

    def __init__(self, open_pool=None):
        """`open_pool`: a context manager of the options that gives what `Pool` gives, where parts are to be searched
        elsewhere than in processes of this one.
        """
        self._open_pool = open_pool
        self._cut = None  # (problem, its parts, what is unsupported): both questions about a problem need them
        self._took = 0.0

    def unsupported(self, problem: Problem) -> list[str]:
        return self._parts(problem)[1]

    def _parts(self, problem):
        from routing.planning.decomposition.partition import partition
        from routing.planning.decomposition.rounds import parts_of

        if self._cut is None or self._cut[0] is not problem:
            began = time.perf_counter()
            self._cut = (problem, *parts_of(problem, partition(problem)))
            self._took = time.perf_counter() - began
        return self._cut[1:]

    def solve(self, problem: Problem, options: SolveOptions) -> Solution:
        from routing.planning.decomposition.pool import Pool
        from routing.planning.decomposition.rounds import Rounds

        best = Best(problem, options, self.name)
        if not problem.visits or not problem.staff:
            best.offer({})
            return best.finished()
        best.began -= self._took  # cutting it up was part of the work, whenever that was asked for
        with Pool(options.workers) if self._open_pool is None else self._open_pool(options) as pool:
            Rounds(problem, options, best, self._parts(problem)[0]).run(pool)
        return best.finished()
