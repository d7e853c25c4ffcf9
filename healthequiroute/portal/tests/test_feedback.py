"""Feedback about a page: who may send it, who reads it, what is kept of it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import AuditEvent, Notification
from accounts.people.limits import RefusedChange
from accounts.permissions import Role
from accounts.privacy import retention
from accounts.tests.factories import MembershipFactory
from healthequiroute.portal.feedback import services
from healthequiroute.portal.models import Feedback

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer(organisation):
    return MembershipFactory(organisation=organisation, roles=[Role.PLANNER, Role.VIEWER]).user


@pytest.fixture
def administrator(organisation):
    return MembershipFactory(organisation=organisation, roles=[Role.ADMINISTRATOR]).user


@pytest.fixture
def sent(writer, administrator, organisation):
    return services.send_feedback(
        kind="idea", text="A bigger map", page="/explore/?patch=secret", by=writer, organisation=organisation
    )


def test_the_page_is_kept_without_what_was_asked_of_it(sent):
    assert sent.page == "/explore/"
    assert sent.roles == "Planner, Viewer" or sent.roles == "Viewer, Planner"
    for odd in ("https://evil.example/x?y=1", "javascript:alert(1)", "", "no slash"):
        assert services._path(odd) in ("/x", "")


def test_the_text_lies_in_the_table_sealed(sent):
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM portal_feedback")
        [(stored,)] = cursor.fetchall()
    assert "bigger map" not in stored
    assert Feedback.objects.get().text == "A bigger map"


def test_administrators_are_told_and_the_trail_does_not_say_what_was_said(sent, administrator, writer):
    told = Notification.objects.get(user=administrator)
    assert told.text == "Feedback: an idea"
    assert not Notification.objects.filter(user=writer).exists()
    event = AuditEvent.objects.get(action="feedback.sent")
    assert event.details == {"kind": "idea", "page": "/explore/"}


def test_an_answer_reaches_whoever_wrote(sent, administrator, client_as):
    client_as(user=administrator).post(f"/feedback/{sent.pk}/answer/", {"text": "It comes next month."})
    sent.refresh_from_db()
    assert (sent.state, sent.answer, sent.answered_by) == ("answered", "It comes next month.", administrator)
    assert Notification.objects.get(user=sent.written_by).text == "Your feedback was answered."
    assert "It comes next month." in client_as(user=sent.written_by).get("/feedback/").content.decode()


def test_closing_needs_no_answer_and_happens_once(sent, administrator):
    services.close_feedback(feedback=sent, by=administrator)
    with pytest.raises(RefusedChange, match="meantime"):
        services.close_feedback(feedback=sent, by=administrator)


@pytest.mark.parametrize(
    ("text", "why"),
    [("  ", "Write what"), ("x" * 4001, "4,000 letters"), ("ask 943 476 5919", "NHS number"), ("a@b.org", "email")],
)
def test_what_is_empty_too_long_or_points_to_a_person_is_refused(writer, organisation, text, why):
    with pytest.raises(RefusedChange, match=why):
        services.send_feedback(kind="problem", text=text, page="/", by=writer, organisation=organisation)
    assert not Feedback.objects.exists()


def test_nobody_sends_without_end(writer, organisation):
    asked = {"kind": "question", "text": "Why?", "page": "/", "by": writer, "organisation": organisation}
    for _ in range(services.MOST_A_DAY):
        services.send_feedback(**asked)
    with pytest.raises(RefusedChange, match="tomorrow"):
        services.send_feedback(**asked)


def test_the_form_works_without_javascript(client_as, writer):
    client = client_as(user=writer)
    answer = client.post("/feedback/", {"kind": "problem", "text": "It is slow", "page": "/plans/"}, follow=True)
    assert "Your message was sent" in answer.content.decode()
    assert Feedback.objects.get().page == "/plans/"


def test_the_form_in_the_foot_comes_and_answers_without_a_page(client_as, writer):
    client = client_as(user=writer)
    form = client.get("/feedback/", {"page": "/plans/"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in form
    assert 'value="/plans/"' in form
    refused = client.post("/feedback/", {"page": "/plans/"}, headers={"HX-Request": "true"}).content.decode()
    assert "has not been sent" in refused
    asked = {"kind": "idea", "text": "More", "page": "/plans/"}
    assert "was sent" in client.post("/feedback/", asked, headers={"HX-Request": "true"}).content.decode()


def test_the_list_is_of_ones_own_organisation_and_also_a_file(sent, administrator, client_as, other_organisation):
    mine = client_as(user=administrator)
    assert "A bigger map" in mine.get("/feedback/list/", {"state": "new", "kind": "idea"}).content.decode()
    assert "A bigger map" not in mine.get("/feedback/list/", {"state": "closed"}).content.decode()
    assert b"A bigger map" in mine.get("/feedback/list/", {"file": "csv"}).getvalue()
    theirs = client_as(Role.ADMINISTRATOR, organisation=other_organisation)
    assert "A bigger map" not in theirs.get("/feedback/list/").content.decode()
    assert theirs.post(f"/feedback/{sent.pk}/close/").status_code == 404


def test_reading_the_list_is_recorded(sent, administrator, client_as):
    client_as(user=administrator).get("/feedback/list/")
    reading = AuditEvent.objects.get(action="personal_data.read", details__page="feedback.list")
    assert reading.details["subjects"] == [str(sent.written_by_id)]


@pytest.mark.parametrize(
    "change",
    [{"kind": "other"}, {"state": "answered"}, {"page": "/a?b"}, {"settled_at": timezone.now()}],
)
def test_the_database_refuses_what_cannot_be(sent, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Feedback.objects.filter(pk=sent.pk).update(**change)


def test_it_goes_a_year_after_it_was_settled(sent, administrator):
    rule = next(rule for rule in retention.rules() if rule.name == "feedback")
    now = timezone.now()
    assert not rule.due(now).exists()
    services.close_feedback(feedback=sent, by=administrator)
    assert rule.due(now + timedelta(days=1)).exists()
