"""A large problem in parts: every visit and every person in exactly one of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from routing.planning.problem import Problem

from .clustering import clustered, number_of_parts
from .geography import coordinates
from .groups import bound_groups
from .staffing import Workload, assigned

REPAIR_ROUNDS = 5
# Bands of prizes that stand for priorities where a problem has no tiers.
PRIZE_BANDS = 4


@dataclass(frozen=True)
class Part:
    """Ids of the visits and people of a part, in the order of the problem."""

    visits: tuple[str, ...]
    staff: tuple[str, ...]


def partition(problem: Problem, priorities: Mapping[str, object] | None = None) -> list[Part]:
    """Parts of 150 to 300 visits with their people; deterministic, a matter of a second for 10,000 visits.

    `priorities`: by visit id, whose shares are kept even between parts (tier and Core20, for one); else the tier,
    where there are tiers, else a band of prizes. Bound visits may make a part larger.
    """
    groups = bound_groups(problem)
    parts = number_of_parts(len(problem.visits))
    places = sorted({visit.location for visit in problem.visits} | {p for s in problem.staff for p in _ends(s)})
    position = {place: i for i, place in enumerate(places)}
    points = coordinates(problem.usual_duration, np.array(places, dtype=np.int64))
    homes = points[[position[visit.location] for visit in problem.visits]]
    counts = _priority_counts(problem, groups, priorities)
    centre = np.array([homes[list(group.visits)].mean(axis=0) for group in groups]).reshape(
        len(groups), points.shape[1]
    )
    of_group = clustered(centre, counts, parts)
    draft = _Draft(problem, groups, of_group, parts, centre)
    workload = Workload(problem, _driving(homes))
    distances = draft.distances([points[[position[place] for place in _ends(s)]] for s in problem.staff])
    draft.people = assigned(workload, draft.labels, distances, draft.fixed)
    draft.repair(distances)
    return draft.parts_found()


def _ends(person):
    return [place for place in (person.start, person.end) if place is not None]


def _priority_counts(problem, groups, priorities):
    """(groups, priorities): visits of each priority."""
    if priorities is None:
        priorities = _priorities(problem)
    order = {value: i for i, value in enumerate(sorted({priorities[v.id] for v in problem.visits}, key=repr))}
    counts = np.zeros((len(groups), max(1, len(order))))
    for i, group in enumerate(groups):
        for visit in group.visits:
            counts[i, order[priorities[problem.visits[visit].id]]] += 1
    return counts


def _priorities(problem):
    if problem.tiers:
        return {visit.id: visit.tier for visit in problem.visits}
    prizes = np.array([visit.prize for visit in problem.visits])
    if len(np.unique(prizes)) > PRIZE_BANDS:
        bounds = np.quantile(prizes, np.arange(1, PRIZE_BANDS) / PRIZE_BANDS)
        prizes = np.searchsorted(bounds, prizes)
    return {visit.id: prizes[i].item() for i, visit in enumerate(problem.visits)}


def _driving(homes):
    """Seconds of driving to expect for each visit: to the nearest few others."""
    if len(homes) < 2:
        return np.zeros(len(homes))
    distances, _ = cKDTree(homes).query(homes, k=min(5, len(homes)))
    return distances[:, 1:].mean(axis=1)


class _Draft:
    """Labels of groups and people while what is missing is put right."""

    def __init__(self, problem, groups, of_group, parts, centre):
        self.problem, self.groups, self.of_group, self.parts, self.centre = problem, groups, of_group, parts, centre
        self.group_of = {person: i for i, group in enumerate(groups) for person in group.staff}
        self.fixed = {person: int(of_group[i]) for person, i in self.group_of.items()}
        self.lent = set()  # people who were moved to where nobody else can do something
        self.people = np.zeros(len(problem.staff), dtype=np.int64)

    @property
    def labels(self):
        labels = np.zeros(len(self.problem.visits), dtype=np.int64)
        for group, part in zip(self.groups, self.of_group, strict=True):
            labels[list(group.visits)] = part
        return labels

    def distances(self, ends):
        """(staff, parts): from where somebody starts and ends to the middle of each part."""
        middles = np.zeros((self.parts, self.centre.shape[1]))
        for part in range(self.parts):
            mine = self.centre[self.of_group == part]
            middles[part] = mine.mean(axis=0) if len(mine) else 0
        away = np.zeros((len(ends), self.parts))
        for i, points in enumerate(ends):
            if len(points):
                away[i] = np.sqrt(((points[:, None] - middles[None]) ** 2).sum(axis=2)).mean(axis=0)
        self.middles = middles
        return away

    def repair(self, distances):
        """Moves groups to where somebody able is, or somebody able to them, until nothing is missing any more.

        Only for visits that somebody of the whole can do: the others stay where they are.
        """
        able = _Able(self.problem)
        hopeless = {i for i, visit in enumerate(self.problem.visits) if not able.enough(visit, able.everybody)}
        for _ in range(REPAIR_ROUNDS):
            staff = self._staff()
            missing = self._missing(able, staff, hopeless)
            for i in missing:
                self._put_right(able, i, staff, hopeless, distances)
            if not missing:
                return
        while missing := self._missing(able, self._staff(), hopeless):
            self._join(int(self.of_group[missing[0]]))

    def _staff(self):
        return [set(np.flatnonzero(self.people == part).tolist()) for part in range(self.parts)]

    def _missing(self, able, staff, hopeless):
        return [i for i, group in enumerate(self.groups) if self._lacks(able, group, self.of_group[i], staff, hopeless)]

    def _join(self, part):
        """Makes one of two parts, where bonds leave no other way: better too large than without somebody able."""
        away = ((self.middles - self.middles[part]) ** 2).sum(axis=1)
        away[[other for other in range(self.parts) if other == part or not (self.people == other).any()]] = np.inf
        other = int(away.argmin())
        self.of_group[self.of_group == other] = part
        self.people[self.people == other] = part

    def _lacks(self, able, group, part, staff, hopeless):
        return any(
            visit not in hopeless and not able.enough(self.problem.visits[visit], staff[part]) for visit in group.visits
        )

    def _put_right(self, able, i, staff, hopeless, distances):
        group = self.groups[i]
        nearest = np.argsort(((self.middles - self.centre[i]) ** 2).sum(axis=1), kind="stable")
        if not group.staff:
            for part in nearest.tolist():
                if not self._lacks(able, group, part, staff, hopeless):
                    self.of_group[i] = part
                    return
        part = int(self.of_group[i])
        for visit in group.visits:
            wanted = self.problem.visits[visit]
            for person in np.argsort(distances[:, part], kind="stable").tolist():
                if visit in hopeless or able.enough(wanted, staff[part]):
                    break
                if person not in self.lent and person not in staff[part] and able.may(person, wanted):
                    self._bring(person, part, staff)

    def _bring(self, person, part, staff):
        """Moves a person for good, with the group that person is bound to."""
        moving = {person}
        if person in self.group_of:
            bound = self.group_of[person]
            self.of_group[bound] = part
            moving |= set(self.groups[bound].staff)
        for each in moving:
            giver = int(self.people[each])
            self.people[each] = part
            staff[giver] -= {each}
            staff[part] |= {each}
        self.lent |= moving

    def parts_found(self):
        visits = [[] for _ in range(self.parts)]
        staff = [[] for _ in range(self.parts)]
        for visit, part in zip(self.problem.visits, self.labels, strict=True):
            visits[part].append(visit.id)
        for person, part in zip(self.problem.staff, self.people, strict=True):
            staff[part].append(person.id)
        return [Part(tuple(mine), tuple(who)) for mine, who in zip(visits, staff, strict=True) if mine or who]


class _Able:
    """Who may do which visit, worked out once for all visits that ask for the same."""

    def __init__(self, problem):
        self.problem = problem
        self.everybody = frozenset(range(len(problem.staff)))
        self._found = {}

    def staff(self, visit) -> frozenset[int]:
        pin = visit.pinned.staff if visit.pinned and visit.staff_required == 1 else None
        key = (visit.skills, visit.only_staff, visit.not_staff, pin)
        if key not in self._found:
            people = self.problem.staff
            self._found[key] = frozenset(i for i, p in enumerate(people) if self.problem.may_serve(p, visit))
        return self._found[key]

    def may(self, person, visit):
        return person in self.staff(visit)

    def enough(self, visit, staff):
        if visit.staff_required == 1:
            return not self.staff(visit).isdisjoint(staff)
        return len(self.staff(visit) & staff) >= visit.staff_required
