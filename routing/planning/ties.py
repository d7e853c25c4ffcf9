"""What visits that several people share, or that are linked, ask of each other's days: bounds on starts.

From the earliest and latest start of a visit in one day follow bounds for its other half or for the other end of a
link. They are necessary whatever the other days do, so nothing is ruled out that could be.
"""

import numpy as np

from .problem import Problem, Visit
from .slack import NEVER, Days


class Ties:
    """Bounds in one plan. `days`: a row for each person; `served_by`: staff ids by visit id."""

    def __init__(self, problem: Problem, days: Days, served_by: dict[str, list[str]]):
        self.problem, self.days, self.served_by = problem, days, served_by
        self.links = {}
        for link in problem.links:
            if link.min_gap is not None or link.max_gap is not None:
                self.links.setdefault(link.first, []).append(link)
                self.links.setdefault(link.second, []).append(link)
        self._spans = {}

    def bounds(self) -> dict[tuple[str, str], tuple[int, int]]:
        """(earliest, latest) start by (staff id, visit id), of every served visit that others bind."""
        found = {}
        for name, staff in self.served_by.items():
            if len(staff) > 1 or name in self.links:
                for person in staff:
                    found[person, name] = self._bound(name, person)
        return found

    def within(self, visit: Visit) -> tuple[int, int]:
        """(earliest, latest) start that served visits ask of one that is not served."""
        return self._bound(visit.id, None)

    def _bound(self, name, person):
        first, last = -NEVER, NEVER
        for other in self.served_by.get(name, ()):
            if other != person:
                first, last = self._narrowed(first, last, *self.span(other, name))
        for link in self.links.get(name, ()):
            far = link.first if name == link.second else link.second
            for other in self.served_by.get(far, ()):
                if other == person:
                    continue  # the order of one day decides
                opens, closes = self.span(other, far)
                least = -NEVER if link.min_gap is None else link.min_gap
                most = NEVER if link.max_gap is None else link.max_gap
                if name == link.second:
                    first, last = self._narrowed(first, last, opens + least, closes + most)
                else:
                    first, last = self._narrowed(first, last, opens - most, closes - least)
        return first, last

    @staticmethod
    def _narrowed(first, last, opens, closes):
        return max(first, opens), min(last, closes)

    def span(self, staff, name):
        """(earliest, latest) start of a served visit as its own day has it."""
        if (staff, name) not in self._spans:
            days = self.days
            row = next(i for i, person in enumerate(days.people) if person.id == staff)
            stop = next(i for i, visit in enumerate(days.rows[row][1], start=1) if visit.id == name)
            earliest = min(state[row, stop] for state in days.earliest) - days.service[row, stop]
            latest = max(state[row, stop] for state in days.latest_in_shift)
            self._spans[staff, name] = int(np.minimum(earliest, latest)), int(latest)
        return self._spans[staff, name]
