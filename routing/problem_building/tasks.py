"""Visits and their links as the planner knows them."""

from dataclasses import replace

from routing.civil_time import seconds_into
from routing.models import Visit, VisitLink, VisitTier
from routing.planning.problem import Link, Problem
from routing.planning.problem import Visit as Task
from routing.planning.reasons import impossible_visits

# What leaving a visit out costs, in hours of travel. Tiers come first whatever the prizes; these steer within them.
PRIZE_HOURS = {VisitTier.FIRST: 72, VisitTier.SECOND: 24, VisitTier.THIRD: 8, VisitTier.FOURTH: 4}
# Each day that a visit has been put off makes it dearer to leave out by this share, within its tier. Set by judgement:
# ten days late counts twice.
AGEING_PER_DAY = 0.1
# What it is worth in seconds of travel that a person's usual carer comes. Set by judgement: ten minutes' drive.
CONTINUITY_SECONDS = 600
# A second past the window, where that is allowed, weighs as much as a second of travel. Set by judgement.
LATE_COST = 1


def task_of(visit: Visit, day, place: int, preferred: frozenset[str], excluded: frozenset[str]) -> Task:
    """`preferred`, `excluded`: references of people who should come, and of those who must not."""
    window = {}
    if visit.window_start is not None:
        window["windows"] = ((seconds_into(day, visit.window_start), seconds_into(day, visit.window_end)),)
        if visit.late_minutes:
            window |= {"late_cost": LATE_COST, "late_max": visit.late_minutes * 60}
    return Task(
        id=visit.reference,
        location=place,
        service=visit.minutes * 60,
        skills=frozenset(skill.code for skill in visit.skills.all()),
        staff_required=visit.staff_required,
        prize=round(PRIZE_HOURS[visit.tier] * 3600 * (1 + AGEING_PER_DAY * visit.days_deferred)),
        tier=visit.tier,
        required=visit.is_at_limit,
        not_staff=excluded,
        preferred_staff=preferred,
        preference_cost=CONTINUITY_SECONDS if preferred else 0,
        **window,
    )


def links_of(visits: list[Visit]) -> tuple[Link, ...]:
    """Links that bind two of these visits. One with a visit that is planned elsewhere has nothing to bind here."""
    references = {visit.pk: visit.reference for visit in visits}
    links = VisitLink.objects.filter(first__in=references, second__in=references)  # unscoped: visits of one plan
    return tuple(
        Link(
            first=references[link.first_id],
            second=references[link.second_id],
            min_gap=_seconds(link.min_gap_minutes),
            max_gap=_seconds(link.max_gap_minutes),
            same_staff=link.same_staff,
            different_staff=link.different_staff,
            together=link.together,
        )
        for link in links.order_by("pk")
    )


def asking_what_is_possible(problem: Problem) -> Problem:
    """Visits at their clinical limit that nobody can do in any plan are not required of one: they are left out, with
    the reason, and the others still have their plan.
    """
    if not any(task.required for task in problem.visits):
        return problem
    hopeless = impossible_visits(problem)
    return replace(
        problem,
        visits=tuple(replace(task, required=task.required and task.id not in hopeless) for task in problem.visits),
    )


def _seconds(minutes):
    return None if minutes is None else minutes * 60
