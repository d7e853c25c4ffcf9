"""The plan as it stands, and a change to it. Nothing here is changed in place."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from routing.planning.additions import Additions
from routing.planning.check import Verdict, check
from routing.planning.problem import Problem
from routing.planning.solution import Route, Solution
from routing.planning.trials import Trials

from .edits import Clear, Edit, EditError, Improve, Move, MoveBreak, PutIn, Reorder, SetStart, Swap, TakeOut
from .timing import BreakWish, Change, broken_rules, changed_plan


@dataclass(frozen=True)
class Proposal:
    """What a change would make of the plan. `edit`: with every place that was left open filled in; `retimed`: staff ids
    of the rounds with new times; `verdict`: the judge's on the whole plan, `before`: on the plan as it stands.
    """

    edit: Edit
    before: Verdict
    verdict: Verdict
    retimed: frozenset[str]

    @cached_property
    def broken(self) -> list:
        """Rules that it breaks: it cannot be stored with any."""
        return broken_rules(self.verdict)

    @property
    def feasible(self) -> bool:
        return not self.broken

    def solution(self, engine: str = "") -> Solution:
        """The whole plan with all its times."""
        return Solution(list(self.verdict.routes), engine=engine)


class Draft:
    """A plan to be changed. `solution`: its routes with their times."""

    def __init__(self, problem: Problem, solution: Solution):
        self.problem = problem
        self.standing = check(problem, Solution(solution.routes))
        self.routes: dict[str, Route] = {route.staff: route for route in self.standing.routes}
        self.orders = {person.id: [] for person in problem.staff}
        self.orders |= {name: route.visits for name, route in self.routes.items()}

    @cached_property
    def served_by(self) -> dict[str, list[str]]:
        """Staff ids by visit id."""
        served = defaultdict(list)
        for name, visits in self.orders.items():
            for visit in visits:
                served[visit].append(name)
        return dict(served)

    @cached_property
    def unserved(self) -> list[str]:
        return [visit.id for visit in self.problem.visits if visit.id not in self.served_by]

    def proposed(self, edit: Edit) -> Proposal:
        """What the edit would make of the plan, judged. EditError for what makes no sense."""
        edit = self.settled(edit)
        verdict, retimed = changed_plan(self.problem, self.routes, self._change(edit))
        return Proposal(edit, self.standing, verdict, retimed)

    def settled(self, edit: Edit) -> Edit:
        """The edit with what it leaves open decided: the best place, the better order."""
        # These look at drafts themselves.
        from .improving import better_order
        from .places import place_with

        if isinstance(edit, Move) and self._visit(edit.visit) and edit.visit not in self.served_by:
            # Somebody drags a visit that is left out into a round.
            edit = PutIn(edit.visit, edit.staff, () if edit.place is None else ((edit.staff, edit.place),))
        if isinstance(edit, Move):
            self._person(edit.staff)
            edit = Move(edit.visit, edit.staff, edit.place, self.source(edit))
            if edit.place is None:
                return place_with(self, edit)
        elif isinstance(edit, PutIn):
            return self._settled_addition(edit)
        elif isinstance(edit, Improve):
            self._round(edit.staff)
            return Reorder(edit.staff, tuple(better_order(self, edit.staff)))
        return edit

    def _settled_addition(self, edit):
        visit = self._visit(edit.visit)
        if visit.id in self.served_by:
            raise EditError(f"{visit.id} is in a round already.")
        for name in {name for name, _ in edit.places} | ({edit.staff} if edit.staff else set()):
            self._person(name)
        if len(edit.places) >= visit.staff_required:
            return edit
        names = {edit.staff} if edit.staff else {person.id for person in self.problem.staff}
        found = Additions(self.trials).added(visit, names)
        if found is not None:
            return PutIn(visit.id, edit.staff, found.places)
        if edit.staff and visit.staff_required == 1:
            from .places import cheapest_place

            return PutIn(visit.id, edit.staff, ((edit.staff, cheapest_place(self, edit.staff, visit)),))
        whom = " with {0}" if edit.staff else ""
        raise EditError(f"There is no place for {visit.id}{whom} where every rule is kept.", edit.staff or "")

    @cached_property
    def trials(self) -> Trials:
        known = self.problem.staff_by_id
        routes = [route for name, route in self.routes.items() if name in known]
        sound = {
            name: [visit for visit in visits if visit in self.problem.visit_by_id]
            for name, visits in self.orders.items()
            if name in known
        }
        return Trials(self.problem, sound, routes)

    def best_places(self, visit: str, **wishes) -> list:
        """See `places.best_places`."""
        from .places import best_places

        return best_places(self, visit, **wishes)

    def alternatives(self, proposal: Proposal) -> list:
        """See `places.alternatives`."""
        from .places import alternatives

        return alternatives(self, proposal)

    def nearest_start(self, proposal: Proposal) -> Proposal | None:
        """See `places.nearest_start`."""
        from .places import nearest_start

        return nearest_start(self, proposal)

    def source(self, edit: Move) -> str:
        """Whose visit it is that moves."""
        self._visit(edit.visit)
        servers = self.served_by.get(edit.visit, [])
        if edit.from_staff is not None:
            if edit.from_staff not in servers:
                raise EditError(edit.visit + " is not in the round of {0}.", edit.from_staff)
            return edit.from_staff
        if edit.staff in servers:
            return edit.staff
        if len(servers) > 1:
            raise EditError("{0} and {1} go to " + edit.visit + " together: say whose part moves.", *servers)
        return servers[0]

    def _change(self, edit) -> Change:
        return getattr(self, f"_{type(edit).__name__.lower()}")(edit)

    def _move(self, edit: Move) -> Change:
        if edit.staff != edit.from_staff and edit.staff in self.served_by[edit.visit]:
            raise EditError(edit.visit + " is in the round of {0} already.", edit.staff)
        orders = {edit.from_staff: [visit for visit in self.orders[edit.from_staff] if visit != edit.visit]}
        target = list(orders.get(edit.staff, self.orders[edit.staff]))
        target.insert(self._inside(edit.place, target), edit.visit)
        orders[edit.staff] = target
        if target == self.orders[edit.staff]:
            raise EditError(f"{edit.visit} is there already.")
        return Change(orders, released={edit.visit})

    def _swap(self, edit: Swap) -> Change:
        one, two = self._server(edit.visit), self._server(edit.other)
        if edit.visit == edit.other:
            raise EditError("Choose two different visits.")
        if one != two and (two in self.served_by[edit.visit] or one in self.served_by[edit.other]):
            raise EditError(f"{edit.visit} and {edit.other} are visited together by the same people.")
        other = {edit.visit: edit.other, edit.other: edit.visit}
        orders = {name: [other.get(visit, visit) for visit in self.orders[name]] for name in {one, two}}
        return Change(orders, released={edit.visit, edit.other})

    def _takeout(self, edit: TakeOut) -> Change:
        self._server(edit.visit)
        return Change(
            {name: [v for v in self.orders[name] if v != edit.visit] for name in self.served_by[edit.visit]},
            released={edit.visit},
        )

    def _putin(self, edit: PutIn) -> Change:
        orders = {}
        for name, place in edit.places:
            if name in orders:
                raise EditError(f"{edit.visit} needs different people.")
            orders[name] = list(self.orders[name])
            orders[name].insert(self._inside(place, orders[name]), edit.visit)
        return Change(orders)

    def _movebreak(self, edit: MoveBreak) -> Change:
        self._round(edit.staff)
        if not 0 <= edit.index < len(self._person(edit.staff).breaks):
            raise EditError("{0} has no such break.", edit.staff)
        if (edit.place is None) == (edit.start is None):
            raise EditError("Say after which visit the break is, or when.")
        place = None if edit.place is None else self._inside(edit.place, self.orders[edit.staff])
        return Change(breaks={edit.staff: BreakWish(edit.index, place, edit.start)})

    def _setstart(self, edit: SetStart) -> Change:
        self._server(edit.visit)
        starts = {} if edit.start is None else {edit.visit: edit.start}
        return Change(starts=starts, released={edit.visit}, reached=set(self.served_by[edit.visit]))

    def _reorder(self, edit: Reorder) -> Change:
        now = self._round(edit.staff)
        if sorted(edit.visits) != sorted(now):
            raise EditError(f"The new order must hold the {len(now)} visits of " + "{0}, each once.", edit.staff)
        if list(edit.visits) == now:
            raise EditError("The order is the same.")
        return Change({edit.staff: list(edit.visits)})

    def _clear(self, edit: Clear) -> Change:
        gone = set(self._round(edit.staff))
        people = {name for visit in gone for name in self.served_by[visit]}
        return Change(
            {name: [visit for visit in self.orders[name] if visit not in gone] for name in people}, released=gone
        )

    def _visit(self, name):
        visit = self.problem.visit_by_id.get(name)
        if visit is None:
            raise EditError(f"There is no visit {name} to plan here.")
        return visit

    def _person(self, name):
        person = self.problem.staff_by_id.get(name)
        if person is None:
            raise EditError("{0} does not work in this plan.", name)
        return person

    def _server(self, name):
        # A visit that is no longer part of the plan may still be on a round: that is how it is taken out.
        if name not in self.served_by:
            self._visit(name)
            raise EditError(f"{name} is not in a round.")
        return self.served_by[name][0]

    def _round(self, staff):
        if not self.orders.get(staff):
            self._person(staff)
            raise EditError("{0} has no visits.", staff)
        return self.orders[staff]

    @staticmethod
    def _inside(place, order):
        if not 0 <= place <= len(order):
            raise EditError(f"There is no place {place + 1} in a round of {len(order)} visits.")
        return place
