"""The pages of plans, as people use them: without JavaScript unless a test says otherwise."""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEvent, Job, JobState
from healthequiroute.testing.shared import shared
from routing import services, tasks
from routing.civil_time import today
from routing.models import PlanState, RoutePlan, UnservedVisit

from . import factories as make

pytestmark = pytest.mark.django_db

TOMORROW = today() + timedelta(days=1)


@pytest.fixture
@shared
def team(organisation):
    return make.team(organisation, day=TOMORROW)


def new_plan(team, **changes):
    day = {f"day_{part}": getattr(TOMORROW, part) for part in ("day", "month", "year")}
    return {"team": team.pk, **day, "name": "", "source": "priorities", "count": 6, "seconds": 10} | changes


def text(answer):
    return answer.content.decode()


def test_from_a_new_plan_to_an_approved_one(team, client_as):
    planner, approver = client_as("planner"), client_as("approver")
    answer = planner.post("/plans/new/", new_plan(team))
    plan = RoutePlan.objects.get()
    assert answer.headers["Location"] == f"/plans/{plan.pk}/"
    assert "Optimise plan" in text(planner.get(answer.headers["Location"]))
    RoutePlan.objects.update(seconds_allowed=1)
    assert planner.post(f"/plans/{plan.pk}/optimise/").status_code == 302
    running = text(planner.get(f"/plans/{plan.pk}/"))
    assert "Waiting for its turn" in running
    assert '<noscript><meta http-equiv="refresh"' in running
    tasks.optimise(str(RoutePlan.objects.get().job_id))
    page = text(approver.get(f"/plans/{plan.pk}/"))
    assert "6 of 6 visits are planned; no rule is broken." in page
    assert 'http-equiv="refresh"' not in page
    assert "Optimise" not in page
    answer = approver.post(f"/plans/{plan.pk}/decision/", {"decision": "approve", "reason": ""}, follow=True)
    assert f"Approved by {approver.user.get_full_name()}" in text(answer)
    plan.refresh_from_db()
    assert (plan.state, plan.approved_by) == (PlanState.APPROVED, approver.user)
    assert AuditEvent.objects.filter(action="plan.approved").count() == 1


def test_the_progress_panel_replaces_itself_until_the_plan_is_settled(team, client_as):
    planner = client_as("planner")
    plan = services.optimise_plan(plan=make.draft_plan(team, day=TOMORROW), by=planner.user)
    Job.objects.update(
        state=JobState.RUNNING,
        started_at=timezone.now(),
        heartbeat_at=timezone.now(),
        progress=40,
        message="7 of 8 visits placed",
        result={
            "elapsed": 12.0,
            "seconds": 30,
            "best": {"served": 7, "unserved": 1, "elapsed": 3.2, "cost": 100},
            "trace": [[0.1, 300], [1, 200], [3.2, 100]],
        },
    )
    address = f"/plans/{plan.pk}/progress/"
    panel = text(planner.get(address, headers={"HX-Request": "true"}))
    assert 'hx-trigger="every 1s"' in panel
    assert "12 of 30 seconds" in panel
    assert "7 visits served, 1 left out" in panel
    assert "<html" not in panel
    Job.objects.update(state=JobState.QUEUED)
    tasks.optimise(str(plan.job_id))
    settled = planner.get(address, headers={"HX-Request": "true"})
    assert settled.headers["HX-Refresh"] == "true"
    assert "hx-trigger" not in text(settled)
    assert planner.get(address).headers["Location"] == f"/plans/{plan.pk}/"
    assert "every 1s" not in text(planner.get(f"/plans/{plan.pk}/"))


def test_after_a_killed_worker_the_page_is_honest_and_offers_another_try(team, client_as):
    planner = client_as("planner")
    plan = services.optimise_plan(plan=make.draft_plan(team, day=TOMORROW), by=planner.user)
    long_ago = timezone.now() - timedelta(minutes=2)
    Job.objects.update(state=JobState.RUNNING, started_at=long_ago, heartbeat_at=long_ago)
    page = text(planner.get(f"/plans/{plan.pk}/"))
    assert "The search was interrupted before there was a plan. The visits are kept: try again." in page
    assert "Try again" in page
    assert "every 1s" not in page


def test_stopping_a_waiting_optimisation_gives_the_draft_back(team, client_as):
    planner = client_as("planner")
    plan = services.optimise_plan(plan=make.draft_plan(team, day=TOMORROW), by=planner.user)
    page = text(planner.post(f"/plans/{plan.pk}/stop/", follow=True))
    assert "cancelled before a plan was found" in page
    assert RoutePlan.objects.get().state == PlanState.DRAFT


def test_optimising_without_anybody_on_shift_says_what_to_do(organisation, client_as):
    team = make.team(organisation, people=0)
    plan = make.draft_plan(team, day=TOMORROW)
    page = text(client_as("planner").get(f"/plans/{plan.pk}/"))
    assert "and nobody to make them" in page and f'href="/teams/{team.pk}/rota/"' in page
    page = text(client_as("planner").post(f"/plans/{plan.pk}/optimise/", follow=True))
    assert "Add shifts first." in page


def test_visits_from_a_file_with_bad_rows_make_a_draft_that_lists_them(team, client_as):
    content = b"reference,postcode,minutes,window_start,window_end\nA-1,ZZ1 1AA,30,,\nA-2,ZZ1 1AA,30,9.30,11:00\n"
    upload = SimpleUploadedFile("visits.csv", content, content_type="text/csv")
    answer = client_as("planner").post("/plans/new/", new_plan(team, source="file", file=upload), follow=True)
    page = text(answer)
    assert "1 visit from a file of 2 rows. 1 row was not taken" in page
    assert "times must be written HH:MM" in page
    assert RoutePlan.objects.get().visits.count() == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"reference,postcode,minutes,nhs_number\nA-1,ZZ1 1AA,30,1\n", "may hold personal details"),
        (b"reference,minutes\nA-1,30\n", "Missing columns: postcode or area_code"),
        (b"reference,postcode,minutes\nA-1,QQ1 1AA,30\n", "No row of the file could be taken"),
    ],
)
def test_a_refused_file_makes_nothing(team, client_as, content, message):
    upload = SimpleUploadedFile("visits.csv", content, content_type="text/csv")
    answer = client_as("planner").post("/plans/new/", new_plan(team, source="file", file=upload))
    assert answer.status_code == 422
    assert message in text(answer)
    assert not RoutePlan.objects.exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"day_year": 2020}, "The day is in the past."),
        ({"day_month": 13}, "Enter a day that exists"),
        ({"count": ""}, "Say how many visits the plan should hold."),
        ({"count": 10_001}, "at most 10,000 visits"),
        ({"source": "file"}, "Choose the file of visits."),
        ({"seconds": 9999}, "Select a valid choice"),
    ],
)
def test_a_wrong_form_says_what_is_wrong(team, client_as, changes, message):
    answer = client_as("planner").post("/plans/new/", new_plan(team, **changes))
    assert answer.status_code == 422
    assert message in text(answer)
    assert not RoutePlan.objects.exists()


def test_a_plan_cannot_be_made_for_a_team_of_another_organisation(team, client_as, other_organisation):
    answer = client_as("planner", organisation=other_organisation).post("/plans/new/", new_plan(team))
    assert answer.status_code == 422
    assert not RoutePlan.objects.exists()


def test_deferring_tier_one_visits_asks_for_the_reason_beside_the_field(team, client_as):
    plan = make.proposed_plan(team, day=TOMORROW)
    visit = plan.visits.filter(tier=1).first()
    visit.stops.all().delete()
    UnservedVisit.objects.create(plan=plan, visit=visit, reason="full", detail="No room.")
    approver = client_as("approver")
    assert "say why it can wait" in text(approver.get(f"/plans/{plan.pk}/"))
    answer = approver.post(f"/plans/{plan.pk}/decision/", {"decision": "approve", "reason": ""})
    assert answer.status_code == 422
    assert f"1 tier-1 visit is unserved: give a reason for {visit.reference}." in text(answer)
    approver.post(f"/plans/{plan.pk}/decision/", {"decision": "approve", "reason": "Seen yesterday"})
    assert RoutePlan.objects.get().state == PlanState.APPROVED


def test_the_page_of_a_proposal_shows_everybodys_day(team, client_as):
    plan = make.proposed_plan(team, day=TOMORROW)
    page = text(client_as("analyst").get(f"/plans/{plan.pk}/"))
    for name in plan.assignments.values_list("staff__display_name", flat=True):
        assert f"Stops of {name}" in page
    assert "Travel times estimated" in page
    assert "her-chart--timeline" in page
    assert "Coverage by deprivation fifth" in page
    assert "Approve plan" not in page
    assert "Optimise again" not in page


def test_run_sheets_of_a_proposal_say_that_it_is_not_approved(team, client_as):
    plan = make.proposed_plan(team, day=TOMORROW)
    page = text(client_as("analyst").get(f"/plans/{plan.pk}/run-sheets/"))
    assert "Not approved: not to be worked from." in page
    assert '<th scope="row">Break</th>' in page


def test_a_break_after_the_last_visit_stands_below_the_way_back(team, client_as):
    plan = make.proposed_plan(team, day=TOMORROW)
    assignment = plan.assignments.first()
    back = assignment.returns_at
    pause = assignment.stops.filter(visit__isnull=True)
    for starts_at, is_above in ((back - timedelta(hours=1), True), (back + timedelta(minutes=30), False)):
        pause.update(starts_at=starts_at, leaves_at=starts_at + timedelta(minutes=30))
        page = text(client_as("analyst").get(f"/plans/{plan.pk}/run-sheets/{assignment.staff_id}/"))
        assert page.count('<th scope="row">Break</th>') == 1
        assert (page.index('<th scope="row">Break</th>') < page.index('<th scope="row">Back: ')) == is_above


def test_routes_are_geojson_with_a_line_a_person_and_a_point_a_stop(team, client_as):
    plan = make.proposed_plan(team, day=TOMORROW)
    answer = client_as("analyst").get(f"/plans/{plan.pk}/routes.geojson")
    assert answer.headers["Content-Type"] == "application/geo+json"
    features = json.loads(answer.content)["features"]
    kinds = [feature["properties"]["kind"] for feature in features]
    assert kinds.count("route") == plan.assignments.count()
    assert kinds.count("stop") + kinds.count("unserved") == plan.visits.count()
    line = next(feature for feature in features if feature["properties"]["kind"] == "route")
    assert line["geometry"]["coordinates"][0] == line["geometry"]["coordinates"][-1]
    assert line["properties"]["is_straight_line"] is True


def test_plans_can_be_listed_by_state(team, client_as):
    draft, proposed = make.draft_plan(team, day=TOMORROW), make.proposed_plan(team, day=TOMORROW)
    RoutePlan.objects.filter(pk=draft.pk).update(name="The draft")
    RoutePlan.objects.filter(pk=proposed.pk).update(name="The proposal")
    page = text(client_as("analyst").get("/plans/?state=proposed"))
    assert "The proposal" in page
    assert "The draft" not in page
    assert "The draft" in text(client_as("analyst").get("/plans/?state=nonsense"))


PAGES = ["", "progress/", "routes.geojson", "run-sheets/"]
ACTIONS = {"optimise/": "planner", "stop/": "planner", "decision/": "approver"}


@pytest.mark.parametrize("path", PAGES)
def test_another_organisation_finds_nothing(team, client_as, other_organisation, path):
    plan = make.proposed_plan(team, day=TOMORROW)
    stranger = client_as("planner", "approver", "analyst", organisation=other_organisation)
    assert stranger.get(f"/plans/{plan.pk}/{path}").status_code == 404


@pytest.mark.parametrize("action", ACTIONS)
def test_another_organisation_changes_nothing(team, client_as, other_organisation, action):
    plan = make.proposed_plan(team, day=TOMORROW)
    stranger = client_as("planner", "approver", organisation=other_organisation)
    assert stranger.post(f"/plans/{plan.pk}/{action}", {"decision": "approve"}).status_code == 404
    assert RoutePlan.objects.get().state == PlanState.PROPOSED


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", ["viewer", "field_worker", "safety_reviewer", "administrator"])
def test_plans_are_not_for_everybody(team, client_as, role, path):
    plan = make.draft_plan(team, day=TOMORROW)
    assert client_as(role).get(f"/plans/{plan.pk}/{path}").status_code == 403


@pytest.mark.parametrize(("action", "role"), ACTIONS.items())
def test_each_action_has_its_role_and_is_no_mere_link(team, client_as, action, role):
    plan = make.draft_plan(team, day=TOMORROW)
    assert client_as(role).get(f"/plans/{plan.pk}/{action}").status_code == 405
    others = {"planner", "approver", "analyst", "auditor"} - {role}
    for other in others:
        assert client_as(other).post(f"/plans/{plan.pk}/{action}").status_code == 403


@pytest.mark.parametrize("path", ["", "routes.geojson", "run-sheets/"])
def test_the_number_of_queries_does_not_grow_with_the_visits(organisation, client_as, path):
    town = make.town((3,) * 20, (1,) * 20)
    team = make.team(organisation, town, people=4, day=TOMORROW)
    few, many = make.proposed_plan(team, day=TOMORROW, count=3), make.proposed_plan(team, day=TOMORROW, count=20)
    analyst = client_as("analyst")
    for plan in (few, many):
        # That the analyst saw them is recorded now, and not again within minutes.
        analyst.get(f"/plans/{plan.pk}/{path}")
    # Parts of the page that are kept (`accounts.kept_answers`) are made anew for both.
    cache.delete_many([key.split(":", 2)[2] for key in cache._cache if ":kept:" in key])
    with CaptureQueriesContext(connection) as first:
        analyst.get(f"/plans/{few.pk}/{path}")
    with CaptureQueriesContext(connection) as second:
        analyst.get(f"/plans/{many.pk}/{path}")
    # Four more where visits are left out: the rows and their visits, names of people and skills in what would help; two
    # where the judge, who reads the plan again, finds people and links behind more visits.
    assert len(second) <= len(first) + 6
    assert len(first) <= 46
