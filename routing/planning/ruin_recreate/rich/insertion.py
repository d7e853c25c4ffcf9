"""Where tasks fit best, compiled: single visits, and groups that are served together or not at all."""

from .accounts import note_worst
from .columns import (
    CAPACITY,
    COUNT,
    DEMAND,
    DIFFERENT,
    DISLIKE,
    DRIVE,
    END,
    FIRST,
    FREE,
    HALVES,
    HOME,
    IDLE_LONGEST,
    IDLE_NEXT,
    IDLEST,
    KIND,
    LAST_START,
    LATEST,
    LOAD,
    LOCATION,
    MOST_DRIVE,
    MOST_VISITS,
    NEVER,
    NEXT,
    OTHER,
    PRIZE,
    REQUIRED,
    ROWS,
    SAME,
    SERVICE,
    TIED,
    TIER,
    W_MAX_IDLE,
    W_WAITING,
    WAIT,
    WHO,
)
from .compiled import inlined, part
from .drawing import draw
from .placing import dropped, kept, pulled, tried
from .state import copy
from .timing import earliest

BLINK = 0.01  # share of places that are passed over, so that the best is not always taken (Christiaens, Vanden Berghe)


@inlined
def allowed(day, state, task, person):
    """Whether skills, counts, other halves and links let a person do a task, times aside."""
    visit = day.task_visit[task]
    if (
        not day.able[task, person]
        or state.routes[person, COUNT] >= day.staff[person, MOST_VISITS]
        or state.routes[person, LOAD] + day.visits[visit, DEMAND] > day.staff[person, CAPACITY]
    ):
        return False
    first = day.visits[visit, FIRST]
    for other in range(first, first + day.visits[visit, HALVES]):
        if other != task and state.nodes[other, WHO] == person:
            return False
    for row in range(day.link_from[visit], day.link_from[visit + 1]):
        other = day.links[row, OTHER]
        if day.links[row, DIFFERENT] and serves(day, state, other, person):
            return False
        if day.links[row, SAME] and not _shared(day, state, task, other, person):
            return False
    return True


@part
def serves(day, state, visit, person):
    first = day.visits[visit, FIRST]
    found = False
    for task in range(first, first + day.visits[visit, HALVES]):
        found |= state.nodes[task, WHO] == person
    return found


@inlined
def _shared(day, state, task, other, person):
    """Whether a visit with this task done by this person can still share somebody with another visit."""
    if serves(day, state, other, person):
        return True
    visit = day.task_visit[task]
    first, open_here, open_there = day.visits[visit, FIRST], False, False
    for half in range(first, first + day.visits[visit, HALVES]):
        if half != task:
            open_here |= state.nodes[half, WHO] < 0
            if state.nodes[half, WHO] >= 0 and serves(day, state, other, state.nodes[half, WHO]):
                return True
    first = day.visits[other, FIRST]
    for half in range(first, first + day.visits[other, HALVES]):
        open_there |= state.nodes[half, WHO] < 0
    return open_here or open_there


@inlined
def dislike(day, state, task, person):
    """What a person who is not preferred adds."""
    visit = day.task_visit[task]
    if not day.disliked[visit, person]:
        return 0.0
    first = day.visits[visit, FIRST]
    for other in range(first, first + day.visits[visit, HALVES]):
        if other != task and state.nodes[other, WHO] >= 0 and day.disliked[visit, state.nodes[other, WHO]]:
            return 0.0
    return day.prices[visit, DISLIKE]


@part
def find_places(day, state, work, room, chance, task, breadth, blink):
    """Fills room.places and room.place_costs with the best places, each with another person unless breadth is 1.

    Returns how many there are. A place is (person, node before).
    """
    visit = day.task_visit[task]
    floor = pulled(day, state, task)
    note_worst(state, room.worst)
    found, tasks = 0, len(day.task_visit)
    room.marks[0] += 1
    for person in range(len(day.staff)):
        if not allowed(day, state, task, person):
            continue
        if state.routes[person, COUNT] == 0:
            kind = day.staff[person, KIND]
            if room.kinds[kind] == room.marks[0]:
                continue
            room.kinds[kind] = room.marks[0]
        limit = room.place_costs[breadth - 1] if found == breadth else float(NEVER)
        cost, after = _best_in(day, state, work, room, chance, task, visit, person, floor, limit, blink, tasks)
        if after < 0:
            continue
        at = min(found, breadth - 1)
        found = min(found + 1, breadth)
        while at > 0 and room.place_costs[at - 1] > cost:
            room.place_costs[at] = room.place_costs[at - 1]
            room.places[at, 0], room.places[at, 1] = room.places[at - 1, 0], room.places[at - 1, 1]
            at -= 1
        room.place_costs[at] = cost
        room.places[at, 0], room.places[at, 1] = person, after
    return found


@inlined
def _best_in(day, state, work, room, chance, task, visit, person, floor, limit, blink, tasks):
    """(added cost, node before) of the cheapest place below `limit` in one route; node -1 where there is none."""
    nodes, best = state.nodes, -1
    here, service = day.visits[visit, LOCATION], day.visits[visit, SERVICE]
    last, disliked = day.visits[visit, LAST_START], dislike(day, state, task, person)
    rising = day.windows.shape[1] == 1  # who comes still later is never in time again for another window
    idling, waiting = _mendable(day, state, room.worst, visit, person)
    rows = day.staff[person, ROWS]
    before, place, here_on = tasks + person, rows + day.staff[person, HOME], rows + here
    empty = state.routes[person, COUNT] == 0
    while True:
        following = nodes[before, NEXT]
        onward = day.visits[day.task_visit[following], LOCATION] if following < tasks else day.staff[person, END]
        free = nodes[before, FREE]
        there, ahead = day.seconds[place, here], day.seconds[here_on, onward]
        start = max(free + there, floor)
        if max(free, floor) > last:
            return limit, best
        cost = day.cost[place, here] + day.cost[here_on, onward] + disliked
        drive = there + ahead
        if not empty:
            cost -= day.cost[place, onward]
            drive -= day.seconds[place, onward]
        busy = service + drive
        saved = min(busy, idling) * day.weights[W_MAX_IDLE] + min(busy, waiting) * day.weights[W_WAITING]
        if cost < limit + saved and start <= last and draw(chance) >= blink:
            start = earliest(day, visit, start)
            fits = start < NEVER and start + service + ahead <= nodes[following, LATEST]
            if fits and state.routes[person, DRIVE] + drive <= day.staff[person, MOST_DRIVE]:
                most = limit + saved - cost if rising else float(NEVER)
                added = tried(day, state, work, task, before, person, floor, room.worst, most)
                dropped(state, work, task)
                if cost + added < limit:
                    limit, best = cost + added, before
        if following >= tasks:
            return limit, best
        before, place = following, rows + onward


@inlined
def _mendable(day, state, worst, visit, person):
    """Seconds by which one more visit may shorten the longest idle time of all, and the waiting."""
    idling = worst[IDLE_LONGEST] - worst[IDLE_NEXT] if worst[IDLEST] == person else 0
    return idling, NEVER if day.visits[visit, TIED] else state.routes[person, WAIT]


@part
def place(day, state, work, room, task, person, after):
    """Puts a task where `find_places` found room for it."""
    note_worst(state, room.worst)
    added = tried(day, state, work, task, after, person, pulled(day, state, task), room.worst, float(NEVER))
    if added >= NEVER:
        dropped(state, work, task)
        return False
    kept(day, state, work)
    return True


@part
def insert(day, state, work, room, chance, count, breadth, blink):
    """Places the visits of room.group[:count], all or none, where that costs least and less than leaving them out.

    `breadth`: how many people are tried for the first task of several. Returns whether they are served.
    """
    worth, wanted, tasks = 0.0, False, 0
    for i in range(count):
        visit = room.group[i]
        worth += day.prices[visit, PRIZE]
        wanted |= day.visits[visit, REQUIRED] > 0 or day.visits[visit, TIER] >= 0
        for half in range(day.visits[visit, HALVES]):
            room.tasks[tasks] = day.visits[visit, FIRST] + half
            tasks += 1
    limit = float(NEVER) if wanted else worth
    if tasks == 1:
        found = find_places(day, state, work, room, chance, room.tasks[0], 1, blink)
        if found == 0 or room.place_costs[0] >= limit:
            return False
        return place(day, state, work, room, room.tasks[0], room.places[0, 0], room.places[0, 1])
    return _insert_several(day, state, work, room, chance, tasks, breadth, blink, limit)


@inlined
def _insert_several(day, state, work, room, chance, tasks, breadth, blink, limit):
    copy(state, room.before)
    found = find_places(day, state, work, room, chance, room.tasks[0], breadth, blink)
    for i in range(found):
        room.firsts[i, 0], room.firsts[i, 1] = room.places[i, 0], room.places[i, 1]
        room.first_costs[i] = room.place_costs[i]
    best = limit
    for i in range(found):
        if room.first_costs[i] >= best:
            break
        cost = room.first_costs[i]
        room.trail[0, 0], room.trail[0, 1] = room.firsts[i, 0], room.firsts[i, 1]
        done = place(day, state, work, room, room.tasks[0], room.firsts[i, 0], room.firsts[i, 1])
        for j in range(1, tasks):
            if not done:
                break
            done = find_places(day, state, work, room, chance, room.tasks[j], 1, blink) > 0
            if done:
                cost += room.place_costs[0]
                room.trail[j, 0], room.trail[j, 1] = room.places[0, 0], room.places[0, 1]
                done = cost < best and place(
                    day, state, work, room, room.tasks[j], room.places[0, 0], room.places[0, 1]
                )
        if done and cost < best:
            best = cost
            for j in range(tasks):
                room.best_trail[j, 0], room.best_trail[j, 1] = room.trail[j, 0], room.trail[j, 1]
        copy(room.before, state)
    if best >= limit:
        return False
    for j in range(tasks):
        if not place(day, state, work, room, room.tasks[j], room.best_trail[j, 0], room.best_trail[j, 1]):
            copy(room.before, state)
            return False
    return True
