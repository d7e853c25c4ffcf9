"""Steps of the search, compiled: take visits out, put them back, keep or forget."""

from collections import namedtuple

import numpy as np

from .accounts import count_unserved, driving_costs
from .columns import BEFORE, BUNDLE, FIRST, HALVES, HOME, LOCATION, PRIZE, REQUIRED, SERVICE, TIER, WHO, WINDOWS
from .compiled import inlined, kernel
from .drawing import below, draw
from .insertion import BLINK, allowed, insert, place
from .placing import settled, take_out
from .removal import choose
from .state import copy, link_in, new_state

MOST_BREADTH = 4
LARGEST_GROUP = 6  # visits that are placed jointly although links let them be served apart

# out, dirty, ruined: marks; order and key of what is absent; group of visits and their tasks to insert; places found;
# trails of places; kinds and marks: people alike; worst: see columns; before: the plan before a group;
# unserved: [now, before the step, best]; costs: [now, best].
Room = namedtuple(
    "Room",
    "out dirty ruined order key group tasks places place_costs firsts first_costs trail best_trail kinds marks worst "
    "before unserved costs",
)
NOW, EARLIER, BEST = range(3)
ALL_AT_ONCE = -1


def new_room(day) -> Room:
    visits, people, tasks = len(day.visits), len(day.staff), len(day.task_visit)
    tiers = 1 + int(day.visits[:, TIER].max(initial=-1))
    return Room(
        out=np.zeros(visits, dtype=np.bool_),
        dirty=np.zeros(people, dtype=np.bool_),
        ruined=np.zeros(people, dtype=np.bool_),
        order=np.zeros(visits, dtype=np.int64),
        key=np.zeros(visits),
        group=np.zeros(visits, dtype=np.int64),
        tasks=np.zeros(tasks, dtype=np.int64),
        places=np.zeros((MOST_BREADTH, 2), dtype=np.int64),
        place_costs=np.zeros(MOST_BREADTH),
        firsts=np.zeros((MOST_BREADTH, 2), dtype=np.int64),
        first_costs=np.zeros(MOST_BREADTH),
        trail=np.zeros((tasks, 2), dtype=np.int64),
        best_trail=np.zeros((tasks, 2), dtype=np.int64),
        kinds=np.zeros(people, dtype=np.int64),
        marks=np.zeros(1, dtype=np.int64),
        worst=np.zeros(4, dtype=np.int64),
        before=new_state(day),
        unserved=np.zeros((3, 1 + tiers), dtype=np.int64),
        costs=np.zeros(2),
    )


@kernel
def run(day, state, backup, best, work, room, chance, halves, done, count, planned, hot, cold):
    """`count` steps from step `done` of `planned`, the temperature falling from `hot` to `cold` over all of them.

    With `planned` 0 or ALL_AT_ONCE the first plan is made instead: from (task, person) in `halves`, in order, and what
    insertion adds.
    """
    first = planned <= 0
    for step in range(done, done + count):
        copy(state, backup)
        _note_unserved(room, NOW, EARLIER)
        earlier = room.costs[0]
        if first:
            _take_over(day, state, work, room, halves, planned == ALL_AT_ONCE)
        elif not _ruined(day, state, work, room, chance):
            _forget(room, state, backup, earlier)
            continue
        _recreate(day, state, work, room, chance, 0.0 if first else BLINK)
        room.costs[0] = total_cost(day, state, room)
        temperature = hot * (cold / hot) ** min(1.0, step / max(1, planned))
        if not first and not _acceptable(room, earlier, temperature * -np.log(1.0 - draw(chance))):
            _forget(room, state, backup, earlier)
        elif first or _is_best(room):
            copy(state, best)
            _note_unserved(room, NOW, BEST)
            room.costs[1] = room.costs[0]


@inlined
def _ruined(day, state, work, room, chance):
    """Takes some visits out. False where no times are found for the rest."""
    choose(day, state, room, chance)
    for person in range(len(day.staff)):
        room.dirty[person] = False
    for visit in range(len(day.visits)):
        if room.out[visit]:
            take_out(day, state, visit, room.dirty)
    return settled(day, state, work, room.dirty)


@inlined
def _take_over(day, state, work, room, halves, at_once):
    """Puts (task, person) at the end of routes: all as they are, where times are found for them all, else one by one
    as far as allowed, without what is then not whole.
    """
    end = len(day.task_visit) + len(day.staff)
    for person in range(len(day.staff)):
        room.dirty[person] = True
    if at_once:
        for i in range(len(halves)):
            link_in(state, halves[i, 0], state.nodes[end + halves[i, 1], BEFORE], halves[i, 1])
    if settled(day, state, work, room.dirty) and at_once:
        return
    for visit in range(len(day.visits)):
        take_out(day, state, visit, room.dirty)
    settled(day, state, work, room.dirty)
    for i in range(len(halves)):
        task, person = halves[i, 0], halves[i, 1]
        if state.nodes[task, WHO] < 0 and allowed(day, state, task, person):
            place(day, state, work, room, task, person, state.nodes[end + person, BEFORE])
    for visit in range(len(day.visits)):
        if not _is_whole(day, state, visit):
            take_out(day, state, visit, room.dirty)
    settled(day, state, work, room.dirty)


@inlined
def _is_whole(day, state, visit):
    """Whether all that must be served together with a visit is served by as many people as it needs."""
    bundle, whole = day.visits[visit, BUNDLE], True
    for i in range(day.member_from[bundle], day.member_from[bundle + 1]):
        first = day.visits[day.members[i], FIRST]
        for task in range(first, first + day.visits[day.members[i], HALVES]):
            whole &= state.nodes[task, WHO] >= 0
    return whole


@inlined
def _note_unserved(room, source, target):
    for level in range(room.unserved.shape[1]):
        room.unserved[target, level] = room.unserved[source, level]


@inlined
def _forget(room, state, backup, earlier):
    copy(backup, state)
    _note_unserved(room, EARLIER, NOW)
    room.costs[NOW] = earlier


@inlined
def total_cost(day, state, room):
    """The cost of the plan, prizes included; counts what is unserved into room.unserved."""
    return driving_costs(day, state) + count_unserved(day, state, room.unserved, NOW)


@inlined
def _acceptable(room, earlier, slack):
    """Fewer unserved in a more urgent tier always, more never, else by cost with some slack."""
    for level in range(room.unserved.shape[1]):
        if room.unserved[NOW, level] != room.unserved[EARLIER, level]:
            return room.unserved[NOW, level] < room.unserved[EARLIER, level]
    return room.costs[NOW] < earlier + slack


@inlined
def _is_best(room):
    for level in range(room.unserved.shape[1]):
        if room.unserved[NOW, level] != room.unserved[BEST, level]:
            return room.unserved[NOW, level] < room.unserved[BEST, level]
    return room.costs[0] < room.costs[1] - 1e-9 * abs(room.costs[1])


@inlined
def _sort(order, key, count):
    """Sorts both by key (Shell sort: nothing is allocated)."""
    gap = count // 2
    while gap:
        for i in range(gap, count):
            value, of = key[i], order[i]
            j = i
            while j >= gap and key[j - gap] > value:
                key[j], order[j] = key[j - gap], order[j - gap]
                j -= gap
            key[j], order[j] = value, of
        gap //= 2


@inlined
def _recreate(day, state, work, room, chance, blink):
    """Puts absent visits back, one bundle after the other in an order drawn anew; some groups jointly."""
    count = _absent(day, state, room, chance)
    _sort(room.order, room.key, count)
    joint, breadth = draw(chance) < 0.5, 1 + below(chance, MOST_BREADTH)
    for i in range(count):
        visit = room.order[i]
        if state.nodes[day.visits[visit, FIRST], WHO] >= 0:
            continue
        if joint:
            size = _cluster(day, state, room, visit)
            if size > 1 and insert(day, state, work, room, chance, size, breadth, blink):
                continue
        size = _bundle(day, room, visit, chance)
        insert(day, state, work, room, chance, size, breadth, blink)


@inlined
def _absent(day, state, room, chance):
    """Lists the first visit of each absent bundle with a key to sort by."""
    count, how = 0, draw(chance)
    spread = draw(chance) < 0.5  # linked visits one after the other, else each for itself
    for visit in range(len(day.visits)):
        if day.visits[visit, BUNDLE] != visit or state.nodes[day.visits[visit, FIRST], WHO] >= 0:
            continue
        room.order[count] = visit
        room.key[count] = _key(day, visit, how, draw(chance))
        if spread and day.cluster[visit] != visit:
            for i in range(count):
                if day.cluster[room.order[i]] == day.cluster[visit]:
                    room.key[count] = room.key[i]
        count += 1
    return count


@inlined
def _key(day, visit, how, chance):
    """Urgent first in half of the steps; within a tier by chance, work, window, prize or distance."""
    opens = day.windows[visit, 0, 0]
    closes = day.windows[visit, max(0, day.visits[visit, WINDOWS] - 1), 1]
    key = chance
    if how < 0.5:
        if how >= 0.4:
            key = -day.visits[visit, SERVICE] * day.visits[visit, HALVES] * (1 + 0.3 * chance)
        elif how >= 0.3:
            key = float(closes - opens) * (1 + 0.3 * chance)
        elif how >= 0.2:
            key = float(closes)
    elif how < 0.6:
        key = -day.prices[visit, PRIZE] * (1 + 0.3 * chance)
    elif how < 0.7:
        key = -day.cost[day.staff[0, HOME], day.visits[visit, LOCATION]] if len(day.staff) else chance
    elif how < 0.8:
        key = day.cost[day.staff[0, HOME], day.visits[visit, LOCATION]] if len(day.staff) else chance
    elif how < 0.9:
        key = float(opens)
    urgent = 2.0 * day.visits[visit, REQUIRED]
    if day.visits[visit, TIER] >= 0:
        urgent = max(urgent, 1.0 / (1 + day.visits[visit, TIER]))
    return key / (1 + abs(key)) - (4.0 * urgent if chance < 0.9 else 0.0)


@inlined
def _bundle(day, room, visit, chance):
    """The visits served together with one, in either order."""
    first, last = day.member_from[visit], day.member_from[visit + 1]
    back = draw(chance) < 0.5
    for i in range(last - first):
        room.group[i] = day.members[last - 1 - i if back else first + i]
    return last - first


@inlined
def _cluster(day, state, room, visit):
    """The absent visits that links tie to one; 0 where they are too many."""
    count = 0
    if day.link_from[visit] == day.link_from[visit + 1]:
        return 0
    for other in range(len(day.visits)):
        if day.cluster[other] == day.cluster[visit] and state.nodes[day.visits[other, FIRST], WHO] < 0:
            if count == LARGEST_GROUP:
                return 0
            room.group[count] = other
            count += 1
    return count
