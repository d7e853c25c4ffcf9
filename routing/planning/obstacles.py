"""What keeps people from a visit whatever the time, and how much of a change still counts as one."""

from .problem import Problem, Visit
from .trials import Trials


def person_obstacles(trials: Trials, visit: Visit) -> list[list[tuple[str, dict]]]:
    """For each person what stands in the way whatever the time: (kind of remedy, its fields)."""
    problem, days = trials.problem, trials.days
    answer = []
    for row, person in enumerate(problem.staff):
        obstacles = []
        missing = visit.skills - person.skills
        if missing:
            obstacles.append(("skill", {"skills": tuple(sorted(missing))}))
        if person.id in visit.not_staff or (visit.only_staff is not None and person.id not in visit.only_staff):
            obstacles.append(("allow", {}))
        if visit.staff_required == 1 and visit.pinned and visit.pinned.staff not in (None, person.id):
            obstacles.append(("pin_staff", {}))
        over = 0 if person.max_visits is None else int(days.count[row]) + 1 - person.max_visits
        if over > 0:
            obstacles.append(("max_visits", {"amount": over}))
        bound = problem.capacity.get(person.id)
        over = 0 if bound is None else int(days.load[row]) + visit.demand - bound
        if over > 0:
            obstacles.append(("capacity", {"amount": over}))
        answer.append(obstacles)
    return answer


def largest_changes(problem: Problem) -> tuple[int, int]:
    """(seconds by which a shift may grow, seconds by which a window may): more would be another day, not a remedy."""
    longest = max((person.shift[1] - person.shift[0] for person in problem.staff), default=0)
    return longest // 4, longest // 2
