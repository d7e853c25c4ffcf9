"""What every engine takes and gives."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from routing.planning.problem import Problem
from routing.planning.solution import Solution


class UnsupportedFeature(ValueError):
    """The problem asks for what the engine cannot state; `features` names it."""

    def __init__(self, engine, features):
        self.engine, self.features = engine, tuple(features)
        super().__init__(f"{engine} cannot state: {', '.join(self.features)}")


class UnknownEngine(ValueError):
    """No engine has that name."""


class EngineFault(RuntimeError):
    """An engine answered with a plan that the judge rejects: a defect, never to be shown as a plan."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The best plan so far. `solution` has times, passed the judge (required visits may be missing: `feasible`)."""

    elapsed: float
    cost: float
    unserved: int
    solution: Solution


@dataclass(frozen=True)
class SolveOptions:
    """How long and how to search.

    `seconds` bounds the wall time of the whole call; `solution_limit` stops after that many solutions of the search,
    which with the same `seed` gives the same answer on every machine. `on_progress` gets each better plan (at most a
    few a second); `should_stop` is asked a few times a second and ends the search with the best plan so far.
    `start`: visit ids in order by staff id to begin from. `iterations` stops after that many steps of a search that
    counts them: with the same seed the same answer on every machine.
    """

    seconds: float = 10
    seed: int = 1
    workers: int = 1
    solution_limit: int | None = None
    on_progress: Callable[[Progress], None] | None = None
    should_stop: Callable[[], bool] | None = None
    start: dict[str, list[str]] | None = None
    iterations: int | None = None


class Engine(Protocol):
    """A search. `solve` returns a judged plan with times and trace; reasons of unserved visits are added by the
    caller.
    """

    name: str

    def unsupported(self, problem: Problem) -> list[str]:
        """Features of this problem that the engine cannot state, in words; empty: it can take the problem."""
        ...

    def solve(self, problem: Problem, options: SolveOptions) -> Solution:
        """The best plan found. `engines.solve` has refused what the engine cannot state. Raises EngineFault."""
        ...
