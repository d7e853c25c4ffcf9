"""Changes by hand on a plan that people work by: what has begun stays, and whoever's round changes is told."""

import html
import random
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import AuditEvent, Notification
from routing import services
from routing.editing import EditError, Frozen, Move, PutIn, Reorder, SetStart, Swap, TakeOut
from routing.models import Disruption, PlanState, PlanVersion, RoutePlan, Visit, VisitRecord
from routing.plan_editing import OpenPlan
from routing.services.editing import EditRefused, PlanStateError

from .published_days import at, begun_by, published_plan, stops_of
from .random_edits import random_edit

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(organisation):
    return published_plan(organisation, people=3, count=9)


@pytest.fixture
def planner(make_user):
    return make_user(["planner"])


@pytest.fixture
def field_workers(plan, make_user):
    """An account for everybody with a round, by reference."""
    users = {}
    for assignment in plan.assignments.select_related("staff"):
        users[assignment.staff.reference] = assignment.staff.user = make_user(["field_worker"])
        assignment.staff.save()
    return users


def eleven(plan):
    return time_machine.travel(at(plan, 11), tick=False)


def split(opened):
    """(a visit that has begun, one that has not, whoever has it)."""
    begun = next(visit for visits in opened.draft.begun.values() for visit in visits)
    ahead, staff = next(
        (visit, staff) for visit, (staff,) in opened.draft.served_by.items() if not opened.draft.has_begun(visit)
    )
    return begun, ahead, staff


def record(plan, staff, visit, arrived, finished=None, outcome=""):
    VisitRecord.objects.create(
        plan=plan,
        staff=plan.team.staff.get(reference=staff),
        visit=Visit.objects.get(reference=visit, plans=plan),
        arrived_at=arrived,
        finished_at=finished,
        outcome=outcome,
    )


def test_a_visit_ahead_goes_to_somebody_else_who_is_told(plan, planner, field_workers):
    with eleven(plan):
        opened = OpenPlan(plan)
        begun = begun_by(plan, at(plan, 11))
        _, visit, staff = split(opened)
        places = opened.draft.best_places(visit)
        place = next(each for each in places if each.staff != staff)
        changed, proposal = services.apply_edit(
            plan=plan, edit=Move(visit, place.staff, place.place, staff), version=plan.version, by=planner
        )
    assert (changed.state, changed.version) == (PlanState.PUBLISHED, plan.version + 1)
    made = changed.versions.get(number=changed.version)
    assert made.origin == PlanVersion.Origin.MOVED and visit in made.summary
    now = stops_of(plan)
    assert visit in [row[0] for row in now[place.staff]]
    for name, rows in begun.items():
        assert [row for row in now[name] if row[0]][: len(rows)] == rows
    told = set(Notification.objects.filter(text__contains="has changed").values_list("user", flat=True))
    concerned = {field_workers[name].pk for name in (staff, place.staff) if name in field_workers}
    assert concerned and concerned <= told
    event = AuditEvent.objects.get(action="plan.changed_by_hand")
    assert event.details["told"] == len(told)
    assert proposal.verdict.feasible


def test_what_has_begun_cannot_be_moved_and_the_answer_says_why(plan, planner):
    with eleven(plan):
        opened = OpenPlan(plan)
        begun, ahead, staff = split(opened)
        holder = opened.draft.served_by[begun][0]
        before = stops_of(plan)
        for edit in (
            Move(begun, staff),
            TakeOut(begun),
            Swap(begun, ahead),
            SetStart(begun, 14 * 3600),
            Move(ahead, holder, 0),
            Reorder(holder, tuple(reversed(opened.draft.orders[holder]))),
        ):
            with pytest.raises(Frozen) as refused:
                services.apply_edit(plan=plan, edit=edit, version=plan.version, by=planner)
            assert "stays where it is" in opened.refused(refused.value)
            assert opened.people[holder] in opened.refused(refused.value)
    assert stops_of(plan) == before


def test_records_say_what_has_begun(plan, planner):
    name, rows = max(stops_of(plan).items(), key=lambda each: len(each[1]))
    later = [row[0] for row in rows if row[0]][-1]
    record(plan, name, later, at(plan, 10), at(plan, 10, 20), "done")
    with eleven(plan):
        opened = OpenPlan(plan)
        with pytest.raises(Frozen) as refused:
            services.apply_edit(plan=plan, edit=TakeOut(later), version=plan.version, by=planner)
        assert "was done with it at 10:20" in opened.refused(refused.value)


def test_nobody_is_asked_for_anything_before_now(plan, planner):
    with eleven(plan):
        opened = OpenPlan(plan)
        _, ahead, staff = split(opened)
        proposal = opened.draft.proposed(SetStart(ahead, 9 * 3600))
        assert not proposal.feasible
        with pytest.raises(services.EditRefused) as refused:
            services.apply_edit(plan=plan, edit=SetStart(ahead, 9 * 3600), version=plan.version, by=planner)
    assert opened.people[staff] in refused.value.messages[0]


def test_a_visit_taken_out_is_open_again_and_planned_once_it_is_put_back(plan, planner):
    with eleven(plan):
        _, ahead, _ = split(OpenPlan(plan))
        changed, _ = services.apply_edit(plan=plan, edit=TakeOut(ahead), version=plan.version, by=planner)
        assert plan.visits.get(reference=ahead).state == Visit.State.OPEN
        assert changed.unserved.get(visit__reference=ahead).reason == "hand"
        services.apply_edit(plan=changed, edit=PutIn(ahead), version=changed.version, by=planner)
    assert plan.visits.get(reference=ahead).state == Visit.State.PLANNED
    assert not plan.unserved.filter(visit__reference=ahead).exists()


def test_random_changes_of_a_running_day_never_move_what_has_begun(plan, planner):
    """At many moments, with records and without: what has begun keeps its person and its order, and its planned times
    where nobody recorded others; all else starts from now on; what was shown is what is stored.
    """
    dice = random.Random(5)
    kept = 0
    for minute in range(7 * 60, 17 * 60, 24):
        moment = at(plan, minute // 60, minute % 60)
        with time_machine.travel(moment, tick=False):
            plan = RoutePlan.objects.get(pk=plan.pk)
            if dice.random() < 0.3:
                _somebody_arrives(dice, plan, moment)
            opened, before = OpenPlan(plan), stops_of(plan)
            begun = opened.standing.begun
            try:
                edit = random_edit(dice, opened.draft)
                shown = opened.draft.proposed(edit)
                plan, proposal = services.apply_edit(plan=plan, edit=edit, version=plan.version, by=planner)
            except (EditError, services.EditRefused):
                assert stops_of(plan) == before
                continue
            kept += 1
            assert shown.feasible and proposal.verdict.cost == shown.verdict.cost
            after = stops_of(plan)
            for name, visits in begun.items():
                then = {row[0]: row[2] for row in before[name] if row[0] in visits}
                now = [row for row in after[name] if row[0]][: len(visits)]
                assert [row[0] for row in now] == visits
                for visit, _, start, _ in now:
                    assert start == then[visit] or (name, visit) in opened.standing.parts
            changed = {row[0]: row[2] for rows in after.values() for row in rows if row[0]}
            for visit in (each for visits in begun.values() for each in visits):
                changed.pop(visit, None)
            for visit, start in changed.items():
                was = next((row[2] for rows in before.values() for row in rows if row[0] == visit), None)
                assert start >= moment or start == was, visit
    assert kept >= 4


def _somebody_arrives(dice, plan, moment):
    opened = OpenPlan(plan)
    waiting = [
        (name, next(visit for visit in order if not opened.draft.has_begun(visit)))
        for name, order in opened.draft.orders.items()
        if any(not opened.draft.has_begun(visit) for visit in order)
    ]
    if waiting:
        name, visit = dice.choice(waiting)
        record(plan, name, visit, moment - timedelta(minutes=dice.randrange(20)))


def test_undo_and_redo_of_a_running_plan(plan, planner, field_workers):
    with eleven(plan):
        assert services.undo_target(plan) is None  # what was approved is not undone
        _, ahead, staff = split(OpenPlan(plan))
        before = stops_of(plan)
        changed, _ = services.apply_edit(plan=plan, edit=TakeOut(ahead), version=plan.version, by=planner)
        Notification.objects.all().delete()
        back = services.undo_change(plan=changed, by=planner)
        assert stops_of(plan) == before and back.state == PlanState.PUBLISHED
        assert Notification.objects.filter(user=field_workers[staff]).exists()
        assert plan.visits.get(reference=ahead).state == Visit.State.PLANNED
        forth = services.redo_change(plan=back, by=planner)
        assert forth.version == changed.version + 2
        assert ahead not in [row[0] for rows in stops_of(plan).values() for row in rows]


def test_a_version_that_would_move_what_has_begun_since_is_refused_in_words(plan, planner):
    with eleven(plan):
        opened = OpenPlan(plan)
        _, ahead, staff = split(opened)
        place = next(each for each in opened.draft.best_places(ahead) if each.staff != staff)
        changed, _ = services.apply_edit(
            plan=plan, edit=Move(ahead, place.staff, place.place, staff), version=plan.version, by=planner
        )
    record(plan, place.staff, ahead, at(plan, 11, 30))
    with time_machine.travel(at(plan, 11, 35), tick=False), pytest.raises(services.CannotComeBack) as refused:
        services.undo_change(plan=changed, by=planner)
    name = plan.team.staff.get(reference=place.staff).display_name
    assert any(
        f"{ahead} stays where it is: {name} has been there since 11:30" in line for line in refused.value.messages
    )


def goes_home_during_the_second_visit(plan, planner):
    """(the plan, whoever goes home during their second visit and has nothing after it, that visit)."""
    rounds = {name: [row[0] for row in rows if row[0]] for name, rows in stops_of(plan).items()}
    staff, (_, second, *later) = next((name, visits) for name, visits in rounds.items() if len(visits) >= 2)
    for visit in later:
        plan, _ = services.apply_edit(plan=plan, edit=TakeOut(visit), version=plan.version, by=planner)
    stop = plan.assignments.get(staff__reference=staff).stops.get(visit__reference=second)
    Disruption.objects.create(
        plan=plan,
        kind="sick",
        staff=plan.team.staff.get(reference=staff),
        at=stop.starts_at + timedelta(minutes=1),
        state=Disruption.State.APPLIED,
        based_on=plan.version,
    )
    return plan, staff, second


def test_what_somebody_begins_before_going_home_is_finished(plan, planner, client_as):
    with time_machine.travel(at(plan, 6), tick=False):
        plan, staff, _ = goes_home_during_the_second_visit(plan, planner)
        opened = OpenPlan(plan)
        assert opened.broken(opened.draft.standing) == []
        assert opened.runs_late == []
        others = next(visits for name, visits in opened.draft.orders.items() if name != staff)
        assert opened.broken(opened.draft.proposed(TakeOut(others[0])).verdict) == []
        page = client_as(user=planner).get(f"/plans/{plan.pk}/")
        assert "would end at" not in page.content.decode()


def test_nobody_begins_anything_after_going_home(plan, planner):
    with time_machine.travel(at(plan, 6), tick=False):
        plan, staff, _ = goes_home_during_the_second_visit(plan, planner)
        opened = OpenPlan(plan)
        other, whose = next((visit, whose) for visit, (whose,) in opened.draft.served_by.items() if whose != staff)
        proposed = opened.draft.proposed(Move(other, from_staff=whose, staff=staff, place=2))
        home = opened.clock(opened.draft.day.leaves_off[staff])
        assert opened.broken(proposed.verdict)[-1] == (
            f"{opened.people[staff]} goes home at {home} and cannot begin {other} after that."
        )
        with pytest.raises(EditRefused, match="cannot begin"):
            services.apply_edit(plan=plan, edit=proposed.edit, version=plan.version, by=planner)


def test_what_somebody_begins_before_going_home_comes_back(plan, planner):
    with time_machine.travel(at(plan, 6), tick=False):
        plan, _, second = goes_home_during_the_second_visit(plan, planner)
        before = stops_of(plan)
        changed, _ = services.apply_edit(plan=plan, edit=TakeOut(second), version=plan.version, by=planner)
        back = services.undo_change(plan=changed, by=planner)
        assert stops_of(back) == before


def test_a_version_with_visits_of_somebody_who_went_home_is_refused(plan, planner):
    with eleven(plan):
        opened = OpenPlan(plan)
        _, ahead, staff = split(opened)
        changed, _ = services.apply_edit(plan=plan, edit=TakeOut(ahead), version=plan.version, by=planner)
        Disruption.objects.create(
            plan=plan,
            kind="sick",
            staff=plan.team.staff.get(reference=staff),
            at=at(plan, 10, 59),
            state=Disruption.State.APPLIED,
            based_on=changed.version,
        )
        page = OpenPlan(plan)
        assert page.is_away(staff)
        with pytest.raises(services.CannotComeBack) as refused:
            services.undo_change(plan=changed, by=planner)
        assert f"{opened.people[staff]} is away and cannot have" in refused.value.messages[1]
        with pytest.raises(EditError, match="is away"):
            page.draft.proposed(PutIn(ahead, staff))


def test_only_who_may_change_plans_and_only_while_there_is_a_day(plan, make_user, planner):
    with eleven(plan):
        _, ahead, _ = split(OpenPlan(plan))
        with pytest.raises(PermissionDenied):
            services.apply_edit(plan=plan, edit=TakeOut(ahead), version=plan.version, by=make_user(["field_worker"]))
    with time_machine.travel(at(plan, 13) + timedelta(days=1), tick=False), pytest.raises(PlanStateError, match="over"):
        services.apply_edit(plan=plan, edit=TakeOut(ahead), version=plan.version, by=planner)


def test_a_visit_is_kept_where_it_is_or_left_out_and_nothing_else(plan, planner):
    with eleven(plan):
        opened = OpenPlan(plan)
        begun, ahead, staff = split(opened)
        person = plan.team.staff.get(reference=staff)
        other = plan.team.staff.exclude(pk=person.pk).first()
        visit, gone = plan.visits.get(reference=ahead), plan.visits.get(reference=begun)
        for wrong in ({"visit": gone, "staff": person}, {"visit": visit, "staff": other}):
            with pytest.raises(ValidationError):
                services.pin_visit(plan=plan, by=planner, **wrong)
        services.pin_visit(plan=plan, visit=visit, staff=person, by=planner)
        with pytest.raises(services.EditRefused, match="kept with"):
            services.apply_edit(plan=plan, edit=Move(ahead, other.reference), version=plan.version, by=planner)
        services.lock_round(plan=plan, staff=person, by=planner)
        assert not plan.adjustments.filter(visit=gone).exists()
        changed = services.leave_out(plan=plan, visit=visit, version=plan.version, reason="Moved away", by=planner)
        assert "Moved away" in changed.unserved.get(visit=visit).detail
        assert OpenPlan(changed).draft.standing.feasible or changed.version > plan.version


class TestThePage:
    @pytest.fixture
    def page(self, plan, client_as):
        with eleven(plan):
            client = client_as("planner")

            def get(rest="", **query):
                return html.unescape(client.get(f"/plans/{plan.pk}/edit/{rest}", query).content.decode())

            get.post = lambda rest, values: client.post(f"/plans/{plan.pk}/edit/{rest}", values, follow=True)
            get.client = client
            yield get

    def test_the_plan_leads_there_and_begun_visits_are_marked(self, plan, page):
        assert f'href="/plans/{plan.pk}/edit/"' in html.unescape(page.client.get(f"/plans/{plan.pk}/").content.decode())
        begun, _, _ = split(OpenPlan(plan))
        text = page()
        assert "Begun by the plan" in text and "People work by this plan" in text
        chosen = page(visit=begun)
        assert "stays where it is" in chosen and "Take it out of the round" not in chosen

    def test_a_change_is_looked_at_kept_and_undone(self, plan, page):
        _, ahead, _ = split(OpenPlan(plan))
        text = page("preview/", kind="take_out", visit=ahead, version=plan.version)
        assert "No rule is broken." in text
        answer = page.post("keep/", {"kind": "take_out", "visit": ahead, "version": plan.version})
        assert "People whose round changes have been told." in answer.content.decode()
        assert RoutePlan.objects.get(pk=plan.pk).version == plan.version + 1
        assert "Undo the last change" in page()
        page.post("undo/", {})
        assert not plan.unserved.filter(visit__reference=ahead).exists()

    def test_what_has_begun_is_refused_with_the_reason(self, plan, page):
        begun, _, _ = split(OpenPlan(plan))
        answer = page.post("keep/", {"kind": "take_out", "visit": begun, "version": plan.version})
        assert answer.status_code == 422 and "stays where it is" in answer.content.decode()

    def test_the_phone_sees_the_change(self, plan, page, field_workers, client_as):
        _, ahead, staff = split(OpenPlan(plan))
        page.post("keep/", {"kind": "take_out", "visit": ahead, "version": plan.version})
        phone = client_as(user=field_workers[staff])
        told = phone.post(f"/round/{plan.pk}/events/", {"events": []}, content_type="application/json")
        assert told.json()["version"] == plan.version + 1


class TestTheApi:
    def test_begun_is_a_rule_of_its_own(self, plan, api_client_as):
        with eleven(plan):
            client = api_client_as("planner")
            begun, ahead, _ = split(OpenPlan(plan))
            post = lambda **body: client.post(  # noqa: E731
                f"/api/v1/route-plans/{plan.pk}/edits/", {"version": plan.version} | body, format="json"
            )
            answer = post(kind="take_out", visit=begun)
            assert answer.status_code == 422
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.data["violations"][0]["rule"] == "begun"
            assert answer.data["violations"][0]["visit"] == begun
            assert post(kind="take_out", visit=begun, dry_run=True).status_code == 422
            assert post(kind="take_out", visit=ahead, dry_run=True).data["feasible"]
            kept = post(kind="take_out", visit=ahead)
            assert kept.status_code == 200 and kept.data["version"] == plan.version + 1
            assert post(kind="put_in", visit=ahead).status_code == 409
