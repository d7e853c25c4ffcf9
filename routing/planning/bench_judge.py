"""`manage.py bench judge`: the judge against the plain telling of the rules on broken plans, and its speed."""

import random
import time
from collections import Counter
from dataclasses import dataclass, field

from .bench_days import tight_day
from .bench_mutants import mutant
from .check import check
from .instances import home_visits
from .plain_rules import broken_rules
from .solution import Route, Solution, VisitStop
from .timetable import best_label

MUTANTS_OF_A_DAY = 20


@dataclass
class Tally:
    """What a run found. `missed`, `invented`: (rule, staff, visit) of the plain telling alone, of the judge alone."""

    mutants: int = 0
    broken: int = 0
    days: int = 0
    rules: Counter = field(default_factory=Counter)
    missed: list = field(default_factory=list)
    invented: list = field(default_factory=list)
    costs_apart: int = 0


def add_arguments(parser):
    """Options of the command line."""
    parser.add_argument("--mutants", type=int, default=1_000, help="plans with one thing changed (default 1000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--visits", type=int, default=1_000, help="of the plan that is timed (default 1000)")


def run(options, write):
    """Prints what was missed, and milliseconds of one verdict."""
    began = time.process_time()
    tally = judge_mutants(options["mutants"], options["seed"])
    write(
        f"{tally.mutants} mutants of {tally.days} feasible plans, {tally.broken} of them broken: "
        f"{len(tally.missed)} rules missed, {len(tally.invented)} invented, {tally.costs_apart} costs apart "
        f"({time.process_time() - began:.0f} CPU s)"
    )
    write("broken rules: " + ", ".join(f"{rule} {count}" for rule, count in sorted(tally.rules.items())))
    for name, found in (("missed", tally.missed), ("invented", tally.invented)):
        for case in found[:5]:
            write(f"{name}: {case}")
    served, stated, left_out = milliseconds(options["visits"])
    write(
        f"a plan of {options['visits']} visits, {served} served: judged in {stated:.1f} ms of CPU with times stated, "
        f"{left_out:.1f} ms without"
    )


def judge_mutants(count, seed) -> Tally:
    """Judges `count` mutants of feasible plans twice. The same seed gives the same mutants."""
    source, tally = random.Random(f"mutants {seed}"), Tally()
    while tally.mutants < count:
        problem, plan = tight_day(source)
        _compare(problem, plan, tally, "as planned")
        tally.days += 1
        for _ in range(min(MUTANTS_OF_A_DAY, count - tally.mutants)):
            tally.mutants += 1
            tally.broken += bool(_compare(*mutant(source, problem, plan), tally, f"mutant {tally.mutants}"))
    return tally


def _compare(problem, plan, tally, name):
    verdict = check(problem, plan)
    broken, cost = broken_rules(problem, plan)
    found = {(violation.rule, violation.staff, violation.visit) for violation in verdict.violations}
    tally.missed += [(name, *rule) for rule in sorted(broken - found, key=str)]
    tally.invented += [(name, *rule) for rule in sorted(found - broken, key=str)]
    tally.rules.update({rule for rule, _, _ in broken})
    if not broken and verdict.cost.total != sum(cost.values()):
        tally.costs_apart += 1
    return broken


def milliseconds(visits, repeats=5):
    """(visits served, CPU milliseconds of one verdict with times stated, and with times to be worked out)."""
    problem = home_visits(visits, max(1, visits // 5), 1, tightness=0.5)
    bare = Solution(
        [Route(name, [VisitStop(visit.id) for visit in day]) for name, day in _days(problem).items() if day]
    )
    timed = Solution(check(problem, bare).routes)
    served = sum(len(route.visits) for route in bare.routes)
    return served, *(min(_cpu_ms(problem, plan) for _ in range(repeats)) for plan in (timed, bare))


def _days(problem):
    """Visits by staff id: each at the end of the first day that can still take it."""
    days = {person.id: [] for person in problem.staff}
    for visit in sorted(problem.visits, key=lambda visit: visit.windows[0][1]):
        for person in problem.staff:
            day = days[person.id]
            full = person.max_visits is not None and len(day) >= person.max_visits
            if not full and problem.may_serve(person, visit) and best_label(problem, person, [*day, visit], {}):
                day.append(visit)
                break
    return days


def _cpu_ms(problem, plan):
    began = time.process_time()
    check(problem, plan)
    return (time.process_time() - began) * 1000
