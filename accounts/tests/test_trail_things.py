"""Who was shown somebody's data, what happened to rows, and large exports."""

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone

from accounts import audit, jobs, services
from accounts.models import AuditEvent, Job, JobState
from accounts.tests.factories import MembershipFactory, UserFactory
from accounts.tests.files import csv_lines
from accounts.trail import exports, keys, large_exports
from accounts.trail.reading import Filter

SETUP = audit.SystemActor("tests")


def reading(reader, organisation, people, what="members.list"):
    request = RequestFactory().get("/")
    request.user, request.organisation = reader, organisation
    audit.record_reading(request, what, people)


@pytest.fixture
def member(organisation):
    return MembershipFactory(organisation=organisation, user=UserFactory(full_name="Sam Subject"))


@pytest.mark.django_db
class TestReaders:
    def test_says_who_was_shown_the_person_and_nobody_else(self, client_as, make_user, organisation, member):
        reader, other = make_user(roles=["administrator"], full_name="Rae Reader"), UserFactory(full_name="Other")
        reading(reader, organisation, [member.user])
        reading(make_user(roles=["viewer"], full_name="No Reader"), organisation, [other])
        page = client_as("auditor").get(f"/audit/readers/accounts.user/{member.user.pk}/").content.decode()
        assert "Who was shown data about Sam Subject" in page
        assert "Rae Reader" in page
        assert "the list of members" in page
        assert "No Reader" not in page

    def test_filters_by_page_and_day_and_comes_as_a_file(self, client_as, make_user, organisation, member):
        reader = make_user(roles=["administrator"], full_name="Rae Reader")
        for what in ("members.list", "members.person"):
            reading(reader, organisation, [member.user], what)
        client, address = client_as("auditor"), f"/audit/readers/accounts.user/{member.user.pk}/"
        lines = csv_lines(client.get(f"{address}readers.csv?page=members.person"))
        assert lines[0] == ["When", "Who", "Shown on", "People shown", "Entry"]
        assert len(lines) == 2
        assert lines[1][1:4] == ["Rae Reader", "the page of a member", "1"]
        yesterday = timezone.localdate() - timedelta(days=1)
        assert "No entry matches" in client.get(f"{address}?until={yesterday}").content.decode()
        assert AuditEvent.objects.get(action="audit.history_taken").details["kind"] == "readers"

    def test_people_of_others_and_other_things_are_not_there(self, client_as, other_organisation, organisation):
        stranger = MembershipFactory(organisation=other_organisation).user
        client = client_as("auditor")
        nobody = (f"accounts.user/{stranger.pk}", "accounts.user/no-id", f"accounts.organisation/{organisation.pk}")
        for address in nobody:
            assert client.get(f"/audit/readers/{address}/").status_code == 404

    def test_nobody_reads_themselves(self, make_user, organisation):
        person = make_user(roles=["viewer"])
        reading(person, organisation, [person])
        assert not AuditEvent.objects.filter(action="personal_data.read").exists()


@pytest.mark.django_db
class TestRows:
    def test_old_and_new_values_by_whom_in_words(self, client_as, make_user, organisation, member):
        administrator = make_user(roles=["administrator"], full_name="Ada Admin")
        client = client_as(user=administrator)
        answer = client.post(f"/members/{member.pk}/", {"roles": ["planner", "analyst"]})
        assert answer.status_code == 302
        page = client.get(f"/audit/rows/accounts.membership/{member.pk}/").content.decode()
        assert "What changed: Membership" in page
        assert "Ada Admin" in page
        row = page[page.index("<tbody>") : page.index("</tr>", page.index("<tbody>"))]
        assert "Changed" in row
        assert row.index("viewer") < row.index("planner")
        assert "why it was suspended" in page  # named among what is not kept
        lines = csv_lines(client.get(f"/audit/rows/accounts.membership/{member.pk}/rows.csv?kind=update"))
        assert lines[1][0].startswith(f"{timezone.localdate():%Y}")
        assert ["Ada Admin", "Changed", "Roles", "viewer"] in [line[1:5] for line in lines]

    def test_names_stay_out_of_it(self, client_as, organisation, member):
        member.user.full_name = "Changed Name"
        member.user.is_active = False
        member.user.save()
        page = client_as("auditor").get(f"/audit/rows/accounts.user/{member.user.pk}/").content.decode()
        table = page[page.index("<tbody>") :]
        assert "Can be used" in table
        assert "Changed Name" not in table

    def test_rows_that_are_gone_are_known_by_the_trail(self, client_as, organisation, member):
        pk = member.pk
        MembershipFactory(organisation=organisation, roles=["administrator"])
        services.remove_member(membership=member, by=SETUP)
        page = client_as("auditor").get(f"/audit/rows/accounts.membership/{pk}/").content.decode()
        assert "Deleted" in page

    def test_rows_of_others_and_of_tables_that_are_not_followed_are_not_there(self, client_as, other_organisation):
        stranger = MembershipFactory(organisation=other_organisation)
        client = client_as("auditor")
        for address in (f"accounts.membership/{stranger.pk}", "accounts.membership/x", "accounts.job/1", "nothing/1"):
            assert client.get(f"/audit/rows/{address}/").status_code == 404

    def test_the_history_of_a_thing_leads_there(self, client_as, member):
        page = client_as("auditor").get(f"/audit/accounts.membership/{member.pk}/").content.decode()
        assert f"/audit/rows/accounts.membership/{member.pk}/" in page


@pytest.fixture
def small_pages(monkeypatch, settings, tmp_path):
    """Everything above two entries is a large export."""
    monkeypatch.setattr(exports, "MOST_ENTRIES", 2)
    monkeypatch.setattr(exports, "PIECE", 1)
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.AUDIT_SEAL_DIRECTORY, settings.AUDIT_SEAL_KEY = str(tmp_path / "seals"), str(tmp_path / "key.pem")
    keys.make_key(tmp_path / "key.pem")


@pytest.mark.django_db
class TestLargeExports:
    @pytest.fixture(autouse=True)
    def _some_entries(self, small_pages, organisation):
        for _ in range(4):
            audit.record(action="plan.approved", by=SETUP, organisation=organisation)

    def ask(self, client, capture):
        with capture(execute=True):
            answer = client.post("/audit/export/?action=plan.approved", {"format": "jsonl"})
        assert answer["Location"] == "/audit/exports/"
        return Job.objects.get(kind=large_exports.KIND)

    def test_is_made_in_the_background_signed_and_taken_by_whoever_asked(
        self, client_as, django_capture_on_commit_callbacks, tmp_path
    ):
        client = client_as("auditor")
        job = self.ask(client, django_capture_on_commit_callbacks)
        assert (job.state, job.result["rows"]) == (JobState.SUCCEEDED, 4)
        assert "Download the ZIP" in client.get("/audit/exports/").content.decode()
        answer = client.get(f"/audit/exports/{job.pk}/audit.zip")
        file = tmp_path / "taken.zip"
        file.write_bytes(answer.getvalue())
        manifest = exports.verify(file)
        assert (manifest["rows"], manifest["is_cut"]) == (4, False)
        assert {"audit.export_made", "audit.exported"} <= set(AuditEvent.objects.values_list("action", flat=True))
        # The file is of mode 0600, and of nobody else.
        assert large_exports.path_of(job).stat().st_mode & 0o777 == 0o600
        assert client_as("auditor").get(f"/audit/exports/{job.pk}/audit.zip").status_code == 404

    def test_what_is_asked_while_it_waits_is_not_in_it(self, make_user, organisation):
        person = make_user(roles=["auditor"])
        asked = Filter(organisation.pk, action="plan.approved")
        job = large_exports.ask_for_export(filters=asked, form="csv", by=person, organisation=organisation)
        audit.record(action="plan.approved", by=SETUP, organisation=organisation)
        with pytest.raises(large_exports.ExportUnderWay):
            large_exports.ask_for_export(filters=asked, form="csv", by=person, organisation=organisation)
        large_exports.make_export.call_local(str(job.pk))
        job.refresh_from_db()
        assert job.result["rows"] == 4

    def test_stops_when_somebody_asks_and_leaves_no_file(self, make_user, organisation, monkeypatch):
        person = make_user(roles=["auditor"])
        asked = Filter(organisation.pk, action="plan.approved")
        job = large_exports.ask_for_export(filters=asked, form="csv", by=person, organisation=organisation)
        stream = exports.stream

        def cancelled_meanwhile(*args, **kwargs):
            for number, event in enumerate(stream(*args, **kwargs)):
                if number == 2:
                    jobs.request_cancel(job=job, by=person)
                yield event

        monkeypatch.setattr(exports, "stream", cancelled_meanwhile)
        large_exports.make_export.call_local(str(job.pk))
        job.refresh_from_db()
        assert job.state == JobState.CANCELLED
        assert list(large_exports.path_of(job).parent.iterdir()) == []

    def test_a_killed_worker_leaves_an_honest_job_that_can_be_tried_again(
        self, client_as, make_user, organisation, django_capture_on_commit_callbacks
    ):
        person = make_user(roles=["auditor"])
        client = client_as(user=person)
        asked = Filter(organisation.pk, action="plan.approved")
        job = large_exports.ask_for_export(filters=asked, form="csv", by=person, organisation=organisation)
        long_ago = timezone.now() - timedelta(minutes=5)
        Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, started_at=long_ago, heartbeat_at=long_ago)
        assert "Interrupted" in client.get("/audit/exports/").content.decode()
        with django_capture_on_commit_callbacks(execute=True):
            client.post(f"/jobs/{job.pk}/retry/")
        job.refresh_from_db()
        assert job.state == JobState.SUCCEEDED

    def test_is_gone_after_a_day(self, client_as, django_capture_on_commit_callbacks, monkeypatch):
        from accounts.privacy import copy_files

        client = client_as("auditor")
        job = self.ask(client, django_capture_on_commit_callbacks)
        monkeypatch.setattr(copy_files, "KEPT_SECONDS", -1)
        assert client.get(f"/audit/exports/{job.pk}/audit.zip").status_code == 404
        assert large_exports.delete_old() == 1
        assert "kept for 24 hours and has been deleted" in client.get("/audit/exports/").content.decode()
