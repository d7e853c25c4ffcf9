"""What a person fixed in one plan, or a scenario tries in it, put into the problem."""

from dataclasses import fields, replace

from routing.civil_time import seconds_into
from routing.models import PlanAdjustment, RoutePlan, Visit
from routing.planning.problem import Pin, Problem
from routing.planning.remedies import apply_remedy
from routing.planning.solution import Remedy

Kind = PlanAdjustment.Kind
SETTLED = (Visit.State.DONE, Visit.State.NO_ACCESS, Visit.State.CANCELLED)
REMEDY_FIELDS = {field.name for field in fields(Remedy)}


def adjustments_of(plan: RoutePlan) -> list[PlanAdjustment]:
    return list(plan.adjustments.select_related("visit", "staff"))


def without_the_excluded(adjustments, shifts: list, visits: list) -> tuple[list, list]:
    """Shifts of the people and the visits that this plan uses."""
    people = {each.staff_id for each in adjustments if each.kind == Kind.PERSON_EXCLUDED}
    left_out = {each.visit_id for each in adjustments if each.kind == Kind.VISIT_EXCLUDED}
    return (
        [shift for shift in shifts if shift.staff_id not in people],
        [visit for visit in visits if visit.pk not in left_out],
    )


def set_aside_of(adjustments, visits: list, held: set) -> list[tuple[Visit, str]]:
    """Visits of the plan that are not to be planned, with the reason. `held`: those that it may plan all the same."""
    left_out = {each.visit_id: each.reason for each in adjustments if each.kind == Kind.VISIT_EXCLUDED}
    aside = []
    for visit in visits:
        if visit.pk in left_out:
            reason = left_out[visit.pk]
            aside.append((visit, f"Left out on purpose: {reason}" if reason else "Left out on purpose."))
        elif visit.state in SETTLED and visit.pk not in held:
            aside.append((visit, f"It is settled already: {visit.get_state_display().lower()}."))
    return aside


def adjusted(problem: Problem, adjustments, day) -> Problem:
    """The problem with pins, longer shifts and other windows. A pin on somebody who does not work is kept: the visit is
    left out then, with that reason.
    """
    pins, windows, longer = {}, {}, {}
    for each in adjustments:
        if each.kind == Kind.REMEDY:
            problem = _tried(problem, remedy_of(each.remedy))
    for each in adjustments:
        if each.kind == Kind.VISIT_PINNED:
            start = None if each.starts_at is None else seconds_into(day, each.starts_at)
            pins[each.visit.reference] = Pin(each.staff and each.staff.reference, start)
        elif each.kind == Kind.WINDOW_CHANGED:
            windows[each.visit.reference] = (seconds_into(day, each.starts_at), seconds_into(day, each.ends_at))
        elif each.kind == Kind.SHIFT_EXTENDED:
            longer[each.staff.reference] = each.minutes * 60
    if not (pins or windows or longer):
        return problem
    return replace(
        problem,
        staff=tuple(
            replace(person, shift=(person.shift[0], person.shift[1] + longer.get(person.id, 0)))
            for person in problem.staff
        ),
        visits=tuple(
            replace(
                task,
                pinned=pins.get(task.id, task.pinned),
                windows=(windows[task.id],) if task.id in windows else task.windows,
            )
            for task in problem.visits
        ),
    )


def remedy_of(stored: dict) -> Remedy:
    """A remedy as it is kept with a visit left out, or with a scenario."""
    return Remedy(**{"change": ""} | {key: _tuples(value) for key, value in stored.items() if key in REMEDY_FIELDS})


def _tuples(value):
    return tuple(_tuples(each) for each in value) if isinstance(value, list) else value


def _tried(problem: Problem, remedy: Remedy) -> Problem:
    """The problem with a change that is tried. One for somebody who does not work, or for a visit that is not planned,
    changes nothing.
    """
    if remedy.visit not in problem.visit_by_id or (remedy.staff and remedy.staff not in problem.staff_by_id):
        return problem
    if remedy.kind == "gap":
        ends = {remedy.visit, remedy.other}
        number = next((n for n, link in enumerate(problem.links) if {link.first, link.second} == ends), None)
        if number is None:
            return problem
        remedy = replace(remedy, link=number)
    return apply_remedy(problem, remedy)
