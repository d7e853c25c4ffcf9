"""A day under way, changed by hand: what has begun is no part of what can be changed.

Changes are made in the remaining problem, in which nobody can be asked for anything before now; the whole day is then
put together and judged. Places are counted in the whole round, visits that have begun included.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from routing.planning.check import Verdict, Violation, check
from routing.planning.problem import Problem
from routing.planning.replanning.going_on import GoingOn, with_last_visits
from routing.planning.replanning.subproblem import breaks_left
from routing.planning.solution import BreakStop, Route, Solution, VisitStop

from .draft import Draft, Proposal
from .edits import Edit, EditError, Improve, Move, MoveBreak, PutIn, Reorder, SetStart, Swap, TakeOut
from .places import Place, alternatives, best_places, nearest_start
from .timing import broken_rules


class Frozen(EditError):
    """What was asked would move what has begun. `visit`: which one; None for a break."""

    def __init__(self, text: str, *staff: str, visit: str | None = None):
        super().__init__(text, *staff)
        self.visit = visit


@dataclass
class DayVerdict(Verdict):
    """The judge's verdict on the whole day, with what is broken in the rest of it. `ahead`: the remaining problem and
    the verdict on it, in which rules of `ahead_only` are broken.
    """

    ahead: tuple[Problem, Verdict] | None = None
    ahead_only: tuple[Violation, ...] = ()


@dataclass(frozen=True)
class DayProposal(Proposal):
    """`inner`: the same change in the remaining problem."""

    inner: Proposal | None = None


class DraftUnderWay:
    """As `Draft`, for a day under way. `why`: what is known of a visit that has begun, in words with places for staff
    ids as in EditError; a function of its id that returns (words, staff ids).
    """

    def __init__(self, going: GoingOn, why: Callable[[str], tuple[str, tuple[str, ...]]]):
        self.going, self.day, self.why = going, going.day, why
        self.problem = going.day.problem
        self.inner = Draft(going.rest, Solution(going.routes))
        self.standing = self._judged(self.inner.standing)
        self.routes: dict[str, Route] = {route.staff: route for route in self.standing.routes}
        self.orders = {person.id: [] for person in self.problem.staff}
        self.orders |= {name: route.visits for name, route in self.routes.items()}

    @cached_property
    def begun(self) -> dict[str, list[str]]:
        """Visits that have begun by staff id, in order."""
        return {name: [stop.visit for stop in each.visits_begun] for name, each in self.day.positions.items()}

    @cached_property
    def served_by(self) -> dict[str, list[str]]:
        """Staff ids by visit id."""
        served: dict[str, list[str]] = {}
        for name, visits in self.orders.items():
            for visit in visits:
                served.setdefault(visit, []).append(name)
        return served

    @cached_property
    def unserved(self) -> list[str]:
        return [visit.id for visit in self.problem.visits if visit.id not in self.served_by]

    @property
    def away(self) -> frozenset[str]:
        """People who do no more today."""
        return self.day.gone

    def has_begun(self, visit: str) -> bool:
        return visit in self.day.begun

    def proposed(self, edit: Edit) -> DayProposal:
        """What the edit would make of the day, judged. Frozen for what would move what has begun, EditError for what
        makes no sense.
        """
        return self._whole(self.inner.proposed(self._inside(edit)))

    def best_places(self, visit: str, **wishes) -> list[Place]:
        """As `places.best_places`, after what has begun; none for a visit that has."""
        if self.has_begun(visit):
            return []
        return [self._place(each) for each in best_places(self.inner, visit, **wishes)]

    def alternatives(self, proposal: DayProposal) -> list[Place]:
        """As `places.alternatives`."""
        return [self._place(each) for each in alternatives(self.inner, proposal.inner)]

    def nearest_start(self, proposal: DayProposal) -> DayProposal | None:
        """As `places.nearest_start`."""
        found = nearest_start(self.inner, proposal.inner)
        return None if found is None else self._whole(found)

    def laid(self, solution: Solution) -> DayVerdict:
        """The day with other rounds: those of an earlier version. Times that do not hold any more are found anew.

        Frozen where these rounds have something else than what has begun; EditError where they need somebody who is
        away.
        """
        given = {route.staff: route for route in solution.routes}
        rounds = [self._rest_of(name, given.get(name, Route(name))) for name in {*given, *self.begun}]
        rounds = [each for each in rounds if each.visits]
        return self._with_last_visits(rounds)._with_rounds(rounds)

    def _with_rounds(self, rounds) -> DayVerdict:
        first = self._judged(check(self.inner.problem, Solution(rounds)))
        if not broken_rules(first):
            return first
        untimed = [Route(each.staff, [VisitStop(visit) for visit in each.visits]) for each in rounds]
        return self._judged(check(self.inner.problem, Solution(untimed)))

    def _with_last_visits(self, rounds) -> "DraftUnderWay":
        """Itself, with time for what people who go away during the day begin before that in these rounds."""
        rest = with_last_visits(self.day, self.inner.problem, rounds)
        return self if rest is self.inner.problem else DraftUnderWay(replace(self.going, rest=rest), self.why)

    def _rest_of(self, name, given: Route) -> Route:
        """What a round has after what has begun, its breaks counted among those that are left."""
        begun = self.begun.get(name, [])
        if given.visits[: len(begun)] != begun:
            missing = next((visit for visit in begun if visit not in given.visits), begun[-1] if begun else None)
            raise self._frozen(missing)
        for visit in given.visits[len(begun) :]:
            if self.has_begun(visit):
                raise self._frozen(visit)
        rest = given.visits[len(begun) :]
        if rest and name not in self.inner.problem.staff_by_id:
            raise EditError("{0} is away and cannot have " + ", ".join(rest) + ".", name)
        if not rest:
            return Route(name)
        left = breaks_left(self.day, self.problem.staff_by_id[name])
        stops, passed = [], 0
        for stop in given.stops:
            if isinstance(stop, VisitStop):
                passed += 1
                if passed > len(begun):
                    stops.append(replace(stop, arrive=None if begun and not stops else stop.arrive))
            elif stop.index in left:
                stops.append(BreakStop(left.index(stop.index), stop.start, stop.leave))
        return Route(name, stops)

    # From the whole day to what is left of it

    def _inside(self, edit: Edit) -> Edit:
        return getattr(self, f"_inside_{type(edit).__name__.lower()}")(edit)

    def _inside_move(self, edit: Move):
        self._check_ahead(edit.visit)
        return replace(edit, place=self._place_ahead(edit.staff, edit.place))

    def _inside_swap(self, edit: Swap):
        self._check_ahead(edit.visit)
        self._check_ahead(edit.other)
        return edit

    def _inside_takeout(self, edit: TakeOut):
        self._check_ahead(edit.visit)
        return edit

    def _inside_putin(self, edit: PutIn):
        self._check_ahead(edit.visit)
        if edit.staff is not None:
            self._check_works(edit.staff)
        return replace(edit, places=tuple((name, self._place_ahead(name, place)) for name, place in edit.places))

    def _inside_movebreak(self, edit: MoveBreak):
        self._check_works(edit.staff)
        person = self.problem.staff_by_id.get(edit.staff)
        if person is not None and 0 <= edit.index < len(person.breaks):
            left = breaks_left(self.day, person)
            if edit.index not in left:
                raise Frozen("The break of {0} is over or has begun: it stays where it is.", edit.staff)
            edit = replace(edit, index=left.index(edit.index))
        return replace(edit, place=self._place_ahead(edit.staff, edit.place))

    def _inside_setstart(self, edit: SetStart):
        self._check_ahead(edit.visit)
        return edit

    def _inside_reorder(self, edit: Reorder):
        self._check_works(edit.staff)
        begun = self.begun.get(edit.staff, [])
        if list(edit.visits[: len(begun)]) != begun:
            moved = next(visit for at, visit in enumerate(begun) if edit.visits[at : at + 1] != (visit,))
            raise self._frozen(moved)
        return replace(edit, visits=edit.visits[len(begun) :])

    def _inside_improve(self, edit: Improve):
        self._check_works(edit.staff)
        return edit

    _inside_clear = _inside_improve

    def _check_works(self, name):
        if name in self.away:
            raise EditError("{0} is away and gets nothing more to do.", name)

    def _check_ahead(self, visit):
        if self.has_begun(visit):
            raise self._frozen(visit)

    def _frozen(self, visit) -> Frozen:
        words, staff = self.why(visit)
        return Frozen(f"{visit} stays where it is: {words}", *staff, visit=visit)

    def _place_ahead(self, name, place):
        self._check_works(name)
        if place is None:
            return None
        begun = self.begun.get(name, [])
        if 0 <= place < len(begun):
            raise self._frozen(begun[place])
        return place - len(begun)

    # And back

    def _whole(self, inner: Proposal) -> DayProposal:
        return DayProposal(
            edit=self._edit_of(inner.edit),
            before=self.standing,
            verdict=self._judged(inner.verdict),
            retimed=inner.retimed,
            inner=inner,
        )

    def _edit_of(self, edit: Edit) -> Edit:
        if isinstance(edit, Move) and edit.place is not None:
            return replace(edit, place=edit.place + len(self.begun.get(edit.staff, [])))
        if isinstance(edit, PutIn):
            places = tuple((name, place + len(self.begun.get(name, []))) for name, place in edit.places)
            return replace(edit, places=places)
        if isinstance(edit, Reorder):
            return replace(edit, visits=(*self.begun.get(edit.staff, []), *edit.visits))
        if isinstance(edit, MoveBreak):
            left = breaks_left(self.day, self.problem.staff_by_id[edit.staff])
            place = None if edit.place is None else edit.place + len(self.begun.get(edit.staff, []))
            return replace(edit, index=left[edit.index], place=place)
        return edit

    def _place(self, found: Place) -> Place:
        begun = self.begun.get(found.staff, [])
        return Place(
            staff=found.staff,
            place=found.place + len(begun),
            after=found.after or (begun[-1] if begun else None),
            proposal=self._whole(found.proposal),
        )

    def _judged(self, inner: Verdict) -> DayVerdict:
        """The verdict on the whole day with these rounds ahead."""
        whole = self.going.whole(inner.routes)
        verdict = check(self.problem, whole)
        known = {_key(violation) for violation in verdict.violations}
        only = [violation for violation in inner.violations if _key(violation) not in known]
        only = tuple(only + self._begun_after_leaving(inner.routes))
        return DayVerdict(
            **{name: getattr(verdict, name) for name in Verdict.__dataclass_fields__}
            | {"violations": [*only, *verdict.violations]},
            ahead=(self.inner.problem, inner),
            ahead_only=only,
        )

    def _begun_after_leaving(self, rounds) -> list[Violation]:
        """Time for the last visit is no time for others: who goes away begins nothing after that."""
        broken = []
        for each in rounds:
            leaves = self.day.leaves_off.get(each.staff)
            for stop in each.stops if leaves is not None else ():
                if isinstance(stop, VisitStop) and stop.start >= leaves:
                    detail = f"begins at {stop.start}, away from {leaves} on"
                    broken.append(Violation("away", each.staff, stop.visit, detail, found=stop.start, limit=leaves))
        return broken


def _key(violation):
    return violation.rule, violation.staff, violation.visit
