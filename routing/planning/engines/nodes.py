"""What the models of foreign engines share: nodes for visits and bases, times without a sign, whole prices."""

import numpy as np

from routing.planning.problem import ALWAYS, Problem

NOWHERE = -1


def unsupported_costs(problem: Problem) -> list[str]:
    """Costs that none of their models has, in words."""
    features, weights = [], problem.weights
    if weights.waiting or weights.max_late or weights.max_idle:
        features.append("weights on waiting, max_late or max_idle")
    if any(not pause.required for person in problem.staff for pause in person.breaks):
        features.append("breaks that may be missed")
    return features


class Nodes:
    """One node per visit (in order), then one per place where somebody starts or ends, one of them for nowhere.

    `places`: the place of each node; `starts`, `ends`: the node of each person, in order.
    """

    def __init__(self, problem: Problem):
        self.visits = len(problem.visits)
        self.places = [visit.location for visit in problem.visits]
        self._bases = {}
        ends = [(self._base(person.start), self._base(person.end)) for person in problem.staff]
        self.starts, self.ends = [start for start, _ in ends], [end for _, end in ends]

    def __len__(self):
        return len(self.places)

    def _base(self, place):
        """The node of a start or end place, made when first asked for."""
        place = NOWHERE if place is None else place
        if place not in self._bases:
            self._bases[place] = len(self.places)
            self.places.append(place)
        return self._bases[place]

    def legs(self, matrix):
        """The matrix between nodes. Legs from and to nowhere cost nothing, nor does a day without visits: it is not
        driven.
        """
        places = np.array(self.places, dtype=np.int64)
        known = np.where(places == NOWHERE, 0, places)
        if len(matrix):
            legs = matrix[np.ix_(known, known)].copy()
        else:
            legs = np.zeros((len(places), len(places)), dtype=np.int64)
        legs[places == NOWHERE, :] = 0
        legs[:, places == NOWHERE] = 0
        legs[self.visits :, self.visits :] = 0
        return legs


def whole_scale(problem: Problem) -> int:
    """1 where all prices are whole numbers, else a thousand: these engines count in integers."""
    prices = [problem.weights.travel]
    prices += [
        price for visit in problem.visits for price in (visit.prize, visit.preference_cost, visit.late_cost or 0)
    ]
    prices += [person.overtime_cost for person in problem.staff]
    return 1 if all(float(price).is_integer() for price in prices) else 1000


def span(problem: Problem) -> tuple[int, int]:
    """(origin, horizon): the earliest time that matters, and how much later the last one is."""
    given = [person.shift for person in problem.staff]
    given += [pair for visit in problem.visits for pair in visit.start_windows]
    given += [pair for person in problem.staff for pause in person.breaks for pair in pause.windows]
    starts = [opens for opens, _ in given if opens > ALWAYS[0] // 2]
    ends = [closes for _, closes in given if closes < ALWAYS[1] // 2]
    pins = [v.pinned.start for v in problem.visits if v.pinned and v.pinned.start is not None]
    longest = max([int(matrix.max()) for matrix in problem.durations if matrix.size], default=0)
    pauses = sum(pause.duration for person in problem.staff for pause in person.breaks)
    unbounded_shift = any(person.shift[0] <= ALWAYS[0] // 2 for person in problem.staff)
    origin = min([*starts, *pins], default=0) - (longest + pauses if unbounded_shift else 0)
    work = sum(visit.service + longest for visit in problem.visits) + longest + pauses
    most = max([*ends, *pins, *starts], default=0) + max([person.overtime for person in problem.staff], default=0)
    if any(closes >= ALWAYS[1] // 2 for _, closes in given) or any(v.late_cost is not None for v in problem.visits):
        most += work
    return origin, most - origin + longest
