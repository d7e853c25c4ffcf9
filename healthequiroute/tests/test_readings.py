"""Nobody is shown data of people without an entry in the trail: every address is asked, with planted values.

Whatever identifies somebody (names, references, postcodes, email addresses, notes) gets a value that is found nowhere
else. Somebody who may see everything asks for every address; where the answer holds one of these values, a reading must
have been recorded. A new page, file or answer that forgets to say whom it shows fails here.
"""

from copy import deepcopy
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, User
from accounts.permissions import Role
from accounts.tests.factories import MembershipFactory, PlatformAdministratorFactory
from accounts.tests.sessions import sign_in
from healthequiroute.testing.shared import shared
from routing.models import CaseloadEntry, RouteAssignment, RoutePlan, RouteStop, StaffMember, Visit

from .people_and_things import build_world, keep_effect
from .test_access_matrix import admin_addresses, rows

# Found nowhere else, and spelt so that neither HTML nor JSON nor CSV writes it otherwise.
MARK = "zqplanted"
POSTCODE = "ZZ9 9ZZ"
PARTS = 3
# The first answer to somebody who may not see the rest; what they typed themselves; their own data.
OWN = {"my-account", "my-data", "devices"}


@pytest.fixture
@shared
def world(db, organisation, other_organisation):
    """The world of the access matrix with planted values, and a reader with every role and right, who has a round."""
    world = build_world(organisation=organisation, other_organisation=other_organisation)
    worker = world.people["field_worker"]
    plant(worker)
    world.people["reader"] = reader = PlatformAdministratorFactory(full_name="Reader", email="reader@example.org")
    MembershipFactory(user=reader, organisation=organisation, roles=[role.value for role in Role])
    StaffMember.objects.filter(user=worker).update(user=reader)
    return world


def plant(worker):
    for number, person in enumerate(StaffMember.objects.order_by("reference")):
        person.display_name, person.reference, person.home_postcode = f"Name {MARK}", f"{MARK}-s{number}", POSTCODE
        person.save()
    for model in (Visit, CaseloadEntry):
        for number, row in enumerate(model.objects.order_by("reference")):
            row.reference, row.postcode = f"{MARK}-{model._meta.model_name}{number}", POSTCODE
            row.save()
    for number, user in enumerate(User.objects.order_by("email")):
        user.full_name, user.email = f"Colleague {MARK}", f"{MARK}-{number}@example.org"
        user.save()
    for plan in RoutePlan.objects.filter(assignments__isnull=False):
        _route(plan)


def _route(plan):
    """Every visit there is, one after the other, by the first person of the plan."""
    first = RouteAssignment.objects.filter(plan=plan).first()
    for number, visit in enumerate(Visit.objects.order_by("reference")[:3]):
        starts = first.departs_at + timedelta(hours=number)
        times = {"arrives_at": starts, "starts_at": starts, "leaves_at": starts + timedelta(minutes=30)}
        RouteStop.objects.create(assignment=first, sequence=number + 1, visit=visit, **times)
        plan.visits.add(visit)
    plan.unserved.update(remedies=[])
    plan.optimised_at = timezone.now()
    plan.save(update_fields=["optimised_at"])


class _Undo(Exception):
    pass


def ask(cookies, method, name, world) -> tuple[str, bool]:
    """(what an address answers, whether a reading was recorded). What was changed is undone."""
    client = Client()
    client.cookies = deepcopy(cookies)
    address, question = reverse(name, kwargs=world.arguments(name)), urlencode(world.question(name))
    found = []
    try:
        with transaction.atomic():
            last = AuditEvent.objects.values_list("sequence", flat=True).first() or 0
            if method == "GET":
                response = client.get(f"{address}?{question}" if question else address)
            else:
                response = client.generic(method, address, question, "application/x-www-form-urlencoded")
            if getattr(response, "is_async", False):
                body = b""
            else:
                body = response.getvalue() if response.streaming else response.content
            is_recorded = AuditEvent.objects.filter(sequence__gt=last, action="personal_data.read").exists()
            found.append((body.decode("utf-8", "replace"), is_recorded))
            raise _Undo
    except _Undo:
        return found[0]


def unrecorded(world, organisation, asked) -> list[str]:
    """Addresses whose answer shows somebody without a reading, with what surrounds the value."""
    client = Client()
    sign_in(client, world.people["reader"])
    wrong = []
    for method, name in asked:
        cache.clear()
        if name.startswith("scenario-"):
            keep_effect(organisation)
        body, is_recorded = ask(client.cookies, method, name, world)
        at = max(body.find(MARK), body.find(POSTCODE))
        if at >= 0 and not is_recorded and name not in OWN:
            wrong.append(f"{method} {name}: {body[max(0, at - 60) : at + 20]!r}")
    return wrong


@pytest.mark.parametrize("part", range(PARTS))
def test_no_address_shows_people_without_a_reading(world, organisation, part):
    # A form that is sent is answered by the view that shows it.
    shown = {name for method, name, _ in rows() if method == "GET"}
    asked = [(method, name) for method, name, _ in rows() if method == "GET" or name not in shown]
    assert unrecorded(world, organisation, asked[part::PARTS]) == []


def test_no_list_of_the_administration_shows_people_without_a_reading(world, organisation):
    assert unrecorded(world, organisation, [("GET", name) for name in admin_addresses()]) == []


def test_a_day_on_a_round_is_one_entry_an_hour(world):
    """The page is opened every twenty minutes, and the phone asks between: a team of twenty makes 180 entries a day."""
    client = Client()
    sign_in(client, world.people["reader"])
    events = reverse("round-events", kwargs=world.arguments("round-events"))
    last = AuditEvent.objects.values_list("sequence", flat=True).first() or 0
    start = timezone.now()
    for minute in range(0, 8 * 60, 10):
        with time_machine.travel(start + timedelta(minutes=minute), tick=False):
            if minute % 20 == 0:
                assert MARK in client.get(reverse("my-round")).content.decode()
            else:
                client.post(events, "[]", content_type="application/json")
    readings = AuditEvent.objects.filter(sequence__gt=last, action="personal_data.read")
    assert 8 <= readings.count() <= 9
