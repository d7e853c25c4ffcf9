"""Tables, contract and timeline as files: what stands in them, who may take them, what is refused."""

import csv
import io
import json
import uuid
from datetime import datetime, time
from xml.etree import ElementTree

import pytest
from django.core.management import call_command

from accounts.models import AuditEvent
from healthequiroute.testing.shared import shared
from routing.civil_time import instant
from routing.models import PlanState, RoutePlan, StaffMember, VisitRecord
from routing.outputs.stops_table import COLUMNS

from . import factories as make
from .outputs_world import DAY, HOME, eventful_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
@shared
def plan(organisation):
    return eventful_plan(organisation)


def rows_of(answer):
    lines = answer.content.decode("utf-8-sig").splitlines()
    notes = [line for line in lines if line.startswith("# ")]
    return notes, list(csv.DictReader(io.StringIO("\r\n".join(lines[len(notes) :]))))


def test_the_table_has_every_stop_break_end_and_visit_left_out(plan, client_as):
    notes, rows = rows_of(client_as("analyst").get(f"/plans/{plan.pk}/stops.csv"))
    assert [row["kind"] for row in rows] == ["visit", "break", "visit", "end", "visit", "visit", "end", "left_out"]
    assert list(rows[0]) == list(COLUMNS)
    late = rows[2]
    assert (late["visit"], late["late_seconds"]) == ("B", "1800")
    assert datetime.fromisoformat(late["starts_at"]) == instant(DAY, time(13, 30))
    assert late["starts_at"][-6:] in ("+00:00", "+01:00")
    assert (rows[0]["with"], rows[0]["core20"], late["core20"]) == ("nurse-02", "yes", "")
    assert any("not to be worked from" in note for note in notes)
    assert any("Open Government Licence" in note for note in notes)
    assert any("estimated" in note for note in notes)


def test_no_cell_is_a_formula(plan, client_as):
    StaffMember.objects.filter(reference="nurse-01").update(display_name="@SUM(A1)")
    content = client_as("analyst").get(f"/plans/{plan.pk}/stops.csv?notes=0").content.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(content)) for cell in row]
    assert "'@SUM(A1)" in cells
    assert "'+ nobody is free" in cells
    assert not [cell for cell in cells if cell[:1] in "=+@\t" and cell]


def test_what_was_recorded_stands_beside_the_plan(organisation, client_as):
    plan = eventful_plan(organisation, state=PlanState.IN_PROGRESS)
    visit, staff = plan.visits.get(reference="A"), StaffMember.objects.get(reference="nurse-01")
    VisitRecord.objects.create(
        plan=plan, staff=staff, visit=visit, arrived_at=instant(DAY, time(9, 10)),
        finished_at=instant(DAY, time(9, 50)), outcome="done",
    )  # fmt: skip
    row = rows_of(client_as("analyst").get(f"/plans/{plan.pk}/stops.csv"))[1][0]
    assert (row["outcome"], row["arrived_at"][11:16]) == ("done", "09:10")


def test_files_are_named_after_team_day_and_version(plan, client_as):
    answer = client_as("analyst").get(f"/plans/{plan.pk}/stops.csv")
    name = answer.headers["Content-Disposition"]
    assert f"{DAY.isoformat()}-v3-stops.csv" in name
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("by_api", [False, True])
def test_the_judge_accepts_exactly_what_is_downloaded(organisation, client_as, api_client_as, tmp_path, capsys, by_api):
    plan = make.proposed_plan(make.team(organisation, people=2, day=DAY), day=DAY)
    client = (api_client_as if by_api else client_as)("analyst")
    addresses = [f"/plans/{plan.pk}/{name}.json" for name in ("problem", "solution")]
    if by_api:
        addresses = [f"/api/v1/route-plans/{plan.pk}/files/{name}/" for name in ("problem", "solution")]
    files = [tmp_path / "PROBLEM.json", tmp_path / "SOLUTION.json"]
    for address, file in zip(addresses, files, strict=True):
        file.write_bytes(client.get(address).content)
    call_command("check_plan", *map(str, files))
    verdict = json.loads(capsys.readouterr().out)
    told = json.loads(files[1].read_text())
    assert verdict["feasible"] is True
    assert told["feasible"] is True
    assert told["cost"]["total"] == verdict["cost"]["total"] == plan.cost["total"]
    assert sum("visit" in stop for route in told["routes"] for stop in route["stops"]) == plan.visits.count()


def test_a_plan_that_the_rota_has_left_behind_says_so(organisation, client_as):
    plan = make.proposed_plan(make.team(organisation, people=1, day=DAY), day=DAY)
    StaffMember.objects.update(max_visits=1)
    told = client_as("analyst").get(f"/plans/{plan.pk}/solution.json").json()
    assert told["feasible"] is False
    assert "max_visits" in {violation["rule"] for violation in told["violations"]}


def test_the_problem_holds_no_place_and_no_name(plan, client_as):
    content = client_as("analyst").get(f"/plans/{plan.pk}/problem.json").content.decode()
    assert str(HOME[0]) not in content
    assert "Begum" not in content
    assert "ZZ1" not in content


def test_the_timeline_is_a_picture_of_its_own(plan, client_as):
    answer = client_as("analyst").get(f"/plans/{plan.pk}/timeline.svg")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    root = ElementTree.fromstring(answer.content)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("width")
    assert "Overtime, 30 min" in answer.content.decode()


PLAN_FILES = ["stops.csv", "problem.json", "solution.json", "timeline.svg", "run-sheets/"]
ROUND_FILES = ["rounds/{}/calendar.ics", "rounds/{}/route.gpx", "run-sheets/{}/"]


@pytest.mark.parametrize("path", [name for name in PLAN_FILES if name != "problem.json"])
def test_a_draft_has_no_routes_and_says_so(organisation, client_as, path):
    plan = make.draft_plan(make.team(organisation, people=1, day=DAY), day=DAY)
    answer = client_as("planner").get(f"/plans/{plan.pk}/{path}")
    assert answer.status_code == 409
    assert "This plan has no routes yet. Its status is draft." in answer.content.decode()


@pytest.mark.parametrize("path", ROUND_FILES)
def test_somebody_without_a_round_has_no_file(plan, client_as, path):
    idle = StaffMember.objects.create(
        team=plan.team, reference="idle", display_name="Idle", base=StaffMember.objects.first().base
    )
    answer = client_as("planner").get(f"/plans/{plan.pk}/{path.format(idle.pk)}")
    assert answer.status_code == 409
    assert "Idle has no round in this plan." in answer.content.decode()


@pytest.mark.parametrize("path", [*PLAN_FILES, *ROUND_FILES])
def test_what_is_not_there_is_not_found(plan, client_as, other_organisation, path):
    path = path.format(uuid.uuid4())
    assert client_as("planner").get(f"/plans/{uuid.uuid4()}/{path}").status_code == 404
    stranger = client_as("planner", organisation=other_organisation)
    assert stranger.get(f"/plans/{plan.pk}/{path}").status_code == 404


@pytest.mark.parametrize("path", ROUND_FILES)
def test_field_staff_take_their_own_round_of_a_published_plan_only(organisation, client_as, path):
    plan = eventful_plan(organisation, state=PlanState.PUBLISHED)
    worker = client_as("field_worker")
    own, other = StaffMember.objects.filter(team=plan.team).order_by("reference")
    StaffMember.objects.filter(pk=own.pk).update(user=worker.user)
    assert worker.get(f"/plans/{plan.pk}/{path.format(own.pk)}").status_code == 200
    assert f'href="/plans/{plan.pk}/"' not in worker.get(f"/plans/{plan.pk}/{path.format(own.pk)}").content.decode()
    assert worker.get(f"/plans/{plan.pk}/{path.format(other.pk)}").status_code == 404
    assert worker.get(f"/plans/{plan.pk}/stops.csv").status_code == 403
    RoutePlan.objects.update(state="approved", published_by=None, published_at=None)
    assert worker.get(f"/plans/{plan.pk}/{path.format(own.pk)}").status_code == 404
    assert client_as("viewer").get(f"/plans/{plan.pk}/{path.format(own.pk)}").status_code == 403


def test_the_same_files_by_the_api(organisation, api_client_as):
    plan = eventful_plan(organisation, state=PlanState.PUBLISHED)
    staff = StaffMember.objects.get(reference="nurse-01")
    planner, worker = api_client_as("planner"), api_client_as("field_worker")
    base = f"/api/v1/route-plans/{plan.pk}"
    assert b"BEGIN:VCALENDAR" in planner.get(f"{base}/rounds/{staff.pk}/calendar/").content
    assert b"<gpx" in planner.get(f"{base}/rounds/{staff.pk}/gpx/").content
    assert b"left_out" in planner.get(f"{base}/files/stops/?notes=0").content
    assert planner.get(f"{base}/files/nonsense/").status_code == 404
    assert worker.get(f"{base}/rounds/{staff.pk}/gpx/").status_code == 404
    assert worker.get(f"{base}/files/stops/").status_code == 403
    draft = make.draft_plan(plan.team, day=DAY, count=1)
    assert planner.get(f"/api/v1/route-plans/{draft.pk}/files/stops/").status_code == 409


def test_who_took_a_file_is_written_down_without_names(plan, client_as):
    staff = StaffMember.objects.get(reference="nurse-01")
    client_as("planner").get(f"/plans/{plan.pk}/rounds/{staff.pk}/route.gpx")
    event = AuditEvent.objects.get(action="plan.file_taken")
    assert event.details == {"kind": "gpx", "version": 3, "staff": str(staff.pk)}
