"""What others reached on an instance: plans in .sol files, and tables of best-known values."""

import re
from dataclasses import dataclass
from pathlib import Path

from routing.planning.check import check
from routing.planning.fields import InputError
from routing.planning.io import read_json
from routing.planning.solution import Route, Solution, VisitStop

from .home_care import KIND
from .home_care_plans import least_published
from .instance import Instance

BEST_KNOWN = "best_known.json"
ROUTE = re.compile(r"Route\s*#?\s*(\d+)\s*:(.*)", re.IGNORECASE)
COST = re.compile(r"Cost\s*:?\s*([0-9.eE+-]+)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Published:
    """A plan as published: client numbers by route, in the order of vehicles, and the cost its file states."""

    routes: tuple[tuple[int, ...], ...]
    cost: float
    path: Path


def read_sol(path) -> Published:
    """A .sol file. Raises InputError naming the line."""
    path, routes, cost = Path(path), [], None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        route, price = ROUTE.match(line.strip()), COST.match(line.strip())
        where = f"{path}, line {number}"
        if route:
            if int(route[1]) != len(routes) + 1:
                raise InputError(where, f"expected route {len(routes) + 1}, found {route[1]}")
            words = route[2].split()
            if not all(word.isdigit() for word in words):
                raise InputError(where, f"expected client numbers, found {route[2].strip()[:40]!r}")
            routes.append(tuple(int(word) for word in words))
        elif price:
            cost = float(price[1])
    if cost is None:
        raise InputError(str(path), "states no Cost")
    return Published(tuple(routes), cost, path)


def read_plan(instance: Instance, published: Published) -> Solution:
    """The published routes as a plan without times: route n is driven by the n-th vehicle. Raises InputError."""
    staff = instance.problem.staff
    if len(published.routes) > len(staff):
        raise InputError(str(published.path), f"has {len(published.routes)} routes for {len(staff)} vehicles")
    unknown = sorted({n for route in published.routes for n in route} - set(instance.visit_at))
    if unknown:
        raise InputError(str(published.path), f"client {unknown[0]} is not in {instance.name}")
    return Solution(
        [
            Route(person.id, [VisitStop(instance.visit_at[number]) for number in route])
            for person, route in zip(staff, published.routes, strict=False)
            if route
        ]
    )


def published_plans(folder) -> list[tuple[Path, Path]]:
    """(instance file, .sol file) of every published plan in a folder that has its instance beside it."""
    folder = Path(folder)
    pairs = [(plan.with_suffix(suffix), plan) for plan in sorted(folder.glob("*.sol")) for suffix in (".vrp", ".txt")]
    return [(instance, plan) for instance, plan in pairs if instance.exists()]


def stated_cost(instance: Instance, published: Published) -> float:
    """The cost of a .sol in the instance's integer units.

    Some files state it in these units and some in published ones (RC2_10_1 has 28122.6 where C1_10_2 has 248409), so
    the plan itself decides. Raises InputError where neither is what the judge finds.
    """
    verdict = check(instance.problem, read_plan(instance, published))
    if verdict.violations:
        raise InputError(str(published.path), f"breaks a rule of {instance.name}: {verdict.violations[0]}")
    scaled = published.cost * instance.rounding.scale
    for cost in (published.cost, scaled):
        if abs(verdict.cost.total - cost) < 0.01:
            return verdict.cost.total
    found = f"{verdict.cost.total:g} by {instance.rounding.name} rounding"
    raise InputError(str(published.path), f"states the cost {published.cost:g}, the judge finds {found}")


def best_known(instance: Instance) -> float | None:
    """The least published cost in the instance's integer units, from the .sol and best_known.json beside its file, or
    from the plans published for a home-care set; None where nothing says. Raises InputError for a plan whose cost the
    judge does not reproduce.
    """
    if instance.kind == KIND:
        return least_published(instance)
    costs = []
    if instance.path.with_suffix(".sol").exists():
        costs.append(stated_cost(instance, read_sol(instance.path.with_suffix(".sol"))))
    table = instance.path.parent / BEST_KNOWN
    if table.exists():
        values = read_json(table)
        if not isinstance(values, dict):
            raise InputError(str(table), "expected an object of costs by instance name")
        by_name = {name.lower(): value for name, value in values.items()}
        value = by_name.get(instance.name.lower(), by_name.get(instance.path.stem.lower()))
        if value is not None:
            costs.append(round(value * instance.rounding.scale))
    return min(costs, default=None)
