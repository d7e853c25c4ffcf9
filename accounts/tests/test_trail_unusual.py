"""Unusual behaviour is noticed, told once, and decided by a person."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import RequestFactory
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEvent, Notification, UnusualBehaviour, UnusualRule, UnusualThreshold
from accounts.tests.factories import PlatformAdministratorFactory, UserFactory
from accounts.trail import noticing, unusual
from accounts.trail.reading import Filter

SYSTEM = audit.SystemActor("sign-in")


@pytest.fixture(autouse=True)
def _days_are_long(monkeypatch):
    """The database alone says when something happened: around midnight a test would see two days."""

    def around(asked, **more):
        organisation_id = asked.organisation.pk if asked.organisation is not None else None
        day = timedelta(days=1)
        return Filter(organisation_id, since=asked.day - day, until=asked.day + day, **more)

    monkeypatch.setattr(unusual.Day, "filter", around)


def set_threshold(organisation, rule, number):
    UnusualThreshold.objects.create(organisation=organisation, rule=rule, threshold=number)


def read(reader, organisation, number):
    request = RequestFactory().get("/")
    request.user, request.organisation = reader, organisation
    audit.record_reading(request, "caseload.list", [uuid4() for _ in range(number)], model="routing.caseloadentry")


def look(organisation):
    found = unusual.look(organisation, timezone.localdate())
    return {(each.rule, each.actor): (each.number, each.usual) for each in found}


@pytest.mark.django_db
class TestRules:
    def test_many_more_people_than_colleagues(self, make_user, organisation):
        set_threshold(organisation, "many_people", 20)
        curious, *others = (make_user(roles=["planner"]) for _ in range(5))
        for person in others:
            read(person, organisation, 6)
        read(curious, organisation, 10)
        read(curious, organisation, 10)
        assert look(organisation) == {(UnusualRule.MANY_PEOPLE, audit.pseudonym_of(curious)): (20, 6)}
        # Where everybody has much to do, it is not unusual.
        for person in others:
            read(person, organisation, 30)
        assert look(organisation) == {}

    def test_many_more_people_than_on_the_days_before(self, make_user, organisation, monkeypatch):
        set_threshold(organisation, "more_than_before", 20)
        person = make_user(roles=["planner"])
        read(person, organisation, 20)
        assert look(organisation) == {}  # no days before to compare with
        monkeypatch.setattr(unusual, "_people_read_before", lambda asked, actor: [4, 5, 6, 5, 5])
        expected = {(UnusualRule.MORE_THAN_BEFORE, audit.pseudonym_of(person)): (20, 5)}
        assert look(organisation) == expected

    def test_days_before_are_counted_one_by_one(self, make_user, organisation):
        person = make_user(roles=["planner"])
        read(person, organisation, 7)
        later = unusual.Day(organisation, timezone.localdate() + timedelta(days=2))
        assert unusual._people_read_before(later, audit.pseudonym_of(person)) == [7]

    def test_many_refusals(self, make_user, organisation):
        person, other = make_user(roles=["planner"]), make_user(roles=["planner"])
        for number in range(15):
            audit.record(action="access.refused", by=person, organisation=organisation, details={"n": number})
        audit.record(action="access.refused", by=other, organisation=organisation)
        assert look(organisation) == {(UnusualRule.REFUSALS, audit.pseudonym_of(person)): (15, None)}

    @pytest.mark.parametrize(("begins", "number"), [(0, 1), (72, 0)])
    def test_files_taken_at_night(self, make_user, organisation, monkeypatch, begins, number):
        monkeypatch.setattr(unusual, "NIGHT_BEGINS", begins)
        monkeypatch.setattr(unusual, "NIGHT_ENDS", -72)
        monkeypatch.setattr(unusual.Day, "begins", property(lambda asked: timezone.now() - timedelta(days=begins == 0)))
        for _ in range(3):
            audit.record(action="plan.file_taken", by=make_user(roles=["planner"]), organisation=organisation)
        person = make_user(roles=["planner"])
        for _ in range(3):
            audit.record(action="plan.file_taken", by=person, organisation=organisation)
        assert len(look(organisation)) == number

    def test_failed_sign_ins_over_many_accounts(self):
        for _ in range(10):
            account = audit.pseudonym_of(UserFactory())
            for _ in range(2):
                audit.record(action="sign_in.failed", by=SYSTEM, details={"account": account})
        audit.record(action="sign_in.failed", by=SYSTEM, details={"account": "unknown"})
        assert look(None) == {(UnusualRule.FAILED_SIGN_INS, ""): (10, None)}

    def test_other_days_and_other_organisations_do_not_count(self, make_user, organisation, other_organisation):
        set_threshold(organisation, "many_people", 5)
        read(make_user(roles=["planner"], organisation=other_organisation), other_organisation, 9)
        read(make_user(roles=["planner"]), organisation, 4)
        assert look(organisation) == {}
        assert unusual.look(organisation, timezone.localdate() - timedelta(days=5)) == []

    def test_a_rule_that_is_off_says_nothing(self, make_user, organisation):
        set_threshold(organisation, "many_people", None)
        read(make_user(roles=["planner"]), organisation, 400)
        assert look(organisation) == {}


@pytest.fixture
def curious(make_user, organisation):
    set_threshold(organisation, "many_people", 5)
    person = make_user(roles=["planner"], full_name="Cary Curious")
    read(person, organisation, 6)
    return person


@pytest.mark.django_db
class TestNoticing:
    def test_is_told_to_administrators_once_and_is_in_the_trail(self, make_user, organisation, curious):
        administrator = make_user(roles=["administrator"])
        today = timezone.localdate()
        assert len(noticing.notice(today)) == 1
        read(curious, organisation, 3)
        assert noticing.notice(today) == []
        finding = UnusualBehaviour.objects.get()
        assert (finding.number, finding.state) == (9, "open")
        told = Notification.objects.get(user=administrator)
        assert "many more people" in told.text
        assert "Cary" not in told.text
        assert told.url == "/audit/unusual/"
        event = AuditEvent.objects.get(action="unusual.noticed")
        assert event.details["account"] == audit.pseudonym_of(curious)

    def test_nobody_is_told_of_themselves(self, make_user, organisation):
        set_threshold(organisation, "many_people", 5)
        administrator, platform = make_user(roles=["administrator"]), PlatformAdministratorFactory()
        read(administrator, organisation, 6)
        noticing.notice(timezone.localdate())
        assert not Notification.objects.filter(user=administrator).exists()
        assert Notification.objects.filter(user=platform).exists()

    def test_in_the_first_hours_the_day_before_is_looked_at_once_more(self):
        midnight = timezone.localtime().replace(hour=0, minute=17)
        assert noticing.days_to_look_at(midnight) == [midnight.date() - timedelta(days=1), midnight.date()]
        assert noticing.days_to_look_at(midnight.replace(hour=9)) == [midnight.date()]


@pytest.mark.django_db
class TestPages:
    def test_a_person_decides_what_it_was(self, client_as, organisation, curious):
        noticing.notice(timezone.localdate())
        finding = UnusualBehaviour.objects.get()
        client = client_as("administrator")
        page = client.get("/audit/unusual/?state=open").content.decode()
        assert "Cary Curious" in page
        assert "Looked at many more people than others" in page
        address = f"/audit/unusual/{finding.pk}/decide/"
        refused = client.post(address, {f"f{finding.pk}-state": "harmless"})
        assert refused.status_code == 422
        assert "Write down what you found out" in refused.content.decode()
        values = {f"f{finding.pk}-state": "harmless", f"f{finding.pk}-note": "Stood in for two colleagues"}
        assert client.post(address, values)["Location"] == "/audit/unusual/"
        page = client.get("/audit/unusual/").content.decode()
        assert "Looked at, harmless" in page
        assert "Stood in for two colleagues" in page
        event = AuditEvent.objects.get(action="unusual.decided")
        assert event.details == {"decision": "Looked at, harmless"}

    def test_nobody_decides_about_themselves(self, client_as, make_user, organisation):
        set_threshold(organisation, "many_people", 5)
        administrator = make_user(roles=["administrator"])
        read(administrator, organisation, 6)
        noticing.notice(timezone.localdate())
        finding = UnusualBehaviour.objects.get()
        client = client_as(user=administrator)
        values = {f"f{finding.pk}-state": "harmless", f"f{finding.pk}-note": "It was me"}
        answer = client.post(f"/audit/unusual/{finding.pk}/decide/", values, follow=True)
        assert "Somebody else has to look at it" in answer.content.decode()
        finding.refresh_from_db()
        assert finding.state == "open"

    def test_organisations_say_what_is_unusual(self, client_as, organisation):
        client = client_as("administrator")
        values = {rule.value: number for rule, number in unusual.thresholds(organisation).items()}
        answer = client.post("/audit/unusual/limits/", values | {"refusals": "7", "night_exports": ""})
        assert answer["Location"] == "/audit/unusual/"
        now = unusual.thresholds(organisation)
        assert (now[UnusualRule.REFUSALS], now[UnusualRule.NIGHT_EXPORTS]) == (7, None)
        assert now[UnusualRule.MANY_PEOPLE] == unusual.DEFAULTS[UnusualRule.MANY_PEOPLE]
        event = AuditEvent.objects.get(action="unusual.thresholds_changed")
        assert event.details == {"Was refused many times": "15 to 7", "Took files away at night": "3 to off"}
