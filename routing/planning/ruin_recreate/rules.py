"""What the arrays cannot state, and the integer unit of cost in which they state the rest."""

from fractions import Fraction

from routing.planning.problem import Problem, Visit
from routing.planning.tiers import LadderTooHigh, price_of_leaving_out

# Legs are held as 32-bit integers: the matrix of 1,000 visits then stays in the processor's cache.
LARGEST_LEG = (1 << 31) - 1
# Costs are multiplied by the first of these that makes them all whole; where none does, they are rounded to the last.
SCALES = (1, 2, 4, 5, 10, 20, 25, 50, 100, 1000)


def unsupported_features(problem: Problem) -> list[str]:
    """Features of this problem that the arrays cannot state, in words; empty: they state all of it."""
    features = [*_of_visits(problem), *_of_staff(problem)]
    if problem.links:
        features.append("links between visits")
    if problem.weights.waiting or problem.weights.max_idle:
        features.append("weights on waiting or max_idle")
    if problem.weights.travel < 0:
        features.append("a negative weight on travel")
    try:
        unit_and_prices(problem)
    except LadderTooHigh as error:
        features.append(f"strict tiers for {error}")
    if longest_drive(problem) > LARGEST_LEG or dearest_leg(problem) > LARGEST_LEG:
        features.append(f"legs of more than {LARGEST_LEG} seconds or units of cost")
    return features


def _of_visits(problem):
    if any(visit.staff_required > 1 for visit in problem.visits):
        yield "visits by several staff together (staff_required)"
    if any(visit.late_cost is not None and visit.late_max != 0 for visit in problem.visits):
        yield "late costs"
    if any(len(visit.windows) != 1 and not _is_pinned(visit) for visit in problem.visits):
        yield "several windows for a visit"
    if any(visit.preference_cost < 0 for visit in problem.visits):
        yield "negative preference costs"


def _of_staff(problem):
    everybody = problem.staff
    if any(not pause.required and pause.missed_cost for person in everybody for pause in person.breaks):
        yield "breaks that may be missed at a cost"
    if any(len(required_breaks(person)) > 1 for person in everybody):
        yield "more than one required break a day"
    pauses = [pause for person in everybody for pause in required_breaks(person)]
    if any(len(pause.windows) != 1 for pause in pauses):
        yield "several windows for a break"
    if any(pause.place == "stop" for pause in pauses):
        yield 'breaks at stops only (place: "stop")'
    if any(person.max_duration is not None and required_breaks(person) for person in everybody):
        yield "a bounded length of day together with a break (max_duration)"
    if any(person.overtime and person.overtime_cost for person in everybody):
        yield "overtime at a cost"


def required_breaks(person):
    """Breaks that bind: those that may be missed for nothing are never taken."""
    return [pause for pause in person.breaks if pause.required]


def _is_pinned(visit: Visit):
    return visit.pinned is not None and visit.pinned.start is not None


def start_window(visit: Visit) -> tuple[int, int]:
    """The one window of the start of service; opening after closing where no start is allowed."""
    if not _is_pinned(visit):
        return visit.start_windows[0]
    start = visit.pinned.start
    if any(opens <= start <= closes for opens, closes in visit.start_windows):
        return start, start
    return 1, 0


def unit_and_prices(problem: Problem) -> tuple[int, dict[str, int]]:
    """(units of the arrays in one unit of cost, price of leaving out by visit id in those units).

    Raises LadderTooHigh.
    """
    values = {problem.weights.travel, *(v.prize for v in problem.visits), *(v.preference_cost for v in problem.visits)}
    values = [Fraction(value).limit_denominator(10**6) for value in values]
    scale = next((s for s in SCALES if all((value * s).denominator == 1 for value in values)), SCALES[-1])
    try:
        return scale, price_of_leaving_out(problem, scale)
    except LadderTooHigh:
        if scale == 1:
            raise
    return 1, price_of_leaving_out(problem)


def horizon(problem: Problem) -> int:
    """Seconds between the earliest beginning and the latest end of anybody's day; no longer leg is ever driven."""
    if not problem.staff:
        return 0
    opens = min(person.shift[0] for person in problem.staff)
    return max(0, max(person.shift[1] + person.overtime for person in problem.staff) - opens)


def longest_drive(problem: Problem) -> int:
    """Seconds of the longest leg that can matter, at most."""
    span = horizon(problem)
    if span < LARGEST_LEG or not len(problem.duration):
        return span + 1
    return max(int(matrix.max()) for matrix in problem.durations)


def dearest_leg(problem: Problem) -> float:
    """The cost of the dearest leg that can matter, in units of the arrays, at most."""
    bound = longest_drive(problem)
    if problem.objective == "distance" and len(problem.duration):
        bound = max(int(matrix.max()) for matrix in problem.drivens)
    values = [problem.weights.travel]
    values += [v.prize for v in problem.visits] + [v.preference_cost for v in problem.visits]
    return bound * problem.weights.travel * SCALES[-1 if any(value != int(value) for value in values) else 0]
