"""What `bench routing` measures on: made-up days of home visits, and published instances."""

import json
from dataclasses import dataclass
from pathlib import Path

from .benchmarks import best_known, read_folder
from .fields import InputError
from .instances import home_visits
from .io import read_json
from .problem import Problem

# Wall seconds of a search that the goals give to each kind and size: (up to so many visits, seconds).
HOME_VISITS, MIXED = "home visits", "home visits of drivers and walkers"
BY_SIZE = ((100, 10), (300, 20), (1_000, 30), (20_000, 600))
BUDGETS = {
    HOME_VISITS: BY_SIZE,
    MIXED: BY_SIZE,
    "VRPTW": ((400, 10), (20_000, 60)),
    "PCVRPTW": ((20_000, 60),),
    "home care": ((20_000, 60),),
}
OTHER_BUDGET = 30  # site-dependent, multi-depot and others


@dataclass(frozen=True)
class Case:
    """One problem to search. `kind`: HOME_VISITS, MIXED or the TYPE of a published instance; `best`: the least cost
    known before this run, None where there is none.
    """

    name: str
    kind: str
    size: str
    problem: Problem
    best: float | None = None

    @property
    def visits(self) -> int:
        return len(self.problem.visits)

    @property
    def goal_seconds(self) -> float:
        """The budget that the goals ask for."""
        return next((s for most, s in BUDGETS.get(self.kind, ()) if self.visits <= most), OTHER_BUDGET)


class BestKnown:
    """Least costs of made-up days by name, from a file of earlier runs; with `record` the file learns better ones."""

    def __init__(self, path=None, record=False):
        self.path = None if path is None else Path(path)
        self.record = record
        self.costs = {}
        if self.path and (self.path.exists() or not record):
            costs = read_json(self.path)
            if not isinstance(costs, dict) or not all(isinstance(cost, int | float) for cost in costs.values()):
                raise InputError("--best", f"{path} is not an object of costs by name")
            self.costs = costs

    def learn(self, name, cost):
        """Keeps a cost below what was known; only where recording was asked for."""
        if self.record and cost < self.costs.get(name, float("inf")):
            self.costs[name] = cost
            self.path.write_text(json.dumps(dict(sorted(self.costs.items())), indent=1) + "\n", encoding="utf-8")


def made_up_days(sizes, seeds, tiers, walkers, best: BestKnown):
    """Cases of the generator, one for each size (visits, staff) and seed; made one at a time. `walkers`: how many of
    the staff go on foot.
    """
    for visits, staff in sizes:
        for seed in seeds:
            name = f"{visits}x{staff} seed {seed}" + (" tiers" if tiers else "")
            name += f" {walkers} walk" if walkers else ""
            problem = home_visits(visits, staff, seed, tiers=tiers, walkers=min(walkers, staff))
            kind = MIXED if walkers else HOME_VISITS
            yield Case(name, kind, f"{visits}x{staff}", problem, best.costs.get(name))


def published(folder, names, say):
    """Cases of the published instances of a folder; `say` is told of best-known values that cannot be trusted."""
    for instance in read_folder(folder, names):
        try:
            best = best_known(instance)
        except InputError as error:
            say(f"{instance.name}: no best-known cost: {error}")
            best = None
        size = f"{instance.kind} {instance.size}"
        yield Case(instance.name, instance.kind, size, instance.problem, best)
