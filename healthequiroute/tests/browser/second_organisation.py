"""An organisation beside the demo's, with a person for every role and a thing for every address, and one with nothing.

`tell()` runs in a process of the portal (`manage.py shell`): it makes what is not there yet and prints, as JSON, the
sessions of the people (signed in, with their second factor) and the addresses that they may open.
"""

import json
import sys
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.demo import ORGANISATION as DEMO
from accounts.models import Organisation, User
from accounts.permissions import Role
from accounts.tests.factories import MembershipFactory, OrganisationFactory, UserFactory
from accounts.tests.sessions import sign_in
from healthequiroute.testing import clock
from healthequiroute.tests.people_and_things import build_things
from healthequiroute.tests.test_access_matrix import rows
from routing.models import PlanState, RoutePlan, Team

# Of several who may open a page, whoever sees most of it.
PREFERRED = ("planner", "administrator", "analyst", "platform", "auditor", "field_worker", "approver", "viewer")
# Answers that never end.
STREAMS = {"plan-stream"}


@transaction.atomic
def tell() -> None:
    # Now: who looks for the oldest organisation finds the demo's. The things are of the fixed day of all tests.
    full = OrganisationFactory(name="Southmoor Health NHS Trust")
    with clock.on_the_day_before():
        people = {role.value: _person(full, role) for role in Role}
        world = build_things(organisation=full, field_worker=people["field_worker"])
    demo = Organisation.objects.get(name=DEMO)
    people["platform"] = User.objects.get(email="platform1@aldermoor.example")
    people["nobody"] = UserFactory(full_name="Nobody Yet")
    people["empty"] = _person(OrganisationFactory(name="Nothing Yet NHS Trust"), *Role)
    people |= {f"demo {name}": User.objects.get(email=f"{name}@aldermoor.example") for name in DEMO_PEOPLE}
    told = {
        "cookie": settings.SESSION_COOKIE_NAME,
        "sessions": {name: _session(person) for name, person in people.items()},
        "pages": [*_pages(world), *_pages_of_the_demo(demo), *_pages_of_nothing()],
    }
    sys.stdout.write("told:" + json.dumps(told))


DEMO_PEOPLE = ("planner", "approver", "fieldworker", "analyst")


def _person(organisation, *roles) -> User:
    user = UserFactory()
    MembershipFactory(user=user, organisation=organisation, roles=[role.value for role in roles])
    return user


def _session(person) -> str:
    client = Client()
    sign_in(client, person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _pages(world):
    """Every address of the access matrix that is asked for by GET, and who opens it."""
    for method, name, cells in rows():
        if method != "GET" or name in STREAMS:
            continue
        who = next((role for role in PREFERRED if cells[role] == "yes"), None)
        who = who or next((role for role, cell in cells.items() if cell == "yes"), None)
        if who is None:
            continue
        address, question = reverse(name, kwargs=world.arguments(name)), urlencode(world.question(name))
        yield {"name": name, "who": who, "address": f"{address}?{question}" if question else address}


def _pages_of_the_demo(demo):
    """Where the demo has more to show: plans with routes on a map, a round of today, a team of sixteen."""
    plans = RoutePlan.objects.for_organisation(demo)
    team = Team.objects.for_organisation(demo).get(name="City community nursing")
    proposed = plans.filter(state=PlanState.PROPOSED).order_by("created_at").first()
    published = plans.filter(state__in=[PlanState.PUBLISHED, "in_progress"]).order_by("created_at").first()
    for name in ("home", "explore", "plans", "equity", "teams"):
        yield {"name": name, "who": "demo planner", "address": reverse(name)}
    for name in ("plan", "plan-edit", "plan-run-sheets", "plan-slots", "plan-fixed"):
        yield {"name": name, "who": "demo planner", "address": reverse(name, kwargs={"plan_id": proposed.pk})}
    for name in ("plan", "plan-actual"):
        yield {"name": name, "who": "demo approver", "address": reverse(name, kwargs={"plan_id": published.pk})}
    for name in ("team", "rota", "caseload"):
        yield {"name": name, "who": "demo planner", "address": reverse(name, kwargs={"team_id": team.pk})}
    yield {"name": "home", "who": "demo analyst", "address": reverse("home")}
    yield {"name": "my-round", "who": "demo fieldworker", "address": reverse("my-round")}


def _pages_of_nothing():
    """Pages that name nothing, as an organisation sees them that has neither patch nor team nor plan."""
    for method, name, cells in rows():
        if method != "GET" or name in STREAMS or cells["outsider"] != "yes":
            continue
        try:
            yield {"name": name, "who": "empty", "address": reverse(name)}
        except NoReverseMatch:  # it names something
            continue
