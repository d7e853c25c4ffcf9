"""The parts of a plan's page are kept, and what is shown is always what would be made anew."""

import random
import re
from datetime import time, timedelta

import pytest
import time_machine
from django.core.cache import cache

from accounts.people.flags import Flag, switch
from accounts.tests.factories import UserFactory
from healthequiroute.testing.shared import shared
from lsoa.models import Area
from routing.civil_time import instant
from routing.models import (
    Absence,
    Depot,
    PlanAdjustment,
    PlanState,
    RouteAssignment,
    RoutePlan,
    RouteStop,
    Shift,
    Skill,
    StaffMember,
    StaffSkill,
    Team,
    UnservedVisit,
    Visit,
    VisitLink,
    VisitRecord,
)
from routing.presenters import PlanPage, plan_parts
from routing.presenters.plan_parts import parts_of

from . import factories as make
from .outputs_world import DAY, eventful_plan
from .published_days import published_plan

pytestmark = pytest.mark.django_db
Kind = PlanAdjustment.Kind
HOUR = timedelta(hours=1)
# Every drawing has a number of its own.
NUMBERS = re.compile(r"chart-[0-9a-f]+-[0-9]+")


@pytest.fixture
@shared
def plan(organisation):
    return eventful_plan(organisation)


@pytest.fixture
def draft(organisation):
    return make.draft_plan(make.team(organisation, people=2))


def shown(plan, *, may_edit=True) -> dict:
    plan = RoutePlan.objects.with_team().get(pk=plan.pk)
    parts = vars(parts_of(PlanPage(plan, may_edit=may_edit)))
    return {name: NUMBERS.sub("chart", text) for name, text in parts.items()}


def kept(plan) -> dict:
    """Shown, and kept. Inside a test's transaction nothing is kept while others write to the same server."""
    for _ in range(50):
        parts = shown(plan)
        if any("kept:" in key for key in cache._cache):
            return parts
    raise AssertionError("Nothing is kept.")


def made_anew(plan, *, may_edit=True) -> dict:
    cache.clear()
    return shown(plan, may_edit=may_edit)


def visit(reference):
    return Visit.objects.filter(reference=reference)


def adjust(plan, **fields):
    PlanAdjustment.objects.create(plan=plan, made_by=UserFactory(), **fields)


def nurse(number=1):
    return StaffMember.objects.get(reference=f"nurse-{number:02}")


def later(model, name, **wanted):
    """Move a time of rows by an hour."""
    for row in model.objects.filter(**wanted):
        model.objects.filter(pk=row.pk).update(**{name: getattr(row, name) + HOUR})


def approve_another(plan):
    """Another plan of that day that holds a nurse."""
    other = RoutePlan.objects.create(
        organisation=plan.organisation,
        team=plan.team,
        day=plan.day,
        name="Another",
        state=PlanState.APPROVED,
        approved_by=UserFactory(),
        approved_at="2026-01-01T00:00Z",
        optimised_at="2026-01-01T00:00Z",
    )
    one = plan.assignments.first()
    RouteAssignment.objects.create(
        plan=other,
        staff=one.staff,
        shift=one.shift,
        departs_at=one.departs_at,
        returns_at=one.returns_at,
        travel_seconds=0,
        travel_metres=0,
        service_seconds=0,
    )


# What changes something that the page of a proposal says.
CHANGES = {
    "visit takes longer": lambda plan: visit("A").update(minutes=90),
    "visit is more urgent": lambda plan: visit("C").update(tier=1),
    "visit has another name": lambda plan: visit("C").update(reference="Z"),
    "visit elsewhere": lambda plan: visit("C").update(postcode="ZZ9 9ZZ"),
    "window ends earlier": lambda plan: visit("B").update(late_minutes=0),
    "visit needs another person": lambda plan: visit("C").update(staff_required=2),
    "visit is cancelled": lambda plan: visit("B").update(state=Visit.State.CANCELLED),
    "area has another name": lambda plan: Area.objects.update(name="Otherham"),
    "visit needs a skill": lambda plan: visit("C").get().skills.set(Skill.objects.all()),
    "skill has another name": lambda plan: (
        visit("A").get().skills.set(Skill.objects.all()),
        Skill.objects.update(name="Compression"),
    ),
    "skill runs out": lambda plan: (
        visit("B").get().skills.set(Skill.objects.all()),
        StaffSkill.objects.update(expires_on=plan.day - timedelta(days=1)),
    ),
    "nurse has another name": lambda plan: StaffMember.objects.filter(pk=nurse().pk).update(display_name="Ada"),
    "nurse must not come": lambda plan: visit("C").get().excluded_staff.set(StaffMember.objects.all()),
    "shift ends earlier": lambda plan: later(Shift, "starts_at"),
    "nurse is away": lambda plan: Absence.objects.create(staff=nurse(), first_day=plan.day, last_day=plan.day),
    "nurse works for another plan": approve_another,
    "base has another place": lambda plan: Depot.objects.update(point="SRID=4326;POINT(-3 54)"),
    "stop takes longer": lambda plan: later(RouteStop, "leaves_at", visit__reference="B"),
    "round ends later": lambda plan: later(RouteAssignment, "returns_at"),
    "stop is gone": lambda plan: RouteStop.objects.filter(visit__reference="C").delete(),
    "decision": lambda plan: UnservedVisit.objects.update(reason="distance", detail="too far"),
    "link": lambda plan: VisitLink.objects.update(min_gap_minutes=600),
    "pinned": lambda plan: adjust(plan, kind=Kind.VISIT_PINNED, visit=visit("C").get(), staff=nurse(1)),
    "left out on purpose": lambda plan: adjust(plan, kind=Kind.VISIT_EXCLUDED, visit=visit("C").get()),
    "state": lambda plan: RoutePlan.objects.filter(pk=plan.pk).update(
        state=PlanState.APPROVED, approved_by=UserFactory(), approved_at="2026-01-01T00:00Z"
    ),
    "equity": lambda plan: RoutePlan.objects.filter(pk=plan.pk).update(equity={"not_known": 7}),
    "origin of times": lambda plan: RoutePlan.objects.filter(pk=plan.pk).update(travel={"notes": ["A note."]}),
    "calendars": lambda plan: switch(
        organisation=plan.organisation, flag=Flag.CALENDAR_FILES, on=False, by=UserFactory()
    ),
}
OF_DRAFT = {
    "visit takes longer": lambda plan: plan.visits.update(minutes=90),
    "nobody is at work": lambda plan: Shift.objects.all().delete(),
    "one is away": lambda plan: Absence.objects.create(staff=nurse(), first_day=plan.day, last_day=plan.day),
    "needs what nobody can": lambda plan: (
        StaffSkill.objects.all().delete(),
        plan.visits.first().skills.set(Skill.objects.all()),
    ),
    "team has another name": lambda plan: (Shift.objects.all().delete(), Team.objects.update(name="Otherham nurses")),
    "visit is taken out": lambda plan: plan.visits.remove(plan.visits.first()),
    "where visits came from": lambda plan: RoutePlan.objects.filter(pk=plan.pk).update(intake={}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_no_part_of_a_proposal_outlives_what_it_was_made_from(plan, name):
    before = kept(plan)
    assert shown(plan) == before
    CHANGES[name](plan)
    after = shown(plan)
    assert after != before
    assert after == made_anew(plan)


@pytest.mark.parametrize("name", OF_DRAFT)
def test_no_part_of_a_draft_outlives_what_it_was_made_from(draft, name):
    before = kept(draft)
    OF_DRAFT[name](draft)
    after = shown(draft)
    assert after != before
    assert after == made_anew(draft)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_changes_one_after_the_other(plan, seed):
    chance = random.Random(seed)
    for name in chance.sample([name for name in CHANGES if name not in ("visit has another name",)], 8):
        kept(plan)
        CHANGES[name](plan)
        parts = [shown(plan, may_edit=True), shown(plan, may_edit=False)]
        assert parts == [made_anew(plan, may_edit=True), made_anew(plan, may_edit=False)], name


def test_another_view_asks_once_what_has_changed(plan, django_assert_max_num_queries):
    kept(plan)
    page = PlanPage(RoutePlan.objects.with_team().get(pk=plan.pk))
    with django_assert_max_num_queries(1):
        assert "visits are planned" in parts_of(page).verdict


def test_each_reader_sees_what_they_may_do_whoever_came_first(draft, client_as):
    planner, approver = client_as("planner"), client_as("approver")
    address = f"/plans/{draft.pk}/"
    for first, second in ((planner, approver), (approver, planner)):
        cache.clear()
        pages = {client: client.get(address).content.decode() for client in (first, second)}
        assert "Add a visit" in pages[planner] and "Add a visit" not in pages[approver]


def test_a_drawing_of_another_process_shares_no_name_with_the_page_it_stands_on(plan, client_as):
    client = client_as("planner")
    client.get(f"/plans/{plan.pk}/")
    page = client.get(f"/plans/{plan.pk}/").content.decode()
    names = re.findall(r'id="(chart-[^"]+)"', page)
    assert names and len(set(names)) == len(names)


def test_the_line_of_now_moves(plan):
    at = RouteStop.objects.get(visit__reference="B").starts_at
    with time_machine.travel(at, tick=False):
        first = shown(plan)
        assert first["rounds"] == shown(plan)["rounds"] and "Now, 13:30" in first["rounds"]
    with time_machine.travel(at + timedelta(minutes=7), tick=False):
        assert "Now, 13:37" in shown(plan)["rounds"]
    with time_machine.travel(at + timedelta(days=1), tick=False):
        assert "Now, " not in shown(plan)["rounds"]


@pytest.fixture
@shared
def published(organisation):
    return eventful_plan(organisation, day=DAY, state=PlanState.IN_PROGRESS)


# What somebody does meanwhile in a plan that people work by.
OF_THE_DAY = {
    "arrival": lambda plan: record(plan, "B", arrived_at=at(plan, "13:20")),
    "visit done": lambda plan: record(
        plan, "B", arrived_at=at(plan, "13:20"), finished_at=at(plan, "13:31"), outcome="done"
    ),
    "nurse is away": CHANGES["nurse is away"],
    "shift ends earlier": CHANGES["shift ends earlier"],
    "visit is cancelled": CHANGES["visit is cancelled"],
    "stop takes longer": CHANGES["stop takes longer"],
    "nurse has another name": CHANGES["nurse has another name"],
    "closed": lambda plan: RoutePlan.objects.filter(pk=plan.pk).update(
        state=PlanState.CLOSED, closed_at=at(plan, "13:30")
    ),
}


def at(plan, text):
    return instant(plan.day, time.fromisoformat(text))


def record(plan, reference, *, number=1, **moments):
    VisitRecord.objects.create(plan=plan, visit=visit(reference).get(), staff=nurse(number), **moments)


@pytest.mark.parametrize("name", OF_THE_DAY)
def test_what_happens_on_the_day_is_shown_within_the_same_minute(published, name):
    with time_machine.travel(at(published, "13:32"), tick=False) as clock:
        before = kept(published)
        clock.shift(timedelta(seconds=20))
        assert shown(published) == before
        OF_THE_DAY[name](published)
        clock.shift(timedelta(seconds=20))
        after = shown(published)
        assert after != before
        assert after == made_anew(published)


def test_a_plan_that_people_work_by_is_judged_again_each_minute(organisation, client_as):
    plan = published_plan(organisation, people=1, count=3)
    first = RouteStop.objects.filter(assignment__plan=plan, visit__isnull=False).order_by("starts_at").first()
    VisitRecord.objects.create(plan=plan, visit=first.visit, staff=first.assignment.staff, arrived_at=first.arrives_at)
    client, address = client_as("planner"), f"/plans/{plan.pk}/"

    def verdict():
        return re.search(r'id="plan-verdict".*?</div></div>', client.get(address).content.decode(), re.DOTALL)[0]

    with time_machine.travel(first.starts_at, tick=False) as clock:
        kept(plan)
        early = verdict()
        assert "no rule is broken" in early
        clock.shift(timedelta(seconds=59))
        assert verdict() == early
        # The first visit goes on, and leaves ever less of the day for the others.
        clock.shift(timedelta(hours=7))
        late = verdict()
        assert late != early
        assert shown(plan) == made_anew(plan)


def test_another_view_of_a_plan_that_people_work_by_asks_once_in_its_minute(published, django_assert_num_queries):
    with time_machine.travel(at(published, "13:32"), tick=False) as clock:
        kept(published)
        clock.shift(timedelta(seconds=30))
        page = PlanPage(RoutePlan.objects.with_team().get(pk=published.pk))
        with django_assert_num_queries(1):
            assert "Now, 13:32" in parts_of(page).rounds


def test_before_its_day_a_published_plan_does_not_move(organisation, django_assert_num_queries):
    plan = eventful_plan(organisation, day=DAY, state=PlanState.PUBLISHED)
    kept(plan)
    with time_machine.travel(at(plan, "00:00") - timedelta(minutes=5), tick=False):
        kept(plan)
    with time_machine.travel(at(plan, "00:00") - timedelta(minutes=3), tick=False):
        page = PlanPage(RoutePlan.objects.with_team().get(pk=plan.pk))
        with django_assert_num_queries(1):
            assert parts_of(page).rounds


def test_times_of_a_road_network_may_change_without_the_database_knowing(plan, settings):
    assert plan_parts._may_be_kept(plan)
    settings.TRAVEL_PROVIDER = ["valhalla"]
    settings.VALHALLA_URL = "http://127.0.0.1:9"
    assert not plan_parts._may_be_kept(plan)
