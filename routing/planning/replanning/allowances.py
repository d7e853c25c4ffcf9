"""Rules that are broken if nothing changes, allowed as they are broken and no further."""

from collections.abc import Iterable
from dataclasses import replace

from routing.planning.check import Verdict, Violation
from routing.planning.problem import Pin, Problem, Staff, Visit
from routing.planning.solution import BreakStop, VisitStop


def with_allowances(problem: Problem, verdict: Verdict, broken: Iterable[Violation]) -> Problem:
    """The problem in which the plan of the verdict keeps these rules of time: windows, pinned starts, breaks, the end
    and the length of the day, gaps. The problem itself where there is none of these among them.
    """
    broken = list(broken)
    starts = _starts(verdict)
    visits, people, links = {}, {}, list(problem.links)
    for violation in broken:
        if violation.visit in problem.visit_by_id and violation.rule in OF_A_VISIT:
            visit = visits.get(violation.visit, problem.visit_by_id[violation.visit])
            visits[visit.id] = OF_A_VISIT[violation.rule](visit, starts.get(visit.id))
        elif violation.visit is None and violation.staff in verdict.facts and violation.rule in OF_A_PERSON:
            person = people.get(violation.staff, problem.staff_by_id[violation.staff])
            people[person.id] = OF_A_PERSON[violation.rule](person, verdict)
        elif violation.rule == "link":
            links = [_wider(link, starts) if violation.visit in (link.first, link.second) else link for link in links]
    staff = tuple(people.get(person.id, person) for person in problem.staff)
    tasks = tuple(visits.get(visit.id, visit) for visit in problem.visits)
    # Compared part by part: matrices have no truth value.
    if (staff, tasks, tuple(links)) == (problem.staff, problem.visits, tuple(problem.links)):
        return problem
    return replace(problem, staff=staff, visits=tasks, links=tuple(links))


def _starts(verdict) -> dict[str, list[int]]:
    starts: dict[str, list[int]] = {}
    for route in verdict.routes:
        for stop in route.stops:
            if isinstance(stop, VisitStop):
                starts.setdefault(stop.visit, []).append(stop.start)
    return starts


def _later(visit: Visit, starts) -> Visit:
    """The window open until the latest of the starts."""
    if not starts:
        return visit
    start, windows = max(starts), visit.start_windows
    closed = [closes for _, closes in windows if closes < start]
    if not closed:
        return visit
    if visit.late_cost is not None:
        most = start - windows[-1][1]
        return visit if visit.late_max is None or most <= visit.late_max else replace(visit, late_max=most)
    return replace(visit, windows=(*windows, (max(closed), start)), window_at="start")


def _unpinned(visit: Visit, starts) -> Visit:
    """Not before the pinned start, and no later than it will be; with anybody where the person does not come."""
    pin = visit.pinned
    if pin is None or pin.start is None or not starts or max(starts) <= pin.start:
        return replace(visit, pinned=None if pin is None or pin.start is None else Pin(None, pin.start))
    visit = replace(visit, pinned=None if pin.staff is None else Pin(pin.staff))
    return replace(visit, windows=((pin.start, max(starts)),), window_at="start")


def _longer(person: Staff, verdict) -> Staff:
    return replace(person, overtime=max(person.overtime, verdict.facts[person.id].overtime))


def _out_longer(person: Staff, verdict) -> Staff:
    fact = verdict.facts[person.id]
    if person.max_duration is None or fact.returns is None:
        return person
    return replace(person, max_duration=max(person.max_duration, fact.returns - fact.departs))


def _driving(person: Staff, verdict) -> Staff:
    drive = verdict.facts[person.id].drive
    return person if person.max_drive is None else replace(person, max_drive=max(person.max_drive, drive))


def _with_breaks(person: Staff, verdict) -> Staff:
    """A break that is late may be so late; one that is missing is not owed any more."""
    route = next(route for route in verdict.routes if route.staff == person.id)
    taken = {stop.index: stop.start for stop in route.stops if isinstance(stop, BreakStop)}
    breaks = []
    for index, pause in enumerate(person.breaks):
        start = taken.get(index)
        if start is None:
            pause = replace(pause, required=False)
        elif not any(opens <= start <= closes for opens, closes in pause.windows):
            closed = [closes for _, closes in pause.windows if closes < start]
            pause = replace(pause, windows=(*pause.windows, (max(closed, default=start), start)))
        breaks.append(pause)
    return replace(person, breaks=tuple(breaks))


def _wider(link, starts):
    if link.first not in starts or link.second not in starts:
        return link
    least = min(starts[link.second]) - max(starts[link.first])
    most = max(starts[link.second]) - min(starts[link.first])
    return replace(
        link,
        min_gap=None if link.min_gap is None else min(link.min_gap, least),
        max_gap=None if link.max_gap is None else max(link.max_gap, most),
    )


OF_A_VISIT = {"window": _later, "end": _later, "late": _later, "pin": _unpinned}
OF_A_PERSON = {"shift": _longer, "duration": _out_longer, "drive": _driving, "break": _with_breaks}
