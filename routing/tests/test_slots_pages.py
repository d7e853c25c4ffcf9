"""A new booking: which slots cost least, and the visit in the plan at its place."""

import re
from datetime import timedelta

import pytest

from accounts.models import AuditEvent, Notification
from healthequiroute.testing.shared import shared
from routing import services, tasks
from routing.civil_time import today
from routing.models import PlanState, PlanVersion, Visit
from routing.planning.check import check
from routing.problem_building import build_problem, solution_of

from . import factories as make
from .published_days import a_day, at, publish, stops_of

pytestmark = pytest.mark.django_db

VISIT = {"postcode": "ZZ4 1AA", "visit_minutes": 30, "tier": 3}


@pytest.fixture
def planner(client_as):
    return client_as("planner")


@pytest.fixture
@shared
def team(organisation):
    days = [a_day(), a_day() + timedelta(days=1)]
    team = make.team(organisation, people=3, day=days[0])
    services.add_shifts(
        people=list(team.staff.all()), days=days[1:], starts=make.time(8, 0), ends=make.time(16, 30), by=make.SETUP
    )
    return team


@pytest.fixture
@shared
def plan(team):
    return make.proposed_plan(team, count=4, day=a_day())


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def offers(answer) -> list[dict]:
    """The hidden fields of each slot offered, with the address to book it at."""
    found = []
    for form in re.findall(r'<form method="post" action="([^"]+/slots/book/)">(.*?)</form>', text(answer)):
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form[1]))
        fields.pop("csrfmiddlewaretoken", None)
        found.append(fields | {"address": form[0]})
    return found


def book(client, offer):
    fields = dict(offer)
    return client.post(fields.pop("address"), fields, follow=True)


def orders(plan):
    return {name: [row[0] for row in rows if row[0]] for name, rows in stops_of(plan).items()}


def without(orders, visit):
    return {name: [each for each in visits if each != visit] for name, visits in orders.items()}


def days_asked(first, last):
    return {
        f"{name}_{part}": getattr(day, part)
        for name, day in (("first_day", first), ("last_day", last))
        for part in ("day", "month", "year")
    }


def test_book_the_cheapest_slot_of_a_proposal(plan, planner):
    assert "Find a slot" in text(planner.get(f"/plans/{plan.pk}/"))
    found = planner.post(f"/plans/{plan.pk}/slots/", VISIT)
    slots = offers(found)
    assert 1 <= len(slots) <= 3
    assert "Extra travel" in text(found)
    before, version = orders(plan), plan.version
    answer = book(planner, slots[0])
    assert "booked-1 is in the plan." in text(answer)
    plan.refresh_from_db()
    assert {name: visits for name, visits in without(orders(plan), "booked-1").items() if visits} == before
    visit = Visit.objects.get(reference="booked-1")
    assert (visit.state, visit.source, visit.tier) == (Visit.State.OPEN, Visit.Source.MANUAL, 3)
    row = next(row for rows in stops_of(plan).values() for row in rows if row[0] == "booked-1")
    assert visit.window_start <= row[2] <= visit.window_end
    newest = plan.versions.first()
    assert (newest.number, newest.origin) == (version + 1, PlanVersion.Origin.MOVED)
    built = build_problem(plan)
    assert check(built.problem, solution_of(built)).feasible
    assert AuditEvent.objects.filter(action="visit.booked").count() == 1


def test_a_published_plan_takes_it_as_mended_and_tells_whoever_comes(plan, planner, make_user):
    for person in plan.team.staff.all():
        person.user = make_user(["field_worker"])
        person.save()
    plan = publish(plan)
    Notification.objects.all().delete()
    offer = offers(planner.post(f"/plans/{plan.pk}/slots/", VISIT))[0]
    book(planner, offer)
    plan.refresh_from_db()
    assert plan.state == PlanState.PUBLISHED
    assert plan.versions.first().origin == PlanVersion.Origin.REPLANNED
    assert Visit.objects.get(reference="booked-1").state == Visit.State.PLANNED
    told = Notification.objects.get(text__contains="a visit more")
    assert told.user.staffmember_set.get().reference == offer["places"].split(":")[0]


def test_a_mended_plan_takes_bookings_and_who_is_away_gets_none(plan, planner):
    plan = publish(plan)
    nurse = max(plan.assignments.all(), key=lambda each: each.stops.count()).staff
    sick = services.report_disruption(plan=plan, kind="sick", staff=nurse, at=at(plan, 9), by=planner.user)
    tasks.replan(str(sick.job_id))
    sick.refresh_from_db()
    services.apply_disruption(disruption=sick, alternative="few", absent=True, by=planner.user)
    slots = offers(planner.post(f"/plans/{plan.pk}/slots/", VISIT))
    assert slots
    assert nurse.reference not in {slot["places"].split(":")[0] for slot in slots}
    assert "booked-1 is in the plan." in text(book(planner, slots[0]))
    assert "not free any more" in text(
        book(planner, slots[0] | {"places": f"{nurse.reference}:0", "version": str(plan.versions.first().number)})
    )


def test_today_is_mended_and_not_booked(team, planner):
    services.add_shifts(
        people=list(team.staff.all()), days=[today()], starts=make.time(8, 0), ends=make.time(16, 30), by=make.SETUP
    )
    plan = make.proposed_plan(team, count=3, day=today())
    assert "from tomorrow on" in text(planner.get(f"/plans/{plan.pk}/slots/", follow=True))


def test_the_days_ahead_of_a_team(plan, team, planner):
    later = make.proposed_plan(team, count=2, day=a_day() + timedelta(days=1))
    asked = VISIT | days_asked(a_day(), a_day() + timedelta(days=6))
    found = planner.post(f"/teams/{team.pk}/slots/", asked)
    slots = offers(found)
    assert len(slots) == 3
    assert "of 2 plans" in text(found)
    assert {slot["address"] for slot in slots} <= {f"/plans/{each.pk}/slots/book/" for each in (plan, later)}
    assert "booked-1 is in the plan." in text(book(planner, slots[-1]))


def test_two_people_come_together(plan, planner):
    slots = offers(planner.post(f"/plans/{plan.pk}/slots/", VISIT | {"two_people": "on"}))
    assert len(slots) == 1
    assert slots[0]["places"].count(":") == 2
    book(planner, slots[0])
    rows = [row for rows in stops_of(plan).values() for row in rows if row[0] == "booked-1"]
    assert len(rows) == 2
    assert rows[0][2] == rows[1][2]


def test_only_who_has_the_skills_is_offered(plan, planner, organisation):
    rare = make.skills_of(organisation)[1]
    able = {person.reference for person in plan.team.staff.filter(skills=rare)}
    slots = offers(planner.post(f"/plans/{plan.pk}/slots/", VISIT | {"skills": [rare.pk]}))
    assert slots
    assert {slot["places"].split(":")[0] for slot in slots} <= able
    book(planner, slots[0])
    assert list(Visit.objects.get(reference="booked-1").skills.all()) == [rare]


def test_its_own_window_is_kept(plan, planner):
    slots = offers(planner.post(f"/plans/{plan.pk}/slots/", VISIT | {"opens": "13:00", "closes": "14:00"}))
    book(planner, slots[0])
    visit = Visit.objects.get(reference="booked-1")
    assert (visit.window_end - visit.window_start) == timedelta(hours=1)


def test_nobody_has_the_time(plan, planner):
    found = planner.post(f"/plans/{plan.pk}/slots/", VISIT | {"opens": "03:00", "closes": "03:30"})
    assert found.status_code == 200
    assert "No slot in 1 plan" in text(found)


def test_no_plan_on_these_days(team, planner):
    asked = VISIT | days_asked(a_day() + timedelta(days=3), a_day() + timedelta(days=4))
    assert "There is no proposed, approved or published plan" in text(planner.post(f"/teams/{team.pk}/slots/", asked))


def test_a_slot_of_an_older_version_is_gone(plan, planner):
    slots = offers(planner.post(f"/plans/{plan.pk}/slots/", VISIT))
    book(planner, slots[0])
    before = stops_of(plan)
    assert "The plan has changed since" in text(book(planner, slots[0]))
    assert stops_of(plan) == before
    assert Visit.objects.filter(reference__startswith="booked").count() == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"places": "nurse-99:0"}, "does not work in this plan"),
        ({"places": "nurse-01:99"}, "not one of the round"),
        ({"places": "anything"}, "not one that was offered"),
        ({"places": "nurse-01:0,nurse-02:0"}, "not free any more"),
        ({"start": "100", "latest": "200"}, "not free any more"),
        ({"start": "-1"}, "must be 0 or more"),
        ({"version": ""}, "required"),
    ],
)
def test_an_offer_that_was_tampered_with_changes_nothing(plan, planner, change, told):
    offer = offers(planner.post(f"/plans/{plan.pk}/slots/", VISIT))[0]
    before = stops_of(plan)
    assert told in text(book(planner, offer | change))
    assert stops_of(plan) == before
    assert not Visit.objects.filter(reference__startswith="booked").exists()


BAD = {
    "no place": ({"postcode": ""}, "Give the postcode"),
    "Scotland": ({"postcode": "EH1 1AA"}, "the postcode is not known"),
    "too short": ({"visit_minutes": 0}, "at least 5 minutes"),
    "words": ({"visit_minutes": "many"}, "Write the minutes in figures"),
    "window the wrong way": ({"opens": "12:00", "closes": "11:00"}, "ends before it begins"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_is_said_at_its_field(plan, planner, name):
    change, told = BAD[name]
    answer = planner.post(f"/plans/{plan.pk}/slots/", VISIT | change)
    assert answer.status_code == 422
    assert told in text(answer)
    answer = planner.post(f"/plans/{plan.pk}/slots/", VISIT | change, headers={"HX-Request": "true"})
    assert answer.status_code == 200, "htmx shows what is answered with 200"
    assert told in text(answer)


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [(0, 3, "from tomorrow on"), (3, 2, "before the first"), (1, 40, "At most 14 days")],
)
def test_days_that_make_no_sense(team, planner, first, last, told):
    asked = VISIT | days_asked(*(today() + timedelta(days=each) for each in (first, last)))
    assert told in text(planner.post(f"/teams/{team.pk}/slots/", asked))


def test_a_draft_has_no_slots(team, planner):
    plan = make.draft_plan(team, count=3, day=a_day())
    assert "Visits are booked into" in text(planner.get(f"/plans/{plan.pk}/slots/", follow=True))


def test_a_plan_that_does_not_hold_any_more_is_named(plan, planner):
    plan.team.staff.update(max_visits=1)
    found = text(planner.post(f"/plans/{plan.pk}/slots/", VISIT))
    assert "breaks a rule as people and visits are now" in found
