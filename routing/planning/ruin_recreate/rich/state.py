"""A plan under construction, as arrays: who serves what after what, and when.

Routes are linked lists of nodes: tasks first, then a node for the start of each day, then one for its end. A trial
changes the plan in place and writes down what it changes, so that it can be taken back.
"""

from collections import namedtuple

import numpy as np

from .columns import (
    BEFORE,
    FLOOR,
    NEXT,
    NODE_COLUMNS,
    PAUSES,
    ROUTE_COLUMNS,
    START,
    UNSET,
    WHO,
)
from .compiled import part

# nodes, routes, costs: see columns. labels, label_costs, label_counts, chosen: ways to have come to a node; the second
# half of their rows belongs to the trial under way.
State = namedtuple("State", "nodes routes costs labels label_costs label_counts chosen")
# log (node, column, before), numbers (see below), queue of nodes, raised (trial, times) per node, trial per node whose
# labels belong to it, touched (trial) and list of people, their rows before, ways to take breaks on a leg.
Work = namedtuple("Work", "log numbers queue raised relabelled touched people routes_before costs_before ways")
LOGGED, HEAD, TAIL, TRIAL, TOUCHED = range(5)
QUEUE = 1 << 12
WAYS = 512


def new_state(day) -> State:
    """A plan that serves nothing."""
    tasks, people, breaks = len(day.task_visit), len(day.staff), day.breaks.shape[1]
    several = day.windows.shape[1] > 1
    labels = min(64, 4 << breaks) if breaks else 8 if several else 1
    total = tasks + 2 * people
    nodes = np.full((total, NODE_COLUMNS), UNSET, dtype=np.int64)
    nodes[:, WHO] = -1
    for k in range(people):
        start, end = tasks + k, tasks + people + k
        nodes[start, NEXT], nodes[end, BEFORE] = end, start
        nodes[start, BEFORE] = nodes[end, NEXT] = -1
        nodes[[start, end], WHO] = k
    return State(
        nodes=nodes,
        routes=np.zeros((people, ROUTE_COLUMNS), dtype=np.int64),
        costs=np.zeros((people, 2)),
        labels=np.zeros((2 * total, labels, PAUSES + breaks), dtype=np.int64),
        label_costs=np.zeros((2 * total, labels)),
        label_counts=np.zeros(2 * total, dtype=np.int64),
        chosen=np.zeros(2 * total, dtype=np.int64),
    )


def new_work(day, state) -> Work:
    """Room to work in."""
    nodes, people = len(state.nodes), len(day.staff)
    return Work(
        log=np.zeros((64 * nodes + 1024, 3), dtype=np.int64),
        numbers=np.zeros(8, dtype=np.int64),
        queue=np.zeros(QUEUE, dtype=np.int64),
        raised=np.zeros((nodes, 2), dtype=np.int64),
        relabelled=np.zeros(nodes, dtype=np.int64),
        touched=np.zeros(people, dtype=np.int64),
        people=np.zeros(people, dtype=np.int64),
        routes_before=np.zeros((people, ROUTE_COLUMNS), dtype=np.int64),
        costs_before=np.zeros((people, 2)),
        ways=np.zeros((WAYS, 3 + day.breaks.shape[1]), dtype=np.int64),
    )


@part
def copy(source, target):
    """Makes one plan the same as another."""
    for node in range(len(source.nodes)):
        for column in range(NODE_COLUMNS):
            target.nodes[node, column] = source.nodes[node, column]
        if source.labels.shape[1] > 1:
            copy_labels(source, node, target, node)
    for person in range(len(source.routes)):
        for column in range(ROUTE_COLUMNS):
            target.routes[person, column] = source.routes[person, column]
        for column in range(2):
            target.costs[person, column] = source.costs[person, column]


@part
def copy_labels(source, row, target, target_row):
    """Copies the labels of one node."""
    target.label_counts[target_row] = source.label_counts[row]
    target.chosen[target_row] = source.chosen[row]
    for i in range(source.label_counts[row]):
        target.label_costs[target_row, i] = source.label_costs[row, i]
        for column in range(source.labels.shape[2]):
            target.labels[target_row, i, column] = source.labels[row, i, column]


@part
def begin(work):
    """A new trial."""
    work.numbers[TRIAL] += 1
    work.numbers[LOGGED] = work.numbers[HEAD] = work.numbers[TAIL] = work.numbers[TOUCHED] = 0


@part
def put(state, work, node, column, value):
    """Changes a figure of a node so that it can be taken back. False: the log is full, the trial must end."""
    at = work.numbers[LOGGED]
    if at >= len(work.log):
        return False
    work.log[at, 0], work.log[at, 1], work.log[at, 2] = node, column, state.nodes[node, column]
    work.numbers[LOGGED] = at + 1
    state.nodes[node, column] = value
    return True


@part
def touch(state, work, person):
    """Keeps a person's figures as they were before the trial."""
    if work.touched[person] == work.numbers[TRIAL]:
        return
    work.touched[person] = work.numbers[TRIAL]
    work.people[work.numbers[TOUCHED]] = person
    work.numbers[TOUCHED] += 1
    for column in range(ROUTE_COLUMNS):
        work.routes_before[person, column] = state.routes[person, column]
    for column in range(2):
        work.costs_before[person, column] = state.costs[person, column]


@part
def take_back(state, work):
    """Undoes the trial, but for the links of the lists."""
    for at in range(work.numbers[LOGGED] - 1, -1, -1):
        state.nodes[work.log[at, 0], work.log[at, 1]] = work.log[at, 2]
    for at in range(work.numbers[TOUCHED]):
        person = work.people[at]
        for column in range(ROUTE_COLUMNS):
            state.routes[person, column] = work.routes_before[person, column]
        for column in range(2):
            state.costs[person, column] = work.costs_before[person, column]
    work.numbers[LOGGED] = work.numbers[TOUCHED] = 0
    work.numbers[TRIAL] += 1


@part
def link_in(state, task, after, person):
    """Puts a task behind a node."""
    following = state.nodes[after, NEXT]
    state.nodes[after, NEXT] = task
    state.nodes[task, BEFORE] = after
    state.nodes[task, NEXT] = following
    state.nodes[following, BEFORE] = task
    state.nodes[task, WHO] = person
    state.nodes[task, START] = UNSET
    state.nodes[task, FLOOR] = UNSET


@part
def link_out(state, task):
    """Takes a task out of its route."""
    before, following = state.nodes[task, BEFORE], state.nodes[task, NEXT]
    state.nodes[before, NEXT] = following
    state.nodes[following, BEFORE] = before
    state.nodes[task, WHO] = -1
    state.nodes[task, START] = UNSET
