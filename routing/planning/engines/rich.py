"""Ruin and recreate for the whole contract: several windows, lateness, breaks, links, visits for several people."""

from routing.planning.engines.answer import Best, judged
from routing.planning.engines.base import EngineFault, SolveOptions
from routing.planning.problem import Problem
from routing.planning.solution import Solution

SLICE = 0.1  # seconds between looks at the clock
FIRST_SLICE = 4  # steps, before the pace is known
OFFER_EVERY = 0.5  # seconds between plans that are timed and judged


class RichEngine:
    """Our own search over everything that a problem can state; slower than the one for plain days."""

    name = "rich"

    def unsupported(self, problem: Problem) -> list[str]:
        return []

    def solve(self, problem: Problem, options: SolveOptions) -> Solution:
        # numba and the compiled search are loaded on use only.
        from routing.planning.ruin_recreate.rich.search import Search

        best = Best(problem, options, self.name)
        lawful = self._offer_start(best)
        search = Search(problem, options.seed)
        search.begin(options.start, lawful)
        _offer(search, best)
        if problem.visits and problem.staff:
            _search(search, best)
        best.tick(now=True)
        return best.finished()

    def _offer_start(self, best):
        """The plan to begin from as it is. Whether the judge accepts it."""
        if not best.options.start:
            return False
        try:
            judged(best.problem, best.options.start, self.name)
        except EngineFault:
            return False
        best.offer(best.options.start)
        best.tick(now=True)
        return True


def _search(search, best):
    options, done, count, offered, waits = best.options, 0, FIRST_SLICE, best.elapsed, False
    total = options.iterations
    while not best.should_stop() and (total is None or done < total):
        began, share = best.elapsed, min(1.0, best.elapsed / options.seconds)
        if total is None:
            better = search.steps(count, share, None)
        else:
            count = min(count, total - done)
            better = search.steps(count, done, total)
        done += count
        waits |= better
        pace = (best.elapsed - began) / count
        count = max(1, min(4 * count, int(SLICE / max(pace, 1e-7))))
        if waits and best.elapsed - offered >= OFFER_EVERY:
            _offer(search, best)
            offered, waits = best.elapsed, False
        best.tick()
    if waits:
        _offer(search, best)


def _offer(search, best):
    """The best plan with its times. One whose times do not hold when worked out anew is counted as rejected."""
    try:
        routes = search.routes()
    except RuntimeError as error:
        if best.solution is None:
            raise EngineFault(str(error)) from error
        best.rejected += 1
        return
    best.offer(routes)
