"""From orders of visits, which a search decides, to a judged plan with times."""

import time

from routing.planning.check import check
from routing.planning.engines.base import EngineFault, Progress
from routing.planning.solution import Route, Solution, Unserved, VisitStop


def judged(problem, orders, engine):
    """(solution, verdict) of visit ids in order by staff id, or of routes with times by staff id. Raises EngineFault
    where a rule other than "required" is broken.
    """
    routes = [_route(person.id, orders[person.id]) for person in problem.staff if orders.get(person.id)]
    verdict = check(problem, Solution(routes))
    faults = [violation for violation in verdict.violations if violation.rule != "required"]
    if faults:
        listed = "; ".join(
            f"{fault.rule} {fault.staff or ''} {fault.visit or ''}: {fault.detail}" for fault in faults[:3]
        )
        raise EngineFault(f"{engine} answered with a plan that breaks {len(faults)} rules: {listed}")
    solution = Solution(
        routes=verdict.routes,
        unserved=[Unserved(name) for name in verdict.unserved],
        cost=verdict.cost,
        feasible=verdict.feasible,
        engine=engine,
    )
    return solution, verdict


def _route(staff, order):
    return order if isinstance(order, Route) else Route(staff, [VisitStop(name) for name in order])


class Best:
    """The best plan so far, its trace, and whom to tell."""

    REPORT_EVERY = 0.25  # seconds between reports: often enough for people, rarely enough for the search

    def __init__(self, problem, options, engine):
        self.problem, self.options, self.engine = problem, options, engine
        self.began = time.perf_counter()
        self.solution = self.rank = None
        self.trace = []
        self.waiting = None  # orders not yet judged
        self.reported_at = self.asked_at = float("-inf")
        self.stopped = False
        self.rejected = 0

    @property
    def elapsed(self):
        return time.perf_counter() - self.began

    @property
    def left(self):
        return self.options.seconds - self.elapsed

    def offer(self, orders):
        """A better plan by the search's own count; judged now or at the next `tick`."""
        self.waiting = orders
        self.tick()

    def tick(self, *, now=False):
        """Judges and reports what waits, when it is time."""
        if self.waiting is None or not (now or self.elapsed - self.reported_at >= self.REPORT_EVERY):
            return
        orders, self.waiting = self.waiting, None
        try:
            self._judge(orders)
        except EngineFault:
            if self.solution is None:
                raise
            self.rejected += 1  # a better plan than any so far, were it one; the best one that the judge accepts stays

    def take(self, plan):
        """A plan from elsewhere (orders or timed routes by staff id), judged at once. Whether it is better than the
        best so far; one that the judge does not accept is counted.
        """
        before = self.rank
        try:
            self._judge(plan)
        except EngineFault:
            self.rejected += 1
        return self.rank != before

    def _judge(self, orders):
        solution, verdict = judged(self.problem, orders, self.engine)
        rank = (len(verdict.violations), *verdict.rank)
        self.reported_at = self.elapsed
        if self.rank is not None and rank >= self.rank:
            return
        self.solution, self.rank = solution, rank
        self.trace.append((self.elapsed, solution.cost.total))
        if self.options.on_progress:
            self.options.on_progress(Progress(self.elapsed, solution.cost.total, len(solution.unserved), solution))

    def should_stop(self):
        """Whether somebody asked for the end or the time is up; people are asked a few times a second."""
        if not self.stopped and self.options.should_stop and self.elapsed - self.asked_at >= self.REPORT_EVERY:
            self.asked_at = self.elapsed
            self.stopped = bool(self.options.should_stop())
        return self.stopped or self.left <= 0

    def finished(self):
        """The best plan, complete with engine, time and trace. Where no search found one in time, nobody is visited."""
        self.tick(now=True)
        if self.solution is None:
            self._judge({})
        self.solution.seconds = self.elapsed
        self.solution.trace = list(self.trace)
        self.solution.rejected = self.rejected
        self.solution.stopped = "stopped" if self.stopped else ""
        return self.solution
