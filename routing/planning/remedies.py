"""What would let an unserved visit be served: remedies as data, and how one is applied.

    add           nothing changes: it fits as the plan stands
    shift_end     `staff` ends `amount` seconds later
    shift_start   `staff` starts `amount` seconds earlier
    window_end    window `window` of the visit closes `amount` seconds later
    window_start  window `window` of the visit opens `amount` seconds earlier
    pin_start     the fixed start moves by `amount` seconds to `bound`
    pin_staff     `staff` does it instead of the person it is fixed to
    skill         `staff` has `skills` too
    allow         `staff` may do it, who is excluded or not listed now
    max_visits    `amount` visits more for `staff`
    capacity      `staff` carries `amount` more
    max_drive     `staff` may drive `amount` seconds more
    max_duration  `staff` may be out `amount` seconds longer
    gap           link `link` is kept less strictly by `amount` seconds
    move          the visits `moved` wait for another day
    second        somebody in addition comes to the visit for `shift`, beside `staff`
    extra         one more person works `shift` from place `base`, where the day of `staff` begins

A missed break is no remedy.
"""

from dataclasses import replace

from .problem import Pin, Problem, Staff, Visit
from .solution import Remedy


def apply_remedy(problem: Problem, remedy: Remedy) -> Problem:
    """The problem as it would be after the change. Raises KeyError for people or visits that it does not know."""
    return _CHANGES[remedy.kind](problem, remedy)


def orders_with(orders: dict[str, list[str]], remedy: Remedy) -> dict[str, list[str]]:
    """The plan (visit ids in order by staff id) with the visit where the remedy puts it; all else keeps its order."""
    gone = set(remedy.moved)
    orders = {name: [visit for visit in visits if visit not in gone] for name, visits in orders.items()}
    for name, place in remedy.places:
        orders.setdefault(name, []).insert(place, remedy.visit)
    return orders


def newcomer(problem: Problem) -> str:
    """A staff id that nobody has yet."""
    number = 1
    while f"extra-{number}" in problem.staff_by_id:
        number += 1
    return f"extra-{number}"


def with_person(problem: Problem, name, **changes) -> Problem:
    """The problem with fields of one person changed."""
    return _with_person(problem, replace(problem.staff_by_id[name], **changes))


def with_visit(problem: Problem, name, **changes) -> Problem:
    """The problem with fields of one visit changed."""
    return _with_visit(problem, replace(problem.visit_by_id[name], **changes))


def _with_person(problem, person: Staff):
    return replace(problem, staff=tuple(person if each.id == person.id else each for each in problem.staff))


def _with_visit(problem, visit: Visit):
    return replace(problem, visits=tuple(visit if each.id == visit.id else each for each in problem.visits))


def _add(problem, remedy):
    return problem


def _shift(problem, remedy):
    opens, closes = problem.staff_by_id[remedy.staff].shift
    if remedy.kind == "shift_end":
        return with_person(problem, remedy.staff, shift=(opens, closes + remedy.amount))
    return with_person(problem, remedy.staff, shift=(opens - remedy.amount, closes))


def _window(problem, remedy):
    visit = problem.visit_by_id[remedy.visit]
    windows = sorted(visit.windows)
    opens, closes = windows[remedy.window]
    if remedy.kind == "window_end":
        windows[remedy.window] = (opens, closes + remedy.amount)
    else:
        windows[remedy.window] = (opens - remedy.amount, closes)
    return with_visit(problem, visit.id, windows=tuple(windows))


def _pin_start(problem, remedy):
    pinned = problem.visit_by_id[remedy.visit].pinned
    return with_visit(problem, remedy.visit, pinned=Pin(pinned.staff, remedy.bound))


def _pin_staff(problem, remedy):
    pinned = problem.visit_by_id[remedy.visit].pinned
    return with_visit(problem, remedy.visit, pinned=Pin(remedy.staff, pinned.start))


def _skill(problem, remedy):
    person = problem.staff_by_id[remedy.staff]
    return with_person(problem, person.id, skills=person.skills | set(remedy.skills))


def _allow(problem, remedy):
    return _allowed(problem, remedy.visit, remedy.staff)


def _allowed(problem, name, staff):
    visit = problem.visit_by_id[name]
    only = None if visit.only_staff is None else visit.only_staff | {staff}
    return with_visit(problem, name, only_staff=only, not_staff=visit.not_staff - {staff})


def _limit(problem, remedy):
    person = problem.staff_by_id[remedy.staff]
    return with_person(problem, person.id, **{remedy.kind: getattr(person, remedy.kind) + remedy.amount})


def _capacity(problem, remedy):
    more = problem.capacity[remedy.staff] + remedy.amount
    return replace(problem, capacity={**problem.capacity, remedy.staff: more})


def _gap(problem, remedy):
    links = list(problem.links)
    link = links[remedy.link]
    least = None if link.min_gap is None else link.min_gap - remedy.amount
    most = None if link.max_gap is None else link.max_gap + remedy.amount
    links[remedy.link] = replace(link, min_gap=least, max_gap=most)
    return replace(problem, links=tuple(links))


def _move(problem, remedy):
    """Nobody may do the visits that wait: they stay in the problem, since leaving them out costs what it costs."""
    for name in remedy.moved:
        problem = with_visit(problem, name, only_staff=frozenset(), required=False)
    return problem


def _newcomer(problem, remedy):
    visit = problem.visit_by_id[remedy.visit]
    name = next(staff for staff, _ in remedy.places if staff not in problem.staff_by_id)
    person = Staff(name, remedy.base, remedy.base, remedy.shift, visit.skills)
    problem = replace(problem, staff=(*problem.staff, person))
    return _allowed(problem, visit.id, name)


_CHANGES = {
    "add": _add,
    "shift_end": _shift,
    "shift_start": _shift,
    "window_end": _window,
    "window_start": _window,
    "pin_start": _pin_start,
    "pin_staff": _pin_staff,
    "skill": _skill,
    "allow": _allow,
    "max_visits": _limit,
    "max_drive": _limit,
    "max_duration": _limit,
    "capacity": _capacity,
    "gap": _gap,
    "move": _move,
    "second": _newcomer,
    "extra": _newcomer,
}
KINDS = tuple(_CHANGES)
