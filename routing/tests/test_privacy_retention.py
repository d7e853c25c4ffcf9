"""Data go when their time is over, once, and not while a legal hold names them; figures stay."""

import dataclasses
import re
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts import audit, services
from accounts.models import AuditEvent, Job, LegalHold, Notification, User
from accounts.notices.preferences import mark_all_read
from accounts.privacy import retention
from accounts.privacy.retention import apply_retention, rules
from accounts.tests.factories import JobFactory
from routing.models import (
    CaseloadEntry,
    PlanVersion,
    RotaFile,
    RoundEvent,
    RouteAssignment,
    RoutePlan,
    RouteStop,
    Shift,
    StaffMember,
    Visit,
    VisitRecord,
)

from . import factories as make
from .erasure_world import planted, presentable

pytestmark = pytest.mark.django_db
BY = audit.SystemActor("tests")


def in_days(days):
    return timezone.now() + timedelta(days=days)


@pytest.fixture
def world(organisation, make_user, platform_administrator):
    return planted(organisation, make_user, platform_administrator)


def test_nothing_goes_before_its_time(world):
    assert set(apply_retention(by=BY).values()) == {0}


def test_words_and_places_go_and_figures_stay(world):
    Visit.objects.update(postcode="ZZ1 1AA")
    rounds = list(RouteAssignment.objects.order_by("pk").values_list("pk", "travel_metres"))
    first = apply_retention(by=BY, now=in_days(800))
    assert {name for name, count in first.items() if count} >= {
        *("rota_files", "round_notes", "visit_notes", "plan_words", "ways", "ways_back", "visit_places"),
    }
    assert RotaFile.objects.get().content is None
    assert not RoundEvent.objects.exclude(note="").exists()
    assert not VisitRecord.objects.exclude(note="").exists()
    assert not PlanVersion.objects.exclude(summary="").exists()
    assert not Visit.objects.exclude(postcode="").exists()
    assert all(visit.point.equals(visit.area.centroid) for visit in Visit.objects.select_related("area"))
    assert list(RouteAssignment.objects.order_by("pk").values_list("pk", "travel_metres")) == rounds
    event = AuditEvent.objects.filter(action="privacy.retention_applied").get()
    assert event.details["counts"] == first
    assert set(apply_retention(by=BY, now=in_days(800)).values()) == {0}


def test_a_dry_run_changes_nothing(world, capsys):
    before = apply_retention(by=BY, now=in_days(800), dry_run=True)
    assert sum(before.values()) > 0
    assert RotaFile.objects.get().content is not None
    call_command("apply_retention", dry_run=True)
    out = capsys.readouterr().out
    assert all(f"{rule.name}: " in out for rule in rules())


@pytest.mark.parametrize("holds", ["organisation", "person"])
def test_what_a_hold_names_stays(world, organisation, holds):
    who = {"organisation": organisation}
    if holds == "person":
        who = {"subject_type": "routing.staffmember", "subject_id": str(world.staff.pk)}
    hold = LegalHold.objects.create(reason="A case", **who)
    notes = RoundEvent.objects.exclude(note="").count()
    apply_retention(by=BY, now=in_days(800))
    assert RoundEvent.objects.exclude(note="").count() == notes > 0
    hold.lifted_at = timezone.now()
    hold.save()
    apply_retention(by=BY, now=in_days(800))
    assert not RoundEvent.objects.exclude(note="").exists()


def run(days=800, **options) -> str:
    """The command as it would run so many days from now; what it printed."""
    out = StringIO()
    with time_machine.travel(in_days(days), tick=False):
        call_command("apply_retention", stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


def counts_of(printed: str) -> dict[str, int]:
    return {name: int(rest.split()[0]) for name, rest in (line.split(": ", 1) for line in printed.splitlines())}


def test_old_plans_forget_who_had_a_part_in_them_and_keep_every_figure(world, client_as, organisation):
    presentable(world.plan)
    said = counts_of(run(dry_run=True))
    before = _figures(world.plan)
    people = [str(person.pk) for person in (world.staff, world.colleague)]
    names = [world.staff.display_name, world.colleague.display_name]
    references = [world.staff.reference, world.colleague.reference]
    references += list(world.plan.visits.values_list("reference", flat=True))
    done = counts_of(run())
    assert done == said
    assert done["old_plans"] == 1
    assert done["visit_references"] == Visit.objects.count() == 4
    assert _figures(world.plan) == before
    plan = RoutePlan.objects.get(pk=world.plan.pk)
    assert plan.name == f"Plan of {plan.day:%-d %B %Y}"
    told = [
        *(repr(list(rows.values())) for rows in (plan.versions, plan.assignments, plan.round_events, plan.records)),
        repr(RoutePlan.objects.filter(pk=plan.pk).values().get()),
        repr(list(plan.visits.values("reference", "postcode", "caseload_entry"))),
    ]
    left = [word for word in (*people, *names, *references) if any(re.search(rf"\b{word}\b", text) for text in told)]
    assert left == []
    # Versions, routes and visits still agree, and every page opens.
    routes = plan.versions.get().routes
    assert {route["staff"] for route in routes} == {each.staff.reference for each in plan.assignments.all()}
    served = {stop["visit"] for route in routes for stop in route["stops"] if "visit" in stop}
    assert served <= set(plan.visits.values_list("reference", flat=True))
    client = client_as("planner", "approver", "analyst")
    for name in ("plan", "plan-versions", "plan-run-sheets", "plan-actual", "plan-solution", "plan-problem"):
        assert client.get(reverse(name, args=[plan.pk])).status_code in (200, 409), name
    page = client.get(reverse("team", args=[world.team.pk])).content.decode()
    assert plan.extra_people.count() == 2
    assert not any(stand_in.reference in page for stand_in in plan.extra_people.all())
    assert set(counts_of(run()).values()) == {0}
    assert audit.verify().intact


def _figures(plan) -> dict:
    """What equity and mileage are counted from."""
    return {
        "visits": sorted(
            plan.visits.values_list("pk", "tier", "imd_decile", "priority", "area", "state", "minutes"), key=str
        ),
        "rounds": sorted(
            plan.assignments.values_list("pk", "travel_metres", "travel_seconds", "service_seconds"), key=str
        ),
        "stops": list(
            RouteStop.objects.filter(assignment__plan=plan).order_by("pk").values_list("pk", "visit", "starts_at")
        ),
        "records": sorted(plan.records.values_list("pk", "visit", "outcome", "finished_at"), key=str),
        "state": (plan.state, plan.day, plan.approved_by_id, plan.version),
    }


@pytest.mark.parametrize("holds", ["organisation", "staff", "account", "somebody visited"])
def test_an_old_plan_under_a_hold_stays_as_it_is(world, organisation, holds):
    visit = world.plan.visits.order_by("reference").first()
    entry = CaseloadEntry.objects.create(
        team=world.team, reference=visit.reference, area=visit.area, point=visit.point, minutes=30, interval_days=7,
        next_due=visit.day,
    )  # fmt: skip
    Visit.objects.filter(pk=visit.pk).update(caseload_entry=entry)
    who = {
        "organisation": {"organisation": organisation},
        "staff": {"subject_type": "routing.staffmember", "subject_id": str(world.staff.pk)},
        "account": {"subject_type": "accounts.user", "subject_id": str(world.user.pk)},
        "somebody visited": {"subject_type": "routing.caseloadentry", "subject_id": str(entry.pk)},
    }[holds]
    hold = LegalHold.objects.create(reason="A case", **who)
    run()
    assert RoutePlan.objects.get().pseudonymised_at is None
    assert Visit.objects.get(pk=visit.pk).reference == visit.reference
    assert RouteAssignment.objects.filter(staff=world.staff).exists()
    hold.lifted_at = timezone.now()
    hold.save()
    run()
    assert RoutePlan.objects.get().pseudonymised_at is not None


def test_people_who_left_and_people_who_are_not_visited_any_more_are_erased(organisation):
    team = make.team(organisation, people=3)
    left, stayed, gone_lately = team.staff.order_by("reference")
    StaffMember.objects.filter(pk__in=[left.pk, gone_lately.pk]).update(is_active=False)
    entries = [_entry(team, number) for number in range(3)]
    ended, paused_lately, active = entries
    CaseloadEntry.objects.filter(pk=ended.pk).update(is_active=False)
    with time_machine.travel(in_days(700), tick=False):
        CaseloadEntry.objects.filter(pk=paused_lately.pk).update(is_active=False, next_due=timezone.localdate())
        day = timezone.localdate()
        times = {"starts_at": timezone.now(), "ends_at": timezone.now() + timedelta(hours=4), "break_minutes": 0}
        Shift.objects.create(staff=gone_lately, day=day, **times)
    assert counts_of(run(700))["staff_who_left"] == 0
    said = counts_of(run(900, dry_run=True))
    assert (said["staff_who_left"], said["ended_caseload"]) == (1, 1)
    done = counts_of(run(900))
    assert (done["staff_who_left"], done["ended_caseload"]) == (1, 1)
    left.refresh_from_db()
    assert left.display_name == "Erased person"
    assert set(CaseloadEntry.objects.values_list("pk", flat=True)) == {paused_lately.pk, active.pk}
    assert StaffMember.objects.get(pk=gone_lately.pk).display_name == gone_lately.display_name
    again = counts_of(run(900))
    assert (again["staff_who_left"], again["ended_caseload"]) == (0, 0)


def _entry(team, number) -> CaseloadEntry:
    area = team.patch.areas.first()
    return CaseloadEntry.objects.create(
        team=team, reference=f"C-{number}", area=area, point=area.centroid, minutes=30, interval_days=7,
        next_due=make.DAY,
    )  # fmt: skip


def test_a_run_that_was_stopped_in_the_middle_goes_on(organisation, monkeypatch):
    team = make.team(organisation, people=5)
    team.staff.update(is_active=False)
    Shift.objects.all().delete()
    rules_by_name = {rule.name: rule for rule in rules()}
    rule = rules_by_name["staff_who_left"]
    batches = []

    def killed_in_the_second_batch(rows):
        batches.append(rows)
        if len(batches) == 2:
            raise KeyboardInterrupt
        return rule.let_go(rows)

    small = dataclasses.replace(rule, batch=2, let_go=killed_in_the_second_batch)
    monkeypatch.setitem(retention._rules, rule.name, small)
    with pytest.raises(KeyboardInterrupt):
        run()
    assert StaffMember.objects.filter(display_name="Erased person").count() == 2
    event = AuditEvent.objects.filter(action="privacy.retention_applied").get()
    assert event.details["counts"]["staff_who_left"] == 2
    monkeypatch.setitem(retention._rules, rule.name, rule)
    assert counts_of(run())["staff_who_left"] == 3
    assert StaffMember.objects.filter(display_name="Erased person").count() == 5


def test_periods_are_settings(organisation, make_user, settings):
    user = make_user()
    services.notify(user=user, text="Read long ago", organisation=organisation)
    mark_all_read(user=user)
    settings.RETENTION_DAYS = {"notifications": 10}
    assert apply_retention(by=BY, now=in_days(9))["notifications"] == 0
    assert apply_retention(by=BY, now=in_days(11))["notifications"] == 1
    assert not Notification.objects.exists()


def test_old_work_is_known_to_have_been_done_and_no_more(organisation):
    job = JobFactory(organisation=organisation, failed=True, payload={"file": "a.csv"}, error="At line 3: Jo")
    running = JobFactory(organisation=organisation, running=True, payload={"file": "b.csv"})
    assert apply_retention(by=BY, now=in_days(100))["jobs"] == 1
    job.refresh_from_db()
    assert (job.title, job.payload, job.error, job.state) == (job.kind, {}, "", "failed")
    assert Job.objects.get(pk=running.pk).payload == {"file": "b.csv"}


def test_closed_accounts_are_erased_when_nothing_stands_against_it(make_user, organisation):
    closed, kept, open_ = make_user(), make_user(roles=["viewer"]), make_user()
    for user in (closed, kept):
        user.is_active = False
        user.save()
    LegalHold.objects.create(subject_type="accounts.user", subject_id=str(kept.pk), reason="A case")
    assert apply_retention(by=BY, now=in_days(800))["closed_accounts"] == 1
    erased = set(User.objects.filter(erased_at__isnull=False).values_list("pk", flat=True))
    assert erased == {closed.pk}
    assert open_.pk not in erased
