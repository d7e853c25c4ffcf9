"""What a person fixed in one plan, or a scenario tries in it, put into the problem."""

from dataclasses import replace

from routing.civil_time import seconds_into
from routing.models import PlanAdjustment, RoutePlan
from routing.planning.problem import Pin, Problem

Kind = PlanAdjustment.Kind


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


def adjusted(problem: Problem, adjustments, day) -> Problem:
    """The problem with pins, longer shifts and other windows. A pin on somebody who does not work is kept: the visit is
    left out then, with that reason.
    """
    pins, windows, longer = {}, {}, {}
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
