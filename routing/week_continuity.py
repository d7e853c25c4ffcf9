"""The same carer for somebody who is visited more than once in a week.

In the week's problem nobody is the same person on two days, so no engine can be asked for one carer. A first search
shows who would come; whoever can come most often is preferred from then on, at the weight of continuity. Those who
have a usual carer, or people named for them, have theirs preferred from the start.
"""

from collections import Counter, defaultdict
from dataclasses import replace

from .models import VisitLink
from .problem_building.tasks import CONTINUITY_SECONDS
from .problem_building.weeks import WeekProblem


def groups_of(built: WeekProblem) -> list[list[str]]:
    """Names of visits that one person should make, at least two each: those of one person on a caseload, and those that
    people tied to the same carer across days. Whoever has somebody preferred already is left out.
    """
    group = {name: visit.reference for name, visit in built.visits.items()}
    names = {visit.pk: name for name, visit in built.visits.items()}
    for link in VisitLink.objects.filter(first__in=names, second__in=names, same_staff=True).order_by("pk"):
        one, other = group[names[link.first_id]], group[names[link.second_id]]
        group = {name: one if each == other else each for name, each in group.items()}
    together = defaultdict(list)
    for name in sorted(group):
        if not built.problem.visit_by_id[name].preferred_staff:
            together[group[name]].append(name)
    return [found for found in together.values() if len(found) > 1]


def with_one_carer(built: WeekProblem, orders: dict[str, list[str]], groups: list[list[str]]) -> WeekProblem:
    """The week with one carer preferred for each group: who makes most of its visits in the plan `orders` among those
    who are able to make every one of them; of equals the first by reference. Groups that nobody serves stay.
    """
    carer_of = {name: staff.rpartition("@")[0] for staff, visits in orders.items() for name in visits}
    days_of = defaultdict(list)
    for staff in built.shifts:
        days_of[staff.rpartition("@")[0]].append(staff)
    preferred = {}
    for names in groups:
        able = [who for who in days_of if all(_is_able(built, days_of[who], name) for name in names)]
        found = Counter(carer_of[name] for name in names if carer_of.get(name) in able)
        if found:
            carer = min(found, key=lambda who: (-found[who], who))
            preferred |= dict.fromkeys(names, frozenset(days_of[carer]))
    if not preferred:
        return built
    visits = tuple(
        replace(task, preferred_staff=preferred[task.id], preference_cost=CONTINUITY_SECONDS)
        if task.id in preferred
        else task
        for task in built.problem.visits
    )
    return replace(built, problem=replace(built.problem, visits=visits))


def _is_able(built, days, name) -> bool:
    """Whether the person may make the visit on any of the days."""
    task = built.problem.visit_by_id[name]
    people = built.problem.staff_by_id
    return any(day not in task.not_staff and task.skills <= people[day].skills for day in days)
