"""Published plans of small days, for tests of what happens during the day."""

from datetime import time, timedelta

from accounts.permissions import Role
from accounts.tests.factories import MembershipFactory, UserFactory
from routing import services
from routing.civil_time import instant, today
from routing.models import RouteStop

from . import factories as make


def a_day():
    """Tomorrow: no clock of the test's own hour runs through it."""
    return today() + timedelta(days=1)


def published_plan(organisation, *, people=4, count=8, day=None, areas=None):
    """A plan that was optimised for a few solutions and published, all its visits planned."""
    day = day or a_day()
    team = make.team(organisation, areas, people=people, day=day)
    # So that more than one person drives.
    team.staff.update(max_visits=-(-count // people) + 1)
    plan = make.proposed_plan(team, count=count, day=day)
    return publish(plan)


def publish(plan):
    """Approved and published by somebody who may."""
    manager = UserFactory()
    MembershipFactory(user=manager, organisation=plan.organisation, roles=[role.value for role in Role])
    services.approve_plan(plan=plan, by=manager, reason="Tests")
    return services.publish_plan(plan=plan, by=manager)


def at(plan, hour, minute=0):
    return instant(plan.day, time(hour, minute))


def stops_of(plan) -> dict[str, list[tuple]]:
    """(visit, arrives, starts, leaves) of every stop by person, the break without a visit."""
    found: dict[str, list[tuple]] = {}
    stops = RouteStop.objects.filter(assignment__plan=plan).select_related("assignment__staff", "visit")
    for stop in stops.order_by("assignment__staff__reference", "sequence"):
        row = (stop.visit and stop.visit.reference, stop.arrives_at, stop.starts_at, stop.leaves_at)
        found.setdefault(stop.assignment.staff.reference, []).append(row)
    return found


def begun_by(plan, moment) -> dict[str, list[tuple]]:
    """Visits that the plan has begun by a moment, as `stops_of`."""
    begun = {name: [row for row in rows if row[0] and row[2] <= moment] for name, rows in stops_of(plan).items()}
    return {name: rows for name, rows in begun.items() if rows}


def reported(plan, user, kind, **said):
    return services.report_disruption(plan=plan, kind=kind, by=user, **said)
