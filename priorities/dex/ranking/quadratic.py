"""The quadratic programme of QQ2: points on a line, each kept above those below it, edges as short as they can be.

    minimise  sum over edges (x_i - x_j)^2 + skew x_top^2   with  x_j - x_i >= distance of the edge,  x_0 = 0

The Hessian is the Laplacian of the graph, so the problem is strictly convex and has one solution. It is found by a
primal-dual interior point method (Mehrotra's predictor and corrector: Nocedal and Wright, Numerical Optimization, 2nd
edition, section 16.6), whose matrix is a Laplacian of the same graph at every step: sparse, symmetric, positive. Then
the edges that are tight join their points into rigid bodies, and the bodies are placed by one linear system, which
takes the last rounding of the interior point away. Nothing is random: the same graph gives the same numbers.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SKEW = 0.01
MAXIMUM_STEPS = 200
# Where the interior point stops: further on its matrix loses digits, and the rigid bodies give the rest.
GAP = 1e-11
RESIDUAL = 1e-8
FEASIBLE = 1e-9
CLOSE = 1e-4
# Up to this many points NumPy alone is faster than importing SciPy; beyond, sparse matrices are worth it.
DENSE = 300


class NotSolved(ArithmeticError):
    """The interior point method did not come to an end; never seen, and never passed over in silence."""


@dataclass(frozen=True)
class Graph:
    """Springs between points. Edge e pulls ``lower[e]`` and ``upper[e]`` together; the last point is pulled to 0 with
    strength ``skew``; point 0 is held at 0, so that arrays over points begin with it."""

    lower: NDArray[np.int64]
    upper: NDArray[np.int64]
    count: int
    last: int

    def stretch(self, x: NDArray) -> NDArray:
        """Length of every edge."""
        return x[self.upper] - x[self.lower]

    def push(self, force: NDArray) -> NDArray:
        """What forces along the edges sum up to at every point but the first, which does not move."""
        result = np.bincount(self.upper, force, self.count) - np.bincount(self.lower, force, self.count)
        result[0] = 0.0
        return result

    def pull(self, x: NDArray) -> NDArray:
        """Half the gradient of the sum of squares: the Hessian times x."""
        result = self.push(self.stretch(x))
        result[self.last] += SKEW * x[self.last]
        return result

    def solver(self, weights: NDArray) -> Callable[[NDArray], NDArray]:
        """Return what solves for the points at which weighted edges (and the skew) pull as given; 0 at point 0."""
        rows = np.concatenate([self.upper, self.lower, self.upper, self.lower, [self.last]])
        columns = np.concatenate([self.upper, self.lower, self.lower, self.upper, [self.last]])
        values = np.concatenate([weights, weights, -weights, -weights, [SKEW]])
        solve = (_dense if self.count <= DENSE else _sparse)(rows, columns, values, self.count)
        return lambda right: np.concatenate([[0.0], solve(right[1:])])


def _dense(rows: NDArray, columns: NDArray, values: NDArray, count: int) -> Callable[[NDArray], NDArray]:
    matrix = np.bincount(rows * count + columns, values, count * count).reshape(count, count)[1:, 1:]
    return lambda right: np.linalg.solve(matrix, right)


def _sparse(rows: NDArray, columns: NDArray, values: NDArray, count: int) -> Callable[[NDArray], NDArray]:
    from scipy.sparse import coo_array, csc_array
    from scipy.sparse.linalg import splu

    return splu(csc_array(coo_array((values, (rows, columns)), shape=(count, count)))[1:, 1:]).solve


def place_on_line(
    lower: NDArray[np.int64], upper: NDArray[np.int64], distances: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """Return the positions of ``count`` points; point 0 is fixed at 0 and the last one is the top.

    Edge e says that ``upper[e]`` lies at least ``distances[e]`` above ``lower[e]``. The edges form a graph without
    cycles in which every point is above point 0. Raises NotSolved.
    """
    distances = np.asarray(distances, dtype=float)
    graph = Graph(lower, upper, count, count - 1)
    x, tight = _interior_point(graph, distances, 2.0 * _levels(lower, upper, distances, count))
    rigid = _polish(graph, distances, tight)
    # The rigid bodies are the solution only where they keep the other distances too, and stay where the points were.
    is_exact = (graph.stretch(rigid) - distances).min() > -FEASIBLE and np.abs(rigid - x).max() < CLOSE * x.max()
    return rigid if is_exact else x


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


def _interior_point(graph: Graph, distances: NDArray, x: NDArray) -> tuple[NDArray, NDArray]:
    """Return the positions and which edges are tight. ``x``: a start that keeps all distances with room to spare."""
    slack = graph.stretch(x) - distances
    force = np.ones(len(distances))
    scale = max(1.0, float(distances.max()))
    for _ in range(MAXIMUM_STEPS):
        dual = graph.pull(x) - graph.push(force)
        primal = graph.stretch(x) - distances - slack
        gap = slack @ force / len(force)
        if gap < GAP * scale and max(np.abs(dual).max(), np.abs(primal).max()) < RESIDUAL * scale:
            return x, force > slack
        solve = graph.solver(1.0 + force / slack)

        def step(complement, *, dual=dual, primal=primal, solve=solve, slack=slack, force=force):
            dx = solve(-dual - graph.push((complement + force * primal) / slack))
            ds = graph.stretch(dx) + primal
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


def _polish(graph: Graph, distances: NDArray, tight: NDArray) -> NDArray[np.float64]:
    """Return the solution in which the tight edges have exactly their distances."""
    body, inside, bodies = _rigid_bodies(graph.lower[tight], graph.upper[tight], distances[tight], graph.count)
    if bodies == 1:
        return inside
    between = Graph(body[graph.lower], body[graph.upper], bodies, int(body[graph.last]))
    pull = np.bincount(body, graph.pull(inside), bodies)
    return between.solver(np.ones(len(distances)))(-pull)[body] + inside


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
