"""Background work: queued after commit, honest about how it ended, and steerable by the right people."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisConnectionError

from accounts import audit, jobs
from accounts.models import AuditEvent, Job, JobState, Notification
from accounts.tests.factories import JobFactory

SYSTEM = audit.SystemActor("test")
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def handed_over(monkeypatch):
    """A kind of job whose task only notes the ids that it was given."""
    ids = []
    monkeypatch.setitem(jobs._tasks, "test.work", ids.append)
    return ids


def queue(organisation, by=SYSTEM, **fields):
    return jobs.enqueue(kind="test.work", title="Work", payload={}, by=by, organisation=organisation, **fields)


def dead(organisation, **fields):
    """A running job whose worker has not been heard of for a minute."""
    long_ago = timezone.now() - timedelta(minutes=1)
    return JobFactory(organisation=organisation, running=True, started_at=long_ago, heartbeat_at=long_ago, **fields)


@pytest.mark.django_db
class TestQueue:
    def test_a_task_starts_only_after_commit(self, organisation, handed_over, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            job = queue(organisation)
            assert handed_over == []
        assert handed_over == [str(job.pk)]

    def test_an_unknown_kind_is_a_programming_error(self, organisation):
        with pytest.raises(KeyError):
            jobs.enqueue(kind="no.such", title="", payload={}, by=SYSTEM)

    def test_without_a_queue_the_job_fails_and_can_be_tried_again(
        self, organisation, monkeypatch, django_capture_on_commit_callbacks
    ):
        def no_redis(job_id):
            raise RedisConnectionError

        monkeypatch.setitem(jobs._tasks, "test.work", no_redis)
        with django_capture_on_commit_callbacks(execute=True):
            job = queue(organisation)
        job.refresh_from_db()
        assert job.state == JobState.FAILED
        assert "could not be reached" in job.message


@pytest.mark.django_db
class TestRun:
    def test_work_reports_progress_and_succeeds(self, organisation, make_user, handed_over):
        creator = make_user(roles=["planner"])
        job = queue(organisation, by=creator, url="/plans/1/")
        with jobs.job_run(job.pk) as run:
            run.progress(40, "Searching", result={"kept": 1})
            job.refresh_from_db()
            assert (job.state, job.progress, job.message) == (JobState.RUNNING, 40, "Searching")
        job.refresh_from_db()
        assert (job.state, job.progress, job.result) == (JobState.SUCCEEDED, 100, {"kept": 1})
        assert Notification.objects.for_user(creator).get().url == "/plans/1/"
        assert list(AuditEvent.objects.about(job).values_list("action", flat=True)) == ["job.succeeded", "job.queued"]

    def test_an_error_fails_the_job_and_reaches_the_log(self, organisation, handed_over):
        job = queue(organisation)
        with pytest.raises(ValueError, match="no staff"), jobs.job_run(job.pk):
            raise ValueError("no staff")
        job.refresh_from_db()
        assert (job.state, job.message) == (JobState.FAILED, "Failed: no staff")

    def test_what_the_database_says_about_itself_stays_off_the_page(self):
        assert "secret" not in jobs._explain(IntegrityError("Key (email)=(secret@x) already exists"))

    def test_what_a_program_says_about_itself_stays_off_the_page_too(self):
        assert jobs._explain(AttributeError("'NoneType' object has no attribute 'seconds'")).startswith(
            "Failed: there is a fault in the program."
        )
        gone = RedisConnectionError("Error 111 connecting to 127.0.0.1:6379. Connection refused.")
        assert jobs._explain(gone) == "Failed: the queue of background work could not be reached."
        assert jobs._explain(ValidationError(["No shift.", "No visit."])) == "Failed: No shift. No visit."

    def test_a_stopping_worker_leaves_the_job_interrupted(self, organisation, handed_over):
        job = queue(organisation)
        with pytest.raises(KeyboardInterrupt), jobs.job_run(job.pk):
            raise KeyboardInterrupt
        job.refresh_from_db()
        assert job.state == JobState.INTERRUPTED

    def test_only_one_worker_gets_a_job(self, organisation, handed_over):
        job = queue(organisation)
        with jobs.job_run(job.pk), jobs.job_run(job.pk) as second:
            assert second is None

    def test_cancelling_ends_it_at_the_next_report(self, organisation, handed_over):
        job = queue(organisation)
        reached = []
        with jobs.job_run(job.pk) as run:
            run.progress(10)
            jobs.request_cancel(job=job, by=SYSTEM)
            assert run.cancelled
            run.progress(20)
            reached.append("after")
        job.refresh_from_db()
        assert (job.state, reached) == (JobState.CANCELLED, [])

    def test_cancelling_a_waiting_job_ends_it_at_once(self, organisation, handed_over):
        job = jobs.request_cancel(job=queue(organisation), by=SYSTEM)
        assert job.state == JobState.CANCELLED
        with jobs.job_run(job.pk) as run:
            assert run is None

    def test_cancelling_an_ended_job_changes_nothing(self, organisation):
        job = JobFactory(organisation=organisation, failed=True)
        assert jobs.request_cancel(job=job, by=SYSTEM).state == JobState.FAILED

    def test_a_worker_that_was_taken_for_dead_cannot_end_the_next_attempt(self, organisation, handed_over):
        job = queue(organisation)
        with jobs.job_run(job.pk) as run:
            Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(minutes=1))
            assert [stale.pk for stale in jobs.mark_interrupted()] == [job.pk]
            jobs.retry(job=job, by=SYSTEM)
            with pytest.raises(jobs.JobCancelled):
                run.progress(90)
        job.refresh_from_db()
        assert (job.state, job.attempt, job.progress) == (JobState.QUEUED, 2, 0)

    @pytest.mark.parametrize("state", ["queued", "running", "succeeded"])
    def test_only_ended_unsuccessful_work_can_be_tried_again(self, organisation, handed_over, state):
        job = JobFactory(organisation=organisation, running=True)
        finished = timezone.now() if state == "succeeded" else None
        Job.objects.filter(pk=job.pk).update(state=state, finished_at=finished)
        with pytest.raises(jobs.JobNotRetryable):
            jobs.retry(job=job, by=SYSTEM)

    def test_a_live_worker_is_left_alone(self, organisation):
        JobFactory(organisation=organisation, running=True)
        assert jobs.mark_interrupted() == []


@pytest.mark.django_db(transaction=True)
def test_the_heartbeat_goes_on_while_the_work_is_silent(organisation, handed_over, monkeypatch):
    monkeypatch.setattr(jobs, "HEARTBEAT_SECONDS", 0.01)
    job = queue(organisation)
    with jobs.job_run(job.pk) as run:
        before = run.job.heartbeat_at
        for _ in range(1000):
            job.refresh_from_db()
            if job.heartbeat_at > before:
                break
        assert job.heartbeat_at > before
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED


@pytest.mark.django_db
class TestConstraints:
    @pytest.mark.parametrize(
        ("change", "name"),
        [
            ({"progress": 101}, "job_progress_is_percent"),
            ({"state": "succeeded"}, "job_finished_when_it_has_an_end"),
            ({"state": "dreaming"}, "job_finished_when_it_has_an_end"),
            ({"finished_at": timezone.now()}, "job_finished_when_it_has_an_end"),
            ({"state": "running"}, "job_running_has_a_heartbeat"),
        ],
    )
    def test_impossible_jobs_are_refused(self, change, name):
        JobFactory()
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Job.objects.update(**change)

    def test_a_notification_says_something(self, make_user):
        Notification.objects.create(user=make_user(), text="x")
        with pytest.raises(IntegrityError, match="says_something"), transaction.atomic():
            connection.cursor().execute("UPDATE accounts_notification SET text = ''")


@pytest.mark.django_db
class TestPanel:
    def url(self, job, action="panel"):
        return f"/jobs/{job.pk}/{action}/"

    def test_it_polls_while_the_job_runs(self, client_as, organisation):
        job = JobFactory(organisation=organisation, running=True, progress=40, message="Searching")
        page = client_as("planner").get(self.url(job), **HTMX).content.decode()
        assert 'hx-trigger="every 1s"' in page
        assert 'value="40"' in page
        assert "<html" not in page

    @pytest.mark.parametrize("state", JobState.finished())
    def test_it_stops_polling_by_itself(self, client_as, organisation, state):
        job = JobFactory(organisation=organisation, state=state, finished_at=timezone.now())
        response = client_as("planner").get(self.url(job), **HTMX)
        assert "hx-trigger" not in response.content.decode()
        assert response["HX-Trigger"] == "job-ended"

    def test_a_dead_worker_shows_as_interrupted(self, client_as, organisation):
        job = dead(organisation)
        page = client_as("planner").get(self.url(job), **HTMX).content.decode()
        assert "Interrupted" in page
        assert "This was interrupted before it was done" in page
        assert "Try again" in page
        assert "every 1s" not in page

    def test_without_javascript_it_is_a_page(self, client_as, organisation):
        job = JobFactory(organisation=organisation, running=True, url="/plans/1/")
        page = client_as("planner").get(self.url(job)).content.decode()
        assert "<h1>Optimise a plan</h1>" in page
        assert "Refresh the page" in page

    def test_stopping_and_trying_again(self, client_as, organisation, handed_over, django_capture_on_commit_callbacks):
        job = JobFactory(organisation=organisation)
        client = client_as("planner")
        page = client.post(self.url(job, "cancel"), **HTMX).content.decode()
        assert "Cancelled" in page
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(self.url(job, "retry"), {"next": "/plans/1/"})
        assert response["Location"] == "/plans/1/"
        assert handed_over == [str(job.pk)]

    def test_a_running_job_shows_that_it_is_stopping(self, client_as, organisation):
        job = JobFactory(organisation=organisation, running=True)
        page = client_as("planner").post(self.url(job, "cancel"), **HTMX).content.decode()
        assert "Stopping" in page
        assert "every 1s" in page

    def test_a_foreign_address_is_no_way_back(self, client_as, organisation):
        job = JobFactory(organisation=organisation)
        response = client_as("planner").post(self.url(job, "cancel"), {"next": "https://evil.example/"})
        assert response["Location"] == self.url(job)

    def test_what_cannot_be_tried_again_says_so(self, client_as, organisation):
        job = JobFactory(organisation=organisation, running=True)
        client = client_as("planner")
        page = client.post(self.url(job, "retry"), follow=True).content.decode()
        assert "cannot be tried again" in page

    @pytest.mark.parametrize(
        ("role", "sees", "steers"),
        [
            ("planner", 200, 200),
            ("approver", 200, 404),
            ("analyst", 200, 404),
            ("auditor", 200, 404),
            ("viewer", 404, 404),
            ("field_worker", 404, 404),
        ],
    )
    def test_who_may_see_and_who_may_steer(self, client_as, organisation, role, sees, steers):
        job = JobFactory(organisation=organisation)
        client = client_as(role)
        assert client.get(self.url(job), **HTMX).status_code == sees
        assert client.post(self.url(job, "cancel"), **HTMX).status_code == steers

    def test_whoever_started_it_may_do_both_while_a_member(self, client_as, organisation):
        client = client_as("viewer")
        job = JobFactory(organisation=organisation, created_by=client.user)
        assert client.get(self.url(job), **HTMX).status_code == 200
        assert client.post(self.url(job, "cancel"), **HTMX).status_code == 200
        client.user.memberships.all().delete()
        assert client.get(self.url(job), **HTMX).status_code == 404

    def test_jobs_of_other_organisations_do_not_exist_here(self, client_as, other_organisation):
        job = JobFactory(organisation=other_organisation)
        client = client_as("planner", "administrator")
        for action in ("cancel", "retry"):
            assert client.post(self.url(job, action)).status_code == 404
        assert client.get(self.url(job)).status_code == 404

    def test_jobs_of_the_platform_are_for_its_administrators(self, client_as, platform_client):
        job = JobFactory(organisation=None)
        assert client_as("planner", "administrator").get(self.url(job), **HTMX).status_code == 404
        assert platform_client.get(self.url(job), **HTMX).status_code == 200
        assert platform_client.post(self.url(job, "cancel"), **HTMX).status_code == 200


@pytest.mark.django_db
def test_notifications_are_ones_own(client_as, make_user):
    client = client_as("planner")
    Notification.objects.create(user=client.user, text="Plan finished", url="/plans/1/")
    Notification.objects.create(user=make_user(), text="Not yours")
    page = client.get("/notifications/").content.decode()
    assert "Plan finished" in page
    assert ">New<" in page
    assert "Not yours" not in page
    client.post("/notifications/read/")
    assert ">New<" not in client.get("/notifications/").content.decode()
    assert Notification.objects.unread().count() == 1


@pytest.mark.django_db
def test_trying_again_without_a_queue_fails_and_can_be_tried_again(
    organisation, monkeypatch, django_capture_on_commit_callbacks
):
    def no_redis(job_id):
        raise RedisConnectionError

    monkeypatch.setitem(jobs._tasks, "test.work", no_redis)
    job = JobFactory(organisation=organisation, failed=True, kind="test.work")
    with django_capture_on_commit_callbacks(execute=True):
        jobs.retry(job=job, by=SYSTEM)
    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobState.FAILED, 2)
    assert "could not be reached" in job.message
