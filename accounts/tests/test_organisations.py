"""Organisations: made with an administrator, kept apart, settings, limits, suspension, the checklist."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.db.models import F
from django.test import Client
from django.utils import timezone

from accounts import audit, jobs, services
from accounts.models import AuditEvent, JobState, Membership, Notification, Organisation, Session, User
from accounts.people import organisations
from accounts.people.limits import RefusedChange
from accounts.permissions import Role
from accounts.privacy.retention import apply_retention
from accounts.sessions.idle import idle_seconds_of
from accounts.tests.factories import JobFactory
from accounts.tests.second_factors import give_app

pytestmark = pytest.mark.django_db
SYSTEM = audit.SystemActor("test")
NEW = {
    "name": "Westfield Care NHS Trust",
    "ods_code": "rx9",
    "administrator_name": "Ada Adams",
    "administrator_email": "Ada@westfield.nhs.uk",
}


class TestMaking:
    def test_a_platform_administrator_makes_one_with_its_first_administrator(self, platform_client):
        answer = platform_client.post("/organisations/add/", NEW)
        organisation = Organisation.objects.get(name="Westfield Care NHS Trust")
        assert answer["Location"] == f"/organisations/{organisation.pk}/"
        assert organisation.ods_code == "RX9"
        membership = organisation.memberships.get()
        assert (membership.user.email, membership.roles) == ("ada@westfield.nhs.uk", ["administrator"])
        page = platform_client.get(answer["Location"]).content.decode()
        assert "never signed in" in page
        link = platform_client.post(f"/organisations/{organisation.pk}/administrators/{membership.pk}/first-link/")
        assert "/accounts/password/first/" in link.content.decode()
        actions = AuditEvent.objects.for_organisation(organisation).values_list("action", flat=True)
        assert {"organisation.created", "member.roles_granted", "member.first_link_made"} <= set(actions)

    def test_the_command_does_the_same(self, capsys):
        options = {"ods_code": "RX9", "administrator": "ada@westfield.nhs.uk", "administrator_name": "Ada Adams"}
        call_command("create_organisation", "Westfield", **options)
        assert "ada@westfield.nhs.uk is its administrator" in capsys.readouterr().out
        with pytest.raises(CommandError, match="already"):
            call_command("create_organisation", "WESTFIELD", **options)
        with pytest.raises(CommandError, match="not an email address"):
            call_command("create_organisation", "Other", **options | {"administrator": "ada"})

    @pytest.mark.parametrize(
        ("field", "value", "why"),
        [("name", "northgate community nhs trust", "already"), ("ods_code", "R!", "no ODS code")],
    )
    def test_what_cannot_be_is_said(self, platform_client, organisation, field, value, why):
        answer = platform_client.post("/organisations/add/", NEW | {field: value})
        assert answer.status_code == 422
        assert why in answer.content.decode()
        assert not User.objects.filter(email="ada@westfield.nhs.uk").exists()

    def test_another_administrator_is_named_beside_the_roles_held(self, platform_client, organisation, make_user):
        user = make_user(roles=["planner"], email="p@example.nhs.uk")
        data = {"full_name": "P", "email": "P@example.nhs.uk"}
        platform_client.post(f"/organisations/{organisation.pk}/administrator/", data)
        assert user.memberships.get().roles == ["planner", "administrator"]


class TestSettings:
    DATA = {
        "name": "Northgate",
        "ods_code": "",
        "sign_in_domains": "",
        "search_seconds": "60",
        "privacy_contact": "",
        "travel_profile": "car",
        "shift_starts": "08:00",
        "shift_ends": "16:30",
        "shift_break_minutes": "30",
        "idle_minutes": "",
        "review_months": "6",
    }

    def save(self, client, **changes):
        return client.post("/organisation/settings/", self.DATA | changes)

    def test_its_administrator_keeps_them(self, client_as, organisation):
        answer = self.save(client_as("administrator"), ods_code=" ry2 ", sign_in_domains="@Northgate.nhs.uk\nnhs.net")
        assert answer["Location"] == "/organisation/settings/"
        organisation.refresh_from_db()
        assert organisation.sign_in_domains == ["nhs.net", "northgate.nhs.uk"]
        assert (organisation.name, organisation.ods_code, organisation.search_seconds) == ("Northgate", "RY2", 60)
        told = AuditEvent.objects.get(action="organisation.settings_changed").details
        assert told["fields"] == ["name", "ods_code", "search_seconds", "sign_in_domains"]
        assert (told["search_seconds_from"], told["search_seconds_to"]) == (30, 60)
        assert (told["sign_in_domains_from"], told["sign_in_domains_to"]) == ([], ["nhs.net", "northgate.nhs.uk"])

    def test_times_periods_and_contact(self, client_as, organisation):
        client = client_as("administrator")
        changes = {"shift_starts": "07:30", "days-notifications": "60", "privacy_contact": "dpo@northgate.nhs.uk"}
        self.save(client, name=organisation.name, search_seconds="30", idle_minutes="5", **changes)
        organisation.refresh_from_db()
        assert (organisation.idle_minutes, organisation.retention_days) == (5, {"notifications": 60})
        told = AuditEvent.objects.get(action="organisation.settings_changed").details
        assert (told["shift_starts_from"], told["shift_starts_to"]) == ("08:00", "07:30")
        assert (told["retention_days_from"], told["retention_days_to"]) == ([], ["notifications=60"])
        assert "dpo@northgate.nhs.uk" not in str(told)
        assert "dpo@northgate.nhs.uk" in client.get("/privacy/").content.decode()

    def test_only_their_own(self, client_as, organisation, other_organisation):
        self.save(client_as("administrator", organisation=other_organisation))
        organisation.refresh_from_db()
        assert organisation.name != "Northgate"

    @pytest.mark.parametrize(
        ("field", "value", "why"),
        [
            ("name", "SOUTHMOOR health nhs trust", "There is an organisation named"),
            ("ods_code", "Ä1", "no ODS code"),
            ("sign_in_domains", "not a domain!", "no domain"),
            ("search_seconds", "5000", "valid choice"),
            ("idle_minutes", "61", "whole number from 3 to 60"),
            ("review_months", "0", "whole number from 1 to 12"),
            ("shift_break_minutes", "-1", "whole number from 0 to 120"),
            ("shift_ends", "25:00", "such as 08:00"),
            ("travel_profile", "rocket", "valid choice"),
            ("privacy_contact", "nobody", "valid email"),
            ("days-notifications", "29", "whole number from 30 to 365"),
        ],
    )
    def test_mistakes_are_told(self, client_as, other_organisation, field, value, why):
        answer = self.save(client_as("administrator"), **{field: value})
        assert answer.status_code == 422
        assert why in answer.content.decode()

    def test_idle_minutes_are_never_above_the_house(self, client_as, organisation, settings):
        settings.SESSION_IDLE_SECONDS = 15 * 60
        client = client_as("administrator")
        assert "whole number from 3 to 15" in self.save(client, idle_minutes="16").content.decode()
        with pytest.raises(RefusedChange, match="3 to 15 minutes"):
            organisations.change_settings(organisation=organisation, idle_minutes=16, by=SYSTEM)

    def test_what_no_rule_allows_is_refused_by_the_service_too(self, organisation):
        for days, why in (({"notifications": 9_999}, "30 to 365"), ({"admin_log": 30}, "No period called")):
            with pytest.raises(RefusedChange, match=why):
                organisations.change_settings(organisation=organisation, retention_days=days, by=SYSTEM)
        with pytest.raises(ValueError, match="No settings: most_members"):
            organisations.change_settings(organisation=organisation, most_members=9, by=SYSTEM)

    def test_limits_are_set_by_the_platform(self, platform_client, organisation):
        data = {"most_members": 3, "most_api_keys": 1, "most_plans_per_day": 2}
        platform_client.post(f"/organisations/{organisation.pk}/limits/", data)
        organisation.refresh_from_db()
        assert organisation.most_plans_per_day == 2
        told = AuditEvent.objects.get(action="organisation.limits_changed").details
        assert (told["most_members_from"], told["most_members_to"]) == (500, 3)
        assert (
            platform_client.post(f"/organisations/{organisation.pk}/limits/", data | {"most_members": 0}).status_code
            == 422
        )


class TestWhereSettingsCount:
    def test_sessions_end_as_soon_as_the_strictest_organisation_says(
        self, make_user, organisation, other_organisation, settings
    ):
        settings.SESSION_IDLE_SECONDS = 15 * 60
        user = make_user(roles=["viewer"])
        assert idle_seconds_of(user.pk) == 900
        Membership.objects.create(user=user, organisation=other_organisation, roles=["viewer"])
        organisations.change_settings(organisation=other_organisation, idle_minutes=5, by=SYSTEM)
        assert idle_seconds_of(user.pk) == 300
        client = Client()
        client.force_login(user)
        row = Session.objects.get(user=user)
        assert row.expire_date - row.last_active_at == timedelta(minutes=5)
        Session.objects.filter(pk=row.pk).update(last_active_at=F("last_active_at") - timedelta(minutes=1))
        assert client.get("/explore/").status_code == 200
        row.refresh_from_db()
        assert row.expire_date - row.last_active_at == timedelta(minutes=5)
        settings.SESSION_IDLE_SECONDS = 3 * 60
        assert idle_seconds_of(user.pk) == 180

    def test_periods_of_one_organisation_are_its_own(self, make_user, organisation, other_organisation):
        organisations.change_settings(organisation=organisation, retention_days={"notifications": 30}, by=SYSTEM)
        old = timezone.now() - timedelta(days=40)
        for each in (organisation, other_organisation, None):
            Notification.objects.create(user=make_user(), organisation=each, text="Done", read_at=old, created_at=old)
        assert apply_retention(by=SYSTEM, dry_run=True)["notifications"] == 1
        apply_retention(by=SYSTEM)
        assert set(Notification.objects.values_list("organisation", flat=True)) == {other_organisation.pk, None}


class TestSuspension:
    @pytest.fixture
    def suspended(self, organisation):
        return organisations.suspend(organisation=organisation, reason="The contract has ended.", by=SYSTEM)

    def test_nobody_in_it_can_do_or_see_anything(self, client_as, api_client_as, suspended):
        client = client_as(*Role)
        for address in ("/", "/plans/", "/members/", "/audit/", "/explore/", "/organisation/settings/", "/teams/"):
            answer = client.get(address)
            assert answer.status_code == 403, address
            assert "The contract has ended." in answer.content.decode()
        answer = api_client_as(*Role).get("/api/v1/route-plans/")
        assert answer.status_code == 403
        assert "The contract has ended." in answer.json()["detail"]
        assert client.get("/my-account/").status_code == 200

    def test_another_organisation_of_theirs_is_open(self, client_as, make_user, suspended, other_organisation):
        user = make_user(roles=["auditor"])
        services.grant_roles(user=user, organisation=other_organisation, roles=["auditor"], by=SYSTEM)
        client = client_as(user=user)
        assert client.get("/audit/").status_code == 200
        client.post("/organisation/", {"organisation": str(suspended.pk)})
        assert client.get("/audit/").status_code == 403

    def test_its_work_stops_and_none_begins(self, organisation, make_user):
        waiting = JobFactory(organisation=organisation)
        running = JobFactory(organisation=organisation, running=True)
        organisations.suspend(organisation=organisation, reason="Ended.", by=SYSTEM)
        waiting.refresh_from_db()
        running.refresh_from_db()
        assert waiting.state == JobState.CANCELLED
        assert running.cancel_requested_at is not None
        late = JobFactory(organisation=organisation)
        with jobs.job_run(late.pk) as run:
            assert run is None
        late.refresh_from_db()
        assert (late.state, late.message) == (JobState.CANCELLED, "The organisation is suspended")
        with pytest.raises(jobs.JobNotRetryable, match="suspended"):
            jobs.retry(job=waiting, by=SYSTEM)
        with pytest.raises(jobs.OrganisationSuspended):
            jobs.enqueue(kind=sorted(jobs._tasks)[0], title="X", payload={}, by=SYSTEM, organisation=organisation)

    def test_the_page_asks_for_a_reason_and_ends_it_later(self, platform_client, client_as, organisation):
        address = f"/organisations/{organisation.pk}"
        assert platform_client.post(f"{address}/suspend/", {}).status_code == 422
        platform_client.post(f"{address}/suspend/", {"reason": "Ended."})
        client = client_as("viewer")
        assert client.get("/explore/").status_code == 403
        assert "Suspended since" in platform_client.get(f"{address}/").content.decode()
        platform_client.post(f"{address}/restore/")
        assert client.get("/explore/").status_code == 200
        actions = ["organisation.suspended", "organisation.restored"]
        assert AuditEvent.objects.for_organisation(organisation).filter(action__in=actions).count() == 2

    def test_the_table_holds_a_reason_for_each(self, organisation):
        with pytest.raises(IntegrityError, match="organisation_suspended_for_a_reason"), transaction.atomic():
            Organisation.objects.update(suspended_reason="without a time")
        with pytest.raises(RefusedChange):
            organisations.suspend(organisation=organisation, reason=" ", by=SYSTEM)


class TestChecklist:
    def test_items_look_at_what_is_there(self, client_as, organisation, make_user):
        client = client_as("administrator")
        done = {item.step.key for item in client.get("/organisation/setup/").context["items"] if item.is_done}
        assert done == set()
        assert "Setting up" in client.get("/").content.decode()
        make_user(roles=["administrator"])
        organisation.ods_code, organisation.sign_in_domains = "RX1", ["example.nhs.uk"]
        organisation.save()
        done = {item.step.key for item in client.get("/organisation/setup/").context["items"] if item.is_done}
        assert done == {"people", "administrators", "settings"}

    def test_a_second_factor_is_looked_for_with_every_administrator(self, client_as, organisation, make_user):
        client = client_as("administrator")
        give_app(client.user)
        assert "second_factor" in self.done(client)
        make_user(roles=["administrator"])
        assert "second_factor" not in self.done(client)

    def done(self, client) -> set[str]:
        return {item.step.key for item in client.get("/organisation/setup/").context["items"] if item.is_done}

    def test_it_can_be_put_away(self, client_as):
        client = client_as("administrator")
        client.post("/organisation/setup/shown/", {"shown": "0"})
        assert "See what is left" not in client.get("/").content.decode()
        assert "Show it on the home page again" in client.get("/organisation/setup/").content.decode()


def test_limits_of_plans_and_keys_are_refused_in_words(organisation):
    from accounts.people import limits

    with pytest.raises(RefusedChange, match="200 plans a day at most, and 200 were made today"):
        limits.check_plans(organisation, 200)
    with pytest.raises(RefusedChange, match="20 API keys at most"):
        limits.check_api_keys(organisation, 20)


def test_members_of_one_are_nobody_in_another(client_as, organisation, other_organisation):
    outsider = client_as(*Role, organisation=other_organisation)
    membership = Membership.objects.create(
        user=User.objects.create_user("m@example.nhs.uk"), organisation=organisation, roles=["viewer"]
    )
    for address in ("", "history/"):
        assert outsider.get(f"/members/{membership.pk}/{address}").status_code == 404
    for action in ("suspend/", "restore/", "remove/", "first-link/", "notes/add/", ""):
        assert outsider.post(f"/members/{membership.pk}/{action}", {"roles": ["viewer"]}).status_code == 404
    assert "m@example.nhs.uk" not in outsider.get("/members/?q=m@example").content.decode().replace("?q=", "")
