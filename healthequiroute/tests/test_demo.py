"""The demo world: complete after one seed, untouched by the second, and brought up to date when days have passed."""

from contextlib import contextmanager
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEvent, Organisation
from healthequiroute import demo, demo_people
from healthequiroute.testing.shared import shared
from insights.demand.weeks import Reason, State
from insights.demand_reading import demand_of
from lsoa.models import Area, Feed, FeedReading, Patch, TileSet
from priorities.models import ModelVersion, PriorityScore, ValidationReport
from priorities.validation import holding
from routing.models import (
    Absence,
    CaseloadEntry,
    PlanState,
    RoutePlan,
    RouteStop,
    Shift,
    StaffMember,
    StaffSkill,
    Visit,
)

# A Wednesday, so that weekends come and go within the tests.
WEDNESDAY = "2026-09-16 09:00:00+01:00"


@contextmanager
def demo_mode(folder):
    with pytest.MonkeyPatch.context() as patched, override_settings(DEMO_MODE=True, FEED_DROP_ROOT=folder):
        # The search is not what is tested here.
        patched.setattr(demo, "PLANS", tuple((*plan[:3], 1) for plan in demo.PLANS))
        # Nor is what is drawn to see how well the priorities hold.
        patched.setattr(holding, "DRAWS", 3)
        patched.setattr(holding, "CLASS_DRAWS", 5)
        yield


@pytest.fixture
@shared
def seeded(db, tmp_path_factory):
    """The organisation of the demo world, and the folder of its feeds."""
    folder = tmp_path_factory.mktemp("feeds")
    with demo_mode(folder), time_machine.travel(WEDNESDAY, tick=True):
        assert demo.seed() is True
    return Organisation.objects.get(), folder


@pytest.fixture
def world(seeded):
    organisation, folder = seeded
    with demo_mode(folder), time_machine.travel(WEDNESDAY, tick=True):
        yield organisation


def test_every_room_of_the_house_has_something_in_it(world):
    assert Area.objects.filter(is_synthetic=True).count() == 1200
    assert TileSet.objects.current(2021).area_count == 1200
    assert PriorityScore.objects.current().count() == 1200
    assert ModelVersion.objects.published().count() == 1
    readings = ValidationReport.objects.get().result["readings"]
    assert {entry["key"] for entry in readings} == {"standardised", "crude"}
    # The city is fictional, its split is that of a country: few urgent areas, no class that says nothing.
    assert readings[0]["is_useful"]
    assert Feed.objects.filter(is_fictional=True, failures=0).count() == 4
    assert FeedReading.objects.values("feed").distinct().count() == 4
    patches = Patch.objects.for_organisation(world).with_area_count()
    sizes = {patch.name: patch.area_count for patch in patches}
    assert sizes[demo.WHOLE_PATCH] == 1200
    assert 500 < sizes[demo.CITY_PATCH] < 1000
    plans = {plan.state: plan for plan in RoutePlan.objects.for_organisation(world).with_counts()}
    assert set(plans) == {PlanState.PUBLISHED, PlanState.PROPOSED, PlanState.DRAFT}
    assert plans[PlanState.PROPOSED].day == timezone.localdate() + timedelta(days=1)
    assert 80 <= plans[PlanState.PROPOSED].visit_count <= 120
    # The field worker who can sign in has a round today.
    worker = StaffMember.objects.for_organisation(world).get(user=demo.account("fieldworker"))
    stops = RouteStop.objects.filter(assignment__staff=worker, assignment__plan__day=timezone.localdate())
    assert stops.exists()


def test_people_are_as_they_are_in_life(world):
    people = StaffMember.objects.for_organisation(world)
    assert people.filter(starts_from="home", home__isnull=False).count() == 1
    assert people.filter(travel_profile="bicycle").count() == 1
    assert StaffSkill.objects.for_organisation(world).filter(expires_on__isnull=False).count() == 3
    assert Absence.objects.for_organisation(world).count() == 3
    assert CaseloadEntry.objects.for_organisation(world).count() == demo_people.CASELOAD
    assert Visit.objects.for_organisation(world).get(staff_required=2).plans.get().state == PlanState.DRAFT


def test_teams_are_asked_for_something_and_one_is_short_where_people_are_away(world):
    city, isles = demand_of(world).teams
    assert len(city.asked_before) == len(isles.asked_before) == 6
    assert {week.state for week in isles.weeks} >= {State.SHORT, State.ROOM, State.NO_ROTA}
    assert [Reason.ABSENCE in week.reasons for week in isles.weeks] == [number == 2 for number in range(6)]
    assert all(week.staffed for week in city.weeks)


def test_a_second_seed_changes_nothing_until_days_have_passed(world):
    events = AuditEvent.objects.count()
    out = StringIO()
    call_command("seed_demo", stdout=out, stderr=StringIO())
    assert out.getvalue() == "The demo data is complete: nothing to do.\n"
    assert AuditEvent.objects.count() == events
    assert audit.verify().intact
    first = set(Shift.objects.for_organisation(world).values_list("pk", flat=True))
    with time_machine.travel("2026-09-21 09:00:00+01:00", tick=True):
        assert demo.seed() is True
        today = timezone.localdate()
        shifts = Shift.objects.for_organisation(world)
        assert first < set(shifts.values_list("pk", flat=True))
        assert shifts.filter(day=today + timedelta(days=demo.DAYS_AHEAD - 1)).exists()
        assert RoutePlan.objects.for_organisation(world).filter(day=today + timedelta(days=1)).count() == 1
        assert demo.seed() is False


def test_outside_the_demo_mode_nothing_is_seeded(db):
    with pytest.raises(CommandError, match="DEMO_MODE"):
        call_command("seed_demo", stdout=StringIO(), stderr=StringIO())
    assert not Organisation.objects.exists()
