"""When somebody should look at a round: pure rules with a fixed clock, then rows, messages and names."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEvent, Notification
from routing import services
from routing.alerts import LATE_VISIT, NOT_BACK, NOT_HEARD, Alert, Patience, alerts_of
from routing.day_forecast import PlannedStop, RoundState, Visited, forecast
from routing.models import RoundAlert, VisitRecord

from .rounds_world import at, published_round

MINUTES = timedelta(minutes=1)
PATIENCE = Patience(late=15 * MINUTES, not_heard=30 * MINUTES, not_back=30 * MINUTES)


def stop(visit, minutes, *, closes=None, waits=0):
    return PlannedStop(
        visit=visit,
        arrives_at=at(minutes - waits),
        starts_at=at(minutes),
        leaves_at=at(minutes + 30),
        drive=15 * MINUTES,
        closes_at=None if closes is None else at(closes),
    )


def pause(minutes):
    return PlannedStop(visit=None, arrives_at=at(minutes), starts_at=at(minutes), leaves_at=at(minutes + 30))


STOPS = [stop("a", 15), stop("b", 60), pause(90), stop("c", 150, closes=150)]


def state(visited=(), *, set_off=None, heard=None, finished=None, stops=STOPS):
    known = {visit: Visited(at(came), None if left is None else at(left)) for visit, came, left in visited}
    moments = [moment for visit in known.values() for moment in (visit.arrived_at, visit.finished_at) if moment]
    moments += [at(minutes) for minutes in (set_off, heard, finished) if minutes is not None]
    return RoundState(
        departs_at=at(0),
        returns_at=at(195),
        way_back=15 * MINUTES,
        stops=stops,
        visited=known,
        set_off_at=None if set_off is None else at(set_off),
        finished_at=None if finished is None else at(finished),
        heard_at=max(moments, default=None),
    )


def alerts(minutes, *arguments, works_alone=True, **more):
    return alerts_of(state(*arguments, **more), works_alone=works_alone, now=at(minutes), patience=PATIENCE)


def test_a_round_in_time_has_no_alert():
    assert alerts(0) == set()
    assert alerts(20, [("a", 16, None)], set_off=1) == set()
    assert alerts(70, [("a", 16, 46), ("b", 61, None)], set_off=1) == set()


def test_a_visit_without_a_window_is_late_some_minutes_after_its_planned_start():
    assert alerts(30, set_off=10) == set()
    assert alerts(31, set_off=10) == {Alert(LATE_VISIT, "a")}
    assert alerts(31, [("a", 31, None)], set_off=10) == set()


def test_a_visit_with_a_window_is_late_when_the_window_has_closed():
    early = stop("c", 60, closes=150)
    assert alerts(149, set_off=130, stops=[early]) == set()
    assert alerts(151, set_off=130, stops=[early]) == {Alert(LATE_VISIT, "c")}
    assert alerts(300, [("c", 140, 200)], set_off=130, stops=[early], finished=220) == set()


def test_a_visit_that_will_miss_its_window_is_late_before_it_is():
    """The day runs late: the first visit began forty minutes late, and the last one has a window."""
    late = [("a", 55, None)]
    assert alerts(60, late, set_off=40) == {Alert(LATE_VISIT, "c")}
    # A planned pause and drive later it would be in time again; by less than the margin nobody is told.
    assert alerts(25, [("a", 19, None)], set_off=4) == set()
    unhurried = [stop("a", 15), stop("b", 60), stop("c", 150, closes=240)]
    assert alerts(60, late, set_off=40, stops=unhurried) == set()


def test_a_visit_without_a_window_is_promised_no_time_and_late_once_it_is():
    stops = [stop("a", 15), stop("b", 60)]
    assert alerts(60, [("a", 55, None)], set_off=40, stops=stops) == set()
    assert alerts(76, [("a", 55, None)], set_off=40, stops=stops) == {Alert(LATE_VISIT, "b")}


def test_who_works_alone_is_missed_after_the_next_sign_was_due():
    assert Alert(NOT_HEARD) not in alerts(30)
    assert Alert(NOT_HEARD) in alerts(31)
    # At the first visit from 16 on: its end is due at 46.
    at_the_visit = [("a", 16, None)]
    assert Alert(NOT_HEARD) not in alerts(76, at_the_visit, set_off=1)
    assert Alert(NOT_HEARD) in alerts(77, at_the_visit, set_off=1)
    assert Alert(NOT_HEARD) not in alerts(77, at_the_visit, set_off=1, heard=60)
    assert Alert(NOT_HEARD) not in alerts(77, at_the_visit, set_off=1, works_alone=False)


def test_the_break_gives_time_before_somebody_is_missed():
    before_lunch = [("a", 16, 46), ("b", 61, 91)]
    assert Alert(NOT_HEARD) not in alerts(180, before_lunch, set_off=1)
    assert Alert(NOT_HEARD) in alerts(181, before_lunch, set_off=1)


def test_a_round_that_is_not_finished():
    everything = [("a", 16, 46), ("b", 61, 91), ("c", 150, 180)]
    assert alerts(225, everything, set_off=1, heard=224) == set()
    assert alerts(226, everything, set_off=1, heard=224) == {Alert(NOT_BACK)}
    assert alerts(226, everything, set_off=1, finished=225) == set()


def test_the_forecast_shifts_what_is_left():
    foreseen = forecast(state([("a", 35, 65)], set_off=20), at(66))
    assert [(each.visit, each.starts_at, each.delay) for each in foreseen.visits] == [
        ("b", at(80), 20 * MINUTES),
        # The break is taken first, then the drive.
        ("c", at(155), 5 * MINUTES),
    ]
    assert foreseen.returns_at == at(200)


def test_a_planned_wait_takes_up_the_delay_and_nothing_is_expected_in_the_past():
    waiting = [stop("a", 15), stop("b", 90, waits=30)]
    foreseen = forecast(state([("a", 35, 65)], set_off=20, stops=waiting), at(66))
    assert foreseen.of("b").starts_at == at(90)
    overdue = forecast(state(set_off=0, stops=waiting), at(200))
    assert overdue.of("a").starts_at == at(200)
    assert forecast(state(set_off=0, finished=50), at(60)).visits == []


def test_the_visit_somebody_is_at_ends_no_earlier_than_now():
    foreseen = forecast(state([("a", 15, None)], set_off=0), at(100))
    assert (foreseen.of("a").leaves_at, foreseen.of("b").starts_at) == (at(100), at(115))


# --- Rows ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def world(organisation, make_user):
    return published_round(organisation, make_user)


def open_alerts(world):
    found = RoundAlert.objects.filter(plan=world.plan, cleared_at__isnull=True).order_by("kind", "visit__reference")
    return [(alert.kind, alert.staff, alert.visit and alert.visit.reference) for alert in found]


@pytest.mark.django_db
def test_alerts_are_raised_once_told_to_planners_and_cleared(world, make_user):
    planner, approver = make_user(roles=["planner"]), make_user(roles=["approver"])
    assert services.watch_rounds(now=at(5)) == 0
    assert services.watch_rounds(now=at(31)) == 3
    expected = [("late_visit", world.staff, "V-01"), ("not_heard", world.staff, None)]
    assert [each for each in open_alerts(world) if each[1] == world.staff] == expected
    assert services.watch_rounds(now=at(32)) == 0
    told = Notification.objects.filter(user=planner)
    assert [(note.url, note.text.count("more")) for note in told] == [(f"/plans/{world.plan.pk}/actual/", 1)]
    assert not Notification.objects.filter(user=approver).exists()
    VisitRecord.objects.create(plan=world.plan, staff=world.staff, visit=world.visits[0], arrived_at=at(33))
    services.watch_rounds(now=at(34))
    assert ("late_visit", world.staff, "V-01") not in open_alerts(world)
    world.close()
    services.watch_rounds(now=at(35))
    assert open_alerts(world) == []
    assert AuditEvent.objects.filter(action="round.alerts_raised").count() == 1


@pytest.mark.django_db
def test_who_cannot_record_anything_raises_no_alert(world):
    world.staff.user = None
    world.staff.save()
    services.watch_rounds(now=at(31))
    assert {staff for _, staff, _ in open_alerts(world)} == {world.colleague}


@pytest.mark.django_db
def test_an_alert_is_noted_with_a_name_and_stays_until_it_is_over(world, client_as):
    services.watch_rounds(now=at(31))
    alert = RoundAlert.objects.filter(kind="not_heard", staff=world.staff).get()
    planner, second = client_as("planner"), client_as("planner")
    assert "I look after it" in planner.get(f"/plans/{world.plan.pk}/actual/").content.decode()
    assert planner.post(f"/plans/alerts/{alert.pk}/noted/").status_code == 302
    second.post(f"/plans/alerts/{alert.pk}/noted/")
    alert.refresh_from_db()
    assert (alert.seen_by, alert.cleared_at) == (planner.user, None)
    page = planner.get(f"/plans/{world.plan.pk}/actual/").content.decode()
    assert f"{planner.user.get_full_name()} has looked after it" in page
    assert client_as("analyst").post(f"/plans/alerts/{alert.pk}/noted/").status_code == 403


@pytest.mark.django_db
def test_open_alerts_are_on_the_home_page_of_planners(world, client_as):
    services.watch_rounds(now=at(31))
    home = client_as("planner").get("/").content.decode()
    assert "3 alerts on rounds" in home
    assert f"/plans/{world.plan.pk}/actual/" in home
    assert "alerts on rounds" not in client_as("viewer").get("/").content.decode()


@pytest.mark.django_db
def test_the_database_keeps_one_open_alert_of_a_kind(world):
    insert = (
        "INSERT INTO routing_roundalert (plan_id, staff_id, kind, raised_at, cleared_at)"
        " VALUES (%s, %s, 'not_back', %s, %s)"
    )
    row = [world.plan.pk, world.staff.pk, at(1)]
    with connection.cursor() as cursor:
        cursor.execute(insert, [*row, None])
        cursor.execute(insert, [*row, at(2)])
        with pytest.raises(IntegrityError, match="round_alert_open_once"), transaction.atomic():
            cursor.execute(insert, [*row, None])
        with pytest.raises(IntegrityError, match="round_alert_cleared_after_raised"), transaction.atomic():
            cursor.execute(insert, [*row, at(0)])
