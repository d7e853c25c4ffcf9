"""Times of one person's route, compiled, and what they ask of the routes that links tie to it.

A route without breaks is walked from the first change to the last; a route with breaks, or with a choice between being
late and waiting for another window, carries labels like timetable.py. Starts are only ever raised within a trial, so
that the fixed point over tied routes is reached from below: an order that can never come to rest (two people who wait
for each other) shows by raising one task again and again.
"""

from .columns import (
    BEFORE,
    BEGUN,
    BREAKS,
    CLOCK,
    CLOSES,
    END,
    FIRST,
    FLOOR,
    HALVES,
    HOME,
    LABELLED,
    LATE,
    LATE_COST,
    LATE_MAX,
    LOCATION,
    LONGEST_DAY,
    MAX_LATE,
    NEEDED,
    NEVER,
    NEXT,
    OPENS,
    OTHER,
    OVERTIME,
    PARENT,
    PAUSES,
    PIN_LATE,
    PUSH,
    ROWS,
    SERVICE,
    SOFT,
    SOFT_COST,
    START,
    TAKEN,
    TIED,
    UNSET,
    WHO,
    WINDOWS,
)
from .compiled import inlined, part
from .pauses import LEFT, MASK, SPENT, STARTS, arrival, ways_to_drive
from .state import HEAD, QUEUE, TAIL, TRIAL, copy_labels, put, touch

MOST_RAISES = 10  # of one task within a trial; a chain of links raises a task once for each of its links


@inlined
def lateness(day, visit, start):
    """Seconds past the end of the window meant."""
    if not day.visits[visit, SOFT]:
        return day.visits[visit, PIN_LATE]
    late = 0
    for w in range(day.visits[visit, WINDOWS]):
        if day.windows[visit, w, 0] > start:
            break
        late = start - day.windows[visit, w, 1]
        if late <= 0:
            return 0
    return late


@part
def earliest(day, visit, clock):
    """The earliest allowed start from `clock` on, however late; NEVER where there is none."""
    soft, late_max = day.visits[visit, SOFT], day.visits[visit, LATE_MAX]
    count = day.visits[visit, WINDOWS]
    for w in range(count):
        start = max(clock, day.windows[visit, w, 0])
        if start <= day.windows[visit, w, 1]:
            return start
        meant = w + 1 == count or day.windows[visit, w + 1, 0] > start
        if soft and meant and start - day.windows[visit, w, 1] <= late_max:
            return start
    return NEVER


@part
def propagate(day, state, work, task, most):
    """Times a route from a task on, then every route that this raises. False: no times, or none found, or a route
    becomes dearer by more than `most`.
    """
    numbers = work.numbers
    numbers[HEAD], numbers[TAIL] = 0, 1
    work.queue[0] = task
    while numbers[HEAD] < numbers[TAIL]:
        task = work.queue[numbers[HEAD] % QUEUE]
        numbers[HEAD] += 1
        if state.nodes[task, START] > UNSET and state.nodes[task, FLOOR] <= state.nodes[task, START]:
            continue
        person = state.nodes[task, WHO]
        touch(state, work, person)
        if day.staff[person, LABELLED]:
            timed = _labelled(day, state, work, person, task)
        else:
            timed = _walked(day, state, work, person, task)
        if not timed or state.costs[person, SOFT_COST] - work.costs_before[person, SOFT_COST] > most:
            return False
    return True


@inlined
def _walked(day, state, work, person, node):
    """Raises starts from a node on until nothing changes."""
    nodes, tasks, rows = state.nodes, len(day.task_visit), day.staff[person, ROWS]
    before = nodes[node, BEFORE]
    if before >= tasks:
        clock, place = day.staff[person, OPENS], rows + day.staff[person, HOME]
    else:
        visit = day.task_visit[before]
        clock, place = nodes[before, START] + day.visits[visit, SERVICE], rows + day.visits[visit, LOCATION]
    while node < tasks:
        visit = day.task_visit[node]
        clock += day.seconds[place, day.visits[visit, LOCATION]]
        start = earliest(day, visit, max(clock, nodes[node, FLOOR]))
        if start == nodes[node, START]:
            return True
        if start >= NEVER or not set_start(day, state, work, person, node, start):
            return False
        clock, place = start + day.visits[visit, SERVICE], rows + day.visits[visit, LOCATION]
        node = nodes[node, NEXT]
    clock += day.seconds[place, day.staff[person, END]]
    closes = day.staff[person, CLOSES]
    if clock - closes > day.staff[person, OVERTIME]:
        return False
    over = max(0, clock - closes) - max(0, nodes[node, START] - closes)
    state.costs[person, SOFT_COST] += over * day.overtime_cost[person]
    return put(state, work, node, START, clock)


@part
def set_start(day, state, work, person, task, start):
    """Notes a start and its lateness, and raises what is tied to it."""
    visit = day.task_visit[task]
    late = lateness(day, visit, start)
    state.routes[person, MAX_LATE] = max(state.routes[person, MAX_LATE], late)
    if not day.staff[person, LABELLED] and task == day.visits[visit, FIRST]:
        before = max(0, state.nodes[task, LATE]) if state.nodes[task, START] > UNSET else 0
        state.costs[person, SOFT_COST] += (late - before) * day.prices[visit, LATE_COST]
    if not (put(state, work, task, START, start) and put(state, work, task, LATE, late)):
        return False
    if state.nodes[task, FLOOR] > start and not _queue(work, task):
        return False  # raised by a later stop of the same route, after the labels of this one were made
    return not day.visits[visit, TIED] or _tell(day, state, work, task, visit, start)


@inlined
def _tell(day, state, work, task, visit, start):
    """Raises the other halves of a visit, and the visits that links tie to it."""
    first = day.visits[visit, FIRST]
    for other in range(first, first + day.visits[visit, HALVES]):
        if other != task and not _raise(state, work, other, start):
            return False
    for row in range(day.link_from[visit], day.link_from[visit + 1]):
        if day.links[row, PUSH] == UNSET:
            continue
        first = day.visits[day.links[row, OTHER], FIRST]
        for other in range(first, first + day.visits[day.links[row, OTHER], HALVES]):
            if not _raise(state, work, other, start + day.links[row, PUSH]):
                return False
    return True


@part
def _raise(state, work, task, floor):
    """Raises the floor of a task that is served, and queues it where its start must follow."""
    nodes = state.nodes
    if nodes[task, WHO] < 0 or nodes[task, FLOOR] >= floor:
        return True
    if not put(state, work, task, FLOOR, floor):
        return False
    return nodes[task, START] == UNSET or nodes[task, START] >= floor or _queue(work, task)


@part
def _queue(work, task):
    """A task to be timed anew. False where that has happened too often to come to rest."""
    numbers = work.numbers
    if work.raised[task, 0] != numbers[TRIAL]:
        work.raised[task, 0], work.raised[task, 1] = numbers[TRIAL], 0
    work.raised[task, 1] += 1
    if work.raised[task, 1] > MOST_RAISES or numbers[TAIL] - numbers[HEAD] >= QUEUE:
        return False
    work.queue[numbers[TAIL] % QUEUE] = task
    numbers[TAIL] += 1
    return True


@part
def row_of(state, work, node):
    """Where the labels of a node are: those of the trial under way, else those of the plan."""
    return node + len(state.nodes) if work.relabelled[node] == work.numbers[TRIAL] else node


@inlined
def _labelled(day, state, work, person, node):
    """Labels anew from a node on; then all starts of the route from the best way through it."""
    nodes, tasks, rows = state.nodes, len(day.task_visit), day.staff[person, ROWS]
    before = nodes[node, BEFORE]
    if before >= tasks:
        row = row_of(state, work, before)
        state.label_counts[row] = 1
        state.label_costs[row, 0] = 0
        state.labels[row, 0, CLOCK], state.labels[row, 0, TAKEN] = day.staff[person, OPENS], 0
        place = day.staff[person, HOME]
    else:
        place = day.visits[day.task_visit[before], LOCATION]
    while node >= 0:
        visit = day.task_visit[node] if node < tasks else -1
        there = day.visits[visit, LOCATION] if visit >= 0 else day.staff[person, END]
        _extend(day, state, work, person, before, node, visit, day.seconds[rows + place, there])
        if state.label_counts[row_of(state, work, node)] == 0:
            return False
        before, place, node = node, there, nodes[node, NEXT]
    return _choose(day, state, work, person, before)


@inlined
def _extend(day, state, work, person, before, node, visit, travel):
    """All labels of a node from those of the node before."""
    source = row_of(state, work, before)
    work.relabelled[node] = work.numbers[TRIAL]
    target = node + len(state.nodes)
    state.label_counts[target] = 0
    count = day.staff[person, BREAKS]
    for i in range(state.label_counts[source]):
        clock, taken = state.labels[source, i, CLOCK], state.labels[source, i, TAKEN]
        total = ways_to_drive(day, work.ways, person, count, clock, taken, travel)
        for w in range(total):
            reached = work.ways[w, SPENT] + work.ways[w, LEFT]
            if visit < 0:
                cost = _end_cost(day, person, count, reached, work.ways[w, MASK])
                if cost >= 0:
                    ends = _ends(day, work, person, w, count, clock, travel, reached)
                    _label(state, target, ends, work.ways, w, count, i, reached, state.label_costs[source, i] + cost)
            else:
                _starts(day, state, work, target, node, visit, w, count, i, state.label_costs[source, i], reached)


@inlined
def _ends(day, work, person, w, count, leave, travel, reached):
    """When a day is over: with the last break, but at the return where the length of the day is bounded, to which a
    break after it does not belong.
    """
    if day.staff[person, LONGEST_DAY] >= NEVER:
        return reached
    return arrival(day, person, work.ways[w, STARTS:], count, leave, travel)


@inlined
def _starts(day, state, work, target, node, visit, w, count, parent, cost, clock):
    """Labels for the starts that make sense: in the first window still open, or late for an earlier one."""
    clock = max(clock, state.nodes[node, FLOOR])
    service, soft = day.visits[visit, SERVICE], day.visits[visit, SOFT]
    price = day.prices[visit, LATE_COST] if node == day.visits[visit, FIRST] else 0.0
    windows = day.visits[visit, WINDOWS]
    for i in range(windows):
        start = max(clock, day.windows[visit, i, 0])
        if start <= day.windows[visit, i, 1]:
            late = price * day.visits[visit, PIN_LATE]
            _label(state, target, start + service, work.ways, w, count, parent, start, cost + late)
            return
        late = start - day.windows[visit, i, 1]
        meant = i + 1 == windows or day.windows[visit, i + 1, 0] > start
        if soft and meant and late <= day.visits[visit, LATE_MAX]:
            _label(state, target, start + service, work.ways, w, count, parent, start, cost + price * late)


@inlined
def _end_cost(day, person, count, clock, taken):
    """Overtime and missed breaks; below zero where the day must not end like this."""
    over = max(0, clock - day.staff[person, CLOSES])
    if over > day.staff[person, OVERTIME]:
        return -1.0
    cost = over * day.overtime_cost[person]
    for b in range(count):
        if not taken >> b & 1:
            if day.breaks[person, b, NEEDED]:
                return -1.0
            cost += day.missed[person, b]
    return cost


@part
def _label(state, row, clock, ways, w, count, parent, start, cost):
    """Adds a label unless another one is as early and as cheap with the same breaks taken."""
    labels, costs, taken = state.labels, state.label_costs, ways[w, MASK]
    kept = 0
    for i in range(state.label_counts[row]):
        if labels[row, i, TAKEN] == taken and labels[row, i, CLOCK] <= clock and costs[row, i] <= cost:
            return
    for i in range(state.label_counts[row]):
        if labels[row, i, TAKEN] == taken and labels[row, i, CLOCK] >= clock and costs[row, i] >= cost:
            continue
        if kept != i:
            for column in range(labels.shape[2]):
                labels[row, kept, column] = labels[row, i, column]
            costs[row, kept] = costs[row, i]
        kept += 1
    state.label_counts[row] = kept
    if kept == labels.shape[1]:
        return
    labels[row, kept, CLOCK], labels[row, kept, TAKEN] = clock, taken
    labels[row, kept, PARENT], labels[row, kept, BEGUN] = parent, start
    for b in range(count):
        labels[row, kept, PAUSES + b] = ways[w, STARTS + b]
    costs[row, kept] = cost
    state.label_counts[row] = kept + 1


@inlined
def _choose(day, state, work, person, node):
    """Follows the cheapest, then earliest, label back to the start of the day and notes all starts."""
    tasks, row = len(day.task_visit), row_of(state, work, node)
    best = 0
    for i in range(1, state.label_counts[row]):
        cheaper = state.label_costs[row, i] - state.label_costs[row, best]
        if cheaper < 0 or (cheaper == 0 and state.labels[row, i, CLOCK] < state.labels[row, best, CLOCK]):
            best = i
    state.costs[person, SOFT_COST] = state.label_costs[row, best]
    if not put(state, work, node, START, state.labels[row, best, CLOCK]):
        return False
    while True:
        _own_row(state, work, node)
        row = row_of(state, work, node)
        state.chosen[row] = best
        start = state.labels[row, best, BEGUN]
        changed = node < tasks and start != state.nodes[node, START]
        if changed and not set_start(day, state, work, person, node, start):
            return False
        best, node = state.labels[row, best, PARENT], state.nodes[node, BEFORE]
        if node < 0 or node >= tasks:
            return True


@inlined
def _own_row(state, work, node):
    """Copies a node's labels into the trial, before its choice changes."""
    if work.relabelled[node] != work.numbers[TRIAL]:
        copy_labels(state, node, state, node + len(state.nodes))
        work.relabelled[node] = work.numbers[TRIAL]


@part
def keep_labels(state, work, person):
    """Makes the labels of the trial those of the plan, for one person's route."""
    half = len(state.nodes)
    node = half - len(state.routes) + person  # the end of the day
    while node >= 0:
        if work.relabelled[node] == work.numbers[TRIAL]:
            copy_labels(state, node + half, state, node)
        node = state.nodes[node, BEFORE]
