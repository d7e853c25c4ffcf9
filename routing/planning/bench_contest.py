"""Engines against each other on one case: the same wall time, one after the other, the judge's word for the result."""

import time
from dataclasses import dataclass, field
from importlib import import_module

from .bench_cases import Case
from .check import check
from .engines import SolveOptions, UnsupportedFeature, engine_names, get_engine, solve
from .instances import home_visits

OURS = ("portfolio", "ruin-recreate", "rich", "decomposed", "greedy")
PEERS = ("ortools", "pyvrp", "vroom")
COMPILED = {
    "ruin-recreate": ("routing.planning.ruin_recreate.search",),
    "rich": ("routing.planning.ruin_recreate.rich.search",),
    "portfolio": ("routing.planning.ruin_recreate.search", "routing.planning.ruin_recreate.rich.search"),
    "decomposed": ("routing.planning.ruin_recreate.search", "routing.planning.ruin_recreate.rich.search"),
}


@dataclass
class Row:
    """One search, judged. `rank`: unserved by tier, then cost; None without a feasible plan. `ratios`: cost over each
    other engine's cost on this case and seed, `of_best`: over the best of the run; `gap`: percent above the best known.
    """

    case: str
    kind: str
    size: str
    visits: int
    engine: str
    seed: int
    budget: float
    feasible: bool = False
    cost: float | None = None
    travel: float | None = None
    unserved: int | None = None
    unserved_by_tier: dict = field(default_factory=dict)
    first_plan_s: float | None = None
    wall_s: float = 0
    judge_ms: float | None = None
    judge_cpu_ms: float | None = None
    violations: list[str] = field(default_factory=list)
    rank: tuple | None = None
    ratios: dict[str, float | None] = field(default_factory=dict)
    of_best: float | None = None
    best_known: float | None = None
    gap: float | None = None
    fault: str = ""


def contenders(asked, peers) -> tuple[list[str], list[str]]:
    """(engines to run, engines asked for that are not there). `asked` None: the portfolio, else our best other."""
    there = engine_names()
    if asked is None:
        asked = [name for name in OURS if name in there][:1]
        missing = [] if "portfolio" in there else ["portfolio"]
    else:
        missing = [name for name in asked if name not in there]
    wanted = [*asked, *(peers and PEERS or ())]
    missing += [name for name in wanted if name not in there and name not in missing]
    return [name for name in dict.fromkeys(wanted) if name in there], missing


def ready(names, workers) -> tuple[list[str], dict[str, str]]:
    """(engines that answer, why others do not), after each has solved a tiny day: nobody's budget pays for loading a
    library or for compiling.
    """
    tiny, able, broken = home_visits(10, 2, 1), [], {}
    for name in names:
        try:
            for module in COMPILED.get(name, ()):
                import_module(module).warm()
            solve(tiny, SolveOptions(seconds=1, workers=workers), name)
            able.append(name)
        except Exception as error:  # whatever it is, the others still run and the reason is printed
            broken[name] = f"{type(error).__name__}: {error}"
    return able, broken


def contest(case: Case, names, seed, seconds, workers, turn) -> tuple[list[Row], dict[str, str]]:
    """(rows, why engines were skipped). The order of engines is rotated by `turn`, so that nobody is always first."""
    able, skipped = [], {}
    for name in names:
        features = get_engine(name).unsupported(case.problem)
        if features:
            skipped[name] = f"cannot state: {', '.join(features)}"
        else:
            able.append(name)
    start = turn % len(able) if able else 0
    rows = [measure(case, name, seed, seconds, workers) for name in able[start:] + able[:start]]
    rows.sort(key=lambda row: names.index(row.engine))
    compare(rows)
    return rows, skipped


def measure(case: Case, engine, seed, seconds, workers) -> Row:
    """One search and the judge's verdict on it."""
    row = Row(case.name, case.kind, case.size, case.visits, engine, seed, seconds, best_known=case.best)
    first = []

    def note(progress):
        if progress.solution.feasible and not first:
            first.append(progress.elapsed)

    options = SolveOptions(seconds=seconds, seed=seed, workers=workers, on_progress=note)
    began = time.perf_counter()
    try:
        solution = get_engine(engine).solve(case.problem, options)
    except UnsupportedFeature:
        raise
    except Exception as error:  # a contender that falls over loses this case, and the row says why
        row.fault, row.wall_s = f"{type(error).__name__}: {error}", time.perf_counter() - began
        return row
    row.wall_s = time.perf_counter() - began
    began, began_cpu = time.perf_counter(), time.process_time()
    verdict = check(case.problem, solution)
    row.judge_ms = (time.perf_counter() - began) * 1000
    row.judge_cpu_ms = (time.process_time() - began_cpu) * 1000
    row.feasible, row.cost, row.travel = verdict.feasible, verdict.cost.total, verdict.cost.travel
    row.unserved, row.unserved_by_tier = len(verdict.unserved), verdict.unserved_by_tier
    row.violations = sorted({violation.rule for violation in verdict.violations})
    if row.feasible:
        row.rank = verdict.rank
        row.first_plan_s = first[0] if first else row.wall_s
        row.gap = None if case.best is None else percent_above(row.cost, case.best)
    return row


def compare(rows):
    """Fills in ratios to the other engines and to the best. Plans with different numbers unserved in a tier have no
    ratio: the tiers decide.
    """
    ranked = [row for row in rows if row.rank]
    best = min(ranked, key=lambda row: row.rank, default=None)
    for row in rows:
        row.ratios = {other.engine: ratio(row, other) for other in rows if other is not row}
        row.of_best = ratio(row, best) if best else None


def ratio(row, other):
    if not row.rank or not other.rank or row.rank[:-1] != other.rank[:-1]:
        return None
    if other.cost:
        return row.cost / other.cost
    return None if row.cost else 1.0


def never_worse(row: Row, other: Row) -> bool:
    """Whether a row's plan is at least as good; no plan is worse than any, and as good as none."""
    return other.rank is None or (row.rank is not None and row.rank <= other.rank)


def percent_above(cost, best):
    return (cost / best - 1) * 100 if best else (0.0 if not cost else None)
