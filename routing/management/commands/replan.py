"""`manage.py replan PROBLEM.json SOLUTION.json DISRUPTION.json`: a day mended, as JSON, without database or Redis."""

from routing.planning.engines import SolveOptions, engine_names
from routing.planning.io import load_problem, load_solution
from routing.planning.replanning import UnfitDisruption, replan
from routing.planning.replanning.reading import answer_json, load_disruption

from ._answer import AnswerCommand, Refused
from .solve_plan import _count, _seconds


class Command(AnswerCommand):
    help = (
        "Mends a plan during its day: what has begun stands, few people's days change. The answer has the whole plan, "
        "who changes, and which visits move."
    )

    def add_arguments(self, parser):
        parser.add_argument("problem", metavar="PROBLEM.json")
        parser.add_argument("solution", metavar="SOLUTION.json")
        parser.add_argument("disruption", metavar="DISRUPTION.json")
        parser.add_argument("--seconds", type=_seconds, default=10.0, help="wall time at most (default 10)")
        parser.add_argument(
            "--engine", choices=engine_names(), help="which rearranges days (default: the first of a few that can)"
        )
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--iterations", type=_count, help="steps of each search: the same answer everywhere")
        parser.add_argument("--people", type=int, help="most people to ask beside those affected (default: all)")
        parser.add_argument("--reconsider", action="store_true", help="also take up visits that the plan left out")
        parser.add_argument("--out", metavar="FILE", help="where the answer is written instead of standard output")

    def answer(self, options):
        problem, plan = load_problem(options["problem"]), load_solution(options["solution"])
        disruption = load_disruption(options["disruption"])
        search = SolveOptions(options["seconds"], options["seed"], iterations=options["iterations"])
        try:
            answer = replan(
                problem,
                plan,
                disruption,
                search,
                options["engine"],
                most_people=options["people"],
                reconsider=options["reconsider"],
            )
        except UnfitDisruption as error:
            raise Refused(str(error)) from None
        changes = answer.changes
        self.log(
            f"{len(changes.moves)} visits move, {len(changes.others)} working people change, "
            f"{len(answer.verdict.unserved)} unserved, {answer.solution.seconds:.1f} s"
        )
        if answer.not_stated:
            self.log(
                f"{options['engine']} could not rearrange some days: it cannot state {', '.join(answer.not_stated)}"
            )
        return answer_json(answer)
