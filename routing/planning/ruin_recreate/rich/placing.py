"""Putting tasks into a plan and taking visits out of it, compiled, with times and costs kept right."""

from .accounts import account, watch
from .columns import (
    FIRST,
    FLOOR,
    HALVES,
    IDLE,
    IDLE_LONGEST,
    LATEST_VISIT,
    LONG,
    LONGEST_DAY,
    MAX_LATE,
    NEVER,
    NEXT,
    OTHER,
    PULL,
    PUSH,
    SOFT_COST,
    START,
    TIED,
    UNSET,
    W_MAX_IDLE,
    W_MAX_LATE,
    W_WAITING,
    WAIT,
    WATCHED,
    WHO,
)
from .compiled import inlined, part
from .state import TOUCHED, begin, link_in, link_out, put, take_back, touch
from .timing import keep_labels, propagate

MOST_DEPARTURES = 8  # tried in one trial for days that are too long


@part
def pulled(day, state, task):
    """The earliest start that the other half and linked visits, as they are, allow."""
    visit, floor = day.task_visit[task], UNSET
    first = day.visits[visit, FIRST]
    for other in range(first, first + day.visits[visit, HALVES]):
        if other != task and state.nodes[other, WHO] >= 0:
            floor = max(floor, state.nodes[other, START])
    for row in range(day.link_from[visit], day.link_from[visit + 1]):
        if day.links[row, PULL] == UNSET:
            continue
        first = day.visits[day.links[row, OTHER], FIRST]
        for other in range(first, first + day.visits[day.links[row, OTHER], HALVES]):
            if state.nodes[other, WHO] >= 0:
                floor = max(floor, state.nodes[other, START] + day.links[row, PULL])
    return floor


@part
def tried(day, state, work, task, after, person, floor, worst, most):
    """Puts a task behind a node and times everything. Returns the soft cost that this adds, or NEVER; NEVER, too, where
    it is seen to be above `most`.

    The trial stays in place: `kept` or `dropped` must follow. `worst`: lateness and idle time now, each the largest of
    all people.
    """
    begin(work)
    link_in(state, task, after, person)
    state.nodes[task, FLOOR] = floor
    if not propagate(day, state, work, task, most):
        return float(NEVER)
    if day.weights[W_WAITING] or day.weights[W_MAX_IDLE]:
        _touch_partners(day, state, work, task)
    if not _shortened(day, state, work, most):
        return float(NEVER)
    added, latest = 0.0, worst[LATEST_VISIT]
    for at in range(work.numbers[TOUCHED]):
        other = work.people[at]
        added += state.costs[other, SOFT_COST] - work.costs_before[other, SOFT_COST]
        added += (state.routes[other, WAIT] - work.routes_before[other, WAIT]) * day.weights[W_WAITING]
        latest = max(latest, state.routes[other, MAX_LATE])
    added += (latest - worst[LATEST_VISIT]) * day.weights[W_MAX_LATE]
    if day.weights[W_MAX_IDLE]:
        idle = 0
        for other in range(len(day.staff)):
            idle = max(idle, state.routes[other, IDLE])
        added += (idle - worst[IDLE_LONGEST]) * day.weights[W_MAX_IDLE]
    return added


@part
def _shortened(day, state, work, most):
    """Watches every route that the trial has touched, and puts the departure off where a day is longer than allowed.

    Who returns as early as can be must depart so much later, even where that makes them late or misses a window that
    a start put off for nothing would not leave. False: no times are found like this.
    """
    for _ in range(MOST_DEPARTURES):
        at, is_long = 0, False
        while at < work.numbers[TOUCHED]:  # raising a start may touch further routes
            person = work.people[at]
            at += 1
            if not day.staff[person, WATCHED]:
                continue
            first, least = watch(day, state, work, person)
            excess = state.routes[person, LONG] - day.staff[person, LONGEST_DAY]
            if excess <= 0:
                continue
            if least > day.staff[person, LONGEST_DAY]:
                return False
            is_long, task = True, state.nodes[len(day.task_visit) + person, NEXT]
            if not put(state, work, task, FLOOR, first + excess) or not propagate(day, state, work, task, most):
                return False
        if not is_long:
            return True
    return False


@inlined
def _touch_partners(day, state, work, task):
    """What is tied to a task cannot be put off any more: waiting is to be counted anew on those routes, too."""
    visit = day.task_visit[task]
    if not day.visits[visit, TIED]:
        return
    first = day.visits[visit, FIRST]
    for other in range(first, first + day.visits[visit, HALVES]):
        if state.nodes[other, WHO] >= 0:
            touch(state, work, state.nodes[other, WHO])
    for row in range(day.link_from[visit], day.link_from[visit + 1]):
        first = day.visits[day.links[row, OTHER], FIRST]
        for other in range(first, first + day.visits[day.links[row, OTHER], HALVES]):
            if state.nodes[other, WHO] >= 0:
                touch(state, work, state.nodes[other, WHO])


@inlined
def dropped(state, work, task):
    """Takes a trial back."""
    take_back(state, work)
    link_out(state, task)


@inlined
def kept(day, state, work):
    """Makes a trial part of the plan."""
    for at in range(work.numbers[TOUCHED]):
        person = work.people[at]
        keep_labels(state, work, person)
        account(day, state, work, person)


@part
def settled(day, state, work, dirty):
    """Times of all routes marked in `dirty` and of those tied to them, from nothing. False: none found.

    After visits were taken out, since starts may then be earlier.
    """
    _tie(day, state, dirty)
    nodes, tasks, people = state.nodes, len(day.task_visit), len(day.staff)
    begin(work)
    for person in range(people):
        if dirty[person]:
            state.costs[person, SOFT_COST] = state.routes[person, MAX_LATE] = 0
            node = nodes[tasks + person, NEXT]
            while node >= 0:
                nodes[node, START] = nodes[node, FLOOR] = UNSET
                node = nodes[node, NEXT]
    for person in range(people):
        first = nodes[tasks + person, NEXT]
        if dirty[person] and first < tasks and not propagate(day, state, work, first, float(NEVER)):
            return False
    if not _shortened(day, state, work, float(NEVER)):
        return False
    for person in range(people):
        if dirty[person]:
            keep_labels(state, work, person)
            account(day, state, work, person)
    return True


@inlined
def _tie(day, state, dirty):
    """Marks the routes that are tied, over any number of others, to marked ones."""
    nodes, tasks = state.nodes, len(day.task_visit)
    changed = len(day.links) > 0 or tasks > len(day.visits)
    while changed:
        changed = False
        for task in range(tasks):
            if nodes[task, WHO] >= 0 and dirty[nodes[task, WHO]]:
                changed |= _tie_partners(day, state, dirty, task)


@inlined
def _tie_partners(day, state, dirty, task):
    visit, changed = day.task_visit[task], False
    first = day.visits[visit, FIRST]
    for other in range(first, first + day.visits[visit, HALVES]):
        changed |= _mark(state, dirty, other)
    for row in range(day.link_from[visit], day.link_from[visit + 1]):
        if day.links[row, PUSH] == UNSET and day.links[row, PULL] == UNSET:
            continue
        first = day.visits[day.links[row, OTHER], FIRST]
        for other in range(first, first + day.visits[day.links[row, OTHER], HALVES]):
            changed |= _mark(state, dirty, other)
    return changed


@inlined
def _mark(state, dirty, task):
    person = state.nodes[task, WHO]
    if person < 0 or dirty[person]:
        return False
    dirty[person] = True
    return True


@part
def take_out(day, state, visit, dirty):
    """Takes a visit out of all routes it is on, and marks them; times are for `settled` to mend."""
    first = day.visits[visit, FIRST]
    for task in range(first, first + day.visits[visit, HALVES]):
        if state.nodes[task, WHO] >= 0:
            dirty[state.nodes[task, WHO]] = True
            _tie_partners(day, state, dirty, task)  # which may be put off again
            link_out(state, task)
