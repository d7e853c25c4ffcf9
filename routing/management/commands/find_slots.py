"""`manage.py find_slots PROBLEM.json SOLUTION.json VISIT.json`: when a new visit could be promised, as JSON."""

from dataclasses import asdict, replace

from routing.planning.fields import InputError
from routing.planning.io import check_references, load_problem, load_solution, parse_visit, read_json
from routing.planning.new_place import with_place
from routing.planning.slots import MOST_SLOTS, find_slots

from ._answer import AnswerCommand, Refused


class Command(AnswerCommand):
    help = (
        "Finds the cheapest slots for a new visit in a plan that stays as it is. VISIT.json is a visit as in a "
        'problem; at a new address it has "legs" instead of "location": {"duration": {"from": [...], "to": [...]}}, '
        "seconds from and to each place of the problem, and the same for distance where the problem has distances."
    )

    def add_arguments(self, parser):
        parser.add_argument("problem", metavar="PROBLEM.json")
        parser.add_argument("solution", metavar="SOLUTION.json")
        parser.add_argument("visit", metavar="VISIT.json")
        parser.add_argument("--slots", type=int, default=MOST_SLOTS, help=f"how many at most (default {MOST_SLOTS})")
        parser.add_argument("--out", metavar="FILE", help="where the answer is written instead of standard output")

    def answer(self, options):
        problem, solution = load_problem(options["problem"]), load_solution(options["solution"])
        data = read_json(options["visit"])
        if isinstance(data, dict) and "legs" in data:
            if "location" in data:
                raise InputError("legs", "given beside location: a visit has one place")
            data = dict(data)
            problem = with_place(problem, data.pop("legs"))
            data["location"] = len(problem.duration) - 1
        visit = parse_visit(data, "visit")
        if visit.id not in problem.visit_by_id:
            check_references(replace(problem, visits=(*problem.visits, visit)))
        try:
            slots = find_slots([(options["solution"], problem, solution)], visit, options["slots"])
        except ValueError as error:
            raise Refused(str(error)) from None
        self.log(f"{len(slots)} slots for {visit.id}")
        return {"visit": visit.id, "slots": [asdict(slot) for slot in slots]}
