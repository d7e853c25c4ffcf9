"""Equity of a plan, a week, four weeks: the page, the file, the API, and what is never shown."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.small_numbers import periods
from accounts.tests.files import csv_rows
from routing import services, tasks
from routing.models import PlanState, PlusGroup, RoutePlan, UnservedVisit, Visit, VisitRecord

from . import factories as make

pytestmark = pytest.mark.django_db

# Twelve areas: two of each odd fifth, and three in the most deprived.
PRIORITIES = (3, 3, 3, 2, 2, 2, 1, 1, 1, 0, 0, 0)
DECILES = (1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10)


@pytest.fixture
def team(organisation):
    return make.team(organisation, make.town(PRIORITIES, DECILES), people=3)


@pytest.fixture
def approver(make_user):
    return make_user(["approver"])


def approved(team, approver, *, count=12, day=make.DAY):
    plan = make.proposed_plan(team, count=count, day=day)
    return services.approve_plan(plan=plan, by=approver, reason="There is no more time.")


def text(answer):
    return answer.content.decode()


def lines(answer):
    return csv_rows(answer)


def test_a_week_in_words_tables_and_charts(team, approver, client_as):
    approved(team, approver)
    page = text(client_as("analyst").get("/equity/"))
    assert "Week from 23 November 2026 to 29 November 2026" in page
    for title in ("By deprivation fifth", "By local authority", "By PLUS group", "By area (LSOA)", "in one number"):
        assert title in page, title
    assert "How the work is shared among staff" in page
    assert "Nurse 01" in page
    assert "The need of a visit is its minutes" in page
    assert "Nothing has been recorded as done yet" in page
    assert "1 plan is not closed: what was done there is not known." in page
    assert page.count('<ul class="her-bars__rows"') >= 3


def test_weeks_hold_binding_plans_only_and_a_plan_stands_for_itself(team, client_as):
    plan = make.proposed_plan(team, count=6)
    client = client_as("viewer", "analyst")
    assert "No plan has been approved yet" in text(client.get("/equity/"))
    assert "was approved for this period" in text(client.get(f"/equity/?team={team.pk}&day={make.DAY}"))
    assert plan.name in text(client.get(f"/equity/?plan={plan.pk}"))
    page = text(client.get(f"/equity/?period=plan&plan={plan.pk}"))
    assert "not shown" in page
    # Six visits are too few for figures that leave; the plan itself shows each of them.
    assert f'on the page of the plan: <a href="/plans/{plan.pk}/">' in page


def test_small_groups_are_not_shown_anywhere(team, approver, client_as, api_client_as):
    approved(team, approver)
    visits = list(Visit.objects.filter(team=team).order_by("reference"))
    few = PlusGroup.objects.create(organisation=team.organisation, code="few", name="Few people")
    for visit in visits[:3]:
        visit.plus_groups.set([few])
    page = text(client_as("analyst").get("/equity/"))
    assert "not shown" in page
    assert "Numbers of 1 to 7 visits" in page
    rows = lines(client_as("analyst").get("/equity/figures.csv"))
    small = [row for row in rows if row["group_kind"] == "plus_group"]
    assert [(row["value"], row["visits"], row["served"]) for row in small] == [("[c]", "[c]", "[c]")]
    assert all(row["note"].startswith("hidden") for row in small)
    told = {row[name] for row in rows for name in ("visits", "served")}
    assert all(each in ("", "[c]") or int(each) % 5 == 0 for each in told)
    answer = api_client_as("analyst").get("/api/v1/equity/").json()
    group = answer["planned"]["plus"]["Few people"]
    assert (group["hidden"], group["n"], group["suppressed"]) == (True, None, "small_number_rule")
    assert answer["rule"] == {"hidden_up_to": 7, "rounded_to": 5}
    for key, value in numbers_in(answer):
        assert not (key in ("n", "served", "visits", "not_known", "visits_without_due_day") and 0 < value < 8), key


def numbers_in(data, key=""):
    """Every number of an answer with the name it stands under."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield from numbers_in(value, name)
    elif isinstance(data, list):
        for value in data:
            yield from numbers_in(value, key)
    elif isinstance(data, int | float) and not isinstance(data, bool):
        yield key, data


def test_what_is_hidden_is_prepared_at_night(team, approver, client_as, monkeypatch):
    approved(team, approver)
    monkeypatch.setattr("routing.tasks.today", lambda: make.DAY)
    assert tasks.prepare_equity.call_local() == 1
    monkeypatch.setattr(periods, "groups_to_hide", lambda *_, **__: pytest.fail("worked out again"))
    client = client_as("analyst")
    for period in ("week", "four-weeks"):
        page = text(client.get(f"/equity/?team={team.pk}&period={period}&day={make.DAY}"))
        assert "By deprivation fifth" in page


def test_what_was_done_is_told_once_a_plan_is_closed(team, approver, client_as):
    plan = approved(team, approver)
    now = timezone.now()
    served = list(plan.assignments.values_list("staff", "stops__visit").exclude(stops__visit=None))
    for staff, visit in served[1:]:
        VisitRecord.objects.create(
            plan=plan, staff_id=staff, visit_id=visit, arrived_at=now, finished_at=now, outcome="done"
        )
    RoutePlan.objects.filter(pk=plan.pk).update(
        state=PlanState.CLOSED, published_by=approver, published_at=now, closed_by=approver, closed_at=now
    )
    told = text(client_as("analyst").get("/equity/"))
    assert "Nothing has been recorded" not in told
    assert ">Done<" in told
    rows = lines(client_as("analyst").get("/equity/figures.csv"))
    assert {row["basis"] for row in rows} == {"planned", "done"}


def test_four_weeks_tell_how_long_visits_waited(team, approver, client_as):
    plan = approved(team, approver)
    Visit.objects.filter(plans=plan).update(first_due=make.DAY - timedelta(days=3), clinical_limit=None)
    page = text(client_as("analyst").get(f"/equity/?team={team.pk}&period=four-weeks&day={make.DAY}"))
    assert "Four weeks from 2 November 2026 to 29 November 2026" in page
    assert "Days put off over four weeks" in page
    assert "3.0" in page
    assert "Days put off" not in text(client_as("analyst").get("/equity/"))


def test_bad_questions_are_answered_with_what_was_expected(team, client_as, api_client_as, other_organisation):
    client = client_as("analyst")
    for question, told in (
        ("period=year", "Choose a week, four weeks or one plan."),
        ("day=2026-02-31", "Enter a day that exists"),
        ("day=9999-12-31", "Enter a day from 2000-01-01 to 2100-12-31: found 9999-12-31."),
        ("day=0001-01-01&period=four-weeks", "Enter a day from 2000-01-01"),
        ("team=1234", "Choose a team of your organisation."),
        ("period=plan", "Choose the plan."),
        ("plan=nonsense", "Choose a plan of that team"),
    ):
        answer = client.get(f"/equity/?{question}")
        assert answer.status_code == 422, question
        assert told in text(answer), question
        assert client.get(f"/equity/figures.csv?{question}").status_code == 422
        assert api_client_as("analyst").get(f"/api/v1/equity/?{question}").status_code == 400
    foreign = make.team(other_organisation, list(team.patch.areas.all()))
    assert client.get(f"/equity/?team={foreign.pk}").status_code == 422
    assert client_as().get("/equity/").status_code == 403


def test_visits_in_two_plans_of_a_day_count_once(team, approver, api_client_as):
    plan = approved(team, approver, count=8)
    second = RoutePlan.objects.create(
        organisation=team.organisation, team=team, day=make.DAY, name="Second", optimised_at=timezone.now(),
        state=PlanState.APPROVED, approved_by=approver, approved_at=timezone.now(),
    )  # fmt: skip
    second.visits.set(plan.visits.all())
    UnservedVisit.objects.bulk_create(
        UnservedVisit(plan=second, visit=visit, reason="planned") for visit in plan.visits.all()
    )
    told = api_client_as("analyst").get("/api/v1/equity/").json()
    assert told["plans"] == 2
    assert told["visits"] == 10, "eight, rounded"
