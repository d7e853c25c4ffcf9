"""`manage.py bench routing`: engines against each other at equal wall time, every answer judged. Speed claims live
here, never in tests.
"""

import argparse

from .bench_cases import HOME_VISITS, BestKnown, made_up_days, published
from .bench_contest import contenders, contest, ready
from .bench_goals import outcomes
from .bench_tables import JsonLines, Table
from .engines import engine_names
from .fields import InputError


def add_arguments(parser):
    """Options of the command line."""
    parser.add_argument(
        "--sizes", type=_sizes, help="visits x staff of made-up days (default 100x10; with --instances none)"
    )
    parser.add_argument("--seeds", type=_numbers, default=[1, 2, 3], help="seeds of the made-up days (default 1,2,3)")
    parser.add_argument(
        "--instances",
        metavar="DIR",
        help="published instances (.txt, .vrp, .json), plans beside them",
    )
    parser.add_argument("--only", type=_names, metavar="NAMES", help="of the instances, by name")
    parser.add_argument("--search-seeds", type=_numbers, default=[1], help="seeds of the searches (default 1)")
    parser.add_argument("--seconds", type=_seconds, help="wall seconds of each search (default: what the goals give)")
    parser.add_argument("--workers", type=int, default=2, help="processes, for engines that use several (default 2)")
    parser.add_argument("--engines", type=_names, help=f"of {', '.join(engine_names())} (default portfolio)")
    parser.add_argument("--peers", action="store_true", help="OR-Tools, PyVRP and VROOM as well")
    parser.add_argument("--tiers", action="store_true", help="made-up days with strict tiers")
    parser.add_argument("--walkers", type=int, default=0, help="so many of the staff of made-up days go on foot")
    parser.add_argument("--best", metavar="FILE", help="JSON of the least known costs of made-up days by name")
    parser.add_argument("--record", action="store_true", help="write lower costs back to the file of --best")
    parser.add_argument("--json", action="store_true", help="a JSON object a line")


def run(options, write):
    """Rows as they come, then a summary by size, then the goals. Raises InputError."""
    out = JsonLines(write) if options["json"] else Table(write)
    if options["record"] and not options["best"]:
        raise InputError("--record", "needs the file to write to (--best FILE)")
    best = BestKnown(options["best"], options["record"])
    names, missing = contenders(options["engines"], options["peers"])
    for name in missing:
        out.skipped(name, "no engine of that name is registered")
    names, broken = ready(names, options["workers"])
    for name, why in broken.items():
        out.skipped(name, why)
    if not names:
        raise InputError("--engines", "none of them can run")
    rows = []
    for turn, (case, seed) in enumerate(_rounds(options, best, out)):
        seconds = options["seconds"] or case.goal_seconds
        found, skipped = contest(case, names, seed, seconds, options["workers"], turn)
        for name, why in skipped.items():
            out.skipped(f"{name} on {case.name}", why)
        for row in found:
            out.row(row)
            if row.feasible and not options["tiers"] and case.kind == HOME_VISITS:
                best.learn(case.name, row.cost)
        rows += found
    out.summary(rows)
    out.goals(outcomes(rows))


def _rounds(options, best, out):
    """(case, seed of the search) in turn."""
    sizes = options["sizes"] if options["sizes"] is not None else [] if options["instances"] else [(100, 10)]
    cases = made_up_days(sizes, options["seeds"], options["tiers"], options["walkers"], best)
    for case in cases:
        yield from ((case, seed) for seed in options["search_seeds"])
    if options["instances"]:
        for case in published(options["instances"], options["only"], out.note):
            yield from ((case, seed) for seed in options["search_seeds"])


def _sizes(text):
    try:
        sizes = [tuple(int(part) for part in size.split("x")) for size in text.split(",")]
    except ValueError:
        sizes = []
    if not sizes or any(len(size) != 2 or min(size) < 1 for size in sizes):
        raise argparse.ArgumentTypeError(f"expected sizes such as 100x10,300x30, found {text!r}")
    return sizes


def _numbers(text):
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected numbers such as 1,2,3, found {text!r}") from None


def _names(text):
    return [name.strip() for name in text.split(",") if name.strip()]


def _seconds(text):
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"expected seconds above 0, found {text!r}")
    return seconds
