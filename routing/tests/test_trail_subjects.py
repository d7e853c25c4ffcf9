"""Whose data of visit planning somebody was shown, and whose work it was."""

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEvent, UnusualRule, UnusualThreshold
from accounts.trail.readers import subject_of
from accounts.trail.unusual import look
from routing.models import StaffMember

from . import factories as make


@pytest.fixture
def teams(organisation):
    """Two teams with a plan of the same town, made by nobody who is asked about."""
    town = make.town()
    return [make.team(organisation, town, people=1) for _ in range(2)]


def read(person, organisation, rows):
    request = RequestFactory().get("/")
    request.user, request.organisation = person, organisation
    audit.record_reading(request, "visits.list", rows)


@pytest.mark.django_db
class TestOtherTeams:
    def noticed(self, organisation):
        # The day of the newest entry: midnight may have passed since.
        day = timezone.localdate(AuditEvent.objects.values_list("occurred_at", flat=True).first())
        return [each for each in look(organisation, day) if each.rule == UnusualRule.OTHER_CASELOADS]

    def test_many_people_of_a_team_whose_work_one_does_not_do(self, make_user, organisation, teams):
        own, other = teams
        UnusualThreshold.objects.create(organisation=organisation, rule=UnusualRule.OTHER_CASELOADS, threshold=3)
        worker, keeper = make_user(roles=["planner"]), make_user(roles=["planner"])
        StaffMember.objects.filter(team=own).update(user=worker)
        visits = list(make.draft_plan(other, count=4).visits.all())
        read(worker, organisation, list(make.draft_plan(own, count=4).visits.all()))
        # Somebody who works in no team looks after all of them.
        read(keeper, organisation, visits)
        assert self.noticed(organisation) == []
        read(worker, organisation, visits)
        [found] = self.noticed(organisation)
        assert (found.actor, found.number) == (audit.pseudonym_of(worker), 4)


@pytest.mark.django_db
class TestSubjects:
    def test_visits_under_one_reference_are_one_person(self, organisation, other_organisation, teams):
        first, second = make.draft_plan(teams[0], count=2).visits.order_by("pk")
        type(first).objects.filter(pk=second.pk).update(reference=first.reference, day=first.day + timedelta(days=1))
        found = subject_of(organisation, "routing.visit", str(first.pk))
        assert (found.name, set(found.ids)) == (first.reference, {str(first.pk), str(second.pk)})
        assert subject_of(other_organisation, "routing.visit", str(first.pk)) is None

    def test_somebody_of_a_team(self, organisation, other_organisation, teams):
        person = teams[0].staff.get()
        found = subject_of(organisation, "routing.staffmember", str(person.pk))
        assert (found.name, found.ids) == (person.display_name, (str(person.pk),))
        assert subject_of(other_organisation, "routing.staffmember", str(person.pk)) is None
