"""Changed rounds of a day under way become the plan's newest version, whoever changed them and why."""

from dataclasses import replace

from routing.civil_time import seconds_into
from routing.models import RoutePlan, Visit
from routing.plan_editing import OpenPlan
from routing.planning.check import Verdict
from routing.planning.solution import Route, Solution, Unserved, VisitStop
from routing.problem_building import left_out_of
from routing.standing_day import as_planned

from .deferrals import take_deferral_back
from .proposals import record_version, store_routes
from .round_lines import keep_lines
from .round_news import named, tell_of_rounds

AWAY = "staff"
# Whose visits start within so many seconds of the time that they know has nothing new.
NOTHING_NEW = 60


def store_changed_day(
    plan: RoutePlan, opened: OpenPlan, verdict: Verdict, *, gone: Unserved, origin, summary: str, by, undoes=None
) -> int:
    """Stores rounds that the judge of a day under way accepts (`verdict`), in a plan that is locked. What has begun
    keeps its planned times; visits that nobody has any more are open again; people whose rounds change are told.

    `gone`: reason and detail for visits that are left out from now on. Returns how many people were told.
    """
    standing, day = opened.standing, opened.draft.day
    routes = [as_planned(route, standing, day) for route in verdict.routes]
    verdict = replace(verdict, routes=routes, facts=_as_departed(plan, standing, verdict.facts))
    solution = Solution(verdict.routes, _left_out(plan, opened, verdict, gone), engine=plan.engine)
    people = _with_another_round(standing.stored, verdict.routes)
    set_visit_states(plan, {name for route in verdict.routes for name in route.visits}, by)
    keep_lines(opened, verdict)
    store_routes(plan, opened.built, solution, verdict)
    record_version(plan, solution, verdict, origin=origin, summary=summary, by=by, undoes=undoes)
    news = f"Your round on {plan.day:%A %-d %B} has changed. Look at it before you go on."
    return tell_of_rounds(plan, named(plan, sorted(people)), news)


def _as_departed(plan, standing, facts) -> dict:
    """Who has begun left when they were to leave: the judge's departure is that of the day as it was."""
    departed = {
        each.staff.reference: seconds_into(plan.day, each.departs_at)
        for each in plan.assignments.select_related("staff")
        if each.departs_at is not None and standing.begun.get(each.staff.reference)
    }
    return {
        name: replace(fact, departs=min(fact.departs, departed[name])) if name in departed and fact.starts else fact
        for name, fact in facts.items()
    }


def set_visit_states(plan: RoutePlan, served: set[str], by) -> None:
    """Visits of the plan that are not served any more are open again, those that are served now are planned."""
    held = Visit.objects.filter(stops__assignment__plan=plan).values("pk")
    planned = Visit.objects.filter(pk__in=held, state=Visit.State.PLANNED)
    planned.exclude(reference__in=served).update(state=Visit.State.OPEN)
    of_day = Visit.objects.filter(team=plan.team_id, day=plan.day, state=Visit.State.OPEN)
    of_day.filter(reference__in=served).update(state=Visit.State.PLANNED)
    for visit in plan.visits.filter(reference__in=served, deferred_as__isnull=False).distinct():
        # It is done today after all.
        take_deferral_back(visit=visit, by=by, if_planned_leave_it=True)


def _left_out(plan, opened, verdict, gone) -> list[Unserved]:
    """With the reason that is known; remedies are of the plan as it was and do not hold any more."""
    known = {left.visit: left for left in left_out_of(plan)}
    entries = []
    for name in verdict.unserved:
        if name in known:
            entries.append(replace(known[name], remedies=[]))
        elif name in opened.dropped:
            entries.append(Unserved(name, AWAY, "It was on the round of somebody who is away."))
        else:
            entries.append(replace(gone, visit=name))
    return entries


def _with_another_round(before: dict[str, Route], after: list[Route]) -> set[str]:
    one, two = _starts(before.values()), _starts(after)
    changed = set()
    for name in one.keys() | two.keys():
        old, new = one.get(name, {}), two.get(name, {})
        if old.keys() != new.keys() or any(abs(new[visit] - old[visit]) >= NOTHING_NEW for visit in old):
            changed.add(name)
    return changed


def _starts(routes) -> dict[str, dict[str, int]]:
    return {
        route.staff: {stop.visit: stop.start for stop in route.stops if isinstance(stop, VisitStop)} for route in routes
    }
