"""The audit trail on the page and on the command line."""

import re

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command

from accounts import audit, presenters
from accounts.permissions import Role
from accounts.tests.factories import JobFactory

SYSTEM = audit.SystemActor("command:test")


def write(organisation, action="member.suspended", by=SYSTEM, **fields):
    return audit.record(action=action, by=by, organisation=organisation, **fields)


@pytest.mark.django_db
class TestTrail:
    @pytest.mark.parametrize("role", Role)
    def test_auditors_and_administrators_read_it(self, client_as, role):
        expected = 200 if role in (Role.AUDITOR, Role.ADMINISTRATOR) else 403
        assert client_as(role).get("/audit/").status_code == expected

    def test_it_names_people_in_words(self, client_as, make_user, organisation):
        member = make_user(roles=["planner"], full_name="Femi Ade")
        actor = make_user(roles=["administrator"], full_name="Ada Admin")
        write(organisation, by=actor, details={"account": audit.pseudonym_of(member)})
        page = client_as("auditor").get("/audit/").content.decode()
        assert "Ada Admin" in page
        assert "Suspended a member" in page
        assert "account: Femi Ade" in page

    def test_details_read_as_words_and_numbers(self, client_as, organisation):
        write(organisation, details={"attempt": 1, "left": 0, "forced": True, "to": ["planner", "viewer"], "from": []})
        page = client_as("auditor").get("/audit/").content.decode()
        for text in ("attempt: 1;", "left: 0<", "forced: yes;", "from: none; to: Planner, Viewer;"):
            assert text in page

    def test_an_erased_person_stays_an_actor_without_a_name(self, client_as, make_user, organisation):
        actor = make_user(full_name="Gone Away")
        write(organisation, by=actor)
        actor.pseudonym.delete()
        page = client_as("auditor").get("/audit/").content.decode()
        assert "Erased person" in page
        assert "Gone Away" not in page

    def test_events_of_others_stay_with_them(self, client_as, other_organisation):
        write(other_organisation, "organisation.created")
        page = client_as("auditor").get("/audit/").content.decode()
        assert "Made an organisation" not in page[page.index("</form>") :].partition("<tbody")[2]

    def test_filter_by_action(self, client_as, organisation):
        write(organisation, "member.suspended")
        write(organisation, "member.restored")
        page = client_as("auditor").get("/audit/?action=member.restored").content.decode()
        table = page[page.index("<tbody") :]
        assert "Restored a member" in table
        assert "Suspended a member" not in table

    @pytest.mark.parametrize(
        "query",
        ["?action=nonsense", "?before=nonsense", "?before=-1", "?after=99999999999999999999", "?since=32/1/2026"],
    )
    def test_nonsense_in_the_address_is_harmless(self, client_as, organisation, query):
        write(organisation)
        assert client_as("auditor").get(f"/audit/{query}").status_code == 200

    def test_pages_of_fifty_keep_the_filter(self, client_as, organisation):
        for _ in range(51):
            write(organisation)
        client = client_as("auditor")
        first = client.get("/audit/?action=member.suspended").content.decode()
        assert first[first.index("<tbody") :].count("<tr>") == 50
        assert "50 of 51 entries" in first
        older = re.search(r"\?(action=member.suspended&amp;before=\d+)", first)[1].replace("&amp;", "&")
        second = client.get(f"/audit/?{older}").content.decode()
        assert second[second.index("<tbody") :].count("<tr>") == 1
        newer = re.search(r"\?(action=member.suspended&amp;after=\d+)", second)[1].replace("&amp;", "&")
        again = client.get(f"/audit/?{newer}").content.decode()
        assert again[again.index("<tbody") :].count("<tr>") == 50

    def test_many_events_cost_no_more_queries_than_few(
        self, client_as, make_user, organisation, django_assert_max_num_queries
    ):
        for _ in range(40):
            write(organisation, by=make_user())
        client = client_as("auditor")
        with django_assert_max_num_queries(18):
            client.get("/audit/")

    def test_the_history_of_one_thing(self, client_as, organisation, other_organisation):
        job, other = JobFactory(organisation=organisation), JobFactory(organisation=organisation)
        write(organisation, "job.queued", target=job)
        write(organisation, "job.failed", target=other)
        write(other_organisation, "job.cancelled", target=job)
        page = client_as("auditor").get(f"/audit/accounts.job/{job.pk}/").content.decode()
        assert f"History: Background work {str(job.pk)[:8]}" in page
        assert "Started background work" in page
        assert "Background work failed" not in page
        assert "Background work was cancelled" not in page

    def test_actions_without_words_read_as_their_name(self):
        assert presenters.action_text("plan.sent_back") == "Plan sent back"
        presenters.describe_actions({"plan.sent_back": "Sent a plan back"})
        assert presenters.action_text("plan.sent_back") == "Sent a plan back"
        presenters.ACTION_WORDS.pop("plan.sent_back")


@pytest.mark.django_db
def test_the_banner_says_that_the_chain_holds(client_as, organisation):
    write(organisation)
    page = client_as("auditor").get("/audit/").content.decode()
    assert "Unbroken" in page


def test_the_banner_and_the_command_name_the_broken_entry(
    owner_connection, audit_triggers_off, client_as, organisation, capsys
):
    client = client_as("auditor")
    second = [write(organisation) for _ in range(3)][1]
    call_command("verify_audit")
    assert "unbroken" in capsys.readouterr().out
    with audit_triggers_off():
        owner_connection.execute(
            "UPDATE accounts_auditevent SET actor_id = 'somebody else' WHERE sequence = %s", [second.sequence]
        )
    cache.clear()
    page = client.get("/audit/").content.decode()
    assert "tampered" in page
    assert f"The content of entry {second.sequence} was changed after it was written." in page
    with pytest.raises(CommandError, match=f"broken at entry {second.sequence}") as failure:
        call_command("verify_audit")
    assert failure.value.returncode == 1
