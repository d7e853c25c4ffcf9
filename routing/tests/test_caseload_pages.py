"""A team's caseload: kept by hand and by file, made into visits when people are due, moved on when they were seen."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEvent
from healthequiroute.testing.shared import shared
from lsoa.models import Area
from priorities.models import PriorityScore
from routing import services
from routing.caseload_files import read_caseload_file
from routing.civil_time import today
from routing.csv_files import FileRefused
from routing.models import CaseloadEntry, PlusGroup, Skill, Visit

from . import factories as make

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)


@pytest.fixture
@shared
def team(organisation):
    return make.team(organisation, people=2)


def entry(team, reference="P-1", **values):
    area = Area.objects.get(code="E01900000")
    defaults = {"area": area, "postcode": "ZZ1 1AA", "point": area.centroid, "minutes": 30, "interval_days": 7}
    return services.save_caseload_entry(
        team=team, values={**defaults, "reference": reference, "next_due": MONDAY, **values}, by=make.SETUP
    )


def visits_of(team, day=MONDAY, **options):
    return services.make_visits_from_caseload(team=team, day=day, by=make.SETUP, **options).visits


def form(**changes):
    return {
        "reference": "P-1",
        "postcode": "zz11aa",
        "area_code": "",
        "minutes": 40,
        "interval_days": 14,
        "next_due": "23/11/2026",
        "staff_required": 2,
        "window_start": "09:00",
        "window_end": "11:00",
        **changes,
    }


def test_a_person_is_added_changed_paused_and_removed(team, client_as):
    planner, address = client_as("planner"), f"/teams/{team.pk}/caseload/"
    group = services.save_plus_group(
        organisation=team.organisation, code="homeless", name="Homeless people", by=make.SETUP
    )
    nurse = team.staff.first()
    data = form(skills=[Skill.objects.first().pk], preferred_staff=[nurse.pk], plus_groups=[group.pk], most_days_late=3)
    assert planner.post(f"{address}new/", data).status_code == 302
    kept = CaseloadEntry.objects.get()
    assert (kept.postcode, kept.area.code, kept.interval_days, kept.window_opens) == (
        "ZZ1 1AA",
        "E01900000",
        14,
        time(9),
    )
    assert list(kept.preferred_staff.all()) == [nurse]
    page = planner.get(address).content.decode()
    for text in ("P-1", "every 2 weeks", "2 people", "Homeless people", "09:00 to 11:00", nurse.display_name):
        assert text in page
    planner.post(f"{address}{kept.pk}/", form(minutes="", staff_required=1))
    kept.refresh_from_db()
    assert (kept.minutes, kept.staff_required) == (60, 1)  # what is planned in the area
    planner.post(f"{address}{kept.pk}/pause/")
    assert "Paused (1)" in planner.get(address).content.decode()
    with pytest.raises(services.NoVisits, match="Nobody on the caseload"):
        visits_of(team)
    planner.post(f"{address}{kept.pk}/pause/")
    assert len(visits_of(team)) == 1
    planner.post(f"{address}{kept.pk}/remove/")
    assert (CaseloadEntry.objects.count(), Visit.objects.get().caseload_entry) == (0, None)
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"caseload.added", "caseload.changed", "caseload.paused", "caseload.resumed", "caseload.removed"} <= actions


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reference": "Mrs Smith"}, "The reference may hold letters"),
        ({"reference": "943-476-5919"}, "looks like an NHS number"),
        ({"postcode": "QQ1 1AA"}, "The postcode is not known"),
        ({"postcode": ""}, "neither a postcode nor an area code"),
        ({"minutes": 500}, "480"),
        ({"interval_days": 0}, "must be 1 or more"),
        ({"next_due": "soon"}, "Write the day as 23/11/2026"),
        ({"window_end": ""}, "needs both times"),
        ({"window_start": "12:00"}, "ends before it starts"),
        ({"window_start": "9"}, "Times must be written HH:MM"),
    ],
)
def test_what_does_not_fit_is_told(team, client_as, changes, message):
    answer = client_as("planner").post(f"/teams/{team.pk}/caseload/new/", form(**changes))
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not CaseloadEntry.objects.exists()


def test_who_is_due_becomes_a_visit_with_all_that_is_known(team):
    nurse, skill = team.staff.first(), Skill.objects.first()
    group = services.save_plus_group(organisation=team.organisation, code="homeless", name="Homeless", by=make.SETUP)
    entry(
        team,
        next_due=date(2026, 11, 19),
        most_days_late=3,
        window_opens=time(9),
        window_closes=time(11),
        staff_required=2,
        skills=[skill],
        preferred_staff=[nurse],
        plus_groups=[group],
    )
    entry(team, "P-2", next_due=MONDAY + timedelta(days=1))
    (visit,) = visits_of(team)
    assert (visit.reference, visit.day, visit.source, visit.tier) == ("P-1", MONDAY, "caseload", 1)
    assert (visit.first_due, visit.days_deferred) == (date(2026, 11, 19), 4)
    # Sunday the 22nd is no day of the service: the limit is the Friday before, and has passed.
    assert (visit.clinical_limit, visit.is_at_limit) == (date(2026, 11, 20), True)
    assert visit.window_start == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert (visit.staff_required, list(visit.skills.all())) == (2, [skill])
    assert (list(visit.preferred_staff.all()), list(visit.plus_groups.all())) == ([nurse], [group])


@pytest.mark.parametrize(
    ("next_due", "interval", "due"),
    [
        (date(2026, 12, 25), 7, date(2026, 12, 24)),  # Christmas
        (date(2026, 12, 28), 7, date(2026, 12, 24)),  # the substitute day after it
        (date(2026, 12, 25), 2, date(2026, 12, 25)),  # seen every second day: on any day
        (date(2027, 3, 29), 14, date(2027, 3, 25)),  # Easter Monday
        (date(2026, 11, 22), 28, date(2026, 11, 20)),  # a Sunday
    ],
)
def test_reviews_on_bank_holidays_and_weekends_are_brought_forward(team, next_due, interval, due):
    kept = entry(team, next_due=next_due, interval_days=interval)
    assert services.due_on(kept) == due
    assert services.due_entries(team, due - timedelta(days=1)) == []
    assert [each.entry for each in services.due_entries(team, due)] == [kept]


@pytest.mark.parametrize(
    ("day", "opens"),
    [
        (date(2027, 3, 28), datetime(2027, 3, 28, 8, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 25, 9, tzinfo=UTC)),
    ],
)
def test_a_time_of_day_is_local_on_the_days_the_clocks_change(team, day, opens):
    entry(team, next_due=day, interval_days=1, window_opens=time(9), window_closes=time(10))
    assert visits_of(team, day)[0].window_start == opens


def test_a_time_that_the_clocks_jump_over_is_an_hour_later(team):
    day = date(2027, 3, 28)
    entry(team, next_due=day, interval_days=1, window_opens=time(1, 30), window_closes=time(3))
    assert visits_of(team, day)[0].window_start == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_an_open_visit_of_the_same_day_is_taken_again(team):
    entry(team)
    (first,) = visits_of(team)
    assert visits_of(team) == [first]
    assert Visit.objects.count() == 1


def test_an_open_or_planned_visit_of_another_day_stands_for_the_person(team):
    entry(team, next_due=MONDAY - timedelta(days=3))
    (visit,) = visits_of(team, MONDAY + timedelta(days=2))
    with pytest.raises(services.NoVisits, match="has an open or planned visit already"):
        visits_of(team)
    Visit.objects.filter(pk=visit.pk).update(state=Visit.State.PLANNED)
    with pytest.raises(services.NoVisits, match="has an open or planned visit already"):
        visits_of(team, MONDAY + timedelta(days=5))
    Visit.objects.filter(pk=visit.pk).update(state=Visit.State.NO_ACCESS)
    assert len(visits_of(team, MONDAY + timedelta(days=3))) == 1


def test_a_visit_left_open_in_the_past_does_not_hide_the_person(team):
    entry(team, next_due=MONDAY - timedelta(days=3))
    visits_of(team, MONDAY - timedelta(days=3))
    (visit,) = visits_of(team)
    assert (visit.day, visit.first_due) == (MONDAY, MONDAY - timedelta(days=3))


def test_a_week_puts_each_person_on_their_day_and_lets_it_move(team):
    entry(team, "P-1", next_due=MONDAY - timedelta(days=3), most_days_late=4)
    entry(team, "P-2", next_due=MONDAY + timedelta(days=2))
    entry(team, "P-3", next_due=MONDAY + timedelta(days=9))
    friday = MONDAY + timedelta(days=4)
    first, second = sorted(visits_of(team, MONDAY, until=friday), key=lambda visit: visit.reference)
    assert (first.day, first.earliest_day, first.latest_day) == (MONDAY, MONDAY, MONDAY + timedelta(days=1))
    # A weekly review may be a day early.
    tuesday, wednesday = (MONDAY + timedelta(days=ahead) for ahead in (1, 2))
    assert (second.day, second.earliest_day, second.latest_day) == (wednesday, tuesday, friday)
    assert len(visits_of(team, MONDAY, until=friday)) == 2
    assert Visit.objects.count() == 2


def test_an_area_without_a_priority_is_counted(team):
    PriorityScore.objects.all().delete()
    entry(team)
    intake = services.make_visits_from_caseload(team=team, day=MONDAY, by=make.SETUP)
    assert (intake.visits[0].tier, intake.report["without_priority"]) == (3, 1)


def test_a_visit_that_was_done_moves_the_next_one(team):
    kept = entry(team, next_due=date(2026, 12, 11), interval_days=14)
    (visit,) = visits_of(team, date(2026, 12, 11))
    assert services.caseload_done(visit=visit, day=date(2026, 12, 11), by=make.SETUP) == kept
    kept.refresh_from_db()
    # Two weeks later is Christmas Day.
    assert (kept.last_done, kept.next_due) == (date(2026, 12, 11), date(2026, 12, 24))
    services.caseload_done(visit=visit, day=date(2026, 12, 11), by=make.SETUP)
    assert AuditEvent.objects.filter(action="caseload.visit_done").count() == 1
    services.caseload_not_done(visit=visit, by=make.SETUP)
    kept.refresh_from_db()
    assert (kept.last_done, kept.next_due) == (None, date(2026, 12, 11))
    other = make.draft_plan(team, count=1).visits.first()
    assert services.caseload_done(visit=other, day=make.DAY, by=make.SETUP) is None


def test_a_plan_is_made_from_the_caseload_through_the_page(team, client_as):
    day = today() + timedelta(days=1)
    entry(team, next_due=today())
    planner = client_as("planner")
    asked = {"team": team.pk, "source": "caseload", "seconds": 10, "name": ""}
    asked |= {f"day_{part}": getattr(day, part) for part in ("day", "month", "year")}
    answer = planner.post("/plans/new/", asked)
    assert answer.status_code == 302, answer.content.decode()
    page = planner.get(answer.url).content.decode()
    assert "1 person of the caseload is due" in page
    assert "P-1" in page
    nobody = planner.post("/plans/new/", {**asked, "day_month": 13})
    assert nobody.status_code == 422
    CaseloadEntry.objects.all().delete()
    assert "Nobody on the caseload" in planner.post("/plans/new/", asked).content.decode()


HEADING = "reference,postcode,minutes,interval_days,next_due,last_done,window_start,window_end,skills,preferred_staff"


def content(*lines, heading=HEADING):
    return "\n".join([heading, *lines, ""]).encode()


def test_a_caseload_comes_by_file_and_again_without_change(team, client_as):
    planner, address = client_as("planner"), f"/teams/{team.pk}/caseload/"

    def upload(file):
        return planner.post(f"{address}file/", {"file": SimpleUploadedFile("c.csv", file)})

    file = content(
        "P-1,ZZ1 1AA,30,7,23/11/2026,,09:00,11:00,insulin,nurse-01",
        "P-2,ZZ2 1AA,30,14,,2026-11-13,,,,",
        "P-3,ZZ2 1AA,30,14,,,,,,",
        "P-4,ZZ2 1AA,30,400,23/11/2026,,,,,",
        "P-1,ZZ2 1AA,30,14,23/11/2026,,,,,",
        "P-5,ZZ2 1AA,30,14,23/11/2026,,,,,nurse-77",
    )
    page = upload(file).content.decode()
    assert "2 added, 0 changed, 0 as they were, 4 refused" in page
    for text in (
        "It needs next_due or last_done",
        "Interval_days must be a whole number from 1 to 366",
        "already used in line 2",
        "1 unknown preferred person (known: nurse-01, nurse-02)",
    ):
        assert text in page
    assert CaseloadEntry.objects.get(reference="P-2").next_due == date(2026, 11, 27)
    assert "0 added, 0 changed, 2 as they were" in upload(file).content.decode()
    assert "0 added, 1 changed" in upload(content("P-1,ZZ1 1AA,45,7,23/11/2026,,,,,")).content.decode()
    kept = CaseloadEntry.objects.get(reference="P-1")
    assert (kept.minutes, kept.window_opens, kept.skills.count()) == (45, None, 0)
    refused = upload(b"reference,nhs_number\nx,y\n")
    assert refused.status_code == 422
    assert "may hold personal details" in refused.content.decode()
    template = planner.get(f"{address}template.csv").content
    assert b"interval_days" in template
    with pytest.raises(FileRefused, match="Missing columns: interval_days"):
        read_caseload_file(b"reference,minutes,postcode\nx,30,ZZ1 1AA\n", team=team)


def test_a_file_without_a_column_leaves_that_as_it_was(team):
    kept = entry(team, preferred_staff=[team.staff.first()], staff_required=2)
    file = read_caseload_file(
        content("P-1,ZZ1 1AA,45,7,23/11/2026", heading="reference,postcode,minutes,interval_days,next_due"), team=team
    )
    assert services.import_caseload(team=team, file=file, by=make.SETUP)["changed"] == 1
    kept.refresh_from_db()
    assert (kept.minutes, kept.staff_required, kept.preferred_staff.count()) == (45, 2, 1)


def test_plus_groups_are_kept_by_those_who_keep_teams(team, client_as, other_organisation):
    planner = client_as("planner")
    assert planner.post("/plus-groups/", {"name": "Roma", "code": "roma"}).status_code == 302
    group = PlusGroup.objects.get()
    assert "Roma" in planner.get("/plus-groups/").content.decode()
    assert planner.post("/plus-groups/", {"name": "Roma again", "code": "roma"}).status_code == 422
    planner.post(f"/plus-groups/{group.pk}/", {"name": "Roma people", "code": "roma"})
    group.refresh_from_db()
    assert group.name == "Roma people"
    entry(team, plus_groups=[group])
    page = planner.post(f"/plus-groups/{group.pk}/remove/", follow=True).content.decode()
    assert "cannot be removed" in page
    CaseloadEntry.objects.all().delete()
    planner.post(f"/plus-groups/{group.pk}/remove/")
    assert not PlusGroup.objects.exists()
    assert client_as("viewer").get("/plus-groups/").status_code == 403


def test_another_organisation_sees_no_caseload(team, client_as, other_organisation):
    kept = entry(team)
    stranger = client_as("planner", organisation=other_organisation)
    for address in ("", "new/", f"{kept.pk}/"):
        assert stranger.get(f"/teams/{team.pk}/caseload/{address}").status_code == 404
    assert client_as("approver").get(f"/teams/{team.pk}/caseload/").status_code == 403
    assert client_as("administrator").get(f"/teams/{team.pk}/caseload/").status_code == 403


def test_the_database_refuses_what_cannot_be(team):
    kept = entry(team)
    for change, constraint in (
        ("minutes = 2", "caseload_minutes_plausible"),
        ("interval_days = 0", "caseload_interval_plausible"),
        ("window_opens = '09:00'", "caseload_window_both_or_none"),
        ("window_opens = '09:00', window_closes = '08:00'", "caseload_window_both_or_none"),
        ("staff_required = 5", "caseload_staff_plausible"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE routing_caseloadentry SET {change} WHERE id = %s", [kept.pk])
