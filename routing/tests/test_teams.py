"""Shifts in local time, and the pages of teams."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from healthequiroute.testing.shared import shared
from lsoa.models import Postcode
from routing import services
from routing.civil_time import NoSuchTime, today
from routing.models import Depot, Shift, Skill, StaffMember, Team

from . import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
@shared
def team(organisation):
    return make.team(organisation, people=1)


def add(team, day, starts, ends, **options):
    return services.add_shifts(
        people=list(team.staff.all()), days=[day], starts=starts, ends=ends, by=make.SETUP, **options
    )


def test_local_working_times_are_stored_as_instants(team):
    (shift,) = add(team, date(2026, 7, 1), time(8), time(16, 30))
    assert shift.starts_at == datetime(2026, 7, 1, 7, tzinfo=UTC)
    assert shift.break_earliest == datetime(2026, 7, 1, 10, 30, tzinfo=UTC)


def test_a_shift_over_the_night_the_clocks_change_is_an_hour_longer_or_shorter(team):
    (spring,) = add(team, date(2027, 3, 27), time(20), time(6))
    (autumn,) = add(team, date(2026, 10, 24), time(20), time(6))
    assert spring.ends_at - spring.starts_at == timedelta(hours=9)
    assert autumn.ends_at - autumn.starts_at == timedelta(hours=11)


def test_a_start_that_the_clocks_jump_over_is_refused(team):
    with pytest.raises(NoSuchTime):
        add(team, date(2027, 3, 28), time(1, 15), time(9))


def test_a_short_shift_has_no_break(team):
    (shift,) = add(team, date(2026, 12, 1), time(8), time(12))
    assert (shift.break_minutes, shift.break_earliest) == (0, None)


def test_nobody_gets_two_shifts_at_once(team):
    with pytest.raises(ValidationError):
        add(team, make.DAY, time(9), time(12))


def shift_entry(person, day, starts="08:00", ends="16:30"):
    return {
        "shift-people": [person.pk],
        **{f"shift-first_day_{part}": getattr(day, part) for part in ("day", "month", "year")},
        "shift-starts": starts,
        "shift-ends": ends,
        "shift-break_minutes": 30,
    }


def test_a_second_shift_at_the_same_time_is_refused_in_words(team, client_as):
    day, person = today() + timedelta(days=3), team.staff.get()
    add(team, day, time(8), time(16))
    answer = client_as("planner").post(f"/teams/{team.pk}/shifts/", shift_entry(person, day, "15:00", "20:00"))
    assert answer.status_code == 422
    assert f"{person} already works on {day:%-d %B %Y} from 08:00 to 16:00." in answer.content.decode()


@pytest.mark.parametrize(
    ("days", "hours", "said"),
    [
        (-1, (), "The day is in the past."),
        (500, (), "The day is more than a year away."),
        (3, ("17:00", "16:00"), "would last 23 hours"),
        (3, ("noon",), "From must be a time"),
    ],
)
def test_shifts_that_nobody_works_are_refused(team, client_as, days, hours, said):
    entry, before = shift_entry(team.staff.get(), today() + timedelta(days=days), *hours), Shift.objects.count()
    answer = client_as("planner").post(f"/teams/{team.pk}/shifts/", entry)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Shift.objects.count() == before


def test_somebody_new_starts_where_the_team_does(team, client_as):
    usual = team.staff.get().base
    services.create_depot(organisation=team.organisation, name="A clinic elsewhere", point=usual.point, by=make.SETUP)
    page = client_as("planner").get(f"/teams/{team.pk}/")
    assert page.context["staff_form"]["base"].value() == usual.pk


def test_a_shift_that_a_plan_builds_on_stays(team):
    make.proposed_plan(team, count=2)
    with pytest.raises(ValidationError, match="part of a plan"):
        services.remove_shift(shift=Shift.objects.get(), by=make.SETUP)


def test_a_planner_makes_a_team_from_nothing(organisation, client_as):
    make.patch(organisation, make.town())
    planner = client_as("planner")
    patch = organisation.patches.get()
    assert planner.post("/teams/new/", {"name": "North", "patch": patch.pk}).status_code == 302
    team = Team.objects.get()
    address = f"/teams/{team.pk}/"
    assert "Nobody yet" in planner.get(address).content.decode()
    planner.post(f"{address}bases/", {"base-name": "Clinic", "base-postcode": "zz11aa"})
    planner.post(f"{address}skills/", {"skill-name": "Wound care", "skill-code": "wound-care"})
    person = {
        "staff-display_name": "Ada Ford",
        "staff-reference": "nurse-01",
        "staff-base": Depot.objects.get().pk,
        "staff-skills": [Skill.objects.get().pk],
        "staff-max_visits": 12,
    }
    assert planner.post(f"{address}staff/", person).status_code == 302
    monday = today() + timedelta(days=(7 - today().weekday()))
    shifts = {
        "shift-people": [StaffMember.objects.get().pk],
        **{f"shift-first_day_{part}": getattr(monday, part) for part in ("day", "month", "year")},
        **{f"shift-last_day_{part}": getattr(monday + timedelta(days=6), part) for part in ("day", "month", "year")},
        "shift-starts": "08:00",
        "shift-ends": "16:30",
        "shift-break_minutes": 30,
    }
    assert planner.post(f"{address}shifts/", shifts).status_code == 302
    assert Shift.objects.count() == 5
    page = planner.get(address).content.decode()
    assert "Ada Ford" in page
    assert "30 min break from 11:30 to 13:30" in page
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"team.created", "depot.created", "skill.created", "staff.added", "shifts.added"} <= actions
    shift = Shift.objects.first()
    assert planner.post(f"{address}shifts/{shift.pk}/remove/").status_code == 302
    assert not Shift.objects.filter(pk=shift.pk).exists()


def test_a_refused_form_says_why_and_changes_nothing(team, client_as):
    planner = client_as("planner")
    taken = {
        "staff-display_name": "Ada Ford",
        "staff-reference": "nurse-01",
        "staff-base": Depot.objects.get().pk,
        "staff-max_visits": 12,
    }
    answer = planner.post(f"/teams/{team.pk}/staff/", taken)
    assert answer.status_code == 422
    assert "already exists" in answer.content.decode()
    answer = planner.post(f"/teams/{team.pk}/bases/", {"base-name": "Clinic", "base-postcode": "nowhere"})
    assert "This postcode is not known." in answer.content.decode()
    Postcode.objects.filter(postcode="ZZ1 1AA").update(terminated=200806)
    answer = planner.post(f"/teams/{team.pk}/bases/", {"base-name": "Clinic", "base-postcode": "zz1 1aa"})
    assert "This postcode was terminated in June 2008." in answer.content.decode()
    assert team.staff.count() == 1


def test_the_same_team_name_twice_is_refused(team, client_as):
    answer = client_as("planner").post("/teams/new/", {"name": team.name, "patch": team.patch_id})
    assert answer.status_code == 422
    assert Team.objects.count() == 1


@pytest.mark.parametrize("role", ["viewer", "analyst", "approver", "field_worker", "auditor"])
def test_teams_are_for_those_who_manage_them(team, client_as, role):
    assert client_as(role).get("/teams/").status_code == 403
    assert client_as(role).get(f"/teams/{team.pk}/").status_code == 403


def test_another_organisation_sees_no_team(team, client_as, other_organisation):
    stranger = client_as("planner", organisation=other_organisation)
    assert stranger.get(f"/teams/{team.pk}/").status_code == 404
    assert team.name not in stranger.get("/teams/").content.decode()
    shift = Shift.objects.get()
    assert stranger.post(f"/teams/{team.pk}/shifts/{shift.pk}/remove/").status_code == 404
