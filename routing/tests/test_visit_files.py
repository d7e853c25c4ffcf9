"""CSV files of visits: a wrong file is refused whole, a wrong row is counted, the rest is taken."""

import pytest

from accounts.models import AuditEvent
from healthequiroute.testing.shared import shared
from lsoa.models import Postcode
from priorities.models import PriorityScore
from priorities.services import set_minutes
from routing import services
from routing.civil_time import clock
from routing.models import Visit
from routing.visit_files import MAX_BYTES, VisitFileRefused, read_visit_file

from . import factories as make

pytestmark = pytest.mark.django_db

HEADING = "reference,postcode,minutes,window_start,window_end,skills,tier"


@pytest.fixture
@shared
def team(organisation):
    return make.team(organisation, people=1)


def read(organisation, *lines, heading=HEADING, day=make.DAY):
    content = "\n".join([heading, *lines, ""]).encode()
    return read_visit_file(content, organisation=organisation, day=day)


def reasons(file):
    return {entry["line"]: entry["reason"] for entry in file.rejected}


def test_good_rows_are_read_with_place_tier_window_and_skills(team):
    file = read(
        team.organisation,
        "A-1,zz11aa,40,09:30,11:00,insulin; WOUND-CARE,",
        "A-2,ZZ5 1AA,25,,,,2",
    )
    assert file.rejected == []
    first, second = file.rows
    assert (first.area.code, first.postcode, first.minutes, first.tier) == ("E01900000", "ZZ1 1AA", 40, 1)
    assert [clock(moment) for moment in first.window] == ["09:30", "11:00"]
    assert {skill.code for skill in first.skills} == {"insulin", "wound-care"}
    assert (second.tier, second.window, second.imd_decile) == (2, None, 7)


def test_an_area_code_will_do_and_puts_the_visit_on_its_surface(team):
    file = read(team.organisation, "A-1,E01900003,30", heading="reference,area_code,minutes")
    assert file.rejected == []
    assert file.rows[0].area.geometry.contains(file.rows[0].point)
    assert file.rows[0].postcode == ""


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A-1,ZZ1 1AA,40,9.30,11:00,,", "times must be written HH:MM"),
        ("A-1,ZZ1 1AA,40,24:00,25:00,,", "times must be written HH:MM"),
        ("A-1,ZZ1 1AA,40,11:00,09:30,,", "the time window ends before it starts"),
        ("A-1,ZZ1 1AA,40,11:00,,,", "needs both window_start and window_end"),
        ("A-1,ZZ1 1AA,40,,,juggling,", "1 unknown skill (known: insulin, wound-care)"),
        ("A-1,ZZ1 1AA,,,,,", "minutes must be a whole number from 5 to 480"),
        ("A-1,ZZ1 1AA,*,,,,", "minutes must be a whole number from 5 to 480"),
        ("A-1,ZZ1 1AA,4,,,,", "minutes must be a whole number from 5 to 480"),
        ("A-1,ZZ1 1AA,-30,,,,", "minutes must be a whole number from 5 to 480"),
        ("A-1,ZZ1 1AA,30.5,,,,", "minutes must be a whole number from 5 to 480"),
        ("A-1,ZZ1 1AA,٤٠,,,,", "minutes must be a whole number from 5 to 480"),
        ("A-1,QQ99 9QQ,30,,,,", "the postcode is not known"),
        ("A-1,,30,,,,", "neither a postcode nor an area code"),
        (",ZZ1 1AA,30,,,,", "the reference is blank"),
        ("Mrs Smith,ZZ1 1AA,30,,,,", "letters, digits and . _ / - only"),
        ("943 476 5919,ZZ1 1AA,30,,,,", "letters, digits and . _ / - only"),
        ("943-476-5919,ZZ1 1AA,30,,,,", "looks like an NHS number"),
        ("9434765919,ZZ1 1AA,30,,,,", "looks like an NHS number"),
        ("A-1,ZZ1 1AA,30,,,,5", "tier must be 1, 2, 3 or 4"),
        ("A-1,ZZ1 1AA,30", "more or fewer columns than the heading"),
        ("A-1,ZZ1 1AA,30,,,,,extra", "more or fewer columns than the heading"),
    ],
)
def test_a_bad_row_is_counted_with_line_and_reason_and_does_not_stop_the_others(team, row, reason):
    file = read(team.organisation, "A-0,ZZ1 1AA,30,,,,", row)
    assert [visit.reference for visit in file.rows] == ["A-0"]
    assert list(reasons(file)) == [3]
    assert reason in reasons(file)[3]


def test_a_reference_that_appears_twice_is_taken_once(team):
    file = read(team.organisation, "A-1,ZZ1 1AA,30,,,,", "A-1,ZZ2 1AA,30,,,,")
    assert reasons(file) == {3: "the reference is already used in line 2"}


def test_postcode_and_area_must_agree(team):
    file = read(team.organisation, "A-1,ZZ1 1AA,E01900004,30", heading="reference,postcode,area_code,minutes")
    assert reasons(file) == {2: "the postcode lies in another area than the area code says"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"terminated": 200806}, "the postcode was terminated in June 2008"),
        ({"point": None}, "no publication says where the postcode is"),
        ({"area_code": ""}, "the area of the postcode is not known: give the area code as well"),
    ],
)
def test_a_visit_goes_to_a_postcode_in_use_that_is_somewhere(team, changes, reason):
    Postcode.objects.filter(postcode="ZZ1 1AA").update(**changes)
    assert reasons(read(team.organisation, "A-1,ZZ1 1AA,30,,,,")) == {2: reason}


def test_an_area_code_helps_a_postcode_whose_area_is_not_known(team):
    Postcode.objects.filter(postcode="ZZ1 1AA").update(area_code="")
    file = read(team.organisation, "A-1,ZZ1 1AA,E01900000,30", heading="reference,postcode,area_code,minutes")
    assert [(visit.postcode, visit.area.code) for visit in file.rows] == [("ZZ1 1AA", "E01900000")]


def test_without_a_score_a_row_must_name_its_tier(team):
    PriorityScore.objects.all().delete()
    file = read(team.organisation, "A-1,ZZ1 1AA,30,,,,", "A-2,ZZ1 1AA,30,,,,3")
    assert reasons(file) == {2: "the area has no priority yet, so the row must name a tier"}
    assert [visit.tier for visit in file.rows] == [3]


def test_a_time_that_the_clocks_jump_over_is_refused(team):
    from datetime import date

    file = read(team.organisation, "A-1,ZZ1 1AA,30,01:30,03:00,,", day=date(2027, 3, 28))
    assert "does not exist on 28 March 2027" in reasons(file)[2]


@pytest.mark.parametrize(
    "heading",
    [
        "name",
        "Patient Name",
        "first_name",
        "SURNAME",
        "dob",
        "Date of Birth",
        "nhs_number",
        "NHS No",
        "e-mail",
        "phone",
    ],
)
def test_a_file_with_a_personal_column_is_refused_whole(team, heading):
    with pytest.raises(VisitFileRefused, match="may hold personal details.*Nothing was read"):
        read(team.organisation, "A-1,ZZ1 1AA,30,x", heading=f"reference,postcode,minutes,{heading}")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty. Expected a heading with"),
        (b"reference,postcode,minutes\n", "a heading but no rows"),
        (b"reference,postcode\nA,ZZ1 1AA\n", "Missing columns: minutes"),
        (b"reference,minutes\nA,30\n", "Missing columns: postcode or area_code"),
        (b"reference,postcode,minutes,colour\nA,ZZ1 1AA,30,red\n", "Unknown columns: colour"),
        (b"reference,postcode,minutes,minutes\nA,ZZ1 1AA,30,30\n", "appears twice"),
        (b"h" * 9_000 + b",x" * 5_000, r"Unknown columns: h{40}…(, x){11} and 4,989 more\. Expected"),
        (b"\xff\xfer\x00e\x00f\x00", "not UTF-8 text"),
        (b"PK\x03\x04\x00\x00reference", "not a text file"),
        (b"\x1f\x8b\x08\x00reference", "not UTF-8 text"),
        (b'reference,postcode,minutes\n"A,ZZ1 1AA,30\n', "is not CSV"),
        (b"reference,postcode,minutes\n" + b"A,ZZ1 1AA,30\n" * 10_001, "at most 10,000"),
        (b" " * (MAX_BYTES + 1), "larger than 5 MB"),
    ],
)
def test_a_file_that_is_no_list_of_visits_is_refused_whole(team, content, message):
    with pytest.raises(VisitFileRefused, match=message):
        read_visit_file(content, organisation=team.organisation, day=make.DAY)


def test_byte_order_mark_carriage_returns_and_spaces_are_no_reason_to_refuse(team):
    content = "\ufeffReference , Postcode,MINUTES\r\n A-1 , zz1 1aa , 30 \r\n".encode()
    file = read_visit_file(content, organisation=team.organisation, day=make.DAY)
    assert [(visit.reference, visit.postcode) for visit in file.rows] == [("A-1", "ZZ1 1AA")]


def test_skills_of_another_organisation_are_unknown(team, other_organisation):
    services.create_skill(organisation=other_organisation, code="secret", name="Secret", by=make.SETUP)
    file = read(team.organisation, "A-1,ZZ1 1AA,30,,,secret,")
    assert reasons(file)[2].startswith("1 unknown skill")


def test_a_plan_from_a_file_keeps_what_was_refused(team, make_user):
    file = read(team.organisation, "A-1,ZZ1 1AA,30,,,insulin,", "A-2,ZZ1 1AA,none,,,,", "A-3,ZZ2 1AA,20,,,,")
    plan = services.plan_from_file(team=team, day=make.DAY, file=file, by=make_user(["planner"]))
    assert {visit.reference for visit in plan.visits.all()} == {"A-1", "A-3"}
    assert [skill.code for skill in plan.visits.get(reference="A-1").skills.all()] == ["insulin"]
    assert plan.intake["rows"] == 3
    assert [entry["line"] for entry in plan.intake["rejected"]] == [3]
    event = AuditEvent.objects.get(action="visits.imported")
    assert event.details["accepted"] == 2
    assert event.details["rejected"] == 1


def test_the_corrected_file_replaces_the_visits_of_a_draft(team):
    first = read(team.organisation, "A-1,ZZ1 1AA,30,,,insulin,", "A-2,ZZ1 1AA,none,,,,")
    services.plan_from_file(team=team, day=make.DAY, file=first, by=make.SETUP)
    second = read(team.organisation, "A-1,ZZ1 1AA,45,,,,", "A-2,ZZ1 1AA,20,,,,")
    plan = services.plan_from_file(team=team, day=make.DAY, file=second, by=make.SETUP)
    assert sorted(plan.visits.values_list("reference", "minutes")) == [("A-1", 45), ("A-2", 20)]
    assert not plan.visits.get(reference="A-1").skills.exists()
    assert Visit.objects.count() == 2


def test_a_visit_of_a_proposed_plan_is_not_changed_by_a_file(team):
    plan = make.proposed_plan(team, count=2)
    taken = plan.visits.first()
    file = read(team.organisation, f"{taken.reference},ZZ1 1AA,45,,,,", "A-2,ZZ1 1AA,20,,,,")
    made = services.plan_from_file(team=team, day=make.DAY, file=file, by=make.SETUP)
    assert made.intake["rejected"] == [{"line": 2, "reason": "this visit is in another plan of that day already"}]
    taken.refresh_from_db()
    assert taken.source == Visit.Source.PRIORITY


def test_a_file_without_a_single_good_row_makes_no_plan(team):
    file = read(team.organisation, "A-1,ZZ1 1AA,none,,,,", "A-2,QQ1 1AA,20,,,,")
    with pytest.raises(services.NoVisits, match="line 2: minutes must be.*line 3: the postcode is not known"):
        services.plan_from_file(team=team, day=make.DAY, file=file, by=make.SETUP)
    assert Visit.objects.count() == 0


def test_minutes_of_thousands_of_digits_are_a_bad_row(team):
    file = read(team.organisation, f"A-1,ZZ1 1AA,{'9' * 5_000},,,,", "A-2,ZZ1 1AA,30,,,,")
    assert "whole number" in reasons(file)[2]
    assert [row.reference for row in file.rows] == ["A-2"]


def test_the_word_area_takes_the_minutes_planned_in_the_area(team, make_user):
    planner = make_user(["planner"])
    before = read(team.organisation, "A-1,E01900000,area", heading="reference,area_code,minutes")
    area = before.rows[0].area
    set_minutes(area=area, organisation=team.organisation, minutes=95, reason="Two nurses needed", by=planner)
    after = read(team.organisation, "A-1,E01900000,Area", heading="reference,area_code,minutes")
    model = PriorityScore.objects.current().get(area=area).visit_minutes
    assert [file.rows[0].minutes for file in (before, after)] == [model, 95]


def test_the_word_area_needs_a_priority(team):
    PriorityScore.objects.all().delete()
    file = read(team.organisation, "A-1,E01900000,area,1", heading="reference,area_code,minutes,tier")
    assert reasons(file) == {2: "the area has no priority yet, so the row must name its minutes"}


PEOPLE = "reference,postcode,minutes,staff_required,late_minutes,window_start,window_end,preferred_staff,excluded_staff"
DUE = "reference,postcode,minutes,first_due,clinical_limit,earliest_day,latest_day,plus_groups"
LINKS = "reference,postcode,minutes,linked_to,min_gap,max_gap,same_staff,different_staff,together"


def read_for(team, *lines, heading):
    content = "\n".join([heading, *lines, ""]).encode()
    return read_visit_file(content, organisation=team.organisation, day=make.DAY, team=team)


def test_people_lateness_due_days_groups_and_links_are_read_and_stored(organisation):
    team = make.team(organisation, people=2)
    group = services.save_plus_group(organisation=organisation, code="roma", name="Roma", by=make.SETUP)
    file = read_for(team, "A-1,ZZ1 1AA,30,2,15,09:00,10:00,nurse-01; NURSE-02,", heading=PEOPLE)
    file.rows += read_for(team, "A-2,ZZ1 1AA,30,20/11/2026,2026-11-25,22.11.2026,27-11-2026,Roma", heading=DUE).rows
    file.rows += read_for(team, "B-1,ZZ1 1AA,30,,,,,,", "B-2,ZZ1 1AA,30,B-1,60,90,no,yes,y", heading=LINKS).rows
    assert file.rejected == []
    plan = services.plan_from_file(team=team, day=make.DAY, file=file, by=make.SETUP)
    first, second, _, last = plan.visits.order_by("reference")
    assert (first.staff_required, first.late_minutes, first.preferred_staff.count()) == (2, 15, 2)
    assert [str(day) for day in (second.first_due, second.clinical_limit)] == ["2026-11-20", "2026-11-25"]
    assert [str(day) for day in (second.earliest_day, second.latest_day)] == ["2026-11-22", "2026-11-27"]
    assert list(second.plus_groups.all()) == [group]
    link = last.links_as_second.get()
    assert (link.first.reference, link.min_gap_minutes, link.max_gap_minutes) == ("B-1", 60, 90)
    assert (link.same_staff, link.different_staff, link.together) == (False, True, True)


@pytest.mark.parametrize(
    ("heading", "row", "reason"),
    [
        (PEOPLE, "A-1,ZZ1 1AA,30,5,,,,,", "staff_required must be a whole number from 1 to 4"),
        (PEOPLE, "A-1,ZZ1 1AA,30,1,15,,,,", "late_minutes needs a time window"),
        (PEOPLE, "A-1,ZZ1 1AA,30,1,x,09:00,10:00,,", "late_minutes must be a whole number from 0 to 480"),
        (PEOPLE, "A-1,ZZ1 1AA,30,1,,,,nurse-09,", "1 unknown preferred person (known: nurse-01)"),
        (PEOPLE, "A-1,ZZ1 1AA,30,1,,,,,x;y", "2 unknown excluded people (known: nurse-01)"),
        (PEOPLE, "A-1,ZZ1 1AA,30,1,,,,nurse-01,nurse-01", "preferred and excluded at once"),
        (DUE, "A-1,ZZ1 1AA,30,yesterday,,,,", "first_due must be a day such as 23/11/2026 or 2026-11-23"),
        (DUE, "A-1,ZZ1 1AA,30,31/11/2026,,,,", "first_due is a day that does not exist"),
        (DUE, "A-1,ZZ1 1AA,30,01/01/2100,,,,", "first_due is after the day of the visit"),
        (DUE, "A-1,ZZ1 1AA,30,,25/11/2026,,,", "clinical_limit needs first_due"),
        (DUE, "A-1,ZZ1 1AA,30,25/11/2026,24/11/2026,,,", "clinical_limit is before first_due"),
        (DUE, "A-1,ZZ1 1AA,30,,,23/11/2026,,", "needs both earliest_day and latest_day"),
        (DUE, "A-1,ZZ1 1AA,30,,,24/11/2026,27/11/2026,", "the plan's day, 23 November 2026, does not lie"),
        (DUE, "A-1,ZZ1 1AA,30,,,,,travellers", "1 unknown PLUS group (known: none yet)"),
        (LINKS, "A-1,ZZ1 1AA,30,A-9,60,,,,", "linked to is not among the rows taken"),
        (LINKS, "A-1,ZZ1 1AA,30,A-1,60,,,,", "it is linked to itself"),
        (LINKS, "A-1,ZZ1 1AA,30,,60,,,,", "need linked_to"),
        (LINKS, "A-1,ZZ1 1AA,30,A-0,,,,,", "linked_to needs at least one of"),
        (LINKS, "A-1,ZZ1 1AA,30,A-0,90,60,,,", "max_gap is less than min_gap"),
        (LINKS, "A-1,ZZ1 1AA,30,A-0,-5,,,,", "min_gap must be a whole number from 0 to 1,440"),
        (LINKS, "A-1,ZZ1 1AA,30,A-0,,,yes,yes,", "cannot both be yes"),
        (LINKS, "A-1,ZZ1 1AA,30,A-0,,,maybe,,", "same_staff must be yes or no"),
    ],
)
def test_a_bad_cell_of_the_other_columns_is_told_by_line(team, heading, row, reason):
    good = "A-0,ZZ1 1AA,30" + "," * (heading.count(",") - 2)
    file = read_for(team, good, row, heading=heading)
    assert [visit.reference for visit in file.rows] == ["A-0"]
    assert reason in reasons(file)[3]


def test_a_chain_of_links_falls_with_the_row_it_hangs_on(team):
    file = read_for(
        team,
        "A-1,ZZ1 1AA,none,,,,,,",
        "A-2,ZZ1 1AA,30,A-1,60,,,,",
        "A-3,ZZ1 1AA,30,A-2,60,,,,",
        "A-4,ZZ1 1AA,30,,,,,,",
        heading=LINKS,
    )
    assert [visit.reference for visit in file.rows] == ["A-4"]
    assert set(reasons(file)) == {2, 3, 4}


def test_two_visits_are_linked_once(team):
    file = read_for(team, "A-1,ZZ1 1AA,30,A-2,60,,,,", "A-2,ZZ1 1AA,30,A-1,60,,,,", heading=LINKS)
    assert "linked already" in reasons(file)[3]


def test_a_file_with_semicolons_is_read_as_well(team):
    content = b"reference;postcode;minutes;skills\nA-1;ZZ1 1AA;30;insulin|wound-care\n"
    file = read_visit_file(content, organisation=team.organisation, day=make.DAY)
    assert {skill.code for skill in file.rows[0].skills} == {"insulin", "wound-care"}
