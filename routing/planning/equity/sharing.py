"""Fair sharing of work: the fullest day as short as the same visits allow, then the next (lexicographic min-max).

u_k = (travel + service) / contracted time of person k. Never by range or variance, which reward longer tours (Matl,
Hartl, Vidal 2018, Transportation Science 52:239). The engine is given shorter days (`max_duration`), bisected between
the mean load and the fullest one; what it answers is taken only where the judge finds the same visits served, the
loads from the fullest down smaller, and no more travel than was allowed. So nothing is lost by trying.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from routing.planning.check import Verdict, check
from routing.planning.engines import DEFAULT_ENGINE, Engine, EngineFault, SolveOptions, get_engine
from routing.planning.problem import Problem
from routing.planning.solution import Solution

from .fairness import StaffLoad, staff_loads

SOLVES = 6
# How much longer all drives together may become. Set by judgement.
MOST_MORE_TRAVEL = 0.10
# Loads closer than this count as equal: one per cent of a day is five minutes.
CLOSE = 0.01


@dataclass(frozen=True)
class SharedWork:
    """The plan with the work shared out: the one that it began from where nothing better was found. `travel_minutes`
    and loads `before` and after; `steps`: (person, aimed load, whether a plan was found) of each search; `refused`: why
    the engine was not asked, in words.
    """

    solution: Solution
    verdict: Verdict
    before: StaffLoad
    after: StaffLoad
    travel_minutes: tuple[float, float]
    steps: list[tuple[str, float, bool]] = field(default_factory=list)
    refused: str = ""

    @property
    def improved(self) -> bool:
        return self.after.in_order < self.before.in_order


def share_work(
    problem: Problem,
    solution: Solution,
    contracted: Mapping[str, float],
    options: SolveOptions | None = None,
    engine: str | Engine = DEFAULT_ENGINE,
    *,
    most_more_travel: float = MOST_MORE_TRAVEL,
    solves: int = SOLVES,
) -> SharedWork:
    """`solution`: a plan of `problem` that the judge takes; `contracted`: seconds above 0 by staff id.

    `options.seconds` is shared by at most `solves` searches, `options.iterations` is the number for each: with it and a
    seed the answer is the same everywhere.
    """
    sharing = _Sharing(problem, solution, contracted, options or SolveOptions(), engine, most_more_travel)
    return sharing.run(solves)


class _Sharing:
    def __init__(self, problem, solution, contracted, options, engine, most_more_travel):
        self.problem, self.contracted, self.options = problem, contracted, options
        self.engine = get_engine(engine) if isinstance(engine, str) else engine
        self.began = time.perf_counter()
        self.first = self.verdict = check(problem, solution)
        self.solution = solution
        self.before = self.loads = staff_loads(self.verdict.facts, contracted)
        self.served = {name for route in self.verdict.routes for name in route.visits}
        self.most_travel = _travel(self.verdict) * (1 + most_more_travel)
        self.settled: dict[str, float] = {}
        self.steps = []

    def run(self, solves):
        kept = self._only_served()
        refused = ", ".join(self.engine.unsupported(self._capped(kept, 1.0))) if self.served else ""
        low = 0.0
        while self.served and not refused and len(self.steps) < solves and self._goes_on():
            free = [name for name in self.contracted if name not in self.settled]
            top = max(free, key=lambda name: (self.loads.by_staff[name], name), default=None)
            if top is None or not self.loads.by_staff[top]:
                break
            low = max(low, self._mean(free))
            if self.loads.by_staff[top] - low < CLOSE:
                self.settled[top], low = self.loads.by_staff[top], 0.0
                continue
            aim = (low + self.loads.by_staff[top]) / 2
            found = self._search(kept, aim, solves - len(self.steps))
            self.steps.append((top, aim, found))
            low = low if found else aim
        travel = (_travel(self.first) / 60, _travel(self.verdict) / 60)
        return SharedWork(self.solution, self.verdict, self.before, self.loads, travel, self.steps, refused)

    def _goes_on(self):
        if self.options.should_stop and self.options.should_stop():
            return False
        return time.perf_counter() - self.began < self.options.seconds

    def _mean(self, names):
        work = sum(self.loads.by_staff[name] * self.contracted[name] for name in names)
        return work / sum(self.contracted[name] for name in names)

    def _only_served(self) -> Problem:
        """The visits that the plan serves, each of them compulsory."""
        visits = [replace(visit, required=True) for visit in self.problem.visits if visit.id in self.served]
        links = [link for link in self.problem.links if {link.first, link.second} <= self.served]
        return replace(self.problem, visits=tuple(visits), links=tuple(links))

    def _capped(self, problem, aim) -> Problem:
        """Nobody's day longer than the aim, or than what was settled for them."""
        staff = [
            replace(person, max_duration=self._cap(person, self.settled.get(person.id, aim)))
            for person in problem.staff
        ]
        return replace(problem, staff=tuple(staff))

    def _cap(self, person, load):
        if person.id not in self.contracted:
            return person.max_duration
        pauses = sum(pause.duration for pause in person.breaks if pause.required)
        cap = int(load * self.contracted[person.id]) + pauses
        return cap if person.max_duration is None else min(cap, person.max_duration)

    def _search(self, kept, aim, left) -> bool:
        """Whether a better plan with this aim was found; it is the plan then."""
        seconds = (self.options.seconds - (time.perf_counter() - self.began)) / left
        options = replace(self.options, seconds=max(seconds, 0.05), start=self.solution.orders, on_progress=None)
        try:
            answer = self.engine.solve(self._capped(kept, aim), options)
        except EngineFault:
            return False  # the plan so far stays
        verdict = check(self.problem, Solution(answer.routes))
        served = {name for route in verdict.routes for name in route.visits}
        broken = [violation for violation in verdict.violations if violation.rule != "required"]
        if broken or served != self.served or _travel(verdict) > self.most_travel:
            return False
        loads = staff_loads(verdict.facts, self.contracted)
        if loads.in_order >= self.loads.in_order:
            return False
        self.verdict, self.loads = verdict, loads
        self.solution = replace(self.solution, routes=verdict.routes, cost=verdict.cost)
        return True


def _travel(verdict):
    return sum(fact.drive for fact in verdict.facts.values())
