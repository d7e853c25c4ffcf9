"""One visit tried at every place of many days: where it fits, when it could start, and how much is missing where it
does not. The same necessary test as in `slack`; arrays are [day, place], place p standing before the p-th visit.
"""

from functools import cached_property

import numpy as np

from .problem import Visit
from .slack import NEVER, Days, begun, begun_by, start_bounds


class Openings:
    """The visit at every place of `days`; people and counts are not looked at here.

    `within`: (earliest, latest) start that other visits ask for.
    """

    def __init__(self, days: Days, visit: Visit, within=(-NEVER, NEVER)):
        self.days, self.visit = days, visit
        problem, width = days.problem, days.width
        self.inside = np.arange(width + 1) <= days.count[:, None]
        self.travel_there, self.travel_on = self._legs(problem.duration_of)
        bounds = [(max(opens, within[0]), min(closes, within[1])) for opens, closes in start_bounds(visit)]
        bounds = [bound for bound in bounds if bound[0] <= bound[1]] or [(NEVER, -NEVER)]
        self.opens, self.closes = np.array(bounds, dtype=np.int64).T
        self.pause = days.pause.column()
        pending, taken = days.earliest
        self.arrivals = self.pause.drive(pending, taken, self.travel_there)

    def _legs(self, matrix_of):
        """(legs to the visit, legs onward) at each place, as each person travels."""
        days, width, here = self.days, self.days.width, [self.visit.location]
        places, back = days.places
        there, onward = np.zeros((2, *self.inside.shape), dtype=np.int64)
        for rows, matrix in days.by_travel(matrix_of):
            there[rows] = matrix[np.ix_(places, here)][:, 0][back[rows, :-1]]
            onward[rows] = matrix[np.ix_(here, places)][0][back[rows, 1:]]
        known = days.known[:, : width + 2]
        return np.where(known[:, :-1], there, 0), np.where(known[:, 1:], onward, 0)

    @cached_property
    def added(self):
        """Weighted travel and preference cost that the visit adds at each place."""
        problem, days = self.days.problem, self.days
        if problem.objective == "duration":
            there, onward = self.travel_there, self.travel_on
        else:
            there, onward = self._legs(problem.driven_of)
        liked = self.visit.preferred_staff
        dislike = [self.visit.preference_cost if liked and p.id not in liked else 0 for p in days.people]
        saved = days.driven[:, : days.width + 1]
        return (there + onward - saved) * problem.weights.travel + np.array(dislike, dtype=float)[:, None]

    @cached_property
    def added_drive(self):
        """Seconds of driving that the visit adds at each place."""
        return self.travel_there + self.travel_on - self.days.leg[:, : self.days.width + 1]

    def _start_limits(self, latest):
        """Latest starts (break pending, break taken) for which the rest of the day holds, windows of the visit
        aside.
        """
        pending, taken = (state[:, 1:] for state in latest)
        limits = self.pause.leave_by(pending, taken, self.travel_on)
        return tuple(limit - self.visit.service for limit in limits)

    @cached_property
    def limits(self):
        return self._start_limits(self.days.latest_in_shift)

    @cached_property
    def starts(self):
        """Earliest starts in the visit's windows (break pending, break taken)."""
        return tuple(begun(arrival, self.opens, self.closes) for arrival in self.arrivals)

    @cached_property
    def earliest_start(self):
        """Earliest start at each place that keeps the rest of the day; NEVER where the visit does not fit."""
        return self._first(self.starts, self.limits)

    def _first(self, starts, limits):
        fitting = [np.where(start <= limit, start, NEVER) for start, limit in zip(starts, limits, strict=True)]
        return np.where(self.inside, np.minimum(*fitting), NEVER)

    @cached_property
    def fits(self):
        return self.earliest_start < NEVER

    @cached_property
    def latest_start(self):
        """Latest start at each place that keeps the rest of the day; -NEVER where the visit does not fit."""
        latest = [
            np.where(start <= limit, begun_by(limit, self.opens, self.closes), -NEVER)
            for start, limit in zip(self.starts, self.limits, strict=True)
        ]
        return np.where(self.inside, np.maximum(*latest), -NEVER)

    @cached_property
    def shift_end_missing(self):
        """Seconds by which the day would end too late; 0 where it does not, NEVER where a later end does not help."""
        days, width = self.days, self.days.width
        limits = self._start_limits(days.latest_any_end)
        fit = [start <= limit for start, limit in zip(self.starts, limits, strict=True)]
        leaves = [np.where(ok, s + self.visit.service, NEVER) for ok, s in zip(fit, self.starts, strict=True)]
        state = self.pause.drive(*leaves, self.travel_on)
        for step in range(1, width + 1):
            view = slice(step, step + width + 1)
            live = np.arange(step, step + width + 1) <= days.count[:, None]
            if not live.any():
                break
            left = [begun(c, days.opens[:, view], days.closes[:, view]) + days.service[:, view] for c in state]
            following = self.pause.drive(*left, days.leg[:, view])
            state = [np.where(live, later, now) for later, now in zip(following, state, strict=True)]
        missing = np.maximum(state[1] - days.closes_at[:, None], 0)
        return np.where(self.inside & (fit[0] | fit[1]) & (state[1] < NEVER), missing, NEVER)

    @cached_property
    def shift_start_missing(self):
        """Seconds by which the day would have to begin earlier; 0 where it need not, NEVER where that does not
        help.
        """
        days, width = self.days, self.days.width
        state = [begun_by(limit, self.opens, self.closes) for limit in self.limits]
        state = self.pause.leave_by(*state, self.travel_there)
        padded = [
            np.concatenate([np.zeros((len(days.rows), width, *a.shape[2:]), dtype=np.int64), a], axis=1)
            for a in (days.opens, days.closes, days.service, days.leg)
        ]
        for step in range(width):
            live = np.arange(width + 1) - step >= 1
            view, before = slice(width - step, 2 * width - step + 1), slice(width - step - 1, 2 * width - step)
            opens, closes, service = (a[:, view] for a in padded[:3])
            by = [begun_by(limit - service, opens, closes) for limit in state]
            leave = self.pause.leave_by(*by, padded[3][:, max(before.start, 0) : before.stop])
            state = [np.where(live, earlier, now) for earlier, now in zip(leave, state, strict=True)]
        departs = np.where(days.has_break[:, None], state[0], state[1])
        missing = np.maximum(days.opens_at[:, None] - departs, 0)
        return np.where(self.inside & (departs > -LONG), missing, NEVER)

    def window_end_missing(self, k):
        """Seconds by which window `k` would have to close later; NEVER where that does not help."""
        starts = tuple(np.maximum(arrival, self.opens[k]) for arrival in self.arrivals)
        first = self._first(starts, self.limits)
        return np.where(first < NEVER, np.maximum(first - self.closes[k], 0), NEVER)

    def window_start_missing(self, k):
        """Seconds by which window `k` would have to open earlier; NEVER where that does not help."""
        last = [
            np.where(arrival <= limit, limit, -NEVER) for arrival, limit in zip(self.arrivals, self.limits, strict=True)
        ]
        last = np.where(self.inside, np.maximum(*last), -NEVER)
        return np.where(last > -LONG, np.maximum(self.opens[k] - last, 0), NEVER)


LONG = NEVER >> 1
