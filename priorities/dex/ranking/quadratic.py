"""The quadratic programme of QQ2: points on a line, each kept above those below it, edges as short as they can be.

    minimise  sum over edges (x_i - x_j)^2 + skew x_top^2   with  x_j - x_i >= distance of the edge,  x_0 = 0

The Hessian is the Laplacian of the graph, so the problem is strictly convex and has one solution. It is found by a
primal-dual interior point method (Mehrotra's predictor and corrector: Nocedal and Wright, Numerical Optimization, 2nd
edition, section 16.6), whose matrix is a Laplacian of the same graph at every step: sparse, symmetric, positive. Then
the edges that are tight join their points into rigid bodies, and the bodies are placed by one linear system, which
takes the last rounding of the interior point away. Nothing is random: the same graph gives the same numbers.
"""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array, diags_array
from scipy.sparse.linalg import splu

SKEW = 0.01
MAXIMUM_STEPS = 200
# Where the interior point stops: further on its matrix loses digits, and the rigid bodies give the rest.
GAP = 1e-11
RESIDUAL = 1e-8
FEASIBLE = 1e-9
CLOSE = 1e-4


class NotSolved(ArithmeticError):
    """The interior point method did not come to an end; never seen, and never passed over in silence."""


def place_on_line(
    lower: NDArray[np.int64], upper: NDArray[np.int64], distances: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """Return the positions of ``count`` points; point 0 is fixed at 0 and the last one is the top.

    Edge e says that ``upper[e]`` lies at least ``distances[e]`` above ``lower[e]``. The edges form a graph without
    cycles in which every point is above point 0. Raises NotSolved.
    """
    incidence = _incidence(lower, upper, count)
    top = np.zeros(count - 1)
    top[-1] = SKEW
    start = 2.0 * _levels(lower, upper, distances, count)[1:]
    x, tight = _interior_point(incidence, np.asarray(distances, dtype=float), top, start)
    rigid = _polish(incidence, distances, top, tight, lower, upper, count)
    slack = incidence @ rigid - distances
    exact = slack.min() > -FEASIBLE and np.abs(rigid - x).max() < CLOSE * max(1.0, x.max())
    return np.concatenate([[0.0], rigid if exact else x])


def _incidence(lower: NDArray, upper: NDArray, count: int) -> csc_array:
    """One row per edge: x_upper - x_lower. Point 0 has no column, because it stays at 0."""
    edges = np.arange(len(lower))
    rows, columns = np.concatenate([edges, edges]), np.concatenate([upper, lower]) - 1
    signs = np.concatenate([np.ones(len(edges)), -np.ones(len(edges))])
    kept = columns >= 0
    return csc_array(coo_array((signs[kept], (rows[kept], columns[kept])), shape=(len(edges), count - 1)))


def _levels(lower: NDArray, upper: NDArray, distances: NDArray, count: int) -> NDArray[np.float64]:
    """The lowest positions that keep all distances (longest paths from point 0)."""
    levels = np.zeros(count)
    for _ in range(count):
        raised = levels.copy()
        np.maximum.at(raised, upper, levels[lower] + distances)
        if (raised == levels).all():
            return levels
        levels = raised
    raise NotSolved("the edges form a cycle")


def _interior_point(edges: csc_array, distances: NDArray, top: NDArray, x: NDArray) -> tuple[NDArray, NDArray]:
    """Return the positions and which edges are tight."""
    hessian = edges.T @ edges + diags_array(top)
    slack = edges @ x - distances
    force = np.ones(len(distances))
    scale = max(1.0, float(distances.max()))
    for _ in range(MAXIMUM_STEPS):
        dual = hessian @ x - edges.T @ force
        primal = edges @ x - distances - slack
        gap = slack @ force / len(force)
        if gap < GAP * scale and max(np.abs(dual).max(), np.abs(primal).max()) < RESIDUAL * scale:
            return x, force > slack
        system = splu(csc_array(hessian + edges.T @ diags_array(force / slack) @ edges))

        def step(complement, *, dual=dual, primal=primal, system=system, slack=slack, force=force):
            dx = system.solve(-dual - edges.T @ ((complement + force * primal) / slack))
            ds = edges @ dx + primal
            return dx, ds, -(complement + force * ds) / slack

        _, ds, df = step(slack * force)
        reach = min(1.0, _longest(slack, ds), _longest(force, df))
        predicted = (slack + reach * ds) @ (force + reach * df) / len(force)
        centre = (predicted / gap) ** 3
        dx, ds, df = step(slack * force + ds * df - centre * gap)
        reach = min(1.0, 0.995 * _longest(slack, ds), 0.995 * _longest(force, df))
        x, slack, force = x + reach * dx, slack + reach * ds, force + reach * df
    raise NotSolved(f"no solution within {MAXIMUM_STEPS} steps")


def _longest(values: NDArray, direction: NDArray) -> float:
    """How far one can go before a value passes 0."""
    falling = direction < 0
    return float((-values[falling] / direction[falling]).min(initial=np.inf))


def _polish(
    edges: csc_array, distances: NDArray, top: NDArray, tight: NDArray, lower: NDArray, upper: NDArray, count: int
) -> NDArray[np.float64]:
    """Return the solution in which the tight edges have exactly their distances."""
    body, inside, bodies = _rigid_bodies(lower[tight], upper[tight], distances[tight], count)
    moving = body[1:] > 0
    points = np.flatnonzero(moving)
    if not len(points):
        return inside[1:]
    carry = csc_array(coo_array((np.ones(len(points)), (points, body[1:][moving] - 1)), shape=(count - 1, bodies - 1)))
    hessian = edges.T @ edges + diags_array(top)
    places = splu(csc_array(carry.T @ hessian @ carry)).solve(-(carry.T @ (hessian @ inside[1:])))
    return carry @ places + inside[1:]


def _rigid_bodies(lower: NDArray, upper: NDArray, distances: NDArray, count: int) -> tuple[NDArray, NDArray, int]:
    """Return the body of every point (body 0 holds point 0), its position inside the body, and how many there are."""
    neighbours = defaultdict(list)
    for i, j, distance in zip(lower.tolist(), upper.tolist(), distances.tolist(), strict=True):
        neighbours[i].append((j, distance))
        neighbours[j].append((i, -distance))
    body, inside, bodies = np.full(count, -1), np.zeros(count), 0
    for start in range(count):
        if body[start] >= 0:
            continue
        body[start] = bodies
        waiting = [start]
        while waiting:
            point = waiting.pop()
            for other, distance in neighbours[point]:
                if body[other] < 0:
                    body[other], inside[other] = bodies, inside[point] + distance
                    waiting.append(other)
        bodies += 1
    return body, inside, bodies
