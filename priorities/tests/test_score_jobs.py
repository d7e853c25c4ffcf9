"""Recalculation in the background: progress, cancelling, notification, and a worker that is killed in the middle."""

import os
import signal
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from accounts import jobs
from accounts.audit import SystemActor
from accounts.models import Job, JobState, Notification
from accounts.tests.factories import PlatformAdministratorFactory
from lsoa.models import Patch
from priorities import services
from priorities.models import PriorityClass, PriorityScore, ScoreRun
from priorities.services import scoring
from priorities.tasks import score_in_background
from priorities.tests.factories import QUIET, WORST, make_areas, make_dataset, make_figures, publish, spread

SYSTEM = SystemActor("test:priorities")
pytestmark = pytest.mark.django_db


def classes_in_force() -> dict[int, tuple]:
    return {row[0]: row[1:] for row in PriorityScore.objects.current().values_list("area_id", "priority", "run_id")}


def queued(**wanted) -> Job:
    """A job that no worker has taken yet."""
    return Job.objects.get(pk=services.start_score_run(**wanted).pk)


def test_progress_is_reported_step_by_step_and_the_result_names_the_run(monkeypatch):
    make_areas(*spread())
    publish()
    job, seen = queued(by=SYSTEM), []
    report = jobs.JobRun.progress

    def noted(self, percent, message="", result=None):
        report(self, percent, message, result)
        seen.append((percent, message.split(" in ")[0]))

    monkeypatch.setattr(jobs.JobRun, "progress", noted)
    score_in_background(str(job.pk))
    job.refresh_from_db()
    assert seen == [
        (5, "Reading the figures"), (40, "Evaluating the model"), (60, "Storing scores and reasons"), (99, "20 areas"),
    ]  # fmt: skip
    assert (job.state, job.progress) == (JobState.SUCCEEDED, 100)
    assert job.result["run"] == str(ScoreRun.objects.get().pk) and job.result["areas"] == 20


def test_whoever_asked_is_told_where_the_outcome_is():
    make_areas(*spread())
    publish()
    administrator = PlatformAdministratorFactory()
    score_in_background(str(queued(by=administrator).pk))
    notification = Notification.objects.get(
        user=administrator, text__startswith="Calculate the priorities of all areas"
    )
    assert notification.text.endswith("finished") and notification.url == "/priorities/runs/"


def test_a_job_about_a_patch_belongs_to_its_organisation(organisation):
    areas = make_areas(QUIET, *spread())
    publish()
    services.score_areas(by=SYSTEM)
    patch = Patch.objects.create(organisation=organisation, name="North", slug="north")
    patch.areas.add(areas[0])
    job = queued(by=SYSTEM, patch=patch)
    score_in_background(str(job.pk))
    assert job.organisation == organisation
    assert ScoreRun.objects.latest_finished().patch == patch


def test_cancelling_while_it_runs_leaves_the_scores_before_in_force(monkeypatch):
    areas = make_areas(QUIET, *spread())
    publish()
    services.score_areas(by=SYSTEM)
    before = classes_in_force()
    make_figures({areas[0]: WORST}, make_dataset(release="2026"))
    job, read = queued(by=SYSTEM), scoring.read_inputs

    def read_and_cancel(*given, **named):
        found = read(*given, **named)
        jobs.request_cancel(job=job, by=SYSTEM)
        return found

    monkeypatch.setattr(scoring, "read_inputs", read_and_cancel)
    score_in_background(str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert classes_in_force() == before and ScoreRun.objects.count() == 1


def test_a_version_that_was_retired_meanwhile_does_not_come_into_force():
    areas = make_areas(*spread())
    publish()
    job = queued(by=SYSTEM)
    make_figures({areas[0]: {"gp_travel_minutes": 500.0}}, make_dataset(release="2026"))
    publish()
    score_in_background(str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.FAILED and "version 1 is not published" in job.message
    assert not PriorityScore.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["end_scores", "copy_scores"])
def test_a_worker_killed_in_the_middle_leaves_the_scores_before_in_force(monkeypatch, moment):
    areas = make_areas(QUIET, *spread())
    publish()
    services.score_areas(by=SYSTEM)
    before = classes_in_force()
    make_figures({areas[0]: WORST}, make_dataset(release="2026"))
    monkeypatch.setitem(jobs._tasks, services.SCORE_KIND, lambda job_id: None)
    job = queued(by=PlatformAdministratorFactory())
    killed_after(moment, job)
    assert classes_in_force() == before
    assert ScoreRun.objects.count() == 1 and PriorityScore.objects.count() == len(before)
    job.refresh_from_db()
    assert job.state == JobState.RUNNING and job.progress == 60

    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(minutes=1))
    assert jobs.mark_interrupted() == [job]
    jobs.retry(job=job, by=SYSTEM)
    score_in_background(str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED
    assert classes_in_force()[areas[0].pk] == (PriorityClass.URGENT, ScoreRun.objects.latest_finished().pk)


def killed_after(moment: str, job: Job) -> None:
    """Run the job in a process of its own that is killed (SIGKILL) as soon as a step of the storing is done."""
    connections.close_all()
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        assert os.WTERMSIG(status) == signal.SIGKILL
        return
    step = getattr(scoring, moment)

    def last_step(*given, **named):
        step(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(scoring, moment, last_step)
    try:
        score_in_background(str(job.pk))
    finally:
        os._exit(1)
