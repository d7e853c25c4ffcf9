"""What an organisation's settings, limits and features mean for planning."""

import threading
from datetime import time

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts import audit
from accounts.models.people import TRAVEL_CHOICES
from accounts.people import flags, organisations
from accounts.people.flags import Flag
from routing import services
from routing.models import RoutePlan, Team
from routing.models.teams import TravelProfile

from . import factories as make
from .outputs_world import eventful_plan

pytestmark = pytest.mark.django_db
SYSTEM = audit.SystemActor("test")


def test_the_time_to_search_is_what_new_plans_begin_with(client_as, organisation):
    make.team(organisation)
    organisation.search_seconds = 120
    organisation.save()
    form = client_as("planner").get("/plans/new/").context["form"]
    assert form["seconds"].initial == 120


def test_new_plans_and_weeks_begin_with_its_wishes(client_as, organisation):
    make.team(organisation)
    organisations.change_settings(organisation=organisation, holds_core20=True, by=SYSTEM)
    planner = client_as("planner")
    for address in ("/plans/new/", "/weeks/new/"):
        form = planner.get(address).context["form"]
        assert (form["holds_core20"].initial, form["shares_work"].initial) == (True, False), address


def test_new_staff_and_shifts_begin_with_its_usual_ones(client_as, organisation):
    usual = {"travel_profile": "bicycle", "shift_starts": time(7), "shift_ends": time(15), "shift_break_minutes": 45}
    organisations.change_settings(organisation=organisation, by=SYSTEM, **usual)
    organisation.refresh_from_db()
    team = make.team(organisation)
    assert set(team.staff.values_list("travel_profile", flat=True)) == {"bicycle"}
    page = client_as("planner").get(f"/teams/{team.pk}/")
    form = page.context["shift_form"]
    assert (form["starts"].initial, form["ends"].initial, form["break_minutes"].initial) == (time(7), time(15), 45)
    assert 'value="07:00"' in page.content.decode()


def test_its_ways_to_travel_are_those_of_staff():
    assert TravelProfile.choices == TRAVEL_CHOICES


def test_plans_of_a_day_are_limited_scenarios_among_them(organisation):
    plan = make.draft_plan(make.team(organisation), count=2)
    organisations.change_limits(organisation=organisation, most_plans_per_day=1, by=SYSTEM)
    plan.refresh_from_db()
    with pytest.raises(ValidationError, match="1 plans a day at most, and 1 were made today"):
        services.copy_as_scenario(plan=plan, by=SYSTEM)


def test_a_week_counts_as_its_days_and_its_plans_no_second_time(organisation):
    team = make.team(organisation)
    organisations.change_limits(organisation=organisation, most_plans_per_day=4, by=SYSTEM)
    team.organisation.refresh_from_db()
    asked = {"team": team, "first_day": make.DAY, "count": 3, "by": SYSTEM}
    week = services.week_from_priorities(days=3, **asked)
    RoutePlan.objects.create(organisation=organisation, team=team, day=make.DAY, name="Day 1", week=week)
    with pytest.raises(ValidationError, match="4 plans a day at most, and 3 were made today"):
        services.week_from_priorities(days=2, **asked)
    make.draft_plan(team, count=1)
    with pytest.raises(ValidationError, match="4 were made today"):
        make.draft_plan(team, count=1)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_is_over_the_limit(organisation):
    team = make.team(organisation)
    organisations.change_limits(organisation=organisation, most_plans_per_day=1, by=SYSTEM)
    together, outcomes = threading.Barrier(2), []

    def plan():
        try:
            own = Team.objects.select_related("organisation").get(pk=team.pk)
            together.wait(timeout=60)
            make.draft_plan(own, count=1)
            outcomes.append("made")
        except ValidationError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=plan) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert sorted(outcomes) == ["made", "refused"]
    assert RoutePlan.objects.for_organisation(organisation).count() == 1


def test_calendars_that_are_off_are_neither_shown_nor_given(client_as, api_client_as, organisation):
    plan = eventful_plan(organisation)
    person = plan.assignments.first().staff_id
    page, api = f"/plans/{plan.pk}/rounds/{person}/calendar.ics", f"/api/v1/route-plans/{plan.pk}/rounds/{person}/"
    planner, program = client_as("planner"), api_client_as("planner")
    assert planner.get(page).status_code == 200
    assert program.get(f"{api}calendar/").status_code == 200
    assert "calendar.ics" in planner.get(f"/plans/{plan.pk}/").content.decode()
    flags.switch(organisation=organisation, flag=Flag.CALENDAR_FILES, on=False, by=SYSTEM)
    assert planner.get(page).status_code == 404
    assert program.get(f"{api}calendar/").status_code == 404
    assert program.get(f"{api}gpx/").status_code == 200
    assert "calendar.ics" not in planner.get(f"/plans/{plan.pk}/").content.decode()
    assert "calendar.ics" not in planner.get(f"/plans/{plan.pk}/run-sheets/").content.decode()
