"""What a route and a whole plan cost, compiled: the same figures as the judge's."""

from .columns import (
    BEFORE,
    BREAKS,
    CLOCK,
    CLOSES,
    COUNT,
    DEMAND,
    DISLIKE,
    DRIVE,
    END,
    FIRST,
    FREE,
    HALVES,
    HOME,
    IDLE,
    IDLE_LONGEST,
    IDLE_NEXT,
    IDLEST,
    LABELLED,
    LAST_START,
    LATE,
    LATE_COST,
    LATEST,
    LATEST_VISIT,
    LENGTH,
    LOAD,
    LOCATION,
    LONG,
    MAX_LATE,
    NEXT,
    OPENS,
    OTHER,
    OVERTIME,
    PAUSES,
    PRIZE,
    PULL,
    PUSH,
    REQUIRED,
    ROWS,
    SERVICE,
    SOFT_COST,
    START,
    TIER,
    TRAVEL,
    UNSET,
    W_MAX_IDLE,
    W_MAX_LATE,
    W_WAITING,
    WAIT,
    WATCHED,
    WHO,
    WINDOWS,
)
from .compiled import inlined, part
from .pauses import arrival, departure
from .timing import row_of


@part
def account(day, state, work, person):
    """Figures of a route anew from its list and starts: exact, where trials only carry on from what was."""
    nodes, tasks, people = state.nodes, len(day.task_visit), len(day.staff)
    labelled, soft = day.staff[person, LABELLED], 0.0
    count = load = drive = latest = 0
    travel, place, node = 0.0, day.staff[person, HOME], nodes[tasks + person, NEXT]
    rows = day.staff[person, ROWS]
    nodes[tasks + person, FREE] = day.staff[person, OPENS]
    while node < tasks:
        visit = day.task_visit[node]
        there = day.visits[visit, LOCATION]
        drive += day.seconds[rows + place, there]
        travel += day.cost[rows + place, there]
        count += 1
        load += day.visits[visit, DEMAND]
        latest = max(latest, nodes[node, LATE])
        if node == day.visits[visit, FIRST]:
            soft += nodes[node, LATE] * day.prices[visit, LATE_COST]
        nodes[node, FREE] = nodes[node, START] + day.visits[visit, SERVICE]
        if labelled:
            row = row_of(state, work, node)
            for i in range(state.label_counts[row]):
                nodes[node, FREE] = min(nodes[node, FREE], state.labels[row, i, CLOCK])
        place, node = there, nodes[node, NEXT]
    if count:
        drive += day.seconds[rows + place, day.staff[person, END]]
        travel += day.cost[rows + place, day.staff[person, END]]
        soft += max(0, nodes[node, START] - day.staff[person, CLOSES]) * day.overtime_cost[person]
    state.routes[person, COUNT], state.routes[person, LOAD] = count, load
    state.routes[person, DRIVE], state.routes[person, MAX_LATE] = drive, latest
    state.costs[person, TRAVEL] = travel
    if not count:
        state.costs[person, SOFT_COST] = 0
    elif not labelled:
        state.costs[person, SOFT_COST] = soft
    _bounds(day, state, person, tasks + people + person)
    if day.staff[person, WATCHED]:
        watch(day, state, work, person)


@inlined
def _bounds(day, state, person, node):
    """The latest start of each stop that keeps the rest possible, links and breaks aside."""
    tasks, rows = len(day.task_visit), day.staff[person, ROWS]
    latest, place = day.staff[person, CLOSES] + day.staff[person, OVERTIME], day.staff[person, END]
    state.nodes[node, LATEST] = latest
    node = state.nodes[node, BEFORE]
    while node < tasks:
        visit = day.task_visit[node]
        there = day.visits[visit, LOCATION]
        latest -= day.seconds[rows + there, place] + day.visits[visit, SERVICE]
        latest = min(latest, day.visits[visit, LAST_START])
        state.nodes[node, LATEST] = latest
        place, node = there, state.nodes[node, BEFORE]


@part
def watch(day, state, work, person):
    """Waiting, idle time and length of a day whose starts are put off as far as its lateness and end allow.

    Returns (first start then, seconds of work and travel): for days that must be shorter.
    """
    nodes, tasks, figures = state.nodes, len(day.task_visit), state.routes[person]
    opens, closes, rows = day.staff[person, OPENS], day.staff[person, CLOSES], day.staff[person, ROWS]
    end = tasks + len(day.staff) + person
    last = nodes[end, BEFORE]
    if last >= tasks:
        figures[WAIT] = figures[LONG] = 0
        figures[IDLE] = closes - opens
        return closes, 0
    visit = day.task_visit[last]
    leave = nodes[last, START] + day.visits[visit, SERVICE]
    travel = day.seconds[rows + day.visits[visit, LOCATION], day.staff[person, END]]
    count = day.staff[person, BREAKS]
    returns = arrival(day, person, _pauses(state, work, end), count, leave, travel)
    worked, first, departs = travel, nodes[last, START], 0
    node = last
    while True:
        visit = day.task_visit[node]
        worked += day.visits[visit, SERVICE]
        before = nodes[node, BEFORE]
        place = day.staff[person, HOME] if before >= tasks else day.visits[day.task_visit[before], LOCATION]
        travel = day.seconds[rows + place, day.visits[visit, LOCATION]]
        pauses = _pauses(state, work, node)
        departs = departure(day, person, pauses, count, first, travel)
        if before >= tasks:
            break
        worked += travel
        first = _put_off(day, state, before, departs, pauses, count)
        node = before
    paused = _paused(day, state, work, person, end, count, first, returns)
    figures[WAIT] = max(0, returns - first - worked - paused)
    figures[LONG] = returns - departs
    closes = max(closes, returns)
    rested = _paused(day, state, work, person, end, count, opens, closes)
    figures[IDLE] = closes - opens - worked - travel - rested
    return first, worked + travel


@inlined
def _pauses(state, work, node):
    """Starts of the breaks on the leg to a node; NEVER for those elsewhere."""
    row = row_of(state, work, node)
    return state.labels[row, state.chosen[row], PAUSES:]


@inlined
def _put_off(day, state, task, leave, pauses, count):
    """The latest start that leaves by `leave` and before the breaks of the next leg, as late as now; now if tied."""
    visit, now = day.task_visit[task], state.nodes[task, START]
    if is_tied(day, state, task):
        return now
    for b in range(count):
        leave = min(leave, pauses[b])
    limit = now
    for w in range(day.visits[visit, WINDOWS]):
        if day.windows[visit, w, 0] <= now <= day.windows[visit, w, 1]:
            limit = max(limit, day.windows[visit, w, 1])
    return max(now, min(limit, leave - day.visits[visit, SERVICE]))


@part
def is_tied(day, state, task):
    """Whether the start of a task binds another task that is served."""
    visit = day.task_visit[task]
    if day.visits[visit, HALVES] > 1:
        return True
    for row in range(day.link_from[visit], day.link_from[visit + 1]):
        gap = day.links[row, PUSH] != UNSET or day.links[row, PULL] != UNSET
        if gap and state.nodes[day.visits[day.links[row, OTHER], FIRST], WHO] >= 0:
            return True
    return False


@part
def _paused(day, state, work, person, end, count, opens, closes):
    """Seconds of break between two times."""
    total, node = 0, end
    while node < len(day.task_visit) or node == end:
        pauses = _pauses(state, work, node)
        for b in range(count):
            if pauses[b] < closes:
                total += max(0, min(closes, pauses[b] + day.breaks[person, b, LENGTH]) - max(pauses[b], opens))
        node = state.nodes[node, BEFORE]
    return total


@inlined
def count_unserved(day, state, unserved, row):
    """Fills a row of `unserved`: required visits left out, then by tier. Returns prizes and preferences lost."""
    for level in range(unserved.shape[1]):
        unserved[row, level] = 0
    cost = 0.0
    for visit in range(len(day.visits)):
        first = day.visits[visit, FIRST]
        if state.nodes[first, WHO] < 0:
            cost += day.prices[visit, PRIZE]
            unserved[row, 0] += day.visits[visit, REQUIRED]
            if day.visits[visit, TIER] >= 0:
                unserved[row, 1 + day.visits[visit, TIER]] += 1
        elif day.prices[visit, DISLIKE]:
            for task in range(first, first + day.visits[visit, HALVES]):
                if day.disliked[visit, state.nodes[task, WHO]]:
                    cost += day.prices[visit, DISLIKE]
                    break
    return cost


@inlined
def note_worst(state, worst):
    """The greatest lateness, and the longest idle time, of all people; whose it is, and the next longest."""
    worst[LATEST_VISIT] = worst[IDLE_LONGEST] = worst[IDLE_NEXT] = 0
    worst[IDLEST] = -1
    for person in range(len(state.routes)):
        worst[LATEST_VISIT] = max(worst[LATEST_VISIT], state.routes[person, MAX_LATE])
        idle = state.routes[person, IDLE]
        if worst[IDLEST] < 0 or idle > worst[IDLE_LONGEST]:
            worst[IDLE_NEXT], worst[IDLE_LONGEST] = worst[IDLE_LONGEST], max(0, idle)
            worst[IDLEST] = person
        else:
            worst[IDLE_NEXT] = max(worst[IDLE_NEXT], idle)


@inlined
def driving_costs(day, state):
    """Everything but prizes and preferences."""
    cost = latest = idle = 0.0
    for person in range(len(day.staff)):
        cost += state.costs[person, TRAVEL] + state.costs[person, SOFT_COST]
        cost += state.routes[person, WAIT] * day.weights[W_WAITING]
        latest = max(latest, state.routes[person, MAX_LATE])
        idle = max(idle, state.routes[person, IDLE])
    return cost + latest * day.weights[W_MAX_LATE] + idle * day.weights[W_MAX_IDLE]
