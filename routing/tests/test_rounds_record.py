"""What field staff record: kept once, in the order in which it happened, and never for anybody else."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEvent
from routing import services
from routing.models import PlanState, RoundEvent, Visit, VisitRecord
from routing.services.rounds import Recorded

from . import factories as make
from .rounds_world import MORNING, PAST_DAY, at, published_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(organisation, make_user):
    return published_round(organisation, make_user)


def record(world, kind, *, minutes=0, visit=None, now=None, **more):
    """One event of the first person, so many minutes after eight."""
    event = Recorded(uuid4(), kind, at(minutes), visit and visit.pk, **more)
    return services.record_event(plan=world.plan, staff=world.staff, event=event, by=world.user, now=now or at(600))


def state_of(visit):
    return Visit.objects.get(pk=visit.pk).state


def test_the_first_event_begins_the_plan_and_a_done_visit_is_done(world):
    first = world.visits[0]
    record(world, "set_off", minutes=2)
    world.plan.refresh_from_db()
    assert (world.plan.state, world.plan.started_at) == (PlanState.IN_PROGRESS, at(2))
    record(world, "arrived", minutes=20, visit=first)
    assert state_of(first) == Visit.State.PLANNED
    record(world, "done", minutes=50, visit=first)
    kept = VisitRecord.objects.get(visit=first)
    assert (kept.arrived_at, kept.finished_at, kept.outcome) == (at(20), at(50), "done")
    assert state_of(first) == Visit.State.DONE
    assert AuditEvent.objects.filter(action="round.recorded").count() == 3


def test_no_access_says_why_and_the_visit_waits_to_be_planned_again(world):
    first = world.visits[0]
    with pytest.raises(services.EventRefused, match="why there was no access"):
        record(world, "no_access", minutes=20, visit=first)
    record(world, "no_access", minutes=20, visit=first, reason="no_answer")
    assert state_of(first) == Visit.State.NO_ACCESS
    assert VisitRecord.objects.get(visit=first).note == "No answer"
    world.close()
    assert state_of(first) == Visit.State.OPEN


def test_a_correction_is_an_event_of_its_own(world):
    first = world.visits[0]
    for kind, minutes in (("arrived", 10), ("done", 40), ("reopened", 41)):
        record(world, kind, minutes=minutes, visit=first)
    kept = VisitRecord.objects.get(visit=first)
    assert (kept.arrived_at, kept.finished_at, kept.outcome) == (at(10), None, "")
    assert state_of(first) == Visit.State.PLANNED
    record(world, "done", minutes=55, visit=first)
    assert VisitRecord.objects.get(visit=first).finished_at == at(55)
    assert RoundEvent.objects.filter(visit=first).count() == 4


def test_events_count_in_the_order_in_which_they_happened(world):
    first = world.visits[0]
    record(world, "done", minutes=40, visit=first)
    record(world, "arrived", minutes=10, visit=first)
    record(world, "arrived", minutes=45, visit=first)
    kept = VisitRecord.objects.get(visit=first)
    assert (kept.arrived_at, kept.finished_at, kept.outcome) == (at(10), at(40), "done")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Ask for 943 476 5919 next time", "an NHS number"),
        ("9434765919", "an NHS number"),
        ("write to jo.bloggs@example.org", "an email address"),
        ("ring 0161 496 0000 first", "a telephone number"),
        ("mobile +44 7700 900123", "a telephone number"),
    ],
)
def test_notes_that_point_to_a_person_are_refused(world, text, what):
    with pytest.raises(services.EventRefused, match=what):
        record(world, "note", minutes=5, visit=world.visits[0], note=text)
    assert not RoundEvent.objects.exists()


def test_plain_notes_are_kept_and_stay_out_of_the_audit_trail(world):
    record(
        world, "note", minutes=5, visit=world.visits[0], note="Key safe by the door, 2 flights, dressing size 10 x 20"
    )
    assert "Key safe" in VisitRecord.objects.get().note
    assert "Key safe" not in json.dumps(AuditEvent.objects.get(action="round.recorded").details)


@pytest.mark.parametrize(("minutes", "message"), [(606, "has not come yet"), (-24 * 60, "before the day of the round")])
def test_times_that_cannot_be(world, minutes, message):
    with pytest.raises(services.EventRefused, match=message):
        record(world, "set_off", minutes=minutes)


def test_only_their_own_round_and_their_own_visits(world):
    with pytest.raises(services.EventRefused, match="not on your round"):
        record(world, "arrived", minutes=5, visit=world.others_visit)
    with pytest.raises(PermissionDenied):
        services.record_event(
            plan=world.plan, staff=world.colleague, event=Recorded(uuid4(), "safe", at(1)), by=world.user, now=at(2)
        )


def test_a_visit_that_moved_to_somebody_else_is_accepted_and_marked(world):
    moved = world.move_first_visit()
    record(world, "done", minutes=30, visit=moved)
    assert RoundEvent.objects.get().is_moved
    assert state_of(moved) == Visit.State.DONE


def test_what_happened_before_closing_is_kept_after_it_and_nothing_else(world):
    record(world, "set_off", minutes=1)
    world.close()
    closed_at = type(world.plan).objects.get(pk=world.plan.pk).closed_at
    now = closed_at + timedelta(hours=1)
    if closed_at >= at(0):
        event = Recorded(uuid4(), "done", closed_at, world.visits[0].pk)
        services.record_event(plan=world.plan, staff=world.staff, event=event, by=world.user, now=now)
        assert state_of(world.visits[0]) == Visit.State.DONE
    late = Recorded(uuid4(), "safe", max(closed_at, at(0)) + timedelta(minutes=5))
    with pytest.raises(services.EventRefused, match="closed at"):
        services.record_event(plan=world.plan, staff=world.staff, event=late, by=world.user, now=late.happened_at)


def test_a_double_handed_visit_is_done_when_one_of_the_two_did_it(organisation, make_user):
    world = published_round(organisation, make_user, shared=True)
    shared = world.shared_visit
    record(world, "no_access", minutes=20, visit=shared, reason="other")
    assert state_of(shared) == Visit.State.NO_ACCESS
    event = Recorded(uuid4(), "done", at(45), shared.pk)
    services.record_event(plan=world.plan, staff=world.colleague, event=event, by=world.colleague_user, now=at(600))
    assert state_of(shared) == Visit.State.DONE
    assert VisitRecord.objects.filter(visit=shared).count() == 2


def test_a_person_on_the_caseload_is_due_again_and_a_correction_goes_back(world):
    entry = world.caseload_entry()
    first = world.visits[0]
    Visit.objects.filter(pk=first.pk).update(caseload_entry=entry, first_due=make.DAY)
    record(world, "done", minutes=40, visit=first)
    entry.refresh_from_db()
    assert entry.last_done == make.DAY
    assert (entry.next_due - make.DAY).days == entry.interval_days
    record(world, "reopened", minutes=41, visit=first)
    entry.refresh_from_db()
    assert (entry.last_done, entry.next_due) == (None, make.DAY)


# --- Batches of a phone that was without a connection ----------------------------------------------------------------


def event(kind, minutes, visit=None, **more):
    told = {"id": str(uuid4()), "kind": kind, "happened_at": at(minutes).isoformat(), **more}
    return told | ({"visit": str(visit.pk)} if visit else {})


def send(client, plan, events):
    return client.post(f"/round/{plan.pk}/events/", json.dumps({"events": events}), content_type="application/json")


def answers(answer):
    assert answer.status_code == 200, answer.content
    return [each["answer"] for each in answer.json()["answers"]]


def test_a_batch_is_answered_event_by_event_and_kept_once(organisation, make_user, client_as):
    world = published_round(organisation, make_user, day=PAST_DAY)
    client, first = client_as(user=world.user), world.visits[0]
    day = {"day": PAST_DAY}
    batch = [
        event_on(day, "done", 50, first),
        event_on(day, "set_off", 1),
        event_on(day, "arrived", 20, first),
        event_on(day, "arrived", 20, world.others_visit),
        event_on(day, "note", 21, first, note="jo@example.org"),
        event_on(day, "dancing", 22),
        {"id": "not-a-uuid", "kind": "safe", "happened_at": "yesterday"},
        "not an entry",
    ]
    got = send(client, world.plan, batch)
    assert answers(got) == ["kept", "kept", "kept", "refused", "refused", "refused", "refused", "refused"]
    told = got.json()
    assert told["answers"][3]["reason"] == "This visit is not on your round."
    assert told["answers"][6]["id"] == "not-a-uuid"
    again = send(client, world.plan, [*batch[:3], batch[0], event_on(day, "safe", 60)])
    assert answers(again) == ["had", "had", "had", "had", "kept"]
    assert RoundEvent.objects.count() == 4
    assert VisitRecord.objects.get(visit=first).outcome == "done"


def event_on(day, kind, minutes, visit=None, **more):
    told = event(kind, 0, visit, **more)
    return told | {"happened_at": at(minutes, **day).isoformat()}


def test_an_identifier_of_somebody_else_is_refused(organisation, make_user, client_as):
    world = published_round(organisation, make_user, day=PAST_DAY)
    mine = event_on({"day": PAST_DAY}, "safe", 10)
    assert answers(send(client_as(user=world.user), world.plan, [mine])) == ["kept"]
    assert answers(send(client_as(user=world.colleague_user), world.plan, [mine])) == ["refused"]
    assert RoundEvent.objects.get().staff == world.staff


@pytest.mark.parametrize(
    "body",
    ["", "[]", '{"events": 3}', '{"events": {}}', "{", '{"events": null}', "[" * 100_000],
    ids=lambda body: body[:20],
)
def test_what_is_no_batch_is_a_bad_request(world, client_as, body):
    answer = client_as(user=world.user).post(f"/round/{world.plan.pk}/events/", body, content_type="application/json")
    assert answer.status_code == 400


def test_half_a_character_is_refused_and_stops_nothing(organisation, make_user, client_as):
    world = published_round(organisation, make_user, day=PAST_DAY)
    good = event_on({"day": PAST_DAY}, "safe", 10)
    batch = [good | {"note": "\ud800"}, good | {"id": "\ud800"}, good]
    assert answers(send(client_as(user=world.user), world.plan, batch)) == ["refused", "refused", "kept"]
    assert RoundEvent.objects.get().note == ""


def test_an_empty_batch_tells_the_version(world, client_as):
    answer = send(client_as(user=world.user), world.plan, [])
    told = answer.json()
    assert told.pop("now")
    assert told == {"answers": [], "version": world.plan.version, "is_open": True}


@pytest.mark.parametrize("address", ["/round/{}/", "/round/{}/map/"])
def test_nothing_of_another_persons_round_is_reachable(world, client_as, make_user, address):
    stranger = client_as("field_worker")
    assert stranger.get(address.format(world.plan.pk)).status_code == 404
    assert stranger.post(f"/round/{world.plan.pk}/record/", {}).status_code == 404
    assert send(stranger, world.plan, []).status_code == 404
    mine = client_as(user=world.user).get(address.format(world.plan.pk))
    assert mine.status_code == 200
    assert world.others_visit.reference not in mine.content.decode()


# --- The database itself ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "has_visit", "constraint"),
    [
        ("arrived", False, "round_event_names_its_visit"),
        ("reopened", False, "round_event_names_its_visit"),
        ("safe", True, "round_event_names_its_visit"),
        ("note", True, "round_note_says_something"),
    ],
)
def test_events_say_what_their_kind_needs(world, kind, has_visit, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO routing_roundevent (id, plan_id, staff_id, visit_id, kind, happened_at, received_at, note,"
            " is_moved) VALUES (%s, %s, %s, %s, %s, %s, %s, '', false)",
            [uuid4(), world.plan.pk, world.staff.pk, world.visits[0].pk if has_visit else None, kind, MORNING, MORNING],
        )


@pytest.mark.parametrize(
    ("arrived", "finished", "outcome", "constraint"),
    [
        (30, 20, "done", "visit_record_times_in_order"),
        (10, 20, "", "visit_record_outcome_has_a_time"),
        (10, None, "done", "visit_record_outcome_has_a_time"),
    ],
)
def test_records_hold_together(world, arrived, finished, outcome, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO routing_visitrecord (plan_id, staff_id, visit_id, arrived_at, finished_at, outcome, note)"
            " VALUES (%s, %s, %s, %s, %s, %s, '')",
            [
                *(world.plan.pk, world.staff.pk, world.visits[0].pk, at(arrived)),
                *(finished and at(finished), outcome),
            ],
        )
