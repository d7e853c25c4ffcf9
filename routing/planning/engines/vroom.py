"""VROOM: fast heuristics and local search. It answers once, so it hears a wish to stop only before it begins.

VROOM serves as much priority (0 to 100 a visit) as it can and looks at travel after that; a visit that is not worth its
way is taken out afterwards.
"""

import itertools
import re
from datetime import timedelta

import numpy as np
import vroom

from routing.planning.engines.answer import Best
from routing.planning.engines.base import SolveOptions
from routing.planning.engines.greedy import unsupported_features
from routing.planning.engines.nodes import Nodes, span, unsupported_costs
from routing.planning.engines.repair import kept, without_losses
from routing.planning.problem import ALWAYS, Problem
from routing.planning.reasons import impossible_visits
from routing.planning.solution import Solution
from routing.planning.timetable import BREAKS_PERMUTED, best_label

HIGHEST_PRIORITY = 100
LARGEST_NUMBER = (1 << 32) - 1
# Beside required visits, prizes share the lower half.
HIGHEST_BESIDE_REQUIRED = 50
# CPU seconds for 100 visits at exploration levels 0 to 5, and how they grow with the number of visits: measured on 100
# and 300 visits of `home_visits` (seeds 101 and 102). The level is the highest that fits into the budget.
SECONDS_AT_100 = (0.18, 0.45, 0.9, 1.7, 3.2, 5.6)
GROWTH = 2.5


class VroomEngine:
    """VROOM on as many threads as there are workers; the number does not change the answer."""

    name = "vroom"

    def unsupported(self, problem: Problem) -> list[str]:
        features = unsupported_features(problem) + unsupported_costs(problem)
        if any(pause.place == "stop" for person in problem.staff for pause in person.breaks):
            features.append('breaks at stops only (place: "stop")')
        if any(visit.late_cost is not None for visit in problem.visits):
            features.append("late costs (late_cost)")
        if any(visit.preferred_staff and visit.preference_cost for visit in problem.visits):
            features.append("costs of staff who are not preferred (preference_cost)")
        if any(person.max_duration is not None for person in problem.staff):
            features.append("max_duration")
        if any(person.overtime and person.overtime_cost for person in problem.staff):
            features.append("overtime that costs")
        if priorities(problem) is None:
            tiers = len(problem.tiers)
            features.append(f"strict tiers for {len(problem.visits)} visits in {tiers} tiers (priorities end at 100)")
        if _largest_number(problem) > LARGEST_NUMBER:
            features.append(f"times, legs or loads above {LARGEST_NUMBER:,}")
        return features

    def solve(self, problem: Problem, options: SolveOptions) -> Solution:
        best = Best(problem, options, self.name)
        if options.start:
            best.offer(kept(problem, options.start))
        if problem.visits and problem.staff and not best.should_stop():
            answer = _answer(problem, options, best)
            best.offer(without_losses(problem, kept(problem, answer)))
        if best.solution is None:
            best.offer({})
        return best.finished()


def _largest_number(problem):
    """The largest time, leg or load that VROOM would have to hold."""
    numbers = [span(problem)[1], *(visit.service for visit in problem.visits), *problem.capacity.values()]
    numbers += [sum(visit.demand for visit in problem.visits)]
    numbers += [pause.duration for person in problem.staff for pause in person.breaks]
    numbers += [int(matrix.max()) for matrix in (*problem.durations, *problem.drivens) if len(matrix)]
    return max(numbers)


def priorities(problem: Problem) -> dict[str, int] | None:
    """A priority for each visit, by id: exact where there are tiers (None where 0 to 100 is too little), else in
    proportion to prizes, and the highest for required visits.
    """
    if problem.tiers:
        return _ladder(problem)
    optional = [visit for visit in problem.visits if not visit.required]
    dearest = max((visit.prize for visit in optional), default=0)
    top = HIGHEST_PRIORITY if len(optional) == len(problem.visits) else HIGHEST_BESIDE_REQUIRED
    worth = {visit.id: max(1, round(top * visit.prize / dearest)) if visit.prize else 0 for visit in optional}
    return {visit.id: worth.get(visit.id, HIGHEST_PRIORITY) for visit in problem.visits}


def _ladder(problem):
    found, below = {visit.id: 0 for visit in problem.visits}, 0
    levels = [[v.id for v in problem.visits if v.tier == tier and not v.required] for tier in reversed(problem.tiers)]
    for level in [*levels, [visit.id for visit in problem.visits if visit.required]]:
        step = below + 1
        if level and step > HIGHEST_PRIORITY:
            return None
        found.update(dict.fromkeys(level, step))
        below += step * len(level)
    return found


def _answer(problem, options, best):
    """Visit ids in order by staff id of VROOM's one answer."""
    steps = dict(options.start or {})
    while True:
        given, is_empty = _input(problem, steps)
        if is_empty:
            return {}
        bound = {} if options.iterations is not None else {"timeout": timedelta(seconds=max(0.01, best.left))}
        level = _level(problem, options, best.left)
        try:
            found = given.solve(exploration_level=level, nb_threads=options.workers, **bound)
            break
        except vroom._vroom.VroomInputException as error:
            # Where breaks and windows are tight, VROOM cannot follow an order that it could well find by itself.
            refused = re.fullmatch(r"Infeasible route for vehicle (\d+)\.", str(error))
            if not refused or not steps.pop(problem.staff[int(refused[1])].id, None):
                raise
    orders = {person.id: [] for person in problem.staff}
    for row in found._routes_numpy():  # the public table is a pandas frame of the same rows, much slower to make
        if row["type"] == b"job":
            orders[problem.staff[row["vehicle_id"]].id].append(problem.visits[row["id"]].id)
    return orders


def _level(problem, options, seconds):
    """The exploration level: with iterations the highest up to that number, so that the clock decides nothing."""
    if options.iterations is not None:
        return min(5, options.iterations)
    larger = (len(problem.visits) / 100) ** GROWTH
    fitting = [level for level, each in enumerate(SECONDS_AT_100) if each * larger <= seconds * options.workers]
    return max(fitting, default=0)


def _input(problem, start):
    """(VROOM's input, whether there is nothing to solve). Ids are positions in the problem."""
    origin, horizon = span(problem)
    nodes, hopeless = Nodes(problem), impossible_visits(problem)
    usable = [n for n, person in enumerate(problem.staff) if best_label(problem, person, [], {}) is not None]
    able, jobs, worth = {}, [], priorities(problem)  # able: set of people -> the skill that stands for it
    for number, visit in enumerate(problem.visits):
        people = frozenset(n for n in usable if problem.may_serve(problem.staff[n], visit))
        windows = _windows(_starts(visit), origin, horizon)
        if people and windows and visit.id not in hopeless:
            jobs.append(
                vroom.Job(
                    number,
                    number,
                    default_service=visit.service,
                    delivery=[visit.demand],
                    skills={able.setdefault(people, len(able))},
                    priority=worth[visit.id],
                    time_windows=windows,
                )
            )
    known = {job.id for job in jobs}
    steps = {n: _steps(problem, start, problem.staff[n], known) for n in usable}
    vehicles = [_vehicle(problem, nodes, n, able, steps[n], origin, horizon) for n in usable]
    given = vroom.Input()
    for way, duration, driven in zip(problem.ways, problem.durations, problem.drivens, strict=True):
        given.set_durations_matrix(_profile(way), nodes.legs(duration).astype(np.uint32))
        if problem.objective != "duration":
            given.set_costs_matrix(_profile(way), nodes.legs(driven).astype(np.uint32))
    given.add_vehicle(vehicles)
    given.add_job(jobs)
    return given, not jobs or not vehicles


def _vehicle(problem, nodes, number, able, steps, origin, horizon):
    person = problem.staff[number]
    shift = _windows([(person.shift[0], person.shift[1] + person.overtime)], origin, horizon)
    pauses = [
        vroom.Break(index, _windows(pause.windows, origin, horizon), service=pause.duration)
        for index, pause in enumerate(_break_order(person))
    ]
    limits = {} if person.max_visits is None else {"max_tasks": person.max_visits}
    if person.max_drive is not None:
        limits["max_travel_time"] = person.max_drive
    carried = sum(visit.demand for visit in problem.visits)
    return vroom.Vehicle(
        number,
        profile=_profile(person.profile),
        start=nodes.starts[number],
        end=nodes.ends[number],
        capacity=[problem.capacity.get(person.id, carried)],
        skills={skill for people, skill in able.items() if number in people},
        time_window=shift[0],
        breaks=pauses,
        steps=steps,
        **limits,
    )


def _profile(way):
    """VROOM's name of a travel profile; the library's own default stands for ours."""
    return "car" if way is None else f"by {way}"


def _break_order(person):
    """The breaks in an order in which they can be taken: VROOM refuses people whose breaks it cannot take as listed."""
    by_closing = sorted(person.breaks, key=lambda pause: max(pause.windows)[1])
    if len(person.breaks) > BREAKS_PERMUTED:
        return by_closing
    for order in itertools.permutations(by_closing):
        clock = person.shift[0]
        for pause in order:
            clock = min((max(clock, a) for a, b in pause.windows if clock <= b), default=ALWAYS[1]) + pause.duration
        if clock <= person.shift[1] + person.overtime:
            return order
    return by_closing


def _steps(problem, start, person, known):
    """The order to begin from, as far as VROOM knows its visits."""
    numbers = {visit.id: number for number, visit in enumerate(problem.visits)}
    order = [numbers[name] for name in start.get(person.id, ()) if numbers.get(name) in known]
    if not order:
        return ()
    return [vroom.VehicleStep("start"), *(vroom.VehicleStep("single", n) for n in order), vroom.VehicleStep("end")]


def _starts(visit):
    if visit.pinned and visit.pinned.start is not None:
        return [(visit.pinned.start, visit.pinned.start)]
    return visit.start_windows


def _windows(pairs, origin, horizon):
    """Windows from the origin on, in order, those that touch joined: VROOM refuses others."""
    joined = []
    for opens, closes in sorted((max(0, a - origin), min(horizon, b - origin)) for a, b in pairs):
        if joined and opens <= joined[-1][1] + 1:
            joined[-1][1] = max(joined[-1][1], closes)
        elif opens <= closes:
            joined.append([opens, closes])
    return [vroom.TimeWindow(opens, closes) for opens, closes in joined]
