"""`manage.py bench routing`: engines on made-up working days, every answer judged. Speed claims live here, never in
tests.
"""

import json
import time

from .check import check
from .engines import SolveOptions, engine_names, solve
from .instances import home_visits


def add_arguments(parser):
    """Options of the command line."""
    parser.add_argument("--sizes", default="100x10", help="visits x staff, with commas between (default 100x10)")
    parser.add_argument("--seeds", default="1,2,3", help="seeds of the made-up days (default 1,2,3)")
    parser.add_argument("--seconds", default="10", help="wall seconds of each search, with commas between (default 10)")
    parser.add_argument("--engines", default="ortools", help=f"of {', '.join(engine_names())} (default ortools)")
    parser.add_argument("--tiers", action="store_true", help="with strict tiers")


def run(options, write):
    """One JSON line per run: size, seed, engine, seconds to the first feasible plan, cost, unserved, milliseconds of
    the judge.
    """
    for size in options["sizes"].split(","):
        visits, staff = (int(part) for part in size.split("x"))
        for seed in options["seeds"].split(","):
            problem = home_visits(visits, staff, int(seed), tiers=options["tiers"])
            for engine in options["engines"].split(","):
                for seconds in options["seconds"].split(","):
                    row = measure(problem, engine, float(seconds))
                    write(
                        json.dumps({"size": size, "seed": int(seed), "engine": engine, "budget": float(seconds)} | row)
                    )


def measure(problem, engine, seconds):
    """Figures of one search."""
    solution = solve(problem, SolveOptions(seconds=seconds), engine)
    began = time.perf_counter()
    verdict = check(problem, solution)
    judged = time.perf_counter() - began
    return {
        "feasible": verdict.feasible,
        "cost": verdict.cost.total,
        "travel": verdict.cost.travel,
        "unserved": len(verdict.unserved),
        "unserved_by_tier": verdict.unserved_by_tier,
        "first_plan_s": round(solution.trace[0][0], 3),
        "first_cost": solution.trace[0][1],
        "wall_s": round(solution.seconds, 2),
        "judge_ms": round(judged * 1000, 2),
    }
