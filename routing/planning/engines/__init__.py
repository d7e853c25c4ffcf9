"""Engines by name, and the one way to use them: `solve`. An engine is never replaced by another in silence."""

from routing.planning.engines.base import Engine, EngineFault, Progress, SolveOptions, UnknownEngine, UnsupportedFeature
from routing.planning.problem import Problem
from routing.planning.solution import Solution

__all__ = [
    "Engine",
    "EngineFault",
    "Progress",
    "SolveOptions",
    "UnknownEngine",
    "UnsupportedFeature",
    "engine_names",
    "get_engine",
    "register",
    "solve",
]

DEFAULT_ENGINE = "portfolio"
_factories = {}


def register(name, factory):
    """Makes an engine known. The factory is called on use, so that its library is imported only then."""
    _factories[name] = factory


def engine_names() -> list[str]:
    return sorted(_factories)


def get_engine(name) -> Engine:
    """The engine of that name. Raises UnknownEngine listing the known ones."""
    if name not in _factories:
        raise UnknownEngine(f"no engine {name!r}; known are {', '.join(engine_names())}")
    return _factories[name]()


def solve(problem: Problem, options: SolveOptions | None = None, engine: str | Engine = DEFAULT_ENGINE) -> Solution:
    """The best plan that the engine (or that of this name) finds, judged, with a reason and remedies for each unserved
    visit, and with no simple exchange left undone (`exchanges`).

    `feasible` is False only where a required visit could not be served. Raises UnknownEngine, UnsupportedFeature,
    EngineFault.
    """
    from routing.planning.engines.completion import completed

    chosen = get_engine(engine) if isinstance(engine, str) else engine
    features = chosen.unsupported(problem)
    if features:
        raise UnsupportedFeature(chosen.name, features)
    options = options or SolveOptions()
    return completed(problem, chosen.solve(problem, options), options.seconds)


def _ortools():
    from routing.planning.engines.ortools import OrToolsEngine

    return OrToolsEngine()


def _greedy():
    from routing.planning.engines.greedy import GreedyEngine

    return GreedyEngine()


def _pyvrp():
    from routing.planning.engines.pyvrp import PyvrpEngine

    return PyvrpEngine()


def _vroom():
    from routing.planning.engines.vroom import VroomEngine

    return VroomEngine()


def _decomposed():
    from routing.planning.engines.decomposed import DecomposedEngine

    return DecomposedEngine()


def _rich():
    from routing.planning.engines.rich import RichEngine

    return RichEngine()


def _ruin_recreate():
    from routing.planning.engines.ruin_recreate import RuinRecreateEngine

    return RuinRecreateEngine()


def _portfolio():
    from routing.planning.engines.portfolio import PortfolioEngine

    return PortfolioEngine()


register("portfolio", _portfolio)
register("rich", _rich)
register("ruin-recreate", _ruin_recreate)
register("decomposed", _decomposed)
register("pyvrp", _pyvrp)
register("vroom", _vroom)
register("greedy", _greedy)
register("ortools", _ortools)
