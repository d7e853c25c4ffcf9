"""`manage.py solve_plan PROBLEM.json`: a plan as JSON, without database or Redis."""

from routing.planning.engines import EngineFault, SolveOptions, UnknownEngine, UnsupportedFeature, engine_names, solve
from routing.planning.engines import DEFAULT_ENGINE
from routing.planning.io import load_problem, solution_json

from ._answer import AnswerCommand, Refused


class Command(AnswerCommand):
    help = "Plans the visits of a problem file. The answer goes to standard output or --out, the log to standard error."

    def add_arguments(self, parser):
        parser.add_argument("problem", metavar="PROBLEM.json")
        parser.add_argument("--seconds", type=_positive, default=10.0, help="wall time of the search (default 10)")
        parser.add_argument(
            "--workers", type=int, default=2, help="processes that the engine may use, where it can (default 2)"
        )
        parser.add_argument(
            "--engine", choices=engine_names(), default=DEFAULT_ENGINE, help=f"default {DEFAULT_ENGINE}"
        )
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--out", metavar="FILE", help="where the plan is written instead of standard output")

    def answer(self, options):
        problem = load_problem(options["problem"])
        self.log(f"{len(problem.visits)} visits, {len(problem.staff)} staff, engine {options['engine']}")
        search = SolveOptions(
            seconds=options["seconds"], seed=options["seed"], workers=options["workers"], on_progress=self._progress
        )
        try:
            solution = solve(problem, search, options["engine"])
        except (UnsupportedFeature, UnknownEngine) as error:
            raise Refused(str(error)) from None
        except EngineFault as error:
            raise Refused(f"the engine's answer was rejected by the judge: {error}") from None
        self.log(f"cost {solution.cost.total:g}, {len(solution.unserved)} unserved, {solution.seconds:.1f} s")
        return solution_json(solution)

    def _progress(self, progress):
        self.log(f"{progress.elapsed:7.2f} s  cost {progress.cost:g}  unserved {progress.unserved}")


def _positive(text):
    value = float(text)
    if not 0 < value <= 86_400:
        raise ValueError(text)
    return value
