"""A plan mended during the day: what stands, who changes, what is refused, and a worker that dies."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts import jobs
from accounts.models import AuditEvent, Job, JobState, Notification
from healthequiroute.testing.shared import shared
from routing import disruptions, services, tasks
from routing.mending import Budget
from routing.models import Absence, Disruption, PlanVersion, Shift, Visit, VisitRecord
from routing.optimisation import search
from routing.problem_building import build_problem

from . import factories as make
from .published_days import a_day, at, begun_by, publish, published_plan, reported, stops_of

pytestmark = pytest.mark.django_db
Kind, State = Disruption.Kind, Disruption.State


@pytest.fixture(autouse=True)
def _short_searches(monkeypatch):
    monkeypatch.setattr(disruptions, "BUDGET", Budget(few=5, best=5, iterations=30))


@pytest.fixture
def planner(make_user):
    return make_user(["planner"])


@pytest.fixture
@shared
def plan(organisation):
    return published_plan(organisation)


def worked_out(disruption):
    tasks.replan(str(disruption.job_id))
    return Disruption.objects.select_related("plan", "staff", "visit", "job").get(pk=disruption.pk)


def first_round(plan, visits=2):
    """Somebody with so many visits at least."""
    return next(
        each
        for each in plan.assignments.order_by("staff__reference")
        if each.stops.exclude(visit=None).count() >= visits
    )


def visits_of(assignment):
    return [stop for stop in assignment.stops.select_related("visit") if stop.visit_id]


def test_a_sick_nurses_visits_go_to_others_and_what_began_stays(plan, planner):
    nurse, moment = first_round(plan), at(plan, 10)
    before, begun = stops_of(plan), begun_by(plan, moment)
    disruption = worked_out(reported(plan, planner, Kind.SICK, staff=nurse.staff, at=moment))
    assert disruption.state == State.PROPOSED, disruption.note
    assert disruption.job.state == JobState.SUCCEEDED
    assert stops_of(plan) == before, "a proposal changes nothing"
    few = disruption.answer["alternatives"][0]
    assert len(few["others"]) <= 3
    plan = services.apply_disruption(disruption=disruption, alternative="few", absent=True, by=planner)
    assert begun_by(plan, moment) == begun
    assert len(stops_of(plan).get(nurse.staff.reference, [])) == len(begun.get(nurse.staff.reference, []))
    version = plan.versions.first()
    assert (version.number, version.origin) == (plan.version, PlanVersion.Origin.REPLANNED)
    assert "sick" in version.summary
    assert Absence.objects.get(staff=nurse.staff).first_day == plan.day
    served = {row[0] for rows in stops_of(plan).values() for row in rows if row[0]}
    for visit in plan.visits.all():
        assert visit.state == (Visit.State.PLANNED if visit.reference in served else Visit.State.OPEN)
    assert AuditEvent.objects.about(plan).filter(action="plan.mended").count() == 1


def test_people_whose_round_changes_are_told(plan, planner, make_user):
    for assignment in plan.assignments.all():
        assignment.staff.user = make_user(["field_worker"])
        assignment.staff.save()
    nurse = first_round(plan)
    disruption = worked_out(reported(plan, planner, Kind.SICK, staff=nurse.staff, at=at(plan, 8, 30)))
    services.apply_disruption(disruption=disruption, alternative="few", by=planner)
    changed = set(disruption.answer["alternatives"][0]["people"])
    told = Notification.objects.filter(text__contains="has changed").values_list(
        "user__staffmember__reference", flat=True
    )
    assert set(told) == changed


def test_an_urgent_visit_is_placed_and_planned(plan, planner):
    asked = services.NewVisit(postcode="ZZ3 1AA", minutes=20, tier=1)
    disruption = worked_out(reported(plan, planner, Kind.URGENT, at=at(plan, 9), new_visit=asked))
    assert disruption.visit.state == Visit.State.OPEN
    assert not plan.visits.filter(pk=disruption.visit_id).exists()
    services.apply_disruption(disruption=disruption, alternative="few", by=planner)
    disruption.visit.refresh_from_db()
    assert disruption.visit.state == Visit.State.PLANNED
    assert plan.visits.filter(pk=disruption.visit_id).exists()


def test_an_urgent_visit_that_is_not_used_stays_open(plan, planner):
    asked = services.NewVisit(area_code="E01900002", minutes=20, tier=1)
    disruption = worked_out(reported(plan, planner, Kind.URGENT, at=at(plan, 9), new_visit=asked))
    services.discard_disruption(disruption=disruption, by=planner)
    disruption.refresh_from_db()
    assert disruption.state == State.DISCARDED
    assert Visit.objects.get(pk=disruption.visit_id).state == Visit.State.OPEN


def test_a_late_person_arrives_so_much_later(plan, planner):
    nurse = first_round(plan)
    following = visits_of(nurse)[0]
    moment = following.arrives_at - timedelta(minutes=5)
    disruption = worked_out(reported(plan, planner, Kind.LATE, staff=nurse.staff, at=moment, minutes=40))
    assert disruption.state == State.PROPOSED, disruption.note
    plan = services.apply_disruption(disruption=disruption, alternative="few", by=planner)
    rows = [row for row in stops_of(plan).get(nurse.staff.reference, []) if row[0]]
    assert all(row[1] >= following.arrives_at + timedelta(minutes=40) for row in rows)


def test_an_overrun_moves_what_comes_after(plan, planner):
    nurse = first_round(plan)
    stop = visits_of(nurse)[0]
    moment = stop.starts_at + timedelta(minutes=5)
    disruption = worked_out(reported(plan, planner, Kind.OVERRUN, visit=stop.visit, at=moment, minutes=45))
    plan = services.apply_disruption(disruption=disruption, alternative="few", by=planner)
    rows = {row[0]: row for row in stops_of(plan)[nurse.staff.reference]}
    held = rows.pop(stop.visit.reference)
    assert held[1:3] == (stop.arrives_at, stop.starts_at)
    assert held[3] == stop.leaves_at + timedelta(minutes=45)
    assert all(row[2] >= held[3] for row in rows.values())


def test_visits_that_will_be_late_are_mended_before_they_are(plan, planner):
    """Somebody arrived forty minutes late and is still there: what comes after is that much later, or given away."""
    nurse, late = first_round(plan), timedelta(minutes=40)
    first, second, *_ = visits_of(nurse)
    VisitRecord.objects.create(plan=plan, staff=nurse.staff, visit=first.visit, arrived_at=first.starts_at + late)
    moment = first.starts_at + late + timedelta(minutes=5)
    disruption = worked_out(reported(plan, planner, Kind.LATE, staff=nurse.staff, at=moment, minutes=40))
    assert disruption.state == State.PROPOSED, disruption.note
    plan = services.apply_disruption(disruption=disruption, alternative="few", by=planner)
    rows = [row for row in stops_of(plan)[nurse.staff.reference] if row[0]]
    assert rows[0][0] == first.visit.reference
    assert all(row[1] >= second.arrives_at + late for row in rows[1:])


def test_nobody_at_home_before_anybody_went(plan, planner):
    stop = visits_of(first_round(plan))[-1]
    disruption = worked_out(reported(plan, planner, Kind.NO_ACCESS, visit=stop.visit, at=at(plan, 7, 30)))
    plan = services.apply_disruption(disruption=disruption, alternative="few", by=planner)
    stop.visit.refresh_from_db()
    assert stop.visit.state == Visit.State.NO_ACCESS
    assert plan.unserved.get(visit=stop.visit).reason == "no_access"
    assert stop.visit.reference not in {row[0] for rows in stops_of(plan).values() for row in rows}


def test_nobody_at_home_when_somebody_is_there_keeps_the_way_they_went(plan, planner):
    nurse = first_round(plan)
    stop = visits_of(nurse)[0]
    disruption = worked_out(
        reported(plan, planner, Kind.NO_ACCESS, visit=stop.visit, at=stop.starts_at + timedelta(minutes=5))
    )
    assert disruption.state == State.PROPOSED, disruption.note
    plan = services.apply_disruption(disruption=disruption, alternative="few", by=planner)
    stop.visit.refresh_from_db()
    assert stop.visit.state == Visit.State.NO_ACCESS
    assert stop.visit.reference in {row[0] for row in stops_of(plan)[nurse.staff.reference]}


def test_what_people_recorded_comes_before_what_was_planned(plan, planner):
    """Done an hour early, in the other order: it stands, with person and planned times."""
    nurse = first_round(plan)
    stops = visits_of(nurse)
    for number, stop in enumerate(reversed(stops[:2])):
        arrived = at(plan, 8, 10 + 30 * number)
        VisitRecord.objects.create(
            plan=plan, staff=nurse.staff, visit=stop.visit, arrived_at=arrived,
            finished_at=arrived + timedelta(minutes=10), outcome="done",
        )  # fmt: skip
    disruption = worked_out(reported(plan, planner, Kind.SICK, staff=nurse.staff, at=at(plan, 9)))
    assert disruption.state == State.PROPOSED, disruption.note
    plan = services.apply_disruption(disruption=disruption, alternative="few", by=planner)
    rows = [row[0] for row in stops_of(plan)[nurse.staff.reference] if row[0]]
    assert rows == [stops[1].visit.reference, stops[0].visit.reference]


def test_one_change_after_another(plan, planner):
    people = [each.staff for each in plan.assignments.order_by("staff__reference")]
    first = worked_out(reported(plan, planner, Kind.SICK, staff=people[0], at=at(plan, 9)))
    services.apply_disruption(disruption=first, alternative="few", absent=True, by=planner)
    plan.refresh_from_db()
    begun = begun_by(plan, at(plan, 10))
    second = worked_out(reported(plan, planner, Kind.SICK, staff=people[1], at=at(plan, 10)))
    assert second.state == State.PROPOSED, second.note
    plan = services.apply_disruption(disruption=second, alternative="few", by=planner)
    assert begun_by(plan, at(plan, 10)) == begun
    assert [version.origin for version in plan.versions.all()][:2] == ["replanned", "replanned"]


def test_an_answer_for_an_older_version_is_refused(plan, planner):
    people = [each.staff for each in plan.assignments.order_by("staff__reference")]
    first = worked_out(reported(plan, planner, Kind.SICK, staff=people[0], at=at(plan, 9)))
    second = worked_out(reported(plan, planner, Kind.SICK, staff=people[1], at=at(plan, 9)))
    services.apply_disruption(disruption=first, alternative="few", by=planner)
    before = stops_of(plan)
    with pytest.raises(services.PlanChanged, match="work it out again"):
        services.apply_disruption(disruption=second, alternative="few", by=planner)
    assert stops_of(plan) == before
    again = worked_out(services.work_out_again(disruption=second, by=planner))
    assert again.state == State.PROPOSED, again.note
    services.apply_disruption(disruption=again, alternative="few", by=planner)


def test_what_began_meanwhile_is_never_moved(plan, planner):
    """A visit of the sick nurse turns out to have been done: the answer that gives it away is refused."""
    nurse = first_round(plan)
    stop = visits_of(nurse)[-1]
    disruption = worked_out(reported(plan, planner, Kind.SICK, staff=nurse.staff, at=at(plan, 7, 45)))
    VisitRecord.objects.create(plan=plan, staff=nurse.staff, visit=stop.visit, arrived_at=at(plan, 7, 30))
    before = stops_of(plan)
    with pytest.raises(services.PlanChanged, match="moved on"):
        services.apply_disruption(disruption=disruption, alternative="few", by=planner)
    assert stops_of(plan) == before


@pytest.mark.parametrize("changes", ["judge", "tampered"])
def test_an_answer_that_the_judge_refuses_is_not_applied(plan, planner, changes):
    nurse = first_round(plan)
    disruption = worked_out(reported(plan, planner, Kind.SICK, staff=nurse.staff, at=at(plan, 8, 30)))
    routes = disruption.answer["alternatives"][0]["plan"]["routes"]
    if changes == "judge":
        for stop in routes[-1]["stops"]:
            stop.update({key: 0 for key in ("arrive", "start", "leave") if key in stop})
    else:
        routes.pop()
        disruption.answer["alternatives"][0]["plan"]["unserved"] = []
    disruption.save()
    before = stops_of(plan)
    if changes == "judge":
        with pytest.raises(services.PlanChanged):
            services.apply_disruption(disruption=disruption, alternative="few", by=planner)
        assert stops_of(plan) == before


def test_a_dead_worker_loses_nothing(plan, planner):
    disruption = reported(plan, planner, Kind.SICK, staff=first_round(plan).staff, at=at(plan, 9))
    before = stops_of(plan)
    long_ago = timezone.now() - timedelta(minutes=5)
    Job.objects.filter(pk=disruption.job_id).update(state=JobState.RUNNING, started_at=long_ago, heartbeat_at=long_ago)
    services.settle_interrupted_disruptions()
    disruption.refresh_from_db()
    assert disruption.state == State.FAILED
    assert "The plan is as it was" in disruption.note
    assert stops_of(plan) == before
    again = worked_out(services.work_out_again(disruption=disruption, by=planner))
    assert again.state == State.PROPOSED


def test_a_worker_that_comes_back_too_late_changes_nothing(plan, planner, monkeypatch):
    """Taken for dead while it searched: what it found is not stored over the newer search."""
    disruption = reported(plan, planner, Kind.SICK, staff=first_round(plan).staff, at=at(plan, 9))
    found = disruptions.mended_plans

    def slow(*args, **kwargs):
        Disruption.objects.filter(pk=disruption.pk).update(state=State.FAILED)
        return found(*args, **kwargs)

    monkeypatch.setattr(disruptions, "mended_plans", slow)
    tasks.replan(str(disruption.job_id))
    disruption.refresh_from_db()
    assert (disruption.state, disruption.answer) == (State.FAILED, {})


def test_a_failing_search_is_told(plan, planner, monkeypatch):
    disruption = reported(plan, planner, Kind.SICK, staff=first_round(plan).staff, at=at(plan, 9))
    monkeypatch.setattr(disruptions, "mended_plans", lambda *_: 1 / 0)
    tasks.replan(str(disruption.job_id))
    disruption.refresh_from_db()
    assert disruption.state == State.FAILED
    assert "The plan is as it was" in disruption.note


def test_a_search_can_be_stopped(plan, planner, monkeypatch):
    monkeypatch.setattr(disruptions, "REPORT_SECONDS", 0)
    disruption = reported(plan, planner, Kind.SICK, staff=first_round(plan).staff, at=at(plan, 9))
    found = disruptions.mended_plans

    def stopped(*args):
        jobs.request_cancel(job=Job.objects.get(pk=disruption.job_id), by=planner)
        return found(*args)

    monkeypatch.setattr(disruptions, "mended_plans", stopped)
    tasks.replan(str(disruption.job_id))
    disruption.refresh_from_db()
    assert disruption.state == State.FAILED
    assert Job.objects.get(pk=disruption.job_id).state == JobState.CANCELLED


def test_only_planners_of_the_organisation_report(plan, make_user):
    with pytest.raises(PermissionDenied):
        reported(plan, make_user(["approver"]), Kind.SICK, staff=first_round(plan).staff, at=at(plan, 9))


BAD = {
    "another day": lambda plan: {
        "kind": Kind.SICK, "staff": first_round(plan).staff, "at": at(plan, 9) + timedelta(days=1),
    },
    "after every shift": lambda plan: {"kind": Kind.SICK, "staff": first_round(plan).staff, "at": at(plan, 23)},
    "nobody named": lambda plan: {"kind": Kind.SICK, "at": at(plan, 9)},
    "zero minutes": lambda plan: {"kind": Kind.LATE, "staff": first_round(plan).staff, "at": at(plan, 9), "minutes": 0},
    "no visit": lambda plan: {"kind": Kind.NO_ACCESS, "at": at(plan, 9)},
    "not begun": lambda plan: {
        "kind": Kind.OVERRUN, "visit": visits_of(first_round(plan))[-1].visit, "at": at(plan, 7), "minutes": 10,
    },
    "unknown postcode": lambda plan: {
        "kind": Kind.URGENT, "at": at(plan, 9), "new_visit": services.NewVisit(postcode="EH1 1AA", minutes=20, tier=1),
    },
    "too short": lambda plan: {
        "kind": Kind.URGENT, "at": at(plan, 9), "new_visit": services.NewVisit(postcode="ZZ3 1AA", minutes=0, tier=1),
    },
    "planned already": lambda plan: {
        "kind": Kind.URGENT, "at": at(plan, 9), "visit": visits_of(first_round(plan))[0].visit,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_does_not_fit_is_refused_and_nothing_kept(plan, planner, name):
    said = BAD[name](plan)
    visits = Visit.objects.count()
    with pytest.raises(ValidationError):
        services.report_disruption(plan=plan, by=planner, **said)
    assert not plan.disruptions.exists()
    assert Visit.objects.count() == visits


def test_a_visit_that_is_over_cannot_be_called_off(plan, planner):
    nurse = first_round(plan)
    stop = visits_of(nurse)[0]
    VisitRecord.objects.create(
        plan=plan, staff=nurse.staff, visit=stop.visit, finished_at=at(plan, 8, 30), outcome="done"
    )
    for kind in (Kind.NO_ACCESS, Kind.OVERRUN):
        with pytest.raises(ValidationError, match="over already"):
            reported(plan, planner, kind, visit=stop.visit, at=at(plan, 9), minutes=10)


def test_somebody_without_a_round_in_the_plan_is_refused(plan, planner, organisation):
    stranger = make.team(organisation, [*plan.team.patch.areas.all()], people=1, day=plan.day).staff.get()
    with pytest.raises(ValidationError, match="no visits in this plan"):
        reported(plan, planner, Kind.SICK, staff=stranger, at=at(plan, 9))


def test_only_a_published_plan_is_mended(organisation, planner):
    team = make.team(organisation)
    plan = make.proposed_plan(team)
    with pytest.raises(services.PlanStateError, match="Only a published plan"):
        reported(plan, planner, Kind.SICK, staff=Shift.objects.filter(staff__team=team).first().staff, at=at(plan, 9))


def test_a_job_that_is_tried_again_from_the_list_of_jobs_goes_on(plan, planner):
    disruption = reported(plan, planner, Kind.SICK, staff=first_round(plan).staff, at=at(plan, 9))
    jobs.request_cancel(job=disruption.job, by=planner)
    services.settle_interrupted_disruptions()
    disruption.refresh_from_db()
    assert disruption.state == State.FAILED
    jobs.retry(job=disruption.job, by=planner)
    assert worked_out(disruption).state == State.PROPOSED


def test_a_visit_for_two_is_mended_whole(organisation, planner):
    """One of two goes sick before they meet: somebody else comes with the other, or nobody comes."""
    team = make.team(organisation, people=4, day=a_day())
    draft = make.draft_plan(team, count=4, day=a_day())
    double = draft.visits.first()
    draft.visits.filter(pk=double.pk).update(staff_required=2)
    built = build_problem(draft)
    found = search(built, seconds=5, seed=1, iterations=50)
    plan = publish(services.store_solution(plan=draft, built=built, solution=found, by=make.SETUP))
    pair = list(plan.assignments.filter(stops__visit=double).order_by("staff__reference"))
    assert len(pair) == 2
    disruption = worked_out(reported(plan, planner, Kind.SICK, staff=pair[0].staff, at=at(plan, 7, 30)))
    assert disruption.state == State.PROPOSED, disruption.note
    plan = services.apply_disruption(disruption=disruption, alternative="few", by=planner)
    rows = [row for rows in stops_of(plan).values() for row in rows if row[0] == double.reference]
    assert len(rows) in (0, 2)
    assert len({row[2] for row in rows}) <= 1
    assert plan.unserved.filter(visit=double).exists() == (not rows)
