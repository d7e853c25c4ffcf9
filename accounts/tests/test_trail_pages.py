"""Filters, pages of people and things, readings, exports and the compliance report."""

import csv
import io
import json
import zipfile
from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import RequestFactory
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEvent
from accounts.tests.factories import MembershipFactory, UserFactory
from accounts.tests.files import csv_lines
from accounts.trail import checking, compliance, exports, keys, partitions, reading, seals
from accounts.trail.reading import Filter

SYSTEM = audit.SystemActor("command:test")


def write(organisation, action="member.suspended", by=SYSTEM, **fields):
    return audit.record(action=action, by=by, organisation=organisation, **fields)


def table(answer) -> str:
    page = answer.content.decode()
    return page[page.index("<tbody") :] if "<tbody" in page else ""


@pytest.fixture
def signing(settings, tmp_path):
    settings.AUDIT_SEAL_DIRECTORY, settings.AUDIT_SEAL_KEY = str(tmp_path / "seals"), str(tmp_path / "key.pem")
    keys.make_key(tmp_path / "key.pem")
    return tmp_path


@pytest.mark.django_db
class TestFilters:
    def test_by_kind_person_identifier_and_day(self, client_as, make_user, organisation):
        ada, bob = (make_user(roles=["planner"], full_name=name) for name in ("Ada Able", "Bob Baker"))
        write(organisation, "plan.approved", by=ada, details={"number": 111})
        write(organisation, "member.suspended", by=bob, details={"number": 222})
        client = client_as("auditor")
        day = timezone.localdate()
        yesterday, tomorrow = day - timedelta(days=1), day + timedelta(days=1)
        for query, shown in (
            ("group=plan", {"111"}),
            ("group=member", {"222"}),
            ("person=ada", {"111"}),
            (f"person={bob.email}", {"222"}),
            (f"person={audit.pseudonym_of(bob)}", {"222"}),
            (f"since={yesterday}&until={day}&group=plan", {"111"}),
            (f"since={tomorrow}", set()),
            (f"until={yesterday}", set()),
        ):
            answer = table(client.get(f"/audit/?{query}"))
            assert {number for number in ("111", "222") if f"number: {number}" in answer} == shown, query

    def test_what_is_wrong_is_said(self, client_as, organisation):
        client = client_as("auditor")
        page = client.get("/audit/?since=2026-11-20&until=2026-11-19&person=Nobody+Known").content.decode()
        assert "The last day must not come before the first." in page
        assert "No member of this name did anything." in page

    def test_names_of_others_cannot_be_looked_up(self, client_as, make_user, other_organisation, organisation):
        stranger = make_user(roles=["planner"], organisation=other_organisation, full_name="Stranger Danger")
        write(other_organisation, by=stranger)
        page = client_as("auditor").get(f"/audit/?person={stranger.email}").content.decode()
        assert "No member of this name did anything." in page

    @pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 0), (date(2026, 3, 30), 1)])
    def test_days_begin_at_midnight_in_london(self, organisation, monkeypatch, day, hours):
        """On the 29th clocks go forward at one: that day begins in winter time, the next one in summer time."""
        asked = []
        monkeypatch.setattr(reading, "_first_at_or_after", asked.append)
        Filter(organisation.pk, since=day).events()
        assert asked[0].utcoffset() == timedelta(hours=hours)

    def test_platform_administrators_see_what_belongs_to_no_organisation(self, platform_client, organisation):
        write(None, "dataset.loaded", details={"number": 333})
        write(organisation, "plan.approved", details={"number": 444})
        answer = table(platform_client.get("/audit/platform/"))
        assert "number: 333" in answer
        assert "number: 444" not in answer


@pytest.mark.django_db
class TestPeopleAndReadings:
    def test_what_a_person_did_here(self, client_as, make_user, organisation, other_organisation):
        person = make_user(roles=["planner"], full_name="Pat Planner")
        write(organisation, "plan.approved", by=person)
        write(other_organisation, "plan.rejected", by=person)
        page = client_as("auditor").get(f"/audit/people/{audit.pseudonym_of(person)}/").content.decode()
        assert "What Pat Planner did" in page
        assert "Approved a visit plan" in page
        assert "Rejected a visit plan" not in page[page.index("<tbody") :]
        event = AuditEvent.objects.get(action="personal_data.read")
        assert event.details == {
            "page": "audit.person", "model": "accounts.user", "number": 1, "subjects": [str(person.pk)]
        }  # fmt: skip

    def test_somebody_of_another_organisation_is_not_there(self, client_as, other_organisation):
        stranger = UserFactory()
        write(other_organisation, by=stranger)
        client = client_as("auditor")
        assert client.get(f"/audit/people/{audit.pseudonym_of(stranger)}/").status_code == 404
        assert client.get(f"/audit/people/{uuid4()}/").status_code == 404

    def test_the_same_reading_is_noted_once_and_other_people_always(self, make_user, organisation):
        request = RequestFactory().get("/")
        request.user, request.organisation = make_user(roles=["administrator"]), organisation
        first, second = UserFactory(), UserFactory()
        for people in ([first], [first], [first, second], []):
            audit.record_reading(request, "members.list", people)
        readings = AuditEvent.objects.filter(action="personal_data.read").order_by("sequence")
        assert [event.details["number"] for event in readings] == [1, 2]
        assert first.email not in str([event.details for event in readings])
        events = Filter(organisation.pk, subject=str(second.pk)).events()
        assert [event.sequence for event in events] == [readings[1].sequence]

    def test_readings_show_how_many_and_where(self, client_as, organisation):
        MembershipFactory(organisation=organisation)
        client_as("administrator").get("/members/")
        answer = table(client_as("auditor").get("/audit/?readings=on"))
        assert "Looked at data of people" in answer
        assert "shown: the list of members; people: 1" in answer


@pytest.mark.django_db
class TestExport:
    def take(self, client, form="csv", query=""):
        answer = client.post(f"/audit/export/?{query}", {"format": form})
        assert answer.status_code == 200, answer.content
        return b"".join(answer.streaming_content)

    def test_a_file_with_a_manifest_that_auditors_can_check(
        self, client_as, organisation, other_organisation, signing, tmp_path, capsys
    ):
        write(organisation, "plan.approved", details={"note": "=cmd()"}, target=organisation)
        write(organisation, "=HYPERLINK.bad")
        write(other_organisation, "plan.rejected")
        seals.seal_now()
        path = tmp_path / "export.zip"
        path.write_bytes(self.take(client_as("auditor")))
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read("manifest.json"))
            rows = list(csv.DictReader(io.StringIO(archive.read(manifest["file"]).decode())))
        assert [row["action"] for row in rows][:2] == ["plan.approved", "'=HYPERLINK.bad"]
        assert "plan.rejected" not in [row["action"] for row in rows]
        assert manifest["rows"] == len(rows)
        assert int(rows[0]["sequence"]) == manifest["first_sequence"]
        assert manifest["seal"]["number"] == 1
        call_command("verify_audit_export", str(path), "--keys", str(signing / "key.pem.pub"))
        assert "whole" in capsys.readouterr().out
        event = AuditEvent.objects.get(action="audit.exported")
        assert event.details["sha256"] == manifest["sha256"]

    def test_a_changed_file_or_manifest_is_noticed(self, client_as, organisation, signing, tmp_path):
        write(organisation, "plan.approved")
        whole = self.take(client_as("auditor"), "jsonl", "group=plan")
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            content = {name: archive.read(name) for name in archive.namelist()}
        entries = next(name for name in content if name.endswith(".jsonl"))
        assert json.loads(content[entries].splitlines()[0])["action"] == "plan.approved"
        for name, old, new, words in (
            (entries, b"plan.approved", b"plan.rejected", "is not the file"),
            ("manifest.json", b'"rows": 1', b'"rows": 9', "not signed"),
        ):
            path = tmp_path / "changed.zip"
            with zipfile.ZipFile(path, "w") as archive:
                for each, data in content.items():
                    archive.writestr(each, data.replace(old, new) if each == name else data)
            with pytest.raises(CommandError, match=words) as refused:
                call_command("verify_audit_export", str(path))
            assert refused.value.returncode == 1

    def test_without_a_key_nothing_is_exported(self, client_as, organisation, settings):
        settings.AUDIT_SEAL_KEY = ""
        answer = client_as("auditor").post("/audit/export/", {"format": "csv"})
        assert answer.status_code == 422
        assert "no key is set up" in answer.content.decode()

    def test_the_newest_are_taken_where_there_are_too_many(self, organisation, signing, monkeypatch):
        monkeypatch.setattr(exports, "MOST_ENTRIES", 2)
        events = [write(organisation, "plan.approved") for _ in range(4)]
        made = exports.make(Filter(organisation.pk), "csv")
        made.file.close()
        manifest = made.manifest
        assert (manifest["first_sequence"], manifest["last_sequence"]) == (events[2].sequence, events[3].sequence)
        assert manifest["is_cut"]


@pytest.mark.django_db
class TestReport:
    def test_its_figures_are_counted_and_lead_to_their_entries(self, client_as, organisation, other_organisation):
        for _ in range(3):
            write(organisation, "plan.approved")
        write(organisation, "personal_data.read", details={"page": "members.list", "number": 2})
        write(other_organisation, "plan.approved")
        write(None, "model.published")
        client = client_as("auditor")
        page = client.get("/audit/report/").content.decode()
        assert "Plans approved" in page
        today = timezone.localdate()
        report = compliance.report(organisation, today, today, today=today)
        lines = {line.words: line for _, rows in report.sections for line in rows}
        assert lines["Plans approved"].number == 3
        assert lines["Priority models published by a second person"].number == 1
        assert lines["Readings of data of people"].number == 1
        assert [(line.words, line.number) for line in report.readings] == [("the list of members", 1)]
        assert table(client.get(lines["Plans approved"].url)).count("<tr>") == 3
        assert "The whole trail has not been checked yet." in report.gaps

    def test_the_file_holds_the_same_and_is_noted(self, client_as, organisation):
        write(organisation, "plan.approved")
        rows = csv_lines(client_as("auditor").get("/audit/report.csv"))
        assert ["Decisions on plans", "Plans approved", "1"] in rows
        assert AuditEvent.objects.filter(action="audit.reported").exists()

    def test_a_period_in_the_past_and_nonsense(self, client_as, organisation):
        write(organisation, "plan.approved")
        client = client_as("auditor")
        assert (
            "1 January 2020 to 31 January 2020"
            in client.get("/audit/report/?since=2020-01-01&until=2020-01-31").content.decode()
        )
        assert client.get("/audit/report/?since=2026-02-30&until=x").status_code == 200


@pytest.mark.django_db
class TestScale:
    def test_the_application_makes_partitions_ahead_and_nothing_else(self, capsys):
        left = partitions.entries_left()
        assert left > partitions.PARTITION_ENTRIES
        call_command("make_audit_partitions", "--ahead", "3")
        # That it was made is an entry itself.
        assert partitions.entries_left() == left + partitions.PARTITION_ENTRIES - 1
        assert partitions.make_ahead(2) == 0

    def test_beyond_ten_thousand_entries_are_estimated(self, organisation, monkeypatch):
        monkeypatch.setattr(reading, "COUNTED", 2)
        for _ in range(4):
            write(organisation)
        number, is_exact = reading.count(Filter(organisation.pk))
        assert (number >= 2, is_exact) == (True, False)

    def test_a_page_recomputes_the_newest_entries_only(self, organisation, monkeypatch):
        monkeypatch.setattr(checking, "PAGE_ENTRIES", 3)
        events = [write(organisation) for _ in range(5)]
        shown = checking.latest()
        assert (shown.first_sequence, shown.last_sequence) == (events[2].sequence, events[4].sequence)

    def test_a_later_check_goes_on_where_the_last_one_ended(self, organisation, settings):
        settings.AUDIT_SEAL_KEY = ""
        write(organisation)
        first = checking.check(full=False, goes_on=True)
        event = write(organisation)
        second = checking.check(full=False, goes_on=True)
        assert second.first_sequence == first.last_sequence + 1 == event.sequence


def test_the_clock_is_the_databases(organisation):
    with time_machine.travel("2031-01-01"):
        assert write(organisation).occurred_at.year != 2031
