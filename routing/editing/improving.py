"""Another order for one person's day: depth first over all orders, cut where an order so far is no better than another
over the same visits, or cannot become better than the best one known.

Two clocks are carried along, with the break still to come and with the break taken, as in `planning.slack`. They are
exact for hard windows and one break; the judge has the last word on every better order. Up to about ten visits all
orders are looked at; longer days end after a number of steps, with the best order found until then.
"""

from routing.planning.problem import Staff
from routing.planning.slack import NEVER, break_bound, start_bounds

from .draft import Draft
from .edits import EditError, NothingBetter, Reorder
from .timing import broken_rules

# Orders begun: a tenth of a second.
MOST_STEPS = 12_000


def better_order(draft: Draft, staff: str) -> list[str]:
    """The cheapest order found that keeps every rule. NothingBetter where the present one is."""
    visits = draft.orders[staff]
    person = draft.problem.staff_by_id.get(staff)
    if person is None or any(name not in draft.problem.visit_by_id for name in visits):
        raise EditError("This round has visits or people that are no longer in the plan: correct that first.")
    search = _Search(draft, person, visits)
    search.run()
    if search.best is None:
        raise NothingBetter("No better order was found for the round of {0}.", staff)
    return search.best


class _Search:
    def __init__(self, draft, person: Staff, visits):
        self.draft, self.person = draft, person
        self.tasks = [draft.problem.visit_by_id[name] for name in visits]
        self.seconds = draft.problem.duration_of(person)
        self.driven = draft.problem.driven_of(person)
        self.bounds = [start_bounds(task) for task in self.tasks]
        self.pause = break_bound(person)
        # Any order that keeps the rules is better than one that does not.
        sound = not broken_rules(draft.standing)
        self.limit = draft.standing.cost.total if sound else float("inf")
        self.least_drive = self._driven_along(range(len(visits))) if sound else float("inf")
        self.nearest = self._shortest_way_in()
        self.best, self.steps, self.known = None, 0, {}

    def _leg(self, matrix, one, two):
        return 0 if one is None or two is None else matrix.item(one, two)

    def _driven_along(self, order):
        places = [self.person.start, *(self.tasks[index].location for index in order), self.person.end]
        return sum(self._leg(self.driven, one, two) for one, two in zip(places, places[1:], strict=False))

    def _shortest_way_in(self):
        """For each visit the shortest leg that can lead to it; last: the shortest way home."""
        places = [task.location for task in self.tasks]
        ways = []
        for index, place in enumerate(places):
            others = [other for at, other in enumerate(places) if at != index]
            ways.append(min(self._leg(self.driven, other, place) for other in [self.person.start, *others]))
        ways.append(min(self._leg(self.driven, place, self.person.end) for place in places))
        return ways

    def run(self):
        opens = self.person.shift[0]
        clocks = (opens, NEVER) if self.pause else (NEVER, opens)
        self._extend((), self.person.start, clocks, 0, sum(self.nearest))

    def _extend(self, order, place, clocks, driven, left):
        """`left`: what the rest drives at the least."""
        if len(order) == len(self.tasks):
            self._offer(order, driven + self._leg(self.driven, place, self.person.end))
            return
        chosen = set(order)
        following = [index for index in range(len(self.tasks)) if index not in chosen]
        following.sort(key=lambda index: self._leg(self.driven, place, self.tasks[index].location))
        for index in following:
            if self.steps >= MOST_STEPS:
                return
            self.steps += 1
            task = self.tasks[index]
            so_far = driven + self._leg(self.driven, place, task.location)
            rest = left - self.nearest[index]
            if so_far + rest >= self.least_drive:
                continue
            reached = self._begun(index, self._drive(clocks, self._leg(self.seconds, place, task.location)))
            if min(reached) >= NEVER or self._is_known((frozenset((*order, index)), index), so_far, reached):
                continue
            self._extend((*order, index), task.location, reached, so_far, rest)

    def _drive(self, clocks, travel):
        pending, taken = clocks
        if not self.pause:
            return NEVER, taken + travel
        opens, closes, duration = self.pause
        with_break = max(opens + duration, pending + travel + duration) if pending <= closes else NEVER
        return min(pending + travel, NEVER), min(taken + travel, with_break, NEVER)

    def _begun(self, index, clocks):
        task = self.tasks[index]
        return tuple(
            min((max(clock, opens) for opens, closes in self.bounds[index] if clock <= closes), default=NEVER)
            + task.service
            if clock < NEVER
            else NEVER
            for clock in clocks
        )

    def _is_known(self, key, driven, clocks):
        """Whether another order over the same visits with the same end is at least as short and as early."""
        others = self.known.setdefault(key, [])
        if any(d <= driven and p <= clocks[0] and t <= clocks[1] for d, p, t in others):
            return True
        others.append((driven, *clocks))
        return False

    def _offer(self, order, driven):
        if driven >= self.least_drive:
            return
        names = tuple(self.tasks[index].id for index in order)
        proposal = self.draft.proposed(Reorder(self.person.id, names))
        if proposal.feasible and proposal.verdict.cost.total < self.limit:
            self.best, self.least_drive = list(names), driven
            self.limit = proposal.verdict.cost.total
