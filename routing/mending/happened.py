"""What was reported, as the planner takes it."""

from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.utils import timezone

from routing.civil_time import clock, moment_of, seconds_into, today
from routing.models import Disruption
from routing.planning import replanning
from routing.planning.replanning import Late, NoAccess, Overrun, Sick, Urgent
from routing.planning.replanning.position import position_of
from routing.planning.solution import VisitStop
from routing.standing_day import StandingDay, standing_day


class DisruptionRefused(ValidationError):
    """What was reported does not fit the plan; the message says how."""


@dataclass(frozen=True)
class Happening:
    """The day as it stands, and what happens to it. `called_off`: reference of a visit that nobody can do today."""

    standing: StandingDay
    disruption: replanning.Disruption
    called_off: str = ""


def moment_of_mending(disruption: Disruption) -> int:
    """From when on the plan is mended, in seconds of its day: not in the past of a day that is today."""
    day, at = disruption.plan.day, seconds_into(disruption.plan.day, disruption.at)
    return max(at, seconds_into(day, timezone.now())) if day == today() else at


def happening(disruption: Disruption, now: int) -> Happening:
    """The day at `now` (seconds) and what was reported of it. DisruptionRefused where the two do not go together,
    NothingToPlan and UnfitDisruption as `standing_day`.
    """
    return READERS[disruption.kind](disruption, now)


def _sick(disruption, now):
    name, since = disruption.staff.reference, seconds_into(disruption.plan.day, disruption.at)
    standing = standing_day(disruption.plan, now, since={name: since} if since < now else None)
    if name not in standing.problem.staff_by_id:
        raise DisruptionRefused(f"{disruption.staff} does not work in this plan.")
    return _with(standing, Sick(name, since))


def _late(disruption, now):
    name, late = disruption.staff.reference, disruption.minutes * 60
    standing = standing_day(disruption.plan, now, since={name: now - late})
    route = next((route for route in standing.solution.routes if route.staff == name), None)
    begun = standing.begun.get(name, [])
    ahead = [stop for stop in (route.stops if route else []) if isinstance(stop, VisitStop) and stop.visit not in begun]
    if not ahead:
        raise DisruptionRefused(f"{disruption.staff} has no visit ahead at {_clock(disruption, now)}.")
    following, problem = ahead[0], standing.problem
    person, place = problem.staff_by_id[name], problem.visit_by_id[following.visit].location
    known = [event for event in standing.events if isinstance(event, Late) and event.staff == name]
    ends = {event.visit: event.until for event in standing.events if isinstance(event, Overrun)}
    known_late = (known[0].until, known[0].before) if known else None
    position = position_of(problem, person, route, now, until=ends, late=known_late)
    away = 0 if position.place in (None, place) else problem.duration_of(person).item(position.place, place)
    event = Late(name, max(position.free, following.arrive - away + late), known[0].before if known else None)
    return _with(standing, event, instead_of=known)


def _overrun(disruption, now):
    visit, day = disruption.visit.reference, disruption.plan.day
    standing = _at_a_visit(disruption, now)
    if not standing.has_begun(visit):
        raise DisruptionRefused(f"{visit} has not begun at {_clock(disruption, now)}: say so once somebody is there.")
    known = [event for event in standing.events if isinstance(event, Overrun) and event.visit == visit]
    ends = known[0].until if known else _stop(standing, visit).leave
    until = ends + disruption.minutes * 60
    if until <= now:
        ended = clock(moment_of(day, until))
        raise DisruptionRefused(f"{visit} would have ended at {ended} all the same: say how late the person is.")
    return _with(standing, Overrun(visit, until), instead_of=known)


def _no_access(disruption, now):
    visit = disruption.visit.reference
    standing = _at_a_visit(disruption, now)
    if standing.has_begun(visit):
        # Whoever was there keeps the way they went; they are free from now on.
        return Happening(_at_a_visit(disruption, now, left={visit: now}), replanning.Disruption(now, ()), visit)
    return replace(_with(standing, NoAccess(visit)), called_off=visit)


def _urgent(disruption, now):
    visit = disruption.visit
    standing = standing_day(disruption.plan, now, extra=(visit,))
    if standing.stop_of(visit.reference):
        raise DisruptionRefused(f"{visit.reference} is in the plan already.")
    if visit.reference not in standing.built.problem.visit_by_id:
        raise DisruptionRefused(f"{visit.reference} is {visit.get_state_display().lower()}: it cannot be planned.")
    return _with(standing, Urgent(standing.built.problem.visit_by_id[visit.reference]))


def _at_a_visit(disruption, now, left=None) -> StandingDay:
    """The day with the visit as the last thing that has begun for those who have it, unless they recorded more."""
    visit = disruption.visit.reference
    standing = standing_day(disruption.plan, now)
    if standing.stop_of(visit) is None:
        raise DisruptionRefused(f"Nobody has {visit} in this plan.")
    if any(name == visit for _, name in standing.over):
        raise DisruptionRefused(f"{visit} is over already.")
    since = {
        name: min(now, stop.start)
        for name, route in standing.stored.items()
        for stop in route.stops
        if isinstance(stop, VisitStop) and stop.visit == visit and visit in standing.begun.get(name, ())
    }
    return standing_day(disruption.plan, now, since=since, left=left)


def _stop(standing, visit):
    stops = (stop for route in standing.solution.routes for stop in route.stops if isinstance(stop, VisitStop))
    return next(stop for stop in stops if stop.visit == visit)


def _with(standing, event, instead_of=()):
    events = tuple(each for each in standing.events if each not in instead_of)
    if isinstance(event, Sick):
        events = tuple(each for each in events if not (isinstance(each, Sick) and each.staff == event.staff))
    return Happening(standing, replanning.Disruption(standing.now, (*events, event)))


def _clock(disruption, now) -> str:
    return clock(moment_of(disruption.plan.day, now))


READERS = {
    Disruption.Kind.SICK: _sick,
    Disruption.Kind.LATE: _late,
    Disruption.Kind.OVERRUN: _overrun,
    Disruption.Kind.NO_ACCESS: _no_access,
    Disruption.Kind.URGENT: _urgent,
}
