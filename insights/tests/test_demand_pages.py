"""Demand and capacity through its doors: pages, files, API, and what is read for them."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.tests.files import csv_lines
from accounts.tests.sessions import sign_in
from insights.demand.weeks import Reason, State
from insights.demand_nobody import nobody_by
from insights.demand_reading import demand_of
from routing.models import Absence, PlanState, RoutePlan, Shift, StaffMember, Visit, VisitRecord
from routing.tests import factories as make

MONDAY = make.DAY
WEEK = timedelta(days=7)
LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 9, tzinfo=LONDON)


@pytest.fixture(autouse=True)
def monday_morning():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def areas(db):
    return make.town()


@pytest.fixture
def team(organisation, areas):
    """Two people on the rota of two weeks; twenty requests in each of the six weeks before, none of them booked."""
    team = make.team(organisation, areas, people=2)
    people = list(team.staff.all())
    days = [MONDAY + timedelta(days=ahead) for ahead in (1, 2, 3, 4, 7, 8, 9, 10, 11)]
    make.services.add_shifts(people=people, days=days, starts=time(8), ends=time(16, 30), by=make.SETUP)
    for back in range(1, 7):
        ask(team, areas, MONDAY - WEEK * back + timedelta(days=2), 20, state=Visit.State.DONE)
    return team


def ask(team, areas, day: date, number: int, *, days_ahead=1, **values):
    """Visits of a day, asked for so many days ahead."""
    visits = Visit.objects.bulk_create(
        Visit(
            organisation=team.organisation, team=team, reference=f"V{day:%m%d}-{place}", day=day, area=areas[0],
            point=areas[0].centroid, **{"minutes": 45, "tier": 3, "source": "csv"} | values,
        )
        for place in range(number)
    )  # fmt: skip
    asked = datetime.combine(day - timedelta(days=days_ahead), time(10), tzinfo=LONDON)
    Visit.objects.filter(pk__in=[visit.pk for visit in visits]).update(created_at=asked)
    return visits


def reader(make_user, roles=("planner",)) -> Client:
    client = Client()
    sign_in(client, make_user(list(roles)))
    return client


def first_week(organisation, place=0):
    return demand_of(organisation).teams[0].weeks[place]


class TestWhatIsRead:
    def test_hours_of_a_rota_less_breaks_and_absences(self, organisation, team):
        week = first_week(organisation)
        assert week.staffed == 2 * 5 * 480
        absent = team.staff.first()
        Absence.objects.create(staff=absent, first_day=MONDAY, last_day=MONDAY + timedelta(days=1), kind="leave")
        week = first_week(organisation)
        assert (week.staffed, week.capacity.minutes_away) == (8 * 480, 2 * 480)
        assert first_week(organisation, 2).state == State.NO_ROTA

    def test_people_who_left_and_made_up_ones_are_not_counted(self, organisation, team):
        StaffMember.objects.filter(pk=team.staff.last().pk).update(is_active=False)
        assert first_week(organisation).staffed == 5 * 480

    def test_a_night_shift_over_the_clock_change_counts_the_hours_that_pass(self, organisation, team):
        nurse = team.staff.first()
        with time_machine.travel(datetime(2026, 10, 19, 9, tzinfo=LONDON), tick=False):
            Shift.objects.create(
                staff=nurse, day=date(2026, 10, 24), break_minutes=0,
                starts_at=datetime(2026, 10, 24, 20, tzinfo=LONDON), ends_at=datetime(2026, 10, 25, 6, tzinfo=LONDON),
            )  # fmt: skip
            # Ten hours on the clock, eleven that pass.
            assert first_week(organisation).capacity.minutes == 11 * 60

    def test_past_weeks_come_again_and_booked_visits_are_not_expected_twice(self, organisation, team, areas):
        before = first_week(organisation, 1)
        assert before.new.visits.mean == pytest.approx(20)
        ask(team, areas, MONDAY + timedelta(days=9), 12, days_ahead=14)
        after = first_week(organisation, 1)
        assert (after.booked_visits, after.new.visits.mean) == (12, pytest.approx(20))

    def test_a_visit_put_off_is_one_visit_on_its_last_day(self, organisation, team, areas):
        (first,) = ask(team, areas, MONDAY + timedelta(days=1), 1)
        later = MONDAY + timedelta(days=8)
        ask(team, areas, later, 1, first_due=first.day, deferred_from=first)
        Visit.objects.filter(team=team, day=later).update(reference=first.reference)
        weeks = demand_of(organisation).teams[0].weeks
        assert [week.booked_visits for week in weeks[:2]] == [0, 1]

    def test_cancelled_visits_are_not_asked_for_and_waiting_ones_are(self, organisation, team, areas):
        ask(team, areas, MONDAY + timedelta(days=1), 3, state=Visit.State.CANCELLED)
        ask(team, areas, MONDAY - timedelta(days=3), 9, state=Visit.State.OPEN)
        assert first_week(organisation).booked_visits == 9

    def test_nothing_of_another_organisation(self, organisation, other_organisation, team, areas):
        make.team(other_organisation, areas)
        assert [each.name for each in demand_of(organisation).teams] == [team.name]
        assert team.name not in [each.name for each in demand_of(other_organisation).teams]

    def test_as_many_queries_for_three_teams_as_for_two(
        self, organisation, team, areas, django_assert_num_queries, django_assert_max_num_queries
    ):
        make.team(organisation, areas)
        with django_assert_max_num_queries(20) as counted:
            demand_of(organisation)
        make.team(organisation, areas)
        with django_assert_num_queries(len(counted)):
            demand_of(organisation)

    def test_teams_side_by_side_are_neighbours_others_are_not(self, organisation):
        areas = make.town((1,) * 20, (5,) * 20)
        short = make.team(organisation, areas[:5])
        beside, far = make.team(organisation, areas[5:10]), make.team(organisation, areas[15:])
        ask(short, areas, MONDAY, 120, minutes=60)
        found = demand_of(organisation)
        assert found.team(short.pk).weeks[0].state == State.NO_ROTA
        days = [MONDAY + timedelta(days=ahead) for ahead in range(1, 5)]
        for each in (short, beside, far):
            people = list(each.staff.all())
            make.services.add_shifts(people=people, days=days, starts=time(8), ends=time(16, 30), by=make.SETUP)
        lenders = {move.other for move in demand_of(organisation).moves}
        assert lenders == {str(beside.pk)}


class TestWhoOpens:
    def record(self, team, make_user, nobody: int, somebody: int):
        now, user = timezone.now(), make_user(["approver"])
        day = MONDAY - timedelta(days=4)
        plan = RoutePlan.objects.create(
            organisation=team.organisation, team=team, day=day, name="Closed", state=PlanState.CLOSED, approved_by=user,
            approved_at=now, published_by=user, published_at=now, closed_at=now,
        )  # fmt: skip
        visits = ask(team, list(team.patch.areas.all()), day, nobody + somebody, state="done", source="manual")
        at = datetime.combine(day, time(9), tzinfo=LONDON)
        VisitRecord.objects.bulk_create(
            VisitRecord(
                plan=plan, staff=team.staff.first(), visit=visit, arrived_at=at, finished_at=at,
                outcome="no_access" if place < nobody else "done",
            )
            for place, visit in enumerate(visits)
        )  # fmt: skip

    def test_share_comes_from_the_records_and_adds_repeats(self, organisation, team, make_user):
        self.record(team, make_user, 20, 80)
        found = demand_of(organisation).teams[0]
        assert (found.share.value, found.share.of) == (0.2, "team")
        week = found.weeks[0]
        assert week.repeats.mean == pytest.approx(0.25 * (week.booked_visits + week.new.visits.mean))
        groups = {group.name: group.share for group in nobody_by(organisation, team.pk, now=NOW)}
        assert groups["Before 11:00"].value == 0.2

    def test_few_are_not_told_nor_reckoned_with(self, organisation, team, make_user):
        self.record(team, make_user, 4, 80)
        found = demand_of(organisation).teams[0]
        assert found.share is None
        assert Reason.NO_SHARE in found.weeks[0].reasons
        assert all(group.share is None for group in nobody_by(organisation, team.pk, now=NOW))


class TestPages:
    def test_overview_names_the_longest_want_and_every_team(self, organisation, team, areas, make_user):
        ask(team, areas, MONDAY + timedelta(days=2), 120, days_ahead=10)
        page = reader(make_user).get(reverse("demand")).content.decode()
        assert f"{team.name} is expected to be" in page
        assert "hours short in the week of 23 November" in page
        assert "No rota yet" in page

    def test_filter_and_sort_stand_in_the_address(self, organisation, team, areas, make_user):
        other = make.team(organisation, areas)
        client = reader(make_user)
        page = client.get(reverse("demand"), {"show": "short"}).content.decode()
        assert "No team fits" in page
        ask(team, areas, MONDAY + timedelta(days=2), 120, days_ahead=10)
        page = client.get(reverse("demand"), {"show": "short", "sort": "short"}).content.decode()
        assert reverse("demand-team", args=[team.pk]) in page
        assert reverse("demand-team", args=[other.pk]) not in page
        assert client.get(reverse("demand"), {"show": "nonsense", "sort": "x"}).status_code == 200

    def test_a_team_says_why_and_links_to_where_it_is_changed_for_those_who_may(self, team, make_user):
        address = reverse("demand-team", args=[team.pk])
        page = reader(make_user).get(address).content.decode()
        assert "Weeks it is estimated from" in page
        assert f"{reverse('rota', args=[team.pk])}?from=" in page
        page = reader(make_user, ["analyst"]).get(address).content.decode()
        assert reverse("rota", args=[team.pk]) not in page

    def test_an_organisation_without_teams_is_told_so(self, organisation, make_user):
        assert "No teams yet" in reader(make_user).get(reverse("demand")).content.decode()

    def test_a_team_that_has_not_begun(self, organisation, areas, make_user):
        team = make.team(organisation, areas, people=0)
        page = reader(make_user).get(reverse("demand-team", args=[team.pk])).content.decode()
        assert "Nothing to hold against each other yet" in page

    def test_few_visits_are_shown_nowhere(self, organisation, areas, make_user):
        team = make.team(organisation, areas)
        ask(team, areas, MONDAY + timedelta(days=2), 3, days_ahead=10)
        client = reader(make_user)
        page = client.get(reverse("demand-team", args=[team.pk])).content.decode()
        assert "not shown" in page
        file = client.get(reverse("demand-team", args=[team.pk]), {"file": "csv"})
        assert any("[c]" in row for row in csv_lines(file))
        week = client.get(reverse("ml-demand-list")).json()["teams"][0]["weeks"][0]
        assert week["visits"]["due_or_booked"] == {"count": None, "suppressed": "small_number_rule"}


class TestApi:
    def test_says_what_the_page_says(self, organisation, team, make_user):
        answer = reader(make_user).get(reverse("ml-demand-list"))
        weeks = answer.json()["teams"][0]["weeks"]
        assert [week["monday"] for week in weeks] == [str(MONDAY + WEEK * ahead) for ahead in range(6)]
        assert (weeks[0]["state"], weeks[0]["hours_on_rota"]) == ("room", 80)
        assert (weeks[2]["state"], weeks[2]["hours_on_rota"]) == ("no_rota", None)

    def test_the_same_is_not_sent_twice(self, team, make_user):
        client = reader(make_user)
        etag = client.get(reverse("ml-demand-list"))["ETag"]
        assert client.get(reverse("ml-demand-list"), headers={"If-None-Match": etag}).status_code == 304

    def test_one_team_and_none_of_others(self, organisation, other_organisation, team, areas, make_user):
        second, foreign = make.team(organisation, areas), make.team(other_organisation, areas)
        client, address = reader(make_user), reverse("ml-demand-list")
        named = client.get(address, {"team": str(second.pk)}).json()["teams"]
        assert [each["name"] for each in named] == [second.name]
        assert client.get(address, {"team": str(foreign.pk)}).status_code == 400
        assert client.get(address, {"team": "x"}).status_code == 400
