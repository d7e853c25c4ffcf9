"""Absences: added, changed, removed; never two at once; plans that reckon with the person are named."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEvent
from accounts.tests.files import csv_lines
from healthequiroute.testing.shared import shared
from routing import services
from routing.civil_time import today
from routing.models import Absence, Shift

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


def absent(person, first, last=None, kind="leave", **options):
    return services.save_absence(
        person=person, first_day=first, last_day=last or first, kind=kind, by=make.SETUP, **options
    )


def parts(name, day):
    return {f"absence-{name}_{part}": getattr(day, part) for part in ("day", "month", "year")}


def test_a_planner_adds_changes_and_removes_an_absence(person, client_as):
    planner = client_as("planner")
    address = f"/teams/{person.team_id}/staff/{person.pk}/"
    first = today() + timedelta(days=3)
    data = {**parts("first_day", first), **parts("last_day", first + timedelta(days=4)), "absence-kind": "leave"}
    assert planner.post(f"{address}absences/", data).status_code == 302
    absence = Absence.objects.get()
    assert (absence.first_day, absence.last_day) == (first, first + timedelta(days=4))
    assert "(5 days)" in planner.get(address).content.decode()
    change = f"{address}absences/{absence.pk}/"
    assert f'value="{first.year}"' in planner.get(change).content.decode()
    assert planner.post(change, {**parts("first_day", first), "absence-kind": "training"}).status_code == 302
    absence.refresh_from_db()
    assert (absence.last_day, absence.kind) == (first, "training")
    assert planner.post(f"{change}remove/").status_code == 302
    assert not Absence.objects.exists()
    for event in AuditEvent.objects.filter(action__startswith="absence."):
        assert "training" not in str(event.details)
        assert "leave" not in str(event.details)


def test_days_in_the_wrong_order_and_overlaps_are_told(person, client_as):
    planner, address = client_as("planner"), f"/teams/{person.team_id}/staff/{person.pk}/absences/"
    first = today() + timedelta(days=3)
    wrong = {**parts("first_day", first), **parts("last_day", today()), "absence-kind": "leave"}
    answer = planner.post(address, wrong)
    assert answer.status_code == 422
    assert "The last day is before the first." in answer.content.decode()
    absent(person, first)
    answer = planner.post(address, {**parts("first_day", first), "absence-kind": "sickness"})
    assert answer.status_code == 422
    assert "is absent then already" in answer.content.decode()
    assert Absence.objects.count() == 1


def test_an_absence_may_be_moved_over_its_own_days(person):
    absence = absent(person, date(2026, 12, 1), date(2026, 12, 3))
    absent(person, date(2026, 12, 2), date(2026, 12, 5), absence=absence)
    with pytest.raises(ValidationError, match="absent then already: 2 December 2026 to 5 December 2026"):
        absent(person, date(2026, 12, 5), date(2026, 12, 6))


def test_somebody_who_is_away_is_in_no_new_plan(team, person):
    absent(person, make.DAY)
    assert [shift.staff.reference for shift in Shift.objects.for_plan(make.draft_plan(team))] == ["nurse-02"]


def test_a_plan_that_reckons_with_the_person_is_named(organisation, client_as, monkeypatch):
    monkeypatch.setattr("routing.views.staff.today", lambda: make.DAY)
    monkeypatch.setattr("routing.presenters.people.today", lambda: make.DAY)
    team = make.team(organisation, people=1)
    person, plan = team.staff.get(), make.proposed_plan(team, count=3)
    planner, address = client_as("planner"), f"/teams/{team.pk}/staff/{person.pk}/"
    data = {**parts("first_day", make.DAY), "absence-kind": "sickness"}
    page = planner.post(f"{address}absences/", data, follow=True).content.decode()
    assert f"is in a plan on these days: {plan.name}" in page
    assert "In a plan" in page
    assert f"/plans/{plan.pk}/" in page
    assert list(services.plans_holding(person, make.DAY, make.DAY)) == [plan]
    assert not services.plans_holding(person, make.DAY + timedelta(days=1), make.DAY + timedelta(days=2)).exists()


def test_the_database_refuses_overlaps_and_backwards_days(person):
    absent(person, date(2026, 12, 1), date(2026, 12, 3))
    insert = (
        "INSERT INTO routing_absence (staff_id, first_day, last_day, kind) "
        "SELECT staff_id, first_day + {}, last_day + {}, kind FROM routing_absence"
    )
    for statement, constraint in (
        (insert.format(2, 2), "absence_no_overlap"),
        (insert.format(10, 1), "absence_ends_after_start"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_rota_shows_who_works_who_is_away_and_what_nobody_can_do(organisation, client_as):
    monday = today() + timedelta(days=7 - today().weekday())
    team = make.team(organisation, people=2, day=monday)
    first = team.staff.get(reference="nurse-01")
    planner = client_as("planner")
    page = planner.get(f"/teams/{team.pk}/rota/?from={monday}").content.decode()
    assert (page.count("08:00–<wbr>16:30"), page.count("08:00–16:30")) == (2, 2)  # the grid, and the list of days
    assert "Nobody at work has these skills" not in page
    absent(first, monday)
    page = planner.get(f"/teams/{team.pk}/rota/?from={monday}").content.decode()
    assert "Nobody at work has these skills" in page
    assert "Insulin" in page
    assert page.count("08:00–<wbr>16:30") == 1
    assert planner.get(f"/teams/{team.pk}/rota/?from=nonsense").status_code == 200


def test_absences_of_two_weeks_are_a_file_of_their_own(organisation, client_as):
    team = make.team(organisation, people=2)
    first, second = team.staff.order_by("reference")
    monday = today() - timedelta(days=today().weekday())
    absent(first, monday - timedelta(days=3), monday + timedelta(days=1), kind="sickness")
    absent(second, monday + timedelta(days=14))
    planner = client_as("planner")
    page = planner.get(f"/teams/{team.pk}/rota/?from={monday}").content.decode()
    (address,) = re.findall(r'href="([^"]*list=absences[^"]*file=csv)"', page)
    heading, *lines = csv_lines(planner.get(f"/teams/{team.pk}/rota/{unescape(address)}"))
    assert heading == ["reference", "name", "first_day", "last_day", "kind"]
    assert [(line[0], line[2], line[4]) for line in lines] == [
        (first.reference, str(monday - timedelta(days=3)), "Sickness")
    ]


def test_a_rota_is_loaded_through_the_page(organisation, client_as):
    from django.core.files.uploadedfile import SimpleUploadedFile

    team = make.team(organisation, people=1)
    Shift.objects.all().delete()
    planner, day = client_as("planner"), today() + timedelta(days=3)
    text = f"staff,day,start,end\nnurse-01,{day:%d/%m/%Y},08:00,16:30\nnobody,{day},08:00,16:30\n"

    def upload(content):
        return planner.post(f"/teams/{team.pk}/rota/files/", {"file": SimpleUploadedFile("r.csv", content.encode())})

    answer = upload(text)
    assert answer.status_code == 302
    page = planner.get(answer.url).content.decode()
    assert "Preview: nothing is changed yet" in page
    assert "Nobody of the team has this reference" in page
    assert not Shift.objects.exists()
    assert planner.post(f"{answer.url}apply/").status_code == 302
    assert Shift.objects.count() == 1
    assert "What changed" in planner.get(answer.url).content.decode()
    assert "3,nobody of the team" in planner.get(f"{answer.url}refused.csv").content.decode()
    again = upload(text)
    assert "The rota already has all of this." in planner.get(again.url).content.decode()
    planner.post(f"{again.url}discard/")
    assert "Discarded" in planner.get(again.url).content.decode()
    refused = upload("name,day\nx,y\n")
    assert refused.status_code == 422
    assert "may hold personal details" in refused.content.decode()
    template = planner.get(f"/teams/{team.pk}/rota/template.csv").content.decode()
    assert "nurse-01" in template
    assert planner.get(upload(template).url).content.decode().count("Shifts added")
    absences = planner.get(f"/teams/{team.pk}/rota/template.csv?kind=absences").content.decode()
    assert "Absences added" in planner.get(upload(absences).url).content.decode()
