"""A week as one problem: every person on every day is somebody of their own, and a visit that may move has a window on
each day that it may move to.

Second 0 is the first instant of the first day. People go by "reference@day" and visits by "reference@own day": the same
person may be visited twice a week.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from routing.caseload.review import calendar_for, interval_days
from routing.caseload.working_days import EVERY_DAY, Calendar
from routing.civil_time import LONDON, NoSuchTime, day_start, instant, seconds_into
from routing.continuity import usual_carers
from routing.models import PlanState, RouteAssignment, RoutePlan, Shift, Visit, VisitLink, WeekPlan
from routing.planning.problem import Link, Problem
from routing.planning.problem import Visit as Task
from routing.planning.solution import Route, Solution, VisitStop
from routing.travel import Profile
from routing.travel_sources import travel_times

from .building import NothingToPlan
from .people import named_people, staff_of, working_shifts
from .tasks import asking_what_is_possible, task_of
from .travel import as_legs, places_of, travel_of
from .week_fixing import FixedInWeek, fixed_in

DAY_SECONDS = 24 * 3600
# Visits of one person fall on different days when they are at least this much further apart than whole days less one.
SLACK_SECONDS = 12 * 3600
# Two visits at most so far apart are made within one shift, so that the same person is somebody who can be named.
SAME_SHIFT_MINUTES = 12 * 60


@dataclass
class WeekProblem:
    """A week as a problem, and the rows behind its references. `closed`: visits that no open day may hold, with the
    reason (`elsewhere`: those of them that another plan holds); `days`: those that are planned now, for which nothing
    has been decided yet; `fixed`: what people fixed in the plans of these days.
    """

    week: WeekPlan
    problem: Problem
    visits: dict[str, Visit]
    days: list[date]
    shifts: dict[str, Shift]
    closed: list[tuple[Visit, str]] = field(default_factory=list)
    elsewhere: set = field(default_factory=set)
    fixed: FixedInWeek = field(default_factory=FixedInWeek)

    @property
    def asks(self) -> WeekPlan:
        """What says which wishes the search is to keep."""
        return self.week

    @property
    def set_aside(self) -> list[tuple[Visit, str]]:
        """Visits that are not planned and not served: those that no open day may hold, less those of other plans."""
        return [(visit, why) for visit, why in self.closed if visit.pk not in self.elsewhere]

    def by_day(self, solution: Solution) -> dict[date, Solution]:
        """The routes of each day, with the references of that day and without times: the day's own problem has them."""
        routes = defaultdict(list)
        for route in solution.routes:
            if route.visits:
                person, _, day = route.staff.rpartition("@")
                stops = [VisitStop(self.visits[name].reference) for name in route.visits]
                routes[date.fromisoformat(day)].append(Route(person, stops))
        return {day: Solution(routes[day], engine=solution.engine) for day in self.days}

    def stands(self) -> Solution:
        """The routes of the open days as they are stored, in the week's own references and without times: all days are
        compared with the travel times of the week. Whoever and whatever the week does not know any more is left out.
        """
        names = {visit.pk: name for name, visit in self.visits.items()}
        plans = self.week.plans.filter(day__in=self.days)
        routes = []
        for each in RouteAssignment.objects.filter(plan__in=plans).select_related("staff", "plan"):
            person = f"{each.staff.reference}@{each.plan.day}"
            visits = each.stops.filter(visit__in=names).order_by("sequence").values_list("visit", flat=True)
            if person in self.shifts and visits:
                routes.append(Route(person, [VisitStop(names[visit]) for visit in visits]))
        return Solution(routes)

    def day_of(self, solution: Solution) -> dict[str, date]:
        """The day of each served visit."""
        return {
            name: date.fromisoformat(route.staff.rpartition("@")[2])
            for route in solution.routes
            for name in route.visits
        }


def build_week(week: WeekPlan, travel_provider=None) -> WeekProblem:
    """Everything an engine needs to know about the week. NothingToPlan without open visits or working staff.

    Days whose plan is approved already are left as they are: their visits and people are taken.
    """
    decided = set(week.plans.binding().values_list("day", flat=True))
    days = [day for day in week.civil_days if day not in decided]
    fixed = fixed_in(week)
    shifts = {
        f"{shift.staff.reference}@{day}": (day, shift)
        for day in days
        for shift in shifts_of(week, day)
        if (day, shift.staff_id) not in fixed.not_used
    }
    if not shifts:
        raise NothingToPlan(f"Nobody of {week.team} is free to work on the open days of this week. Add shifts first.")
    worked = sorted({day for day, _ in shifts.values()})
    elsewhere = in_other_plans(week)
    visits, closed = _open_visits(week, worked, fixed, elsewhere)
    if not visits:
        raise NothingToPlan(_nothing_left(closed))
    people = [shift.staff for _, shift in shifts.values()]
    places, points = places_of(
        [*(each.start_point for each in people), *(each.end_point for each in people), *(v.point for v in visits)]
    )
    count = len(people)
    profiles = tuple(sorted({Profile(person.travel_profile) for person in people}))
    travel = travel_of(travel_provider or travel_times(), points, worked[0], profiles)
    staff = tuple(
        _person_day(week, name, day, shift, places[i], places[count + i], travel.main)
        for i, (name, (day, shift)) in enumerate(shifts.items())
    )
    names = {visit.pk: f"{visit.reference}@{visit.day}" for visit in visits}
    tasks = _tasks(week, visits, places[2 * count :], worked, shifts, names, fixed)
    days_of = {task.id: len(task.windows) for task in tasks}
    problem = Problem(staff=staff, visits=tasks, links=_links(visits, names, days_of), **as_legs(travel))
    return WeekProblem(
        week=week,
        problem=asking_what_is_possible(problem),
        visits={names[visit.pk]: visit for visit in visits},
        days=days,
        shifts={name: shift for name, (_, shift) in shifts.items()},
        closed=closed,
        elsewhere=set(elsewhere),
        fixed=fixed,
    )


def shifts_of(week: WeekPlan, day: date) -> list[Shift]:
    """Who is free to work on the day: neither absent nor in an approved plan."""
    return working_shifts(RoutePlan(organisation=week.organisation, team=week.team, day=day))


def allowed_days(visit: Visit, days: list[date], taken: set = frozenset(), kept: date | None = None) -> list[date]:
    """Of `days` those that may hold the visit: its own, or from its earliest to its latest one and not past its
    clinical limit; reviews move to working days only. `taken`: (day, reference) of other visits that stay where they
    are; `kept`: the day on which somebody has fixed it.
    """
    if kept is not None:
        return [day for day in days if day == kept]
    first, last = visit.earliest_day or visit.day, visit.latest_day or visit.day
    if visit.clinical_limit is not None:
        last = min(last, max(visit.clinical_limit, first))
    works = calendar_of(visit).is_working
    return [
        day
        for day in days
        if first <= day <= last and (day == visit.day or (works(day) and (day, visit.reference) not in taken))
    ]


def calendar_of(visit: Visit) -> Calendar:
    """The days to which it may be moved: reviews fall on no weekend or bank holiday, unless they are more often than
    weekly. Visits from files and by hand may be made on any day that they name.
    """
    if visit.caseload_entry is not None:
        return calendar_for(visit.caseload_entry.interval_days)
    if visit.source == Visit.Source.PRIORITY and visit.priority is not None:
        return calendar_for(interval_days(visit.priority))
    return EVERY_DAY


def _open_visits(week, days, fixed, elsewhere):
    """Visits to be planned, and those that no day can hold with the reason."""
    visits = list(
        week.visits.for_display()
        .filter(state=Visit.State.OPEN)
        .select_related("caseload_entry")
        .order_by("reference", "day")
    )
    taken = taken_days(week)
    open_visits, closed = [], []
    for visit in visits:
        kept = fixed.day_of(visit)
        if visit.pk in elsewhere:
            closed.append((visit, f"It is in another plan that waits for a decision: {elsewhere[visit.pk]}."))
        elif visit.pk in fixed.aside:
            closed.append((visit, _why_aside(fixed.aside[visit.pk])))
        elif allowed_days(visit, days, taken, kept):
            open_visits.append(visit)
        elif kept is not None:
            closed.append((visit, f"It is kept on {kept:%A %-d %B}, when nobody is at work any more."))
        else:
            closed.append((visit, "No day that it may be moved to has anybody at work and is still open."))
    return open_visits, closed


def _nothing_left(closed) -> str:
    """That there is nothing to plan, with the reason of most visits."""
    if not closed:
        return "The week has no open visits."
    why, count = Counter(why for _, why in closed).most_common(1)[0]
    return f"No day could hold any of the week's visits. Of {count} of {len(closed)} this is said: {why}"


def _why_aside(reason) -> str:
    return f"Somebody left it out of its day on purpose: {reason}" if reason else "Somebody left it out on purpose."


def in_other_plans(week) -> dict:
    """Names of plans outside this week that hold one of its visits and are being worked on or decided, by visit."""
    waiting = (PlanState.OPTIMISING, PlanState.PROPOSED)
    plans = RoutePlan.objects.filter(visits__week_plans=week, state__in=waiting).exclude(week=week)
    return dict(plans.values_list("visits", "name"))


def taken_days(week: WeekPlan) -> set:
    """(day, reference): days on which another visit of the same reference stands that this plan does not move."""
    others = Visit.objects.filter(team=week.team, day__range=(week.first_day, week.last_day))
    moving = week.visits.filter(state=Visit.State.OPEN)
    return set(others.exclude(pk__in=moving).values_list("day", "reference"))


def _person_day(week, name, day, shift, start, end, main):
    person, later = staff_of(shift, day, start, end, main), _offset(week, day)
    return replace(
        person,
        id=name,
        shift=(person.shift[0] + later, person.shift[1] + later),
        breaks=tuple(
            replace(pause, windows=tuple((opens + later, closes + later) for opens, closes in pause.windows))
            for pause in person.breaks
        ),
    )


def _offset(week, day) -> int:
    """Seconds from the first instant of the week to that of the day; clocks may change between them."""
    return seconds_into(week.first_day, day_start(day))


def _tasks(week, visits, homes, days, shifts, names, fixed) -> tuple[Task, ...]:
    # Who comes on a day of this week that is approved already is known to the person for the other days.
    after = week.last_day + timedelta(days=1)
    carers = usual_carers(week.team, after, [visit.reference for visit in visits])
    days_of = defaultdict(list)
    for name in shifts:
        days_of[name.rpartition("@")[0]].append(name)
    taken = taken_days(week)
    wanted, unwanted = named_people(visits, "preferred_staff"), named_people(visits, "excluded_staff")
    tasks = []
    for visit, place in zip(visits, homes, strict=True):
        usual = [carers[visit.reference]] if visit.reference in carers else []
        preferred = frozenset(name for person in wanted.get(visit.pk, usual) for name in days_of[person])
        excluded = frozenset(name for person in unwanted.get(visit.pk, ()) for name in days_of[person])
        task = task_of(visit, visit.day, place, preferred, excluded)
        limit = visit.clinical_limit
        tasks.append(
            replace(
                task,
                id=names[visit.pk],
                windows=tuple(
                    _window(week, visit, day) for day in allowed_days(visit, days, taken, fixed.day_of(visit))
                ),
                pinned=fixed.pin_of(visit, week.first_day),
                required=limit is not None and limit <= week.last_day,
            )
        )
    return tuple(tasks)


def _window(week, visit, day) -> tuple[int, int]:
    """When it may begin on that day: at the times of day of its window, else at any time."""
    start = _offset(week, day)
    if visit.window_start is None:
        return start, start + DAY_SECONDS - 1
    opens, closes = window_on(visit, day)
    return seconds_into(week.first_day, opens), seconds_into(week.first_day, closes)


def window_on(visit: Visit, day: date) -> tuple:
    """The instants of the visit's window on another day: the same times on the clock. Where the clocks jump over one,
    the elapsed time since midnight counts.
    """
    found = []
    for moment in (visit.window_start, visit.window_end):
        try:
            found.append(instant(day, moment.astimezone(LONDON).time()))
        except NoSuchTime:
            found.append(day_start(day) + (moment - day_start(visit.day)))
    return found[0], max(found)


def _links(visits, names, days_of: dict[str, int]) -> tuple[Link, ...]:
    """Links that people set, and between visits of one person in the week: in order, on different days, and about as
    far apart as the review interval asks. `days_of`: on how many days each visit may be made.
    """
    links = [
        Link(
            first=names[link.first_id],
            second=names[link.second_id],
            min_gap=None if link.min_gap_minutes is None else link.min_gap_minutes * 60,
            max_gap=None if link.max_gap_minutes is None else link.max_gap_minutes * 60,
            same_staff=link.same_staff and is_of_one_shift(link, names, days_of),
            different_staff=link.different_staff,
            together=link.together,
        )
        for link in VisitLink.objects.filter(first__in=names, second__in=names).order_by("pk")
    ]
    of_person = defaultdict(list)
    for visit in visits:
        of_person[visit.reference].append(visit)
    for series in of_person.values():
        series.sort(key=lambda visit: visit.day)
        for first, second in zip(series, series[1:], strict=False):
            gap = days_between(first, second) * DAY_SECONDS - SLACK_SECONDS
            links.append(Link(first=names[first.pk], second=names[second.pk], min_gap=gap))
    return tuple(links)


def is_of_one_shift(link: VisitLink, names, days_of: dict[str, int]) -> bool:
    """Whether "the same person" can be asked of the week's search, where nobody is the same on another day: both stand
    on one day that they cannot leave, or one follows the other within a shift. Else it is preferred (`continuity`).
    """
    gaps = (link.min_gap_minutes, link.max_gap_minutes)
    if None not in gaps and all(abs(minutes) <= SAME_SHIFT_MINUTES for minutes in gaps):
        return True
    first, second = names[link.first_id], names[link.second_id]
    stay = days_of[first] == days_of[second] == 1
    return stay and first.rpartition("@")[2] == second.rpartition("@")[2]


def days_between(first: Visit, second: Visit) -> int:
    """Days that two visits of one person are kept apart at least: one less than the review interval, where there is
    one; else half of what lies between them now.
    """
    entry = first.caseload_entry
    wanted = entry.interval_days - 1 if entry else (second.day - first.day).days // 2
    return max(1, min(wanted, (second.day - first.day).days))
