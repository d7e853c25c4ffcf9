"""Neighbourhoods of routes that lie close together, none of them in two: what is solved again across borders.

Two routes are the closer the more of their visits have each other among their nearest. Every round begins elsewhere,
so that each border is some neighbourhood's middle sooner or later.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.spatial import cKDTree

from routing.planning.problem import Problem

from .geography import coordinates

ROUTES = 9
IDLE = 2  # people without a route yet in a neighbourhood: a route may open
UNSERVED = 12  # unserved visits in a neighbourhood
FEWEST_ROUTES = 2
NEAREST = 12  # visits looked at around each
REACH = 3  # neighbourhoods that an unserved visit is given to in turn


@dataclass
class Neighbourhood:
    """Ids of people and of visits, served by these people or by nobody. `frozen`: see parts.part_problem."""

    staff: list[str]
    visits: list[str] = field(default_factory=list)
    frozen: dict[str, tuple[str, int]] = field(default_factory=dict)


class Borders:
    """What is known about a problem's geography and bonds, and the neighbourhoods of a plan in each round."""

    def __init__(self, problem: Problem):
        self.problem = problem
        self.visit_index = {visit.id: i for i, visit in enumerate(problem.visits)}
        self.staff_index = {person.id: i for i, person in enumerate(problem.staff)}
        homes = np.array([visit.location for visit in problem.visits], dtype=np.int64)
        ends = np.array([p.start if p.start is not None else p.end for p in problem.staff], dtype=object)
        bases = np.array(sorted({int(place) for place in ends if place is not None}), dtype=np.int64)
        places = np.unique(np.concatenate([homes, bases]))
        points = coordinates(problem.usual_duration, places)
        self.points = points[np.searchsorted(places, homes)]
        middle = self.points.mean(axis=0)
        self.bases = np.array([middle if e is None else points[np.searchsorted(places, e)] for e in ends])
        _, near = cKDTree(self.points).query(self.points, k=min(NEAREST + 1, len(self.points)))
        self.near = near.reshape(len(self.points), -1)[:, 1:]
        self.partners = {}
        for link in problem.links:
            self.partners.setdefault(link.first, set()).add(link.second)
            self.partners.setdefault(link.second, set()).add(link.first)
        self.has_ties = bool(problem.links) or any(visit.staff_required > 1 for visit in problem.visits)

    def round(self, orders: dict[str, list[str]], starts: dict, number: int, seed: int) -> list[Neighbourhood]:
        """Neighbourhoods without a person or visit in common. `starts`: start of each visit served, by its id."""
        servers: dict[str, list[str]] = {}
        for name, visits in orders.items():
            for visit in visits:
                servers.setdefault(visit, []).append(name)
        used = [name for name in orders if orders[name]]
        idle = [person.id for person in self.problem.staff if not orders.get(person.id)]
        source = np.random.default_rng([seed, number])
        tiles = self._tiles(used, servers, source)
        self._add_idle(tiles, orders, idle)
        found = [self._neighbourhood(names, orders, servers, starts) for names in tiles]
        self._add_unserved(found, servers, number)
        return [each for each in found if each.visits]

    def _tiles(self, used, servers, source):
        """Lists of staff ids: each of the routes in some order takes its closest that are still free."""
        position = {name: i for i, name in enumerate(used)}
        owner = np.full(len(self.points), -1)
        for visit, names in servers.items():
            owner[self.visit_index[visit]] = position[names[0]]
        closeness = self._closeness(owner, len(used))
        free, tiles = np.ones(len(used), dtype=bool), []
        for pivot in source.permutation(len(used)):
            if not free[pivot]:
                continue
            others = np.argsort(-closeness[pivot], kind="stable")[: 3 * ROUTES]
            chosen = [o for o in others.tolist() if free[o] and o != pivot and closeness[pivot, o] > 0][: ROUTES - 1]
            if 1 + len(chosen) < min(FEWEST_ROUTES, len(used)):
                continue  # its neighbours are taken: it has its turn in another round
            free[[pivot, *chosen]] = False
            tiles.append([used[i] for i in sorted([int(pivot), *chosen])])
        return tiles

    def _closeness(self, owner, count):
        pairs = np.repeat(owner, self.near.shape[1]), owner[self.near].ravel()
        known = (pairs[0] >= 0) & (pairs[1] >= 0)
        closeness = np.zeros((count, count))
        np.add.at(closeness, (pairs[0][known], pairs[1][known]), 1.0)
        closeness += closeness.T
        middles = np.array([self.points[owner == i].mean(axis=0) for i in range(count)]).reshape(count, -1)
        if count:
            apart = np.sqrt(((middles[:, None] - middles[None]) ** 2).sum(axis=2))
            # Less than one common neighbour: it orders those that have equally many, and reaches over empty land.
            closeness += 0.9 / (1 + apart / max(1e-9, np.median(apart)))
        return closeness

    def _add_idle(self, tiles, orders, idle):
        """People without a route go to the neighbourhood closest to where they start, two at most to each."""
        if not tiles or not idle:
            return
        middles = np.array(
            [self.points[[self.visit_index[v] for name in names for v in orders[name]]].mean(axis=0) for names in tiles]
        )
        room = [IDLE] * len(tiles)
        for name in idle:
            away = ((middles - self.bases[self.staff_index[name]]) ** 2).sum(axis=1)
            for tile in np.argsort(away, kind="stable")[:REACH].tolist():
                if room[tile]:
                    room[tile] -= 1
                    tiles[tile].append(name)
                    break

    def _neighbourhood(self, names, orders, servers, starts):
        """The routes of these people, with what is bound to others outside frozen where it is."""
        inside, found = set(names), Neighbourhood([])
        for name in names:
            mine = orders.get(name, [])
            shared = [v for v in mine if len(servers[v]) > 1 and not inside >= set(servers[v])]
            if any(v in found.frozen for v in shared):
                continue  # two of three who come together: only one of them can be held by a pin
            found.staff.append(name)
            for visit in mine:
                if visit in shared:
                    found.frozen[visit] = (name, starts[visit])
        inside = set(found.staff)
        for name in found.staff:
            for visit in orders.get(name, ()):
                if visit in found.visits:
                    continue
                found.visits.append(visit)
                outside = any(not inside >= set(servers.get(partner, ())) for partner in self.partners.get(visit, ()))
                if outside and visit not in found.frozen:
                    if len(servers[visit]) > 1:
                        return Neighbourhood([])  # it cannot be held for two people: another round cuts elsewhere
                    found.frozen[visit] = (name, starts[visit])
        return found

    def _add_unserved(self, found, servers, number):
        """Gives each unserved visit, the most urgent first, to one of the neighbourhoods near it, to another in the
        next round.
        """
        tile_of = {visit: i for i, each in enumerate(found) for visit in each.visits}
        room = [UNSERVED] * len(found)
        skills = [[self.problem.staff_by_id[name] for name in each.staff] for each in found]
        left = [visit for visit in self.problem.visits if visit.id not in servers]
        left.sort(key=lambda v: (not v.required, v.tier if v.tier is not None else 1 << 30, -v.prize, v.id))
        for visit in left:
            partners = self.partners.get(visit.id, ())
            bound = {tile_of.get(p) for p in partners if p in servers or p in tile_of}
            if bound:
                near = [] if len(bound) > 1 or None in bound else list(bound)
            else:
                near = self._near_tiles(visit, tile_of)
            able = [
                tile
                for tile in near
                if room[tile]
                and sum(self.problem.may_serve(person, visit) for person in skills[tile]) >= visit.staff_required
            ][:REACH]
            if able:
                tile = able[number % len(able)]
                room[tile] -= 1
                found[tile].visits.append(visit.id)
                tile_of[visit.id] = tile

    def _near_tiles(self, visit, tile_of):
        """Neighbourhoods around a visit, the nearest first."""
        order = []
        away = ((self.points - self.points[self.visit_index[visit.id]]) ** 2).sum(axis=1)
        for other in np.argsort(away, kind="stable")[: 60 * REACH]:
            tile = tile_of.get(self.problem.visits[other].id)
            if tile is not None and tile not in order:
                order.append(tile)
        return order
