"""Our own ruin-and-recreate search, on everything that its exact insertion test can state."""

import time

from routing.planning.engines.answer import Best
from routing.planning.engines.base import SolveOptions
from routing.planning.problem import Problem
from routing.planning.ruin_recreate.rules import unsupported_features
from routing.planning.solution import Solution

# Seconds between returns from compiled code: so soon a wish to stop is heard and a better plan is seen.
SLICE = 0.08
FEWEST_STEPS, MOST_STEPS = 10, 1_000_000
# Better plans are judged so seldom that judging takes at most this share of the time.
JUDGING_SHARE = 0.05


class RuinRecreateEngine:
    """Slack induction by string removals. One thread; the same seed and `iterations` give the same plan."""

    name = "ruin-recreate"

    def unsupported(self, problem: Problem) -> list[str]:
        return unsupported_features(problem)

    def solve(self, problem: Problem, options: SolveOptions) -> Solution:
        """The best plan found. Raises UnknownStart where `options.start` does not belong to the problem."""
        best = Best(problem, options, self.name)
        if not problem.visits or not problem.staff:
            best.offer({})
            return best.finished()
        from routing.planning.ruin_recreate.search import Search  # loads the compiled code: not for `unsupported`

        search = Search(problem, options.seed)
        search.first_plan(options.start, best.should_stop)
        watch = _Watch(search, best)
        watch.offer()
        watch.improve(options)
        if not best.stopped:
            search.exchange(best.should_stop)
        best.offer(search.orders)
        return best.finished()


class _Watch:
    """Runs the search in slices and shows its better plans."""

    def __init__(self, search, best):
        self.search, self.best = search, best
        self.shown = -1
        self.judging = 0.0  # seconds that judging took last
        self.shown_at = best.elapsed

    def offer(self):
        """Has the best plan judged, where there is a new one."""
        if self.search.improvements == self.shown:
            return
        self.shown = self.search.improvements
        began = time.perf_counter()
        self.best.offer(self.search.orders)
        self.best.tick(now=True)
        self.judging = time.perf_counter() - began
        self.shown_at = self.best.elapsed

    def improve(self, options):
        steps, limit = FEWEST_STEPS, options.iterations
        while not self.best.should_stop() and self.best.left > 2 * self.judging:
            if limit is not None:
                steps = min(steps, limit - self.search.steps)
                if steps <= 0:
                    return
            began = time.perf_counter()
            share = None if limit is not None else self.best.elapsed / options.seconds
            self.search.run(steps, share=share, of_steps=limit)
            took = time.perf_counter() - began
            aim = min(SLICE, max(0.001, self.best.left / 4))
            steps = max(FEWEST_STEPS, min(MOST_STEPS, int(steps * min(4.0, aim / max(took, 1e-9)))))
            if self.best.elapsed - self.shown_at >= max(Best.REPORT_EVERY, self.judging / JUDGING_SHARE):
                self.offer()
