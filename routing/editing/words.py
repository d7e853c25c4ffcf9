"""A change, and the rules that it breaks, in words. `Names` says how people, skills and times are called."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from routing.planning.check import Verdict, Violation
from routing.planning.problem import ALWAYS, Problem, Visit
from routing.planning.solution import VisitStop

from .draft import Proposal
from .edits import Clear, Move, MoveBreak, PutIn, Reorder, SetStart, Swap, TakeOut


@dataclass(frozen=True)
class Names:
    """Functions from a staff id, a skill code, seconds into the day, and a span of seconds to words."""

    person: Callable[[str], str]
    skill: Callable[[str], str]
    clock: Callable[[int], str]
    span: Callable[[int], str]


def span(seconds: float) -> str:
    """E.g. 1 h 20 min, 35 min; what is shorter than a minute in seconds."""
    if 0 < abs(seconds) < 60:
        return f"{round(seconds)} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes:02d} min" if minutes else f"{hours} h"


def summary(proposal: Proposal, names: Names) -> str:
    """What the change does, in one sentence without a full stop."""
    return _SUMMARIES[type(proposal.edit)](proposal, proposal.edit, names)


def _moved(proposal, edit: Move, names):
    where = _where(proposal, edit.visit, edit.staff)
    if edit.staff == edit.from_staff:
        return f"{edit.visit} moved within the round of {names.person(edit.staff)}: {where}"
    return f"{edit.visit} moved from {names.person(edit.from_staff)} to {names.person(edit.staff)}: {where}"


def _where(proposal, visit, staff):
    order = next((route.visits for route in proposal.verdict.routes if route.staff == staff), [])
    at = order.index(visit)
    return f"after {order[at - 1]}" if at else "first visit of the day"


def _put_in(proposal, edit: PutIn, names):
    places = [f"with {names.person(name)}, {_where(proposal, edit.visit, name)}" for name, _ in edit.places]
    return f"{edit.visit} put in {' and '.join(places)}"


def _break_moved(proposal, edit: MoveBreak, names):
    route = next(route for route in proposal.verdict.routes if route.staff == edit.staff)
    start = next((stop.start for stop in route.stops if getattr(stop, "index", None) == edit.index), None)
    when = f" to {names.clock(start)}" if start is not None else ""
    return f"Break of {names.person(edit.staff)} moved{when}"


def _start_set(proposal, edit: SetStart, names):
    if edit.start is None:
        return f"{edit.visit} starts as early as it can"
    return f"{edit.visit} starts at {names.clock(edit.start)}"


_SUMMARIES = {
    Move: _moved,
    Swap: lambda proposal, edit, names: f"{edit.visit} and {edit.other} changed places",
    TakeOut: lambda proposal, edit, names: f"{edit.visit} taken out",
    PutIn: _put_in,
    MoveBreak: _break_moved,
    SetStart: _start_set,
    Clear: lambda proposal, edit, names: f"All visits of {names.person(edit.staff)} taken out",
    Reorder: lambda proposal, edit, names: f"Round of {names.person(edit.staff)} in another order",
}


def told(problem: Problem, verdict: Verdict, violation: Violation, names: Names) -> str:
    """A broken rule as a sentence that names the person, the visit and the times."""
    return _Teller(problem, verdict, names).tell(violation)


class _Teller:
    def __init__(self, problem, verdict, names):
        self.problem, self.verdict, self.names = problem, verdict, names

    def tell(self, broken: Violation) -> str:
        person = self.names.person(broken.staff) if broken.staff else ""
        visit = self.problem.visit_by_id.get(broken.visit) if broken.visit else None
        words = getattr(self, f"_{broken.rule}", None)
        sentence = words(broken, person, visit) if words else None
        return sentence or self._plainly(broken, person)

    def _plainly(self, broken, person):
        about = ", ".join(part for part in (person, broken.visit) if part)
        return f"{about}: {broken.detail}." if about else f"{broken.detail}."

    def _start(self, broken):
        for route in self.verdict.routes:
            if broken.staff in (None, route.staff):
                for stop in route.stops:
                    if isinstance(stop, VisitStop) and stop.visit == broken.visit:
                        return stop.start
        return None

    def _window(self, broken, person, visit: Visit):
        start = self._start(broken)
        if visit is None or start is None:
            return None
        hours = " or ".join(self._hours(opens, closes) for opens, closes in visit.start_windows)
        return f"{person} would start {visit.id} at {self.names.clock(start)}; it must start {hours}."

    _end = _late = _window

    def _hours(self, opens, closes):
        if opens <= ALWAYS[0]:
            return f"by {self.names.clock(closes)}"
        return f"between {self.names.clock(opens)} and {self.names.clock(closes)}"

    def _shift(self, broken, person, visit):
        staff, fact = self.problem.staff_by_id.get(broken.staff), self.verdict.facts.get(broken.staff)
        if staff is None or fact is None:
            return None
        if broken.visit is not None or fact.returns is None:
            starts = self.names.clock(staff.shift[0])
            return f"{person} would have to leave before the shift starts at {starts}."
        if not fact.overtime:
            return None
        extra = f" and up to {self.names.span(staff.overtime)} of overtime" if staff.overtime else ""
        ends = self.names.clock(staff.shift[1] + fact.overtime)
        return f"{person}'s day would end at {ends}; the shift ends at {self.names.clock(staff.shift[1])}{extra}."

    def _skill(self, broken, person, visit):
        staff = self.problem.staff_by_id.get(broken.staff)
        if staff is None or visit is None:
            return None
        missing = " and ".join(self.names.skill(code) for code in sorted(visit.skills - staff.skills))
        return f"{visit.id} needs {missing}, which {person} does not have."

    def _staff(self, broken, person, visit):
        return f"{person} is not to go to {broken.visit}."

    def _break(self, broken, person, visit):
        named = re.match(r"break (\d+) (?:starts at (-?\d+), outside|is missing)", broken.detail)
        if named is None:
            return None
        pause = self.problem.staff_by_id[broken.staff].breaks[int(named[1])]
        hours = " or ".join(self._hours(*window) for window in pause.windows)
        if named[2]:
            return f"{person}'s break would start at {self.names.clock(int(named[2]))}; it must start {hours}."
        return f"{person}'s break of {self.names.span(pause.duration)} must start {hours}: there is no room for it."

    def _max_visits(self, broken, person, visit):
        staff, fact = self.problem.staff_by_id[broken.staff], self.verdict.facts[broken.staff]
        return f"{person} would have {len(fact.starts)} visits; {staff.max_visits} at most are allowed."

    def _drive(self, broken, person, visit):
        staff, fact = self.problem.staff_by_id[broken.staff], self.verdict.facts[broken.staff]
        most = self.names.span(staff.max_drive)
        return f"{person} would drive {self.names.span(fact.drive)}; {most} at most are allowed."

    def _pin(self, broken, person, visit):
        pin = visit.pinned if visit else None
        if broken.staff is None:
            return f"{broken.visit} is kept with {self.names.person(pin.staff)}." if pin and pin.staff else None
        # A start that is asked for stands in the judge's words only: it is no part of the stored problem.
        times = re.fullmatch(r"starts at (-?\d+), pinned to (-?\d+)", broken.detail)
        if times is None:
            return None
        start, wanted = map(int, times.groups())
        if start > wanted:
            reached = self.names.clock(start)
            return f"{person} cannot start {broken.visit} before {reached}; {self.names.clock(wanted)} is asked for."
        return (
            f"{person} would start {broken.visit} at {self.names.clock(start)} instead of {self.names.clock(wanted)}."
        )

    def _time(self, broken, person, visit):
        if broken.visit is None:
            times = re.match(r"break \d+ starts at (-?\d+), while busy until (-?\d+)", broken.detail)
            if times is None:
                return None
            start, until = map(self.names.clock, map(int, times.groups()))
            return f"{person} is busy until {until} and cannot take the break at {start}."
        start = self._start(broken)
        when = f" for {self.names.clock(start)}" if start is not None else " in time"
        return f"{person} cannot be at {broken.visit}{when}."

    def _double(self, broken, person, visit):
        if visit is None:
            return None
        there = [route.staff for route in self.verdict.routes if visit.id in route.visits]
        if len(there) < visit.staff_required:
            whom = " and ".join(self.names.person(name) for name in there)
            return f"{visit.id} needs {visit.staff_required} people together; only {whom} would be there."
        return f"The people for {visit.id} would not start together."

    def _link(self, broken, person, visit):
        for link in self.problem.links:
            if broken.visit in (link.first, link.second) and (
                link.second == broken.visit or "goes together" in broken.detail
            ):
                return self._linked(link, broken) or None
        return None

    def _linked(self, link, broken):
        if "goes together" in broken.detail:
            return f"{link.first} and {link.second} go together: either both are planned or neither."
        if link.same_staff and "the person who" in broken.detail:
            return f"{link.first} and {link.second} must be visited by the same person."
        if link.different_staff and "somebody else" in broken.detail:
            return f"{link.first} and {link.second} must be visited by different people."
        if "at least" in broken.detail and link.min_gap is not None:
            return f"{link.second} must start at least {self.names.span(link.min_gap)} after {link.first}."
        if "at most" in broken.detail and link.max_gap is not None:
            return f"{link.second} must start at most {self.names.span(link.max_gap)} after {link.first}."
        return ""

    def _required(self, broken, person, visit):
        return f"{broken.visit} must not wait any longer and would be left out: an approver has to decide that."

    def _unknown(self, broken, person, visit):
        if broken.visit:
            return f"{broken.visit} is in the round of {person}, but is not to be planned any more."
        return f"{person} does not work in this plan any more and still has a round."

    def _twice(self, broken, person, visit):
        return f"{broken.visit} would be visited too often." if broken.visit else None
