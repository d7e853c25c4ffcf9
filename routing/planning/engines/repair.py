"""Orders from an engine whose model is not quite ours, made to keep every rule: what breaks one is left out."""

from routing.planning.engines.greedy import Days
from routing.planning.problem import Problem


def kept(problem: Problem, orders: dict[str, list[str]]) -> dict[str, list[str]]:
    """Visit ids in order by staff id, without those that this day cannot hold: each day is filled in its own order.

    For problems whose rules concern one day at a time (no links, nobody double-handed). Unknown ids are left out.
    """
    days, served, answer = Days(problem), set(), {}
    for person in problem.staff:
        wanted = []
        for name in orders.get(person.id, ()):
            visit = problem.visit_by_id.get(name)
            if visit and name not in served and problem.may_serve(person, visit):
                wanted.append(visit)
                served.add(name)
        answer[person.id] = [visit.id for visit in _holding(days, person, wanted)]
    return answer


def _holding(days, person, visits):
    if _fits(days, person, visits):
        return visits
    held = []
    for visit in visits:
        if _fits(days, person, [*held, visit]):
            held.append(visit)
    return held


def _fits(days, person, visits):
    bound = days.problem.capacity.get(person.id)
    return (
        (person.max_visits is None or len(visits) <= person.max_visits)
        and (bound is None or sum(visit.demand for visit in visits) <= bound)
        and (not visits or days.fits(person, visits))
    )


def without_losses(problem: Problem, orders: dict[str, list[str]]) -> dict[str, list[str]]:
    """Orders without visits that cost more travel than leaving them out does: for engines that serve whatever fits.

    Only visits that are neither required nor in a tier; the largest saving first, each day for itself.
    """
    answer = {}
    for person in problem.staff:
        visits = [problem.visit_by_id[name] for name in orders.get(person.id, ())]
        while (worst := _worst_loss(problem, person, visits)) is not None:
            del visits[worst]
        answer[person.id] = [visit.id for visit in visits]
    return answer


def _worst_loss(problem, person, visits):
    """The position of the visit whose removal saves most beyond its prize, or None."""
    driven = problem.driven_of(person)
    stops, losses = [person.start, *(visit.location for visit in visits), person.end], []
    for position, visit in enumerate(visits):
        before, after = stops[position], stops[position + 2]
        there = 0 if before is None else driven.item(before, visit.location)
        onward = 0 if after is None else driven.item(visit.location, after)
        instead = 0 if before is None or after is None or len(visits) == 1 else driven.item(before, after)
        loss = (there + onward - instead) * problem.weights.travel - visit.prize
        if loss > 0 and not visit.required and visit.tier is None:
            losses.append((loss, position))
    return max(losses)[1] if losses else None
