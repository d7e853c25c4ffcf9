"""The page of one person: details, home, skills with their last day; and what plans make of them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEvent
from healthequiroute.testing.shared import shared
from routing import services
from routing.civil_time import clock, today
from routing.models import Shift, Skill, StaffMember, StaffSkill
from routing.optimisation import search
from routing.problem_building import build_problem

from . import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
@shared
def team(organisation):
    return make.team(organisation, people=2)


@pytest.fixture
@shared
def person(team):
    return team.staff.get(reference="nurse-01")


def address(person, rest=""):
    return f"/teams/{person.team_id}/staff/{person.pk}/{rest}"


def details(person, **changes):
    return {
        "display_name": person.display_name,
        "reference": person.reference,
        "user": "",
        "base": person.base_id,
        "starts_from": "base",
        "ends_at": "base",
        "home_postcode": "",
        "travel_profile": "car",
        "max_visits": 12,
        "max_drive_minutes": "",
        "overtime_minutes": 0,
        "is_active": "on",
        **changes,
    }


def test_a_planner_changes_a_person(person, client_as, make_user):
    planner, worker = client_as("planner"), make_user(["field_worker"])
    answer = planner.post(
        address(person),
        details(
            person,
            display_name="Ada Ford",
            user=worker.pk,
            starts_from="home",
            home_postcode="zz11aa",
            travel_profile="bicycle",
            max_drive_minutes=120,
            overtime_minutes=30,
            works_alone="on",
        ),
    )
    assert answer.status_code == 302
    person.refresh_from_db()
    assert (person.display_name, person.user, person.home_postcode) == ("Ada Ford", worker, "ZZ1 1AA")
    assert (person.starts_from, person.ends_at, person.travel_profile) == ("home", "base", "bicycle")
    assert (person.max_drive_minutes, person.overtime_minutes, person.works_alone) == (120, 30, True)
    assert person.start_point != person.end_point
    page = planner.get(address(person)).content.decode()
    assert 'value="ZZ1 1AA"' in page
    assert "Home, ends at" in planner.get(f"/teams/{person.team_id}/").content.decode()


def test_a_home_is_never_in_the_audit_trail_or_on_a_page_for_others(person, client_as):
    data = details(person, home_postcode="ZZ1 1AA", starts_from="home", works_alone="on")
    client_as("planner").post(address(person), data)
    event = AuditEvent.objects.get(action="staff.changed")
    assert set(event.details["changed"]) == {"home_postcode", "home", "starts_from", "max_visits"}
    assert "ZZ1" not in str(event.details)
    assert client_as("viewer").get(address(person)).status_code == 403
    assert "ZZ1 1AA" not in client_as("planner").get(f"/teams/{person.team_id}/").content.decode()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"starts_from": "home"}, "Give the home postcode"),
        ({"home_postcode": "QQ1 1AA"}, "This postcode is not known"),
        ({"overtime_minutes": 500}, "480"),
        ({"max_visits": 0}, "must be 1 or more"),
        ({"reference": "nurse-02"}, "already exists"),
        ({"reference": "nurse 1"}, "valid"),
        ({"travel_profile": "horse"}, "valid choice"),
    ],
)
def test_details_that_do_not_fit_are_told_at_the_form(person, client_as, changes, message):
    answer = client_as("planner").post(address(person), details(person, **changes))
    assert answer.status_code == 422
    assert message in answer.content.decode()
    person.refresh_from_db()
    assert person.max_visits == 14


def test_an_account_belongs_to_one_person_of_the_team_and_to_a_field_worker(person, team, client_as, make_user):
    worker, viewer = make_user(["field_worker"]), make_user(["viewer"])
    services.change_staff(person=team.staff.get(reference="nurse-02"), values={"user": worker}, by=make.SETUP)
    planner = client_as("planner")
    assert (
        "already belongs to Nurse 02" in planner.post(address(person), details(person, user=worker.pk)).content.decode()
    )
    assert planner.post(address(person), details(person, user=viewer.pk)).status_code == 422


def test_skills_have_a_last_day_and_are_named_before_they_expire(person, team, client_as):
    wound, insulin = Skill.objects.order_by("pk")
    planner, soon = client_as("planner"), today() + timedelta(days=30)
    answer = planner.post(
        address(person, "skills/"),
        {f"skill-has_{wound.pk}": "on", f"skill-until_{wound.pk}": f"{soon:%d/%m/%Y}"},
    )
    assert answer.status_code == 302
    assert list(person.skill_records.values_list("skill__code", "expires_on")) == [("wound-care", soon)]
    for page in (address(person), f"/teams/{team.pk}/", f"/teams/{team.pk}/rota/"):
        assert "xpires in 30 days" in planner.get(page).content.decode()
    StaffSkill.objects.filter(staff=person).update(expires_on=today() - timedelta(days=1))
    assert "Wound care (expired)" in planner.get(f"/teams/{team.pk}/").content.decode()
    person = StaffMember.objects.get(pk=person.pk)
    assert person.skill_codes(today()) == frozenset()
    wrong = planner.post(address(person, "skills/"), {f"skill-until_{insulin.pk}": "23/11/2026"})
    assert wrong.status_code == 422
    assert "Tick Insulin, or clear its last day" in wrong.content.decode()


def test_a_day_from_home_with_overtime_shows_in_the_plan(person, team, client_as):
    services.change_staff(
        person=person,
        values={
            "starts_from": "home",
            "ends_at": "home",
            "home_postcode": "ZZ1 1AA",
            "home": team.patch.areas.first().centroid,
            "overtime_minutes": 60,
        },
        by=make.SETUP,
    )
    Shift.objects.exclude(staff=person).delete()
    plan = make.draft_plan(team, count=10)
    plan.visits.update(minutes=60, window_start=None, window_end=None)
    built = build_problem(plan)
    (staff,) = built.problem.staff
    assert staff.overtime == 3_600
    plan = services.store_solution(
        plan=plan, built=built, solution=search(built, seconds=5, seed=1, iterations=50), by=make.SETUP
    )
    assignment = plan.assignments.get()
    assert assignment.returns_at > assignment.shift.ends_at
    sheets = client_as("approver").get(f"/plans/{plan.pk}/run-sheets/").content.decode()
    assert "home" in sheets.lower()
    assert clock(assignment.shift.ends_at) == "16:30"


def test_another_organisation_sees_nobody(person, client_as, other_organisation):
    stranger = client_as("planner", organisation=other_organisation)
    assert stranger.get(address(person)).status_code == 404
    assert stranger.post(address(person), details(person)).status_code == 404
    assert stranger.post(address(person, "skills/"), {}).status_code == 404


def test_the_database_refuses_a_home_start_without_a_home(person):
    for statement, constraint in (
        ("UPDATE routing_staffmember SET starts_from = 'home' WHERE id = %s", "staff_home_is_known"),
        ("UPDATE routing_staffmember SET overtime_minutes = 481 WHERE id = %s", "staff_overtime_plausible"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [person.pk])
