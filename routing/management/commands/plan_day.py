"""`manage.py plan_day`: visits from priorities, a plan, and its optimisation, in this process and without a worker."""

import argparse
import json
import time
from datetime import date

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.audit import SystemActor
from accounts.models import Organisation
from routing import services
from routing.models import Team
from routing.optimisation import search
from routing.problem_building import NothingToPlan, build_problem

ACTOR = SystemActor("command:plan_day")


class Command(BaseCommand):
    """Prints the outcome as JSON on standard output and what it does on standard error; exit 1 for bad input."""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--organisation", required=True, help="name of the organisation")
        parser.add_argument("--team", required=True, help="name of the team")
        parser.add_argument("--day", required=True, type=_day, help="YYYY-MM-DD")
        parser.add_argument("--visits", type=int, default=100, help="how many visits at most (default 100)")
        parser.add_argument("--seconds", type=int, default=30, help="search time (default 30)")
        parser.add_argument("--name", default="", help="name of the plan")

    def handle(self, *args, **options):
        try:
            answer = self._plan(options)
        except (ValidationError, NothingToPlan) as error:
            raise CommandError(" ".join(getattr(error, "messages", [str(error)]))) from error
        self.stdout.write(json.dumps(answer, indent=2))

    def _plan(self, options) -> dict:
        organisation = Organisation.objects.filter(name=options["organisation"]).first()
        team = Team.objects.for_organisation(organisation).filter(name=options["team"]).first()
        if team is None:
            raise CommandError(f"{options['organisation']} has no team {options['team']}.")
        began = time.perf_counter()
        plan = services.plan_from_priorities(
            team=team,
            day=options["day"],
            count=options["visits"],
            name=options["name"],
            seconds=options["seconds"],
            by=ACTOR,
        )
        built = build_problem(plan)
        self.stderr.write(
            f"{len(built.visits)} visits for {len(built.shifts)} people; searching {plan.seconds_allowed} s"
        )
        prepared = time.perf_counter()
        solution = search(built, seconds=plan.seconds_allowed, seed=plan.seed)
        searched = time.perf_counter()
        plan = services.store_solution(
            plan=plan, built=built, solution=solution, note=f"Searched for {solution.seconds:.0f} seconds.", by=ACTOR
        )
        return {
            "plan": str(plan.pk),
            "visits": len(built.visits),
            "people": len(built.shifts),
            "served": len(built.visits) - plan.unserved.count(),
            "tier_one_unserved": plan.unserved.filter(visit__tier=1).count(),
            "cost": plan.cost,
            "core20_ratio": plan.equity.get("ratio"),
            "seconds": {
                "prepare": round(prepared - began, 2),
                "search": round(searched - prepared, 2),
                "store": round(time.perf_counter() - searched, 2),
            },
        }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"not a day: {text!r} (YYYY-MM-DD)") from None
