"""A planning problem as arrays for the compiled search.

A task is one person's part of a visit: a visit for two people has two tasks, whose starts are tied. Times are int64
seconds, costs float64. Places are renumbered to those in use; the last one is nowhere, zero from and to everywhere.
"""

from collections import namedtuple

import numpy as np

from routing.planning.problem import Problem, lateness

from . import columns as c

# visits, prices: per visit; windows [visit, window, opens/closes]; task_visit; staff, overtime_cost: per person; breaks
# [person, break, column], pauses [person, break, window, opens/closes], missed [person, break]; able [task, person];
# disliked [visit, person]; seconds, cost [from, to], one matrix below the other for each way of travelling (whose rows
# are whose: staff[:, ROWS]); links of visit v: rows link_from[v] to link_from[v + 1]; members of bundle b likewise;
# cluster of each visit; near [visit, rank]: other visits, the closest first; weights.
Day = namedtuple(
    "Day",
    "visits prices windows task_visit staff overtime_cost breaks pauses missed able disliked seconds cost "
    "links link_from members member_from cluster near weights",
)
MOST_NEIGHBOURS = 300


def day_of(problem: Problem) -> Day:
    """The problem as arrays."""
    seconds, cost, place = _places(problem)
    links, link_from = _links(problem)
    bundle = _components(problem, [link for link in problem.links if link.together])
    members, member_from = _grouped(bundle)
    visits, prices, windows = _visits(problem, place, bundle, np.diff(link_from) > 0)
    task_visit = np.repeat(np.arange(len(problem.visits)), [visit.staff_required for visit in problem.visits])
    able, disliked = _people(problem, visits, task_visit)
    breaks, pauses, missed = _breaks(problem)
    weights = problem.weights
    return Day(
        visits=visits,
        prices=prices,
        windows=windows,
        task_visit=task_visit.astype(np.int64),
        staff=_staff(problem, place, able, disliked),
        overtime_cost=np.array([person.overtime_cost for person in problem.staff], dtype=float),
        breaks=breaks,
        pauses=pauses,
        missed=missed,
        able=able,
        disliked=disliked,
        seconds=seconds,
        cost=cost,
        links=links,
        link_from=link_from,
        members=members,
        member_from=member_from,
        cluster=np.array(_components(problem, problem.links), dtype=np.int64),
        near=_near(cost, visits[:, c.LOCATION]),
        weights=np.array([weights.travel, weights.waiting, weights.max_late, weights.max_idle], dtype=float),
    )


def _places(problem):
    """(seconds, cost, number of a place) over the places in use and nowhere, in the order of `ways`."""
    used = {visit.location for visit in problem.visits}
    used |= {place for person in problem.staff for place in (person.start, person.end) if place is not None}
    used = sorted(used)
    size = len(used) + 1
    seconds, driven = np.zeros((2, len(problem.ways), size, size), dtype=np.int64)
    if used:
        for way in range(len(problem.ways)):
            seconds[way, :-1, :-1] = problem.durations[way][np.ix_(used, used)]
            driven[way, :-1, :-1] = problem.drivens[way][np.ix_(used, used)]
    place = {location: i for i, location in enumerate(used)}
    place[None] = len(used)
    return seconds.reshape(-1, size), (driven * float(problem.weights.travel)).reshape(-1, size), place


def _visits(problem, place, bundle, linked):
    count = len(problem.visits)
    most = max([len(visit.windows) for visit in problem.visits], default=1)
    visits = np.zeros((count, c.VISIT_COLUMNS), dtype=np.int64)
    prices = np.zeros((count, 3))
    windows = np.zeros((count, max(1, most), 2), dtype=np.int64)
    tiers = {tier: i for i, tier in enumerate(problem.tiers)}
    task = 0
    for i, visit in enumerate(problem.visits):
        bounds, soft, late_max, fixed = _bounds(visit)
        windows[i, : len(bounds)] = np.array(bounds).reshape(-1, 2)
        row = visits[i]
        row[c.LOCATION], row[c.SERVICE], row[c.DEMAND] = place[visit.location], visit.service, visit.demand
        row[c.WINDOWS], row[c.SOFT], row[c.LATE_MAX], row[c.PIN_LATE] = len(bounds), soft, late_max, fixed
        row[c.LAST_START] = min(c.NEVER, max([closes for _, closes in bounds], default=c.UNSET) + late_max)
        row[c.REQUIRED], row[c.TIER] = visit.required, tiers.get(visit.tier, -1)
        row[c.FIRST], row[c.HALVES], row[c.BUNDLE] = task, visit.staff_required, bundle[i]
        row[c.TIED] = linked[i] or visit.staff_required > 1
        prices[i] = visit.late_cost or 0, visit.prize, visit.preference_cost if visit.preferred_staff else 0
        task += visit.staff_required
    return visits, prices, windows


def _bounds(visit):
    """(windows of the start, soft, most seconds late, lateness of a pinned start)."""
    start = visit.pinned.start if visit.pinned else None
    if start is not None:
        late = lateness(visit, start)
        allowed = late is not None and (not late or visit.late_cost is not None)
        if not allowed or (late and visit.late_max is not None and late > visit.late_max):
            return [], 0, 0, 0
        return [(start, start)], 0, 0, late
    bounds = list(visit.start_windows)
    if visit.late_cost is None:
        return bounds, 0, 0, 0
    return bounds, 1, c.NEVER if visit.late_max is None else visit.late_max, 0


def _people(problem, visits, task_visit):
    """(able [task, person], disliked [visit, person])."""
    able = np.zeros((len(task_visit), len(problem.staff)), dtype=np.bool_)
    disliked = np.zeros((len(problem.visits), len(problem.staff)), dtype=np.bool_)
    for i, visit in enumerate(problem.visits):
        pin = visit.pinned.staff if visit.pinned else None
        first = visits[i, c.FIRST]
        for k, person in enumerate(problem.staff):
            disliked[i, k] = bool(visit.preferred_staff) and person.id not in visit.preferred_staff
            if visits[i, c.WINDOWS] and problem.may_serve(person, visit):
                able[first : first + visit.staff_required, k] = pin is None or person.id != pin
                able[first, k] = pin in (None, person.id)
    return able, disliked


def _staff(problem, place, able, disliked):
    staff = np.zeros((len(problem.staff), c.STAFF_COLUMNS), dtype=np.int64)
    several = any(visit.late_cost is not None and len(visit.windows) > 1 for visit in problem.visits)
    watched = problem.weights.waiting or problem.weights.max_idle
    kinds = {}

    def bound(limit):
        return c.NEVER if limit is None else limit

    for k, person in enumerate(problem.staff):
        row = staff[k]
        row[c.HOME], row[c.END] = place[person.start], place[person.end]
        row[c.OPENS], row[c.CLOSES], row[c.OVERTIME] = *person.shift, person.overtime
        row[c.MOST_VISITS], row[c.LONGEST_DAY] = bound(person.max_visits), bound(person.max_duration)
        row[c.MOST_DRIVE], row[c.CAPACITY] = bound(person.max_drive), bound(problem.capacity.get(person.id))
        row[c.BREAKS] = len(person.breaks)
        row[c.ROWS] = problem.ways.index(person.profile) * len(place)
        row[c.LABELLED] = bool(person.breaks) or several
        row[c.WATCHED] = bool(watched) or person.max_duration is not None
        alike = (*row.tolist(), person.overtime_cost, person.breaks, able[:, k].tobytes(), disliked[:, k].tobytes())
        row[c.KIND] = kinds.setdefault(alike, len(kinds))
    return staff


def _breaks(problem):
    most = max([len(person.breaks) for person in problem.staff], default=0)
    spans = max([len(pause.windows) for person in problem.staff for pause in person.breaks], default=1)
    breaks = np.zeros((len(problem.staff), most, 4), dtype=np.int64)
    pauses = np.zeros((len(problem.staff), most, spans, 2), dtype=np.int64)
    missed = np.zeros((len(problem.staff), most))
    for k, person in enumerate(problem.staff):
        for b, pause in enumerate(person.breaks):
            breaks[k, b] = pause.duration, pause.required, pause.place != "stop", len(pause.windows)
            pauses[k, b, : len(pause.windows)] = sorted(pause.windows)
            missed[k, b] = pause.missed_cost
    return breaks, pauses, missed


def _links(problem):
    """Rows (other visit, least gap from me to it, least gap from it to me, same staff, different staff)."""
    index = {visit.id: i for i, visit in enumerate(problem.visits)}
    rows = [[] for _ in problem.visits]
    for link in problem.links:
        first, second = index[link.first], index[link.second]
        onward = c.UNSET if link.min_gap is None else link.min_gap
        back = c.UNSET if link.max_gap is None else -link.max_gap
        rows[first].append((second, onward, back, link.same_staff, link.different_staff))
        rows[second].append((first, back, onward, link.same_staff, link.different_staff))
    flat = [row for of_visit in rows for row in of_visit]
    links = np.array(flat, dtype=np.int64).reshape(len(flat), 5)
    return links, np.cumsum([0, *(len(of_visit) for of_visit in rows)]).astype(np.int64)


def _components(problem, links):
    """For each visit the number of the group that links tie it to."""
    index = {visit.id: i for i, visit in enumerate(problem.visits)}
    group = list(range(len(problem.visits)))

    def root(i):
        while group[i] != i:
            i = group[i]
        return i

    for link in links:
        one, two = sorted((root(index[link.first]), root(index[link.second])))
        group[two] = one
    return [root(i) for i in range(len(group))]


def _grouped(bundle):
    """(visits by bundle, where each bundle begins): bundles are numbered by their first visit."""
    order = sorted(range(len(bundle)), key=lambda i: (bundle[i], i))
    counts = np.bincount(np.array(bundle, dtype=np.int64), minlength=len(bundle)) if bundle else []
    return np.array(order, dtype=np.int64), np.cumsum([0, *counts]).astype(np.int64)


def _near(cost, location):
    """Other visits by travel there and back, whoever it costs least, the closest first."""
    count = len(location)
    apart = cost.reshape(-1, cost.shape[1], cost.shape[1]).min(axis=0)[np.ix_(location, location)]
    apart = apart + apart.T
    order = np.argsort(apart, axis=1, kind="stable")[:, : MOST_NEIGHBOURS + 1] if count else np.zeros((0, 0))
    return np.ascontiguousarray(order, dtype=np.int64)
