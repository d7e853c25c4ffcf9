"""People for the parts: as many as a part's work asks for, near it, and its share of every skill."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from routing.planning.problem import Problem

# An abundant skill needs no even share: so many times the work that asks for it is enough in any part. Well above 1,
# since people with a rare skill do other work, too.
ENOUGH = 2.5
MOST_SWAPS = 400


class Workload:
    """What visits ask for and what people offer, in seconds, in columns: all work, and the work of each skill.

    Where capacities bound demands, a last column holds these.
    """

    def __init__(self, problem: Problem, driving: np.ndarray):
        """`driving`: seconds of driving to expect for each visit."""
        skills = sorted({skill for visit in problem.visits for skill in visit.skills})
        column = {skill: 1 + i for i, skill in enumerate(skills)}
        width = 1 + len(skills) + bool(problem.capacity)
        self.needed = np.zeros((len(problem.visits), width))
        self.offered = np.zeros((len(problem.staff), width))
        for i, visit in enumerate(problem.visits):
            seconds = (visit.service + driving[i]) * visit.staff_required
            self.needed[i, [0, *(column[skill] for skill in visit.skills)]] = seconds
            if problem.capacity:
                self.needed[i, -1] = visit.demand
        longest = max(1.0, self.needed[:, 0].sum())
        usual = max(1.0, float(np.median(self.needed[:, 0]))) if len(self.needed) else 1.0
        for i, person in enumerate(problem.staff):
            seconds = person.shift[1] - person.shift[0] - sum(rest.duration for rest in person.breaks if rest.required)
            bounds = [seconds, longest / len(problem.staff) * 2]  # days without an end count as twice the usual one
            bounds += [person.max_duration] if person.max_duration is not None else []
            bounds += [person.max_visits * usual] if person.max_visits is not None else []
            self.offered[i, [0, *(column[skill] for skill in person.skills if skill in column)]] = max(0, min(bounds))
            if problem.capacity:
                self.offered[i, -1] = problem.capacity.get(person.id, self.needed[:, -1].sum())


def assigned(workload: Workload, labels: np.ndarray, distances: np.ndarray, fixed: dict[int, int]) -> np.ndarray:
    """The part of each person. `labels`: the part of each visit; `distances`: (staff, parts), how far each lives.

    `fixed`: the part of people who are bound to visits there.
    """
    parts = distances.shape[1]
    if not len(distances):
        return np.zeros(0, dtype=np.int64)
    needed = np.stack([np.bincount(labels, weights=column, minlength=parts) for column in workload.needed.T], axis=1)
    homes = _by_distance(needed[:, 0], distances, fixed)
    _swap_for_skills(workload.offered, needed, homes, distances, fixed)
    return homes


def _by_distance(work, distances, fixed):
    """As many people as the share of the work, with the least distance in all."""
    people, parts = distances.shape
    homes = np.full(people, -1, dtype=np.int64)
    for person, part in fixed.items():
        homes[person] = part
    seats = _shares(work, people) - np.bincount(homes[homes >= 0], minlength=parts)
    free = np.flatnonzero(homes < 0)
    spare = np.repeat(np.arange(parts), np.maximum(0, seats))
    rows, columns = linear_sum_assignment(distances[np.ix_(free, spare)])
    homes[free[rows]] = spare[columns]
    return homes


def _shares(work, people):
    """People for each part by the largest remainders; at least one each where there are enough."""
    total = work.sum()
    exact = work / total * people if total > 0 else np.full(len(work), people / len(work))
    shares = np.floor(exact).astype(np.int64)
    for part in np.argsort(shares - exact, kind="stable")[: people - shares.sum()]:
        shares[part] += 1
    while people >= len(work) and shares.min() == 0:
        shares[shares.argmax()] -= 1
        shares[shares.argmin()] += 1
    return shares


def _swap_for_skills(offered, needed, homes, distances, fixed):
    """Exchanges people between parts as long as that brings each part nearer to its share of a skill.

    A shortage counts squared and in parts of what is asked for; among equal exchanges the one with least distance.
    """
    totals = needed.sum(axis=0)
    enough = np.minimum(ENOUGH, offered.sum(axis=0) / np.maximum(totals, 1e-9))
    wanted = needed * enough
    scale = np.maximum(totals * enough / len(needed), 1e-9)
    far = max(1e-9, float(distances.mean()))
    free = np.array([person for person in range(len(homes)) if person not in fixed], dtype=np.int64)

    def shortage(supply, part):
        return (np.maximum(0, (wanted[part] - supply) / scale) ** 2).sum(axis=-1)

    held = np.stack([offered[homes == part].sum(axis=0) for part in range(len(needed))])
    for _ in range(MOST_SWAPS if len(free) else 0):
        now = shortage(held, np.arange(len(needed)))
        part = int(now.argmax())
        best = (-1e-6, None, None)
        theirs = free[homes[free] != part]
        for mine in free[homes[free] == part]:
            change = offered[theirs] - offered[mine]
            other = homes[theirs]
            gain = shortage(held[part] + change, part) - now[part] + shortage(held[other] - change, other) - now[other]
            gain += (
                1e-3
                * (distances[theirs, part] + distances[mine, other] - distances[theirs, other] - distances[mine, part])
                / far
            )
            if len(gain) and gain.min() < best[0]:
                best = (gain.min(), mine, theirs[gain.argmin()])
        _, mine, other = best
        if mine is None:
            return
        held[part] += offered[other] - offered[mine]
        held[homes[other]] -= offered[other] - offered[mine]
        homes[mine], homes[other] = homes[other], part
