"""Minutes that planners set themselves: who, why, one at a time; what the table refuses whatever program writes."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEvent
from priorities import services
from priorities.models import VisitMinutesOverride
from priorities.tests.factories import QUIET, make_areas

pytestmark = pytest.mark.django_db


@pytest.fixture
def area():
    return make_areas(QUIET)[0]


@pytest.fixture
def planner(make_user):
    return make_user(["planner"])


def in_force(organisation):
    return list(VisitMinutesOverride.objects.for_organisation(organisation).in_force())


def test_a_planner_sets_minutes_for_a_reason_and_the_audit_trail_says_so(area, organisation, planner):
    override = services.set_minutes(area=area, organisation=organisation, minutes=50, reason=" Stairs ", by=planner)
    assert in_force(organisation) == [override]
    assert (override.minutes, override.reason, override.created_by) == (50, "Stairs", planner)
    event = AuditEvent.objects.about(override).get()
    assert event.action == "minutes.set"
    assert event.details == {"area": area.code, "minutes": 50, "before": None, "reason": "Stairs"}


def test_new_minutes_replace_the_earlier_ones_which_stay_on_record(area, organisation, planner, make_user):
    first = services.set_minutes(area=area, organisation=organisation, minutes=50, reason="Stairs", by=planner)
    other = make_user(["planner"])
    second = services.set_minutes(area=area, organisation=organisation, minutes=60, reason="More stairs", by=other)
    assert in_force(organisation) == [second]
    first.refresh_from_db()
    assert first.ended_at is not None and first.ended_by == other
    assert AuditEvent.objects.about(second).get().details["before"] == 50


def test_ending_goes_back_to_the_model_once(area, organisation, planner):
    override = services.set_minutes(area=area, organisation=organisation, minutes=50, reason="Stairs", by=planner)
    ended = services.end_minutes(override=override, by=planner, reason="The lift works again")
    again = services.end_minutes(override=override, by=planner, reason="Twice")
    assert in_force(organisation) == []
    assert (ended.ended_by, ended.ended_because) == (planner, "The lift works again")
    assert again.ended_because == "The lift works again"
    actions = AuditEvent.objects.about(override).values_list("action", flat=True)
    assert list(actions) == ["minutes.ended", "minutes.set"]


def test_each_organisation_has_its_own(area, organisation, other_organisation, planner, make_user):
    theirs = make_user(["planner"], organisation=other_organisation)
    services.set_minutes(area=area, organisation=organisation, minutes=50, reason="Stairs", by=planner)
    services.set_minutes(area=area, organisation=other_organisation, minutes=70, reason="Dogs", by=theirs)
    assert [row.minutes for row in in_force(organisation)] == [50]
    assert VisitMinutesOverride.objects.for_organisation(organisation).minutes_by_area([area])[area.pk].minutes == 50
    assert in_force(None) == []


@pytest.mark.parametrize(
    ("minutes", "reason", "field"), [(4, "Why", "minutes"), (241, "Why", "minutes"), (30.5, "Why", "minutes"),
                                     (True, "Why", "minutes"), (45, "  ", "reason")],
)  # fmt: skip
def test_minutes_without_sense_or_reason_are_refused(area, organisation, planner, minutes, reason, field):
    with pytest.raises(services.MinutesRefused) as refused:
        services.set_minutes(area=area, organisation=organisation, minutes=minutes, reason=reason, by=planner)
    assert refused.value.field == field
    assert in_force(organisation) == []


@pytest.mark.parametrize("roles", [[], ["viewer"], ["approver"]])
def test_only_planners_of_the_organisation_may(area, organisation, other_organisation, planner, make_user, roles):
    override = services.set_minutes(area=area, organisation=organisation, minutes=50, reason="Stairs", by=planner)
    for somebody in (make_user(roles), make_user(["planner"], organisation=other_organisation)):
        with pytest.raises(services.MinutesRefused, match="Only a planner of Northgate"):
            services.set_minutes(area=area, organisation=organisation, minutes=60, reason="Dogs", by=somebody)
        with pytest.raises(services.MinutesRefused, match="Only a planner of Northgate"):
            services.end_minutes(override=override, by=somebody)
    assert in_force(organisation) == [override]


INSERT = """
INSERT INTO priorities_visitminutesoverride
    (area_id, organisation_id, minutes, reason, created_at, created_by_id, ended_at, ended_because)
VALUES (%s, %s, %s, %s, now(), %s, {ended}, '')
"""


@pytest.mark.parametrize(
    ("minutes", "reason", "ended", "constraint"),
    [
        (4, "Why", "NULL", "minutes_override_is_a_visit"),
        (45, "", "NULL", "minutes_override_has_a_reason"),
        (45, "Why", "now()", "minutes_override_ended_by_somebody"),
        (45, "Second in force", "NULL", "minutes_override_one_in_force"),
    ],
)
def test_the_table_refuses_them_too(area, organisation, planner, minutes, reason, ended, constraint):
    services.set_minutes(area=area, organisation=organisation, minutes=50, reason="Stairs", by=planner)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSERT.format(ended=ended), [area.pk, organisation.pk, minutes, reason, planner.pk])
