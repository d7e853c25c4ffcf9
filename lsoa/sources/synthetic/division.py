"""Divides the island into areas: blocks between main roads are cut across, again and again, by equal population."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import Polygon

from .streets import CITY_RADIUS, StreetPlan

# Turns tried, in this order, when a straight cut across a block would leave it in more than two pieces.
TURNS = np.radians([0, 12, -12, 30, -30, 55, -55, 90])


@dataclass(frozen=True)
class Leaf:
    """One area before its edges are drawn: polygon in metres and the authority (0: the city) that it belongs to."""

    polygon: Polygon
    authority: int


def divide(plan: StreetPlan, areas: int, authorities: int, rng: np.random.Generator) -> list[Leaf]:
    """Exactly `areas` leaves covering the land; neighbours in the list are mostly neighbours on the ground."""
    polygons, sectors = _blocks(plan)
    mass = np.array([_mass(plan, polygon, rng) for polygon in polygons])
    blocks = list(zip(polygons, _authorities(sectors, mass, authorities), strict=True))
    shares = _apportion(mass, areas)
    blocks, shares = _absorb_empty(blocks, shares)
    leaves = []
    for (polygon, authority), share in zip(blocks, shares, strict=True):
        leaves.extend(Leaf(part, authority) for part in _cut(plan, polygon, share, rng))
    return leaves


def _blocks(plan: StreetPlan) -> tuple[list[Polygon], np.ndarray]:
    """Faces of the main lines on land and their sector: -1 in the city, else the bearing's position between radials."""
    network = shapely.unary_union([*plan.lines, plan.land.boundary], grid_size=0.5)
    outer_ring = shapely.polygonize([plan.lines[1 + len(plan.bearings) + 4]]).geoms[0]
    found = []
    for face in shapely.polygonize([network]).geoms:
        point = face.representative_point()
        if not plan.land.contains(point):
            continue
        bearing = np.arctan2(point.y, point.x) % (2 * np.pi)
        # Roads wander around their bearing, so the sector of a block is a matter of its middle, not of its edges.
        sector = int(np.searchsorted(plan.bearings, bearing)) % len(plan.bearings)
        city = outer_ring.contains(point)
        found.append((-1 if city else sector, sector, round(np.hypot(point.x, point.y)), round(bearing, 4), face))
    found.sort(key=lambda item: item[:4])
    return [item[4] for item in found], np.array([item[0] for item in found])


def _authorities(sectors, mass, authorities) -> list[int]:
    """0 for the city; the other authorities take whole sectors in order of bearing, of about equal population."""
    result = np.zeros(len(sectors), int)
    outside = sectors >= 0
    by_sector = np.bincount(sectors[outside], weights=mass[outside])
    middle = np.cumsum(by_sector) - by_sector / 2
    number = 1 + np.minimum((middle / by_sector.sum() * (authorities - 1)).astype(int), authorities - 2)
    result[outside] = number[sectors[outside]]
    return result.tolist()


def _sample(polygon, count, rng):
    """About `count` random points (n, 2) inside the polygon, never fewer than 8."""
    x0, y0, x1, y1 = polygon.bounds
    shapely.prepare(polygon)
    points = np.empty((0, 2))
    tries = int(count * (x1 - x0) * (y1 - y0) / max(polygon.area, 1.0)) + 16
    while len(points) < 8:
        drawn = rng.uniform((x0, y0), (x1, y1), (min(tries, 20_000), 2))
        points = np.vstack([points, drawn[shapely.contains_xy(polygon, drawn)]])
    return points


def _mass(plan, polygon, rng) -> float:
    points = _sample(polygon, 400, rng)
    return float(plan.density(*points.T).mean() * polygon.area / 1e6)


def _apportion(mass, total) -> np.ndarray:
    """Largest remainders: whole numbers in proportion to mass that add up to total."""
    exact = mass / mass.sum() * total
    shares = np.floor(exact).astype(int)
    order = np.argsort(shares - exact, kind="stable")
    shares[order[: total - shares.sum()]] += 1
    return shares


def _absorb_empty(blocks, shares):
    """Joins each block that is due no area to the neighbour with the longest common edge, its own authority first."""
    polygons = [polygon for polygon, _ in blocks]
    owner = [authority for _, authority in blocks]
    shares = list(shares)
    while 0 in shares:
        i = shares.index(0)
        best, best_key = None, (False, 0.0)
        for j, other in enumerate(polygons):
            if j != i and polygons[i].intersects(other):
                edge = polygons[i].intersection(other).length
                if edge > 0 and (owner[j] == owner[i], edge) > best_key:
                    best, best_key = j, (owner[j] == owner[i], edge)
        polygons[best] = shapely.union(polygons[best], polygons[i], grid_size=0.5)
        for column in (polygons, owner, shares):
            del column[i]
    return list(zip(polygons, owner, strict=True)), shares


def _cut(plan, polygon, share, rng) -> list:
    if share == 1:
        return [polygon]
    points = _sample(polygon, 60 + 25 * min(share, 20), rng)
    weight = plan.density(*points.T)
    first = share // 2 if share < 4 else round(share * rng.uniform(0.38, 0.62))
    heading = _long_axis(polygon) + rng.normal(0, 0.13)
    parts = None
    for turn in TURNS:
        parts = _halves(polygon, points, weight, heading + turn, first / share)
        if all(isinstance(part, Polygon) and not part.is_empty for part in parts):
            break
    return _cut(plan, parts[0], first, rng) + _cut(plan, parts[1], share - first, rng)


def _long_axis(polygon) -> float:
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(polygon))[:3]
    sides = np.diff(corners, axis=0)
    return float(np.arctan2(*sides[np.argmax(np.hypot(*sides.T))][::-1]))


def _halves(polygon, points, weight, heading, fraction):
    """The polygon on either side of the line across `heading` behind which `fraction` of the weight lies."""
    along = np.array([np.cos(heading), np.sin(heading)])
    across = np.array([-along[1], along[0]])
    position = points @ along
    order = np.argsort(position, kind="stable")
    running = np.cumsum(weight[order])
    at = position[order][np.searchsorted(running, fraction * running[-1])]
    far = 4 * CITY_RADIUS * 4
    base = along * at
    behind = Polygon([base + across * far, base - across * far, base - across * far - along * far,
                      base + across * far - along * far])  # fmt: skip
    return polygon.intersection(behind), polygon.difference(behind)
