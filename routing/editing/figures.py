"""What a change costs, in parts, and whom it affects."""

from dataclasses import dataclass
from functools import cached_property

from routing.planning.check import Verdict
from routing.planning.problem import Problem
from routing.planning.solution import VisitStop

from .draft import Proposal


@dataclass(frozen=True)
class Figures:
    """Of one plan: `drive`, `late`, `overtime` in seconds, `metres` driven, visits left out by tier, visits whose usual
    or preferred carer comes, and the judge's total.
    """

    drive: int
    metres: int
    late: int
    overtime: int
    unserved_by_tier: dict[int, int]
    with_carer: int
    cost: float


@dataclass(frozen=True)
class Round:
    """One person's day in figures. `returns` None: no visits."""

    visits: int
    drive: int
    returns: int | None


@dataclass(frozen=True)
class Shifted:
    """A visit whose start or person changes; starts are None where it is left out. Starts by staff id."""

    visit: str
    before: dict[str, int]
    after: dict[str, int]


class Effect:
    """Before and after. Everything is read from the two verdicts."""

    def __init__(self, problem: Problem, proposal: Proposal):
        self.problem, self.proposal = problem, proposal

    @cached_property
    def before(self) -> Figures:
        return figures_of(self.problem, self.proposal.before)

    @cached_property
    def after(self) -> Figures:
        return figures_of(self.problem, self.proposal.verdict)

    @cached_property
    def rounds(self) -> dict[str, tuple[Round, Round]]:
        """(before, after) by staff id, of the rounds that are not the same any more."""
        before = {route.staff: route for route in self.proposal.before.routes}
        after = {route.staff: route for route in self.proposal.verdict.routes}
        changed = {}
        for name in sorted(before.keys() | after.keys()):
            one, two = before.get(name), after.get(name)
            if (one and one.stops) != (two and two.stops):
                changed[name] = (_round(one, self.proposal.before), _round(two, self.proposal.verdict))
        return changed

    @cached_property
    def shifted(self) -> list[Shifted]:
        """Visits with another start or person, in the order of their starts after the change."""
        before, after = _starts(self.proposal.before), _starts(self.proposal.verdict)
        changed = [
            Shifted(name, before.get(name, {}), after.get(name, {}))
            for name in before.keys() | after.keys()
            if before.get(name) != after.get(name)
        ]
        return sorted(changed, key=lambda each: (min((each.after or each.before).values()), each.visit))


def figures_of(problem: Problem, verdict: Verdict) -> Figures:
    """The figures of a judged plan; distances that are not known count as none."""
    served = {}
    for name, fact in verdict.facts.items():
        for visit, _ in fact.starts:
            served.setdefault(visit, set()).add(name)
    return Figures(
        drive=sum(fact.drive for fact in verdict.facts.values()),
        metres=sum(_metres(problem, route) for route in verdict.routes),
        late=sum(seconds for fact in verdict.facts.values() for _, seconds in fact.late),
        overtime=sum(fact.overtime for fact in verdict.facts.values()),
        unserved_by_tier=verdict.unserved_by_tier,
        with_carer=sum(
            bool(visit.preferred_staff) and visit.id in served and served[visit.id] <= visit.preferred_staff
            for visit in problem.visits
        ),
        cost=verdict.cost.total,
    )


def _metres(problem, route):
    person = problem.staff_by_id.get(route.staff)
    distance = None if person is None else problem.distance_of(person)
    if distance is None:
        return 0
    known = problem.visit_by_id
    places = [person.start, *(known[name].location for name in route.visits if name in known), person.end]
    places = [place for place in places if place is not None]
    return sum(distance.item(one, two) for one, two in zip(places, places[1:], strict=False)) if route.visits else 0


def _round(route, verdict):
    fact = verdict.facts.get(route.staff) if route else None
    if fact is None:
        return Round(len(route.visits) if route else 0, 0, None)
    return Round(len(route.visits), fact.drive, fact.returns)


def _starts(verdict):
    starts = {}
    for route in verdict.routes:
        for stop in route.stops:
            if isinstance(stop, VisitStop):
                starts.setdefault(stop.visit, {})[route.staff] = stop.start
    return starts
