"""Visits one by one, and how double-handed and linked ones go through a whole plan."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEvent
from healthequiroute.testing.shared import shared
from priorities.models import PriorityScore
from routing import services
from routing.civil_time import clock
from routing.models import PlanState, RouteStop, Skill, Visit, VisitLink
from routing.optimisation import search
from routing.problem_building import build_problem
from routing.visit_files import read_visit_file

from . import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
@shared
def team(organisation):
    return make.team(organisation, people=2)


@pytest.fixture
@shared
def draft(team):
    return make.draft_plan(team, count=2)


def form(**changes):
    return {
        "reference": "H-1",
        "postcode": "zz1 1aa",
        "area_code": "",
        "minutes": 25,
        "staff_required": 1,
        "late_minutes": 0,
        "tier": "",
        **changes,
    }


def test_a_visit_is_added_to_a_draft_changed_and_removed(team, draft, client_as):
    planner, nurse = client_as("planner"), team.staff.get(reference="nurse-02")
    group = services.save_plus_group(organisation=team.organisation, code="roma", name="Roma", by=make.SETUP)
    data = form(
        window_start="09:00",
        window_end="10:00",
        late_minutes=15,
        skills=[Skill.objects.get(code="insulin").pk],
        staff_required=2,
        excluded_staff=[nurse.pk],
        plus_groups=[group.pk],
        first_due="20/11/2026",
        clinical_limit="2026-11-25",
    )
    assert planner.post(f"/plans/{draft.pk}/visits/new/", data).status_code == 302
    visit = draft.visits.get(reference="H-1")
    assert (visit.source, visit.day, visit.tier, visit.priority, visit.imd_decile) == ("manual", make.DAY, 1, 3, 1)
    assert (clock(visit.window_start), clock(visit.window_end), visit.late_minutes) == ("09:00", "10:00", 15)
    assert (visit.first_due, visit.clinical_limit) == (date(2026, 11, 20), date(2026, 11, 25))
    assert list(visit.excluded_staff.all()) == [nurse]
    page = planner.get(f"/plans/{draft.pk}/").content.decode()
    assert "09:00 to 10:00, 15 min late at most" in page
    assert "2 people, Insulin" in page
    address = f"/teams/{team.pk}/visits/{visit.pk}/"
    assert 'value="20/11/2026"' in planner.get(address).content.decode()
    changed = planner.post(address, form(minutes="", tier=3, next=f"/plans/{draft.pk}/"))
    assert changed.url == f"/plans/{draft.pk}/"
    visit.refresh_from_db()
    assert (visit.minutes, visit.tier, visit.window_start, visit.staff_required) == (60, 3, None, 1)
    away = planner.post(f"{address}remove/", {"next": "https://elsewhere.example/"})
    assert away.url.startswith(f"/teams/{team.pk}/visits/")
    assert not Visit.objects.filter(pk=visit.pk).exists()
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"visit.added", "visit.changed", "visit.removed"} <= actions


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reference": "Mrs Smith"}, "letters, digits"),
        ({"reference": "9434765919"}, "NHS number"),
        ({"postcode": "QQ1 1AA"}, "The postcode is not known"),
        ({"area_code": "E01900004"}, "lies in another area"),
        ({"minutes": 3}, "must be 5 or more"),
        ({"window_start": "09:00"}, "needs both times"),
        ({"late_minutes": 5}, "Lateness needs a time window"),
        ({"clinical_limit": "24/11/2026"}, "Say when it first fell due"),
        ({"first_due": "24/11/2026", "clinical_limit": "23/11/2026"}, "before it fell due"),
        ({"first_due": "01/01/2100"}, "This is after the day of the visit."),
        ({"staff_required": 5}, "must be 4 or less"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field(draft, client_as, changes, message):
    answer = client_as("planner").post(f"/plans/{draft.pk}/visits/new/", form(**changes))
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert draft.visits.count() == 2


def test_somebody_cannot_be_wanted_and_excluded(team, draft, client_as):
    nurse = team.staff.first().pk
    data = form(preferred_staff=[nurse], excluded_staff=[nurse])
    answer = client_as("planner").post(f"/plans/{draft.pk}/visits/new/", data)
    assert "Somebody is named in both lists" in answer.content.decode()


def test_without_a_priority_tier_and_minutes_must_be_given(draft, client_as):
    PriorityScore.objects.all().delete()
    page = client_as("planner").post(f"/plans/{draft.pk}/visits/new/", form(minutes="")).content.decode()
    assert "say how many minutes" in page
    assert "choose a tier" in page


def test_a_reference_stands_once_a_day_and_only_drafts_take_visits(team, draft, client_as):
    planner, address = client_as("planner"), f"/plans/{draft.pk}/visits/new/"
    planner.post(address, form())
    again = planner.post(address, form())
    assert again.status_code == 422
    assert "on that day already" in again.content.decode()
    draft.state = PlanState.OPTIMISING
    draft.save()
    assert planner.get(address).status_code == 302
    visit = draft.visits.get(reference="H-1")
    page = planner.post(f"/teams/{team.pk}/visits/{visit.pk}/", form(minutes=50)).content.decode()
    assert "holds this visit" in page
    assert "This visit cannot be changed here." in page
    visit.refresh_from_db()
    assert visit.minutes == 25
    assert planner.post(f"/teams/{team.pk}/visits/{visit.pk}/remove/").status_code == 302
    assert Visit.objects.filter(pk=visit.pk, state="open").exists()


def test_a_visit_that_a_rejected_plan_speaks_of_is_kept_as_cancelled(team, client_as, make_user):
    plan = make.proposed_plan(team, count=3)
    visit = plan.visits.first()
    with pytest.raises(services.PlanStateError, match="holds this visit"):
        services.remove_visit(visit=visit, by=make.SETUP)
    services.reject_plan(plan=plan, by=make_user(["approver"]), reason="Wrong day")
    services.remove_visit(visit=visit, by=make.SETUP)
    visit.refresh_from_db()
    assert visit.state == "cancelled"


def test_visits_are_listed_by_day_with_filters(team, draft, client_as):
    viewer, address = client_as("approver"), f"/teams/{team.pk}/visits/"
    client_as("planner").post(f"/plans/{draft.pk}/visits/new/", form(skills=[Skill.objects.get(code="insulin").pk]))
    Visit.objects.exclude(reference="H-1").update(tier=4)
    everything = viewer.get(f"{address}?day={make.DAY}").content.decode()
    assert "H-1" in everything
    assert "3 visits" in everything
    for query, number in (("tier=4", 2), ("state=planned", 0), ("skill=insulin&tier=1", 1)):
        assert f"{number} visit" in viewer.get(f"{address}?day={make.DAY}&{query}").content.decode(), query
    assert "0 visits" in viewer.get(f"{address}?day={make.DAY + timedelta(days=1)}").content.decode()
    assert viewer.get(f"{address}?day=x&tier=x&state=x&page=x").status_code == 200


def test_another_organisation_sees_no_visit(team, draft, client_as, other_organisation):
    visit = draft.visits.first()
    stranger = client_as("planner", organisation=other_organisation)
    for address in (
        f"/teams/{team.pk}/visits/",
        f"/teams/{team.pk}/visits/{visit.pk}/",
        f"/plans/{draft.pk}/visits/new/",
    ):
        assert stranger.get(address).status_code == 404
    assert client_as("approver").get(f"/teams/{team.pk}/visits/{visit.pk}/").status_code == 403


COLUMNS = "reference,postcode,minutes,staff_required,linked_to,min_gap,max_gap,different_staff,together,preferred_staff"


def proposed(team, *lines, heading=COLUMNS):
    """A plan from a file, searched and stored as the worker does."""
    content = "\n".join([heading, *lines, ""]).encode()
    file = read_visit_file(content, organisation=team.organisation, day=make.DAY, team=team)
    assert file.rejected == []
    plan = services.plan_from_file(team=team, day=make.DAY, file=file, by=make.SETUP)
    built = build_problem(plan)
    solution = search(built, seconds=5, seed=1, iterations=100)
    return services.store_solution(plan=plan, built=built, solution=solution, by=make.SETUP)


def test_a_double_handed_visit_and_a_linked_pair_go_through_a_whole_plan(team, client_as, make_user):
    plan = proposed(
        team,
        "DH-1,ZZ1 1AA,30,2,,,,,,",
        "IN-1,ZZ2 1AA,20,1,,,,,,nurse-02",
        "IN-2,ZZ2 1AA,20,1,IN-1,120,180,yes,yes,",
    )
    assert not plan.unserved.exists()
    stops = {
        (stop.visit.reference, stop.assignment.staff.reference): stop
        for stop in RouteStop.objects.filter(assignment__plan=plan, visit__isnull=False).select_related(
            "visit", "assignment__staff"
        )
    }
    assert len(stops) == 4
    first, second = stops["DH-1", "nurse-01"], stops["DH-1", "nurse-02"]
    assert first.starts_at == second.starts_at
    earlier, later = stops["IN-1", "nurse-02"], stops["IN-2", "nurse-01"]
    assert timedelta(minutes=120) <= later.starts_at - earlier.starts_at <= timedelta(minutes=180)
    approver = client_as("approver")
    page = approver.get(f"/plans/{plan.pk}/").content.decode()
    assert "3 of 3" in page
    assert "3 of 3" in approver.get("/plans/").content.decode()
    sheets = approver.get(f"/plans/{plan.pk}/run-sheets/").content.decode()
    assert sheets.count("DH-1") >= 2
    services.approve_plan(plan=plan, by=approver.user)
    assert AuditEvent.objects.get(action="plan.approved").details["served"] == 3
    assert set(plan.visits.values_list("state", flat=True)) == {"planned"}
    fact = approver.get(f"/teams/{team.pk}/visits/?day={make.DAY}").content.decode()
    assert "2 people" in fact


def test_both_ends_of_a_pair_are_left_out_together_when_one_cannot_be_done(team):
    plan = proposed(
        team,
        "A-1,ZZ1 1AA,30,1,,",
        "A-2,ZZ1 1AA,30,3,A-1,yes",
        heading="reference,postcode,minutes,staff_required,linked_to,together",
    )
    assert set(plan.unserved.values_list("visit__reference", flat=True)) == {"A-1", "A-2"}


def test_the_same_file_again_has_its_links_once(team):
    lines = ["IN-1,ZZ2 1AA,20,1,,,,,,", "IN-2,ZZ2 1AA,20,1,IN-1,60,,,,"]
    for _ in range(2):
        content = "\n".join([COLUMNS, *lines, ""]).encode()
        file = read_visit_file(content, organisation=team.organisation, day=make.DAY, team=team)
        services.plan_from_file(team=team, day=make.DAY, file=file, by=make.SETUP)
    link = VisitLink.objects.get()
    assert (link.first.reference, link.second.reference, link.min_gap_minutes) == ("IN-1", "IN-2", 60)


def test_linked_visits_say_so_on_their_page(team, client_as):
    content = f"{COLUMNS}\nIN-1,ZZ2 1AA,20,1,,,,,,\nIN-2,ZZ2 1AA,20,1,IN-1,60,90,yes,,\n".encode()
    file = read_visit_file(content, organisation=team.organisation, day=make.DAY, team=team)
    plan = services.plan_from_file(team=team, day=make.DAY, file=file, by=make.SETUP)
    visit = plan.visits.get(reference="IN-2")
    page = client_as("planner").get(f"/teams/{team.pk}/visits/{visit.pk}/").content.decode()
    assert "Not before 1 h after IN-1, at most 1 h 30 min after it, another person" in page


def test_the_database_refuses_what_cannot_be(draft):
    first, second = draft.visits.order_by("reference")
    link = VisitLink.objects.create(first=first, second=second, min_gap_minutes=60)
    for statement, constraint in (
        ("UPDATE routing_visit SET staff_required = 5 WHERE id = %(visit)s", "visit_staff_plausible"),
        (
            "UPDATE routing_visit SET late_minutes = 5, window_start = NULL, window_end = NULL WHERE id = %(visit)s",
            "visit_late_needs_a_window",
        ),
        ("UPDATE routing_visit SET earliest_day = day WHERE id = %(visit)s", "visit_days_hold_its_day"),
        (
            "UPDATE routing_visit SET earliest_day = day + 1, latest_day = day + 2 WHERE id = %(visit)s",
            "visit_days_hold_its_day",
        ),
        ("UPDATE routing_visitlink SET second_id = first_id WHERE id = %(link)s", "visit_link_binds_two"),
        ("UPDATE routing_visitlink SET max_gap_minutes = 30 WHERE id = %(link)s", "visit_link_gaps_in_order"),
        (
            "UPDATE routing_visitlink SET same_staff = true, different_staff = true WHERE id = %(link)s",
            "visit_link_same_or_different",
        ),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, {"visit": first.pk, "link": link.pk})
