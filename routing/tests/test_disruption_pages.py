"""Something happened, as planners say it: without JavaScript unless a test says otherwise."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Job, JobState
from healthequiroute.testing.shared import shared
from routing import disruptions, services, tasks
from routing.civil_time import clock
from routing.mending import Budget
from routing.models import Disruption, PlanState, RoutePlan, Visit

from . import factories as make
from .published_days import at, begun_by, published_plan, stops_of

pytestmark = pytest.mark.django_db
Kind, State = Disruption.Kind, Disruption.State


@pytest.fixture(autouse=True)
def _short_searches(monkeypatch):
    monkeypatch.setattr(disruptions, "BUDGET", Budget(few=5, best=5, iterations=20))


@pytest.fixture
def planner(client_as):
    return client_as("planner")


@pytest.fixture
@shared
def plan(organisation):
    return published_plan(organisation)


@pytest.fixture
def new(plan):
    return f"/plans/{plan.pk}/disruptions/new/"


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def busiest(plan):
    return max(plan.assignments.select_related("staff"), key=lambda each: each.stops.count())


def visits_of(assignment):
    return [stop for stop in assignment.stops.select_related("visit") if stop.visit_id]


def reported(planner, new, kind, **said):
    """The disruption, worked out by the worker."""
    answer = planner.post(f"{new}?kind={kind}", said)
    assert answer.status_code == 302, text(answer)
    disruption = Disruption.objects.order_by("-made_at").first()
    tasks.replan(str(disruption.job_id))
    disruption.refresh_from_db()
    return disruption, answer.headers["Location"]


def test_from_the_plan_to_a_mended_one(plan, planner, new):
    assert "Something happened" in text(planner.get(f"/plans/{plan.pk}/"))
    kinds = text(planner.get(new))
    for kind in Kind.values:
        assert f"?kind={kind}" in kinds
    nurse, begun = busiest(plan), begun_by(plan, at(plan, 9))
    answer = planner.post(f"{new}?kind=sick", {"at": "09:00", "staff": nurse.staff.pk})
    page = answer.headers["Location"]
    waiting = text(planner.get(page))
    assert "Working out who can help" in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting
    tasks.replan(str(Disruption.objects.get().job_id))
    proposal = text(planner.get(page))
    assert f"{nurse.staff} is sick from 09:00" in proposal
    assert "Who changes" in proposal
    assert "Use this change" in proposal
    assert "Leave the plan as it is" in proposal
    assert 'http-equiv="refresh"' not in proposal
    assert "The upper row of each person is the day as it was planned" in proposal
    answer = planner.post(f"{page}apply/", {"alternative": "few", "absent": "yes"}, follow=True)
    assert "The plan is changed." in text(answer)
    assert begun_by(plan, at(plan, 9)) == begun
    assert nurse.staff.absences.count() == 1
    assert "Use this change" not in text(planner.get(page))
    assert f"{nurse.staff} is sick from 09:00" in text(planner.get(f"/plans/{plan.pk}/"))


def test_not_this_one(plan, planner, new):
    before = stops_of(plan)
    disruption, page = reported(planner, new, "sick", at="09:00", staff=busiest(plan).staff.pk)
    answer = planner.post(f"{page}discard/", follow=True)
    assert "The plan is as it was." in text(answer)
    assert stops_of(plan) == before
    assert "Not used" in text(planner.get(page))


def test_an_outdated_answer_offers_another_try(plan, planner, new):
    people = [each.staff for each in plan.assignments.all()]
    _, first = reported(planner, new, "sick", at="08:30", staff=people[0].pk)
    disruption, second = reported(planner, new, "sick", at="08:30", staff=people[1].pk)
    planner.post(f"{first}apply/", {"alternative": "few"})
    outdated = text(planner.get(second))
    assert "The plan has changed since: work it out again." in outdated
    assert "Work it out again</button>" in outdated
    assert "Use this change" not in outdated
    before = stops_of(plan)
    refused = text(planner.post(f"{second}apply/", {"alternative": "few"}, follow=True))
    assert "The plan has changed since: work it out again." in refused
    assert stops_of(plan) == before
    assert planner.post(f"{second}again/").status_code == 302
    disruption.refresh_from_db()
    tasks.replan(str(disruption.job_id))
    assert "Use this change" in text(planner.get(second))


def test_a_dead_worker_leaves_an_honest_page(plan, planner, new):
    before = stops_of(plan)
    page = planner.post(f"{new}?kind=sick", {"at": "09:00", "staff": busiest(plan).staff.pk}).headers["Location"]
    long_ago = timezone.now() - timedelta(minutes=5)
    Job.objects.update(state=JobState.RUNNING, started_at=long_ago, heartbeat_at=long_ago)
    shown = text(planner.get(page))
    assert "The plan is as it was: try again" in shown
    assert "Work it out again" in shown
    assert stops_of(plan) == before


def test_without_a_change_to_use_the_page_says_what_can_be_done(plan, planner, new, client_as):
    nurse = busiest(plan).staff
    page = planner.post(f"{new}?kind=sick", {"at": "09:00", "staff": nurse.pk}).headers["Location"]
    ended = timezone.now()
    Job.objects.update(state=JobState.FAILED, started_at=ended, finished_at=ended, message="The search ended early.")
    shown = planner.get(page)
    assert "What you can do next" in text(shown)
    steps = shown.context["page"].next_steps
    assert [step.label for step in steps] == [
        "Open the rota",
        "Change the plan by hand",
        "See who is where",
        "Say what happened again",
    ]
    # Each leads somewhere that opens, and the form begins with what was said.
    opened = [planner.get(step.address) for step in steps]
    assert [answer.status_code for answer in opened] == [200] * 4
    assert f'value="{nurse.pk}" selected' in text(opened[3]) and 'value="09:00"' in text(opened[3])
    # Who may change nothing is offered nothing.
    assert "What you can do next" not in text(client_as("approver").get(page))


def test_an_urgent_visit_without_room_can_be_offered_another_day(plan, planner, new):
    visit = plan.visits.first()
    disruption = Disruption.objects.create(
        plan=plan, kind="urgent", at=at(plan, 9), visit=visit, state="failed", based_on=plan.version
    )
    page = f"/plans/{plan.pk}/disruptions/{disruption.pk}/"
    shown = planner.get(page)
    assert "No other plan was found for the rest of the day." in text(shown)
    assert f"/teams/{plan.team_id}/slots/" in [step.address for step in shown.context["page"].next_steps]
    RoutePlan.objects.filter(pk=plan.pk).update(state="approved", published_by=None, published_at=None)
    assert [step.label for step in planner.get(page).context["page"].next_steps] == ["Go to the plan"]


def test_the_search_can_be_stopped_while_it_waits(plan, planner, new):
    page = planner.post(f"{new}?kind=sick", {"at": "09:00", "staff": busiest(plan).staff.pk}).headers["Location"]
    assert "The search was stopped." in text(planner.post(f"{page}stop/", follow=True))


def test_htmx_asks_until_there_is_an_answer(plan, planner, new):
    page = planner.post(f"{new}?kind=sick", {"at": "09:00", "staff": busiest(plan).staff.pk}).headers["Location"]
    asked = planner.get(f"{page}progress/", headers={"HX-Request": "true"})
    assert 'hx-trigger="every 1s"' in text(asked)
    tasks.replan(str(Disruption.objects.get().job_id))
    assert planner.get(f"{page}progress/", headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert planner.get(f"{page}progress/").headers["Location"] == page


@pytest.mark.parametrize("kind", ["late", "overrun", "no_access"])
def test_each_kind_has_its_questions_and_its_answer(plan, planner, new, kind):
    nurse = busiest(plan)
    stop = visits_of(nurse)[0]
    moment = stop.starts_at + timedelta(minutes=5)
    said = {"at": clock(moment)}
    said |= {"staff": nurse.staff.pk} if kind == "late" else {"visit": stop.visit.pk}
    said |= {"minutes": 20} if kind != "no_access" else {}
    form = text(planner.get(f"{new}?kind={kind}"))
    for name in said:
        assert f'name="{name}"' in form
    disruption, page = reported(planner, new, kind, **said)
    assert disruption.state == State.PROPOSED, disruption.note
    assert "As few people as possible" in text(planner.get(page))


def test_an_urgent_visit_typed_in(plan, planner, new):
    said = {"at": "09:00", "postcode": "zz31aa", "visit_minutes": 20, "tier": 1, "opens": "09:30", "closes": "15:00"}
    disruption, page = reported(planner, new, "urgent", **said)
    assert "Urgent visit urgent-1" in text(planner.get(page))
    planner.post(f"{page}apply/", {"alternative": "few"})
    visit = Visit.objects.get(reference="urgent-1")
    assert visit.state == Visit.State.PLANNED
    row = next(row for rows in stops_of(plan).values() for row in rows if row[0] == "urgent-1")
    assert visit.window_start <= row[2] <= visit.window_end


def test_an_open_visit_of_the_team_can_be_urgent(plan, planner, new):
    asked = services.NewVisit(postcode="ZZ4 1AA", minutes=20, tier=2)
    visit = services.create_visit(team=plan.team, day=plan.day, asked=asked, by=make.SETUP)
    assert visit.reference in text(planner.get(f"{new}?kind=urgent"))
    disruption, _ = reported(planner, new, "urgent", at="09:00", visit=visit.pk)
    assert disruption.visit == visit


BAD = {
    "no time": ("sick", {"at": ""}, "Give the time."),
    "a time that is none": ("sick", {"at": "25:00"}, "Write the time as HH:MM"),
    "after every shift": ("sick", {"at": "23:00"}, "Every shift is over"),
    "nobody": ("sick", {"staff": ""}, "Say who it is."),
    "somebody else": ("sick", {"staff": "7d3bb31c-2d56-4b54-8e0c-0a1b9f1d2a11"}, "valid choice"),
    "zero minutes": ("late", {"minutes": 0}, "At least 1 minute."),
    "no minutes": ("late", {"minutes": ""}, "Give the minutes."),
    "no visit": ("no_access", {"visit": ""}, "Say which visit it is."),
    "not begun": ("overrun", {"at": "07:00", "minutes": 10, "visit": "last"}, "has not begun"),
    "no place": ("urgent", {"postcode": "", "visit_minutes": 20}, "Give the postcode"),
    "no such postcode": ("urgent", {"postcode": "EH1 1AA", "visit_minutes": 20}, "the postcode is not known"),
    "area of Wales": ("urgent", {"area_code": "W01000001", "visit_minutes": 20}, "the area code is not known"),
    "no length": ("urgent", {"postcode": "ZZ3 1AA", "visit_minutes": 0}, "at least 5 minutes"),
    "half a window": ("urgent", {"postcode": "ZZ3 1AA", "visit_minutes": 9, "opens": "10:00"}, "Give both times"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_does_not_fit_is_said_at_its_field(plan, planner, new, name):
    kind, said, told = BAD[name]
    nurse = busiest(plan)
    asked = {"at": "09:00", "staff": nurse.staff.pk, **said}
    if asked.get("visit") == "last":
        asked["visit"] = visits_of(nurse)[-1].visit.pk
    answer = planner.post(f"{new}?kind={kind}", asked)
    assert answer.status_code == 422
    assert told in text(answer)
    assert not Disruption.objects.exists()


def test_a_visit_that_is_done_is_not_offered(plan, planner, new):
    visit = visits_of(busiest(plan))[0].visit
    visit.state = Visit.State.DONE
    visit.save()
    assert str(visit.pk) not in text(planner.get(f"{new}?kind=no_access"))


def test_only_published_plans_are_mended(organisation, planner):
    plan = make.proposed_plan(make.team(organisation))
    answer = planner.get(f"/plans/{plan.pk}/disruptions/new/", follow=True)
    assert "Only a published plan can be changed" in text(answer)
    assert "Something happened" not in text(planner.get(f"/plans/{plan.pk}/"))


def test_readers_see_the_answer_and_no_buttons(plan, planner, new, client_as):
    _, page = reported(planner, new, "sick", at="09:00", staff=busiest(plan).staff.pk)
    shown = text(client_as("approver").get(page))
    assert "Who changes" in shown
    assert "Use this change" not in shown


@pytest.fixture
def big_day(organisation):
    return published_plan(organisation, people=4, count=10)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(minute=st.integers(7 * 60, 16 * 60), who=st.integers(0, 9), kind=st.sampled_from(["sick", "late", "urgent"]))
def test_nothing_that_began_ever_moves(big_day, planner, minute, who, kind):
    """Whatever is said through the page, at any moment: what has begun keeps person, order and times."""
    plan = big_day
    plan.refresh_from_db()
    moment = at(plan, minute // 60, minute % 60)
    begun, people = begun_by(plan, moment), list(plan.assignments.order_by("staff__reference"))
    said = {"at": clock(moment)}
    if kind == "urgent":
        said |= {"postcode": "ZZ5 2AA", "visit_minutes": 15, "tier": 1}
    else:
        said |= {"staff": people[who % len(people)].staff_id, "minutes": 30}
    answer = planner.post(f"/plans/{plan.pk}/disruptions/new/?kind={kind}", said)
    if answer.status_code == 422:  # e.g. nobody is late who has nothing ahead
        return
    disruption = Disruption.objects.order_by("-made_at").first()
    tasks.replan(str(disruption.job_id))
    disruption.refresh_from_db()
    assert disruption.state == State.PROPOSED, disruption.note
    late = people[who % len(people)].staff.reference if kind == "late" else None
    for each in disruption.answer["alternatives"][-1:]:
        planner.post(f"{answer.headers['Location']}apply/", {"alternative": each["key"]})
    disruption.refresh_from_db()
    assert disruption.state == State.APPLIED
    after = begun_by(plan, moment)
    for name, rows in begun.items():
        # Whoever is late may not have reached what the plan had them begin last.
        kept = rows[:-1] if name == late and after.get(name, []) != rows else rows
        assert after.get(name, [])[: len(kept)] == kept


def test_a_plan_in_progress_is_mended_too(plan, planner, new):
    plan.state, plan.started_at = PlanState.IN_PROGRESS, timezone.now()
    plan.save()
    disruption, page = reported(planner, new, "sick", at="09:00", staff=busiest(plan).staff.pk)
    planner.post(f"{page}apply/", {"alternative": "few"})
    disruption.refresh_from_db()
    assert disruption.state == State.APPLIED
