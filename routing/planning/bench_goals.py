"""The goals for planning, each measured on the rows of a run: met, not met, or not measured."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import mean

from .bench_contest import OURS, PEERS, Row, never_worse

TIMELY = 1.05  # a search may end so much after its budget (and half a second) and still count


@dataclass(frozen=True)
class Goal:
    """`of`: which rows it is about; `measure(ours, all rows of these cases)` gives (met, what was measured)."""

    text: str
    seconds: float
    of: Callable[[Row], bool]
    measure: Callable[[list[Row], list[Row]], tuple[bool | None, str]]


@dataclass(frozen=True)
class Outcome:
    """`met` None: not measured, and `measured` says why, empty where the run had nothing of the kind."""

    goal: str
    met: bool | None
    measured: str


def home(visits, staff):
    return lambda row: row.kind == "home visits" and row.size == f"{visits}x{staff}"


def kind(name, least, most):
    return lambda row: row.kind == name and least <= row.visits <= most


def first_plan(limit):
    def measure(ours, _):
        slowest = max((row.first_plan_s if row.feasible else float("inf") for row in ours), default=None)
        return slowest < limit, f"slowest {slowest:.2f} s of {len(ours)}"

    return measure


def at_most(peers):
    def measure(ours, rows):
        rivals = {(row.case, row.seed, row.engine): row for row in rows if row.engine in peers}
        if not rivals:
            return None, f"{', '.join(peers)} did not run"
        lost = [
            f"{row.case} to {name} ({row.cost or 0:g} against {other.cost:g})"
            for row in ours
            for name in peers
            if (other := rivals.get((row.case, row.seed, name))) and not never_worse(row, other)
        ]
        compared = f"{len(rivals)} comparisons with {', '.join(sorted({key[2] for key in rivals}))}"
        return not lost, f"{compared}: " + (f"lost {len(lost)}: {'; '.join(lost[:3])}" if lost else "none lost")

    return measure


def mean_gap(limit):
    def measure(ours, _):
        if any(not row.feasible for row in ours):
            return False, "no feasible plan for " + ", ".join(row.case for row in ours if not row.feasible)
        gaps = [row.gap for row in ours if row.gap is not None]
        if not gaps:
            return None, "no best-known cost (--best FILE)"
        return mean(gaps) <= limit, f"mean {mean(gaps):.2f} %, worst {max(gaps):.2f} % of {len(gaps)}"

    return measure


def reference_reached(least, of):
    """At or below the published reference on so many of so many instances; of others the same share."""

    def measure(ours, _):
        known = {row.case for row in ours if row.gap is not None or not row.feasible}
        reached = known - {row.case for row in ours if not row.feasible or (row.gap is not None and row.gap > 0)}
        if not known:
            return None, "no published plan"
        above = f", above: {', '.join(sorted(known - reached))}" if known - reached else ""
        return len(reached) * of >= least * len(known), f"{len(reached)} of {len(known)}{above}"

    return measure


def complete(limit):
    def measure(ours, _):
        slowest = max(row.wall_s for row in ours)
        broken = [row.case for row in ours if not row.feasible]
        return not broken and slowest <= limit, f"slowest {slowest:.0f} s, {len(broken)} infeasible of {len(ours)}"

    return measure


def no_rule_broken(ours, _):
    broken = [f"{row.case}: {', '.join(row.violations) or row.fault}" for row in ours if not row.feasible]
    return not broken, f"{len(ours)} plans, " + (f"broken: {'; '.join(broken[:3])}" if broken else "none broken")


def judge_below(limit):
    def measure(ours, _):
        times = [(row.judge_cpu_ms, row.judge_ms) for row in ours if row.judge_ms is not None]
        if not times:
            return None, "no plan to judge"
        cpu, wall = max(times)
        return cpu < limit, f"slowest {cpu:.1f} ms of CPU ({wall:.1f} ms wall) of {len(times)}"

    return measure


def _published_goals():
    for name, seconds, bounds in (
        ("VRPTW", 10, ((100, 100, 0.2), (200, 200, 0.5))),
        ("VRPTW", 60, ((1_000, 1_000, 2),)),
        ("SDVRPTW", 30, ((1, 300, 0.5), (301, 600, 1.5), (601, 20_000, 3))),
        ("MDVRPTW", 30, ((1, 600, 1.2), (601, 20_000, 3))),
        ("PCVRPTW", 60, ((1, 20_000, 0.5),)),
    ):
        for least, most, limit in bounds:
            size = f"{least}" if least == most else f"{least} to {most}" if most < 20_000 else f"{least} and more"
            text = f"{name}, {size} clients, {seconds} s: mean gap to best known <= {limit} %"
            yield Goal(text, seconds, kind(name, least, most), mean_gap(limit))
        if name in ("SDVRPTW", "PCVRPTW"):
            yield Goal(
                f"{name}, {seconds} s: never worse than PyVRP", seconds, kind(name, 1, 20_000), at_most(["pyvrp"])
            )


GOALS = (
    Goal("100 x 10: first feasible plan < 1 s", 10, home(100, 10), first_plan(1)),
    Goal("100 x 10, 10 s: cost <= every peer on every instance", 10, home(100, 10), at_most(PEERS)),
    Goal("100 x 10, 10 s: mean within 0.3 % of the best known", 10, home(100, 10), mean_gap(0.3)),
    Goal("300 x 30, 20 s: cost <= every peer on every instance", 20, home(300, 30), at_most(PEERS)),
    Goal("1,000 x 100, 30 s: cost <= every peer on every instance", 30, home(1_000, 100), at_most(PEERS)),
    Goal("10,000 x 1,000: complete and feasible within 10 min", 600, home(10_000, 1_000), complete(600)),
    *_published_goals(),
    Goal(
        "home-care sets, 60 s: at or below the published reference on five of six instances",
        60,
        kind("home care", 1, 20_000),
        reference_reached(5, 6),
    ),
    Goal("no rule broken, ever", float("inf"), lambda row: True, no_rule_broken),
    Goal("a plan of 1,000 visits judged in < 50 ms", float("inf"), lambda row: row.visits == 1_000, judge_below(50)),
)


def outcomes(rows: list[Row], goals=GOALS) -> list[Outcome]:
    """What a run says about each goal. Ours is the first engine of OURS that ran; searches that were given or took
    more than the goal's seconds do not count for it.
    """
    engine = next((name for name in OURS if any(row.engine == name for row in rows)), None)
    return [_outcome(goal, [row for row in rows if goal.of(row)], engine) for goal in goals]


def _outcome(goal, rows, engine):
    ours = [row for row in rows if row.engine == engine]
    if not ours:
        return Outcome(goal.text, None, "")
    longer = {row.budget for row in ours if row.budget > goal.seconds}
    if longer:
        return Outcome(goal.text, None, f"searched for {max(longer):g} s, the goal gives {goal.seconds:g} s")
    met, measured = goal.measure(ours, rows)
    late = max((row.wall_s for row in ours if row.wall_s > row.budget * TIMELY + 0.5), default=None)
    if late:
        measured += f"; not counted: a search took {late:.1f} s"
        met = met and None
    shorter = {row.budget for row in ours if row.budget < goal.seconds < float("inf")}
    if shorter:
        measured += f" (searched for {min(shorter):g} s)"
    return Outcome(goal.text, met, f"{engine}: {measured}")
