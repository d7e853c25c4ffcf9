"""A change, and the rules that it breaks, in words. `Names` says how people, skills and times are called.

The only place where broken rules are worded: with the times of the plan where its verdict is at hand (`told`), else
plainly (`told_plainly`).
"""

from collections.abc import Callable
from dataclasses import dataclass

from routing.planning.check import Verdict, Violation
from routing.planning.problem import ALWAYS, Problem, Visit

from .draft import Proposal
from .edits import Clear, Move, MoveBreak, PutIn, Reorder, SetStart, Swap, TakeOut

# What is wrong, without saying when: the rest of a sentence about a visit and a person.
PLAIN = {
    "window": "starts outside its window",
    "late": "starts too late after its window",
    "skill": "needs a skill that this person does not have on that day",
    "staff": "must not be done by this person",
    "pin": "is fixed to another person or time",
    "double": "needs other people at the same time",
    "twice": "is there twice",
    "link": "does not keep to the visit that it is linked with",
    "time": "cannot be reached in time: visits or driving times have changed",
    "shift": "the day does not fit the shift",
    "away": "begins after this person has gone home",
    "break": "there is no room for the break",
    "max_visits": "has more visits than allowed",
    "drive": "drives longer than allowed",
    "duration": "is out longer than allowed",
    "capacity": "carries more than allowed",
    "end": "does not get back",
}

NO_SUCH_BREAK = "{} has a break in the round that the shift does not have any more."


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


def told_plainly(violation: Violation, person: Callable[[str], str]) -> str:
    """The same without the plan's times: what is wrong, about which visit and whom. `person`: a name by staff id."""
    what = PLAIN.get(violation.rule, violation.detail)
    about = ", ".join(filter(None, (violation.visit, violation.staff and person(violation.staff))))
    return f"{about}: {what}." if about else f"{what}."


class _Teller:
    def __init__(self, problem, verdict, names):
        self.problem, self.verdict, self.names = problem, verdict, names

    def tell(self, broken: Violation) -> str:
        person = self.names.person(broken.staff) if broken.staff else ""
        visit = self.problem.visit_by_id.get(broken.visit) if broken.visit else None
        words = getattr(self, f"_{broken.rule}", None)
        sentence = words(broken, person, visit) if words else None
        return sentence or told_plainly(broken, self.names.person)

    def _window(self, broken, person, visit: Visit):
        if visit is None:
            return None
        hours = " or ".join(self._hours(opens, closes) for opens, closes in visit.start_windows)
        return f"{person} would start {visit.id} at {self.names.clock(broken.found)}; it must start {hours}."

    _end = _late = _window

    def _hours(self, opens, closes):
        if opens <= ALWAYS[0]:
            return f"by {self.names.clock(closes)}"
        return f"between {self.names.clock(opens)} and {self.names.clock(closes)}"

    def _shift(self, broken, person, visit):
        if broken.part == "departs":
            return f"{person} would have to leave before the shift starts at {self.names.clock(broken.limit)}."
        if broken.part == "break":
            found, starts = self.names.clock(broken.found), self.names.clock(broken.limit)
            return f"{person}'s break would start at {found}, before the shift starts at {starts}."
        staff = self.problem.staff_by_id.get(broken.staff)
        if staff is None:
            return None
        extra = f" and up to {self.names.span(staff.overtime)} of overtime" if staff.overtime else ""
        ends, until = self.names.clock(broken.found), self.names.clock(staff.shift[1])
        return f"{person}'s day would end at {ends}; the shift ends at {until}{extra}."

    def _away(self, broken, person, visit):
        return f"{person} goes home at {self.names.clock(broken.limit)} and cannot begin {broken.visit} after that."

    def _skill(self, broken, person, visit):
        missing = " and ".join(self.names.skill(code) for code in broken.skills)
        return f"{broken.visit} needs {missing}, which {person} does not have."

    def _staff(self, broken, person, visit):
        return f"{person} is not to go to {broken.visit}."

    def _break(self, broken, person, visit):
        if broken.part == "twice":
            return f"{person} would have the same break twice."
        if broken.part == "short":
            found, asked = self.names.span(broken.found), self.names.span(broken.limit)
            return f"{person}'s break would last {found} instead of {asked}."
        pause = self.problem.staff_by_id[broken.staff].breaks[broken.index]
        hours = " or ".join(self._hours(*window) for window in pause.windows)
        if broken.part == "window":
            return f"{person}'s break would start at {self.names.clock(broken.found)}; it must start {hours}."
        return f"{person}'s break of {self.names.span(pause.duration)} must start {hours}: there is no room for it."

    def _max_visits(self, broken, person, visit):
        return f"{person} would have {broken.found} visits; {broken.limit} at most are allowed."

    def _drive(self, broken, person, visit):
        found, most = self.names.span(broken.found), self.names.span(broken.limit)
        return f"{person} would drive {found}; {most} at most are allowed."

    def _duration(self, broken, person, visit):
        found, most = self.names.span(broken.found), self.names.span(broken.limit)
        return f"{person} would be out for {found}; {most} at most are allowed."

    def _capacity(self, broken, person, visit):
        return f"{person} would carry {broken.found}; {broken.limit} at most are allowed."

    def _pin(self, broken, person, visit):
        if broken.part == "staff":
            pin = visit.pinned if visit else None
            return f"{broken.visit} is kept with {self.names.person(pin.staff)}." if pin and pin.staff else None
        found, wanted = self.names.clock(broken.found), self.names.clock(broken.limit)
        if broken.found > broken.limit:
            return f"{person} cannot start {broken.visit} before {found}; {wanted} is asked for."
        return f"{person} would start {broken.visit} at {found} instead of {wanted}."

    def _time(self, broken, person, visit):
        if broken.part == "none":
            return f"{person}'s times cannot be worked out from {broken.visit or 'the break'} on."
        if broken.part == "busy":
            start, until = self.names.clock(broken.found), self.names.clock(broken.limit)
            return f"{person} is busy until {until} and cannot take the break at {start}."
        if broken.part == "short":
            found, asked = self.names.span(broken.found), self.names.span(broken.limit)
            return f"{person} would have {found} for {broken.visit}, which takes {asked}."
        return f"{person} cannot be at {broken.visit} for {self.names.clock(broken.found)}."

    def _double(self, broken, person, visit):
        if broken.part == "apart":
            return f"The people for {broken.visit} would not start together."
        there = [route.staff for route in self.verdict.routes if broken.visit in route.visits]
        whom = " and ".join(self.names.person(name) for name in there)
        return f"{broken.visit} needs {broken.limit} people together; only {whom} would be there."

    def _link(self, broken, person, visit):
        first, second = broken.other, broken.visit
        if broken.part == "together":
            return f"{first} and {second} go together: either both are planned or neither."
        if broken.part == "same_staff":
            return f"{first} and {second} must be visited by the same person."
        if broken.part == "different_staff":
            return f"{first} and {second} must be visited by different people."
        bound = "least" if broken.part == "min_gap" else "most"
        return f"{second} must start at {bound} {self.names.span(broken.limit)} after {first}."

    def _required(self, broken, person, visit):
        return f"{broken.visit} must not wait any longer and would be left out: an approver has to decide that."

    def _unknown(self, broken, person, visit):
        if broken.visit:
            return f"{broken.visit} is in the round of {person}, but is not to be planned any more."
        if broken.part == "break":
            return NO_SUCH_BREAK.format(person)
        return f"{person} does not work in this plan any more and still has a round."

    def _twice(self, broken, person, visit):
        return f"{broken.visit} would be visited too often." if broken.visit else f"{person} has more than one round."
