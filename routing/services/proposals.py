"""A judged answer becomes rows: the one door through which routes enter the database, whoever made them."""

from dataclasses import asdict, replace

from django.db.models import Max, prefetch_related_objects
from django.utils import timezone

from routing.equity_reading import need_of
from routing.models import PlanVersion, RouteAssignment, RoutePlan, RouteStop, UnservedVisit
from routing.planning.check import check
from routing.planning.equity import equity
from routing.planning.io import solution_json
from routing.planning.solution import Solution
from routing.problem_building import PlanProblem, assignment_of, stored_solution

# What an approver decided about a visit that is left out.
DECIDED = ("decision", "decided_by_id", "decided_at", "decision_reason", "deferred_to")


class SolutionRefused(RuntimeError):
    """The judge found broken rules (`broken`: violations) in what was to be the plan. Such a plan is never stored."""

    def __init__(self, message: str, broken=()):
        super().__init__(message)
        self.broken = list(broken)


def accepted(built, solution):
    """The verdict on a plan that breaks no rule. Visits at their clinical limit that it leaves out are for the approver
    to see and to decide: no plan at all would help nobody.
    """
    verdict = check(built.problem, solution)
    broken = [violation for violation in verdict.violations if violation.rule != "required"]
    if broken:
        raise SolutionRefused(f"{len(broken)} broken rules, the first: {broken[0].rule}, {broken[0].detail}", broken)
    return verdict


def store_routes(plan: RoutePlan, built: PlanProblem, solution: Solution, verdict) -> None:
    """The routes, the unserved visits and the figures of a plan, in place of earlier ones. Saves the plan."""
    _store_rows(plan, built, verdict)
    _store_unserved(plan, built, solution, verdict)
    plan.optimised_at = timezone.now()
    plan.engine = solution.engine[:30]
    plan.is_travel_estimated = built.is_travel_estimated
    plan.travel = built.travel_summary
    plan.cost = cost_parts(verdict.cost)
    plan.equity = equity_of(built, verdict.unserved)
    if solution.trace:
        plan.trace = [[round(elapsed, 2), round(cost)] for elapsed, cost in solution.trace]
    plan.save()


def record_version(
    plan: RoutePlan, solution: Solution, verdict, *, origin, summary: str, by, undoes=None
) -> PlanVersion:
    """The routes that were just stored become the plan's newest version."""
    plan.version = (plan.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    plan.save(update_fields=["version"])
    told = solution_json(replace(solution, routes=[route for route in verdict.routes if route.visits]))
    return _version(plan, told, origin=origin, summary=summary, by=by, undoes=undoes)


def record_stored_version(plan: RoutePlan, *, origin, summary: str, by) -> PlanVersion:
    """The same for routes that were judged and stored before, read from their rows."""
    plan.version = (plan.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    plan.save(update_fields=["version"])
    return _version(plan, solution_json(stored_solution(plan)), origin=origin, summary=summary, by=by)


def _version(plan, told, *, origin, summary, by, undoes=None):
    return plan.versions.create(
        number=plan.version,
        origin=origin,
        summary=summary[:300],
        undoes=undoes,
        made_by=by if hasattr(by, "email") else None,
        engine=plan.engine,
        routes=told["routes"],
        unserved=told["unserved"],
        cost=plan.cost,
        equity=plan.equity,
    )


def cost_parts(cost) -> dict:
    """The judge's cost as plain numbers, with the total."""
    return {**{name: round(value) for name, value in asdict(cost).items()}, "total": round(cost.total)}


def _store_rows(plan, built, verdict):
    plan.assignments.all().delete()
    assignments, stops = [], []
    for route in verdict.routes:
        if route.visits:
            assignment, its_stops = assignment_of(built, route, verdict.facts[route.staff])
            assignments.append(assignment)
            stops += its_stops
    RouteAssignment.objects.bulk_create(assignments)
    RouteStop.objects.bulk_create(stops)


def _store_unserved(plan, built, solution, verdict):
    reasons = {entry.visit: entry for entry in solution.unserved}
    rows = [
        UnservedVisit(plan=plan, visit=visit, reason="planned", detail="It is in an approved plan of this day already.")
        for visit in built.taken
    ]
    rows += [UnservedVisit(plan=plan, visit=visit, reason="excluded", detail=why) for visit, why in built.set_aside]
    for reference in verdict.unserved:
        entry, visit = reasons.get(reference), built.visits[reference]
        overdue = "It must not wait any longer. " if visit.is_at_limit else ""
        rows.append(
            UnservedVisit(
                plan=plan,
                visit=visit,
                reason=entry.reason if entry and entry.reason else "search",
                detail=(overdue + (entry.detail if entry else ""))[:300],
                remedies=[asdict(remedy) for remedy in entry.remedies] if entry else [],
            )
        )
    if plan.is_binding:
        _keep_decisions(plan, rows)
    plan.unserved.all().delete()
    UnservedVisit.objects.bulk_create(rows)


def _keep_decisions(plan, rows):
    """What was decided about a visit stays decided while the day is mended."""
    decided = {left.visit_id: left for left in plan.unserved.exclude(decision="")}
    for row in rows:
        earlier = decided.get(row.visit_id)
        for name in DECIDED if earlier else ():
            setattr(row, name, getattr(earlier, name))


def equity_of(built: PlanProblem, unserved) -> dict:
    """Coverage of Core20, by quintile and area, and how unevenly service lies. The need of a visit is its minutes: what
    its class says it takes.

    `unserved`: references of the visits left out. Visits that another approved plan holds do not count either way;
    those left out on purpose count as not served.
    """
    missing = {*unserved, *(visit.reference for visit, _ in built.set_aside)}
    counted = {**built.visits, **{visit.reference: visit for visit, _ in built.set_aside}}
    prefetch_related_objects(list(counted.values()), "plus_groups")
    return equity(need_of(visit, reference not in missing) for reference, visit in counted.items()).as_dict()
