"""Why a visit is not served: what rules it out before any search, and what kept it out of a plan."""

from dataclasses import dataclass

from .openings import Openings
from .problem import ALWAYS, Problem, Visit
from .remedy_search import remedies_of
from .remedy_words import clock, listed
from .solution import Solution, Unserved
from .timetable import best_label
from .trials import Trials

# What a reason is called on pages and in files.
LABELS = {
    "skill": "Nobody has the skills",
    "staff": "Nobody is allowed",
    "service": "Longer than any shift",
    "window": "Nobody able works in its window",
    "unreachable": "Cannot be reached in time",
    "full": "Everybody able is fully booked",
    "double": "No two people are free together",
    "link": "Does not go with a linked visit",
    "pin": "Cannot keep its fixed person or time",
    "max_visits": "Everybody able has as many visits as allowed",
    "tier": "Gave way to more urgent visits",
    "prize": "Costs more than it is worth",
    "search": "Not placed within the time given",
    "capacity": "More demand than capacity",
}
# Remedies are looked for in so many days altogether (visits times staff).
DAYS_LOOKED_INTO = 40_000
NOT_WORKED_OUT = "What would let it in was worked out for the most urgent visits only."


@dataclass(frozen=True, slots=True)
class Reason:
    """A code of LABELS, and a sentence for people."""

    code: str
    detail: str


def impossible_visits(problem: Problem) -> dict[str, Reason]:
    """Visits that no plan can serve, whatever else it does, by visit id. Milliseconds.

    For nearly all visits the first people who are asked will do, so reasons are looked for only where nobody does:
    10,000 visits for 1,000 people are 10 million pairs.
    """
    return {visit.id: _why_impossible(problem, visit) for visit in problem.visits if not _is_possible(problem, visit)}


def _is_possible(problem, visit: Visit) -> bool:
    """Whether as many people as it needs may do the visit, one of them with a day that has nothing else."""
    wanted, alone = visit.staff_required, False
    for person in problem.staff:
        if not problem.may_serve(person, visit):
            continue
        wanted -= 1
        alone = alone or _could_do_nothing_else(problem, person, visit)
        if alone and wanted <= 0:
            return True
    return False


def _could_do_nothing_else(problem, person, visit) -> bool:
    return problem.capacity.get(person.id, visit.demand) >= visit.demand and _alone(problem, person, visit)


def _why_impossible(problem, visit: Visit) -> Reason:
    if not problem.staff:
        return Reason("staff", "Nobody is on shift.")
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
    """The solution's unserved visits, the most urgent first, each with its first reason and its cheapest remedies.

    In very large plans remedies are worked out for the most urgent visits only (`most_explained`); the others say so.
    """
    left = [problem.visit_by_id[entry.visit] for entry in solution.unserved]
    if not left:
        return []
    hopeless = impossible_visits(problem)
    trials = Trials(problem, solution.orders, solution.routes)
    left.sort(key=lambda visit: (visit.tier or 0, visit.id))
    most, answer = most_explained(problem), []
    for index, visit in enumerate(left):
        remedies = remedies_of(trials, visit) if index < most else []
        reason = hopeless.get(visit.id) or _kept_out(trials, visit, remedies)
        detail = reason.detail if index < most else f"{reason.detail} {NOT_WORKED_OUT}"
        answer.append(Unserved(visit.id, reason.code, detail, remedies))
    return answer


def most_explained(problem: Problem) -> int:
    """For how many visits remedies are worked out: what takes a few seconds (about 7 ms a visit at 100 staff)."""
    return max(50, DAYS_LOOKED_INTO // max(1, len(problem.staff)))


def _kept_out(trials, visit: Visit, remedies):
    problem = trials.problem
    simple = next((remedy for remedy in remedies if remedy.kind == "add"), None)
    if simple:
        return _could_be_added(visit, simple)
    able = [person for person in problem.staff if problem.may_serve(person, visit)]
    names = "the only person" if len(able) == 1 else f"all {len(able)} people"
    capped = [p for p in able if p.max_visits is not None and len(trials.orders[p.id]) >= p.max_visits]
    if able and len(capped) == len(able):
        return Reason("max_visits", f"The days of {names} who could do it have as many visits as allowed.")
    if visit.staff_required > 1:
        detail = f"Needs {visit.staff_required} people at once; too few of the {len(able)} able are free together"
        return Reason("double", f"{detail}{_when(visit)}.")
    planned = sorted({other for other in trials.linked.get(visit.id, ()) if other in trials.served_by})
    rows = [trials.row_of[person.id] for person in able]
    if planned and Openings(trials.days, visit).fits[rows].any():
        return Reason("link", f"It would fit, but not with what is asked for between it and {listed(planned)}.")
    if visit.tier is not None and all(_no_lower(trials.routes[person.id], visit.tier) for person in able):
        return Reason("tier", f"The days of {names} who could do it are full with visits at least as urgent.")
    needs = f"Needs {listed(sorted(visit.skills))}: n" if visit.skills else "N"
    return Reason("full", f"{needs}obody is free{_when(visit)}. No room in the days of {names} who could do it.")


def _when(visit):
    """The hours of the visit, where it has any."""
    if ALWAYS in visit.windows:
        return ""
    return " " + " or ".join(f"{clock(opens)} to {clock(closes)}" for opens, closes in sorted(visit.windows))


def _could_be_added(visit, remedy):
    if visit.tier is None and not visit.required and remedy.cost_change >= 0:
        added = remedy.cost_change + visit.prize
        return Reason("prize", f"Serving it would cost {added:g} more, leaving it out costs {visit.prize:g}.")
    days = listed(f"the day of {staff}" for staff, _ in remedy.places)
    return Reason("search", f"It would fit into {days}; search longer or add it by hand.")


def _no_lower(visits, tier):
    return all(other.tier is not None and other.tier <= tier for other in visits)


def minutes(seconds):
    return f"{round(seconds / 60)} min"
