"""Mending a plan with few people: first those whose day cannot stay as it is, then one more, two, three, then all.

The order of plans: visits left out by tier, then people changed, then visits moved, then cost. For each number of
people the visits are first put into their days without moving anything else far; only where some find no place may an
engine rearrange those days. The search ends with the smallest number of people for which every visit that anybody could
do is placed.
"""

import itertools
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from routing.planning.check import Verdict, check
from routing.planning.engines import EngineFault, Progress, SolveOptions, get_engine
from routing.planning.engines.greedy import Days
from routing.planning.problem import Problem
from routing.planning.reasons import explain_unserved, impossible_visits
from routing.planning.solution import Route, Solution, Unserved, VisitStop

from .changes import Changes, changes_of
from .day import Day, day_of
from .disruption import Disruption
from .insertion import Placed, insert_all, planned_orders
from .kept_times import with_kept_times
from .subproblem import plan_from, problem_from

FEW = 3  # so many people beside those affected are tried in every combination before all are
HELPERS = 12  # people among whom combinations are formed, the most promising
COMBINATIONS = 40  # of each number of people, those first who can take most of the visits between them
REARRANGED = 10  # combinations that an engine may rearrange, of each number of people
ENGINE_CALLS = 40  # among which the time is shared
SHORTEST_CALL = 0.1  # seconds
# Without an engine by name, the first of these that can state what is to be rearranged: short searches in this process.
ENGINES = ("ruin-recreate", "rich", "ortools")


@dataclass(frozen=True)
class Answer:
    """A mended plan of the whole day, judged, and what it changes.

    `asked`: the people whose days were allowed to change. `verdict` judges the plan by `day.problem`, `original` by the
    problem as it was, where what happened may break rules that nobody can keep any more. `not_stated`:
    features that kept the engine from rearranging some days, so that only visits put into planned days were tried.
    """

    day: Day
    solution: Solution
    verdict: Verdict
    original: Verdict
    changes: Changes
    asked: tuple[str, ...]
    not_stated: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Candidate:
    rank: tuple
    plan: Solution
    verdict: Verdict
    changes: Changes
    asked: tuple[str, ...]


def replan(
    problem: Problem,
    plan: Solution,
    disruption: Disruption,
    options: SolveOptions | None = None,
    engine: str | None = None,
    *,
    most_people: int | None = None,
    reconsider: bool = False,
) -> Answer:
    """The plan mended after a disruption: nothing before `now` changes, few people change, then little is driven.

    `most_people`: at most so many people beside those affected (None: all may be asked). `reconsider`: visits that the
    plan had left out may be taken up. `options.seconds` bounds the whole, `options.iterations` each call of the engine
    (with it and a seed the answer is the same everywhere). `engine`: by name; None: see ENGINES, the answer says which.
    Raises UnfitDisruption, UnknownEngine.
    """
    day = day_of(problem, plan, disruption)
    search = _Search(day, options or SolveOptions(), engine, reconsider)
    best = search.run(most_people)
    return search.answer(best, plan)


class _Search:
    """The candidates of one disruption, the best of them, and when to stop."""

    def __init__(self, day: Day, options: SolveOptions, engine: str, reconsider: bool):
        self.day, self.options, self.reconsider = day, options, reconsider
        self.engines = [get_engine(name) for name in ((engine,) if engine else ENGINES)]
        self.used: set[str] = set()
        self.everybody = self.problem([person.id for person in day.working])
        self.tiers = day.problem.tiers
        self.hopeless = set(impossible_visits(self.everybody)) | set(day.left_before)
        self.began = time.perf_counter()
        self.best: _Candidate | None = None
        self.trace: list[tuple[float, float]] = []
        self.rejected = 0
        self.not_stated: set[str] = set()
        self.stopped = False

    @property
    def elapsed(self):
        return time.perf_counter() - self.began

    def problem(self, people, *, gentle=False):
        return problem_from(self.day, people, gentle=gentle, reconsider=self.reconsider)

    def over(self):
        if self.options.should_stop and not self.stopped:
            self.stopped = bool(self.options.should_stop())
        return self.stopped or self.elapsed >= self.options.seconds

    def run(self, most_people):
        """The best candidate; there is always one, the day without what lost its place."""
        affected = sorted(self.day.affected)
        placed = self.insert(affected)
        if placed.left and self.day.affected:
            self.rearrange(affected, placed)
        if self.is_mended() or most_people == 0:
            return self.polished(affected)
        helpers = self.helpers(affected, placed.left)
        most = len(self.day.working) if most_people is None else most_people
        for number in range(1, min(FEW, most, len(helpers)) + 1):
            if self.with_more(affected, helpers, number) or self.over():
                return self.polished(self.best.asked)
        if most > FEW and not self.over():
            everybody = [person.id for person in self.day.working]
            self.rearrange(everybody, self.insert(everybody))
            self.with_fewer(affected)
        return self.polished(self.best.asked)

    def is_mended(self):
        """Whether every visit that somebody could do at all has a place."""
        return self.best.rank[0] == 0 and set(self.best.verdict.unserved) <= self.hopeless

    def with_more(self, affected, helpers, number):
        """Tries combinations of so many helpers; whether one of them mends the day."""
        wanted = set().union(*helpers.values())
        combinations = sorted(
            itertools.combinations(helpers, number),
            key=lambda extra: len(wanted - set().union(*(helpers[name] for name in extra))),
        )
        tried = []
        for extra in combinations[:COMBINATIONS]:
            if self.over():
                break
            people = [*affected, *extra]
            tried.append((len(self.insert(people).left), len(tried), people))
        if self.is_mended():
            return True
        for _, _, people in sorted(tried)[:REARRANGED]:
            if self.over():
                break
            self.rearrange(people)
        return self.is_mended()

    def with_fewer(self, affected):
        """Where all who may be asked mend the day: the same without one of those who change, as often as that goes."""
        fewer = self.is_mended()
        while fewer:
            fewer, changed = False, [name for name in self.best.changes.others if name not in affected]
            for name in changed:
                if len(changed) <= FEW or self.over():
                    return
                before = self.best
                self.rearrange([*affected, *(other for other in changed if other != name)])
                if len(self.best.changes.others) < len(before.changes.others):
                    fewer = True
                    break

    def helpers(self, affected, left) -> dict[str, set[str]]:
        """People who are not affected and could take some of these visits if anything, the most promising first: which
        of them each has room for as the days are, then how near they are.
        """
        promise = []
        for person in self.day.working:
            if person.id in self.day.affected or self.over():
                continue
            remaining = self.problem([*affected, person.id])
            able = [visit for visit in remaining.visits if visit.id in left and remaining.may_serve(person, visit)]
            if able:
                days = Days(remaining, {person.id: planned_orders(self.day, remaining)[person.id]})
                only = remaining.staff_by_id[person.id]
                taken = {v.id for v in able if v.staff_required == 1 and days.cheapest_place(v, only) is not None}
                far = self._distance(person.id, able) / len(able)
                promise.append((-len(taken), -len(able), far, person.id, taken))
        return {name: taken for *_, name, taken in sorted(promise, key=lambda entry: entry[:4])[:HELPERS]}

    def _distance(self, name, visits):
        problem, place = self.day.problem, self.day.positions[name].place
        driven = problem.driven_of(problem.staff_by_id[name])
        return 0 if place is None else sum(driven.item(place, visit.location) for visit in visits)

    def insert(self, people: Iterable[str]) -> Placed:
        """Candidates with the visits put into the planned days of these people; returns the fuller one."""
        free, gentle = self.problem(people), self.problem(people, gentle=True)
        found = [insert_all(self.day, gentle, free)]
        if found[0].left or self.day.affected:
            found.append(insert_all(self.day, free))
        for placed in found:
            if self.best is None or self._left_out(placed.left) <= self.best.rank[: len(self.tiers) + 3]:
                routes = [Route(name, [VisitStop(v) for v in names]) for name, names in placed.orders.items() if names]
                self.offer(people, free, Solution(check(free, Solution(routes)).routes))
        return min(found, key=lambda placed: len(placed.left))

    def _left_out(self, names):
        """The beginning of the rank of a plan that leaves these visits out, beside those left out before."""
        others = () if self.reconsider else self.day.left_before
        visits = [self.day.problem.visit_by_id[name] for name in {*names, *others}]
        counts = Counter(visit.tier for visit in visits)
        return (0, sum(visit.required for visit in visits), *(counts[tier] for tier in self.tiers), len(visits))

    def rearrange(self, people, placed: Placed | None = None, *, gentle=False):
        """Lets the engine work on the days of these people, beginning from what is placed already."""
        placed = placed or self.insert(people)
        remaining = self.problem(people, gentle=gentle)
        engine = self._engine_for(remaining)
        if engine is None:
            return
        left = max(0.05, self.options.seconds - self.elapsed)
        seconds = min(left, max(SHORTEST_CALL, self.options.seconds / ENGINE_CALLS))
        try:
            found = engine.solve(
                remaining,
                replace(
                    self.options,
                    seconds=left if self.options.iterations else seconds,
                    start=placed.orders,
                    on_progress=None,
                ),
            )
        except EngineFault:
            self.rejected += 1  # the best plan so far stays
            return
        self.offer(people, self.problem(people), Solution(found.routes))

    def _engine_for(self, remaining):
        """The first engine that can state the problem; None where none can, and why is kept."""
        for engine in self.engines:
            features = engine.unsupported(remaining)
            if not features:
                self.used.add(engine.name)
                return engine
        self.not_stated.update(features)
        return None

    def polished(self, people):
        """The best plan after a last search among the same people, for fewer moves and less driving."""
        if people and self.best.changes.moves and not self.over():
            free, gentle = self.problem(people), self.problem(people, gentle=True)
            self.rearrange(people, insert_all(self.day, gentle, free), gentle=True)
        return self.best

    def offer(self, people, remaining: Problem, answer: Solution):
        """Judges a plan of the whole day; keeps it when it is better than the best so far."""
        candidate = self._judged(people, with_kept_times(self.day, remaining, answer))
        if candidate.rank[0]:
            candidate = min(candidate, self._judged(people, answer), key=lambda each: each.rank)
        if self.best is None or candidate.rank < self.best.rank:
            self.best = candidate
            self.trace.append((self.elapsed, candidate.verdict.cost.total))
            if self.options.on_progress:
                unserved = len(candidate.verdict.unserved)
                self.options.on_progress(Progress(self.elapsed, candidate.verdict.cost.total, unserved, candidate.plan))

    def _judged(self, people, answer):
        plan = plan_from(self.day, answer, people)
        verdict = check(self.day.problem, plan)
        broken = [violation for violation in verdict.violations if violation.rule != "required"]
        plan = Solution(verdict.routes, cost=verdict.cost, feasible=verdict.feasible)
        changes = changes_of(self.day, plan)
        return _Candidate(
            rank=(
                len(broken),
                len(verdict.violations),
                *(count for _, count in sorted(verdict.unserved_by_tier.items())),
                len(verdict.unserved),
                len(changes.others),
                len(changes.moves),
                verdict.cost.total,
            ),
            plan=plan,
            verdict=verdict,
            changes=changes,
            asked=tuple(people),
        )

    def answer(self, best, before: Solution) -> Answer:
        """The best plan with a reason for everybody left out: as before where it was left out before."""
        reasons = {entry.visit: entry for entry in before.unserved}
        inside = set(best.verdict.unserved) & set(self.everybody.visit_by_id)
        rest = [
            Route(route.staff, [s for s in route.stops if getattr(s, "visit", None) in self.everybody.visit_by_id])
            for route in best.plan.routes
            if route.staff in self.everybody.staff_by_id
        ]
        explained = explain_unserved(
            self.everybody, Solution(rest, [Unserved(name) for name in best.verdict.unserved if name in inside])
        )
        found = {entry.visit: entry for entry in explained}
        solution = best.plan
        solution.unserved = [found.get(name) or reasons.get(name) or Unserved(name) for name in best.verdict.unserved]
        solution.engine = " and ".join(sorted(self.used)) or "insertion"
        solution.seconds, solution.trace = self.elapsed, self.trace
        solution.rejected, solution.stopped = self.rejected, "stopped" if self.stopped else ""
        return Answer(
            day=self.day,
            solution=solution,
            verdict=best.verdict,
            original=check(self.day.original, solution),
            changes=best.changes,
            asked=best.asked,
            not_stated=tuple(sorted(self.not_stated)),
        )


def _without_remedies(entry):
    """What would have helped in the morning may be over by now."""
    return Unserved(entry.visit, entry.reason, entry.detail)
