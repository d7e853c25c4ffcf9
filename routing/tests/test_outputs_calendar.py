"""Calendars: read back with another library, stable over versions, and honest about what is no longer somebody's."""

from datetime import UTC, date, datetime, time

import icalendar
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from routing.civil_time import instant
from routing.models import PlanState, PlanVersion, RoutePlan, RouteStop, StaffMember
from routing.outputs.icalendar import component, folded, moment, text, written

from .outputs_world import eventful_plan

pytestmark = pytest.mark.django_db
printable = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=200)


# The library reads an escaped backslash before an n as a new line: texts with backslashes are held to the letter below.
@settings(max_examples=200, deadline=None)
@given(printable.filter(lambda value: "\\" not in value))
@example("Naïve café; ward 3, bed 4\nsecond line " * 9)
@example("🚑" * 60)
def test_any_text_is_read_back_as_it_was(value):
    event = component("VEVENT", [("UID", "1"), ("SUMMARY", text(value))])
    read = icalendar.Calendar.from_ical(written(component("VCALENDAR", [("VERSION", "2.0")], [event])))
    assert str(read.walk("VEVENT")[0]["SUMMARY"]) == value


def test_backslashes_commas_and_semicolons_are_told_apart_from_signs_of_the_format():
    assert text("a\\n;b,c") == "a\\\\n\\;b\\,c"


@settings(max_examples=200, deadline=None)
@given(printable)
def test_no_line_is_longer_than_75_octets_and_no_character_is_cut(value):
    for line in folded(f"SUMMARY:{value}").split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


def test_control_characters_and_line_ends_stay_inside_the_text():
    assert text("a\r\nEND:VCALENDAR\x00\x1b") == "a\\nEND:VCALENDAR"


@pytest.mark.parametrize(
    ("day", "expected"), [(date(2026, 7, 1), "20260701T080000Z"), (date(2026, 1, 5), "20260105T090000Z")]
)
def test_nine_on_the_wall_is_told_in_utc_in_summer_and_in_winter(day, expected):
    assert moment(instant(day, time(9))) == expected


def calendar(client, plan, staff):
    answer = client.get(f"/plans/{plan.pk}/rounds/{staff.pk}/calendar.ics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return icalendar.Calendar.from_ical(answer.content)


def events(read):
    return {str(event["SUMMARY"]): event for event in read.walk("VEVENT")}


@pytest.fixture
def plan(organisation):
    return eventful_plan(organisation)


def person(plan, number):
    return StaffMember.objects.get(team=plan.team, reference=f"nurse-0{number}")


def test_a_day_has_visits_that_block_and_drives_that_do_not(plan, client_as):
    found = events(calendar(client_as("planner"), plan, person(plan, 1)))
    assert {"Visit A", "Visit B", "Break", "Drive to A"} <= set(found)
    visit = found["Visit A"]
    assert visit["DTSTART"].dt == instant(plan.day, time(9))
    assert visit["DTEND"].dt == instant(plan.day, time(9, 30))
    assert visit["DTSTART"].dt.tzinfo == UTC or visit["DTSTART"].dt.utcoffset().total_seconds() == 0
    assert (visit["TRANSP"], found["Drive to A"]["TRANSP"]) == ("OPAQUE", "TRANSPARENT")
    assert visit["STATUS"] == "TENTATIVE"
    assert visit["LOCATION"].startswith("ZZ1 1AA, Testham")
    assert "With Zora, B; \\ Begum" in visit["DESCRIPTION"]
    assert "Not before 2 h after A (09:00, Nurse 01)" in found["Visit B"]["DESCRIPTION"]


def test_the_uid_stays_and_the_sequence_follows_the_version(plan, client_as):
    client, staff = client_as("planner"), person(plan, 1)
    before = events(calendar(client, plan, staff))["Visit B"]
    RouteStop.objects.filter(assignment__staff=staff, visit__reference="B").update(
        starts_at=instant(plan.day, time(13, 40)), leaves_at=instant(plan.day, time(14, 10))
    )
    RoutePlan.objects.filter(pk=plan.pk).update(version=4)
    after = events(calendar(client, plan, staff))["Visit B"]
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (3, 4)
    assert after["DTSTART"].dt != before["DTSTART"].dt


def test_two_people_at_one_visit_have_events_of_their_own(plan, client_as):
    client = client_as("planner")
    mine, theirs = (events(calendar(client, plan, person(plan, number)))["Visit A"] for number in (1, 2))
    assert mine["UID"] != theirs["UID"]
    uids = [str(event["UID"]) for event in calendar(client, plan, person(plan, 1)).walk("VEVENT")]
    assert len(uids) == len(set(uids))


def test_a_visit_that_went_to_somebody_else_is_cancelled(plan, client_as):
    PlanVersion.objects.create(
        plan=plan,
        number=2,
        origin=PlanVersion.Origin.OPTIMISED,
        routes=[{"staff": "nurse-01", "stops": [{"visit": "C", "arrive": 0, "start": 36_000, "leave": 37_800}]}],
    )
    found = events(calendar(client_as("planner"), plan, person(plan, 1)))
    gone = found["Visit C (not yours any more)"]
    assert gone["STATUS"] == "CANCELLED"
    assert gone["DTSTART"].dt == datetime.combine(plan.day, time(10), tzinfo=gone["DTSTART"].dt.tzinfo)
    assert found["Visit A"]["STATUS"] != "CANCELLED"


def test_an_approved_day_is_confirmed(organisation, client_as):
    plan = eventful_plan(organisation, state=PlanState.APPROVED)
    assert events(calendar(client_as("analyst"), plan, person(plan, 1)))["Visit A"]["STATUS"] == "CONFIRMED"
