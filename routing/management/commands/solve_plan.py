"""`manage.py solve_plan PROBLEM.json`: a plan as JSON, without database or Redis."""

import argparse

from routing.planning.engines import (
    DEFAULT_ENGINE,
    EngineFault,
    SolveOptions,
    UnsupportedFeature,
    engine_names,
    solve,
)
from routing.planning.io import load_problem, solution_json
from routing.planning.prechecks import prechecks

from ._answer import AnswerCommand, Refused


class Command(AnswerCommand):
    help = "Plans the visits of a problem file. The answer goes to standard output or --out, the log to standard error."

    def add_arguments(self, parser):
        parser.add_argument("problem", metavar="PROBLEM.json")
        parser.add_argument("--seconds", type=_seconds, default=10.0, help="wall time of the search (default 10)")
        parser.add_argument(
            "--workers", type=_count, default=2, help="processes, for engines that use several (default 2)"
        )
        parser.add_argument(
            "--engine", choices=engine_names(), default=DEFAULT_ENGINE, help=f"default {DEFAULT_ENGINE}"
        )
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--out", metavar="FILE", help="where the plan is written instead of standard output")

    def answer(self, options):
        problem = load_problem(options["problem"])
        self.log(f"{len(problem.visits)} visits, {len(problem.staff)} staff, engine {options['engine']}")
        for finding in prechecks(problem):
            self.log(
                f"before solving: {finding.code}: {finding.detail} What would help: {'; '.join(finding.remedies)}."
            )
        search = SolveOptions(options["seconds"], options["seed"], options["workers"], on_progress=self.progress)
        try:
            solution = solve(problem, search, options["engine"])
        except UnsupportedFeature as error:
            raise Refused(str(error)) from None
        except EngineFault as error:
            raise Refused(f"no plan: {error}") from None
        self.log(f"cost {solution.cost.total:g}, {len(solution.unserved)} unserved, {solution.seconds:.1f} s")
        if solution.promise_kept is False:
            self.log("there was no time to make sure that no simple exchange serves a more urgent visit")
        if solution.rejected:
            self.log(f"{solution.rejected} plans of the engine were rejected by the judge and left aside")
        return solution_json(solution)

    def progress(self, progress):
        self.log(f"{progress.elapsed:7.2f} s  cost {progress.cost:g}  unserved {progress.unserved}")


def _seconds(text):
    value = float(text)
    if not 0 < value <= 86_400:
        raise argparse.ArgumentTypeError(f"expected seconds above 0 and up to a day, found {text}")
    return value


def _count(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"expected at least 1, found {text}")
    return value
