"""Removing is undone rather than asked about: exactly the rows come back, for whoever removed them, for ten minutes."""

import json
import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import connection

from accounts import audit, undo
from accounts.models import AuditEvent
from healthequiroute.testing.shared import shared
from lsoa.models import Area
from routing import services
from routing.civil_time import today
from routing.models import (
    Absence,
    CaseloadEntry,
    PlanAdjustment,
    PlusGroup,
    RouteStop,
    StaffMember,
    Visit,
    VisitLink,
)

from . import factories as make

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)


@pytest.fixture
@shared
def team(organisation):
    return make.team(organisation, people=2)


@pytest.fixture
def absence(team):
    person = team.staff.get(reference="nurse-01")
    first = today() + timedelta(days=3)
    return services.save_absence(
        person=person, first_day=first, last_day=first + timedelta(days=4), kind="leave", by=make.SETUP
    )


def rows_of(*models) -> dict:
    """Every row of the tables as the database writes it."""
    found = {}
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f'SELECT t::text FROM "{model._meta.db_table}" t ORDER BY 1')
            found[model._meta.label] = [text for (text,) in cursor.fetchall()]
    return found


def remove_absence(client, absence) -> None:
    answer = client.post(f"/teams/{absence.staff.team_id}/staff/{absence.staff_id}/absences/{absence.pk}/remove/")
    assert answer.status_code == 302


def offered(client, address) -> str:
    """The token of the way back that the next page offers."""
    page = client.get(address).content.decode()
    found = re.search(r'action="/undo/".*?name="token" value="([\w-]+)"', page, re.S)
    assert found, "the page offers no way back"
    return found[1]


def said(client, address="/") -> str:
    page = client.get(address).content.decode()
    return " ".join(re.findall(r'nhsuk-notification-banner__heading">(.*?)</p>', page, re.S))


def test_an_absence_comes_back_exactly(absence, client_as):
    planner = client_as("planner")
    page = f"/teams/{absence.staff.team_id}/staff/{absence.staff_id}/"
    before = rows_of(Absence)
    remove_absence(planner, absence)
    assert not Absence.objects.exists()
    token = offered(planner, page)
    answer = planner.post("/undo/", {"token": token})
    assert answer.status_code == 302
    assert answer["Location"] == page
    assert rows_of(Absence) == before
    assert "The absence is back." in said(planner, page)
    events = AuditEvent.objects.filter(target_type="routing.absence", target_id=str(absence.pk))
    assert sorted(events.values_list("action", flat=True)) == ["absence.added", "absence.removed", "absence.restored"]
    # One time: the way back leads nowhere a second time.
    planner.post("/undo/", {"token": token})
    assert "cannot be undone any more" in said(planner)
    assert rows_of(Absence) == before


def test_the_button_is_a_form_that_a_screen_reader_can_tell_apart(absence, client_as):
    planner = client_as("planner")
    remove_absence(planner, absence)
    page = planner.get(f"/teams/{absence.staff.team_id}/staff/{absence.staff_id}/").content.decode()
    assert 'Undo<span class="nhsuk-u-visually-hidden">: The absence is removed.</span>' in page
    assert 'role="alert"' in page


def test_nobody_else_can_use_the_way_back(absence, client_as):
    planner, colleague = client_as("planner"), client_as("planner")
    remove_absence(planner, absence)
    token = offered(planner, f"/teams/{absence.staff.team_id}/staff/{absence.staff_id}/")
    colleague.post("/undo/", {"token": token})
    assert "cannot be undone any more" in said(colleague)
    assert not Absence.objects.exists()
    # Theirs still leads back.
    planner.post("/undo/", {"token": token})
    assert Absence.objects.get() == absence


def test_whoever_lost_the_right_is_refused(absence, client_as, make_user):
    user = make_user(["planner"])
    planner = client_as(user=user)
    remove_absence(planner, absence)
    token = offered(planner, f"/teams/{absence.staff.team_id}/staff/{absence.staff_id}/")
    user.memberships.update(roles=["viewer"])
    assert planner.post("/undo/", {"token": token}).status_code == 403
    assert not Absence.objects.exists()


def test_another_absence_in_its_place_is_an_honest_refusal(absence, client_as):
    planner = client_as("planner")
    remove_absence(planner, absence)
    token = offered(planner, f"/teams/{absence.staff.team_id}/staff/{absence.staff_id}/")
    services.save_absence(
        person=absence.staff, first_day=absence.first_day, last_day=absence.first_day, kind="sickness", by=make.SETUP
    )
    before = rows_of(Absence)
    planner.post("/undo/", {"token": token})
    assert "cannot be undone" in said(planner)
    assert rows_of(Absence) == before


def test_what_is_kept_is_sealed_and_ends(absence, client_as):
    planner = client_as("planner")
    remove_absence(planner, absence)
    token = offered(planner, f"/teams/{absence.staff.team_id}/staff/{absence.staff_id}/")
    from accounts.undo.keeping import place_of

    lies = cache.get(place_of(token))
    assert lies.startswith("her1:")
    assert "leave" not in lies
    cache.delete(place_of(token))  # as when the ten minutes are over
    planner.post("/undo/", {"token": token})
    assert "10 minutes are over" in said(planner)
    assert not Absence.objects.exists()


def test_nothing_from_before_an_erasure_comes_back(absence, client_as, organisation):
    planner = client_as("planner")
    remove_absence(planner, absence)
    token = offered(planner, f"/teams/{absence.staff.team_id}/staff/{absence.staff_id}/")
    audit.record(action="person.erased", by=make.SETUP, organisation=organisation)
    planner.post("/undo/", {"token": token})
    assert "were erased since" in said(planner)
    assert not Absence.objects.exists()


def test_an_entry_of_the_caseload_comes_back_with_all_that_hung_on_it(team, organisation, client_as):
    group = services.save_plus_group(organisation=organisation, code="asylum", name="Asylum seekers", by=make.SETUP)
    area = Area.objects.get(code="E01900000")
    values = {"area": area, "postcode": "ZZ1 1AA", "point": area.centroid, "minutes": 30, "interval_days": 7}
    entry = services.save_caseload_entry(
        team=team,
        values={**values, "reference": "P-1", "next_due": MONDAY, "plus_groups": [group]},
        by=make.SETUP,
    )
    entry.skills.set(team.organisation.skills.all()[:1])
    entry.preferred_staff.set(StaffMember.objects.filter(team=team)[:2])
    visit = Visit.objects.create(
        organisation=organisation,
        team=team,
        reference="V-1",
        day=MONDAY,
        area=area,
        point=area.centroid,
        minutes=30,
        tier=1,
        source="caseload",
        caseload_entry=entry,
    )
    through = [field.remote_field.through for field in CaseloadEntry._meta.many_to_many]
    before = rows_of(CaseloadEntry, Visit, PlusGroup, *through)
    planner = client_as("planner")
    planner.post(f"/teams/{team.pk}/caseload/{entry.pk}/remove/")
    visit.refresh_from_db()
    assert visit.caseload_entry_id is None
    assert not CaseloadEntry.objects.exists()
    planner.post("/undo/", {"token": offered(planner, f"/teams/{team.pk}/caseload/")})
    assert rows_of(CaseloadEntry, Visit, PlusGroup, *through) == before


def test_a_changed_neighbour_is_an_honest_refusal(team, organisation, client_as):
    """A visit that forgot its entry was changed by somebody else: their change stands."""
    area = Area.objects.get(code="E01900000")
    values = {"area": area, "postcode": "", "point": area.centroid, "minutes": 30, "interval_days": 7}
    entry = services.save_caseload_entry(
        team=team, values={**values, "reference": "P-1", "next_due": MONDAY}, by=make.SETUP
    )
    visit = Visit.objects.create(
        organisation=organisation,
        team=team,
        reference="V-1",
        day=MONDAY,
        area=area,
        point=area.centroid,
        minutes=30,
        tier=1,
        source="caseload",
        caseload_entry=entry,
    )
    planner = client_as("planner")
    planner.post(f"/teams/{team.pk}/caseload/{entry.pk}/remove/")
    token = offered(planner, f"/teams/{team.pk}/caseload/")
    Visit.objects.filter(pk=visit.pk).update(minutes=45)
    before = rows_of(CaseloadEntry, Visit)
    planner.post("/undo/", {"token": token})
    assert "Somebody has changed it since" in said(planner)
    assert rows_of(CaseloadEntry, Visit) == before


def test_a_visit_comes_back_into_its_draft(team, client_as):
    plan = make.draft_plan(team, count=4)
    visit = plan.visits.first()
    links = [Visit.plans.through, Visit.skills.through]
    before = rows_of(Visit, *links)
    planner = client_as("planner")
    planner.post(f"/teams/{team.pk}/visits/{visit.pk}/remove/", {"next": f"/plans/{plan.pk}/"})
    assert not plan.visits.filter(pk=visit.pk).exists()
    answer = planner.post("/undo/", {"token": offered(planner, f"/plans/{plan.pk}/")})
    assert answer["Location"] == f"/plans/{plan.pk}/"
    assert rows_of(Visit, *links) == before


def test_a_visit_does_not_slip_into_a_plan_that_was_approved_meanwhile(team, client_as):
    plan = make.draft_plan(team, count=4)
    visit = plan.visits.first()
    planner = client_as("planner")
    planner.post(f"/teams/{team.pk}/visits/{visit.pk}/remove/", {"next": f"/plans/{plan.pk}/"})
    token = offered(planner, f"/plans/{plan.pk}/")
    type(plan).objects.filter(pk=plan.pk).update(state="proposed")
    planner.post("/undo/", {"token": token})
    assert "holds this visit" in said(planner)
    assert not Visit.objects.filter(pk=visit.pk).exists()


def test_a_link_of_two_visits_comes_back(team, client_as):
    plan = make.draft_plan(team, count=4)
    first, second = plan.visits.all()[:2]
    link = services.link_visits(first=first, second=second, values={"min_gap_minutes": 30}, by=make.SETUP)
    before = rows_of(VisitLink)
    planner = client_as("planner")
    page = f"/teams/{team.pk}/visits/{first.pk}/"
    planner.post(f"{page}links/{link.pk}/remove/")
    assert not VisitLink.objects.exists()
    planner.post("/undo/", {"token": offered(planner, page)})
    assert rows_of(VisitLink) == before


def fixed(team):
    """A proposed plan with one thing fixed in it, and where it is taken away."""
    plan = make.proposed_plan(team, count=4)
    person = team.staff.get(reference="nurse-01")
    made = services.exclude_person(plan=plan, staff=person, reason="Training", by=make.SETUP)
    return plan, made, f"/plans/{plan.pk}/fixed/"


def test_what_was_fixed_in_a_plan_holds_again(team, client_as):
    plan, made, page = fixed(team)
    before = rows_of(PlanAdjustment)
    planner = client_as("planner")
    planner.post(f"{page}{made.pk}/remove/")
    assert not PlanAdjustment.objects.exists()
    token = offered(planner, page)
    answer = planner.post("/undo/", {"token": token})
    assert answer["Location"] == page
    assert "This holds again: Nurse 01 is not used." in said(planner, page)
    assert rows_of(PlanAdjustment) == before
    events = AuditEvent.objects.filter(action__startswith="plan.adjust").values_list("action", flat=True)
    assert sorted(events) == ["plan.adjusted", "plan.adjustment_removed", "plan.adjustment_restored"]


def test_nothing_is_fixed_again_in_a_plan_that_is_being_optimised(team, client_as):
    plan, made, page = fixed(team)
    planner = client_as("planner")
    planner.post(f"{page}{made.pk}/remove/")
    token = offered(planner, page)
    type(plan).objects.filter(pk=plan.pk).update(state="optimising")
    planner.post("/undo/", {"token": token})
    assert "Nothing can be fixed in a plan that is optimising. So it cannot be undone." in said(planner)
    assert not PlanAdjustment.objects.exists()


def test_nobody_who_has_a_round_by_now_is_left_out_of_a_published_plan(team, client_as, make_user):
    """People work by the plan: what contradicts it stays removed."""
    plan, made, page = fixed(team)
    planner = client_as("planner")
    planner.post(f"{page}{made.pk}/remove/")
    token = offered(planner, page)
    assert plan.assignments.filter(staff=made.staff, stops__isnull=False).exists()
    approver = make_user(["approver", "planner"])
    services.approve_plan(plan=plan, by=approver, reason="Checked")
    services.publish_plan(plan=plan, by=approver)
    planner.post("/undo/", {"token": token})
    assert "has a round by now" in said(planner)
    assert not PlanAdjustment.objects.exists()


def test_a_pin_made_anew_meanwhile_stays(team, client_as):
    plan = make.proposed_plan(team, count=4)
    stop = RouteStop.objects.filter(assignment__plan=plan, visit__isnull=False).select_related("visit").first()
    made = services.pin_visit(plan=plan, visit=stop.visit, staff=stop.assignment.staff, by=make.SETUP)
    planner = client_as("planner")
    planner.post(f"/plans/{plan.pk}/fixed/{made.pk}/remove/")
    token = offered(planner, f"/plans/{plan.pk}/fixed/")
    services.pin_visit(plan=plan, visit=stop.visit, starts_at=stop.starts_at, by=make.SETUP)
    before = rows_of(PlanAdjustment)
    planner.post("/undo/", {"token": token})
    assert "Something else stands in its place by now" in said(planner)
    assert rows_of(PlanAdjustment) == before


def test_a_kind_that_nobody_registered_is_a_fault_of_ours(absence, rf):
    with pytest.raises(KeyError), undo.keeping(rf.post("/"), kind="unheard", thing=absence, back="/", done=""):
        pass


def test_what_a_service_refuses_leaves_nothing_behind(team, client_as):
    shift = team.staff.first().shifts.first()
    plan = make.proposed_plan(team, count=4)
    assert plan.assignments.exists()
    planner = client_as("planner")
    held = next(each for each in plan.assignments.select_related("shift")).shift
    planner.post(f"/teams/{team.pk}/shifts/{held.pk}/remove/")
    assert "cannot be removed" in said(planner, f"/teams/{team.pk}/")
    assert shift is not None
    assert "/undo/" not in planner.get(f"/teams/{team.pk}/").content.decode()


def test_the_message_tells_nothing_of_what_is_kept(absence, client_as):
    """What lies in the browser is a random word."""
    planner = client_as("planner")
    remove_absence(planner, absence)
    token = offered(planner, f"/teams/{absence.staff.team_id}/staff/{absence.staff_id}/")
    assert re.fullmatch(r"[\w-]{43}", token)
    assert json.dumps(str(absence.staff_id)) not in token
