"""`manage.py check_plan PROBLEM.json SOLUTION.json`: the judge's verdict as JSON, without database or Redis."""

from routing.planning.check import check
from routing.planning.io import load_problem, load_solution, verdict_json

from ._answer import AnswerCommand


class Command(AnswerCommand):
    help = "Judges a plan: whether it is feasible, which rules it breaks, what it costs. Exit 0 whatever the verdict."

    def add_arguments(self, parser):
        parser.add_argument("problem", metavar="PROBLEM.json")
        parser.add_argument("solution", metavar="SOLUTION.json")
        parser.add_argument("--out", metavar="FILE", help="where the verdict is written instead of standard output")

    def answer(self, options):
        verdict = check(load_problem(options["problem"]), load_solution(options["solution"]))
        self.log(f"{len(verdict.violations)} violations, cost {verdict.cost.total:g}")
        return verdict_json(verdict)
