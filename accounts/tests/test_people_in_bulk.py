"""Every account of the platform: found, changed several at once, and taken as a file."""

import pytest

from accounts import audit, services
from accounts.models import AuditEvent, Membership, PersonNote, Session, User
from accounts.people import accounts_bulk, search
from accounts.people.accounts_bulk import Action
from accounts.people.limits import RefusedChange
from accounts.sessions import second_factor
from accounts.tests.files import csv_rows
from accounts.tests.second_factors import give_app

pytestmark = pytest.mark.django_db
SYSTEM = audit.SystemActor("test")


def change(client, action, *people, **more):
    data = {"action": action, "reason": "Left the trust", "person": [person.pk for person in people], **more}
    return client.post("/people/several/", data)


def several(people):
    return User.objects.filter(pk__in=[person.pk for person in people]).order_by("full_name")


class TestFinding:
    def found(self, client, query):
        return [row.person for row in client.get(f"/people/?{query}").context["rows"]]

    def test_by_role_organisation_and_second_factor(self, platform_client, make_user, organisation, other_organisation):
        ada, femi = make_user(roles=["administrator"]), make_user(roles=["planner", "approver"])
        gwen = make_user(roles=["planner"], organisation=other_organisation)
        give_app(femi)
        assert set(self.found(platform_client, "role=planner")) == {femi, gwen}
        assert self.found(platform_client, f"role=planner&organisation={other_organisation.pk}") == [gwen]
        assert self.found(platform_client, f"role=approver&organisation={other_organisation.pk}") == []
        assert self.found(platform_client, "factor=yes") == [femi]
        missing = self.found(platform_client, "factor=missing")
        assert ada in missing
        assert gwen not in missing
        for person in User.objects.all():
            needs = second_factor.is_required_for(person) and not second_factor.has_one(person)
            assert (person in search.accounts(User.objects.all(), factor="missing")) == needs

    def test_the_list_costs_the_same_for_many(self, platform_client, make_user, django_assert_max_num_queries):
        for _ in range(20):
            make_user(roles=["planner"])
        with django_assert_max_num_queries(20):
            platform_client.get("/people/")


class TestSeveral:
    def test_looked_at_first_then_done_with_an_event_for_each(self, platform_client, make_user, organisation):
        femi, gwen = make_user(roles=["planner"], full_name="Femi"), make_user(roles=["viewer"], full_name="Gwen")
        page = change(platform_client, "suspend", femi, gwen, platform_client.user).content.decode()
        assert "Suspend in every organisation: 2 people" in page
        assert "This is you" in page
        assert not Membership.objects.suspended().exists()
        answer = change(platform_client, "suspend", femi, gwen, confirmed="1")
        assert answer["Location"] == "/people/"
        assert {membership.user for membership in Membership.objects.suspended()} == {femi, gwen}
        assert [each.suspended_reason for each in Membership.objects.suspended()] == ["Left the trust"] * 2
        assert AuditEvent.objects.for_organisation(organisation).filter(action="member.suspended").count() == 2
        assert {note.text for note in PersonNote.objects.kept_by(None)} == {
            "Suspend in every organisation: Left the trust"
        }
        assert "Left the trust" not in str(list(AuditEvent.objects.values_list("details", flat=True)))

    def test_an_organisation_keeps_an_administrator(self, platform_client, make_user):
        both = [make_user(roles=["administrator"], full_name=name) for name in ("Ada", "Bea")]
        lines = accounts_bulk.preview(people=several(both), action=Action.SUSPEND, by=platform_client.user)
        assert [bool(line.skipped) for line in lines] == [False, True]
        lines = accounts_bulk.preview(people=several(both), action=Action.CLOSE, by=platform_client.user)
        assert [line.skipped for line in lines] == ["", ""]

    def test_asked_for_a_second_factor_nothing_else_opens(self, platform_client, client_as, make_user):
        client = client_as("planner")
        assert change(platform_client, "ask_second_factor", client.user, confirmed="1").status_code == 302
        client.user.refresh_from_db()
        assert second_factor.is_required_for(client.user)
        assert client.user.notifications.count() == 1
        events = AuditEvent.objects.filter(action="second_factor.asked_for")
        assert [event.details["account"] for event in events] == [audit.pseudonym_of(client.user)]
        lines = accounts_bulk.preview(people=several([client.user]), action=Action.ASK, by=platform_client.user)
        assert lines[0].skipped == "Was asked already"

    def test_signed_out_and_closed(self, platform_client, client_as, make_user):
        client, away = client_as("planner"), make_user(roles=["viewer"])
        lines = accounts_bulk.preview(
            people=several([client.user, away]), action=Action.END_SESSIONS, by=platform_client.user
        )
        assert sorted(line.skipped for line in lines) == ["", "Is not signed in anywhere"]
        change(platform_client, "end_sessions", client.user, away, confirmed="1")
        assert not Session.objects.for_user(client.user).exists()
        assert AuditEvent.objects.filter(action="session.ended").count() == 1
        change(platform_client, "close", client.user, away, confirmed="1")
        assert not User.objects.filter(pk__in=[client.user.pk, away.pk], is_active=True).exists()
        assert AuditEvent.objects.filter(action="person.account_closed").count() == 2

    def test_all_who_match_and_what_is_missing(self, platform_client, make_user):
        make_user(full_name="Femi Ade", email="femi@example.nhs.uk"), make_user(full_name="Gwen Jones")
        data = {"action": "close", "reason": "Left", "everyone": "1", "list-q": "femi"}
        page = platform_client.post("/people/several/", data).content.decode()
        assert "Close the account: 1 person" in page
        for wrong, why in (({"reason": ""}, "Say why"), ({"everyone": ""}, "Choose at least one person")):
            answer = platform_client.post("/people/several/", data | wrong)
            assert answer.status_code == 422
            assert why in answer.content.decode()
            # Who was chosen stays chosen; where nobody was, there is nothing to send again.
            assert ("Look at the change" in answer.content.decode()) is ("everyone" not in wrong)
        with pytest.raises(RefusedChange, match="Say why"):
            accounts_bulk.apply(people=User.objects.all(), action=Action.CLOSE, reason=" ", by=platform_client.user)

    def test_one_who_cannot_undoes_all(self, platform_client, make_user, monkeypatch):
        femi, gwen = make_user(roles=["viewer"], full_name="A"), make_user(roles=["viewer"], full_name="B")
        held = gwen.memberships.get()
        monkeypatch.setattr(accounts_bulk, "_not_suspended", lambda person, gone: "")
        services.grant_roles(user=gwen, organisation=held.organisation, roles=["administrator"], by=SYSTEM)
        answer = change(platform_client, "suspend", femi, gwen, confirmed="1")
        assert "left without an administrator" in answer.content.decode()
        assert not Membership.objects.suspended().exists()


class TestFile:
    def test_it_holds_whom_the_page_shows_and_is_told(self, platform_client, make_user, organisation):
        make_user(roles=["planner", "approver"], full_name="=Femi Ade", email="femi@example.nhs.uk")
        make_user(full_name="Gwen Jones")
        answer = platform_client.get("/people/people.csv?q=femi")
        (row,) = csv_rows(answer)
        assert (row["name"], row["email"], row["account"]) == ("'=Femi Ade", "femi@example.nhs.uk", "open")
        assert (row["organisations"], row["last_signed_in"]) == (f"{organisation}: Planner, Approver", "")
        details = {"list": "people", "kind": "csv", "filters": 1, "rows": 1}
        assert AuditEvent.objects.get(action="list.exported").details == details
