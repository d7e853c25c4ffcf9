"""What is known before any search: visits and demands that no plan can meet, in milliseconds.

Every claim follows from the problem alone and holds for every plan; where a bound is not certain nothing is said.
"""

from collections import defaultdict
from dataclasses import dataclass

from .openings import Openings
from .problem import Problem, Visit
from .reasons import impossible_visits
from .remedy_search import remedies_of
from .remedy_words import clock
from .slack import Days, start_bounds
from .solution import Remedy
from .trials import Trials

# Remedies are worked out for so many kinds of impossible visits.
MOST_WITH_REMEDIES = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """A code of reasons.LABELS, a sentence for people, what it concerns, and what would help, in words.

    `least_unserved`: how many of `visits` stay unserved at least, whatever the plan. `changes`: the remedies as data,
    where they were tried on the first of the visits.
    """

    code: str
    detail: str
    visits: tuple[str, ...]
    remedies: tuple[str, ...] = ()
    least_unserved: int = 1
    changes: tuple[Remedy, ...] = ()


def prechecks(problem: Problem) -> list[Finding]:
    """Everything that is certain before solving, what leaves most visits unserved first."""
    from .precheck_capacity import short_capacity
    from .precheck_links import contradicting_links

    spans, found, hopeless = Spans(problem), [], set()
    for check in (_pins, _impossible, _double_handed, contradicting_links, short_capacity):
        more = check(problem, spans, hopeless)
        hopeless |= {name for each in more if each.least_unserved == len(each.visits) for name in each.visits}
        found += more
    return sorted(found, key=lambda finding: -finding.least_unserved)


class Spans:
    """When somebody could start a visit if there were nothing else to do. Spans never leave out a start that some plan
    could have.
    """

    def __init__(self, problem: Problem):
        self.problem = problem
        self.days = Days(problem, [(person, []) for person in problem.staff])
        self._found = {}

    def by_person(self, visit: Visit) -> dict[str, tuple[int, int]]:
        """(earliest, latest) start by staff id, for those who may do the visit and can."""
        if visit.id not in self._found:
            openings = Openings(self.days, visit)
            self._found[visit.id] = {
                person.id: (int(openings.earliest_start[row, 0]), int(openings.latest_start[row, 0]))
                for row, person in enumerate(self.problem.staff)
                if openings.fits[row, 0] and self.problem.may_serve(person, visit)
            }
        return self._found[visit.id]

    def of(self, visit: Visit) -> tuple[int, int] | None:
        """(earliest, latest) start whoever does it; None where nobody can."""
        spans = self.by_person(visit).values()
        if not spans:
            return None
        return min(first for first, _ in spans), max(last for _, last in spans)


def _impossible(problem, spans, hopeless):
    """Visits that nobody can do, those with the same reason together."""
    groups = defaultdict(list)
    for name, reason in impossible_visits(problem).items():
        if name not in hopeless:
            groups[reason.code, reason.detail].append(name)
    empty = Trials(problem, {})
    found = []
    for index, ((code, detail), names) in enumerate(groups.items()):
        changes = remedies_of(empty, problem.visit_by_id[names[0]]) if index < MOST_WITH_REMEDIES else []
        words = tuple(remedy.change for remedy in changes)
        found.append(Finding(code, detail, tuple(names), words, len(names), tuple(changes)))
    return found


def _double_handed(problem, spans, hopeless):
    """Visits for several people of whom too few can be there at the same time."""
    found = []
    for visit in problem.visits:
        if visit.staff_required < 2 or visit.id in hopeless:
            continue
        able = spans.by_person(visit)
        most = _most_at_once(able.values())
        if most >= visit.staff_required:
            continue
        who = "nobody" if not most else "only one person" if most == 1 else f"only {most} people"
        detail = f"{visit.id} needs {visit.staff_required} people at once; at any one time {who} able can be there."
        changes = remedies_of(Trials(problem, {}), visit)
        words = tuple(remedy.change for remedy in changes)
        found.append(Finding("double", detail, (visit.id,), words, changes=tuple(changes)))
    return found


def _most_at_once(spans):
    """The largest number of intervals that share a moment."""
    ends = sorted([(first, 0) for first, _ in spans] + [(last, 1) for _, last in spans])
    most = now = 0
    for _, closes in ends:
        now += -1 if closes else 1
        most = max(most, now)
    return most


def _pins(problem, spans, hopeless):
    """Fixed people and times that cannot hold."""
    found, fixed, by_person = [], defaultdict(list), defaultdict(list)
    for visit in problem.visits:
        pin = visit.pinned
        if pin is None:
            continue
        if pin.start is not None and not start_bounds(visit):
            detail = f"{visit.id} is fixed at {clock(pin.start)}, which is outside its time window."
            found.append(
                Finding("pin", detail, (visit.id,), ("Move the fixed time into the window", "Widen the window"))
            )
        elif pin.staff is not None and any(visit.skills <= person.skills for person in problem.staff):
            if visit.staff_required == 1 and pin.staff not in spans.by_person(visit):
                detail = f"{visit.id} is fixed to {pin.staff}, who cannot do it at any time allowed."
                found.append(Finding("pin", detail, (visit.id,), ("Let somebody else do it", "Move the fixed time")))
            else:
                by_person[pin.staff].append(visit)
                if pin.start is not None:
                    fixed[pin.staff].append(visit)
    for name, visits in by_person.items():
        most = problem.staff_by_id[name].max_visits
        if most is not None and len(visits) > most:
            detail = f"{len(visits)} visits are fixed to {name}, who does at most {most}."
            excess = len(visits) - most
            remedies = (f"Let somebody else do {excess} of them", f"Allow {name} {excess} more")
            found.append(Finding("pin", detail, tuple(visit.id for visit in visits), remedies, excess))
    for name, visits in fixed.items():
        found += _overlapping(problem, name, visits)
    return found


def _overlapping(problem, name, visits):
    """Pairs of fixed visits of one person where the second begins before the first is done and any way there driven."""
    visits = sorted(visits, key=lambda visit: (visit.pinned.start, visit.id))
    seconds = problem.duration_of(problem.staff_by_id[name])
    for first, second in zip(visits, visits[1:], strict=False):
        places = {other.location for other in problem.visits if other is not second} | {first.location}
        way = min(seconds.item(place, second.location) for place in places)
        free = first.pinned.start + first.service + way
        if free > second.pinned.start:
            detail = (
                f"{first.id} and {second.id} are both fixed to {name}, at {clock(first.pinned.start)} and "
                f"{clock(second.pinned.start)}: {name} cannot be at the second before {clock(free)}."
            )
            remedies = (f"Fix {second.id} at {clock(free)} or later", f"Let somebody else do {second.id}")
            yield Finding("pin", detail, (first.id, second.id), remedies)
