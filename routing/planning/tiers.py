"""Prizes under which a search by cost serves tiers strictly in order.

A full guarantee needs, for every visit of a tier, a price above everything that all lower tiers, all prizes and the
largest possible travel can cost together. The ladder below is built like that, bottom up, so one search suffices.
Where the numbers would no longer fit an exact 64-bit sum (many tiers times many visits), it says so instead of
approximating.
"""

import numpy as np

from .problem import ALWAYS, Problem, Visit

LARGEST_SUM = 1 << 61
LAST_RANK = 1 << 30


def rank(visit: Visit) -> int:
    """Required visits come first, then tiers in order, then visits without a tier."""
    return -1 if visit.required else LAST_RANK if visit.tier is None else visit.tier


class LadderTooHigh(ValueError):
    """Exact strict tiers do not fit 64-bit sums for this problem."""


def price_of_leaving_out(problem: Problem, scale: int = 1) -> dict[str, int]:
    """What an engine must charge for each unserved visit, by visit id, times `scale`.

    Without tiers: the prize (required visits above everything). With tiers: lexicographic. Raises LadderTooHigh.
    """
    prizes = {visit.id: round(visit.prize * scale) for visit in problem.visits}
    worst = scale_up(largest_cost(problem), scale) + sum(prizes.values())
    prices = dict(prizes)
    levels = [[v.id for v in problem.visits if v.tier == tier and not v.required] for tier in reversed(problem.tiers)]
    for level in [*levels, [visit.id for visit in problem.visits if visit.required]]:
        step = worst + 1
        for name in level:
            prices[name] = step + prizes[name]
        worst += step * len(level)
        if worst > LARGEST_SUM:
            raise LadderTooHigh(f"{len(problem.visits)} visits in {len(problem.tiers)} tiers")
    return prices


def scale_up(value, scale):
    return int(value * scale) + 1


def largest_cost(problem: Problem) -> float:
    """An upper bound of everything but prizes: each place left by its longest leg whoever drives it, every soft rule
    broken to its limit.
    """
    longest = np.max([driven.max(axis=1) for driven in problem.drivens if driven.size] or [[]], axis=0)
    travel = sum(int(longest[visit.location]) * visit.staff_required for visit in problem.visits)
    travel += sum(int(longest[person.start]) for person in problem.staff if person.start is not None)
    soft = 0
    latest = max([p.shift[1] + p.overtime for p in problem.staff], default=0)
    for visit in problem.visits:
        soft += visit.preference_cost
        if visit.late_cost:
            opens = min(visit.windows)[0]
            most = visit.late_max if visit.late_max is not None else max(0, min(latest, ALWAYS[1]) - opens)
            soft += visit.late_cost * most + problem.weights.max_late * most
    for person in problem.staff:
        soft += person.overtime * person.overtime_cost + sum(pause.missed_cost for pause in person.breaks)
        if problem.weights.waiting or problem.weights.max_idle:
            soft += (person.shift[1] + person.overtime - person.shift[0]) * (
                problem.weights.waiting + problem.weights.max_idle
            )
    return problem.weights.travel * travel + soft
