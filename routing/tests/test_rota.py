"""Files of shifts: looked at, applied, applied again; what is wrong is told by line and stops nothing else."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEvent
from healthequiroute.testing.shared import shared
from routing import services
from routing.civil_time import clock, today
from routing.csv_files import FileRefused
from routing.models import Absence, RotaFile, Shift
from routing.rota_files import read_rota_file

from . import factories as make

pytestmark = pytest.mark.django_db

HEADING = "staff,day,start,end,break_minutes,break_window"
ON = date(2026, 11, 21)


@pytest.fixture
@shared
def team(organisation):
    made = make.team(organisation, people=2)
    Shift.objects.all().delete()
    return made


@pytest.fixture(autouse=True)
def _on_a_known_day(monkeypatch):
    monkeypatch.setattr("routing.rota_files.today", lambda: ON)


def content(*lines, heading=HEADING):
    return "\n".join([heading, *lines, ""]).encode()


def read(team, *lines, heading=HEADING):
    return read_rota_file(content(*lines, heading=heading), team=team)


def load(team, *lines, heading=HEADING):
    return services.import_rota(team=team, name="rota.csv", content=content(*lines, heading=heading), by=make.SETUP)


def reasons(report):
    return {entry["line"]: entry["reason"] for entry in report["rejected"]}


def times():
    return [
        (shift.staff.reference, str(shift.day), clock(shift.starts_at), clock(shift.ends_at))
        for shift in Shift.objects.select_related("staff").order_by("staff__reference", "starts_at")
    ]


def test_days_in_both_forms_become_shifts_with_their_breaks(team):
    report = load(
        team,
        "nurse-01,23/11/2026,08:00,16:30,30,11:30-13:30",
        "NURSE-02,2026-11-23,9:00,17:00,45,12:00 to 13:00",
        "nurse-01,24.11.2026,08:00,12:00,,",
    ).report
    assert report["added"] == 3
    assert times() == [
        ("nurse-01", "2026-11-23", "08:00", "16:30"),
        ("nurse-01", "2026-11-24", "08:00", "12:00"),
        ("nurse-02", "2026-11-23", "09:00", "17:00"),
    ]
    breaks = Shift.objects.order_by("starts_at").values_list("break_minutes", flat=True)
    assert list(breaks) == [30, 45, 0]


def test_semicolons_byte_order_mark_and_the_words_of_other_systems(team):
    file = "\ufeffStaff reference;Date;Start;End\r\nnurse-01;23/11/2026;08:00;16:30\r\n".encode()
    services.import_rota(team=team, name="x", content=file, by=make.SETUP)
    assert times() == [("nurse-01", "2026-11-23", "08:00", "16:30")]


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (b"", "The file is empty"),
        (b"staff,day,start\nnurse-01,23/11/2026,08:00\n", "Missing columns: end. Found day, staff, start"),
        (b"staff,day,start,end,colour\nx,x,x,x,x\n", "Unknown columns: colour. Expected break_minutes"),
        (b"name,day,start,end\nx,x,x,x\n", "may hold personal details: name"),
        (b"staff,first_day\nx,x\n", "Missing columns: kind, last_day"),
        (b"staff,day,start,end\n", "a heading but no rows"),
        (b"\xff\xfes\x00", "not UTF-8"),
    ],
)
def test_another_file_is_refused_whole(team, file, message):
    with pytest.raises(FileRefused, match=message):
        services.upload_rota(team=team, name="x", content=file, by=make.SETUP)
    assert not RotaFile.objects.exists()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("nurse-09,23/11/2026,08:00,16:30,,", "nobody of the team has this reference"),
        (",23/11/2026,08:00,16:30,,", "the reference of the person is blank"),
        ("nurse-01,20/11/2026,08:00,16:30,,", "the day is in the past"),
        ("nurse-01,23/11/2028,08:00,16:30,,", "more than a year away"),
        ("nurse-01,11/23/2026,08:00,16:30,,", "day is a day that does not exist"),
        ("nurse-01,23/11/26,08:00,16:30,,", "day must be a day such as 23/11/2026 or 2026-11-23"),
        ("nurse-01,23/11/2026,8,16:30,,", "times must be written HH:MM"),
        ("nurse-01,23/11/2026,08:00,08:00,,", "starts and ends at the same time"),
        ("nurse-01,23/11/2026,16:30,15:00,,", "would last 22.5 hours"),
        ("nurse-01,23/11/2026,08:00,16:30,x,", "break_minutes must be a whole number"),
        ("nurse-01,23/11/2026,08:00,16:30,30,noon", "break_window must be written as"),
        ("nurse-01,23/11/2026,08:00,16:30,30,16:00-16:30", "does not lie inside the shift"),
        ("nurse-01,23/11/2026,08:00,16:30,0,11:30-13:30", "a shift without a break"),
        ("nurse-01,23/11/2026,08:00,12:00,30,", "give break_window"),
        ("nurse-01,23/11/2026,08:00,16:30", "more or fewer columns"),
        ("nurse-01,28/03/2027,01:30,09:00,,", "does not exist on 28 March 2027"),
        ("nurse-02,23/11/2026,12:00,20:00,,", "it overlaps with line 2"),
    ],
)
def test_a_bad_row_is_told_by_line_and_stops_nothing(team, row, reason):
    report = load(team, "nurse-02,23/11/2026,08:00,16:30,,", row).report
    assert list(reasons(report)) == [3]
    assert reason in reasons(report)[3]
    assert report["added"] == 1


def test_a_person_who_left_gets_no_shifts(team):
    team.staff.filter(reference="nurse-01").update(is_active=False)
    assert reasons(load(team, "nurse-01,23/11/2026,08:00,16:30,,").report) == {2: "nurse-01 is not active"}


def test_nights_of_clock_changes_are_as_long_as_they_are(team):
    load(team, "nurse-01,27/03/2027,20:00,06:00,30,00:00-03:00", "nurse-01,24/10/2027,21:00,06:00,,")
    spring = Shift.objects.get(day=date(2027, 3, 27))
    assert spring.ends_at - spring.starts_at == timedelta(hours=9)
    assert spring.break_earliest == datetime(2027, 3, 28, 0, tzinfo=UTC)


def test_a_repeated_hour_means_its_first(organisation, team, monkeypatch):
    monkeypatch.setattr("routing.rota_files.today", lambda: date(2027, 10, 1))
    load(team, "nurse-01,30/10/2027,20:00,06:00,,", "nurse-02,31/10/2027,01:30,09:00,,")
    night, early = Shift.objects.order_by("staff__reference")
    assert night.ends_at - night.starts_at == timedelta(hours=11)
    assert early.starts_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_the_same_file_again_changes_nothing(team):
    rows = ["nurse-01,23/11/2026,08:00,16:30,,", "nurse-02,23/11/2026,22:00,06:00,,"]
    load(team, *rows)
    before = set(Shift.objects.values_list("pk", flat=True))
    report = load(team, *rows).report
    assert (report["unchanged"], report["added"], report["changed"], report["removed"]) == (2, 0, 0, 0)
    assert set(Shift.objects.values_list("pk", flat=True)) == before


def test_a_newer_file_replaces_the_days_that_it_names_only(team):
    load(
        team,
        "nurse-01,23/11/2026,08:00,12:00,0,",
        "nurse-01,23/11/2026,13:00,17:00,0,",
        "nurse-01,24/11/2026,08:00,12:00,0,",
    )
    report = load(team, "nurse-01,23/11/2026,09:00,17:00,,").report
    assert (report["changed"], report["removed"], report["added"]) == (1, 1, 0)
    assert times() == [("nurse-01", "2026-11-23", "09:00", "17:00"), ("nurse-01", "2026-11-24", "08:00", "12:00")]


def test_a_night_shift_that_runs_into_the_next_day_of_the_rota_is_refused(team):
    load(team, "nurse-01,24/11/2026,05:00,12:00,0,")
    report = load(team, "nurse-01,23/11/2026,22:00,06:00,0,").report
    assert reasons(report) == {2: "it overlaps with a shift of 24 November 2026"}
    report = load(team, "nurse-01,23/11/2026,22:00,06:00,0,", "nurse-01,24/11/2026,07:00,12:00,0,").report
    assert (report["rejected"], report["added"], report["changed"]) == ([], 1, 1)


def test_a_day_that_stays_as_it_is_may_refuse_the_one_before(team):
    """The night of the 23rd fits only if the 24th begins later, which a plan forbids."""
    load(team, "nurse-01,24/11/2026,05:00,16:30,30,11:30-13:30", "nurse-02,24/11/2026,08:00,16:30,,")
    make.proposed_plan(team, count=6, day=date(2026, 11, 24))
    report = load(team, "nurse-01,23/11/2026,22:00,06:00,0,", "nurse-01,24/11/2026,07:00,12:00,0,").report
    told = reasons(report)
    assert set(told) == {2, 3}
    assert "builds on the shift of this day" in told[3]
    assert len(times()) == 2


def test_a_shift_that_a_plan_builds_on_stays(team):
    load(team, "nurse-01,23/11/2026,08:00,16:30,,", "nurse-02,23/11/2026,08:00,16:30,,")
    plan = make.proposed_plan(team, count=6)
    person = plan.assignments.first().staff
    report = load(
        team, f"{person.reference},23/11/2026,10:00,16:30,,", f"{person.reference},25/11/2026,10:00,16:30,,"
    ).report
    assert reasons(report) == {2: f"the plan “{plan.name}” builds on the shift of this day as it is"}
    assert report["added"] == 1
    assert "builds on" not in str(load(team, f"{person.reference},23/11/2026,08:00,16:30,,").report)


def test_fifty_thousand_rows(team):
    rows = [
        f"nurse-{1 + number % 2:02},{ON + timedelta(days=1 + number // 2 % 300)},{hour:02}:00,{hour + 1:02}:00,0,"
        for hour in range(7, 9)
        for number in range(2 * 300)
    ]
    rows += ["nurse-99,23/11/2026,08:00,09:00,0,"] * (50_000 - len(rows))
    report = load(team, *rows).report
    assert (report["rows"], report["added"]) == (50_000, 1_200)
    assert len(report["rejected"]) == 48_800


def test_nothing_changes_before_it_is_applied_and_the_trail_has_numbers_only(team):
    file = services.upload_rota(
        team=team, name="rota.csv", content=content("nurse-01,23/11/2026,08:00,16:30,,", "x,,,,,"), by=make.SETUP
    )
    assert (file.state, file.report["added"], Shift.objects.count()) == ("checked", 1, 0)
    same = services.upload_rota(
        team=team, name="again.csv", content=content("nurse-01,23/11/2026,08:00,16:30,,", "x,,,,,"), by=make.SETUP
    )
    assert same.pk == file.pk
    services.apply_rota(file=file, by=make.SETUP)
    assert Shift.objects.count() == 1
    file.refresh_from_db()
    assert file.content is None
    event = AuditEvent.objects.get(action="rota.imported")
    assert (event.details["added"], event.details["rejected"]) == (1, 1)
    with pytest.raises(ValidationError, match="applied already"):
        services.apply_rota(file=file, by=make.SETUP)


def test_absences_come_by_file_too(team):
    heading = "staff,first_day,last_day,kind"
    report = load(
        team,
        "nurse-01,23/11/2026,25/11/2026,leave",
        "nurse-02,2026-11-23,,sickness",
        "nurse-01,25/11/2026,26/11/2026,leave",
        "nurse-01,01/12/2026,30/11/2026,leave",
        "nurse-01,01/12/2026,02/12/2026,holiday",
        heading=heading,
    ).report
    assert reasons(report) == {
        4: "it overlaps with line 2",
        5: "the last day is before the first",
        6: "kind must be one of leave, sickness, training, other",
    }
    assert load(team, "nurse-02,2026-11-23,,sickness", heading=heading).report["unchanged"] == 1
    changed = load(team, "nurse-01,23/11/2026,24/11/2026,training", heading=heading).report
    assert changed["changed"] == 1
    clash = load(team, "nurse-01,22/11/2026,23/11/2026,leave", heading=heading).report
    assert reasons(clash) == {2: "it overlaps with the absence of 23 November 2026 to 24 November 2026"}
    assert Absence.objects.count() == 2


def test_the_command_tells_what_it_did(team, tmp_path):
    path = tmp_path / "rota.csv"
    path.write_bytes(content("nurse-01,23/11/2026,08:00,16:30,,", "nurse-09,23/11/2026,08:00,16:30,,"))

    def run(*options):
        out = StringIO()
        call_command("import_rota", str(path), "--team", team.name, *options, stdout=out)
        return json.loads(out.getvalue())

    assert run("--check")["added"] == 1
    assert not Shift.objects.exists()
    answer = run()
    assert (answer["added"], reasons(answer)) == (1, {3: "nobody of the team has this reference"})
    assert run()["unchanged"] == 1
    with pytest.raises(CommandError, match="There is no team Nobody"):
        call_command("import_rota", str(path), "--team", "Nobody")
    path.write_bytes(b"staff,day\nx,y\n")
    with pytest.raises(CommandError, match="Missing columns: end, start"):
        run()


def test_a_file_keeps_its_content_until_it_is_settled(team):
    file = services.upload_rota(
        team=team, name="rota.csv", content=content("nurse-01,23/11/2026,08:00,16:30,,"), by=make.SETUP
    )
    for statement, constraint in (
        ("UPDATE routing_rotafile SET content = NULL WHERE id = %s", "rota_file_content_until_settled"),
        ("UPDATE routing_rotafile SET state = 'applied' WHERE id = %s", "rota_file_content_until_settled"),
        (
            "INSERT INTO routing_rotafile (id, team_id, kind, name, sha256, content, report, state, uploaded_at) "
            "SELECT gen_random_uuid(), team_id, kind, name, sha256, content, report, state, uploaded_at "
            "FROM routing_rotafile WHERE id = %s",
            "rota_file_waits_once",
        ),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [file.pk])


def test_the_past_is_seen_from_today(team, monkeypatch):
    monkeypatch.undo()
    yesterday = today() - timedelta(days=1)
    assert reasons(load(team, f"nurse-01,{yesterday},08:00,16:30,,").report) == {2: "the day is in the past"}
