"""Reviews of access: who has which role, confirmed by whom and when; due, late, and told in time."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit, services
from accounts.models import AccessConfirmation, AccessReview, AuditEvent, Membership, Notification, Organisation
from accounts.people import reviews
from accounts.tests.files import csv_lines

pytestmark = pytest.mark.django_db
SYSTEM = audit.SystemActor("test")
PAGE = "/members/review/"


@pytest.fixture
def administrator(client_as):
    return client_as("administrator", full_name="Ada Adams")


@pytest.fixture
def second(client_as):
    return client_as("administrator", full_name="Bea Brown")


def held(user) -> Membership:
    return user.memberships.get()


def begun(client) -> AccessReview:
    client.post(f"{PAGE}begin/")
    return AccessReview.objects.open().get()


def confirm(client, review, *users):
    data = {"member": [held(user).pk for user in users]}
    return client.post(f"{PAGE}{review.pk}/confirm/", data, follow=True).content.decode()


def test_two_administrators_go_through_everybody(administrator, second, make_user, organisation):
    femi = make_user(roles=["planner"], full_name="Femi Ade")
    review = begun(administrator)
    assert begun(second) == review
    assert "0 of 3 confirmed" in administrator.get(PAGE).content.decode()
    assert "Confirmed for 2 people." in confirm(administrator, review, femi, second.user)
    page = administrator.post(f"{PAGE}{review.pk}/finish/", follow=True).content.decode()
    assert "Your own roles are left" in page
    assert "Confirmed for 1 person." in confirm(second, review, administrator.user)
    administrator.post(f"{PAGE}{review.pk}/finish/")
    review.refresh_from_db()
    assert review.finished_by == administrator.user
    lines = csv_lines(administrator.get(f"{PAGE}{review.pk}/review.csv"))
    assert lines[0] == ["name", "email", "roles", "confirmed_by", "confirmed_at", "state"]
    assert [line[0] for line in lines[1:]] == ["Ada Adams", "Bea Brown", "Femi Ade"]
    assert lines[3][2:4] == ["Planner", "Ada Adams"]
    events = AuditEvent.objects.for_organisation(organisation).filter(action__startswith="access_review.")
    assert sorted(events.values_list("action", flat=True)) == [
        *("access_review.begun", *["access_review.confirmed"] * 3, "access_review.exported", "access_review.finished")
    ]
    assert events.get(action="access_review.finished").details == {"people": 3, "roles_changed": 0, "removed": 0}


def test_nobody_confirms_themselves(administrator, organisation):
    review = begun(administrator)
    assert "Your own roles are confirmed by another administrator" in confirm(administrator, review, administrator.user)
    own = {"person": administrator.user, "confirmed_by": administrator.user, "roles": ["administrator"]}
    with pytest.raises(IntegrityError, match="access_confirmed_by_somebody_else"), transaction.atomic():
        AccessConfirmation.objects.create(review=review, **own)
    with pytest.raises(IntegrityError, match="access_review_one_at_a_time"), transaction.atomic():
        AccessReview.objects.create(organisation=organisation)


def test_what_changes_afterwards_is_confirmed_anew_and_who_leaves_is_not_asked_about(
    administrator, second, make_user, organisation
):
    femi, gwen = make_user(roles=["planner"]), make_user(roles=["viewer"])
    review = begun(administrator)
    confirm(administrator, review, femi, gwen, second.user)
    confirm(second, review, administrator.user)
    services.grant_roles(user=femi, organisation=organisation, roles=["planner", "approver"], by=second.user)
    assert "Changed since it was confirmed" in administrator.get(PAGE).content.decode()
    refused = administrator.post(f"{PAGE}{review.pk}/finish/", follow=True).content.decode()
    assert "1 of 4 are not confirmed yet." in refused
    services.remove_member(membership=held(gwen), by=second.user)
    confirm(administrator, review, femi)
    administrator.post(f"{PAGE}{review.pk}/finish/")
    told = AuditEvent.objects.get(action="access_review.finished").details
    assert told == {"people": 3, "roles_changed": 1, "removed": 1}
    assert "finished. Start a new one" in confirm(administrator, review, femi)


def test_it_is_the_organisations_own(administrator, client_as, other_organisation, make_user):
    review = begun(administrator)
    outsider = client_as("administrator", "auditor", organisation=other_organisation)
    for address in ("confirm/", "finish/"):
        assert outsider.post(f"{PAGE}{review.pk}/{address}").status_code == 404
    assert outsider.get(f"{PAGE}{review.pk}/review.csv").status_code == 404
    stranger = make_user(roles=["viewer"], organisation=other_organisation)
    assert "Tick at least one person" in confirm(administrator, review, stranger)
    assert client_as("auditor").get(f"{PAGE}{review.pk}/review.csv").status_code == 200
    assert client_as("auditor").get(PAGE).status_code == 403


def test_a_late_one_is_shown_and_told_once_a_week(administrator, platform_client, make_user, organisation):
    planner = make_user(roles=["planner"])
    assert reviews.remind() == 0
    Organisation.objects.filter(pk=organisation.pk).update(created_at=timezone.now() - timedelta(days=200))
    assert "The review of access was due by" in administrator.get("/members/").content.decode()
    assert "Overdue" in administrator.get(PAGE).content.decode()
    assert "Access review overdue" in platform_client.get("/organisations/").content.decode()
    assert (reviews.remind(), reviews.remind()) == (1, 0)
    told = Notification.objects.get()
    assert (told.user, told.url) == (administrator.user, PAGE)
    assert not planner.notifications.exists()
    assert reviews.remind(now=timezone.now() + timedelta(days=8)) == 1
    now = timezone.now()
    AccessReview.objects.create(organisation=organisation, started_at=now, finished_at=now)
    assert reviews.remind(now=timezone.now() + timedelta(days=8)) == 0
    assert not reviews.due(Organisation.objects.get(pk=organisation.pk)).is_overdue


@pytest.mark.parametrize(
    ("reviewed", "months", "due"),
    [("2026-08-31", 6, "2027-02-28"), ("2026-12-15", 12, "2027-12-15"), ("2027-08-31", 6, "2028-02-29")],
)
def test_the_day_is_months_later_or_the_last_of_a_shorter_month(reviewed, months, due):
    at = timezone.make_aware(timezone.datetime.fromisoformat(f"{reviewed}T12:00"))
    assert str(reviews.due_on(Organisation(review_months=months), at)) == due
