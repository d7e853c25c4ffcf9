"""Why a visit is not served: what rules it out before any search, and what kept it out of a plan."""

from dataclasses import dataclass

from .engines.greedy import Days
from .problem import ALWAYS, Problem, Visit
from .solution import Solution, Unserved
from .timetable import best_label

# What a reason is called on pages and in files.
LABELS = {
    "skill": "Nobody has the skills",
    "staff": "Nobody is allowed",
    "service": "Longer than any shift",
    "window": "Nobody able works in its window",
    "unreachable": "Cannot be reached in time",
    "full": "Everybody able is fully booked",
    "max_visits": "Everybody able has as many visits as allowed",
    "tier": "Gave way to more urgent visits",
    "prize": "Costs more than it is worth",
    "search": "Not placed within the time given",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A code of LABELS, and a sentence for people."""

    code: str
    detail: str


def impossible_visits(problem: Problem) -> dict[str, Reason]:
    """Visits that no plan can serve, whatever else it does, by visit id. Milliseconds."""
    found = {}
    for visit in problem.visits:
        reason = _impossible(problem, visit)
        if reason:
            found[visit.id] = reason
    return found


def _impossible(problem, visit: Visit):
    skilled = [person for person in problem.staff if visit.skills <= person.skills]
    if not skilled:
        return Reason("skill", _skill_detail(problem, visit))
    able = [person for person in problem.staff if problem.may_serve(person, visit)]
    if len(able) < visit.staff_required:
        if not able:
            return Reason(
                "staff", "Those with the skills are excluded from this visit, or it is kept for somebody else."
            )
        return Reason("staff", f"Needs {visit.staff_required} people at once; {len(able)} may do it.")
    if any(
        problem.capacity.get(person.id, visit.demand) >= visit.demand and _alone(problem, person, visit)
        for person in able
    ):
        return None
    longest = max(person.shift[1] + person.overtime - person.shift[0] for person in able)
    if visit.service > longest:
        return Reason(
            "service", f"Takes {minutes(visit.service)}; the longest shift of those able has {minutes(longest)}."
        )
    windows = visit.start_windows
    late = 0 if visit.late_cost is None else ALWAYS[1] if visit.late_max is None else visit.late_max
    if not any(_overlaps(person, visit, windows, late) for person in able):
        shown = " or ".join(f"{clock(opens)} to {clock(closes)}" for opens, closes in visit.windows)
        needed = f"Nobody with {', '.join(sorted(visit.skills))}" if visit.skills else "Nobody able"
        return Reason("window", f"{needed} works {shown}.")
    return Reason(
        "unreachable", "Nobody able can drive there, do the visit and be back within the shift, breaks included."
    )


def _skill_detail(problem, visit):
    missing = [skill for skill in sorted(visit.skills) if not any(skill in person.skills for person in problem.staff)]
    if missing:
        return f"Nobody on shift has {' or '.join(missing)}."
    return f"Nobody on shift has {', '.join(sorted(visit.skills))} together."


def _alone(problem, person, visit):
    return best_label(problem, person, [visit], {}) is not None


def _overlaps(person, visit, windows, late):
    first, last = person.shift[0], person.shift[1] + person.overtime - visit.service
    return any(opens <= last and closes + late >= first for opens, closes in windows)


def explain_unserved(problem: Problem, solution: Solution) -> list[Unserved]:
    """The solution's unserved visits, the most urgent first, each with its first reason."""
    left = [entry.visit for entry in solution.unserved]
    hopeless = impossible_visits(problem) if left else {}
    days = Days(problem, solution.orders)
    answer = []
    for name in left:
        reason = hopeless.get(name) or _kept_out(problem, days, problem.visit_by_id[name])
        answer.append(Unserved(name, reason.code, reason.detail))
    answer.sort(key=lambda entry: (problem.visit_by_id[entry.visit].tier or 0, entry.visit))
    return answer


def _kept_out(problem, days, visit):
    able = [person for person in problem.staff if problem.may_serve(person, visit)]
    if visit.staff_required == 1 and not problem.links:
        place = days.cheapest_place(visit)
        if place:
            return _could_be_added(days, visit, *place)
    capped = [p for p in able if p.max_visits is not None and len(days.routes[p.id]) >= p.max_visits]
    if able and len(capped) == len(able):
        return Reason("max_visits", f"All {len(able)} people who could do it have as many visits as their day allows.")
    names = "the only person" if len(able) == 1 else f"all {len(able)} people"
    if visit.tier is not None and all(_no_lower(days.routes[person.id], visit.tier) for person in able):
        return Reason("tier", f"The days of {names} who could do it are full with visits at least as urgent.")
    window = (
        f" between {clock(visit.windows[0][0])} and {clock(visit.windows[-1][1])}" if visit.windows != (ALWAYS,) else ""
    )
    return Reason("full", f"No room{window} in the days of {names} who could do it.")


def _could_be_added(days, visit, person, position):
    added = days.added_cost(visit, person, position)
    if visit.tier is None and not visit.required and added >= visit.prize:
        return Reason("prize", f"Serving it would cost {added:g} more, leaving it out costs {visit.prize:g}.")
    return Reason("search", f"It would fit into the day of {person.id}; search longer or add it by hand.")


def _no_lower(visits, tier):
    return all(other.tier is not None and other.tier <= tier for other in visits)


def clock(seconds):
    """A time of day such as 09:30 where the number can be one, else the number."""
    if not 0 <= seconds <= 48 * 3600:
        return str(seconds)
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


def minutes(seconds):
    return f"{round(seconds / 60)} min"
