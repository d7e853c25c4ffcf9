"""The best places for one visit in a plan that stays as it is otherwise: a quick test of every place first, then the
judge.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from routing.planning.obstacles import person_obstacles
from routing.planning.openings import Openings
from routing.planning.slack import Days
from routing.planning.ties import Ties
from routing.planning.trials import Trials

from .draft import Draft, Proposal
from .edits import EditError, Move, PutIn, SetStart

MOST_PLACES = 3
# Judged places for one question: the cheapest by travel.
MOST_TRIED = 12


@dataclass(frozen=True)
class Place:
    """A place where every rule is kept. `staff` and `place` as in Move; `after`: the visit before it, None: it is the
    first.
    """

    staff: str
    place: int
    after: str | None
    proposal: Proposal


def best_places(draft: Draft, visit: str, *, from_staff=None, staff=None, most=MOST_PLACES) -> list[Place]:
    """The cheapest places for a visit other than the one it has, each judged; in the day of `staff` only where given.

    Empty where no place keeps every rule. EditError for a visit that needs several people and is left out: their places
    hang together.
    """
    if visit in draft.served_by:
        source = draft.source(Move(visit, staff or "", None, from_staff or draft.served_by[visit][0]))
    elif draft.problem.visit_by_id[visit].staff_required > 1:
        raise EditError(f"{visit} needs several people at once.")
    else:
        source = None
    found, refused = [], 0
    for name, place in _by_cost(draft, visit, source, staff):
        proposal = _tried(draft, visit, source, name, place)
        if proposal is None:
            continue
        if proposal.feasible:
            found.append(Place(name, place, _before(draft, visit, name, place), proposal))
        else:
            refused += 1
        if len(found) == most or refused == MOST_TRIED:
            break
    return found


def _tried(draft, visit, source, name, place) -> Proposal | None:
    edit = Move(visit, name, place, source) if source else PutIn(visit, name, ((name, place),))
    try:
        return draft.proposed(edit)
    except EditError:
        return None  # where it is now


def _before(draft, visit, name, place):
    others = [other for other in draft.orders[name] if other != visit]
    return others[place - 1] if place else None


def _by_cost(draft: Draft, visit: str, source, staff) -> Iterator[tuple[str, int]]:
    """(person, place) pairs that the quick test lets through, the least travel first."""
    task = draft.problem.visit_by_id.get(visit)
    if task is None:
        return
    orders = {name: list(visits) for name, visits in draft.trials.orders.items()}
    if source in orders:
        orders[source] = [other for other in orders[source] if other != visit]
    trials = Trials(draft.problem, orders)
    ties = Ties(draft.problem, trials.days, trials.served_by)
    tied = bool(draft.problem.links) or any(len(servers) > 1 for servers in trials.served_by.values())
    days = Days(draft.problem, trials.days.rows, ties.bounds()) if tied else trials.days
    openings = Openings(days, task, ties.within(task))
    there = set(trials.served_by.get(visit, ()))
    free = np.array(
        [
            not obstacles and person.id not in there and staff in (None, person.id)
            for person, obstacles in zip(draft.problem.staff, person_obstacles(trials, task), strict=True)
        ],
        dtype=bool,
    )
    cost = np.where(openings.fits & free[:, None], openings.added, np.inf)
    for flat in np.argsort(cost, axis=None, kind="stable"):
        row, place = (int(part) for part in np.unravel_index(flat, cost.shape))
        if not np.isfinite(cost[row, place]):
            return
        yield draft.problem.staff[row].id, place


def place_with(draft: Draft, edit: Move) -> Move:
    """The move to the best place of its person; to the one with the least driving where none keeps every rule."""
    found = best_places(draft, edit.visit, from_staff=edit.from_staff, staff=edit.staff, most=1)
    if found:
        return replace(edit, place=found[0].place)
    visit = draft.problem.visit_by_id[edit.visit]
    return replace(edit, place=cheapest_place(draft, edit.staff, visit))


def cheapest_place(draft: Draft, staff: str, visit) -> int:
    """Where the visit adds the least driving to somebody's day, whatever else it breaks."""
    person = draft.problem.staff_by_id[staff]
    matrix = draft.problem.duration_of(person)
    known = draft.problem.visit_by_id
    stops = [known[name].location for name in draft.orders[staff] if name != visit.id]
    ways = []
    for place in range(len(stops) + 1):
        before = stops[place - 1] if place else person.start
        after = stops[place] if place < len(stops) else person.end
        added = 0 if before is None else matrix.item(before, visit.location)
        added += 0 if after is None else matrix.item(visit.location, after)
        added -= 0 if before is None or after is None else matrix.item(before, after)
        ways.append((added, place))
    return min(ways)[1]


def alternatives(draft: Draft, proposal: Proposal) -> list[Place]:
    """What could be done instead of a move that breaks a rule: the nearest place of the same person, then the best
    ones of anybody.
    """
    edit = proposal.edit
    if isinstance(edit, Move):
        visit, staff, place, source = edit.visit, edit.staff, edit.place, edit.from_staff
    elif isinstance(edit, PutIn) and len(edit.places) == 1:
        visit, (staff, place), source = edit.visit, edit.places[0], None
    else:
        return []
    same = best_places(draft, visit, from_staff=source, staff=staff, most=MOST_PLACES)
    nearest = sorted(same, key=lambda found: abs(found.place - place))[:1]
    others = best_places(draft, visit, from_staff=source)
    known = {(found.staff, found.place) for found in nearest}
    return [*nearest, *(found for found in others if (found.staff, found.place) not in known)][:MOST_PLACES]


def nearest_start(draft: Draft, proposal: Proposal) -> Proposal | None:
    """The start nearest to one that breaks a rule, in whole minutes, where every rule is kept; None where there is
    none, something else was asked for, or whoever has the visit does not work in the plan any more.
    """
    edit = proposal.edit
    if not isinstance(edit, SetStart) or edit.start is None or edit.visit not in draft.problem.visit_by_id:
        return None
    earliest = draft.proposed(SetStart(edit.visit, None))
    reached = [start for fact in earliest.verdict.facts.values() for name, start in fact.starts if name == edit.visit]
    if not reached:
        return None
    closes = [closes for _, closes in draft.problem.visit_by_id[edit.visit].start_windows]
    minutes = {-(-max(reached) // 60) * 60, *(closing // 60 * 60 for closing in closes)}
    for start in sorted(minutes, key=lambda minute: abs(minute - edit.start)):
        found = draft.proposed(SetStart(edit.visit, start))
        if found.feasible:
            return found
    return None
